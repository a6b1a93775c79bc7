//! Calls that are asked for: found, to be computed, or computed by somebody else already.

use values::Buffer;

use crate::flights::{Claim, Joined, Landed};
use crate::look_up::{Departures, Pending, hit_of, lock_name};
use crate::rules::Validity;
use crate::{
    Answer, Call, Departure, Entry, Flight, Hit, Locks, Memory, Milliseconds, Question, Reference,
    ReferenceError, Rules, Store, Wanted,
};

impl<B: Buffer, S: Store<B>, L: Locks> Memory<B, S, L> {
    /// Asks for these calls, in at most three questions to the store however many they are. In their order: what was found, or
    /// who computes it.
    pub async fn take_off(
        &self,
        calls: Vec<Call>,
        rules: &Rules,
        now: Milliseconds,
    ) -> Vec<Departure<Hit<B>, B, L::Lock>> {
        self.depart(calls, rules, now).await
    }

    /// The same, but of a result that is there only a reference is made, and the result itself is not read.
    pub async fn shelve(
        &self,
        calls: Vec<Call>,
        rules: &Rules,
        now: Milliseconds,
    ) -> Vec<Departure<Reference, B, L::Lock>> {
        self.depart(calls, rules, now).await
    }

    /// Calls that are computed in any case: joblib's `MemorizedFunc.call`.
    pub fn force(&self, calls: Vec<Call>, rules: &Rules) -> Vec<Flight<B, L::Lock>> {
        calls
            .into_iter()
            .map(|call| self.flight(call, None, rules))
            .collect()
    }

    /// What is known of these calls' results, where they are there and valid; nothing is read, computed or counted as used:
    /// joblib's `check_call_in_cache`. Where the rules say that the caller validates, it does so afterwards, and
    /// [removes](Memory::delete) what is not valid.
    pub async fn probe(
        &self,
        calls: &[Call],
        rules: &Rules,
        now: Milliseconds,
    ) -> Vec<Option<Entry>> {
        let valid = |call: &Call, entry: &Entry| {
            rules.validity(entry, call.source, &call.stamps, now) == Validity::Fresh
        };
        let mut known: Vec<_> = calls
            .iter()
            .map(|call| {
                self.in_hand(&call.key, now, |found| {
                    found.is_trusted.then(|| found.stored.entry.clone())
                })
                .flatten()
            })
            .collect();
        let absent: Vec<_> = (0..calls.len())
            .filter(|at| known[*at].is_none() && calls[*at].kept)
            .collect();
        let keys: Vec<_> = absent.iter().map(|at| calls[*at].key.clone()).collect();
        let asked = self.ask_known(&keys).await.unwrap_or_default();
        for (at, entry) in absent.into_iter().zip(asked) {
            known[at] = entry;
        }
        known
            .into_iter()
            .zip(calls)
            .map(|(entry, call)| {
                let mut entry = entry.filter(|entry| valid(call, entry))?;
                self.add_uses(&call.key, &mut entry);
                Some(entry)
            })
            .collect()
    }

    /// The result that a reference stands for.
    ///
    /// # Errors
    /// If it is no longer there, or was altered.
    pub async fn get(
        &self,
        reference: &Reference,
        now: Milliseconds,
    ) -> Result<Hit<B>, ReferenceError> {
        let in_hand = self.in_hand(&reference.key, now, |found| {
            found.is_trusted.then(|| hit_of(found.stored))
        });
        let mut hit = match in_hand.flatten() {
            Some(hit) => hit,
            None if self.is_gone.get() => return Err(ReferenceError::Gone(reference.key.clone())),
            None => {
                let asked = self.store.get(core::slice::from_ref(&reference.key)).await;
                let stored = asked
                    .map_err(ReferenceError::Unread)?
                    .pop()
                    .flatten()
                    .ok_or_else(|| ReferenceError::Gone(reference.key.clone()))?;
                if !stored.is_sound() {
                    return Err(ReferenceError::Corrupt(reference.key.clone()));
                }
                self.hit_from_store(stored, now)
            }
        };
        self.note_use(&reference.key, now);
        self.add_uses(&reference.key, &mut hit.entry);
        Ok(hit)
    }

