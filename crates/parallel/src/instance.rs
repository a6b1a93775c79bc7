//! One call at a time.

use core::cell::Cell;
use core::fmt;
use std::rc::Rc;

/// What carries out one call at a time, as one `Parallel` of joblib does: a second call while one runs is an error at once,
/// not a wait.
#[derive(Clone, Debug, Default)]
pub struct Instance {
    calls: Rc<Cell<bool>>,
}

/// A call that runs. It is over when this is dropped, whether its results were all taken or not.
#[derive(Debug)]
pub struct RunningCall {
    calls: Rc<Cell<bool>>,
}

/// A second call while one runs.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct AlreadyRunning;

impl Instance {
    /// Begins a call.
    ///
    /// # Errors
    /// [`AlreadyRunning`] while another call of this instance runs.
    pub fn begin(&self) -> Result<RunningCall, AlreadyRunning> {
        if self.calls.replace(true) {
            return Err(AlreadyRunning);
        }
        let calls = Rc::clone(&self.calls);
        Ok(RunningCall { calls })
    }
}

impl Drop for RunningCall {
    fn drop(&mut self) {
        self.calls.set(false);
    }
}

impl AlreadyRunning {
    /// A name for this error that stays the same from version to version.
    pub const fn code(&self) -> &'static str {
        "already-running"
    }
}

impl fmt::Display for AlreadyRunning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "This instance is already running: take all results of the call before, or drop it, or make another instance.",
        )
    }
}

impl core::error::Error for AlreadyRunning {}
