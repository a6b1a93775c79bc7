//! Why an object has no digest.

use core::fmt;

/// An object, or a part of it, that has no digest.
///
/// The path says which part, in Python's way of writing: `[3]['name']`; it is empty for the object itself, and a `*` stands
/// for an element of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HashError {
    /// A kind of object that has no digest, in words.
    Refused {
        /// Where it is.
        path: String,
        /// What it is: "a function".
        what: String,
    },
    /// Keys that Python cannot put in order, and whose digests are equal: several NaN, with values that have no order.
    Unordered {
        /// The dict.
        path: String,
    },
    /// Arrays that Python would have to compare: the values of such keys.
    Ambiguous {
        /// The dict.
        path: String,
    },
    /// Tuples within tuples, too deep to be compared.
    TooDeep {
        /// The dict or set.
        path: String,
    },
    /// A text, bytes or a number of more than 4 GiB.
    TooLong {
        /// Where it is.
        path: String,
    },
    /// An array whose elements lie outside of its memory.
    Outside {
        /// Where it is.
        path: String,
    },
}

impl HashError {
    /// The stable name of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "hash-refused",
            Self::Unordered { .. } => "hash-unordered",
            Self::Ambiguous { .. } => "hash-ambiguous",
            Self::TooDeep { .. } => "hash-too-deep",
            Self::TooLong { .. } => "hash-too-long",
            Self::Outside { .. } => "hash-outside",
        }
    }

    /// Where the fault is, seen from the object that was hashed; empty for that object.
    pub fn path(&self) -> &str {
        let (Self::Refused { path, .. }
        | Self::Unordered { path }
        | Self::Ambiguous { path }
        | Self::TooDeep { path }
        | Self::TooLong { path }
        | Self::Outside { path }) = self;
        path
    }

    /// The same error, seen from further out: a path that begins with the name of an argument, for example.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        let (Self::Refused { path, .. }
        | Self::Unordered { path }
        | Self::Ambiguous { path }
        | Self::TooDeep { path }
        | Self::TooLong { path }
        | Self::Outside { path }) = &mut self;
        path.insert_str(0, outer);
        self
    }
}

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.path() {
            "" => "The value",
            path => path,
        };
        match self {
            Self::Refused { what, .. } => write!(f, "{place} is {what}, which has no digest."),
            Self::Unordered { .. } => {
                write!(f, "{place} has no digest: its keys have no order.")
            }
            Self::Ambiguous { .. } => {
                write!(f, "{place} has no digest: arrays cannot be put in order.")
            }
            Self::TooDeep { .. } => {
                write!(f, "{place} has no digest: its keys are nested too deeply.")
            }
            Self::TooLong { .. } => write!(f, "{place} has no digest: it is too long."),
            Self::Outside { .. } => {
                write!(f, "{place} is an array that does not fit into its memory.")
            }
        }
    }
}

impl core::error::Error for HashError {}
