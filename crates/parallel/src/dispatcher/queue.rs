//! The tasks that were taken from the source and are with no worker, and how they become batches.

use core::time::Duration;
use std::collections::VecDeque;

use super::tasks::Tasks;
use crate::{BatchSize, Options, PreDispatch, TaskId};

/// A batch on its way to a worker.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) tasks: Tasks,
    /// When it was put into the line. joblib measures how long a batch takes from here, for the automatic batch size.
    pub(super) dispatched: Duration,
}

/// Cuts tasks into batches where and when joblib does (`dispatch_one_batch` in `parallel.py`, 1.6.0).
///
/// First the tasks of `pre_dispatch` are cut, and all these batches stand in *line* for a worker. From then on each batch that
/// ends lets one more into the line. So as to be even, tasks are cut a *slice* at a time: a batch for each worker. The cut
/// batches of a slice that are not in the line yet wait in `cut`. The last slice, if it is not whole, is cut finely.
///
/// Where the whole source is read at once, joblib puts all of it in line at once, in batches of one task if their size is
/// automatic. Here a slice is cut when a worker is idle, so the size still adapts.
#[derive(Debug)]
pub(super) struct Queue {
    /// Tasks to be run each in a batch of its own, before all others.
    alone: VecDeque<TaskId>,
    line: VecDeque<Batch>,
    cut: VecDeque<Tasks>,
    /// Taken from the source and not cut.
    uncut: Tasks,
    n_jobs: usize,
    window: Option<Window>,
    /// How many batches were put in line.
    dispatched: usize,
}

/// How many batches may be in line or with a worker.
#[derive(Debug)]
struct Window {
    /// How many tasks of `pre_dispatch` are not yet in line.
    opening: usize,
    batches: usize,
}

impl Queue {
    pub(super) fn new(options: &Options) -> Self {
        let n_jobs = options.n_jobs.get();
        let window = match options.pre_dispatch {
            PreDispatch::All => None,
            PreDispatch::Tasks(tasks) => {
                let size = match options.batch_size {
                    BatchSize::Auto => 1,
                    BatchSize::Fixed(size) => size.get(),
                };
                Some(Window {
                    opening: tasks.get(),
                    batches: batches_of(tasks.get(), size, n_jobs),
                })
            }
        };
        Self {
            alone: VecDeque::new(),
            line: VecDeque::new(),
            cut: VecDeque::new(),
            uncut: Tasks::default(),
            n_jobs,
            window,
            dispatched: 0,
        }
    }

    /// How many batches were ever put in line.
    pub(super) fn dispatched(&self) -> usize {
        self.dispatched
    }

    /// Whether all that came from the source is cut into batches.
    pub(super) fn is_cut(&self) -> bool {
        self.uncut.is_empty()
    }

    /// A task has come from the source.
    pub(super) fn push(&mut self, task: TaskId) {
        self.uncut.push(task);
    }

    /// So many tasks have come from the source, of whatever kind.
    pub(super) fn taken(&mut self, tasks: usize, size: usize, now: Duration) {
        let Some(window) = &mut self.window else {
            return;
        };
        if window.opening > 0 {
            window.opening = window.opening.saturating_sub(tasks);
            if window.opening == 0 {
                self.open(size, now);
            }
        }
    }

    /// The source has ended.
    pub(super) fn ended(&mut self, size: usize, now: Duration) {
        if let Some(window) = &mut self.window
            && window.opening > 0
        {
            window.opening = 0;
            self.open(size, now);
        }
    }

    /// Puts all that `pre_dispatch` allows in line.
    fn open(&mut self, size: usize, now: Duration) {
        while !self.uncut.is_empty() {
            self.cut_slice(size, 1);
        }
        while let Some(tasks) = self.cut.pop_front() {
            self.put_in_line(tasks, now);
        }
    }

    fn cut_slice(&mut self, size: usize, tail_parts: usize) {
        let slice = size.saturating_mul(self.n_jobs);
        let mut tasks = self.uncut.take(slice);
        let parts = if tasks.len() < slice { tail_parts } else { 1 };
        let part = (tasks.len() / (parts * self.n_jobs)).max(1);
        while !tasks.is_empty() {
            self.cut.push_back(tasks.take(part));
        }
    }

    fn put_in_line(&mut self, tasks: Tasks, dispatched: Duration) {
        self.dispatched += 1;
        self.line.push_back(Batch { tasks, dispatched });
    }

