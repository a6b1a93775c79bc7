//! Results that are being looked up or computed: who does it, and who waits for it.

use core::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
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

/// How a flight ended, for one who waited.
#[derive(Debug)]
pub(crate) enum Ended<B: Buffer, K> {
    /// With a result, computed or found as the functions were then.
    Landed(Hit<B>, u64),
    /// Without; it is this one's turn.
    Yours(Claim<B, K>),
}

#[derive(Debug)]
struct Open<B: Buffer, K> {
    number: u64,
    waiting: VecDeque<oneshot::Sender<Ended<B, K>>>,
    /// A result that may be given until the new one is there.
    stale: Option<Hit<B>>,
}

/// All flights of one front.
#[derive(Debug)]
pub(crate) struct Flights<B: Buffer, K> {
    open: RefCell<HashMap<Key, Open<B, K>, FxBuildHasher>>,
    next: Cell<u64>,
}

impl<B: Buffer, K> Default for Flights<B, K> {
    fn default() -> Self {
        Self {
            open: RefCell::default(),
            next: Cell::default(),
        }
    }
}

/// The sole right to find out a key's result. If it is dropped, the next one who waits has it.
#[derive(Debug)]
pub(crate) struct Claim<B: Buffer, K> {
    key: Key,
    number: u64,
    /// Keeps others out who share the store.
    pub(crate) lock: Option<K>,
    flights: Option<Rc<Flights<B, K>>>,
}

/// What one gets who asks for a claim.
pub(crate) enum Joined<B: Buffer, K> {
    Claimed(Claim<B, K>),
    /// Somebody else has it, and tells the result.
    Waits(oneshot::Receiver<Ended<B, K>>),
}

impl<B: Buffer, K> Flights<B, K> {
    pub(crate) fn is_idle(&self) -> bool {
        self.open.borrow().is_empty()
    }

    /// What may be given of this key until its new result is there.
    pub(crate) fn stale(&self, key: &Key) -> Option<Hit<B>> {
        self.open.borrow().get(key)?.stale.clone()
    }

    pub(crate) fn claim(self: &Rc<Self>, key: &Key) -> Option<Claim<B, K>> {
        let mut open = self.open.borrow_mut();
        if open.contains_key(key) {
            return None;
        }
        let number = self.next.get();
        self.next.set(number + 1);
        open.insert(
            key.clone(),
            Open {
                number,
                waiting: VecDeque::new(),
                stale: None,
            },
        );
        Some(Claim {
            key: key.clone(),
            number,
            lock: None,
            flights: Some(Rc::clone(self)),
        })
    }

    pub(crate) fn join(self: &Rc<Self>, key: &Key) -> Joined<B, K> {
        if let Some(claim) = self.claim(key) {
            return Joined::Claimed(claim);
        }
        let (tell, hear) = oneshot::channel();
        if let Some(open) = self.open.borrow_mut().get_mut(key) {
            open.waiting.push_back(tell);
        }
        Joined::Waits(hear)
    }

    fn close(&self, key: &Key, number: u64) -> VecDeque<oneshot::Sender<Ended<B, K>>> {
        let mut all = self.open.borrow_mut();
        match all.get(key) {
            Some(open) if open.number == number => {
                all.remove(key).map(|open| open.waiting).unwrap_or_default()
            }
            _ => VecDeque::new(),
        }
    }

    fn next_waiting(&self, key: &Key, number: u64) -> Option<oneshot::Sender<Ended<B, K>>> {
        let mut all = self.open.borrow_mut();
        let open = all.get_mut(key).filter(|open| open.number == number)?;
        let next = open.waiting.pop_front();
        if next.is_none() {
            all.remove(key);
        }
        next
    }
}

impl<B: Buffer, K> Claim<B, K> {
    /// Until the new result is there, this one may be given.
    pub(crate) fn offer_stale(&self, hit: Hit<B>) {
        if let Some(flights) = &self.flights
            && let Some(open) = flights.open.borrow_mut().get_mut(&self.key)
        {
            open.stale = Some(hit);
        }
    }

    /// Tells the result to all who wait, and gives the lock back.
    pub(crate) fn land(mut self, hit: &Hit<B>, generation: u64) -> Option<K> {
        if let Some(flights) = self.flights.take() {
            for waiting in flights.close(&self.key, self.number) {
                // One who no longer waits need not be told.
                let _ = waiting.send(Ended::Landed(hit.clone(), generation));
            }
        }
        self.lock.take()
    }
}

impl<B: Buffer, K> Drop for Claim<B, K> {
    fn drop(&mut self) {
        let Some(flights) = self.flights.take() else {
            return;
        };
        let mut lock = self.lock.take();
        while let Some(next) = flights.next_waiting(&self.key, self.number) {
            let claim = Self {
                key: self.key.clone(),
                number: self.number,
                lock: lock.take(),
                flights: Some(Rc::clone(&flights)),
            };
            match next.send(Ended::Yours(claim)) {
                Ok(()) => return,
                Err(Ended::Yours(mut back)) => {
                    back.flights = None;
                    lock = back.lock.take();
                }
                Err(Ended::Landed(..)) => {}
            }
        }
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
