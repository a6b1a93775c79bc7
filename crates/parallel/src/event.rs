//! What happened when: enough to draw a timeline, and to compute utilisation, queueing and overhead.

use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{BatchId, Loss, TaskId, WorkerId};

/// Something that happened in a run.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Event {
    /// When, on the clock that gives the dispatcher its `now`. [`EventKind::Started`], [`EventKind::Finished`] and
    /// [`EventKind::Failed`] bear the worker's own times, so events are not sorted by time.
    pub at: Duration,
    /// What.
    pub kind: EventKind,
}

/// What happened.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// A task came from the source.
    Submitted {
        /// The task.
        task: TaskId,
    },
    /// A task was sent to a worker.
    Dispatched {
        /// The task.
        task: TaskId,
        /// The worker.
        worker: WorkerId,
        /// The batch that holds the task.
        batch: BatchId,
    },
    /// A task began to run. Known only once it has ended.
    Started {
        /// The task.
        task: TaskId,
        /// The worker.
        worker: WorkerId,
    },
    /// A task ended with a result.
    Finished {
        /// The task.
        task: TaskId,
        /// The worker.
        worker: WorkerId,
    },
    /// A task threw, or was alone on a worker that was lost.
    Failed {
        /// The task.
        task: TaskId,
        /// The worker.
        worker: WorkerId,
    },
    /// Its arguments could not be had, so it failed without going to a worker.
    Unreadable {
        /// The task.
        task: TaskId,
    },
    /// The result of a task was known before it was run.
    FromCache {
        /// The task.
        task: TaskId,
    },
    /// A task went back to the queue because its worker was lost or ended.
    Requeued {
        /// The task.
        task: TaskId,
    },
    /// A task ran longer than the timeout.
    TimedOut {
        /// The task.
        task: TaskId,
        /// The worker.
        worker: WorkerId,
    },
    /// A task was cancelled.
    Cancelled {
        /// The task.
        task: TaskId,
    },
    /// A worker can take a batch.
    WorkerReady {
        /// The worker.
        worker: WorkerId,
    },
    /// A worker has reported a whole batch and is idle again.
    BatchEnded {
        /// The batch.
        batch: BatchId,
        /// The worker.
        worker: WorkerId,
    },
    /// A worker was ended by the dispatcher.
    WorkerEnded {
        /// The worker.
        worker: WorkerId,
    },
    /// A worker went by itself.
    WorkerLost {
        /// The worker.
        worker: WorkerId,
        /// How it went.
        loss: Loss,
    },
    /// The automatic batch size changed.
    BatchSize {
        /// The new size, in tasks.
        size: u32,
    },
}

impl EventKind {
    /// Whether it is about a worker or the run, and so rare, and told even if [`Options::events`](crate::Options::events) is
    /// false.
    pub(crate) const fn is_rare(&self) -> bool {
        matches!(
            self,
            Self::WorkerReady { .. }
                | Self::WorkerEnded { .. }
                | Self::WorkerLost { .. }
                | Self::BatchSize { .. }
        )
    }
}
