//! What is measured of the store in IndexedDB: results that are made before the clock runs, and what is done with them.

use browser::JsBuffer;
use memory::{Key, Store, Stored};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::shelf::{Shelf, sample, told};

/// Results that were made.
#[wasm_bindgen]
pub struct Batch {
    entries: Vec<Stored<JsBuffer>>,
    keys: Vec<Key>,
}

#[wasm_bindgen]
impl Batch {
    /// Makes the samples of these numbers, each with a buffer of so many bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(location: &str, from: u32, count: u32, bytes: usize) -> Self {
        let entries: Vec<_> = (from..from + count)
            .map(|number| sample(location, number, bytes))
            .collect();
        let keys = entries.iter().map(|stored| stored.key.clone()).collect();
        Self { entries, keys }
    }

    /// Writes all of them in one go.
    ///
    /// # Errors
    /// As the store's.
    pub async fn put(&self, store: &Shelf) -> Result<(), String> {
        store.0.put(&self.entries).await.map_err(told)
    }

    /// Reads all of them in one go, and checks them as the memory does; how many there are.
    ///
    /// # Errors
    /// As the store's.
    pub async fn get(&self, store: &Shelf) -> Result<usize, String> {
        let found = store.0.get(&self.keys).await.map_err(told)?;
        Ok(found
            .iter()
            .flatten()
            .filter(|stored| stored.is_sound())
            .count())
    }

    /// Reads one of them, and checks it as the memory does.
    ///
    /// # Errors
    /// As the store's.
    pub async fn get_one(&self, store: &Shelf, at: usize) -> Result<bool, String> {
        let found = store.0.get(&self.keys[at..=at]).await.map_err(told)?;
        Ok(found.iter().flatten().all(Stored::is_sound))
    }
}
