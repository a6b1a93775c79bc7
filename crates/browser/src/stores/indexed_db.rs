//! The store in IndexedDB. docs/cache-format.md has the layout, ADR 21 the reasons.
//!
//! A hit reads one record, the frame; long contents stand in a record or a file of their own. What happened to the entries
//! of a location stands in its journal, so that a list is read from a few records. All that one operation writes is one
//! transaction.

mod claims;
mod connection;
mod journal;
mod layout1;
mod requests;
mod shape;

use core::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use memory::{Entry, Freed, FunctionRecord, Journal, Key, Store, StoreError, Stored, Use};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{IdbDatabase, IdbKeyRange, IdbObjectStore};

use self::requests::{Fault, Work, answer, answers};
use self::shape::{Opened, Shape};
use super::files::Files;
use crate::JsBuffer;

pub(crate) use self::connection::Connection;

/// The layout's version; docs/cache-format.md.
const LAYOUT: u32 = 2;
/// Storage key: frame.
const RESULTS: &str = "results";
/// [storage key, 0 or the name of a file]: content that does not stand in the frame.
const PAYLOADS: &str = "payloads";
/// Number: `{ location, record }`.
const JOURNAL: &str = "journal";
/// Location and function, as in storage keys: what is known of the function.
const FUNCTIONS: &str = "functions";
/// Name of a lock: who has it, and until when. For browsers without Web Locks.
const CLAIMS: &str = "claims";
/// The index of the journal, and what it is over.
const LOCATION: &str = "location";

/// A location's journal is looked over after so many records.
const TIDY_AFTER: u32 = 16;
/// Payloads of more entries than this are looked for over the whole range of their keys, not one by one.
const MOST_SINGLY: usize = 16;
/// So many frames are read at once when a journal is made anew.
const STEP: u32 = 256;

/// The store in IndexedDB.
#[derive(Debug)]
pub struct IndexedDb {
    connection: Connection,
    files: Rc<Files>,
    /// How many records were added to each location's journal since it was looked over.
    appended: RefCell<BTreeMap<String, u32>>,
}

impl IndexedDb {
    /// Opens the database of this name, makes it if there is none, and brings one of an older layout to today's.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if there is no IndexedDB here, it is not allowed, or it does not answer;
    /// [`StoreError::Newer`] if the layout is of a newer version of this site.
    pub async fn open(name: &str) -> Result<Self, StoreError> {
        let store = Self {
            connection: Connection::open(name).await?,
            files: Rc::new(Files::new(name)),
            appended: RefCell::default(),
        };
        let (connection, files) = (store.connection.clone(), Rc::clone(&store.files));
        spawn_local(async move { remove_orphans(&connection, &files).await });
        Ok(store)
    }

    /// The database's name.
    pub(crate) fn name(&self) -> &str {
        self.connection.name()
    }

    pub(crate) const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Adds what happened to the journals of its locations, which are merged now and then.
    async fn note(&self, store: &IdbObjectStore, happened: &Happened) -> Result<(), Fault> {
        for (location, journal) in happened {
            journal::append(store, location, journal)?;
        }
        for location in happened.keys() {
            let due = {
                let mut appended = self.appended.borrow_mut();
                // What others did before this store was opened is not known: the first record counts as the last.
                let count = appended.entry(location.clone()).or_insert(TIDY_AFTER - 1);
                *count += 1;
                let due = *count >= TIDY_AFTER;
                if due {
                    *count = 0;
                }
                due
            };
            if due {
                journal::tidy(store, location).await?;
            }
        }
        Ok(())
    }

