//! Why a file is not taken for a snapshot, or could not be imported.

use core::fmt;

use crate::StoreError;

/// Why a file is not taken for a snapshot, or could not be imported. Places are bytes from the beginning of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotError {
    /// It does not begin like a snapshot.
    Foreign,
    /// It was written by a newer version of this site.
    Newer {
        /// Its version.
        version: u32,
        /// The newest that this version of the site knows.
        known: u32,
    },
    /// It ends too early.
    CutShort {
        /// Where it ends.
        at: u64,
    },
    /// It was altered.
    Altered {
        /// Where the part begins that is not as it was written.
        at: u64,
    },
    /// Something follows its end.
    Trailing {
        /// Where its end is.
        at: u64,
    },
    /// The store could not be read. Nothing was changed.
    Unread(StoreError),
    /// The store could not be written.
    Unwritten {
        /// Why.
        error: StoreError,
        /// How many entries of the file are in the store because they could not be removed again.
        left: u64,
    },
}

impl SnapshotError {
    /// The stable name of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Foreign => "snapshot-foreign",
            Self::Newer { .. } => "snapshot-newer",
            Self::CutShort { .. } => "snapshot-cut-short",
            Self::Altered { .. } => "snapshot-altered",
            Self::Trailing { .. } => "snapshot-trailing",
            Self::Unread(_) => "snapshot-unread",
            Self::Unwritten { .. } => "snapshot-unwritten",
        }
    }

    /// Where in the file, in bytes from its beginning, if it is the file's fault.
    pub const fn position(&self) -> Option<u64> {
        match self {
            Self::Foreign => Some(0),
            // After the eight bytes that every snapshot begins with.
            Self::Newer { .. } => Some(8),
            Self::CutShort { at } | Self::Altered { at } | Self::Trailing { at } => Some(*at),
            Self::Unread(_) | Self::Unwritten { .. } => None,
        }
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign => f.write_str(
                "This file is not a snapshot of remembered results. Nothing was changed.",
            ),
            Self::Newer { version, known } => write!(
                f,
                "This snapshot was written by a newer version of this site (version {version}; this one knows {known}). Nothing was changed."
            ),
            Self::CutShort { at } => write!(
                f,
                "This snapshot is cut short: it ends after {at} bytes. Nothing was changed."
            ),
            Self::Altered { at } => write!(
                f,
                "This snapshot was altered: what begins at byte {at} is not as it was written. Nothing was changed."
            ),
            Self::Trailing { at } => write!(
                f,
                "This snapshot should end after {at} bytes, but something follows. Nothing was changed."
            ),
            Self::Unread(error) => write!(f, "{error} Nothing was changed."),
            Self::Unwritten { error, left: 0 } => write!(
                f,
                "{error} What had been imported before that was removed again."
            ),
            Self::Unwritten { error, left } => write!(
                f,
                "{error} {left} imported results were written before that, and stay."
            ),
        }
    }
}

impl core::error::Error for SnapshotError {}
