//! Random callers, edits, clears, failures and evictions in several tabs over one slow store: one evaluation per key, never a
//! wrong value, limits kept, and nobody waits for ever.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

use core::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use memory::{Departure, Function, Limits, Memory, Rules, TierLimits};
use proptest::prelude::*;
use support::{Buffer, Executor, Faulty, InProcess, Shared, at, f, packed, turn, value_of};
use values::Value;

type Tab = Memory<Buffer, Shared, InProcess>;

/// A small generator of numbers, so that a case is its seed.
#[derive(Clone)]
struct Random(Rc<Cell<u64>>);

impl Random {
    fn below(&self, most: usize) -> usize {
        let mut state = self.0.get();
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.0.set(state);
        (state >> 33) as usize % most
    }
}

/// What happens in a world.
#[derive(Clone, Copy, Debug)]
struct Weather {
    tabs: usize,
    callers: usize,
    keys: usize,
    /// Of 100 computations so many fail.
    failing: usize,
    edits: usize,
    clears: usize,
    evictions: usize,
    /// Whether waiting callers may give up.
    gives_up: bool,
    tier: bool,
}

struct World {
    tabs: Vec<Rc<Tab>>,
    locks: InProcess,
    random: Random,
    time: Cell<f64>,
    /// The text of the function, by tab: an edit is a reload of the tab.
    text: Vec<Cell<usize>>,
    evaluations: RefCell<BTreeMap<i64, usize>>,
    failures: Cell<usize>,
    weather: Weather,
}

impl World {
    fn new(seed: u64, weather: Weather) -> Self {
        let store = Rc::new(Faulty::default());
        store.slow.set(1);
        let locks = InProcess::default();
        let tabs = (0..weather.tabs)
            .map(|_| {
                let tab = Memory::new(Shared(Rc::clone(&store)), locks.clone());
                tab.set_tier(TierLimits {
                    bytes: if weather.tier { 4_000 } else { 0 },
                    trusted: 20.0,
                    ..TierLimits::default()
                });
                Rc::new(tab)
            })
            .collect();
        Self {
            tabs,
            locks,
            random: Random(Rc::new(Cell::new(seed | 1))),
            time: Cell::new(0.0),
            text: (0..weather.tabs).map(|_| Cell::new(0)).collect(),
            evaluations: RefCell::default(),
            failures: Cell::new(0),
            weather,
        }
    }

    fn function(&self, tab: usize) -> (usize, Function) {
        let text = self.text[tab].get();
        (text, f(&format!("text {text}")))
    }

    fn answer(x: i64, text: usize) -> Value {
        Value::Int(x * 1000 + i64::try_from(text).unwrap())
    }

    /// Asks for some keys at once, computes what it has to, waits for the others.
    async fn caller(&self, tab: usize, keys: Vec<i64>) {
        let memory = &self.tabs[tab];
        let (text, function) = self.function(tab);
        memory.register("here", &function).await;
        let rules = Rules::default();
        let calls = keys
            .iter()
            .map(|x| at("here", &function, Value::Int(*x), &rules))
            .collect();
        let mut departures = memory.take_off(calls, &rules, self.time.get()).await;
        let mut waits = Vec::new();
        for (x, departure) in keys.into_iter().zip(departures.drain(..)) {
            match departure {
                Departure::Wait(call) => waits.push((x, call)),
                other => self.arrive(memory, x, text, other).await,
            }
        }
        for (x, call) in waits {
            let patience = self.weather.gives_up && self.random.below(4) == 0;
            let waited = memory.wait(call, &rules, || self.time.get());
            let departure = if patience {
                let mut waited = Box::pin(waited);
                let mut left = self.random.below(6);
                let given_up = core::future::poll_fn(|context| {
                    if let core::task::Poll::Ready(departure) = waited.as_mut().poll(context) {
                        return core::task::Poll::Ready(Some(departure));
                    }
                    left = left.saturating_sub(1);
                    if left == 0 {
                        core::task::Poll::Ready(None)
                    } else {
                        core::task::Poll::Pending
                    }
                })
                .await;
                match given_up {
                    Some(departure) => departure,
                    None => continue,
                }
            } else {
                waited.await
            };
            self.arrive(memory, x, text, departure).await;
        }
        memory.flush(self.time.get()).await;
    }

