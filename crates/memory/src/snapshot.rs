//! All that a location remembers as one file, and back.

mod error;
mod file;

use std::collections::{BTreeMap, BTreeSet};

use values::{Buffer, Parcel};

pub use self::error::SnapshotError;
use self::file::{FileWriter, Slice};
use crate::{Key, Locks, Memory, Milliseconds, Store, StoreError, Stored, Warning};

/// So many bytes of results are read or written at once, or those of one entry.
const STEP_BYTES: u64 = 4 << 20;
/// So many entries are read or written at once.
const STEP_ITEMS: usize = 256;

/// A file that holds all that a location remembers, read and found whole.
pub struct Snapshot<'a>(file::Read<'a>);

impl core::fmt::Debug for Snapshot<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Snapshot")
            .field("location", &self.location())
            .field("entries", &self.entries())
            .finish_non_exhaustive()
    }
}

impl<'a> Snapshot<'a> {
    /// Reads a file, and checks every byte of it.
    ///
    /// # Errors
    /// If it is no snapshot, of a newer version, cut short, altered, or longer than it should be.
    pub fn open(file: &'a [u8]) -> Result<Self, SnapshotError> {
        file::read(file).map(Self)
    }

    /// The location that it was exported from.
    pub fn location(&self) -> &str {
        &self.0.location
    }

    /// When it was exported.
    pub const fn exported(&self) -> Milliseconds {
        self.0.exported
    }

    /// How many entries it holds.
    pub const fn entries(&self) -> u64 {
        self.0.entries.len() as u64
    }

    /// The size of their results in bytes.
    pub fn bytes(&self) -> u64 {
        self.0.entries.iter().map(|stored| stored.entry.bytes).sum()
    }
}

/// What an import has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many entries were written.
    pub entries: u64,
    /// The size of their results in bytes.
    pub bytes: u64,
    /// How many entries of the file were left out because there is one here that is as new or newer.
    pub older: u64,
    /// How many were left out because their function has another source here.
    pub other_source: u64,
}

