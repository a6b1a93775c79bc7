//! The dispatcher itself: what is told goes in, what is to be done comes out.

mod batches;
mod endings;
mod queue;
mod source;
mod workers;
mod yields;

#[cfg(test)]
mod tests;

use core::time::Duration;
use std::collections::VecDeque;

use crate::{
    AutoBatchSize, BatchId, BatchSize, Ended, Event, EventKind, Input, Options, Outcome, Output,
    Produced, Progress, Report, TaskId,
};
use batches::{Batches, Running};
use queue::Queue;
use source::Source;
use workers::Workers;
use yields::Yields;

/// Carries out one run: decides which tasks are taken from the source, where they run, and what is yielded when.
///
/// Times are durations since an origin that the driver chooses, the same for all times of a run. A `now` before an
/// earlier one is taken to be that earlier one.
#[derive(Debug)]
pub struct Dispatcher {
    options: Options,
    started: Duration,
    now: Duration,
    /// When the run ended; from then on inputs are ignored.
    finished: Option<Duration>,
    source: Source,
    queue: Queue,
    auto: AutoBatchSize,
    workers: Workers,
    batches: Batches,
    yields: Yields,
    counts: Counts,
    outputs: VecDeque<Output>,
}

/// How many tasks are done, and of these how many in which way.
#[derive(Debug, Default)]
struct Counts {
    done: usize,
    failed: usize,
    cached: usize,
    cancelled: usize,
}

impl Dispatcher {
    /// A run that starts now, with no workers yet.
    #[must_use]
    pub fn new(options: Options, now: Duration) -> Self {
        Self {
            started: now,
            now,
            finished: None,
            source: Source::new(&options),
            queue: Queue::new(&options),
            auto: AutoBatchSize::new(),
            workers: Workers::default(),
            batches: Batches::default(),
            yields: Yields::new(options.order),
            counts: Counts::default(),
            outputs: VecDeque::new(),
            options,
        }
    }

    /// Tells what happened. After the end of the run this does nothing.
    ///
    /// The input is dealt with first, then the tasks that have by now run for too long: a result that arrives late, but
    /// before the lateness was noticed, counts as a result.
    pub fn handle(&mut self, now: Duration, input: Input) {
        if self.finished.is_some() {
            return;
        }
        self.now = self.now.max(now);
        self.source.wake();
        match input {
            Input::Produced(tasks) => self.produced(&tasks),
            Input::SourceEnded => self.source.end(),
            Input::SourceFailed => self.stop(Ended::SourceFailed),
            Input::WorkerReady(worker) => {
                if !self.batches.holds(worker) && self.workers.ready(worker) {
                    self.event(EventKind::WorkerReady { worker });
                }
            }
            Input::Reported { batch, reports } => self.reported(batch, &reports),
            Input::BatchEnded { batch } => self.batch_ended(batch),
            Input::WorkerLost { worker, loss } => self.lost(worker, loss),
            Input::NoWorkers { loss } => self.stop(Ended::NoWorkers(loss)),
            Input::CancelTask(task) => self.cancel_task(task),
            Input::Cancel => self.cancel(),
            Input::Tick => {}
        }
        self.expire();
        if self.source.has_ended()
            && self.counts.done == self.source.submitted()
            && self.batches.is_empty()
        {
            self.finish(Ended::Completed);
        }
    }

    /// The next thing to do, or `None` if there is nothing to do before the next input.
    ///
    /// An [`Output::Pull`] that is answered before the next call gives full batches. If it is not, idle workers get what
    /// there is, so a slow source never keeps them waiting.
    pub fn next_output(&mut self) -> Option<Output> {
        if self.outputs.is_empty() && self.finished.is_none() {
            self.decide();
        }
        self.outputs.pop_front()
    }

    /// When the dispatcher next wants an [`Input::Tick`]: when the first of the running tasks will have run for too long.
    pub fn next_deadline(&self) -> Option<Duration> {
        self.options
            .timeout
            .and_then(|timeout| self.batches.first_deadline(timeout))
    }

    /// Whether the run is over and [`Output::Finished`] was handed out.
    pub fn is_finished(&self) -> bool {
        self.finished.is_some() && self.outputs.is_empty()
    }

    /// How far the run has come.
    pub fn progress(&self, now: Duration) -> Progress {
        let elapsed = self.finished.unwrap_or(now).saturating_sub(self.started);
        let total = self.source.has_ended().then(|| self.source.submitted());
        let Counts {
            done,
            failed,
            cached,
            cancelled,
        } = self.counts;
        Progress {
            submitted: self.source.submitted(),
            total,
            done,
            failed,
            cached,
            cancelled,
            running: self.batches.unreported(),
            elapsed,
            remaining: Progress::estimate(elapsed, done, total),
        }
    }