    /// Removes these results, and notes that if it is given, in one transaction. The files that held them are left.
    async fn remove(
        &self,
        database: &IdbDatabase,
        names: &[JsValue],
        happened: Option<&Happened>,
    ) -> Result<Vec<String>, Fault> {
        let work = Work::writing(database, &[RESULTS, PAYLOADS, JOURNAL])?;
        let (results, payloads) = (work.store(RESULTS)?, work.store(PAYLOADS)?);
        let keys: Vec<_> = names.iter().collect();
        let before = ask_payloads(&payloads, &keys)?;
        for name in names {
            results.delete(name)?;
        }
        if let Some(happened) = happened {
            self.note(&work.store(JOURNAL)?, happened).await?;
        }
        let files = remove_payloads(&payloads, before, &[], &keys).await?;
        work.committed().await?;
        Ok(files)
    }

    /// The journal of a location, in a transaction that may write; it is made anew from the frames if it cannot be read.
    async fn whole_journal(&self, work: &Work, location: &str) -> Result<Journal, Fault> {
        let store = work.store(JOURNAL)?;
        if let Ok(journal) = journal::read(&store, location).await? {
            return Ok(journal);
        }
        let results = work.store(RESULTS)?;
        let mut made = Journal::new(location);
        let prefix = Key::prefix(location);
        let (mut begin, end) = (JsValue::from(&prefix), JsValue::from(after(&prefix)));
        loop {
            let range =
                IdbKeyRange::bound_with_lower_open_and_upper_open(&begin, &end, true, true)?;
            let keys = results.get_all_keys_with_key_and_limit(&range, STEP)?;
            let frames = results.get_all_with_key_and_limit(&range, STEP)?;
            let found = answers(&[keys, frames]).await?;
            let (keys, frames): (&Array, &Array) =
                (found[0].unchecked_ref(), found[1].unchecked_ref());
            if keys.length() == 0 {
                break;
            }
            for (name, frame) in keys.iter().zip(frames.iter()) {
                let key = name
                    .as_string()
                    .and_then(|text| Key::from_storage_key(&text));
                match key.zip(Opened::of(&frame).entry()) {
                    Some((key, entry)) => made.put(&key, &entry),
                    None => drop(results.delete(&name)?),
                }
            }
            begin = keys.get(keys.length() - 1);
        }
        journal::replace(&store, location, &made).await?;
        Ok(made)
    }
}

/// What happened in each location.
type Happened = BTreeMap<String, Journal>;

fn happened_in<'a>(happened: &'a mut Happened, location: &str) -> &'a mut Journal {
    happened
        .entry(location.to_owned())
        .or_insert_with_key(|location| Journal::new(location))
}

/// The first text after all those that begin with this one, which ends in `/`: `0` follows `/`.
fn after(prefix: &str) -> String {
    format!("{}0", prefix.strip_suffix('/').unwrap_or(prefix))
}

/// What the storage keys of a location, or of one of its functions, begin with.
fn beginning(location: &str, function: Option<&str>) -> String {
    let mut text = Key::prefix(location);
    if let Some(function) = function {
        text.push_str(&Key::prefix(function));
    }
    text
}

fn names(keys: &[Key]) -> Vec<JsValue> {
    keys.iter()
        .map(|key| JsValue::from(key.storage_key()))
        .collect()
}

