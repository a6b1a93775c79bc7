//! A store with as little room as one likes.

use core::cell::Cell;

use memory::{Entry, Freed, FunctionRecord, InMemory, Key, Store, StoreError, Stored, Use};

type Buffer = Vec<u8>;

/// A store that takes no more bytes than it has room for.
#[derive(Debug, Default)]
pub(crate) struct Rationed {
    store: InMemory<Buffer>,
    /// How much there is room for; nothing: for as much as comes.
    pub(crate) room: Cell<Option<u64>>,
}

impl Store<Buffer> for Rationed {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Stored<Buffer>>>, StoreError> {
        self.store.get(keys).await
    }

    async fn put(&self, entries: &[Stored<Buffer>]) -> Result<(), StoreError> {
        if let Some(room) = self.room.get() {
            let mut held = 0;
            for location in self.store.locations().await? {
                let all = self.store.entries(&location).await?;
                let stay = all
                    .iter()
                    .filter(|(key, _)| !entries.iter().any(|stored| stored.key == *key));
                held += stay.map(|(_, entry)| entry.bytes).sum::<u64>();
            }
            let more: u64 = entries.iter().map(|stored| stored.entry.bytes).sum();
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
