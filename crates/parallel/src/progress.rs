//! How far a run has come.

use core::time::Duration;

use serde::{Deserialize, Serialize};

/// How far a run has come.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Tasks taken from the source.
    pub submitted: usize,
    /// Tasks in the source, once it has ended.
    pub total: Option<usize>,
    /// Tasks whose outcome is known, of any kind; yielded or waiting for their turn.
    pub done: usize,
    /// Of the done: those that threw, lost their worker, or ran too long.
    pub failed: usize,
    /// Of the done: those whose result was known before they were run.
    pub cached: usize,
    /// Of the done: those that were cancelled.
    pub cancelled: usize,
    /// Tasks that are with a worker and not reported. The rest of the submitted and not done is queued.
    pub running: usize,
    /// Time since the start of the run, up to its end.
    pub elapsed: Duration,
    /// Time still to go, by joblib's rule: elapsed time per done task, times the tasks left. `None` before the source
    /// has ended, and before any task is done.
    pub remaining: Option<Duration>,
}

impl Progress {
    /// joblib's estimate of the time still to go.
    pub(crate) fn estimate(
        elapsed: Duration,
        done: usize,
        total: Option<usize>,
    ) -> Option<Duration> {
        let left = total?.checked_sub(done)?;
        if done == 0 {
            return None;
        }
        Duration::try_from_secs_f64(elapsed.as_secs_f64() / done as f64 * left as f64).ok()
    }
}