impl Store<JsBuffer> for IndexedDb {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Stored<JsBuffer>>>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let names = names(keys);
        let read = async |database: &_| {
            let work = Work::reading(database, &[RESULTS, PAYLOADS])?;
            let results = work.store(RESULTS)?;
            let asked = names
                .iter()
                .map(|name| results.get(name))
                .collect::<Result<Vec<_>, _>>()?;
            let frames: Vec<_> = answers(&asked).await?.iter().map(Opened::of).collect();
            let mut asked = Vec::new();
            let mut whose = Vec::new();
            for (at, (name, frame)) in names.iter().zip(&frames).enumerate() {
                if let Some(payload) = frame.payload(name) {
                    asked.push(work.store(PAYLOADS)?.get(&payload)?);
                    whose.push(at);
                }
            }
            let payloads: BTreeMap<_, _> = whose.into_iter().zip(answers(&asked).await?).collect();
            Ok((frames, payloads))
        };
        let (frames, mut payloads) = self.connection.carry_out(read).await?;
        let mut found = Vec::with_capacity(keys.len());
        for (at, (key, frame)) in keys.iter().zip(frames).enumerate() {
            found.push(frame.stored(key, payloads.remove(&at), &self.files).await);
        }
        Ok(found)
    }

    async fn put(&self, entries: &[Stored<JsBuffer>]) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        // Of several of one key the last one counts.
        let last: BTreeMap<_, _> = entries
            .iter()
            .enumerate()
            .map(|(at, stored)| (&stored.key, at))
            .collect();
        let mut happened = Happened::new();
        let mut shapes = Vec::with_capacity(last.len());
        let mut held = None;
        for (at, stored) in entries.iter().enumerate() {
            if last.get(&stored.key) != Some(&at) {
                continue;
            }
            if held.is_none() && stored.value.byte_length() as u64 >= shape::FILE_FROM_BYTES {
                held = self.files.hold().await;
            }
            happened_in(&mut happened, &stored.key.location).put(&stored.key, &stored.entry);
            shapes.push(shape::of(stored, &self.files).await);
        }
        let write = async |database: &_| {
            let work = Work::writing(database, &[RESULTS, PAYLOADS, JOURNAL])?;
            let (results, payloads) = (work.store(RESULTS)?, work.store(PAYLOADS)?);
            let keys: Vec<_> = shapes.iter().map(Shape::key).collect();
            let mut before = Vec::new();
            if keys.len() <= MOST_SINGLY && !self.files.are_in_use() {
                // Without a question. A file of another tab among them is removed when the store is next opened.
                for key in &keys {
                    payloads.delete(&shape::payloads_of(key, key)?.into())?;
                }
            } else {
                before = ask_payloads(&payloads, &keys)?;
            }
            for shape in &shapes {
                shape.write(&results, &payloads)?;
            }
            self.note(&work.store(JOURNAL)?, &happened).await?;
            let strays = remove_payloads(&payloads, before, &shapes, &keys).await?;
            work.committed().await?;
            Ok(strays)
        };
        let written = self.connection.carry_out(write).await;
        let useless = match &written {
            Ok(strays) => strays.clone(),
            Err(_) => shapes
                .iter()
                .filter_map(|shape| shape.file().map(str::to_owned))
                .collect(),
        };
        self.files.remove(&useless).await;
        drop(held);
        written.map(drop)
    }

    async fn known(&self, keys: &[Key]) -> Result<Vec<Option<Entry>>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let names = names(keys);
        let read = async |database: &_| {
            let work = Work::reading(database, &[RESULTS])?;
            let results = work.store(RESULTS)?;
            let asked = names
                .iter()
                .map(|name| results.get(name))
                .collect::<Result<Vec<_>, _>>()?;
            answers(&asked).await
        };
        let frames = self.connection.carry_out(read).await?;
        Ok(frames
            .iter()
            .map(|frame| Opened::of(frame).entry())
            .collect())
    }

    async fn touch(&self, uses: &[Use]) -> Result<(), StoreError> {
        if uses.is_empty() {
            return Ok(());
        }
        let mut happened = Happened::new();
        for used in uses {
            happened_in(&mut happened, &used.key.location).used(used);
        }
        let write = async |database: &_| {
            let work = Work::writing(database, &[JOURNAL])?;
            self.note(&work.store(JOURNAL)?, &happened).await?;
            work.committed().await
        };
        self.connection.carry_out(write).await
    }

    async fn entries(&self, location: &str) -> Result<Vec<(Key, Entry)>, StoreError> {
        let read = async |database: &_| {
            let work = Work::reading(database, &[JOURNAL])?;
            journal::read(&work.store(JOURNAL)?, location).await
        };
        let journal = match self.connection.carry_out(read).await? {
            Ok(journal) => journal,
            Err(_) => {
                let mend = async |database: &_| {
                    let work = Work::writing(database, &[JOURNAL, RESULTS])?;
                    let journal = self.whole_journal(&work, location).await?;
                    work.committed().await?;
                    Ok(journal)
                };
                self.connection.carry_out(mend).await?
            }
        };
        Ok(journal.entries())
    }

    async fn locations(&self) -> Result<Vec<String>, StoreError> {
        let read = async |database: &_| {
            let work = Work::reading(database, &[RESULTS, FUNCTIONS])?;
            let mut found = BTreeSet::new();
            for store in [RESULTS, FUNCTIONS] {
                let store = work.store(store)?;
                let mut from = String::new();
                loop {
                    let range = IdbKeyRange::lower_bound(&from.as_str().into())?;
                    let first = store.get_all_keys_with_key_and_limit(&range, 1)?;
                    let first: Array = answer(first).await?.unchecked_into();
                    let Some(location) = first.get(0).as_string().and_then(Key::location_of) else {
                        break;
                    };
                    from = after(&Key::prefix(&location));
                    found.insert(location);
                }
            }
            Ok(found.into_iter().collect())
        };
        self.connection.carry_out(read).await
    }

    async fn delete(&self, keys: &[Key]) -> Result<(), StoreError> {
        if keys.is_empty() {
            return Ok(());
        }
        let names = names(keys);
        let mut happened = Happened::new();
        for key in keys {
            happened_in(&mut happened, &key.location).deleted(key);
        }
        let both = async |database: &_| self.remove(database, &names, Some(&happened)).await;
        let files = match self.connection.carry_out(both).await {
            // Where nothing more can be written, nothing can be noted either: what is removed makes the room for that.
            Err(StoreError::Full(_)) => {
                let alone = async |database: &_| self.remove(database, &names, None).await;
                let files = self.connection.carry_out(alone).await?;
                let note = async |database: &_| {
                    let work = Work::writing(database, &[JOURNAL])?;
                    self.note(&work.store(JOURNAL)?, &happened).await?;
                    work.committed().await
                };
                // Should that fail, they are listed until they are removed once more.
                let _ = self.connection.carry_out(note).await;
                files
            }
            done => done?,
        };
        self.files.remove(&files).await;
        Ok(())
    }

    async fn clear(&self, location: &str, function: Option<&str>) -> Result<Freed, StoreError> {
        let from = beginning(location, function);
        let write = async |database: &_| {
            let work = Work::writing(database, &[RESULTS, PAYLOADS, JOURNAL, FUNCTIONS])?;
            let journal = self.whole_journal(&work, location).await?;
            let mut freed = Freed::default();
            let mut kept = Journal::new(location);
            for (key, entry) in journal.entries() {
                if function.is_none_or(|name| name == key.function) {
                    freed.entries += 1;
                    freed.bytes += entry.bytes;
                } else {
                    kept.put(&key, &entry);
                }
            }
            let (begin, end) = (JsValue::from(&from), JsValue::from(after(&from)));
            let range =
                IdbKeyRange::bound_with_lower_open_and_upper_open(&begin, &end, false, true)?;
            work.store(RESULTS)?.delete(&range)?;
            work.store(FUNCTIONS)?.delete(&range)?;
            let payloads = work.store(PAYLOADS)?;
            let (begin, end) = (Array::of1(&begin), Array::of1(&end));
            let range =
                IdbKeyRange::bound_with_lower_open_and_upper_open(&begin, &end, false, true)?;
            let keys = answer(payloads.get_all_keys_with_key(&range)?).await?;
            payloads.delete(&range)?;
            journal::replace(&work.store(JOURNAL)?, location, &kept).await?;
            work.committed().await?;
            let files: Vec<_> = keys
                .unchecked_into::<Array>()
                .iter()
                .filter_map(|key| shape::read_payload_key(&key)?.1)
                .collect();
            Ok((freed, files))
        };
        let (freed, files) = self.connection.carry_out(write).await?;
        self.appended.borrow_mut().remove(location);
        self.files.remove(&files).await;
        Ok(freed)
    }

    async fn function(
        &self,
        location: &str,
        function: &str,
    ) -> Result<Option<FunctionRecord>, StoreError> {
        let name = JsValue::from(beginning(location, Some(function)));
        let read = async |database: &_| {
            let work = Work::reading(database, &[FUNCTIONS])?;
            answer(work.store(FUNCTIONS)?.get(&name)?).await
        };
        let found = self.connection.carry_out(read).await?;
        // One that cannot be read is as good as none: the next call writes it anew.
        Ok(found
            .dyn_ref::<Uint8Array>()
            .and_then(|bytes| FunctionRecord::decode(&bytes.to_vec()).ok()))
    }

    fn generation(&self) -> u32 {
        self.connection.closings()
    }

    async fn put_function(
        &self,
        location: &str,
        function: &str,
        record: &FunctionRecord,
    ) -> Result<(), StoreError> {
        let name = JsValue::from(beginning(location, Some(function)));
        let bytes = Uint8Array::from(&record.encode()[..]);
        let write = async |database: &_| {
            let work = Work::writing(database, &[FUNCTIONS])?;
            work.store(FUNCTIONS)?.put_with_key(&bytes, &name)?;
            work.committed().await
        };
        self.connection.carry_out(write).await
    }
}

