//! A store that lasts as long as the page.

use core::cell::RefCell;
use std::collections::BTreeMap;

use values::Buffer;

use crate::{Entry, Key, Milliseconds, Store, StoreError, Stored};

/// A store that lasts as long as the page.
#[derive(Debug)]
pub struct InMemory<B>(RefCell<BTreeMap<String, Stored<B>>>);

impl<B> Default for InMemory<B> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<B: Buffer> Store<B> for InMemory<B> {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Stored<B>>>, StoreError> {
        let all = self.0.borrow();
        Ok(keys
            .iter()
            .map(|key| all.get(&key.storage_key()).cloned())
            .collect())
    }

    async fn put(&self, entries: &[Stored<B>]) -> Result<(), StoreError> {
        let mut all = self.0.borrow_mut();
        for stored in entries {
            all.insert(stored.key.storage_key(), stored.clone());
        }
        Ok(())
    }

    async fn touch(&self, keys: &[Key], now: Milliseconds) -> Result<(), StoreError> {
        let mut all = self.0.borrow_mut();
        for key in keys {
            if let Some(stored) = all.get_mut(&key.storage_key()) {
                stored.entry.last_used = now;
            }
        }
        Ok(())
    }

    async fn entries(&self, location: &str) -> Result<Vec<(Key, Entry)>, StoreError> {
        let prefix = Key::prefix(location);
        Ok(self
            .0
            .borrow()
            .range(prefix.clone()..)
            .take_while(|(key, _)| key.starts_with(&prefix))
            .map(|(_, stored)| (stored.key.clone(), stored.entry.clone()))
            .collect())
    }

    async fn delete(&self, keys: &[Key]) -> Result<(), StoreError> {
        let mut all = self.0.borrow_mut();
        for key in keys {
            all.remove(&key.storage_key());
        }
        Ok(())
    }
}
