//! What is found of a call: its result, or a reference to it.

use core::fmt;

use values::Buffer;

use crate::{Entry, Hit, Key, StoreError};

/// A remembered result that is read only when it is asked for: joblib's `MemorizedResult`.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// By what it is found.
    pub key: Key,
    /// What was known of it when the reference was made.
    pub entry: Entry,
}

/// What is found: the result, or only what is known of it.
pub trait Wanted<B: Buffer>: Sized {
    /// Whether the result itself is read.
    const READS: bool;
    /// From a result.
    fn from_hit(key: &Key, hit: Hit<B>) -> Self;
    /// From what is known of it; `None` if that is not enough.
    fn from_entry(key: &Key, entry: Entry) -> Option<Self>;
    /// The result, if it was read.
    fn hit(&self) -> Option<&Hit<B>>;
    /// What is known of it.
    fn entry(&self) -> &Entry;
    /// What is known of it, to be brought up to date.
    fn entry_mut(&mut self) -> &mut Entry;
}

impl<B: Buffer> Wanted<B> for Hit<B> {
    const READS: bool = true;

    fn from_hit(_: &Key, hit: Self) -> Self {
        hit
    }

    fn from_entry(_: &Key, _: Entry) -> Option<Self> {
        None
    }

    fn hit(&self) -> Option<&Self> {
        Some(self)
    }

    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn entry_mut(&mut self) -> &mut Entry {
        &mut self.entry
    }
}

impl<B: Buffer> Wanted<B> for Reference {
    const READS: bool = false;

    fn from_hit(key: &Key, hit: Hit<B>) -> Self {
        Self {
            key: key.clone(),
            entry: hit.entry,
        }
    }

    fn from_entry(key: &Key, entry: Entry) -> Option<Self> {
        Some(Self {
            key: key.clone(),
            entry,
        })
    }

    fn hit(&self) -> Option<&Hit<B>> {
        None
    }

    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn entry_mut(&mut self) -> &mut Entry {
        &mut self.entry
    }
}

/// Why a reference gives no result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReferenceError {
    /// The result was removed.
    Gone(Key),
    /// The result was altered or cut short.
    Corrupt(Key),
    /// The store could not be read.
    Unread(StoreError),
}

impl ReferenceError {
    /// The stable name of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Gone(_) => "reference-gone",
            Self::Corrupt(_) => "reference-corrupt",
            Self::Unread(error) => error.code(),
        }
    }
}

impl fmt::Display for ReferenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone(key) => write!(
                f,
                "The result of {} that this stands for is no longer remembered.",
                key.function
            ),
            Self::Corrupt(key) => write!(
                f,
                "The result of {} that this stands for was altered or cut short.",
                key.function
            ),
            Self::Unread(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ReferenceError {}