    /// Puts batches in line as long as there is room, `running` being with workers; `idle` more workers are idle. Returns
    /// whether there is room left for which no tasks are there.
    pub(super) fn dispatch(
        &mut self,
        size: usize,
        ended: bool,
        running: usize,
        idle: usize,
        now: Duration,
    ) -> bool {
        // joblib cuts the end of a source it reads lazily more finely, "to account for potential variance".
        let (room, tail_parts) = match &self.window {
            Some(window) if window.opening > 0 => return false,
            Some(window) => (window.batches, 10),
            None => (running + idle, 1),
        };
        while running + self.waiting() < room {
            if self.cut.is_empty() {
                let whole = self.uncut.len() >= size.saturating_mul(self.n_jobs);
                if !whole && !ended {
                    return true;
                }
                self.cut_slice(size, tail_parts);
            }
            let Some(tasks) = self.cut.pop_front() else {
                return true;
            };
            self.put_in_line(tasks, now);
        }
        false
    }

    /// Puts a batch in line although its slice is not whole yet, for an idle worker.
    pub(super) fn dispatch_anyhow(&mut self, size: usize, running: usize, now: Duration) {
        let room = (self.window.as_ref()).is_none_or(|window| running < window.batches);
        if !room {
            return;
        }
        let tasks = self.cut.pop_front().unwrap_or_else(|| {
            let part = (self.uncut.len() / self.n_jobs).clamp(1, size);
            self.uncut.take(part)
        });
        if !tasks.is_empty() {
            self.put_in_line(tasks, now);
        }
    }

    fn waiting(&self) -> usize {
        self.alone.len() + self.line.len()
    }

    /// How many more tasks to take from the source now, `running` batches being with workers.
    pub(super) fn wanted(&self, size: usize, running: usize) -> usize {
        let slice = size.saturating_mul(self.n_jobs);
        let Some(window) = &self.window else {
            return slice.max(ALL_AT_ONCE);
        };
        if window.opening > 0 {
            return window.opening;
        }
        let batches = (window.batches).saturating_sub(running + self.waiting() + self.cut.len());
        let slices = batches.div_ceil(self.n_jobs);
        // All that there is room for at once: where results are looked up in a memory, one question for many is far cheaper
        // than many for one.
        slices
            .saturating_mul(slice)
            .saturating_sub(self.uncut.len())
    }

    /// The next batch for a worker.
    pub(super) fn next(&mut self, now: Duration) -> Option<Batch> {
        if let Some(task) = self.alone.pop_front() {
            return Some(Batch {
                tasks: Tasks::one(task),
                dispatched: now,
            });
        }
        self.line.pop_front()
    }

    /// Queues tasks again that were with a worker, before those that come later in the source.
    pub(super) fn push_again(&mut self, tasks: Tasks, now: Duration) {
        let place = self
            .line
            .partition_point(|batch| batch.tasks.first() < tasks.first());
        let batch = Batch {
            tasks,
            dispatched: now,
        };
        self.line.insert(place, batch);
    }

    /// Queues tasks again that may each be the one which ended a worker.
    pub(super) fn push_alone(&mut self, tasks: &Tasks) {
        self.alone.extend(tasks.iter());
    }

    /// Removes a task, if it is here.
    pub(super) fn remove(&mut self, task: TaskId) -> bool {
        if let Some(index) = self.alone.iter().position(|&other| other == task) {
            return self.alone.remove(index).is_some();
        }
        let in_line = self.line.iter_mut().map(|batch| &mut batch.tasks);
        let found = in_line
            .chain(&mut self.cut)
            .chain([&mut self.uncut])
            .any(|tasks| tasks.remove(task));
        self.line.retain(|batch| !batch.tasks.is_empty());
        self.cut.retain(|tasks| !tasks.is_empty());
        found
    }

    pub(super) fn drain(&mut self) -> Vec<TaskId> {
        let line = self.line.drain(..).map(|batch| batch.tasks);
        let uncut = core::mem::take(&mut self.uncut);
        let mut all: Vec<_> = self.alone.drain(..).collect();
        for tasks in line.chain(self.cut.drain(..)).chain([uncut]) {
            all.extend(tasks.iter());
        }
        all
    }
}

/// How many tasks at a time a source is asked for that is to be read at once.
const ALL_AT_ONCE: usize = 1024;

/// Into how many batches joblib cuts the tasks of `pre_dispatch`.
fn batches_of(tasks: usize, size: usize, n_jobs: usize) -> usize {
    let slice = size.saturating_mul(n_jobs);
    let rest = tasks % slice;
    let part = (rest / n_jobs).max(1);
    (tasks / slice)
        .saturating_mul(n_jobs)
        .saturating_add(rest.div_ceil(part))
}
