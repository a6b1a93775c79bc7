//! Results that were computed: remembered at once, written a little later with others.

use values::{Buffer, Parcel};

use crate::front::{Waiting, is_lasting};
use crate::{
    Entry, Flight, Hit, Key, Locks, Memory, Milliseconds, Origin, Store, StoreError, Stored, Use,
    Warning,
};

/// Results are written after at most this long.
const FLUSH_AFTER: Milliseconds = 100.0;
/// Results are written as soon as so many wait.
const FLUSH_ITEMS: usize = 256;
/// Results are written as soon as so many bytes wait.
const FLUSH_BYTES: u64 = 4 << 20;
/// Uses are noted after at most this long; losing one costs little.
const USES_AFTER: Milliseconds = 2_000.0;

impl<B: Buffer, S: Store<B>, L: Locks> Memory<B, S, L> {
    /// Takes the result of a flight, which took `duration` to compute, and says what is known of it. It is given to all who wait,
    /// found from now on, and written by the next flush; until then nobody who shares the store computes it.
    ///
    /// The memory keeps the value's buffers: who hands them over to somebody else gives a duplicate.
    pub fn land(
        &self,
        flight: Flight<B, L::Lock>,
        value: Parcel<B>,
        duration: Milliseconds,
        now: Milliseconds,
    ) -> Entry {
        let Flight {
            call,
            claim,
            compress,
            generation,
        } = flight;
        let mut stored = Stored::new(call.key.clone(), value, duration, now);
        stored.entry.arguments = call.shown();
        stored.entry.source = call.source;
        stored.entry.compress = compress;
        stored.entry.stamps = call.stamps;
        let entry = stored.entry.clone();
        if !call.kept {
            return entry;
        }
        let hit = claim.is_some().then(|| Hit {
            value: stored.value.clone(),
            entry: entry.clone(),
            shared: true,
            origin: Origin::Flight,
        });
        let is_current = generation == self.sources.borrow().generation(&call.key);
        let lock = match (claim, &hit) {
            (Some(mut claim), Some(hit)) => {
                let lock = claim.lock.take();
                // Before anybody is told: who is told may ask again at once.
                if is_current {
                    self.wait_for_flush(stored, lock, now);
                }
                claim.land(hit, generation);
                return entry;
            }
            _ => None,
        };
        if is_current {
            self.wait_for_flush(stored, lock, now);
        }
        entry
    }

    fn wait_for_flush(&self, stored: Stored<B>, lock: Option<L::Lock>, now: Milliseconds) {
        let key = stored.key.clone();
        self.drop_older(&key);
        if self.is_gone.get() {
            self.unsaved.borrow_mut().insert(stored, now);
            return;
        }
        if self.oldest_waiting.get().is_none() {
            self.oldest_waiting.set(Some(now));
        }
        self.waiting_bytes
            .set(self.waiting_bytes.get() + stored.entry.bytes);
        let mut waiting = self.waiting.borrow_mut();
        let before = waiting.remove(&key);
        let mut kept = lock;
        if let Some(before) = before {
            self.waiting_less(&before.stored);
            kept = kept.or(before.lock);
        }
        waiting.insert(
            key,
            Waiting {
                stored,
                lock: kept,
                is_in_writing: false,
            },
        );
    }

    /// Drops what is remembered of this key beside what waits to be written.
    fn drop_older(&self, key: &Key) {
        self.tier.borrow_mut().remove(key);
        self.unsaved.borrow_mut().remove(key);
        self.used.borrow_mut().remove(key);
    }

    /// Whether what waits should be written now.
    pub fn flush_due(&self, now: Milliseconds) -> bool {
        let since = |when: Option<Milliseconds>| when.map_or(-1.0, |when| now - when);
        since(self.oldest_waiting.get()) >= FLUSH_AFTER
            || since(self.oldest_used.get()) >= USES_AFTER
            || self.waiting.borrow().len() >= FLUSH_ITEMS
            || self.waiting_bytes.get() >= FLUSH_BYTES
    }

    /// Whether anything waits to be written: results, or that some were used.
    pub fn has_waiting(&self) -> bool {
        self.oldest_waiting.get().is_some() || self.oldest_used.get().is_some()
    }

    /// Writes what waits and is not being written already, and keeps the limits of its locations. If there is no room, makes
    /// some and tries once more. If all cannot be written at once, each result is tried on its own, and what still cannot be
    /// written stays in memory, with a warning.
    pub async fn flush(&self, now: Milliseconds) {
        self.oldest_waiting.set(None);
        let mut batch = Vec::new();
        for waiting in self.waiting.borrow_mut().values_mut() {
            if !waiting.is_in_writing {
                waiting.is_in_writing = true;
                batch.push(waiting.stored.clone());
            }
        }
        if !batch.is_empty() {
            let mut unwritten = Unwritten {
                memory: self,
                keys: batch.iter().map(|stored| stored.key.clone()).collect(),
            };
            self.write(batch, now).await;
            unwritten.keys.clear();
        }
        self.flush_uses().await;
        self.keep_limits(now).await;
    }

