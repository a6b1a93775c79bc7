//! Finding out what the store has, and who may compute what it has not.

use values::Buffer;

use crate::flights::Claim;
use crate::rules::Validity;
use crate::{
    Call, Departure, Entry, Flight, Hit, Key, Locks, Memory, Milliseconds, Origin, Question, Rules,
    Store, Stored, Wanted, Warning,
};

/// A call whose result is not in memory, or has to be computed anew.
pub(crate) struct Pending<T, B: Buffer, K> {
    /// Its place in the question.
    at: usize,
    call: Call,
    claim: Claim<B, K>,
    /// What may be given although it has expired.
    stale: Option<T>,
    /// What was known of an entry that does not do: if the store still has the same, it was not replaced.
    refused: Option<Entry>,
    /// What is in memory, if the store still has it.
    in_memory: Option<Entry>,
}

impl<T, B: Buffer, K> Pending<T, B, K> {
    pub(crate) const fn new(at: usize, call: Call, claim: Claim<B, K>) -> Self {
        Self {
            at,
            call,
            claim,
            stale: None,
            refused: None,
            in_memory: None,
        }
    }
}

pub(crate) type Departures<T, B, K> = Vec<Option<Departure<T, B, K>>>;

/// The name of the lock of a key.
pub(crate) fn lock_name(key: &Key) -> String {
    format!("memory/{}", key.storage_key())
}

/// Whether both are of the same result.
fn is_same(one: &Entry, other: &Entry) -> bool {
    one.created.to_bits() == other.created.to_bits() && one.checksum == other.checksum
}

impl<B: Buffer, S: Store<B>, L: Locks> Memory<B, S, L> {
    pub(crate) async fn depart<T: Wanted<B>>(
        &self,
        calls: Vec<Call>,
        rules: &Rules,
        now: Milliseconds,
    ) -> Vec<Departure<T, B, L::Lock>> {
        let mut departures: Departures<T, B, L::Lock> = Vec::with_capacity(calls.len());
        let mut pending = Vec::new();
        for (at, call) in calls.into_iter().enumerate() {
            departures.push(self.at_once(at, call, rules, now, &mut pending));
        }
        if !pending.is_empty() {
            let pending = self.look_up(pending, rules, now, &mut departures).await;
            self.take_locks(pending, rules, now, &mut departures).await;
        }
        departures.into_iter().flatten().collect()
    }

    /// What can be said without asking the store; else the call is among those that are asked.
    fn at_once<T: Wanted<B>>(
        &self,
        at: usize,
        call: Call,
        rules: &Rules,
        now: Milliseconds,
        asked: &mut Vec<Pending<T, B, L::Lock>>,
    ) -> Option<Departure<T, B, L::Lock>> {
        if !call.kept {
            return Some(Departure::Compute(self.flight(call, None, rules)));
        }
        let in_hand = self.in_hand(&call.key, now, |found| {
            let entry = &found.stored.entry;
            match rules.validity(entry, call.source, &call.stamps, now) {
                Validity::Invalid => InHandNow::Refused(entry.clone()),
                _ if !found.is_trusted => InHandNow::Untrusted(entry.clone()),
                Validity::Fresh => InHandNow::Fresh(hit_of(found.stored)),
                Validity::Stale => InHandNow::Stale(hit_of(found.stored)),
            }
        });
        let stale = match in_hand {
            Some(InHandNow::Fresh(hit)) => {
                let found = T::from_hit(&call.key, hit);
                return Some(self.give(call, found, None, rules, now));
            }
            Some(InHandNow::Stale(ref hit)) => Some(hit.clone()),
            _ => self.flights.stale(&call.key),
        };
        let Some(claim) = self.flights.claim(&call.key) else {
            // Somebody is about it: an old result may do, else the new one is waited for.
            let stale = stale.filter(|hit| {
                rules.validity(&hit.entry, call.source, &call.stamps, now) == Validity::Stale
            });
            return Some(match stale {
                Some(hit) => {
                    let found = T::from_hit(&call.key, hit);
                    Departure::Stale(self.found(&call.key, found, None, now), None)
                }
                None => Departure::Wait(call),
            });
        };
        let mut pending = Pending::new(at, call, claim);
        match in_hand {
            Some(InHandNow::Stale(hit)) => {
                pending.claim.offer_stale(hit.clone());
                pending.refused = Some(hit.entry.clone());
                pending.stale = Some(T::from_hit(&pending.call.key, hit));
            }
            Some(InHandNow::Untrusted(entry)) => pending.in_memory = Some(entry),
            Some(InHandNow::Refused(entry)) => pending.refused = Some(entry),
            _ => {}
        }
        asked.push(pending);
        None
    }

