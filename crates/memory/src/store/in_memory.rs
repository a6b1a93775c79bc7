//! A store that lasts as long as the page.

use core::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use values::Buffer;

use crate::{Entry, Freed, FunctionRecord, Key, Store, StoreError, Stored, Use};

/// A store that lasts as long as the page.
#[derive(Debug)]
pub struct InMemory<B> {
    entries: RefCell<BTreeMap<String, Stored<B>>>,
    functions: RefCell<BTreeMap<(String, String), FunctionRecord>>,
}

impl<B> Default for InMemory<B> {
    fn default() -> Self {
        Self {
            entries: RefCell::default(),
            functions: RefCell::default(),
        }
    }
}

impl<B: Buffer> Store<B> for InMemory<B> {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Stored<B>>>, StoreError> {
        let all = self.entries.borrow();
        Ok(keys
            .iter()
            .map(|key| all.get(&key.storage_key()).cloned())
            .collect())
    }

    async fn put(&self, entries: &[Stored<B>]) -> Result<(), StoreError> {
        let mut all = self.entries.borrow_mut();
        for stored in entries {
            all.insert(stored.key.storage_key(), stored.clone());
        }
        Ok(())
    }

    async fn known(&self, keys: &[Key]) -> Result<Vec<Option<Entry>>, StoreError> {
        let all = self.entries.borrow();
        Ok(keys
            .iter()
            .map(|key| {
                all.get(&key.storage_key())
                    .map(|stored| stored.entry.clone())
            })
            .collect())
    }

    async fn touch(&self, uses: &[Use]) -> Result<(), StoreError> {
        let mut all = self.entries.borrow_mut();
        for used in uses {
            if let Some(stored) = all.get_mut(&used.key.storage_key()) {
                stored.entry.note_use(used.at, used.hits);
            }
        }
        Ok(())
    }

    async fn locations(&self) -> Result<Vec<String>, StoreError> {
        let all = self.entries.borrow();
        let functions = self.functions.borrow();
        let names: BTreeSet<_> = all
            .values()
            .map(|stored| &stored.key.location)
            .chain(functions.keys().map(|(location, _)| location))
            .collect();
        Ok(names.into_iter().cloned().collect())
    }

    async fn clear(&self, location: &str, function: Option<&str>) -> Result<Freed, StoreError> {
        let is_meant = |l: &str, f: &str| l == location && function.is_none_or(|name| name == f);
        let mut freed = Freed::default();
        self.entries.borrow_mut().retain(|_, stored| {
            let goes = is_meant(&stored.key.location, &stored.key.function);
            if goes {
                freed.entries += 1;
                freed.bytes += stored.entry.bytes;
            }
            !goes
        });
        self.functions
            .borrow_mut()
            .retain(|(l, f), _| !is_meant(l, f));
        Ok(freed)
    }

    async fn function(
        &self,
        location: &str,
        function: &str,
    ) -> Result<Option<FunctionRecord>, StoreError> {
        let key = (location.to_owned(), function.to_owned());
        Ok(self.functions.borrow().get(&key).cloned())
    }

    async fn put_function(
        &self,
        location: &str,
        function: &str,
        record: &FunctionRecord,
    ) -> Result<(), StoreError> {
        let key = (location.to_owned(), function.to_owned());
        self.functions.borrow_mut().insert(key, record.clone());
        Ok(())
    }

    async fn entries(&self, location: &str) -> Result<Vec<(Key, Entry)>, StoreError> {
        let prefix = Key::prefix(location);
        Ok(self
            .entries
            .borrow()
            .range(prefix.clone()..)
            .take_while(|(key, _)| key.starts_with(&prefix))
            .map(|(_, stored)| (stored.key.clone(), stored.entry.clone()))
            .collect())
    }

    async fn delete(&self, keys: &[Key]) -> Result<(), StoreError> {
        let mut all = self.entries.borrow_mut();
        for key in keys {
            all.remove(&key.storage_key());
        }
        Ok(())
    }
}