impl<B: Buffer, S: Store<B>, L: Locks> Memory<B, S, L> {
    /// All that a location remembers as the bytes of one file: entries with their results, and what is known of their functions.
    /// What waits to be written is in it. A stored result that was altered is left out, with a warning.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn export(&self, location: &str, now: Milliseconds) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::new();
        self.export_to(location, now, &mut |piece| bytes.extend_from_slice(piece))
            .await?;
        Ok(bytes)
    }

    /// As [`Memory::export`], piece by piece: never more of it is in memory than some entries. Gives the number of entries.
    ///
    /// # Errors
    /// If the store cannot be read; the pieces so far are no snapshot then.
    pub async fn export_to(
        &self,
        location: &str,
        now: Milliseconds,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<u64, StoreError> {
        let mut writer = FileWriter::begin(location, now, take);
        let entries = self.entries(location).await?;
        let functions: BTreeSet<_> = entries
            .iter()
            .map(|(key, _)| key.function.clone())
            .collect();
        let mut records: BTreeMap<_, _> = self
            .sources
            .borrow()
            .records(location, None)
            .into_iter()
            .collect();
        let sizes = entries.iter().map(|(_, entry)| entry.bytes);
        for range in steps(sizes) {
            let batch = &entries[range];
            let keys: Vec<_> = batch.iter().map(|(key, _)| key.clone()).collect();
            for ((_, entry), stored) in batch.iter().zip(self.read_quietly(&keys).await?) {
                let Some(mut stored) = stored else { continue };
                if !stored.is_sound() {
                    self.warn(Warning::Corrupt(stored.key));
                    continue;
                }
                // The list knows of uses that a frame does not.
                stored.entry.last_used = stored.entry.last_used.max(entry.last_used);
                stored.entry.hits = stored.entry.hits.max(entry.hits);
                writer.entry(&stored);
            }
        }
        for name in functions {
            if let (false, false) = (records.contains_key(&name), self.is_gone.get())
                && let Some(record) = self.store.function(location, &name).await?
            {
                records.insert(name, record);
            }
        }
        for (name, record) in &records {
            writer.function(name, record);
        }
        Ok(writer.end())
    }

    /// Adds what an exported file holds to a location, whichever it was exported from. The whole file is checked before anything
    /// is changed. Of two results of one call the newer one stays. Entries of a function whose source here is another are left
    /// out: they would never be found. `make_buffer` copies bytes into a buffer.
    ///
    /// Whoever shares the store should be told ([`Memory::forget`]). The limits of the location hold afterwards, so that some of
    /// what was imported may go at once.
    ///
    /// # Errors
    /// Those of [`Snapshot::open`]; then nothing was changed. [`SnapshotError::Unread`] if the store could not be read, with
    /// nothing changed, and [`SnapshotError::Unwritten`] if not all could be written: what had been written of the file was
    /// removed again, and what it had replaced put back, as far as that could be.
    pub async fn import(
        &self,
        location: &str,
        file: &[u8],
        make_buffer: impl Fn(&[u8]) -> B,
        now: Milliseconds,
    ) -> Result<Imported, SnapshotError> {
        let Snapshot(read) = Snapshot::open(file)?;
        // What waits is compared with the file, too.
        self.flush(now).await;
        if self.is_gone.get() {
            let why = "it could not be used before".to_owned();
            return Err(SnapshotError::Unread(StoreError::Unavailable(why)));
        }
        let mut imported = Imported::default();
        let mut other_source = BTreeSet::new();
        let mut records = Vec::new();
        for (name, record) in read.functions {
            let here = self.store.function(location, &name).await;
            match here.map_err(SnapshotError::Unread)? {
                None => records.push((name, record)),
                Some(here) if here.source == record.source => {}
                Some(_) => drop(other_source.insert(name)),
            }
        }
        let mut fresh = Vec::new();
        let mut replacing = Vec::new();
        let mut entries = read.entries;
        for stored in &mut entries {
            location.clone_into(&mut stored.key.location);
        }
        let all = entries.len() as u64;
        entries.retain(|stored| !other_source.contains(&stored.key.function));
        imported.other_source = all - entries.len() as u64;
        let mut entries = entries.into_iter();
        loop {
            let some: Vec<_> = entries.by_ref().take(STEP_ITEMS).collect();
            if some.is_empty() {
                break;
            }
            let keys: Vec<_> = some.iter().map(|stored| stored.key.clone()).collect();
            let known = self.store.known(&keys).await;
            for (stored, known) in some.into_iter().zip(known.map_err(SnapshotError::Unread)?) {
                let created = stored.entry.created;
                let held = self.created_in_hand(&stored.key);
                match known
                    .map(|entry| entry.created)
                    .into_iter()
                    .chain(held)
                    .reduce(f64::max)
                {
                    None => fresh.push(stored),
                    Some(here) if here < created => replacing.push(stored),
                    Some(_) => imported.older += 1,
                }
            }
        }
        // What costs nothing to take back comes first.
        let mut import = Import {
            memory: self,
            written: Vec::new(),
            replaced: Vec::new(),
        };
        let done = async {
            import.put(&fresh, &make_buffer, false).await?;
            import.put(&replacing, &make_buffer, true).await?;
            for (name, record) in &records {
                self.store.put_function(location, name, record).await?;
            }
            Ok(())
        };
        let done: Result<(), StoreError> = done.await;
        self.uncount(location);
        if let Err(error) = done {
            let left = import.take_back().await;
            return Err(SnapshotError::Unwritten { error, left });
        }
        for stored in fresh.iter().chain(&replacing) {
            imported.entries += 1;
            imported.bytes += stored.entry.bytes;
        }
        self.keep_limits(now).await;
        Ok(imported)
    }

    /// When the result was computed that is in memory and not in the store.
    fn created_in_hand(&self, key: &Key) -> Option<Milliseconds> {
        let waiting = self.waiting.borrow();
        let waiting = waiting.get(key).map(|waiting| waiting.stored.entry.created);
        waiting.or_else(|| {
            let unsaved = self.unsaved.borrow();
            unsaved.get(key).map(|held| held.stored.entry.created)
        })
    }

    /// What is remembered under these keys, without a use of any, and without keeping it in memory.
    async fn read_quietly(&self, keys: &[Key]) -> Result<Vec<Option<Stored<B>>>, StoreError> {
        let found = if self.is_gone.get() {
            keys.iter().map(|_| None).collect()
        } else {
            self.store.get(keys).await?
        };
        let (waiting, unsaved) = (self.waiting.borrow(), self.unsaved.borrow());
        Ok(keys
            .iter()
            .zip(found)
            .map(|(key, found)| match (waiting.get(key), unsaved.get(key)) {
                (Some(waiting), _) => Some(waiting.stored.clone()),
                (None, Some(held)) => Some(held.stored.clone()),
                (None, None) => found,
            })
            .collect())
    }
}

