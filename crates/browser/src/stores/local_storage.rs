//! The store in localStorage, for small results where IndexedDB cannot be had.
//!
//! A worker cannot reach localStorage; the page does it on request. docs/cache-format.md has the layout.

mod layout1;

use core::future::Future;
use core::pin::Pin;
use std::collections::BTreeSet;
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use memory::{
    Entry, Form, Frame, Freed, FunctionRecord, Key, Place, Store, StoreError, Stored, Use,
};
use protocol::{LocalStorageAnswer, LocalStorageQuestion};
use values::Buffer;

use crate::JsBuffer;

/// localStorage has about 5 MB for everything; a larger result would crowd out many small ones.
const MOST_BYTES: u64 = 64 << 10;

/// Under this key is the layout's version. Storage keys have a `/`.
const LAYOUT_KEY: &str = "layout";
/// The layout's version; docs/cache-format.md.
const LAYOUT: u32 = 2;

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

impl LocalStorage {
    /// The store that asks the page in this way. What an older version of the site wrote is brought to today's layout.
    ///
    /// # Errors
    /// If localStorage cannot be read or written; [`StoreError::Newer`] if a newer version of the site wrote what is there.
    pub async fn open(ask: Ask) -> Result<Self, StoreError> {
        let store = Self(ask);
        let question = LocalStorageQuestion::Get {
            keys: vec![LAYOUT_KEY.to_owned()],
        };
        match store.texts(question).await?.pop().flatten() {
            Some(text) => match text.parse() {
                Ok(LAYOUT) => {}
                // Whatever it is, it is not ours to change.
                other => {
                    return Err(StoreError::Newer {
                        layout: other.unwrap_or(LAYOUT + 1),
                        known: LAYOUT,
                    });
                }
            },
            None => store.migrate().await?,
        }
        Ok(store)
    }

