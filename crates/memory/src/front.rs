//! The memory itself: what is looked up, what is written and when, and what happens when a store fails.

use core::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use values::{Buffer, Parcel};

use crate::{Entry, Key, Limits, Milliseconds, Store, StoreError, Stored, to_evict};

/// Written after at most this long.
const FLUSH_AFTER: Milliseconds = 100.0;
/// Written as soon as this many results wait.
const FLUSH_ITEMS: usize = 256;
/// Written as soon as results of this many bytes wait.
const FLUSH_BYTES: u64 = 4 << 20;
/// Results that could not be written are kept for this page, as long as they are not more than this.
const MOST_UNSAVED_BYTES: u64 = 64 << 20;

/// What a look-up found.
#[derive(Clone, Debug, PartialEq)]
pub enum Lookup<B> {
    /// The result, and what is known of it.
    Hit(Parcel<B>, Entry),
    /// Nothing: the result has to be computed.
    Miss,
}

/// Something that went wrong without costing the caller a result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// A stored result was altered; it is computed anew.
    Corrupt(Key),
    /// The store could not be read; results are computed anew.
    Unread(StoreError),
    /// These results could not be written; they are remembered only while this page is open, or not at all.
    Unwritten {
        /// How many.
        count: usize,
        /// Why.
        error: StoreError,
    },
}

impl Warning {
    /// The stable name of this warning.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Corrupt(_) => "memory-corrupt",
            Self::Unread(_) => "memory-unread",
            Self::Unwritten { .. } => "memory-unwritten",
        }
    }
}

impl core::fmt::Display for Warning {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Corrupt(key) => write!(
                f,
                "A remembered result of {} was altered or cut short; it is computed anew.",
                key.function
            ),
            Self::Unread(error) => write!(f, "{error} Results are computed anew."),
            Self::Unwritten { count: 1, error } => {
                write!(f, "{error} One result is not kept beyond this page.")
            }
            Self::Unwritten { count, error } => {
                write!(f, "{error} {count} results are not kept beyond this page.")
            }
        }
    }
}

/// What a removal freed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Freed {
    /// How many entries.
    pub entries: u64,
    /// The size of their results in bytes.
    pub bytes: u64,
}

/// What a location holds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stats {
    /// How many entries.
    pub entries: u64,
    /// The size of their results in bytes.
    pub bytes: u64,
    /// How long it took to compute them all.
    pub duration: Milliseconds,
}

/// Remembers results in a store, writing behind: a result is handed over at once and written a little later, with others.
///
/// The owner calls [`Memory::flush`] when [`Memory::flush_due`] says so, and before it ends.
#[derive(Debug)]
pub struct Memory<B, S> {
    store: S,
    /// Handed over and not yet known to be written.
    waiting: RefCell<BTreeMap<Key, Stored<B>>>,
    /// Could not be written; kept for this page.
    unsaved: RefCell<BTreeMap<Key, Stored<B>>>,
    used: RefCell<BTreeMap<Key, Milliseconds>>,
    oldest_waiting: Cell<Option<Milliseconds>>,
    warnings: RefCell<Vec<Warning>>,
}

impl<B: Buffer, S: Store<B>> Memory<B, S> {
    /// A memory over this store.
    pub fn new(store: S) -> Self {
        Self {
            store,
            waiting: RefCell::default(),
            unsaved: RefCell::default(),
            used: RefCell::default(),
            oldest_waiting: Cell::new(None),
            warnings: RefCell::default(),
        }
    }

    /// The store underneath.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Looks all of these up, in one question to the store. A store that fails or an altered result is a miss and a
    /// warning.
    pub async fn lookup(&self, keys: &[Key], now: Milliseconds) -> Vec<Lookup<B>> {
        let mut found: Vec<_> = keys.iter().map(|key| self.in_hand(key)).collect();
        let absent: Vec<usize> = (0..keys.len()).filter(|at| found[*at].is_none()).collect();
        let questions: Vec<_> = absent.iter().map(|at| keys[*at].clone()).collect();
        if !questions.is_empty() {
            match self.store.get(&questions).await {
                Ok(answers) => {
                    for (at, answer) in absent.into_iter().zip(answers) {
                        found[at] = answer.filter(|stored| self.check(stored));
                    }
                }
                Err(error) => self.warn(Warning::Unread(error)),
            }
        }
        found
            .into_iter()
            .map(|stored| match stored {
                Some(stored) => {
                    self.used.borrow_mut().insert(stored.key.clone(), now);
                    self.note_waiting(now);
                    Lookup::Hit(stored.value, stored.entry)
                }
                None => Lookup::Miss,
            })
            .collect()
    }

