//! Keeping locations within their limits, and making room where there is none.

use std::collections::BTreeMap;

use values::Buffer;

use crate::{
    Entry, Freed, Key, Limits, Locks, Memory, Milliseconds, Store, StoreError, Stored, Warning,
    to_evict,
};

/// How full a location is after it was found too full, so that it is not listed after every flush.
const KEEP: f64 = 0.9;
/// What others have written is counted after at most this long.
const COUNT_AFTER: Milliseconds = 60_000.0;
/// When there is no room left, at least this part of what is stored goes.
const MAKE_ROOM: f64 = 0.1;

/// A location that is kept within limits.
#[derive(Debug)]
pub(crate) struct Kept {
    limits: Limits,
    /// How much there is, or somewhat more; `None` if it has to be counted.
    estimate: Option<(u64, u64)>,
    counted: Milliseconds,
}

impl<B: Buffer, S: Store<B>, L: Locks> Memory<B, S, L> {
    /// From now on a location is kept within these limits: after each flush, what was used least recently goes.
    pub fn keep_within(&self, location: &str, limits: Limits) {
        let mut kept = self.kept.borrow_mut();
        if limits == Limits::default() {
            kept.remove(location);
            return;
        }
        kept.insert(
            location.to_owned(),
            Kept {
                limits,
                estimate: None,
                counted: 0.0,
            },
        );
    }

    pub(crate) fn count_written(&self, stored: &Stored<B>) {
        let mut kept = self.kept.borrow_mut();
        if let Some(kept) = kept.get_mut(&stored.key.location)
            && let Some((items, bytes)) = &mut kept.estimate
        {
            // What replaces another is counted twice until the next count.
            *items += 1;
            *bytes += stored.entry.bytes;
        }
    }

    pub(crate) fn uncount(&self, location: &str) {
        if let Some(kept) = self.kept.borrow_mut().get_mut(location) {
            kept.estimate = None;
        }
    }

    pub(crate) async fn keep_limits(&self, now: Milliseconds) {
        let exceeded: Vec<_> = self
            .kept
            .borrow()
            .iter()
            .filter(|(_, kept)| {
                let Some((items, bytes)) = kept.estimate else {
                    return true;
                };
                kept.limits.bytes.is_some_and(|most| bytes > most)
                    || kept.limits.items.is_some_and(|most| items > most)
                    || now - kept.counted >= COUNT_AFTER
            })
            .map(|(location, kept)| (location.clone(), kept.limits))
            .collect();
        for (location, limits) in exceeded {
            if let Err(error) = self.keep_one(&location, limits, now).await {
                self.unread(error);
            }
        }
    }

    async fn keep_one(
        &self,
        location: &str,
        limits: Limits,
        now: Milliseconds,
    ) -> Result<(), StoreError> {
        let entries = self.entries(location).await?;
        let bytes: u64 = entries.iter().map(|(_, entry)| entry.bytes).sum();
        let items = entries.len() as u64;
        let is_over = |count: u64, most: Option<u64>| most.is_some_and(|most| count > most);
        let lower = |most: u64| (most as f64 * KEEP) as u64;
        let goal = Limits {
            bytes: limits
                .bytes
                .map(|most| if bytes > most { lower(most) } else { most }),
            items: limits
                .items
                .map(|most| if items > most { lower(most) } else { most }),
            age: limits.age,
        };
        let freed =
            if is_over(bytes, goal.bytes) || is_over(items, goal.items) || goal.age.is_some() {
                self.evict(entries, goal, now).await?
            } else {
                Freed::default()
            };
        if let Some(kept) = self.kept.borrow_mut().get_mut(location) {
            kept.estimate = Some((
                items.saturating_sub(freed.entries),
                bytes.saturating_sub(freed.bytes),
            ));
            kept.counted = now;
        }
        Ok(())
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
        let entries = self.entries(location).await?;
        let freed = self.evict(entries, limits, now).await?;
        self.uncount(location);
        Ok(freed)
    }

    async fn evict(
        &self,
        entries: Vec<(Key, Entry)>,
        limits: Limits,
        now: Milliseconds,
    ) -> Result<Freed, StoreError> {
        let sizes: BTreeMap<_, _> = entries
            .iter()
            .map(|(key, entry)| (key.clone(), entry.bytes))
            .collect();
        let gone = to_evict(entries, limits, now);
        let freed = Freed {
            entries: gone.len() as u64,
            bytes: gone.iter().filter_map(|key| sizes.get(key)).sum(),
        };
        self.delete(&gone).await?;
        Ok(freed)
    }

    /// Removes what was used least recently, wherever it is, so that these can be written.
    pub(crate) async fn make_room(&self, batch: &[Stored<B>]) {
        match self.try_to_make_room(batch).await {
            Ok(Freed { entries: 0, .. }) => {}
            Ok(Freed { entries, bytes }) => self.warn(Warning::Evicted { entries, bytes }),
            Err(error) => self.unread(error),
        }
    }

    async fn try_to_make_room(&self, batch: &[Stored<B>]) -> Result<Freed, StoreError> {
        let mut entries = Vec::new();
        for location in self.store.locations().await? {
            for (key, mut entry) in self.store.entries(&location).await? {
                self.add_uses(&key, &mut entry);
                entries.push((key, entry));
            }
        }
        let all: u64 = entries.iter().map(|(_, entry)| entry.bytes).sum();
        let needed: u64 = batch.iter().map(|stored| stored.entry.bytes).sum();
        let goes = (needed.saturating_mul(2)).max((all as f64 * MAKE_ROOM) as u64);
        let limits = Limits {
            bytes: Some(all.saturating_sub(goes)),
            ..Limits::default()
        };
        let sizes: BTreeMap<_, _> = entries
            .iter()
            .map(|(key, entry)| (key.clone(), entry.bytes))
            .collect();
        let gone = to_evict(entries, limits, 0.0);
        self.store.delete(&gone).await?;
        let mut tier = self.tier.borrow_mut();
        for key in &gone {
            tier.remove(key);
        }
        drop(tier);
        for key in &gone {
            self.uncount(&key.location);
        }
        Ok(Freed {
            entries: gone.len() as u64,
            bytes: gone.iter().filter_map(|key| sizes.get(key)).sum(),
        })
    }
}
