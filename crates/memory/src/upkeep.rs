//! What is remembered: listed, counted, removed.

use std::collections::BTreeMap;

use values::Buffer;

use crate::{Entry, Key, Locks, Memory, Milliseconds, Store, StoreError};

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

impl<B: Buffer, S: Store<B>, L: Locks> Memory<B, S, L> {
    /// All entries of a location, without their results, whether written or not.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn entries(&self, location: &str) -> Result<Vec<(Key, Entry)>, StoreError> {
        let mut all = if self.is_gone.get() {
            Vec::new()
        } else {
            self.store.entries(location).await?
        };
        let mut held = BTreeMap::new();
        for stored in self.unsaved.borrow().iter() {
            held.insert(stored.key.clone(), stored.entry.clone());
        }
        for (key, waiting) in self.waiting.borrow().iter() {
            held.insert(key.clone(), waiting.stored.entry.clone());
        }
        held.retain(|key, _| key.location == location);
        if !held.is_empty() {
            all.retain(|(key, _)| !held.contains_key(key));
            all.extend(held);
            all.sort_by(|a, b| a.0.cmp(&b.0));
        }
        for (key, entry) in &mut all {
            self.add_uses(key, entry);
        }
        Ok(all)
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
        let drop_all = || keys.iter().for_each(|key| self.drop_in_hand(key));
        drop_all();
        if keys.is_empty() || self.is_gone.get() {
            return Ok(());
        }
        self.store.delete(keys).await?;
        // Meanwhile somebody may have read what was there before.
        let mut tier = self.tier.borrow_mut();
        for key in keys {
            tier.remove(key);
        }
        Ok(())
    }

    /// Removes the entries of a function, or of the whole location, and says what that freed. What is being computed is not
    /// kept.
    ///
    /// # Errors
    /// If the store cannot be written; then nothing was removed from it.
    pub async fn clear(&self, location: &str, function: Option<&str>) -> Result<Freed, StoreError> {
        let held = self.drop_all_in_hand(location, function);
        if self.is_gone.get() {
            return Ok(held);
        }
        let stored = self.store.clear(location, function).await?;
        let is_meant = meant(location, function);
        self.tier.borrow_mut().remove_where(is_meant);
        // The functions that are in use are as they were.
        let records = self.sources.borrow().records(location, function);
        for (name, record) in records {
            self.put_record(location, &name, &record).await;
        }
        Ok(Freed {
            entries: stored.entries + held.entries,
            bytes: stored.bytes + held.bytes,
        })
    }

    /// Somebody else, as another tab, has changed these entries of a location, or the whole of it: what is in memory of them is no
    /// longer believed.
    pub fn forget(&self, location: &str, keys: Option<&[Key]>) {
        match keys {
            Some(keys) => {
                let mut tier = self.tier.borrow_mut();
                for key in keys {
                    tier.remove(key);
                }
            }
            None => {
                let is_meant = meant(location, None);
                self.tier.borrow_mut().remove_where(is_meant);
            }
        }
        self.uncount(location);
    }

    /// Somebody else, as another tab, has removed the entries of a function, or of the whole location: also what is not yet
    /// written of them, or being computed, is not kept.
    pub fn cleared_elsewhere(&self, location: &str, function: Option<&str>) {
        self.drop_all_in_hand(location, function);
        self.sources.borrow_mut().uncheck(location, function);
    }

    /// Drops what is in memory, and says how much of it is nowhere else.
    fn drop_all_in_hand(&self, location: &str, function: Option<&str>) -> Freed {
        self.uncount(location);
        self.sources.borrow_mut().drop_entries(location, function);
        let is_meant = meant(location, function);
        self.tier.borrow_mut().remove_where(&is_meant);
        let mut freed = Freed::default();
        for stored in self.unsaved.borrow_mut().remove_where(&is_meant) {
            freed.entries += 1;
            freed.bytes += stored.entry.bytes;
        }
        self.waiting.borrow_mut().retain(|key, waiting| {
            if !is_meant(key) {
                return true;
            }
            self.waiting_less(&waiting.stored);
            // What is being written is counted by the store.
            if !waiting.is_in_writing {
                freed.entries += 1;
                freed.bytes += waiting.stored.entry.bytes;
            }
            false
        });
        self.used.borrow_mut().retain(|key, _| !is_meant(key));
        freed
    }
}

fn meant<'a>(location: &'a str, function: Option<&'a str>) -> impl Fn(&Key) -> bool + 'a {
    move |key| key.location == location && function.is_none_or(|name| name == key.function)
}
