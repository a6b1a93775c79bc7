//! What a task may ask of the place it runs in.

use core::cell::{Cell, RefCell};
use core::time::Duration;

use values::Value;

use crate::TaskError;

/// What a task may ask of the place it runs in.
pub trait Host {
    /// Blocks the worker for that long.
    fn sleep(&self, duration: Duration);
    /// Keeps the worker computing for that long, to no purpose.
    fn compute(&self, duration: Duration);
    /// Ends the worker at once, without a word to anybody.
    fn end_worker(&self);
    /// Keeps a value in the worker, in the place of the one it kept before, for tasks that run there later.
    fn keep(&self, value: Value);
    /// What the worker keeps; nothing if nothing was kept.
    fn kept(&self) -> Value;
    /// Makes a parallel call within this task.
    ///
    /// # Errors
    /// The first error of its tasks, or [`TaskError::Call`] if there can be no such call here.
    fn parallel(&self, call: InnerCall<'_>) -> Result<InnerRun, TaskError> {
        let _ = call;
        Err(TaskError::Call {
            code: "no-calls",
            message: "Tasks can make no parallel calls here.".to_owned(),
        })
    }
}

/// A parallel call within a task.
#[derive(Clone, Debug, PartialEq)]
pub struct InnerCall<'a> {
    /// The name of the task that is to be run.
    pub task: &'a str,
    /// The arguments of each.
    pub items: Vec<Value>,
    /// How many workers are asked for, as for any call.
    pub n_jobs: i64,
}

/// What became of a parallel call within a task.
#[derive(Clone, Debug, PartialEq)]
pub struct InnerRun {
    /// The results, in the order of the items.
    pub results: Vec<Value>,
    /// The name of the backend that did the work.
    pub backend: String,
    /// How many calls with several workers are around it.
    pub level: u32,
    /// Why that was so, where it is not what one would expect, in sentences.
    pub notes: Vec<String>,
}

/// A host for tests: it sleeps in no time, and remembers what it was asked.
#[derive(Debug, Default)]
pub struct TestHost {
    /// The sum of all sleeps.
    pub slept: Cell<Duration>,
    /// The sum of all computing.
    pub computed: Cell<Duration>,
    /// What is kept.
    pub kept: RefCell<Option<Value>>,
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

    fn keep(&self, value: Value) {
        *self.kept.borrow_mut() = Some(value);
    }

    fn kept(&self) -> Value {
        self.kept.borrow().clone().unwrap_or(Value::Null)
    }
}
