//! The memory itself: what it holds before and beside the store.

use core::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use rustc_hash::FxBuildHasher;
use values::Buffer;

use crate::flights::Flights;
use crate::limits::Kept;
use crate::lru::Lru;
use crate::sources::Sources;
use crate::{Entry, Key, Locks, Milliseconds, Store, StoreError, Stored, Warning};

/// Results that could not be written are kept for this page, as long as they are not more than this.
const MOST_UNSAVED_BYTES: u64 = 64 << 20;

/// How much of what was read or written stays in memory, and for how long it is believed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TierLimits {
    /// At most so many bytes; 0 keeps nothing.
    pub bytes: u64,
    /// A result of more than so many bytes is not kept.
    pub bytes_each: u64,
    /// After this long without news from the store, the store is asked whether it still has the result: another tab may have
    /// removed or replaced it.
    pub trusted: Milliseconds,
    /// The same while [nobody else](Locks::is_alone) shares the store: only the browser and its user can have removed something.
    pub trusted_alone: Milliseconds,
}

impl Default for TierLimits {
    fn default() -> Self {
        Self {
            bytes: 32 << 20,
            bytes_each: 1 << 20,
            trusted: 2_000.0,
            trusted_alone: 60_000.0,
        }
    }
}

/// A result that was handed over and is not yet known to be written.
#[derive(Debug)]
pub(crate) struct Waiting<B, K> {
    pub(crate) stored: Stored<B>,
    /// Held until it is written, so that nobody computes it meanwhile.
    pub(crate) lock: Option<K>,
    /// Whether the store is writing it now.
    pub(crate) is_in_writing: bool,
}

/// When an entry was last used, and how often since this was last noted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    pub(crate) at: Milliseconds,
    pub(crate) hits: u32,
}

/// Remembers the results of calls in a store. See the crate's page for how it is driven.
#[derive(Debug)]
pub struct Memory<B: Buffer, S, L: Locks> {
    pub(crate) store: S,
    pub(crate) locks: L,
    pub(crate) flights: Rc<Flights<B>>,
    pub(crate) tier: RefCell<Lru<B>>,
    pub(crate) tier_limits: Cell<TierLimits>,
    /// That of the store when something was last looked for in memory.
    generation: Cell<u32>,
    /// Handed over and not yet known to be written.
    pub(crate) waiting: RefCell<BTreeMap<Key, Waiting<B, L::Lock>>>,
    pub(crate) waiting_bytes: Cell<u64>,
    pub(crate) oldest_waiting: Cell<Option<Milliseconds>>,
    /// Could not be written; kept for this page.
    pub(crate) unsaved: RefCell<Lru<B>>,
    pub(crate) used: RefCell<HashMap<Key, Used, FxBuildHasher>>,
    pub(crate) oldest_used: Cell<Option<Milliseconds>>,
    /// The store can neither be read nor written as long as this page is open.
    pub(crate) is_gone: Cell<bool>,
    pub(crate) sources: RefCell<Sources>,
    pub(crate) kept: RefCell<BTreeMap<String, Kept>>,
    warnings: RefCell<Vec<Warning>>,
}

/// A result in memory, and whether the store has to be asked if it still has it.
pub(crate) struct InHand<'a, B> {
    pub(crate) stored: &'a Stored<B>,
    pub(crate) is_trusted: bool,
}

impl<'a, B> InHand<'a, B> {
    const fn trusted(stored: &'a Stored<B>) -> Self {
        Self {
            stored,
            is_trusted: true,
        }
    }
}

impl<B: Buffer, S: Store<B>, L: Locks> Memory<B, S, L> {
    /// A memory over this store; the locks are shared by all who share the store.
    pub fn new(store: S, locks: L) -> Self {
        let tier_limits = TierLimits::default();
        Self {
            generation: Cell::new(store.generation()),
            store,
            locks,
            flights: Rc::default(),
            tier: RefCell::new(Lru::new(tier_limits.bytes)),
            tier_limits: Cell::new(tier_limits),
            waiting: RefCell::default(),
            waiting_bytes: Cell::default(),
            oldest_waiting: Cell::default(),
            unsaved: RefCell::new(Lru::new(MOST_UNSAVED_BYTES)),
            used: RefCell::default(),
            oldest_used: Cell::default(),
            is_gone: Cell::default(),
            sources: RefCell::default(),
            kept: RefCell::default(),
            warnings: RefCell::default(),
        }
    }

