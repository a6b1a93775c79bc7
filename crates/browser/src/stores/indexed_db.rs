//! The store in IndexedDB.
//!
//! Two object stores, written in one transaction: `entries` (what is known of a call) and `results`, so that listing
//! reads no results. docs/cache-format.md has the layout.

use core::cell::RefCell;
use core::future::IntoFuture;
use core::time::Duration;
use std::rc::Rc;

use futures_util::future::{Either, join_all, select};
use idb::{
    Database, DatabaseEvent, Factory, KeyRange, ObjectStore, ObjectStoreParams, Query, Transaction,
    TransactionMode,
};
use js_sys::{Array, Object, Reflect, Uint8Array};
use memory::{Entry, Freed, FunctionRecord, Key, Store, StoreError, Stored, Use};
use serde::Serialize;
use values::Parcel;
use wasm_bindgen::{JsCast, JsValue};

use crate::{JsBuffer, sleep};

/// The layout's version; docs/cache-format.md.
const LAYOUT: u32 = 1;
const ENTRIES: &str = "entries";
const RESULTS: &str = "results";
/// A database that does not open within this time is treated as absent.
const OPEN_WITHIN: Duration = Duration::from_secs(5);

/// The store in IndexedDB.
#[derive(Debug)]
pub struct IndexedDb {
    name: String,
    database: RefCell<Option<Rc<Database>>>,
}

impl IndexedDb {
    /// Opens the database of this name, and makes it if there is none.
    ///
    /// # Errors
    /// If there is no IndexedDB here, it is not allowed, or it does not answer.
    pub async fn open(name: &str) -> Result<Self, StoreError> {
        let database = open(name).await?;
        Ok(Self {
            name: name.to_owned(),
            database: RefCell::new(Some(Rc::new(database))),
        })
    }

    /// The open database; it is opened again if the browser has closed it.
    async fn database(&self) -> Result<Rc<Database>, StoreError> {
        let open_now = self.database.borrow().clone();
        if let Some(database) = open_now {
            return Ok(database);
        }
        let database = Rc::new(open(&self.name).await?);
        *self.database.borrow_mut() = Some(Rc::clone(&database));
        Ok(database)
    }

    /// A transaction over both object stores. A connection that was lost is made anew once.
    async fn transaction(&self, mode: TransactionMode) -> Result<Transaction, StoreError> {
        let stores = [ENTRIES, RESULTS];
        if let Ok(transaction) = self.database().await?.transaction(&stores, mode) {
            return Ok(transaction);
        }
        self.database.borrow_mut().take();
        self.database()
            .await?
            .transaction(&stores, mode)
            .map_err(failed)
    }
}

async fn open(name: &str) -> Result<Database, StoreError> {
    let unavailable = |error: idb::Error| StoreError::Unavailable(error.to_string());
    let factory = Factory::new()
        .map_err(|_| StoreError::Unavailable("there is no IndexedDB here".to_owned()))?;
    let mut request = factory.open(name, Some(LAYOUT)).map_err(unavailable)?;
    request.on_upgrade_needed(|event| {
        // A store that could not be made shows when it is first used.
        if let Ok(database) = event.database() {
            for store in [ENTRIES, RESULTS] {
                let _ = database.create_object_store(store, ObjectStoreParams::new());
            }
        }
    });
    let opening = core::pin::pin!(request.into_future());
    let mut database = match select(opening, core::pin::pin!(sleep(OPEN_WITHIN))).await {
        Either::Left((opened, _)) => opened.map_err(unavailable)?,
        Either::Right(..) => {
            return Err(StoreError::Unavailable(
                "IndexedDB does not answer".to_owned(),
            ));
        }
    };
    // Another tab that deletes or upgrades the database must not wait for us; the next use opens it again.
    database.on_version_change(|event| {
        if let Ok(database) = event.database() {
            database.close();
        }
    });
    Ok(database)
}

