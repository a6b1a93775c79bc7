//! Results in memory, as many as fit into so many bytes; those that were used least recently make room.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::{Key, Milliseconds, Stored};

/// What an entry costs beside its result.
const OVERHEAD_BYTES: u64 = 256;

/// No slot.
const NONE: usize = usize::MAX;

#[derive(Debug)]
struct Slot<B> {
    held: Option<Held<B>>,
    before: usize,
    after: usize,
}

/// One result in memory.
#[derive(Debug)]
pub(crate) struct Held<B> {
    pub(crate) stored: Stored<B>,
    /// When the store was last known to have it.
    pub(crate) seen: Milliseconds,
}

/// Results by key, in the order of their use: a list through slots, so that a use moves two links and allocates nothing.
#[derive(Debug)]
pub(crate) struct Lru<B> {
    most_bytes: u64,
    bytes: u64,
    places: HashMap<Key, usize, FxBuildHasher>,
    slots: Vec<Slot<B>>,
    free: Vec<usize>,
    newest: usize,
    oldest: usize,
}

impl<B> Lru<B> {
    pub(crate) fn new(most_bytes: u64) -> Self {
        Self {
            most_bytes,
            bytes: 0,
            places: HashMap::default(),
            slots: Vec::new(),
            free: Vec::new(),
            newest: NONE,
            oldest: NONE,
        }
    }

    pub(crate) fn set_most_bytes(&mut self, most_bytes: u64) {
        self.most_bytes = most_bytes;
        self.make_room(0);
    }

    /// The result of this key, which is used now.
    pub(crate) fn used(&mut self, key: &Key) -> Option<&mut Held<B>> {
        let at = *self.places.get(key)?;
        if self.newest != at {
            self.unlink(at);
            self.link_newest(at);
        }
        self.slots[at].held.as_mut()
    }

    /// The result of this key, without a use.
    pub(crate) fn get(&self, key: &Key) -> Option<&Held<B>> {
        self.slots[*self.places.get(key)?].held.as_ref()
    }

    /// The same, to be changed; its size may not be.
    pub(crate) fn get_mut(&mut self, key: &Key) -> Option<&mut Held<B>> {
        self.slots[*self.places.get(key)?].held.as_mut()
    }

    /// Takes a result in, and drops what was used least recently until it fits. One that can never fit is not taken.
    pub(crate) fn insert(&mut self, stored: Stored<B>, seen: Milliseconds) -> bool {
        self.remove(&stored.key);
        let bytes = weight(&stored);
        if bytes > self.most_bytes {
            return false;
        }
        self.make_room(bytes);
        self.bytes += bytes;
        let key = stored.key.clone();
        let slot = Slot {
            held: Some(Held { stored, seen }),
            before: NONE,
            after: NONE,
        };
        let at = match self.free.pop() {
            Some(at) => {
                self.slots[at] = slot;
                at
            }
            None => {
                self.slots.push(slot);
                self.slots.len() - 1
            }
        };
        self.link_newest(at);
        self.places.insert(key, at);
        true
    }

    pub(crate) fn remove(&mut self, key: &Key) -> Option<Stored<B>> {
        let at = self.places.remove(key)?;
        self.unlink(at);
        self.free.push(at);
        let held = self.slots[at].held.take()?;
        self.bytes -= weight(&held.stored);
        Some(held.stored)
    }

    /// Removes all whose keys are meant, and says which.
    pub(crate) fn remove_where(&mut self, is_meant: impl Fn(&Key) -> bool) -> Vec<Stored<B>> {
        let keys: Vec<_> = self
            .places
            .keys()
            .filter(|key| is_meant(key))
            .cloned()
            .collect();
        keys.iter().filter_map(|key| self.remove(key)).collect()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Stored<B>> {
        self.slots
            .iter()
            .filter_map(|slot| slot.held.as_ref().map(|held| &held.stored))
    }

    fn make_room(&mut self, bytes: u64) {
        while self.bytes + bytes > self.most_bytes && self.oldest != NONE {
            let Some(held) = &self.slots[self.oldest].held else {
                return;
            };
            let key = held.stored.key.clone();
            self.remove(&key);
        }
    }

    fn unlink(&mut self, at: usize) {
        let (before, after) = (self.slots[at].before, self.slots[at].after);
        match before {
            NONE => self.oldest = after,
            before => self.slots[before].after = after,
        }
        match after {
            NONE => self.newest = before,
            after => self.slots[after].before = before,
        }
    }

    fn link_newest(&mut self, at: usize) {
        self.slots[at].before = self.newest;
        self.slots[at].after = NONE;
        match self.newest {
            NONE => self.oldest = at,
            newest => self.slots[newest].after = at,
        }
        self.newest = at;
    }
}

fn weight<B>(stored: &Stored<B>) -> u64 {
    stored.entry.bytes + OVERHEAD_BYTES
}
