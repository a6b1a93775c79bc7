//! The contract of [`Backend`](crate::Backend) as a check on a log of what passed, so that a backend can be checked wherever it runs,
//! natively or in a browser.

use core::fmt;

use crate::{BatchId, Input, Report, TaskId, WorkerId};

/// One thing that passed between a driver and its backend.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Exchange {
    /// The driver called [`Backend::send`](crate::Backend::send).
    Sent {
        /// The worker.
        worker: WorkerId,
        /// The batch.
        batch: BatchId,
        /// Its tasks.
        tasks: Vec<TaskId>,
    },
    /// The driver called [`Backend::end_worker`](crate::Backend::end_worker).
    EndedWorker(WorkerId),
    /// The backend answered.
    Heard(Input),
}

/// A way in which a log breaks the contract.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Breach {
    /// A batch was reported or ended that was not sent, or had ended.
    UnknownBatch(BatchId),
    /// A task was reported that was not the next one of its batch.
    OutOfOrder(BatchId, TaskId),
    /// A task is said to have ended before it began.
    NegativeTime(TaskId),
    /// A batch is said to have ended with tasks not reported.
    EndedEarly(BatchId),
    /// A worker is said to be lost that was lost or ended before.
    LostTwice(WorkerId),
    /// A batch was never answered in full although its worker was neither lost nor ended.
    NeverEnded(BatchId),
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownBatch(batch) => {
                write!(f, "batch {} was answered but is not running", batch.0)
            }
            Self::OutOfOrder(batch, task) => {
                write!(
                    f,
                    "task {} of batch {} was reported out of order",
                    task.0, batch.0
                )
            }
            Self::NegativeTime(task) => write!(f, "task {} ended before it began", task.0),
            Self::EndedEarly(batch) => write!(f, "batch {} ended with tasks not reported", batch.0),
            Self::LostTwice(worker) => write!(f, "worker {} was lost after it was gone", worker.0),
            Self::NeverEnded(batch) => write!(f, "batch {} was never answered in full", batch.0),
        }
    }
}

/// All ways in which a log of a whole run breaks the contract, in the order of the log; none for a good backend.
pub fn breaches(log: &[Exchange]) -> Vec<Breach> {
    let mut audit = Audit::default();
    for exchange in log {
        match exchange {
            Exchange::Sent {
                worker,
                batch,
                tasks,
            } => {
                audit.open.push(Open {
                    batch: *batch,
                    worker: *worker,
                    tasks,
                    reported: 0,
                });
            }
            Exchange::EndedWorker(worker) => audit.gone.push(*worker),
            Exchange::Heard(Input::Reported { batch, reports }) => audit.reported(*batch, reports),
            Exchange::Heard(Input::BatchEnded { batch }) => audit.ended(*batch),
            Exchange::Heard(Input::WorkerLost { worker, .. }) => audit.lost(*worker),
            Exchange::Heard(_) => {}
        }
    }
    let Audit {
        open,
        gone,
        mut found,
    } = audit;
    let unanswered = open.iter().filter(|open| !gone.contains(&open.worker));
    found.extend(unanswered.map(|open| Breach::NeverEnded(open.batch)));
    found
}

#[derive(Default)]
struct Audit<'a> {
    open: Vec<Open<'a>>,
    gone: Vec<WorkerId>,
    found: Vec<Breach>,
}

struct Open<'a> {
    batch: BatchId,
    worker: WorkerId,
    tasks: &'a [TaskId],
    reported: usize,
}

impl Audit<'_> {
    fn reported(&mut self, batch: BatchId, reports: &[Report]) {
        let Some(open) = self.open.iter_mut().find(|open| open.batch == batch) else {
            self.found.push(Breach::UnknownBatch(batch));
            return;
        };
        for report in reports {
            if open.tasks.get(open.reported) == Some(&report.task) {
                open.reported += 1;
            } else {
                self.found.push(Breach::OutOfOrder(batch, report.task));
            }
            if report.ended < report.started {
                self.found.push(Breach::NegativeTime(report.task));
            }
        }
    }

    fn ended(&mut self, batch: BatchId) {
        let Some(index) = self.open.iter().position(|open| open.batch == batch) else {
            self.found.push(Breach::UnknownBatch(batch));
            return;
        };
        let open = self.open.remove(index);
        if open.reported < open.tasks.len() {
            self.found.push(Breach::EndedEarly(batch));
        }
    }

    fn lost(&mut self, worker: WorkerId) {
        if self.gone.contains(&worker) {
            self.found.push(Breach::LostTwice(worker));
        }
        self.gone.push(worker);
    }
}

#[cfg(test)]
mod tests;
