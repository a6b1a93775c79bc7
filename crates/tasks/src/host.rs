//! What a task may ask of the place it runs in.

use core::cell::Cell;
use core::time::Duration;

/// What a task may ask of the place it runs in.
pub trait Host {
    /// Blocks the worker for that long.
    fn sleep(&self, duration: Duration);
    /// Keeps the worker computing for that long, to no purpose.
    fn compute(&self, duration: Duration);
    /// Computes so many rounds of [`spin`].
    fn spin(&self, rounds: u64) {
        spin(rounds);
    }
    /// Ends the worker at once, without a word to anybody.
    fn end_worker(&self);
}

/// Computes so many rounds, to no purpose: the same amount of work wherever it is done, one to a few nanoseconds each.
#[inline(never)]
pub fn spin(rounds: u64) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..rounds {
        // Marsaglia's xorshift: each round needs the one before, and no compiler knows where it leads.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
    }
    core::hint::black_box(state);
}

/// A host for tests: it sleeps and computes in no time, and remembers what it was asked.
#[derive(Debug, Default)]
pub struct TestHost {
    /// The sum of all sleeps.
    pub slept: Cell<Duration>,
    /// The sum of all computing; a round counts as a nanosecond.
    pub computed: Cell<Duration>,
    /// Whether the worker was ended.
    pub ended: Cell<bool>,
}

impl Host for TestHost {
    fn sleep(&self, duration: Duration) {
        self.slept.set(self.slept.get() + duration);
    }

    fn compute(&self, duration: Duration) {
        self.computed.set(self.computed.get() + duration);
    }

    fn spin(&self, rounds: u64) {
        self.compute(Duration::from_nanos(rounds));
    }

    fn end_worker(&self) {
        self.ended.set(true);
    }
}
