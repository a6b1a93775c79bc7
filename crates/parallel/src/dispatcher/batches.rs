//! The batches that are with a worker: at most one per worker, so few that a search is cheap.

use core::time::Duration;

use super::queue::Batch;
use super::tasks::Tasks;
use crate::{BatchId, TaskId, WorkerId};

/// A batch that is with a worker.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) batch: BatchId,
    pub(super) worker: WorkerId,
    /// The tasks that were not reported.
    pub(super) rest: Tasks,
    /// How many tasks it had when it was sent.
    pub(super) size: usize,
    /// When it was put in line for a worker.
    pub(super) dispatched: Duration,
    /// When the first task that was not reported is taken to have begun.
    began: Duration,
}

impl Running {
    /// The first task that was not reported: the one that is running.
    pub(super) fn current(&self) -> Option<TaskId> {
        self.rest.first()
    }

    /// How many tasks were reported.
    pub(super) fn reported(&self) -> usize {
        self.size - self.rest.len()
    }

    /// The current task ended then, and the next one began.
    pub(super) fn advance(&mut self, ended: Duration) {
        self.rest.pop();
        self.began = self.began.max(ended);
    }

    fn deadline(&self, timeout: Duration) -> Option<Duration> {
        self.current().and_then(|_| self.began.checked_add(timeout))
    }
}

/// All batches that are with a worker.
#[derive(Debug, Default)]
pub(super) struct Batches {
    running: Vec<Running>,
    next: u32,
}

impl Batches {
    pub(super) fn len(&self) -> usize {
        self.running.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    pub(super) fn start(&mut self, worker: WorkerId, sent: Batch, now: Duration) -> BatchId {
        let batch = BatchId(self.next);
        // Only recent numbers can still turn up in messages, so starting over after 2^32 batches does no harm.
        self.next = self.next.wrapping_add(1);
        self.running.push(Running {
            batch,
            worker,
            size: sent.tasks.len(),
            rest: sent.tasks,
            dispatched: sent.dispatched,
            began: now,
        });
        batch
    }

    pub(super) fn get_mut(&mut self, batch: BatchId) -> Option<&mut Running> {
        self.running
            .iter_mut()
            .find(|running| running.batch == batch)
    }

    pub(super) fn holds(&self, worker: WorkerId) -> bool {
        self.running.iter().any(|running| running.worker == worker)
    }

    pub(super) fn remove(&mut self, batch: BatchId) -> Option<Running> {
        self.remove_where(|running| running.batch == batch)
    }

    pub(super) fn remove_of(&mut self, worker: WorkerId) -> Option<Running> {
        self.remove_where(|running| running.worker == worker)
    }

    /// Removes the batch that holds this task, if the task was not reported.
    pub(super) fn remove_with(&mut self, task: TaskId) -> Option<Running> {
        self.remove_where(|running| running.rest.contains(task))
    }

    /// Removes the batch whose current task ran out of time first.
    pub(super) fn remove_expired(&mut self, now: Duration, timeout: Duration) -> Option<Running> {
        let first = self
            .first_deadline(timeout)
            .filter(|&deadline| deadline <= now);
        first
            .and_then(|first| self.remove_where(|running| running.deadline(timeout) == Some(first)))
    }

    pub(super) fn first_deadline(&self, timeout: Duration) -> Option<Duration> {
        self.running
            .iter()
            .filter_map(|running| running.deadline(timeout))
            .min()
    }

    pub(super) fn unreported(&self) -> usize {
        self.running.iter().map(|running| running.rest.len()).sum()
    }

    /// How many tasks of these batches were reported.
    pub(super) fn reported(&self) -> usize {
        self.running.iter().map(Running::reported).sum()
    }

    pub(super) fn drain(&mut self) -> Vec<Running> {
        core::mem::take(&mut self.running)
    }

    fn remove_where(&mut self, is_it: impl Fn(&Running) -> bool) -> Option<Running> {
        self.running
            .iter()
            .position(is_it)
            .map(|index| self.running.remove(index))
    }
}
