//! The stores of the browser, and the choice among them.

mod deflate;
mod files;
mod indexed_db;
mod local_storage;

use memory::{Entry, Freed, FunctionRecord, InMemory, Key, Store, StoreError, Stored, Use};
use protocol::StorageInfo;

pub(crate) use indexed_db::Connection;
pub use indexed_db::IndexedDb;
pub use local_storage::{Ask, LocalStorage};

use crate::JsBuffer;

/// One of the stores.
#[derive(Debug)]
pub enum AnyStore {
    /// IndexedDB: durable, large.
    IndexedDb(IndexedDb),
    /// localStorage by way of the page: durable, small.
    LocalStorage(LocalStorage),
    /// This page's memory: gone when it closes.
    InMemory(InMemory<JsBuffer>),
}

/// The best store that can be had here, and what to tell the visitor about it. What a newer version of the site wrote is left
/// alone, and results are then kept in memory.
pub async fn open_store(ask: Option<Ask>) -> (AnyStore, StorageInfo) {
    let info = |kind: &str, why: String| StorageInfo {
        kind: kind.to_owned(),
        why,
    };
    let error = match IndexedDb::open("joblet").await {
        Ok(store) => {
            let why = "Results are kept in this browser until you clear them, or the browser needs the room.".to_owned();
            return (AnyStore::IndexedDb(store), info("indexeddb", why));
        }
        Err(error) => error,
    };
    let mut why = error.to_string();
    if let (Some(ask), false) = (ask, matches!(error, StoreError::Newer { .. })) {
        match LocalStorage::open(ask).await {
            Ok(store) => {
                let why = format!("{why} Small results are kept in localStorage instead.");
                return (AnyStore::LocalStorage(store), info("localstorage", why));
            }
            Err(error) => why = format!("{why} {error}"),
        }
    }
    let why = format!("{why} Results are kept only while this page is open.");
    (AnyStore::InMemory(InMemory::default()), info("memory", why))
}

macro_rules! delegate {
    ($self:ident, $store:ident => $call:expr) => {
        match $self {
            AnyStore::IndexedDb($store) => $call.await,
            AnyStore::LocalStorage($store) => $call.await,
            AnyStore::InMemory($store) => $call.await,
        }
    };
}

impl Store<JsBuffer> for AnyStore {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Stored<JsBuffer>>>, StoreError> {
        delegate!(self, store => store.get(keys))
    }

    async fn put(&self, entries: &[Stored<JsBuffer>]) -> Result<(), StoreError> {
        delegate!(self, store => store.put(entries))
    }

    async fn known(&self, keys: &[Key]) -> Result<Vec<Option<Entry>>, StoreError> {
        delegate!(self, store => store.known(keys))
    }

    async fn touch(&self, uses: &[Use]) -> Result<(), StoreError> {
        delegate!(self, store => store.touch(uses))
    }

    async fn locations(&self) -> Result<Vec<String>, StoreError> {
        delegate!(self, store => store.locations())
    }

    async fn clear(&self, location: &str, function: Option<&str>) -> Result<Freed, StoreError> {
        delegate!(self, store => store.clear(location, function))
    }

    async fn function(
        &self,
        location: &str,
        function: &str,
    ) -> Result<Option<FunctionRecord>, StoreError> {
        delegate!(self, store => store.function(location, function))
    }

    fn generation(&self) -> u32 {
        match self {
            Self::IndexedDb(store) => store.generation(),
            Self::LocalStorage(_) | Self::InMemory(_) => 0,
        }
    }

    async fn put_function(
        &self,
        location: &str,
        function: &str,
        record: &FunctionRecord,
    ) -> Result<(), StoreError> {
        delegate!(self, store => store.put_function(location, function, record))
    }

    async fn entries(&self, location: &str) -> Result<Vec<(Key, Entry)>, StoreError> {
        delegate!(self, store => store.entries(location))
    }

    async fn delete(&self, keys: &[Key]) -> Result<(), StoreError> {
        delegate!(self, store => store.delete(keys))
    }
}