/// Asks which payloads these entries have. To be asked before anything is written.
fn ask_payloads(
    payloads: &IdbObjectStore,
    keys: &[&JsValue],
) -> Result<Vec<web_sys::IdbRequest>, Fault> {
    let ranges = if keys.len() <= MOST_SINGLY {
        keys.iter()
            .map(|key| shape::payloads_of(key, key))
            .collect::<Result<Vec<_>, _>>()?
    } else {
        let mut texts: Vec<_> = keys.iter().filter_map(|key| key.as_string()).collect();
        // The order of the database, which is that of UTF-16.
        texts.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
        match (texts.first(), texts.last()) {
            (Some(first), Some(last)) => {
                vec![shape::payloads_of(
                    &first.as_str().into(),
                    &last.as_str().into(),
                )?]
            }
            _ => Vec::new(),
        }
    };
    ranges
        .iter()
        .map(|range| Ok(payloads.get_all_keys_with_key(range)?))
        .collect()
}

/// Removes those payloads of these entries that no shape has written just now, and names the files among them.
async fn remove_payloads(
    payloads: &IdbObjectStore,
    before: Vec<web_sys::IdbRequest>,
    shapes: &[Shape],
    keys: &[&JsValue],
) -> Result<Vec<String>, Fault> {
    let found: Vec<_> = answers(&before)
        .await?
        .iter()
        .flat_map(|keys| keys.unchecked_ref::<Array>().iter())
        .collect();
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let of: BTreeMap<_, _> = keys
        .iter()
        .enumerate()
        .filter_map(|(at, key)| Some((key.as_string()?, shapes.get(at))))
        .collect();
    let mut files = Vec::new();
    for payload in found {
        let Some((key, file)) = shape::read_payload_key(&payload) else {
            continue;
        };
        let Some(shape) = of.get(&key) else { continue };
        if !shape.is_some_and(|shape| shape.owns(file.as_deref())) {
            payloads.delete(&payload)?;
            files.extend(file);
        }
    }
    Ok(files)
}

/// Removes the files that no record names: whoever wrote them was ended before the record was.
async fn remove_orphans(connection: &Connection, files: &Files) {
    let Some((_lock, mut names)) = files.all().await else {
        return;
    };
    let read = async |database: &_| {
        let work = Work::reading(database, &[PAYLOADS])?;
        answer(work.store(PAYLOADS)?.get_all_keys()?).await
    };
    if let Ok(keys) = connection.carry_out(read).await {
        for key in keys.unchecked_into::<Array>().iter() {
            if let Some((_, Some(file))) = shape::read_payload_key(&key) {
                names.remove(&file);
            }
        }
        let orphans: Vec<_> = names.into_iter().collect();
        files.remove(&orphans).await;
    }
}