impl Store<JsBuffer> for IndexedDb {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Stored<JsBuffer>>>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let transaction = self.transaction(TransactionMode::ReadOnly).await?;
        let entries = transaction.object_store(ENTRIES).map_err(failed)?;
        let results = transaction.object_store(RESULTS).map_err(failed)?;
        let (mut found_entries, mut found_results) = (Vec::new(), Vec::new());
        for key in keys {
            let key = JsValue::from(key.storage_key());
            // Each request becomes a future at once: its events may come before it is awaited.
            found_entries.push(entries.get(key.clone()).map_err(failed)?.into_future());
            found_results.push(results.get(key).map_err(failed)?.into_future());
        }
        let found_entries = join_all(found_entries).await;
        let found_results = join_all(found_results).await;
        keys.iter()
            .zip(found_entries.into_iter().zip(found_results))
            .map(|(key, (entry, result))| {
                let (Some(entry), Some(result)) = (entry.map_err(failed)?, result.map_err(failed)?)
                else {
                    return Ok(None);
                };
                Ok(read_entry(entry)
                    .zip(read_result(&result))
                    .map(|(entry, value)| Stored {
                        key: key.clone(),
                        entry,
                        value,
                    }))
            })
            .collect()
    }

    async fn put(&self, stored: &[Stored<JsBuffer>]) -> Result<(), StoreError> {
        if stored.is_empty() {
            return Ok(());
        }
        let transaction = self.transaction(TransactionMode::ReadWrite).await?;
        let entries = transaction.object_store(ENTRIES).map_err(failed)?;
        let results = transaction.object_store(RESULTS).map_err(failed)?;
        let mut writes = Vec::new();
        for stored in stored {
            let key = JsValue::from(stored.key.storage_key());
            let entry = write_entry(&stored.entry)?;
            writes.push(
                entries
                    .put(&entry, Some(&key))
                    .map_err(failed)?
                    .into_future(),
            );
            let result = write_result(&stored.value);
            writes.push(
                results
                    .put(&result, Some(&key))
                    .map_err(failed)?
                    .into_future(),
            );
        }
        for write in join_all(writes).await {
            write.map_err(failed)?;
        }
        commit(transaction).await
    }

    async fn touch(&self, uses: &[Use]) -> Result<(), StoreError> {
        let keys: Vec<_> = uses.iter().map(|used| used.key.clone()).collect();
        let transaction = self.transaction(TransactionMode::ReadWrite).await?;
        let entries = transaction.object_store(ENTRIES).map_err(failed)?;
        let mut reads = Vec::new();
        for key in &keys {
            reads.push(
                entries
                    .get(JsValue::from(key.storage_key()))
                    .map_err(failed)?
                    .into_future(),
            );
        }
        let mut writes = Vec::new();
        for (used, entry) in uses.iter().zip(join_all(reads).await) {
            if let Some(mut entry) = entry.map_err(failed)?.and_then(read_entry) {
                entry.last_used = used.at;
                entry.hits += used.hits;
                let key = JsValue::from(used.key.storage_key());
                writes.push(
                    entries
                        .put(&write_entry(&entry)?, Some(&key))
                        .map_err(failed)?
                        .into_future(),
                );
            }
        }
        for write in join_all(writes).await {
            write.map_err(failed)?;
        }
        commit(transaction).await
    }

    async fn entries(&self, location: &str) -> Result<Vec<(Key, Entry)>, StoreError> {
        let transaction = self.transaction(TransactionMode::ReadOnly).await?;
        let entries = transaction.object_store(ENTRIES).map_err(failed)?;
        let (keys, values) = list(&entries, location)?;
        let keys = keys.await.map_err(failed)?;
        let values = values.await.map_err(failed)?;
        Ok(keys
            .into_iter()
            .zip(values)
            .filter_map(|(key, entry)| {
                Some((
                    Key::from_storage_key(&key.as_string()?)?,
                    read_entry(entry)?,
                ))
            })
            .collect())
    }

    async fn known(&self, keys: &[Key]) -> Result<Vec<Option<Entry>>, StoreError> {
        let found = self.get(keys).await?;
        Ok(found
            .into_iter()
            .map(|stored| stored.map(|stored| stored.entry))
            .collect())
    }

    async fn locations(&self) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    async fn clear(&self, location: &str, function: Option<&str>) -> Result<Freed, StoreError> {
        let entries: Vec<_> = self
            .entries(location)
            .await?
            .into_iter()
            .filter(|(key, _)| function.is_none_or(|name| name == key.function))
            .collect();
        let freed = Freed {
            entries: entries.len() as u64,
            bytes: entries.iter().map(|(_, entry)| entry.bytes).sum(),
        };
        let keys: Vec<_> = entries.into_iter().map(|(key, _)| key).collect();
        self.delete(&keys).await?;
        Ok(freed)
    }

    async fn function(&self, _: &str, _: &str) -> Result<Option<FunctionRecord>, StoreError> {
        Ok(None)
    }

    async fn put_function(&self, _: &str, _: &str, _: &FunctionRecord) -> Result<(), StoreError> {
        Ok(())
    }

    async fn delete(&self, keys: &[Key]) -> Result<(), StoreError> {
        if keys.is_empty() {
            return Ok(());
        }
        let transaction = self.transaction(TransactionMode::ReadWrite).await?;
        let mut removals = Vec::new();
        for name in [ENTRIES, RESULTS] {
            let store = transaction.object_store(name).map_err(failed)?;
            for key in keys {
                removals.push(
                    store
                        .delete(JsValue::from(key.storage_key()))
                        .map_err(failed)?
                        .into_future(),
                );
            }
        }
        for removal in join_all(removals).await {
            removal.map_err(failed)?;
        }
        commit(transaction).await
    }
}