    /// Asks the store for what is not in memory. Gives back what it does not have.
    async fn look_up<T: Wanted<B>>(
        &self,
        mut pending: Vec<Pending<T, B, L::Lock>>,
        rules: &Rules,
        now: Milliseconds,
        departures: &mut Departures<T, B, L::Lock>,
    ) -> Vec<Pending<T, B, L::Lock>> {
        self.confirm(&mut pending, now).await;
        let (mut left, mut asked) = (Vec::new(), Vec::new());
        for pending in pending {
            let in_memory = pending.in_memory.as_ref().and_then(|entry| {
                self.in_hand(&pending.call.key, now, |found| {
                    is_same(&found.stored.entry, entry).then(|| hit_of(found.stored))
                })
            });
            if let Some(hit) = in_memory.flatten() {
                let found = T::from_hit(&pending.call.key, hit);
                left.extend(self.sort(pending, found, rules, now, departures));
            } else if pending.stale.is_some() {
                left.push(pending);
            } else {
                asked.push(pending);
            }
        }
        let keys: Vec<_> = asked.iter().map(|p| p.call.key.clone()).collect();
        let found = self.ask::<T>(&keys, now).await;
        for (pending, found) in asked.into_iter().zip(found) {
            match found {
                Some(found) => left.extend(self.sort(pending, found, rules, now, departures)),
                None => left.push(pending),
            }
        }
        left
    }

    /// Asks whether the store still has what is in memory and has not been heard of for long.
    async fn confirm<T>(&self, pending: &mut [Pending<T, B, L::Lock>], now: Milliseconds) {
        let doubtful = |p: &&mut Pending<T, B, L::Lock>| p.in_memory.is_some();
        let keys: Vec<_> = pending
            .iter_mut()
            .filter(doubtful)
            .map(|p| p.call.key.clone())
            .collect();
        if keys.is_empty() {
            return;
        }
        // A store that cannot answer leaves what is in memory as it is.
        let Some(known) = self.ask_known(&keys).await else {
            return;
        };
        let mut tier = self.tier.borrow_mut();
        for (pending, known) in pending.iter_mut().filter(doubtful).zip(known) {
            let same = pending.in_memory.as_ref().zip(known.as_ref());
            if same.is_some_and(|(held, known)| is_same(held, known)) {
                if let Some(held) = tier.used(&pending.call.key) {
                    held.seen = now;
                }
            } else {
                tier.remove(&pending.call.key);
                pending.in_memory = None;
            }
        }
    }

    /// What is found of these keys in the store. A store that fails and an altered result are nothing and a warning.
    async fn ask<T: Wanted<B>>(&self, keys: &[Key], now: Milliseconds) -> Vec<Option<T>> {
        let nothing = || keys.iter().map(|_| None).collect();
        if keys.is_empty() || self.is_gone.get() {
            return nothing();
        }
        if !T::READS {
            let Some(known) = self.ask_known(keys).await else {
                return nothing();
            };
            return keys
                .iter()
                .zip(known)
                .map(|(key, entry)| T::from_entry(key, entry?))
                .collect();
        }
        match self.store.get(keys).await {
            Ok(all) => all
                .into_iter()
                .map(|stored| {
                    let stored = stored?;
                    if !stored.is_sound() {
                        self.warn(Warning::Corrupt(stored.key));
                        return None;
                    }
                    let key = stored.key.clone();
                    Some(T::from_hit(&key, self.hit_from_store(stored, now)))
                })
                .collect(),
            Err(error) => {
                self.unread(error);
                nothing()
            }
        }
    }