    /// The store underneath.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// From now on keeps so much in memory.
    pub fn set_tier(&self, limits: TierLimits) {
        self.tier.borrow_mut().set_most_bytes(limits.bytes);
        self.tier_limits.set(limits);
    }

    /// Whether the store cannot be used, so that results live only as long as this page.
    pub const fn is_store_gone(&self) -> bool {
        self.is_gone.get()
    }

    /// Whether nobody is computing or waiting for anything.
    pub fn is_idle(&self) -> bool {
        self.flights.is_idle()
    }

    /// What went wrong since this was last asked. What is the same is said once.
    pub fn take_warnings(&self) -> Vec<Warning> {
        core::mem::take(&mut *self.warnings.borrow_mut())
    }

    pub(crate) fn warn(&self, warning: Warning) {
        let mut warnings = self.warnings.borrow_mut();
        if !warnings.iter_mut().any(|other| other.merge(&warning)) {
            warnings.push(warning);
        }
    }

    /// Notes what a failed operation says of the store, and warns.
    pub(crate) fn unread(&self, error: StoreError) {
        if is_lasting(&error) && self.is_gone.replace(true) {
            return;
        }
        self.warn(Warning::Unread(error));
    }

    /// Shows what is in memory of this key, if anything is.
    pub(crate) fn in_hand<T>(
        &self,
        key: &Key,
        now: Milliseconds,
        show: impl FnOnce(InHand<'_, B>) -> T,
    ) -> Option<T> {
        let generation = self.store.generation();
        if self.generation.replace(generation) != generation {
            self.tier.borrow_mut().remove_where(|_| true);
        }
        if let Some(held) = self.tier.borrow_mut().used(key) {
            let limits = self.tier_limits.get();
            let trusted = if self.locks.is_alone() {
                limits.trusted_alone
            } else {
                limits.trusted
            };
            return Some(show(InHand {
                stored: &held.stored,
                is_trusted: self.is_gone.get() || now - held.seen < trusted,
            }));
        }
        let waiting = self.waiting.borrow();
        if let Some(waiting) = waiting.get(key) {
            return Some(show(InHand::trusted(&waiting.stored)));
        }
        drop(waiting);
        let mut unsaved = self.unsaved.borrow_mut();
        unsaved
            .used(key)
            .map(|held| show(InHand::trusted(&held.stored)))
    }

    /// Keeps a result in memory, if it is not too large.
    pub(crate) fn keep_in_tier(&self, stored: Stored<B>, seen: Milliseconds) -> bool {
        stored.entry.bytes <= self.tier_limits.get().bytes_each
            && self.tier.borrow_mut().insert(stored, seen)
    }

    /// Forgets what is in memory of this key.
    pub(crate) fn drop_in_hand(&self, key: &Key) {
        self.tier.borrow_mut().remove(key);
        self.unsaved.borrow_mut().remove(key);
        self.used.borrow_mut().remove(key);
        if let Some(waiting) = self.waiting.borrow_mut().remove(key) {
            self.waiting_less(&waiting.stored);
        }
    }

    pub(crate) fn waiting_less(&self, stored: &Stored<B>) {
        let bytes = self.waiting_bytes.get();
        self.waiting_bytes
            .set(bytes.saturating_sub(stored.entry.bytes));
    }

    /// Notes a use, which the store is told of later.
    pub(crate) fn note_use(&self, key: &Key, now: Milliseconds) {
        if self.oldest_used.get().is_none() {
            self.oldest_used.set(Some(now));
        }
        let mut used = self.used.borrow_mut();
        match used.get_mut(key) {
            Some(used) => {
                used.at = used.at.max(now);
                used.hits = used.hits.saturating_add(1);
            }
            None => {
                used.insert(key.clone(), Used { at: now, hits: 1 });
            }
        }
    }

    /// Adds the uses that the store does not know of yet.
    pub(crate) fn add_uses(&self, key: &Key, entry: &mut Entry) {
        if let Some(used) = self.used.borrow().get(key) {
            entry.last_used = entry.last_used.max(used.at);
            entry.hits = entry.hits.saturating_add(used.hits);
        }
    }
}

/// Whether the store will go on failing like this as long as the page is open.
pub(crate) const fn is_lasting(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_) | StoreError::Newer { .. })
}