/// An import that is being written.
struct Import<'a, B: Buffer, S: Store<B>, L: Locks> {
    memory: &'a Memory<B, S, L>,
    written: Vec<Key>,
    replaced: Vec<Stored<B>>,
}

impl<B: Buffer, S: Store<B>, L: Locks> Import<'_, B, S, L> {
    async fn put(
        &mut self,
        entries: &[Stored<Slice<'_>>],
        make_buffer: &impl Fn(&[u8]) -> B,
        replaces: bool,
    ) -> Result<(), StoreError> {
        for range in steps(entries.iter().map(|stored| stored.entry.bytes)) {
            let batch: Vec<_> = entries[range]
                .iter()
                .map(|stored| with_buffers(stored, make_buffer))
                .collect();
            let keys: Vec<_> = batch.iter().map(|stored| stored.key.clone()).collect();
            if replaces {
                let found = self.memory.store.get(&keys).await?;
                self.replaced
                    .extend(found.into_iter().flatten().filter(Stored::is_sound));
            }
            self.memory.store.put(&batch).await?;
            self.forget(&keys);
            self.written.extend(keys);
        }
        Ok(())
    }

    /// What is in memory of these is not what is stored.
    fn forget(&self, keys: &[Key]) {
        let mut tier = self.memory.tier.borrow_mut();
        let mut unsaved = self.memory.unsaved.borrow_mut();
        for key in keys {
            tier.remove(key);
            unsaved.remove(key);
        }
    }

    /// Removes what was written, and puts back what was there before. Gives how many entries could not be removed.
    async fn take_back(self) -> u64 {
        let Self {
            memory,
            written,
            replaced,
        } = &self;
        if memory.store.delete(written).await.is_err() {
            return written.len() as u64;
        }
        self.forget(written);
        for range in steps(replaced.iter().map(|stored| stored.entry.bytes)) {
            // What cannot be put back is computed anew.
            let _ = memory.store.put(&replaced[range]).await;
        }
        0
    }
}

fn with_buffers<B>(stored: &Stored<Slice<'_>>, make_buffer: &impl Fn(&[u8]) -> B) -> Stored<B> {
    Stored {
        key: stored.key.clone(),
        entry: stored.entry.clone(),
        value: Parcel {
            head: stored.value.head.clone(),
            buffers: stored
                .value
                .buffers
                .iter()
                .map(|part| make_buffer(part.0))
                .collect(),
        },
    }
}

/// Results of these sizes, parted so that each part is read or written at once.
fn steps(sizes: impl Iterator<Item = u64>) -> Vec<core::ops::Range<usize>> {
    let mut parts = Vec::new();
    let (mut first, mut end, mut sum) = (0, 0, 0_u64);
    for bytes in sizes {
        sum = sum.saturating_add(bytes);
        if end > first && (sum > STEP_BYTES || end - first >= STEP_ITEMS) {
            parts.push(first..end);
            (first, sum) = (end, bytes);
        }
        end += 1;
    }
    if end > first {
        parts.push(first..end);
    }
    parts
}