    /// Goes on with results about which the caller was asked, each with whether it is still valid. One that is not is removed,
    /// and its call goes on as if it had never been there.
    pub async fn answer<T: Wanted<B>>(
        &self,
        answers: Vec<Answer<T, B, L::Lock>>,
        rules: &Rules,
        now: Milliseconds,
    ) -> Vec<Departure<T, B, L::Lock>> {
        let mut departures: Departures<T, B, L::Lock> = answers.iter().map(|_| None).collect();
        let (mut pending, mut again) = (Vec::new(), Vec::new());
        let mut invalid = Vec::new();
        for (at, (question, is_valid)) in answers.into_iter().enumerate() {
            let Question { call, found, claim } = question;
            if is_valid {
                departures[at] = Some(Departure::Found(self.found(&call.key, found, claim, now)));
                continue;
            }
            invalid.push(call.key.clone());
            match claim {
                Some(claim) => pending.push(Pending::new(at, call, claim)),
                None => again.push((at, call)),
            }
        }
        if !invalid.is_empty()
            && let Err(error) = self.delete(&invalid).await
        {
            self.unread(error);
        }
        self.take_locks(pending, rules, now, &mut departures).await;
        let (places, calls): (Vec<_>, Vec<_>) = again.into_iter().unzip();
        if !calls.is_empty() {
            for (at, departure) in places.into_iter().zip(self.depart(calls, rules, now).await) {
                departures[at] = Some(departure);
            }
        }
        departures.into_iter().flatten().collect()
    }

    /// Waits until somebody else's result is there, or it is this caller's turn to compute it; never gives
    /// [`Departure::Wait`]. `clock` is asked for the time whenever something has happened. Whoever waits too long drops this.
    pub async fn wait<T: Wanted<B>>(
        &self,
        call: Call,
        rules: &Rules,
        clock: impl Fn() -> Milliseconds,
    ) -> Departure<T, B, L::Lock> {
        let mut call = call;
        loop {
            call = match self.wait_once(call, rules, &clock).await {
                Ok(departure) => return departure,
                Err(call) => call,
            };
        }
    }

    /// Waits for one end; gives the call back if that leaves it where it was.
    async fn wait_once<T: Wanted<B>>(
        &self,
        call: Call,
        rules: &Rules,
        clock: &impl Fn() -> Milliseconds,
    ) -> Result<Departure<T, B, L::Lock>, Call> {
        let call = match self.depart(vec![call], rules, clock()).await.pop() {
            Some(Departure::Wait(call)) => call,
            Some(departure) => return Ok(departure),
            // As many departures are given as calls.
            None => core::future::pending().await,
        };
        let asked_in = self.sources.borrow().generation(&call.key);
        let mut claim: Claim<B, L::Lock> = match self.flights.join(&call.key) {
            Joined::Claimed(claim) => claim,
            Joined::Waits(hear) => {
                let Ok(Landed { hit, generation }) = hear.await else {
                    return Err(call);
                };
                let now = clock();
                let validity = rules.validity(&hit.entry, call.source, &call.stamps, now);
                if generation < asked_in || validity != Validity::Fresh {
                    return Err(call);
                }
                let found = T::from_hit(&call.key, hit);
                return Ok(Departure::Found(self.found(&call.key, found, None, now)));
            }
        };
        if rules.single_flight && !self.is_gone.get() {
            // Others may wait for what this front holds until it is written.
            self.flush(clock()).await;
            claim.lock = Some(self.locks.lock(&lock_name(&call.key)).await);
        }
        // Whoever had the lock may have written the result.
        let pending = vec![Pending::new(0, call, claim)];
        let mut departures = vec![None];
        self.recheck(pending, rules, clock(), &mut departures).await;
        match departures.pop().flatten() {
            Some(Departure::Wait(call)) => Err(call),
            Some(departure) => Ok(departure),
            None => core::future::pending().await,
        }
    }
}
