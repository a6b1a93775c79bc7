//! The store in localStorage, for small results where IndexedDB cannot be had.
//!
//! A worker cannot reach localStorage; the page does it on request.

use core::future::Future;
use core::pin::Pin;
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use memory::{Entry, Freed, FunctionRecord, Key, Store, StoreError, Stored, Use};
use protocol::{LocalStorageAnswer, LocalStorageQuestion};
use serde::{Deserialize, Serialize};
use values::{Buffer, Parcel};

use crate::JsBuffer;

/// localStorage has about 5 MB for everything; a larger result would crowd out many small ones.
const MOST_BYTES: u64 = 64 << 10;

/// How the page is asked.
pub type Ask =
    Rc<dyn Fn(LocalStorageQuestion) -> Pin<Box<dyn Future<Output = LocalStorageAnswer>>>>;

/// The store in localStorage.
pub struct LocalStorage(Ask);

impl core::fmt::Debug for LocalStorage {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("LocalStorage")
    }
}

/// What a text holds: postcard in base64.
#[derive(Serialize, Deserialize)]
struct Record {
    entry: Entry,
    head: Vec<u8>,
    buffers: Vec<Vec<u8>>,
}

impl LocalStorage {
    /// The store that asks the page in this way.
    pub fn new(ask: Ask) -> Self {
        Self(ask)
    }

    /// The store that calls this JavaScript function with each question and takes what it returns for the answer; for
    /// pages that can reach localStorage themselves.
    pub fn from_function(function: js_sys::Function) -> Self {
        Self(Rc::new(move |question| {
            let answer = serde_wasm_bindgen::to_value(&question)
                .map_err(|error| error.to_string())
                .and_then(|question| {
                    function
                        .call1(&wasm_bindgen::JsValue::NULL, &question)
                        .map_err(|thrown| crate::describe::describe(&thrown))
                })
                .and_then(|answer| {
                    serde_wasm_bindgen::from_value(answer).map_err(|error| error.to_string())
                })
                .unwrap_or_else(|why| LocalStorageAnswer::Failed { why });
            Box::pin(core::future::ready(answer))
        }))
    }

    async fn texts(
        &self,
        question: LocalStorageQuestion,
    ) -> Result<Vec<Option<String>>, StoreError> {
        match (self.0)(question).await {
            LocalStorageAnswer::Texts { texts } => Ok(texts),
            LocalStorageAnswer::Done => Ok(Vec::new()),
            LocalStorageAnswer::Full { why } => Err(StoreError::Full(why)),
            LocalStorageAnswer::Failed { why } => Err(StoreError::Failed(why)),
        }
    }
}

fn write(stored: &Stored<JsBuffer>) -> Result<(String, String), StoreError> {
    if stored.entry.bytes > MOST_BYTES {
        return Err(StoreError::TooLarge {
            bytes: stored.entry.bytes,
            most: MOST_BYTES,
        });
    }
    let record = Record {
        entry: stored.entry.clone(),
        head: stored.value.head.clone(),
        buffers: stored.value.buffers.iter().map(Buffer::to_vec).collect(),
    };
    let bytes =
        postcard::to_allocvec(&record).map_err(|error| StoreError::Failed(error.to_string()))?;
    Ok((stored.key.storage_key(), STANDARD_NO_PAD.encode(bytes)))
}

/// What a text holds; nothing if it was altered.
fn read(key: &Key, text: &str) -> Option<Stored<JsBuffer>> {
    let bytes = STANDARD_NO_PAD.decode(text).ok()?;
    let record: Record = postcard::from_bytes(&bytes).ok()?;
    Some(Stored {
        key: key.clone(),
        entry: record.entry,
        value: Parcel {
            head: record.head,
            buffers: record
                .buffers
                .iter()
                .map(|bytes| JsBuffer::copy_of(bytes))
                .collect(),
        },
    })
}

impl Store<JsBuffer> for LocalStorage {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Stored<JsBuffer>>>, StoreError> {
        let question = LocalStorageQuestion::Get {
            keys: keys.iter().map(Key::storage_key).collect(),
        };
        let texts = self.texts(question).await?;
        Ok(keys
            .iter()
            .zip(texts.iter().chain(core::iter::repeat(&None)))
            .map(|(key, text)| text.as_ref().and_then(|text| read(key, text)))
            .collect())
    }

    async fn put(&self, entries: &[Stored<JsBuffer>]) -> Result<(), StoreError> {
        let entries = entries.iter().map(write).collect::<Result<_, _>>()?;
        self.texts(LocalStorageQuestion::Set { entries })
            .await
            .map(drop)
    }

    async fn touch(&self, uses: &[Use]) -> Result<(), StoreError> {
        let keys: Vec<_> = uses.iter().map(|used| used.key.clone()).collect();
        let found = self.get(&keys).await?;
        let touched: Vec<_> = found
            .into_iter()
            .flatten()
            .map(|mut stored| {
                if let Some(used) = uses.iter().find(|used| used.key == stored.key) {
                    stored.entry.last_used = used.at;
                    stored.entry.hits += used.hits;
                }
                stored
            })
            .collect();
        self.put(&touched).await
    }

    async fn entries(&self, location: &str) -> Result<Vec<(Key, Entry)>, StoreError> {
        let prefix = Key::prefix(location);
        let keys: Vec<_> = self
            .texts(LocalStorageQuestion::Keys { prefix })
            .await?
            .iter()
            .flatten()
            .filter_map(|key| Key::from_storage_key(key))
            .collect();
        let found = self.get(&keys).await?;
        Ok(found
            .into_iter()
            .flatten()
            .map(|stored| (stored.key, stored.entry))
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
        let keys = keys.iter().map(Key::storage_key).collect();
        self.texts(LocalStorageQuestion::Remove { keys })
            .await
            .map(drop)
    }
}