/// All keys and all values of a location, asked for at once so that both are of the same moment.
fn list(
    entries: &ObjectStore,
    location: &str,
) -> Result<
    (
        idb::request::futures::GetAllKeysStoreRequestFuture,
        idb::request::futures::GetAllStoreRequestFuture,
    ),
    StoreError,
> {
    let prefix = Key::prefix(location);
    // `0` follows `/`, with which the prefix ends.
    let end = format!("{}0", prefix.trim_end_matches('/'));
    let range = || {
        KeyRange::bound(
            &prefix.as_str().into(),
            &end.as_str().into(),
            None,
            Some(true),
        )
        .map(Query::KeyRange)
        .map_err(failed)
    };
    Ok((
        entries
            .get_all_keys(Some(range()?), None)
            .map_err(failed)?
            .into_future(),
        entries
            .get_all(Some(range()?), None)
            .map_err(failed)?
            .into_future(),
    ))
}

async fn commit(transaction: Transaction) -> Result<(), StoreError> {
    let result = transaction.into_future().await.map_err(failed)?;
    if result.is_committed() {
        Ok(())
    } else {
        Err(StoreError::Failed("the transaction was aborted".to_owned()))
    }
}

fn read_entry(value: JsValue) -> Option<Entry> {
    serde_wasm_bindgen::from_value(value).ok()
}

fn write_entry(entry: &Entry) -> Result<JsValue, StoreError> {
    let serializer =
        serde_wasm_bindgen::Serializer::new().serialize_large_number_types_as_bigints(true);
    entry
        .serialize(&serializer)
        .map_err(|error| StoreError::Failed(error.to_string()))
}

fn read_result(value: &JsValue) -> Option<Parcel<JsBuffer>> {
    let head: Uint8Array = Reflect::get(value, &"head".into()).ok()?.dyn_into().ok()?;
    let buffers: Array = Reflect::get(value, &"buffers".into())
        .ok()?
        .dyn_into()
        .ok()?;
    Some(Parcel {
        head: head.to_vec(),
        buffers: buffers
            .iter()
            .map(|buffer| buffer.dyn_into().map(JsBuffer::new).ok())
            .collect::<Option<_>>()?,
    })
}

fn write_result(parcel: &Parcel<JsBuffer>) -> JsValue {
    let buffers: Array = parcel.buffers.iter().map(JsBuffer::array).collect();
    let result = Object::new();
    // Setting a property of a new plain object cannot fail.
    let _ = Reflect::set(&result, &"head".into(), &Uint8Array::from(&parcel.head[..]));
    let _ = Reflect::set(&result, &"buffers".into(), &buffers);
    result.into()
}

#[expect(clippy::needless_pass_by_value, reason = "made for `map_err`")]
fn failed(error: idb::Error) -> StoreError {
    let text = error.to_string();
    if text.contains("QuotaExceeded") {
        StoreError::Full(text)
    } else {
        StoreError::Failed(text)
    }
}
