//! The named tasks that workers run.
//!
//! A task is a name and a function of one [`Value`]; it never captures anything, so it can run in any worker, and its
//! name, version and arguments are the key under which its result is remembered. One file per task, in `catalogue/`.
//!
//! ```
//! use tasks::{TestHost, find};
//! use values::Value;
//! let primes = find("count_primes").unwrap();
//! let count = primes.run(Value::map([("limit", Value::Int(100))]), &TestHost::default());
//! assert_eq!(count, Ok(Value::Int(25)));
//! ```

mod catalogue;
mod error;
mod host;

use values::Value;

pub use catalogue::{all, compute, find};
pub use error::TaskError;
pub use host::{Host, InnerCall, InnerRun, TestHost};

/// One named argument of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it takes, with its unit.
    pub help: &'static str,
}

/// What a worker can be asked to do.
pub trait Task: Sync {
    /// The name by which it is called.
    fn name(&self) -> &'static str;
    /// Raised by one whenever the same arguments may give another result; older results are then forgotten.
    fn version(&self) -> u32;
    /// What it does, in one sentence.
    fn summary(&self) -> &'static str;
    /// The named arguments it takes; empty if it takes any value.
    fn parameters(&self) -> &'static [Parameter];
    /// Does it.
    ///
    /// # Errors
    /// If the arguments are not of the form that [`Task::parameters`] says, or as the task's own page says.
    fn run(&self, arguments: Value, host: &dyn Host) -> Result<Value, TaskError>;
}
