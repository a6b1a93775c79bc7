//! The port behind which entries are kept.

pub(crate) mod in_memory;
pub(crate) mod rationed;
pub(crate) mod wire;

use core::fmt;

use values::Buffer;

use crate::{Entry, Freed, FunctionRecord, Key, Stored, Use};

/// Where entries are kept. Every implementation passes [`crate::contract::check`].
///
/// Each call is atomic: what it writes is there whole afterwards, or not at all.
#[allow(async_fn_in_trait, reason = "everything runs on one thread")]
pub trait Store<B: Buffer> {
    /// The entries of these keys, in the order of the keys; `None` where there is none. What is there and cannot be read is
    /// given as [`Stored::unreadable`].
    ///
    /// # Errors
    /// If the store cannot be read.
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Stored<B>>>, StoreError>;

    /// Writes all of these, replacing entries of the same key, or none of them.
    ///
    /// # Errors
    /// If they could not be written; then none of them was.
    async fn put(&self, entries: &[Stored<B>]) -> Result<(), StoreError>;

    /// What is known of the entries of these keys, in the order of the keys, without reading a long result; `None` where
    /// there is none. When and how often they were used may be as it was when they were written.
    ///
    /// # Errors
    /// If the store cannot be read.
    async fn known(&self, keys: &[Key]) -> Result<Vec<Option<Entry>>, StoreError>;

    /// Notes that these were used. Keys without an entry are passed over.
    ///
    /// # Errors
    /// If the store cannot be written.
    async fn touch(&self, uses: &[Use]) -> Result<(), StoreError>;

    /// All entries of a location, in the order of their storage keys, without their results.
    ///
    /// # Errors
    /// If the store cannot be read.
    async fn entries(&self, location: &str) -> Result<Vec<(Key, Entry)>, StoreError>;

    /// The names of all locations that hold an entry or know a function, in order.
    ///
    /// # Errors
    /// If the store cannot be read.
    async fn locations(&self) -> Result<Vec<String>, StoreError>;

    /// Removes the entries of these keys. Keys without an entry are passed over.
    ///
    /// # Errors
    /// If the store cannot be written; then none was removed.
    async fn delete(&self, keys: &[Key]) -> Result<(), StoreError>;

    /// Removes all entries of a function, or of the whole location, and what is known of its functions.
    ///
    /// # Errors
    /// If the store cannot be written; then nothing was removed.
    async fn clear(&self, location: &str, function: Option<&str>) -> Result<Freed, StoreError>;

    /// A number that changes when what was stored may be gone, as when the database was deleted while it was open.
    fn generation(&self) -> u32 {
        0
    }

    /// What is remembered of a function.
    ///
    /// # Errors
    /// If the store cannot be read.
    async fn function(
        &self,
        location: &str,
        function: &str,
    ) -> Result<Option<FunctionRecord>, StoreError>;

    /// Remembers this of a function, in place of what was remembered of it before. Its entries stay.
    ///
    /// # Errors
    /// If the store cannot be written.
    async fn put_function(
        &self,
        location: &str,
        function: &str,
        record: &FunctionRecord,
    ) -> Result<(), StoreError>;
}

/// Why a store could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such storage here, or it is not allowed.
    Unavailable(String),
    /// There is no room left.
    Full(String),
    /// This value is larger than this store takes, in bytes.
    TooLarge {
        /// The size of the value.
        bytes: u64,
        /// The largest that is taken.
        most: u64,
    },
    /// What is stored was written by a newer version of this site, in a layout that this one does not know. Nothing is read,
    /// and nothing is changed.
    Newer {
        /// The layout's version.
        layout: u32,
        /// The newest that this version of the site knows.
        known: u32,
    },
    /// Anything else, in the storage's own words.
    Failed(String),
}

impl StoreError {
    /// The stable name of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "store-unavailable",
            Self::Full(_) => "store-full",
            Self::TooLarge { .. } => "store-too-large",
            Self::Newer { .. } => "store-newer",
            Self::Failed(_) => "store-failed",
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(why) => {
                write!(f, "This browser keeps nothing for this page ({why}).")
            }
            Self::Full(why) => write!(f, "The browser's storage for this page is full ({why})."),
            Self::TooLarge { bytes, most } => write!(
                f,
                "A result of {bytes} bytes is too large for this storage, which takes {most} at most."
            ),
            Self::Newer { layout, known } => write!(
                f,
                "What is stored here was written by a newer version of this site (layout {layout}; this version knows {known}). It is neither read nor changed."
            ),
            Self::Failed(why) => write!(f, "The browser's storage failed ({why})."),
        }
    }
}

impl core::error::Error for StoreError {}
