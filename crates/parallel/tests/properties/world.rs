//! A driver that checks every promise of the dispatcher as it goes.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use parallel::{
    BatchId, BatchSize, Dispatcher, Ended, EventKind, Input, Line, Loss, OnError, OnTimeout,
    Options, Order, Outcome, Output, PreDispatch, Produced, Report, Stream, TaskId, WorkerId,
};

use crate::Step;

/// A driver that checks every promise as it goes.
pub(crate) struct World {
    dispatcher: Dispatcher,
    options: Options,
    now: Duration,
    /// The source: whether each task to come is cached.
    source: Vec<bool>,
    produced: u32,
    pull: Option<usize>,
    pub(crate) source_ended: bool,
    next_worker: u32,
    /// Workers that may be sent to.
    idle: BTreeSet<WorkerId>,
    gone: BTreeSet<WorkerId>,
    running: BTreeMap<BatchId, (WorkerId, Vec<TaskId>, usize)>,
    cached: BTreeSet<TaskId>,
    yielded: Vec<(TaskId, Outcome)>,
    pub(crate) ended: Option<Ended>,
    /// Tasks with an outcome, as events say.
    settled: BTreeSet<TaskId>,
    /// Runs of a task that ended with the loss of its worker.
    lost_runs: BTreeMap<TaskId, u32>,
    most_size: usize,
    /// What the last printed line said.
    said_done: u32,
    said_finished: bool,
}

impl World {
    pub(crate) fn new(options: Options, source: Vec<bool>) -> Self {
        let dispatcher = Dispatcher::new(options.clone(), Duration::ZERO);
        let mut world = Self {
            dispatcher,
            now: Duration::ZERO,
            source,
            produced: 0,
            pull: None,
            source_ended: false,
            next_worker: 0,
            idle: BTreeSet::new(),
            gone: BTreeSet::new(),
            running: BTreeMap::new(),
            cached: BTreeSet::new(),
            yielded: Vec::new(),
            ended: None,
            settled: BTreeSet::new(),
            lost_runs: BTreeMap::new(),
            said_done: 0,
            said_finished: false,
            most_size: match options.batch_size {
                BatchSize::Auto => 1,
                BatchSize::Fixed(size) => size.get(),
            },
            options,
        };
        world.drain();
        world
    }

    pub(crate) fn tell(&mut self, input: Input) {
        self.dispatcher.handle(self.now, input);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.dispatcher.next_output() {
            assert_eq!(self.ended, None, "{output:?} after the end");
            self.check(output);
        }
        assert_eq!(self.dispatcher.is_finished(), self.ended.is_some());
        assert!(self.dispatcher.next_output().is_none());
        let progress = self.dispatcher.progress(self.now);
        assert!(progress.done + progress.running <= progress.submitted);
        assert!(progress.failed + progress.cached + progress.cancelled <= progress.done);
        if let Some(deadline) = self.dispatcher.next_deadline() {
            assert!(deadline > self.now, "a deadline was passed over");
        }
    }

