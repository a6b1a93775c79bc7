//! The tasks that were taken from the source and are with no worker.

use std::collections::VecDeque;

use crate::{Options, PreDispatch, TaskId};

/// The queued tasks, and how they are cut into batches.
#[derive(Debug)]
pub(super) struct Queue {
    /// Tasks to be run each in a batch of its own, before all others.
    alone: VecDeque<TaskId>,
    ready: VecDeque<TaskId>,
    n_jobs: usize,
    /// Into how many batches per worker the end of the source is cut.
    tail_parts: usize,
    /// The size of the batches while too few tasks are there for full ones.
    share: usize,
    /// The size of the last batches, once the source has ended and too few tasks are left for full ones.
    tail: Option<usize>,
}

impl Queue {
    pub(super) fn new(options: &Options) -> Self {
        // joblib cuts the end of a source it reads lazily more finely, "to account for potential variance".
        let tail_parts = match options.pre_dispatch {
            PreDispatch::All => 1,
            PreDispatch::Tasks(_) => 10,
        };
        let n_jobs = options.n_jobs.get();
        Self {
            alone: VecDeque::new(),
            ready: VecDeque::new(),
            n_jobs,
            tail_parts,
            share: 1,
            tail: None,
        }
    }

    pub(super) fn push(&mut self, task: TaskId) {
        self.ready.push_back(task);
    }

    /// Shares what is there among the workers, should it not make full batches.
    pub(super) fn share(&mut self) {
        self.share = (self.ready.len() / self.n_jobs).max(1);
    }

    /// Queues tasks again that were with a worker, before those that come later in the source.
    pub(super) fn push_again(&mut self, tasks: &[TaskId]) {
        // From the last to the first, as each then goes near the front, where inserting is cheap.
        for &task in tasks.iter().rev() {
            let place = self.ready.partition_point(|&other| other < task);
            self.ready.insert(place, task);
        }
    }

    /// Queues tasks again that may each be the one which ended a worker.
    pub(super) fn push_alone(&mut self, tasks: &[TaskId]) {
        self.alone.extend(tasks);
    }

    /// Removes a task, if it is here.
    pub(super) fn remove(&mut self, task: TaskId) -> bool {
        if let Ok(index) = self.ready.binary_search(&task) {
            return self.ready.remove(index).is_some();
        }
        let index = self.alone.iter().position(|&other| other == task);
        index.and_then(|index| self.alone.remove(index)).is_some()
    }

    pub(super) fn drain(&mut self) -> Vec<TaskId> {
        self.alone.drain(..).chain(self.ready.drain(..)).collect()
    }

    /// Takes the next batch of this size. Smaller ones come when there are too few tasks, or from the end of the source.
    ///
    /// Unless `anyhow`, nothing is taken while there is less than a batch for each worker: joblib, too, looks that far
    /// ahead, so as to cut the end of the source evenly.
    pub(super) fn cut(&mut self, size: usize, ended: bool, anyhow: bool) -> Option<Vec<TaskId>> {
        if let Some(task) = self.alone.pop_front() {
            return Some(vec![task]);
        }
        let left = self.ready.len();
        if left == 0 {
            return None;
        }
        let enough = left >= size.saturating_mul(self.n_jobs);
        if !(enough || ended || anyhow) {
            return None;
        }
        let size = if ended {
            if self.tail.is_none() && !enough {
                self.tail = Some((left / (self.tail_parts * self.n_jobs)).max(1));
            }
            self.tail.unwrap_or(size)
        } else if left >= size {
            size
        } else {
            self.share
        };
        Some(self.ready.drain(..size.min(left)).collect())
    }
}