    async fn write(&self, mut batch: Vec<Stored<B>>, now: Milliseconds) {
        let mut result = self.put(&batch).await;
        if matches!(result, Err(StoreError::Full(_))) {
            self.make_room(&batch).await;
            batch.retain(|stored| self.is_being_written(&stored.key));
            result = self.put(&batch).await;
        }
        match result {
            Ok(()) => self.written(batch, now),
            Err(error) if is_lasting(&error) || batch.len() == 1 => {
                self.keep_unsaved(batch, error, now);
            }
            Err(_) => {
                for stored in batch {
                    if !self.is_being_written(&stored.key) {
                        continue;
                    }
                    let alone = [stored];
                    let result = self.put(&alone).await;
                    let alone = Vec::from(alone);
                    match result {
                        Ok(()) => self.written(alone, now),
                        Err(error) => self.keep_unsaved(alone, error, now),
                    }
                }
            }
        }
    }

    /// Whether it was neither removed nor replaced since its writing began.
    fn is_being_written(&self, key: &Key) -> bool {
        let waiting = self.waiting.borrow();
        waiting
            .get(key)
            .is_some_and(|waiting| waiting.is_in_writing)
    }

    async fn put(&self, batch: &[Stored<B>]) -> Result<(), StoreError> {
        if self.is_gone.get() {
            // It was said already.
            return Err(StoreError::Unavailable(String::new()));
        }
        self.store.put(batch).await
    }

    /// What was written stays in memory as read, and its locks are let go; unless it was replaced or removed while it was being
    /// written.
    fn written(&self, batch: Vec<Stored<B>>, now: Milliseconds) {
        for stored in batch {
            self.count_written(&stored);
            let done = self.take_written(&stored);
            if let Some(done) = done {
                self.keep_in_tier(done.stored, now);
            }
        }
    }

    /// Takes what no longer waits, if it is still the same.
    fn take_written(&self, stored: &Stored<B>) -> Option<Waiting<B, L::Lock>> {
        if !self.is_being_written(&stored.key) {
            return None;
        }
        let done = self.waiting.borrow_mut().remove(&stored.key)?;
        self.waiting_less(&done.stored);
        Some(done)
    }

    fn keep_unsaved(&self, batch: Vec<Stored<B>>, error: StoreError, now: Milliseconds) {
        let count = batch.len();
        for stored in batch {
            if self.take_written(&stored).is_some() {
                self.unsaved.borrow_mut().insert(stored, now);
            }
        }
        let is_known = is_lasting(&error) && self.is_gone.replace(true);
        if !is_known {
            self.warn(Warning::Unwritten { count, error });
        }
    }

    async fn flush_uses(&self) {
        if self.is_gone.get() {
            self.oldest_used.set(None);
            return;
        }
        self.oldest_used.set(None);
        let noted = core::mem::take(&mut *self.used.borrow_mut());
        let mut uses = Vec::with_capacity(noted.len());
        for (key, used) in noted {
            if self.unsaved.borrow().get(&key).is_some() {
                continue;
            }
            // In memory the entry is as it will be in the store.
            if let Some(held) = self.tier.borrow_mut().get_mut(&key) {
                let entry = &mut held.stored.entry;
                entry.last_used = entry.last_used.max(used.at);
                entry.hits = entry.hits.saturating_add(used.hits);
            }
            uses.push(Use {
                key,
                at: used.at,
                hits: used.hits,
            });
        }
        if uses.is_empty() {
            return;
        }
        // That a use was not noted costs nobody a result.
        if let Err(error) = self.store.touch(&uses).await
            && is_lasting(&error)
        {
            self.unread(error);
        }
    }
}

/// What is being written; if that is given up halfway, it waits again.
struct Unwritten<'a, B: Buffer, S: Store<B>, L: Locks> {
    memory: &'a Memory<B, S, L>,
    keys: Vec<Key>,
}

impl<B: Buffer, S: Store<B>, L: Locks> Drop for Unwritten<'_, B, S, L> {
    fn drop(&mut self) {
        let mut waiting = self.memory.waiting.borrow_mut();
        for key in &self.keys {
            if let Some(waiting) = waiting.get_mut(key) {
                waiting.is_in_writing = false;
            }
        }
    }
}
