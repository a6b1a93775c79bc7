//! What went wrong without costing a caller a result.

use core::fmt;

use crate::{Key, StoreError};

/// Something that went wrong without costing the caller a result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// A stored result was altered; it is computed anew.
    Corrupt(Key),
    /// The store could not be read; results are computed anew.
    Unread(StoreError),
    /// These results could not be written; they are remembered only while this page is open, or not at all.
    Unwritten {
        /// How many.
        count: usize,
        /// Why.
        error: StoreError,
    },
    /// A function was edited: what was remembered of it is gone.
    Edited {
        /// Its location.
        location: String,
        /// Its name.
        function: String,
    },
    /// Two functions have one name, and take each other's place in the memory.
    Collision {
        /// Their name.
        function: String,
        /// Where the one stands whose results are dropped, if that is known.
        before: Option<(String, u32)>,
        /// Where the other stands, if that is known.
        now: Option<(String, u32)>,
    },
    /// There was no room left, and what was used least recently went.
    Evicted {
        /// How many entries.
        entries: u64,
        /// The size of their results in bytes.
        bytes: u64,
    },
}

impl Warning {
    /// The stable name of this warning.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Corrupt(_) => "memory-corrupt",
            Self::Unread(_) => "memory-unread",
            Self::Unwritten { .. } => "memory-unwritten",
            Self::Edited { .. } => "memory-edited",
            Self::Collision { .. } => "memory-collision",
            Self::Evicted { .. } => "memory-evicted",
        }
    }

    /// Adds another warning to this one, if both say the same.
    pub(crate) fn merge(&mut self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Unwritten { count, error },
                Self::Unwritten {
                    count: more,
                    error: same,
                },
            ) if error == same => {
                *count += more;
                true
            }
            (
                Self::Evicted { entries, bytes },
                Self::Evicted {
                    entries: more,
                    bytes: larger,
                },
            ) => {
                *entries += more;
                *bytes += larger;
                true
            }
            (one, other) => one == other,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Corrupt(key) => write!(
                f,
                "A remembered result of {} was altered or cut short; it is computed anew.",
                key.function
            ),
            Self::Unread(error) => write!(f, "{error} Results are computed anew."),
            Self::Unwritten { count: 0, error } => {
                write!(f, "{error} When results were last used is not noted.")
            }
            Self::Unwritten { count: 1, error } => {
                write!(f, "{error} One result is not kept beyond this page.")
            }
            Self::Unwritten { count, error } => {
                write!(f, "{error} {count} results are not kept beyond this page.")
            }
            Self::Edited { function, .. } => write!(
                f,
                "{function} was edited: what was remembered of it is forgotten."
            ),
            Self::Collision {
                function,
                before,
                now,
            } => {
                write!(f, "Two functions are called {function}")?;
                if let (Some((old_file, old_line)), Some((file, line))) = (before, now) {
                    write!(f, " ({old_file}:{old_line} and {file}:{line})")?;
                }
                f.write_str(": they do not find each other's results, but drop them. Give one of them another name.")
            }
            Self::Evicted { entries: 1, bytes } => write!(
                f,
                "There was no room left: the result that was used least recently was forgotten ({bytes} bytes)."
            ),
            Self::Evicted { entries, bytes } => write!(
                f,
                "There was no room left: the {entries} results that were used least recently were forgotten ({bytes} bytes)."
            ),
        }
    }
}