    /// What is known of these keys in the store; `None` if it cannot answer.
    pub(crate) async fn ask_known(&self, keys: &[Key]) -> Option<Vec<Option<Entry>>> {
        if keys.is_empty() {
            return Some(Vec::new());
        }
        if self.is_gone.get() {
            return None;
        }
        match self.store.known(keys).await {
            Ok(known) => Some(known),
            Err(error) => {
                self.unread(error);
                None
            }
        }
    }

    /// A result that was read, which stays in memory if it is not too large.
    pub(crate) fn hit_from_store(&self, stored: Stored<B>, now: Milliseconds) -> Hit<B> {
        let entry = stored.entry.clone();
        let value = stored.value.clone();
        // What was computed meanwhile is newer.
        let is_old = self.waiting.borrow().contains_key(&stored.key);
        Hit {
            value,
            entry,
            shared: !is_old && self.keep_in_tier(stored, now),
            origin: Origin::Store,
        }
    }

    /// Gives what was found, if it is valid. If not, gives the call back.
    fn sort<T: Wanted<B>>(
        &self,
        mut pending: Pending<T, B, L::Lock>,
        found: T,
        rules: &Rules,
        now: Milliseconds,
        departures: &mut Departures<T, B, L::Lock>,
    ) -> Option<Pending<T, B, L::Lock>> {
        let call = &pending.call;
        match rules.validity(found.entry(), call.source, &call.stamps, now) {
            Validity::Fresh => {
                let departure = self.give(pending.call, found, Some(pending.claim), rules, now);
                departures[pending.at] = Some(departure);
                return None;
            }
            Validity::Stale => {
                if let Some(hit) = found.hit() {
                    pending.claim.offer_stale(hit.clone());
                }
                pending.refused = Some(found.entry().clone());
                pending.stale = Some(found);
            }
            Validity::Invalid => pending.refused = Some(found.entry().clone()),
        }
        Some(pending)
    }

    /// Takes the locks of all that are free, and goes on with these.
    pub(crate) async fn take_locks<T: Wanted<B>>(
        &self,
        pending: Vec<Pending<T, B, L::Lock>>,
        rules: &Rules,
        now: Milliseconds,
        departures: &mut Departures<T, B, L::Lock>,
    ) {
        if pending.is_empty() {
            return;
        }
        if !rules.single_flight || self.is_gone.get() {
            for pending in pending {
                let at = pending.at;
                departures[at] = Some(self.go(pending, rules, now));
            }
            return;
        }
        let is_locked = |p: &Pending<T, B, L::Lock>| p.claim.lock.is_some();
        let (mut locked, free): (Vec<_>, Vec<_>) = pending.into_iter().partition(is_locked);
        let names: Vec<_> = free.iter().map(|p| lock_name(&p.call.key)).collect();
        let locks = self.locks.try_lock(&names).await;
        for (mut pending, lock) in free.into_iter().zip(locks) {
            if lock.is_some() {
                pending.claim.lock = lock;
                locked.push(pending);
                continue;
            }
            let at = pending.at;
            departures[at] = Some(match pending.stale {
                Some(found) => {
                    let found = self.found(&pending.call.key, found, None, now);
                    Departure::Stale(found, None)
                }
                None => Departure::Wait(pending.call),
            });
        }
        if self.locks.is_alone() {
            // Nobody can have written it meanwhile.
            for pending in locked {
                let at = pending.at;
                departures[at] = Some(self.go(pending, rules, now));
            }
            return;
        }
        self.recheck(locked, rules, now, departures).await;
    }