    fn check(&mut self, output: Output) {
        match output {
            Output::Pull(most) => {
                assert!(self.pull.is_none(), "two pulls at once");
                assert!(!self.source_ended && most > 0);
                if let PreDispatch::Tasks(window) = self.options.pre_dispatch {
                    // Afterwards a slice, a batch for each worker, may be begun for the last batch of the window.
                    let slice = self.options.n_jobs.get() * self.most_size;
                    let window = window.get().max(window.get() * self.most_size + slice);
                    let ahead = self.produced as usize - self.dispatcher.progress(self.now).done;
                    assert!(
                        ahead + most <= window,
                        "{ahead} + {most} tasks in a window of {window}"
                    );
                }
                self.pull = Some(most);
            }
            Output::Send {
                worker,
                batch,
                tasks,
            } => {
                assert!(self.idle.remove(&worker), "{worker:?} is not idle");
                assert!(!tasks.is_empty() && tasks.len() <= self.most_size);
                for task in &tasks {
                    assert!(task.0 < self.produced && !self.cached.contains(task));
                    assert!(
                        !self.settled.contains(task),
                        "{task:?} is run although it is settled"
                    );
                    assert!(
                        self.lost_runs
                            .get(task)
                            .is_none_or(|runs| *runs < 2 + self.options.retries)
                    );
                    let elsewhere = self
                        .running
                        .values()
                        .any(|(_, tasks, reported)| tasks[*reported..].contains(task));
                    assert!(!elsewhere, "{task:?} is run twice at once");
                }
                assert!(self.running.insert(batch, (worker, tasks, 0)).is_none());
                assert!(
                    self.running.len() <= self.options.n_jobs.get(),
                    "more than n_jobs workers are busy"
                );
            }
            Output::EndWorker(worker) => {
                assert!(!self.gone.contains(&worker), "{worker:?} is ended but gone");
                self.remove(worker);
            }
            Output::Yield { task, outcome } => {
                assert!(
                    self.yielded.iter().all(|&(other, _)| other != task),
                    "{task:?} is yielded twice"
                );
                if self.options.order == Order::Submission {
                    assert_eq!(task.0 as usize, self.yielded.len(), "out of order");
                }
                assert_eq!(self.cached.contains(&task), outcome == Outcome::Cached);
                assert!(!self.options.events || self.settled.contains(&task));
                self.yielded.push((task, outcome));
            }
            Output::Finished(ended) => {
                assert!(self.running.is_empty(), "a worker is still busy");
                self.ended = Some(ended);
            }
            Output::Print(line) => self.check_line(&line),
            Output::Event(event) if !self.options.events => {
                let rare = matches!(
                    event.kind,
                    EventKind::WorkerReady { .. }
                        | EventKind::WorkerEnded { .. }
                        | EventKind::WorkerLost { .. }
                        | EventKind::BatchSize { .. }
                );
                assert!(rare, "{event:?}");
                if let EventKind::BatchSize { size } = event.kind {
                    self.most_size = self.most_size.max(size as usize);
                }
            }
            Output::Event(event) => match event.kind {
                EventKind::FromCache { task }
                | EventKind::Finished { task, .. }
                | EventKind::Failed { task, .. }
                | EventKind::TimedOut { task, .. }
                | EventKind::Cancelled { task } => {
                    assert!(self.settled.insert(task), "{task:?} is settled twice");
                }
                EventKind::BatchSize { size } => self.most_size = self.most_size.max(size as usize),
                _ => {}
            },
        }
    }

    /// Lines count up to the number of tasks, and only the last one says that the run is finished.
    fn check_line(&mut self, line: &Line) {
        let verbose = self.options.verbose.as_ref().unwrap();
        assert_eq!(line.stream == Stream::Output, verbose.level >= 50);
        let text = line.text.strip_prefix("[Parallel(n_jobs=-1)]: ").unwrap();
        assert!(!self.said_finished, "{text} after the last line");
        if let Some(counted) = text.strip_prefix("Done ") {
            let done = counted.split_whitespace().next().unwrap().parse().unwrap();
            assert!(self.said_done <= done && done <= self.produced, "{text}");
            self.said_done = done;
            self.said_finished = text.ends_with(" finished");
            assert!(!self.said_finished || (self.source_ended && done == self.produced));
        } else {
            assert!(text.starts_with("Using backend ") || text.starts_with("Batch computation "));
        }
    }

    fn remove(&mut self, worker: WorkerId) -> Option<(Vec<TaskId>, usize)> {
        self.gone.insert(worker);
        self.idle.remove(&worker);
        let batch = self
            .running
            .iter()
            .find(|(_, running)| running.0 == worker)
            .map(|(batch, _)| *batch);
        batch
            .and_then(|batch| self.running.remove(&batch))
            .map(|(_, tasks, reported)| (tasks, reported))
    }

    fn batch(&self, choice: usize) -> Option<BatchId> {
        self.running
            .keys()
            .copied()
            .nth(choice % self.running.len().max(1))
    }

    pub(crate) fn step(&mut self, step: &Step) {
        match *step {
            Step::Produce(most) => self.produce(most),
            Step::Report {
                batch,
                tasks,
                fails,
            } => {
                if let Some(batch) = self.batch(batch) {
                    self.report(batch, tasks, fails);
                }
            }
            Step::EndBatch(batch) => {
                if let Some(batch) = self.batch(batch) {
                    self.end_batch(batch);
                }
            }
            Step::Lose {
                worker: choice,
                collateral,
            } => {
                let workers = 0..self.next_worker;
                let here: Vec<_> = workers
                    .map(WorkerId)
                    .filter(|worker| !self.gone.contains(worker))
                    .collect();
                if let Some(&worker) = here.get(choice % here.len().max(1)) {
                    let unreported = self
                        .remove(worker)
                        .map(|(tasks, reported)| tasks[reported..].to_vec());
                    let unreported = unreported.unwrap_or_default();
                    let loss = if collateral {
                        Loss::Collateral
                    } else {
                        for &task in &unreported {
                            *self.lost_runs.entry(task).or_default() += 1;
                        }
                        Loss::Trapped
                    };
                    let done = self.dispatcher.progress(self.now).done;
                    self.tell(Input::WorkerLost { worker, loss });
                    let blamed = self.dispatcher.progress(self.now).done - done;
                    assert!(blamed <= usize::from(!collateral && unreported.len() == 1));
                }
            }
            Step::Replace => self.replace(),
            Step::CancelTask(task) => self.tell(Input::CancelTask(TaskId(task))),
            Step::Cancel => self.tell(Input::Cancel),
            Step::Tick(millis) => {
                self.now += Duration::from_millis(millis);
                self.tell(Input::Tick);
            }
            Step::Stray(number) => self.stray(number),
            Step::FailSource => self.tell(Input::SourceFailed),
        }
    }