    /// Remembers a result that took `duration` to compute. It is found from now on, and written by the next flush.
    pub fn remember(&self, key: Key, value: Parcel<B>, duration: Milliseconds, now: Milliseconds) {
        self.note_waiting(now);
        self.unsaved.borrow_mut().remove(&key);
        let stored = Stored::new(key.clone(), value, duration, now);
        self.waiting.borrow_mut().insert(key, stored);
    }

    /// Whether what waits should be written now.
    pub fn flush_due(&self, now: Milliseconds) -> bool {
        let Some(since) = self.oldest_waiting.get() else {
            return false;
        };
        let waiting = self.waiting.borrow();
        now - since >= FLUSH_AFTER
            || waiting.len() >= FLUSH_ITEMS
            || waiting
                .values()
                .map(|stored| stored.entry.bytes)
                .sum::<u64>()
                >= FLUSH_BYTES
    }

    /// Whether anything waits to be written.
    pub fn has_waiting(&self) -> bool {
        self.oldest_waiting.get().is_some()
    }

    /// Writes what waits. If all of it cannot be written at once, each result is tried on its own, and what still
    /// cannot be written stays in memory, with a warning.
    pub async fn flush(&self) {
        self.oldest_waiting.set(None);
        let used = core::mem::take(&mut *self.used.borrow_mut());
        let batch: Vec<_> = self.waiting.borrow().values().cloned().collect();
        let result = if batch.is_empty() {
            Ok(())
        } else {
            self.store.put(&batch).await
        };
        match result {
            Ok(()) => self.written(&batch),
            Err(StoreError::Unavailable(why)) => {
                self.keep_unsaved(batch, &StoreError::Unavailable(why));
            }
            Err(error) if batch.len() == 1 => self.keep_unsaved(batch, &error),
            Err(_) => self.flush_one_by_one(batch).await,
        }
        self.flush_used(used).await;
    }

    async fn flush_one_by_one(&self, batch: Vec<Stored<B>>) {
        let mut failed = Vec::new();
        let mut last_error = None;
        for stored in batch {
            let alone = [stored];
            match self.store.put(&alone).await {
                Ok(()) => self.written(&alone),
                Err(error) => {
                    last_error = Some(error);
                    failed.extend(alone);
                }
            }
        }
        if let Some(error) = last_error {
            self.keep_unsaved(failed, &error);
        }
    }

    async fn flush_used(&self, used: BTreeMap<Key, Milliseconds>) {
        let Some(latest) = used.values().copied().reduce(f64::max) else {
            return;
        };
        let unsaved: Vec<_> = self.unsaved.borrow().keys().cloned().collect();
        let uses: Vec<_> = used
            .into_keys()
            .filter(|key| !unsaved.contains(key))
            .map(|key| crate::Use {
                key,
                at: latest,
                hits: 1,
            })
            .collect();
        if uses.is_empty() {
            return;
        }
        if let Err(error) = self.store.touch(&uses).await {
            self.warn(Warning::Unwritten { count: 0, error });
        }
    }

    /// What went wrong since this was last asked.
    pub fn take_warnings(&self) -> Vec<Warning> {
        let all = core::mem::take(&mut *self.warnings.borrow_mut());
        all.into_iter()
            .filter(|warning| !matches!(warning, Warning::Unwritten { count: 0, .. }))
            .collect()
    }

