//! The port: what carries batches to workers.

pub(crate) mod contract;
pub(crate) mod recording;
pub(crate) mod sequential;

use core::time::Duration;

use crate::{BatchId, Input, TaskId, WorkerId};

/// What carries batches to workers and can end them: the side of a driver that faces the workers.
///
/// Neither call waits. Answers come back as [`Input`]s, by whatever way the platform has, under this contract, which
/// [`breaches`](crate::breaches) checks on a log of what passed:
///
/// - Every task of a batch is reported, in the order sent, each once; then the batch is said to have ended. Or else the
///   worker is said to be lost, once.
/// - A worker that was ended need not answer any more, and is not said to be lost. If answers of it are still on their
///   way, they may arrive.
/// - A call about a worker that is gone does nothing, except that a batch sent to it is answered by its being lost, if it
///   was not ended.
pub trait Backend {
    /// Sends tasks to a worker that is ready and idle. The worker runs them in this order.
    fn send(&mut self, worker: WorkerId, batch: BatchId, tasks: &[TaskId]);

    /// Ends a worker, whatever it does. Its tasks need not run to their end.
    fn end_worker(&mut self, worker: WorkerId);
}

/// A backend whose answers can be fetched without waiting, because it runs tasks in place or only pretends to.
pub trait Polled: Backend {
    /// The next answer and when it came, or `None` if there will be none before another batch is sent.
    fn next_input(&mut self) -> Option<(Duration, Input)>;
}
