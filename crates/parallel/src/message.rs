//! What the dispatcher is told and what it asks for.

use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{BatchId, Event, Line, TaskId, WorkerId};

/// What the dispatcher is told. Times are the `now` of [`Dispatcher::handle`](crate::Dispatcher::handle).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// Answers an [`Output::Pull`]: the next tasks of the source, which get the next [`TaskId`]s. May be fewer than were
    /// asked for. An empty answer means "none yet": the dispatcher asks again after the next input. Ignored after
    /// [`SourceEnded`](Self::SourceEnded).
    Produced(Vec<Produced>),
    /// The source has no more tasks. Also answers an [`Output::Pull`].
    SourceEnded,
    /// The source threw. Ends the run at once, as in joblib.
    SourceFailed,
    /// This worker can take a batch. Its number must not have been lost or ended before.
    WorkerReady(WorkerId),
    /// Tasks of a batch have ended. They are reported in the order in which the batch held them, each once. Reports of
    /// unknown batches, and reports out of order, are ignored.
    Reported {
        /// The batch that holds the tasks.
        batch: BatchId,
        /// What became of the tasks.
        reports: Vec<Report>,
    },
    /// All of a batch was reported and its worker is idle again. If tasks were not reported, the worker is taken to be
    /// broken: it is ended and the tasks are treated as if it had been lost.
    BatchEnded {
        /// The batch.
        batch: BatchId,
    },
    /// This worker is gone without having been ended by an [`Output::EndWorker`].
    WorkerLost {
        /// The worker.
        worker: WorkerId,
        /// How it went.
        loss: Loss,
    },
    /// No worker can be had at all: the run fails.
    NoWorkers {
        /// Why the last attempt at one failed.
        loss: Loss,
    },
    /// Give up this task, wherever it is, and go on with the others. Ignored if it is done or was never produced.
    CancelTask(TaskId),
    /// Give up the run: all tasks submitted and not done are cancelled.
    Cancel,
    /// Time has passed; see [`Dispatcher::next_deadline`](crate::Dispatcher::next_deadline).
    Tick,
}

/// A task as it comes from the source.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Produced {
    /// To be run.
    Pending,
    /// Its result is already known: it is done at once and goes to no worker.
    Cached,
    /// Its arguments could not be had: it has failed and goes to no worker.
    Unreadable,
}

/// What became of one task on a worker.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// The task.
    pub task: TaskId,
    /// When it began, on the clock that gives the dispatcher its `now`.
    pub started: Duration,
    /// When it ended, on the same clock.
    pub ended: Duration,
    /// Whether it threw.
    pub failed: bool,
}

/// How a worker went.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Its module trapped: out of memory, out of stack, unreachable code.
    Trapped,
    /// Its script threw outside of a task.
    Threw,
    /// It ended itself, or was ended by someone else.
    Ended,
    /// It did not say in time that it was ready.
    HandshakeTimeout,
    /// Its script or module could not be loaded.
    LoadFailed,
    /// It was ended because it took too long.
    TimedOut,
    /// It was ended between two batches, because it had done as many tasks, or its memory had grown as large, as it may.
    Recycled,
    /// Nothing was wrong with it: it was ended along with another, as all threads of one memory end together. Its tasks are
    /// not to blame and run again.
    Collateral,
}

/// What the dispatcher asks for. To be carried out in the order given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Output {
    /// Take up to this many tasks from the source and answer with [`Input::Produced`], [`Input::SourceEnded`] or
    /// [`Input::SourceFailed`]. There is no second one before that answer.
    Pull(usize),
    /// Send these tasks to this worker, which runs them in this order.
    Send {
        /// The worker, which is ready and idle.
        worker: WorkerId,
        /// The number of the new batch.
        batch: BatchId,
        /// Its tasks, at least one.
        tasks: Vec<TaskId>,
    },
    /// End this worker, whatever it does. The dispatcher takes it to be gone; a replacement is announced with
    /// [`Input::WorkerReady`] under a new number.
    EndWorker(WorkerId),
    /// The next result for the caller.
    Yield {
        /// The task.
        task: TaskId,
        /// What became of it.
        outcome: Outcome,
    },
    /// Something happened that a timeline may show.
    Event(Event),
    /// A line about the run, as joblib prints it, if [`Options::verbose`](crate::Options::verbose) asks for lines.
    Print(Line),
    /// The run is over. Exactly once, and last. No worker is busy with this run any more: each has ended its batch, was
    /// lost, or was ended by an [`EndWorker`](Self::EndWorker) before.
    Finished(Ended),
}

/// What became of a task.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It has a result.
    Ok,
    /// Its result was known before it was run.
    Cached,
    /// It threw.
    Failed,
    /// It was alone on a worker that was lost.
    WorkerLost(Loss),
    /// It ran longer than the timeout.
    TimedOut,
    /// It was cancelled.
    Cancelled,
}

/// How a run ended.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// All tasks of the source were yielded.
    Completed,
    /// A task ended the run. It was not yielded, and neither was any task that had not been before.
    Raised {
        /// The task.
        task: TaskId,
        /// [`Outcome::Failed`], [`Outcome::WorkerLost`] or [`Outcome::TimedOut`].
        outcome: Outcome,
    },
    /// The source threw.
    SourceFailed,
    /// No worker could be had.
    NoWorkers(Loss),
    /// It was cancelled.
    Cancelled,
}