    /// All entries of a location, without their results, whether written or not.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn entries(&self, location: &str) -> Result<Vec<(Key, Entry)>, StoreError> {
        let mut all: BTreeMap<_, _> = self.store.entries(location).await?.into_iter().collect();
        for held in [&self.unsaved, &self.waiting] {
            for (key, stored) in held.borrow().iter() {
                if key.location == location {
                    all.insert(key.clone(), stored.entry.clone());
                }
            }
        }
        Ok(all.into_iter().collect())
    }

    /// What a location holds.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn stats(&self, location: &str) -> Result<Stats, StoreError> {
        let entries = self.entries(location).await?;
        Ok(entries
            .iter()
            .fold(Stats::default(), |sum, (_, entry)| Stats {
                entries: sum.entries + 1,
                bytes: sum.bytes + entry.bytes,
                duration: sum.duration + entry.duration,
            }))
    }

    /// Removes these entries.
    ///
    /// # Errors
    /// If the store cannot be written; then none was removed from it.
    pub async fn delete(&self, keys: &[Key]) -> Result<(), StoreError> {
        for key in keys {
            self.waiting.borrow_mut().remove(key);
            self.unsaved.borrow_mut().remove(key);
            self.used.borrow_mut().remove(key);
        }
        self.store.delete(keys).await
    }

    /// Empties a location and says what that freed.
    ///
    /// # Errors
    /// If the store cannot be read or written.
    pub async fn clear(&self, location: &str) -> Result<Freed, StoreError> {
        let entries = self.entries(location).await?;
        self.remove(
            entries
                .iter()
                .map(|(key, entry)| (key.clone(), entry.bytes)),
        )
        .await
    }

    /// Removes what exceeds the limits, least recently used first, and says what that freed.
    ///
    /// # Errors
    /// If the store cannot be read or written.
    pub async fn reduce_size(
        &self,
        location: &str,
        limits: Limits,
        now: Milliseconds,
    ) -> Result<Freed, StoreError> {
        let mut entries = self.entries(location).await?;
        for (key, entry) in &mut entries {
            if let Some(at) = self.used.borrow().get(key) {
                entry.last_used = *at;
            }
        }
        let sizes: BTreeMap<_, _> = entries
            .iter()
            .map(|(key, entry)| (key.clone(), entry.bytes))
            .collect();
        let gone = to_evict(entries, limits, now);
        self.remove(gone.into_iter().map(|key| {
            let bytes = sizes.get(&key).copied().unwrap_or_default();
            (key, bytes)
        }))
        .await
    }

    async fn remove(&self, entries: impl Iterator<Item = (Key, u64)>) -> Result<Freed, StoreError> {
        let (keys, sizes): (Vec<_>, Vec<_>) = entries.unzip();
        self.delete(&keys).await?;
        Ok(Freed {
            entries: keys.len() as u64,
            bytes: sizes.iter().sum(),
        })
    }

    fn in_hand(&self, key: &Key) -> Option<Stored<B>> {
        let waiting = self.waiting.borrow();
        waiting
            .get(key)
            .cloned()
            .or_else(|| self.unsaved.borrow().get(key).cloned())
    }

    fn check(&self, stored: &Stored<B>) -> bool {
        let sound = stored.is_sound();
        if !sound {
            self.warn(Warning::Corrupt(stored.key.clone()));
        }
        sound
    }

    fn note_waiting(&self, now: Milliseconds) {
        if self.oldest_waiting.get().is_none() {
            self.oldest_waiting.set(Some(now));
        }
    }

    /// Forgets that these wait, unless they were replaced while they were being written.
    fn written(&self, batch: &[Stored<B>]) {
        let mut waiting = self.waiting.borrow_mut();
        for stored in batch {
            if waiting
                .get(&stored.key)
                .is_some_and(|now| now.entry == stored.entry)
            {
                waiting.remove(&stored.key);
            }
        }
    }

    fn keep_unsaved(&self, batch: Vec<Stored<B>>, error: &StoreError) {
        self.written(&batch);
        let count = batch.len();
        let mut unsaved = self.unsaved.borrow_mut();
        let mut held: u64 = unsaved.values().map(|stored| stored.entry.bytes).sum();
        for stored in batch {
            if held + stored.entry.bytes <= MOST_UNSAVED_BYTES {
                held += stored.entry.bytes;
                unsaved.insert(stored.key.clone(), stored);
            }
        }
        drop(unsaved);
        self.warn(Warning::Unwritten {
            count,
            error: error.clone(),
        });
    }

    fn warn(&self, warning: Warning) {
        self.warnings.borrow_mut().push(warning);
    }
}