    fn stray(&mut self, number: u32) {
        let batch = BatchId(number);
        if !self.running.contains_key(&batch) {
            let report = Report {
                task: TaskId(number),
                started: self.now,
                ended: self.now,
                failed: true,
            };
            self.tell(Input::Reported {
                batch,
                reports: vec![report],
            });
            self.tell(Input::BatchEnded { batch });
        }
        if let Some(&worker) = self.gone.iter().nth(number as usize) {
            self.tell(Input::WorkerLost {
                worker,
                loss: Loss::Ended,
            });
            self.tell(Input::WorkerReady(worker));
        }
    }

    fn produce(&mut self, most: usize) {
        let Some(asked) = self.pull.take() else {
            return;
        };
        if self.produced as usize == self.source.len() {
            self.source_ended = true;
            return self.tell(Input::SourceEnded);
        }
        let next = self.produced as usize;
        let tasks = &self.source[next..self.source.len().min(next + asked.min(most))];
        let answer: Vec<_> = tasks
            .iter()
            .map(|cached| {
                if *cached {
                    Produced::Cached
                } else {
                    Produced::Pending
                }
            })
            .collect();
        for (task, answer) in (self.produced..).map(TaskId).zip(&answer) {
            if *answer == Produced::Cached {
                self.cached.insert(task);
            }
        }
        self.produced += answer.len() as u32;
        // An empty answer is asked again only after another input.
        let empty = answer.is_empty();
        self.tell(Input::Produced(answer));
        if empty && self.ended.is_none() {
            assert_eq!(self.pull, None);
            self.tell(Input::Tick);
        }
    }

    fn report(&mut self, batch: BatchId, most: usize, fails: bool) {
        let Some((_, tasks, reported)) = self.running.get_mut(&batch) else {
            return;
        };
        let now = self.now;
        let reports: Vec<_> = tasks[*reported..]
            .iter()
            .take(most)
            .map(|&task| Report {
                task,
                started: now,
                ended: now,
                failed: fails,
            })
            .collect();
        *reported += reports.len();
        self.tell(Input::Reported { batch, reports });
    }

    fn end_batch(&mut self, batch: BatchId) {
        self.report(batch, usize::MAX, false);
        if let Some((worker, ..)) = self.running.remove(&batch) {
            self.idle.insert(worker);
            self.tell(Input::BatchEnded { batch });
        }
    }

    pub(crate) fn replace(&mut self) {
        // One more than are needed, so that there is a choice.
        if self.next_worker as usize - self.gone.len() <= self.options.n_jobs.get() {
            let worker = WorkerId(self.next_worker);
            self.next_worker += 1;
            self.idle.insert(worker);
            self.tell(Input::WorkerReady(worker));
        }
    }

    /// Lets everything come to its end without further trouble.
    pub(crate) fn wind_down(&mut self) {
        for _ in 0..10_000 {
            if self.ended.is_some() {
                return;
            }
            self.replace();
            self.produce(5);
            if let Some(batch) = self.batch(0) {
                self.end_batch(batch);
            }
        }
        panic!("the run does not end");
    }

    pub(crate) fn check_end(&self) {
        let progress = self.dispatcher.progress(self.now);
        match self.ended.unwrap() {
            Ended::Completed => {
                assert_eq!(self.produced as usize, self.source.len());
                assert_eq!(self.yielded.len(), self.source.len(), "a task was lost");
                assert_eq!(progress.total, Some(self.source.len()));
            }
            Ended::Cancelled => assert_eq!(
                self.yielded.len(),
                self.produced as usize,
                "a task was lost"
            ),
            Ended::Raised { task, outcome } => {
                assert!(self.yielded.iter().all(|&(other, _)| other != task));
                match outcome {
                    Outcome::TimedOut => assert_eq!(self.options.on_timeout, OnTimeout::Raise),
                    _ => assert_eq!(self.options.on_error, OnError::Raise),
                }
            }
            Ended::SourceFailed => assert!(!self.source_ended),
            Ended::NoWorkers(_) => panic!("nobody said that there are no workers"),
        }
        assert_eq!(progress.running, 0);
    }
}