    async fn arrive(
        &self,
        memory: &Tab,
        x: i64,
        text: usize,
        departure: Departure<memory::Hit<Buffer>, Buffer, support::InProcessLock>,
    ) {
        match departure {
            Departure::Found(hit) => assert_eq!(value_of(&hit), Self::answer(x, text)),
            Departure::Compute(flight) => {
                for _ in 0..self.random.below(4) {
                    turn().await;
                }
                if self.random.below(100) < self.weather.failing {
                    self.failures.set(self.failures.get() + 1);
                    return;
                }
                *self.evaluations.borrow_mut().entry(x).or_default() += 1;
                let Value::Int(answer) = Self::answer(x, text) else {
                    panic!("an answer is a number");
                };
                memory.land(flight, packed(answer), 1.0, self.time.get());
                if self.random.below(2) == 0 {
                    memory.flush(self.time.get()).await;
                }
            }
            other => panic!("{other:?}"),
        }
    }

    async fn disturb(&self, what: usize) {
        for _ in 0..self.random.below(30) {
            turn().await;
        }
        let tab = self.random.below(self.tabs.len());
        let memory = &self.tabs[tab];
        match what {
            0 => {
                self.text[tab].set(self.text[tab].get() + 1);
                let (_, function) = self.function(tab);
                memory.register("here", &function).await;
                self.announce(tab);
            }
            1 => {
                memory.clear("here", None).await.unwrap();
                self.announce(tab);
            }
            _ => {
                let limits = Limits {
                    items: Some(1),
                    ..Limits::default()
                };
                memory
                    .reduce_size("here", limits, self.time.get())
                    .await
                    .unwrap();
                self.announce(tab);
            }
        }
    }

    /// Others are told, or not.
    fn announce(&self, from: usize) {
        for (number, tab) in self.tabs.iter().enumerate() {
            if number != from && self.random.below(2) == 0 {
                tab.cleared_elsewhere("here", None);
            }
        }
    }

    fn run(&self) {
        let mut executor = Executor::default();
        for _ in 0..self.weather.callers {
            let count = 1 + self.random.below(3);
            let keys = (0..count)
                .map(|_| i64::try_from(self.random.below(self.weather.keys)).unwrap())
                .collect();
            let tab = self.random.below(self.tabs.len());
            executor.spawn(self.caller(tab, keys));
        }
        let Weather {
            edits,
            clears,
            evictions,
            ..
        } = self.weather;
        for (what, count) in [edits, clears, evictions].into_iter().enumerate() {
            for _ in 0..count {
                executor.spawn(self.disturb(what));
            }
        }
        let mut steps = 0;
        while executor.step(|count| self.random.below(count)) {
            self.time.set(self.time.get() + 1.0);
            steps += 1;
            assert!(steps < 200_000, "somebody waits for ever");
        }
        drop(executor);
        assert!(self.locks.is_free());
        assert!(self.tabs.iter().all(|tab| tab.is_idle()));
        for tab in &self.tabs {
            assert!(
                tab.take_warnings()
                    .iter()
                    .all(|warning| matches!(warning.code(), "memory-edited" | "memory-collision"))
            );
        }
    }
}

const FAIR: Weather = Weather {
    tabs: 1,
    callers: 12,
    keys: 4,
    failing: 0,
    edits: 0,
    clears: 0,
    evictions: 0,
    gives_up: false,
    tier: true,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn one_evaluation_per_key(seed: u64, tabs in 1_usize..4, failing in prop_oneof![Just(0_usize), Just(30)], gives_up: bool, tier: bool) {
        let world = World::new(seed, Weather { tabs, failing, gives_up, tier, ..FAIR });
        world.run();
        for (x, count) in world.evaluations.borrow().iter() {
            prop_assert_eq!(*count, 1, "of {}", x);
        }
    }

    #[test]
    fn never_a_wrong_value(
        seed: u64,
        tabs in 1_usize..4,
        edits in 0_usize..4,
        clears in 0_usize..3,
        evictions in 0_usize..3,
        tier: bool,
    ) {
        let weather = Weather { tabs, edits, clears, evictions, tier, failing: 10, gives_up: true, ..FAIR };
        World::new(seed, weather).run();
    }

    #[test]
    fn a_limit_is_kept_after_each_flush(seed: u64, most in 1_u64..8) {
        let world = World::new(seed, FAIR);
        let each = packed(1000).byte_length() as u64;
        let (memory, store) = (&world.tabs[0], &world.tabs[0].store().0);
        store.slow.set(0);
        let limits = Limits { bytes: Some(most * each), ..Limits::default() };
        memory.keep_within("here", limits);
        for time in 0..100 {
            let x = i64::try_from(world.random.below(20)).unwrap();
            let rules = Rules::default();
            let call = at("here", &f("1"), Value::Int(x), &rules);
            for departure in support::soon(memory.take_off(vec![call], &rules, f64::from(time))) {
                if let Departure::Compute(flight) = departure {
                    memory.land(flight, packed(1000 + x), 1.0, f64::from(time));
                }
            }
            if world.random.below(3) == 0 {
                support::soon(memory.flush(f64::from(time)));
                prop_assert!(store.held("here") <= most * each);
            }
        }
    }
}
