//! A store in which some locations have as little room as one likes.

use core::cell::RefCell;
use std::collections::BTreeMap;

use values::Buffer;

use crate::{Entry, Freed, FunctionRecord, Key, Store, StoreError, Stored, Use};

/// A store that behaves as if there were only so much room for some of its locations: to show, and to test, what happens when
/// a browser's storage is full. Without rations it adds nothing.
#[derive(Debug, Default)]
pub struct Rationed<S> {
    store: S,
    rooms: RefCell<BTreeMap<String, u64>>,
    /// How much is being written there.
    under_way: RefCell<BTreeMap<String, u64>>,
}

/// Bytes that are being written, until that is done or given up.
struct UnderWay<'a, S>(&'a Rationed<S>, String, u64);

impl<S> Drop for UnderWay<'_, S> {
    fn drop(&mut self) {
        if let Some(bytes) = self.0.under_way.borrow_mut().get_mut(&self.1) {
            *bytes = bytes.saturating_sub(self.2);
        }
    }
}

impl<S> Rationed<S> {
    /// The store, with as much room as it has.
    pub fn new(store: S) -> Self {
        Self {
            store,
            rooms: RefCell::default(),
            under_way: RefCell::default(),
        }
    }

    fn begin(&self, location: &str, bytes: u64) -> UnderWay<'_, S> {
        let mut all = self.under_way.borrow_mut();
        *all.entry(location.to_owned()).or_default() += bytes;
        UnderWay(self, location.to_owned(), bytes)
    }

    /// The store itself.
    pub fn inner(&self) -> &S {
        &self.store
    }

    /// From now on there is room for results of so many bytes in this location; or for as many as the store takes.
    pub fn set_room(&self, location: &str, bytes: Option<u64>) {
        let mut rooms = self.rooms.borrow_mut();
        match bytes {
            Some(bytes) => rooms.insert(location.to_owned(), bytes),
            None => rooms.remove(location),
        };
    }
}

impl<B: Buffer, S: Store<B>> Store<B> for Rationed<S> {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Stored<B>>>, StoreError> {
        self.store.get(keys).await
    }

    async fn put(&self, entries: &[Stored<B>]) -> Result<(), StoreError> {
        let rooms = self.rooms.borrow().clone();
        let mut under_way = Vec::new();
        for (location, room) in rooms {
            let new = || entries.iter().filter(|new| new.key.location == location);
            let more: u64 = new().map(|stored| stored.entry.bytes).sum();
            if more == 0 {
                continue;
            }
            // What is written at the same time may be counted twice, but not left out.
            under_way.push(self.begin(&location, more));
            let others = self.under_way.borrow().get(&location).copied();
            let more = others.unwrap_or(more);
            let there = self.store.entries(&location).await?;
            let stay = there
                .iter()
                .filter(|(key, _)| !new().any(|stored| stored.key == *key));
            let held: u64 = stay.map(|(_, entry)| entry.bytes).sum();
            if held + more > room {
                return Err(StoreError::Full(
                    "there is only as much room as was asked for".to_owned(),
                ));
            }
        }
        self.store.put(entries).await
    }

    async fn known(&self, keys: &[Key]) -> Result<Vec<Option<Entry>>, StoreError> {
        self.store.known(keys).await
    }

    async fn touch(&self, uses: &[Use]) -> Result<(), StoreError> {
        self.store.touch(uses).await
    }

    async fn entries(&self, location: &str) -> Result<Vec<(Key, Entry)>, StoreError> {
        self.store.entries(location).await
    }

    async fn locations(&self) -> Result<Vec<String>, StoreError> {
        self.store.locations().await
    }

    async fn delete(&self, keys: &[Key]) -> Result<(), StoreError> {
        self.store.delete(keys).await
    }

    async fn clear(&self, location: &str, function: Option<&str>) -> Result<Freed, StoreError> {
        self.store.clear(location, function).await
    }

    fn generation(&self) -> u32 {
        self.store.generation()
    }

    async fn function(
        &self,
        location: &str,
        function: &str,
    ) -> Result<Option<FunctionRecord>, StoreError> {
        self.store.function(location, function).await
    }

    async fn put_function(
        &self,
        location: &str,
        function: &str,
        record: &FunctionRecord,
    ) -> Result<(), StoreError> {
        self.store.put_function(location, function, record).await
    }
}