    /// As [`LocalStorage::open`], of a JavaScript function that is called with each question and returns the answer; for
    /// pages that can reach localStorage themselves.
    ///
    /// # Errors
    /// As [`LocalStorage::open`]'s.
    pub async fn from_function(function: js_sys::Function) -> Result<Self, StoreError> {
        Self::open(Rc::new(move |question| {
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
        .await
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

    async fn set(&self, entries: Vec<(String, String)>) -> Result<(), StoreError> {
        self.texts(LocalStorageQuestion::Set { entries })
            .await
            .map(drop)
    }

    /// All keys that begin with this.
    async fn names(&self, prefix: String) -> Result<Vec<String>, StoreError> {
        let found = self.texts(LocalStorageQuestion::Keys { prefix }).await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Writes every entry of layout 1 as today's, all at once. What cannot be read is left out, and overwritten one day.
    async fn migrate(&self) -> Result<(), StoreError> {
        let names = self.names(String::new()).await?;
        let keys: Vec<_> = names
            .iter()
            .filter_map(|name| Key::from_storage_key(name))
            .collect();
        let question = LocalStorageQuestion::Get {
            keys: keys.iter().map(Key::storage_key).collect(),
        };
        let texts = self.texts(question).await?;
        let mut entries = vec![(LAYOUT_KEY.to_owned(), LAYOUT.to_string())];
        for (key, text) in keys.into_iter().zip(texts) {
            if let Some(stored) = text.and_then(|text| layout1::read(key, &text)) {
                entries.push(write(&stored)?);
            }
        }
        self.set(entries).await
    }

    /// The keys of everything that is in a location, or belongs to one of its functions.
    async fn within(
        &self,
        location: &str,
        function: Option<&str>,
    ) -> Result<Vec<String>, StoreError> {
        let mut prefix = Key::prefix(location);
        if let Some(function) = function {
            prefix.push_str(&Key::prefix(function));
        }
        self.names(prefix).await
    }

    async fn entries_of(&self, names: &[String]) -> Result<Vec<(Key, Entry)>, StoreError> {
        let keys: Vec<_> = names
            .iter()
            .filter_map(|name| Key::from_storage_key(name))
            .collect();
        let known = self.known(&keys).await?;
        Ok(keys
            .into_iter()
            .zip(known)
            .filter_map(|(key, entry)| Some((key, entry?)))
            .collect())
    }
}

/// Under which key a function's record is. It begins like the keys of the function's entries.
fn function_name(location: &str, function: &str) -> String {
    format!("{}{}", Key::prefix(location), Key::prefix(function))
}

fn write(stored: &Stored<JsBuffer>) -> Result<(String, String), StoreError> {
    if stored.entry.bytes > MOST_BYTES {
        return Err(StoreError::TooLarge {
            bytes: stored.entry.bytes,
            most: MOST_BYTES,
        });
    }
    let mut bytes = Frame::of(stored, Form::Run, Place::Frame).encode();
    bytes.extend_from_slice(&stored.value.head);
    for buffer in &stored.value.buffers {
        buffer.read(&mut |piece| bytes.extend_from_slice(piece));
    }
    Ok((stored.key.storage_key(), STANDARD_NO_PAD.encode(bytes)))
}

/// What a text holds.
fn read(key: &Key, text: &str) -> Stored<JsBuffer> {
    let Ok(bytes) = STANDARD_NO_PAD.decode(text) else {
        return Stored::unreadable(key.clone(), None);
    };
    let Ok((frame, begin)) = Frame::decode(&bytes) else {
        return Stored::unreadable(key.clone(), None);
    };
    match frame.split(&bytes[begin..], JsBuffer::copy_of) {
        Some(value) => Stored {
            key: key.clone(),
            entry: frame.entry,
            value,
        },
        None => Stored::unreadable(key.clone(), Some(frame.entry)),
    }
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
            .map(|(key, text)| text.as_ref().map(|text| read(key, text)))
            .collect())
    }

    async fn put(&self, entries: &[Stored<JsBuffer>]) -> Result<(), StoreError> {
        self.set(entries.iter().map(write).collect::<Result<_, _>>()?)
            .await
    }

    async fn touch(&self, uses: &[Use]) -> Result<(), StoreError> {
        let keys: BTreeSet<_> = uses.iter().map(|used| used.key.clone()).collect();
        let keys: Vec<_> = keys.into_iter().collect();
        let found = self.get(&keys).await?;
        let touched = found
            .into_iter()
            .flatten()
            .filter(Stored::is_sound)
            .map(|mut stored| {
                for used in uses.iter().filter(|used| used.key == stored.key) {
                    stored.entry.note_use(used.at, used.hits);
                }
                write(&stored)
            })
            .collect::<Result<Vec<_>, _>>()?;
        self.set(touched).await
    }

    async fn entries(&self, location: &str) -> Result<Vec<(Key, Entry)>, StoreError> {
        let mut names = self.within(location, None).await?;
        names.sort();
        self.entries_of(&names).await
    }

    async fn known(&self, keys: &[Key]) -> Result<Vec<Option<Entry>>, StoreError> {
        let found = self.get(keys).await?;
        Ok(found
            .into_iter()
            .map(|stored| stored.filter(Stored::is_sound).map(|stored| stored.entry))
            .collect())
    }

    async fn locations(&self) -> Result<Vec<String>, StoreError> {
        let found: BTreeSet<_> = self
            .names(String::new())
            .await?
            .into_iter()
            .filter_map(Key::location_of)
            .collect();
        Ok(found.into_iter().collect())
    }

    async fn clear(&self, location: &str, function: Option<&str>) -> Result<Freed, StoreError> {
        let keys = self.within(location, function).await?;
        let entries = self.entries_of(&keys).await?;
        self.texts(LocalStorageQuestion::Remove { keys }).await?;
        Ok(Freed {
            entries: entries.len() as u64,
            bytes: entries.iter().map(|(_, entry)| entry.bytes).sum(),
        })
    }

    async fn function(
        &self,
        location: &str,
        function: &str,
    ) -> Result<Option<FunctionRecord>, StoreError> {
        let question = LocalStorageQuestion::Get {
            keys: vec![function_name(location, function)],
        };
        let text = self.texts(question).await?.pop().flatten();
        // One that cannot be read is as good as none: the next call writes it anew.
        Ok(text
            .and_then(|text| STANDARD_NO_PAD.decode(text).ok())
            .and_then(|bytes| FunctionRecord::decode(&bytes).ok()))
    }

    async fn put_function(
        &self,
        location: &str,
        function: &str,
        record: &FunctionRecord,
    ) -> Result<(), StoreError> {
        let text = STANDARD_NO_PAD.encode(record.encode());
        self.set(vec![(function_name(location, function), text)])
            .await
    }

    async fn delete(&self, keys: &[Key]) -> Result<(), StoreError> {
        let keys = keys.iter().map(Key::storage_key).collect();
        self.texts(LocalStorageQuestion::Remove { keys })
            .await
            .map(drop)
    }
}
