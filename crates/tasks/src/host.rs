//! What a task may ask of the place it runs in.

use core::cell::Cell;
use core::time::Duration;

/// What a task may ask of the place it runs in.
pub trait Host {
    /// Blocks the worker for that long.
    fn sleep(&self, duration: Duration);
    /// Keeps the worker computing for that long, to no purpose.
    fn compute(&self, duration: Duration);
    /// Ends the worker at once, without a word to anybody.
    fn end_worker(&self);
}

/// A host for tests: it sleeps in no time, and remembers what it was asked.
#[derive(Debug, Default)]
pub struct TestHost {
    /// The sum of all sleeps.
    pub slept: Cell<Duration>,
    /// The sum of all computing.
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

    fn end_worker(&self) {
        self.ended.set(true);
    }
}