    /// Asks once more for what was not there before the locks were held: somebody may have written it meanwhile.
    pub(crate) async fn recheck<T: Wanted<B>>(
        &self,
        pending: Vec<Pending<T, B, L::Lock>>,
        rules: &Rules,
        now: Milliseconds,
        departures: &mut Departures<T, B, L::Lock>,
    ) {
        let keys: Vec<_> = pending.iter().map(|p| p.call.key.clone()).collect();
        let known = self.ask_known(&keys).await.unwrap_or_default();
        let mut known = known.into_iter();
        let (mut written, mut missing) = (Vec::new(), Vec::new());
        for pending in pending {
            let is_new = known.next().flatten().is_some_and(|entry| {
                let call = &pending.call;
                let valid = rules.validity(&entry, call.source, &call.stamps, now);
                let refused = pending.refused.as_ref();
                valid == Validity::Fresh && !refused.is_some_and(|old| is_same(old, &entry))
            });
            if is_new {
                written.push(pending);
            } else {
                missing.push(pending);
            }
        }
        let keys: Vec<_> = written.iter().map(|p| p.call.key.clone()).collect();
        let found = self.ask::<T>(&keys, now).await;
        for (pending, found) in written.into_iter().zip(found) {
            match found {
                Some(found) => missing.extend(self.sort(pending, found, rules, now, departures)),
                None => missing.push(pending),
            }
        }
        for pending in missing {
            let at = pending.at;
            departures[at] = Some(self.go(pending, rules, now));
        }
    }

    /// A call whose result this caller computes.
    fn go<T: Wanted<B>>(
        &self,
        pending: Pending<T, B, L::Lock>,
        rules: &Rules,
        now: Milliseconds,
    ) -> Departure<T, B, L::Lock> {
        let Pending {
            call, claim, stale, ..
        } = pending;
        match stale {
            Some(found) => {
                let found = self.found(&call.key, found, None, now);
                Departure::Stale(found, Some(self.flight(call, Some(claim), rules)))
            }
            None => Departure::Compute(self.flight(call, Some(claim), rules)),
        }
    }

    pub(crate) fn flight(
        &self,
        call: Call,
        claim: Option<Claim<B, L::Lock>>,
        rules: &Rules,
    ) -> Flight<B, L::Lock> {
        Flight {
            generation: self.sources.borrow().generation(&call.key),
            compress: rules.compress,
            call,
            claim,
        }
    }

    /// Gives a valid result, or asks the caller whether it is.
    fn give<T: Wanted<B>>(
        &self,
        call: Call,
        found: T,
        claim: Option<Claim<B, L::Lock>>,
        rules: &Rules,
        now: Milliseconds,
    ) -> Departure<T, B, L::Lock> {
        if rules.validates {
            Departure::Ask(Question { call, found, claim })
        } else {
            Departure::Found(self.found(&call.key, found, claim, now))
        }
    }

    /// Counts the use of what is given, and tells it to all who wait for it.
    pub(crate) fn found<T: Wanted<B>>(
        &self,
        key: &Key,
        mut found: T,
        claim: Option<Claim<B, L::Lock>>,
        now: Milliseconds,
    ) -> T {
        self.note_use(key, now);
        self.add_uses(key, found.entry_mut());
        if let (Some(claim), Some(hit)) = (claim, found.hit()) {
            let generation = self.sources.borrow().generation(key);
            let hit = Hit {
                shared: true,
                origin: Origin::Flight,
                ..hit.clone()
            };
            claim.land(&hit, generation);
        }
        found
    }
}

/// What is in memory of a call.
enum InHandNow<B> {
    Fresh(Hit<B>),
    Stale(Hit<B>),
    /// The store has to be asked whether it still has it.
    Untrusted(Entry),
    /// It is not valid.
    Refused(Entry),
}

/// A result in memory as it is given to a caller.
pub(crate) fn hit_of<B: Buffer>(stored: &Stored<B>) -> Hit<B> {
    Hit {
        value: stored.value.clone(),
        entry: stored.entry.clone(),
        shared: true,
        origin: Origin::Memory,
    }
}