    fn produced(&mut self, tasks: &[Produced]) {
        let Some(first) = self.source.take(tasks.len()) else {
            if self.source.is_exhausted() {
                self.stop(Ended::SourceFailed);
            }
            return;
        };
        for (task, produced) in (first..).map(TaskId).zip(tasks) {
            self.event(EventKind::Submitted { task });
            match produced {
                Produced::Pending => self.queue.push(task),
                Produced::Cached => {
                    self.event(EventKind::FromCache { task });
                    self.complete(task, Outcome::Cached);
                }
                Produced::Unreadable => {
                    self.event(EventKind::Unreadable { task });
                    self.complete(task, Outcome::Failed);
                }
            }
            if self.finished.is_some() {
                return;
            }
        }
        self.queue.share();
    }

    fn reported(&mut self, batch: BatchId, reports: &[Report]) {
        for report in reports {
            let Some(running) = self.batches.get_mut(batch) else {
                return;
            };
            if running.current() != Some(report.task) {
                continue;
            }
            running.advance(report.ended.min(self.now));
            let (task, worker) = (report.task, running.worker);
            self.event_at(report.started, EventKind::Started { task, worker });
            if report.failed {
                self.event_at(report.ended, EventKind::Failed { task, worker });
                self.complete(task, Outcome::Failed);
            } else {
                self.event_at(report.ended, EventKind::Finished { task, worker });
                self.complete(task, Outcome::Ok);
            }
        }
    }

    fn batch_ended(&mut self, batch: BatchId) {
        let Some(running) = self.batches.remove(batch) else {
            return;
        };
        let worker = running.worker;
        if running.current().is_some() {
            self.end_worker(worker);
            self.give_back(&running, crate::Loss::Ended);
            return;
        }
        self.event(EventKind::BatchEnded { batch, worker });
        self.workers.idle(worker);
        self.source.batch_ended();
        if self.options.batch_size == BatchSize::Auto {
            let before = self.auto.size();
            self.auto
                .record(running.tasks.len(), self.now.saturating_sub(running.sent));
            let size = self.auto.adapt();
            if size != before {
                self.event(EventKind::BatchSize { size: size as u32 });
            }
        }
    }

    /// Settles the outcome of a task, once per task: counts it, and yields it or ends the run with it.
    fn complete(&mut self, task: TaskId, outcome: Outcome) {
        self.counts.done += 1;
        match outcome {
            Outcome::Ok => {}
            Outcome::Cached => self.counts.cached += 1,
            Outcome::Cancelled => self.counts.cancelled += 1,
            Outcome::Failed | Outcome::WorkerLost(_) | Outcome::TimedOut => self.counts.failed += 1,
        }
        if self.options.raises(outcome) {
            self.stop(Ended::Raised { task, outcome });
        } else {
            self.yields.settle(task, outcome, &mut self.outputs);
        }
    }

    /// A pull comes first unless there is plenty: a source that answers at once then gives full batches, and its end is
    /// known before the last tasks are cut into batches.
    fn decide(&mut self) {
        self.send_batches(false);
        if !self.outputs.is_empty() {
            return;
        }
        if let Some(most) = self.source.pull(self.batch_size(), self.counts.done) {
            self.outputs.push_back(Output::Pull(most));
            return;
        }
        self.send_batches(true);
    }

    fn send_batches(&mut self, anyhow: bool) {
        while self.batches.len() < self.options.n_jobs.get() {
            let Some(worker) = self.workers.first_idle() else {
                return;
            };
            let Some(tasks) = self
                .queue
                .cut(self.batch_size(), self.source.has_ended(), anyhow)
            else {
                return;
            };
            self.workers.busy(worker);
            let batch = self.batches.start(worker, tasks.clone(), self.now);
            for &task in &tasks {
                self.event(EventKind::Dispatched {
                    task,
                    worker,
                    batch,
                });
            }
            self.outputs.push_back(Output::Send {
                worker,
                batch,
                tasks,
            });
        }
    }

    fn batch_size(&self) -> usize {
        match self.options.batch_size {
            BatchSize::Auto => self.auto.size(),
            BatchSize::Fixed(size) => size.get(),
        }
    }

    fn event(&mut self, kind: EventKind) {
        self.event_at(self.now, kind);
    }

    fn event_at(&mut self, at: Duration, kind: EventKind) {
        self.outputs.push_back(Output::Event(Event { at, kind }));
    }
}
