//! Results that are being looked up or computed: who does it, and who waits for it.

use core::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use futures_channel::oneshot;
use rustc_hash::FxBuildHasher;
use values::{Buffer, Parcel};

use crate::{Call, Entry, Key, Wanted};

/// A result that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit<B> {
    /// The result.
    pub value: Parcel<B>,
    /// What is known of it.
    pub entry: Entry,
    /// Whether the memory keeps the same buffers: who hands them over to somebody else has to duplicate them first.
    pub shared: bool,
    /// Where it came from.
    pub origin: Origin,
}

/// Where a result that was found came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was in memory.
    Memory,
    /// It was in the store.
    Store,
    /// Somebody else in this front was computing it, or looking it up, already.
    Flight,
}

/// The result of a flight for one who waited, as the functions were when it began. Without one the sender is dropped, and whoever
/// waits asks again.
#[derive(Debug)]
pub(crate) struct Landed<B> {
    pub(crate) hit: Hit<B>,
    pub(crate) generation: u64,
}

#[derive(Debug)]
struct Open<B> {
    waiting: Vec<oneshot::Sender<Landed<B>>>,
    /// A result that may be given until the new one is there.
    stale: Option<Hit<B>>,
}

/// All flights of one front.
#[derive(Debug)]
pub(crate) struct Flights<B> {
    open: RefCell<HashMap<Key, Open<B>, FxBuildHasher>>,
}

impl<B> Default for Flights<B> {
    fn default() -> Self {
        Self {
            open: RefCell::default(),
        }
    }
}

/// The sole right in this front to find out a key's result. If it is dropped, all who wait ask again.
#[derive(Debug)]
pub(crate) struct Claim<B, K> {
    key: Key,
    /// Keeps others out who share the store.
    pub(crate) lock: Option<K>,
    flights: Rc<Flights<B>>,
}

/// What one gets who asks for a claim.
pub(crate) enum Joined<B, K> {
    Claimed(Claim<B, K>),
    /// Somebody else has it, and tells the result.
    Waits(oneshot::Receiver<Landed<B>>),
}

impl<B: Buffer> Flights<B> {
    pub(crate) fn is_idle(&self) -> bool {
        self.open.borrow().is_empty()
    }

    /// What may be given of this key until its new result is there.
    pub(crate) fn stale(&self, key: &Key) -> Option<Hit<B>> {
        self.open.borrow().get(key)?.stale.clone()
    }

    pub(crate) fn claim<K>(self: &Rc<Self>, key: &Key) -> Option<Claim<B, K>> {
        let mut open = self.open.borrow_mut();
        if open.contains_key(key) {
            return None;
        }
        let nobody = Open {
            waiting: Vec::new(),
            stale: None,
        };
        open.insert(key.clone(), nobody);
        Some(Claim {
            key: key.clone(),
            lock: None,
            flights: Rc::clone(self),
        })
    }

    pub(crate) fn join<K>(self: &Rc<Self>, key: &Key) -> Joined<B, K> {
        if let Some(claim) = self.claim(key) {
            return Joined::Claimed(claim);
        }
        let (tell, hear) = oneshot::channel();
        if let Some(open) = self.open.borrow_mut().get_mut(key) {
            open.waiting.push(tell);
        }
        Joined::Waits(hear)
    }
}

impl<B: Buffer, K> Claim<B, K> {
    /// Until the new result is there, this one may be given.
    pub(crate) fn offer_stale(&self, hit: Hit<B>) {
        if let Some(open) = self.flights.open.borrow_mut().get_mut(&self.key) {
            open.stale = Some(hit);
        }
    }

    /// Tells the result to all who wait.
    pub(crate) fn land(self, hit: &Hit<B>, generation: u64) {
        let open = self.flights.open.borrow_mut().remove(&self.key);
        for waiting in open.into_iter().flat_map(|open| open.waiting) {
            // One who no longer waits need not be told.
            let _ = waiting.send(Landed {
                hit: hit.clone(),
                generation,
            });
        }
    }
}

impl<B, K> Drop for Claim<B, K> {
    fn drop(&mut self) {
        // After a landing there is nothing to remove: nobody else can have claimed the key while this claim was there.
        let open = self.flights.open.borrow_mut().remove(&self.key);
        drop(open);
    }
}

/// A result that the caller has to compute. [`crate::Memory::land`] takes the result; dropping the flight says that there is
/// none, and the next one who waits for it computes it.
#[derive(Debug)]
pub struct Flight<B: Buffer, K> {
    pub(crate) call: Call,
    /// Without one, nobody waits for the result.
    pub(crate) claim: Option<Claim<B, K>>,
    pub(crate) compress: bool,
    /// The state of the function's entries when it began; if they were dropped since, the result is not kept.
    pub(crate) generation: u64,
}

impl<B: Buffer, K> Flight<B, K> {
    /// The call whose result is to be computed.
    pub const fn call(&self) -> &Call {
        &self.call
    }
}

/// What becomes of a call that was asked for. `T` is what is found: a [`Hit`], or a [`crate::Reference`].
#[derive(Debug)]
pub enum Departure<T, B: Buffer, K> {
    /// The result is there.
    Found(T),
    /// A result that has expired but may still be given; whoever is given a flight computes it anew behind it.
    Stale(T, Option<Flight<B, K>>),
    /// The caller wanted to be asked whether this result is still valid ([`crate::Rules::validates`]), and answers with
    /// [`crate::Memory::answer`].
    Ask(Question<T, B, K>),
    /// The caller has to compute it.
    Compute(Flight<B, K>),
    /// Somebody else computes it, in this front or in another worker or tab: [`crate::Memory::wait`]. Who has flights of its
    /// own lands them first, or meanwhile, lest two wait for each other.
    Wait(Call),
}

/// A question, and whether the result that it is about is still valid.
pub type Answer<T, B, K> = (Question<T, B, K>, bool);

/// Whether a result that was found is still valid. A question that is dropped is a no without consequences.
#[derive(Debug)]
pub struct Question<T, B: Buffer, K> {
    pub(crate) call: Call,
    pub(crate) found: T,
    pub(crate) claim: Option<Claim<B, K>>,
}

impl<T: Wanted<B>, B: Buffer, K> Question<T, B, K> {
    /// What is known of the result; [`Entry::metadata`] is what joblib tells.
    pub fn entry(&self) -> &Entry {
        self.found.entry()
    }

    /// The call whose result it is.
    pub const fn call(&self) -> &Call {
        &self.call
    }
}
