//! The dispatcher itself: what is told goes in, what is to be done comes out.

mod batches;
mod endings;
mod queue;
mod source;
mod tasks;
mod workers;
mod yields;

#[cfg(test)]
mod tests;

use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};

use crate::verbose::{Counted, Stage};
use crate::{
    AutoBatchSize, BatchId, BatchSize, Ended, Event, EventKind, Input, Options, Outcome, Output,
    PreDispatch, Produced, Progress, Report, TaskId,
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
    /// How often tasks were run again that were alone on a lost worker; few.
    retried: BTreeMap<TaskId, u32>,
    /// Since when there has been a worker: what a batch waited before that does not count for the automatic batch size.
    first_worker: Option<Duration>,
    /// Whether joblib would have found nothing more to dispatch.
    drained: bool,
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
        let n_jobs = options.n_jobs.get();
        let verbose = options.verbose.as_ref().filter(|_| n_jobs > 1);
        let begin = verbose.and_then(|verbose| verbose.begin(n_jobs));
        Self {
            started: now,
            now,
            finished: None,
            source: Source::new(),
            queue: Queue::new(&options),
            auto: AutoBatchSize::new(),
            workers: Workers::default(),
            batches: Batches::default(),
            yields: Yields::new(options.order),
            counts: Counts::default(),
            retried: BTreeMap::new(),
            first_worker: None,
            drained: options.pre_dispatch == PreDispatch::All,
            outputs: begin.map(Output::Print).into_iter().collect(),
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
            Input::SourceEnded => {
                self.source.end();
                self.queue.ended(self.batch_size(), self.now);
            }
            Input::SourceFailed => self.stop(Ended::SourceFailed),
            Input::WorkerReady(worker) => {
                if !self.batches.holds(worker) && self.workers.ready(worker) {
                    self.first_worker.get_or_insert(self.now);
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
        if self.finished.is_none()
            && self.source.has_ended()
            && self.counts.done == self.source.submitted()
            && self.batches.is_empty()
        {
            if self.is_plain_loop() {
                self.print_stage(Stage::Complete);
            }
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
        let done = self.counts.done;
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
        self.queue.taken(tasks.len(), self.batch_size(), self.now);
        if self.counts.done > done {
            self.print_progress();
        }
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
            self.give_back(running, crate::Loss::Ended);
            return;
        }
        self.event(EventKind::BatchEnded { batch, worker });
        self.workers.idle(worker);
        let since = self
            .first_worker
            .map_or(running.dispatched, |first| running.dispatched.max(first));
        self.auto
            .record(running.size, self.now.saturating_sub(since));
        self.print_progress();
        if self.options.batch_size == BatchSize::Auto && !self.nothing_to_cut() {
            self.adapt();
        }
    }

    /// Whether the size of batches does not matter any more.
    fn nothing_to_cut(&self) -> bool {
        match self.options.pre_dispatch {
            PreDispatch::Tasks(_) => self.drained,
            PreDispatch::All => self.source.has_ended() && self.queue.is_cut(),
        }
    }

    fn adapt(&mut self) {
        let before = self.auto.size();
        let adapted = self.auto.adapt();
        // joblib's plain loop has no batches to speak of.
        let verbose = self.options.verbose.as_ref();
        let verbose = verbose.filter(|_| !self.is_plain_loop());
        let line = verbose.and_then(|verbose| verbose.adapted(adapted));
        self.outputs.extend(line.map(Output::Print));
        let size = self.auto.size();
        if size != before {
            self.event(EventKind::BatchSize { size: size as u32 });
        }
    }

    /// joblib runs one job at a time as a plain loop, and prints accordingly.
    fn is_plain_loop(&self) -> bool {
        self.options.n_jobs.get() == 1
    }

    /// Prints what joblib prints when a batch has ended.
    fn print_progress(&mut self) {
        if self.options.verbose.is_none() || self.finished.is_some() || self.is_plain_loop() {
            return;
        }
        let completed = self.counts.done - self.batches.reported();
        let ended = self.source.has_ended() && completed == self.source.submitted();
        self.print_stage(match (self.drained, ended) {
            (false, _) => Stage::Open,
            (true, false) => Stage::Drained,
            (true, true) => Stage::Complete,
        });
    }

    fn print_stage(&mut self, stage: Stage) {
        let Some(verbose) = &self.options.verbose else {
            return;
        };
        let completed = self.counts.done - self.batches.reported();
        let counted = Counted {
            completed,
            dispatched: self.source.submitted(),
            batches: self.queue.dispatched(),
            stage,
        };
        let elapsed = self.now.saturating_sub(self.started);
        let line = verbose.progress(counted, &self.options, elapsed);
        self.outputs.extend(line.map(Output::Print));
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
            if self.is_plain_loop() {
                self.print_task();
            }
            self.yields.settle(task, outcome, &mut self.outputs);
        }
    }

    /// Prints what joblib prints after a task of a plain loop.
    fn print_task(&mut self) {
        let Some(verbose) = &self.options.verbose else {
            return;
        };
        let counted = Counted {
            completed: self.counts.done,
            dispatched: self.source.submitted(),
            batches: self.counts.done,
            stage: Stage::Open,
        };
        let elapsed = self.now.saturating_sub(self.started);
        let line = verbose.progress(counted, &self.options, elapsed);
        self.outputs.extend(line.map(Output::Print));
    }

    /// Batches that are cut come first, then a pull: a source that answers at once then gives full batches, and its end is
    /// known before the last tasks are cut into batches.
    fn decide(&mut self) {
        let size = self.batch_size();
        self.dispatch(size);
        self.send_batches();
        if !self.outputs.is_empty() {
            return;
        }
        let wanted = self.queue.wanted(size, self.batches.len());
        if wanted > 0 && self.source.ask() {
            self.outputs.push_back(Output::Pull(wanted));
            return;
        }
        while self.idle() > 0 {
            let before = self.queue.dispatched();
            self.queue
                .dispatch_anyhow(size, self.batches.len(), self.now);
            if self.queue.dispatched() == before {
                return;
            }
            self.send_batches();
        }
    }

    fn dispatch(&mut self, size: usize) {
        let ended = self.source.has_ended();
        let running = self.batches.len();
        let idle = self.idle();
        let room = self.queue.dispatch(size, ended, running, idle, self.now);
        // joblib knows that there is nothing more to dispatch only once it has tried to replace a batch that ended.
        if room && ended && self.counts.done > self.batches.reported() {
            self.drained = true;
        }
    }

    /// How many more workers may be sent a batch now.
    fn idle(&self) -> usize {
        let free = self.options.n_jobs.get().saturating_sub(self.batches.len());
        free.min(self.workers.idle_count())
    }

    fn send_batches(&mut self) {
        while self.idle() > 0 {
            let Some(batch) = self.queue.next(self.now) else {
                return;
            };
            let Some(worker) = self.workers.take_idle() else {
                return;
            };
            let tasks = batch.tasks.to_vec();
            let batch = self.batches.start(worker, batch, self.now);
            if self.options.events {
                for &task in &tasks {
                    self.event(EventKind::Dispatched {
                        task,
                        worker,
                        batch,
                    });
                }
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
        if self.options.events || kind.is_rare() {
            self.outputs.push_back(Output::Event(Event { at, kind }));
        }
    }
}
