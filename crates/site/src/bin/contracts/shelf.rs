//! A store in IndexedDB in the hands of a script. Results are the samples of the contract suite, named by location, number
//! and length. Whatever fails is thrown as the text of the error, its code first.

use browser::{IndexedDb, JsBuffer, LocalStorage, from_parcel};
use memory::{Key, Store, StoreError, Stored, Use, contract};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

/// A store in IndexedDB.
#[wasm_bindgen]
pub struct Shelf(pub(crate) IndexedDb);

#[expect(clippy::needless_pass_by_value, reason = "made for `map_err`")]
pub(crate) fn told(error: StoreError) -> String {
    format!("{}: {error}", error.code())
}

pub(crate) fn sample(location: &str, number: u32, bytes: usize) -> Stored<JsBuffer> {
    contract::sample(location, number, bytes, |bytes| JsBuffer::copy_of(&bytes))
}

fn samples(location: &str, from: u32, count: u32, bytes: usize) -> Vec<Stored<JsBuffer>> {
    (from..from + count)
        .map(|number| sample(location, number, bytes))
        .collect()
}

fn keys(location: &str, from: u32, count: u32) -> Vec<Key> {
    (from..from + count)
        .map(|number| sample(location, number, 0).key)
        .collect()
}

/// As [`Shelf::values`], of the store in localStorage, which `answer` asks.
///
/// # Errors
/// As those of [`Shelf::values`].
#[wasm_bindgen]
pub async fn values_in_local_storage(
    answer: JsValue,
    location: String,
) -> Result<Vec<JsValue>, String> {
    let store = LocalStorage::from_function(answer.unchecked_into())
        .await
        .map_err(told)?;
    values(&store, &location).await
}

async fn values(store: &impl Store<JsBuffer>, location: &str) -> Result<Vec<JsValue>, String> {
    let entries = store.entries(location).await.map_err(told)?;
    let keys: Vec<_> = entries.into_iter().map(|(key, _)| key).collect();
    let found = store.get(&keys).await.map_err(told)?;
    keys.iter()
        .zip(found)
        .map(|(key, found)| {
            let sound = found.filter(Stored::is_sound);
            let stored = sound.ok_or_else(|| key.storage_key())?;
            from_parcel(&stored.value).map_err(|error| error.to_string())
        })
        .collect()
}

#[wasm_bindgen]
impl Shelf {
    /// Opens the database of this name.
    ///
    /// # Errors
    /// As the store's.
    pub async fn open(name: String) -> Result<Self, String> {
        IndexedDb::open(&name).await.map(Self).map_err(told)
    }

    /// Writes results in one go.
    ///
    /// # Errors
    /// As the store's.
    pub async fn put(
        &self,
        location: String,
        from: u32,
        count: u32,
        bytes: usize,
        compress: bool,
    ) -> Result<(), String> {
        let mut entries = samples(&location, from, count, bytes);
        for stored in &mut entries {
            stored.entry.compress = compress;
        }
        self.0.put(&entries).await.map_err(told)
    }

    /// What is found of these results: for each `same`, `sound` if it is another, `unsound` or `none`.
    ///
    /// # Errors
    /// As the store's.
    pub async fn find(
        &self,
        location: String,
        from: u32,
        count: u32,
        bytes: usize,
    ) -> Result<Vec<String>, String> {
        let found = self
            .0
            .get(&keys(&location, from, count))
            .await
            .map_err(told)?;
        Ok(found
            .into_iter()
            .zip(from..)
            .map(|(found, number)| {
                match found {
                    None => "none",
                    Some(stored) if !stored.is_sound() => "unsound",
                    Some(stored) if stored.value == sample(&location, number, bytes).value => {
                        "same"
                    }
                    Some(_) => "sound",
                }
                .to_owned()
            })
            .collect())
    }

    /// All entries of a location: storage key, size, hits, last use, of each.
    ///
    /// # Errors
    /// As the store's.
    pub async fn list(&self, location: String) -> Result<Vec<String>, String> {
        let entries = self.0.entries(&location).await.map_err(told)?;
        Ok(entries
            .into_iter()
            .map(|(key, entry)| {
                let (bytes, hits, last) = (entry.bytes, entry.hits, entry.last_used);
                format!("{} {bytes} {hits} {last}", key.storage_key())
            })
            .collect())
    }

    /// The results of a location, in the order of their storage keys, as a page gets them.
    ///
    /// # Errors
    /// As the store's; or the storage key of one that is missing or not sound.
    pub async fn values(&self, location: String) -> Result<Vec<JsValue>, String> {
        values(&self.0, &location).await
    }

    /// How many entries a location lists, all of which are read.
    ///
    /// # Errors
    /// As the store's.
    pub async fn count(&self, location: String) -> Result<usize, String> {
        let entries = self.0.entries(&location).await.map_err(told)?;
        Ok(entries.len())
    }

    /// How many of the entries that a location lists cannot be read, are not sound, or are missing.
    ///
    /// # Errors
    /// As the store's.
    pub async fn faults(&self, location: String) -> Result<usize, String> {
        let entries = self.0.entries(&location).await.map_err(told)?;
        let keys: Vec<_> = entries.into_iter().map(|(key, _)| key).collect();
        let mut faults = 0;
        for keys in keys.chunks(64) {
            let found = self.0.get(keys).await.map_err(told)?;
            faults += found
                .iter()
                .filter(|found| !found.as_ref().is_some_and(Stored::is_sound))
                .count();
        }
        Ok(faults)
    }

    /// Of how many of these results anything is known.
    ///
    /// # Errors
    /// As the store's.
    pub async fn known(&self, location: String, from: u32, count: u32) -> Result<usize, String> {
        let keys = keys(&location, from, count);
        let found = self.0.known(&keys).await.map_err(told)?;
        Ok(found.iter().flatten().count())
    }

    /// Notes one use of each of these results.
    ///
    /// # Errors
    /// As the store's.
    pub async fn touch(
        &self,
        location: String,
        from: u32,
        count: u32,
        at: f64,
    ) -> Result<(), String> {
        let uses: Vec<_> = keys(&location, from, count)
            .into_iter()
            .map(|key| Use { key, at, hits: 1 })
            .collect();
        self.0.touch(&uses).await.map_err(told)
    }

    /// Deletes these results.
    ///
    /// # Errors
    /// As the store's.
    pub async fn delete(&self, location: String, from: u32, count: u32) -> Result<(), String> {
        let keys = keys(&location, from, count);
        self.0.delete(&keys).await.map_err(told)
    }

    /// Clears a location; how many entries there were.
    ///
    /// # Errors
    /// As the store's.
    pub async fn clear(&self, location: String) -> Result<f64, String> {
        let freed = self.0.clear(&location, None).await.map_err(told)?;
        Ok(freed.entries as f64)
    }

    /// All locations.
    ///
    /// # Errors
    /// As the store's.
    pub async fn locations(&self) -> Result<Vec<String>, String> {
        self.0.locations().await.map_err(told)
    }
}
