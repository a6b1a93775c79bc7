//! A whole engine on a simulated clock: a source, workers, and the driver between them and the dispatcher.

use core::cmp::Reverse;
use core::time::Duration;
use std::collections::{BTreeMap, BinaryHeap};

use parallel::{
    BatchId, Dispatcher, Ended, Input, Line, Loss, Options, Outcome, Output, Produced, Report,
    TaskId, WorkerId,
};

/// A task: how long it takes, and how it ends.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Task {
    pub(crate) takes: Duration,
    pub(crate) ends: End,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum End {
    Result,
    Error,
    /// Its worker is lost.
    Trap,
}

/// A task with a result.
pub(crate) fn seconds(seconds: u64) -> Task {
    millis(1000 * seconds)
}

pub(crate) fn millis(millis: u64) -> Task {
    Task {
        takes: Duration::from_millis(millis),
        ends: End::Result,
    }
}

/// A task that throws at once.
pub(crate) fn failing() -> Task {
    Task {
        ends: End::Error,
        ..seconds(0)
    }
}

/// What the source of a run gives.
pub(crate) type Source = Box<dyn Iterator<Item = Result<Task, ()>>>;

/// What happened, in order.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Happened {
    Produced(u32),
    /// The task ended on its worker.
    Consumed(u32),
    Yielded(u32, Outcome),
    EndedWorker(u32),
}

pub(crate) struct Run {
    pub(crate) dispatcher: Dispatcher,
    source: Source,
    pub(crate) now: Duration,
    /// Answers of workers that are due: when, in which order made, of which worker.
    due: BinaryHeap<Reverse<(Duration, u32, u32)>>,
    answers: BTreeMap<u32, (WorkerId, Input)>,
    tasks: Vec<Task>,
    next_worker: u32,
    next_answer: u32,
    pub(crate) story: Vec<Happened>,
    pub(crate) printed: Vec<Line>,
    pub(crate) ended: Option<Ended>,
}

impl Run {
    pub(crate) fn new(options: Options, source: impl Iterator<Item = Task> + 'static) -> Self {
        Self::of_source(options, Box::new(source.map(Ok)))
    }

    pub(crate) fn of_source(options: Options, source: Source) -> Self {
        let workers = options.n_jobs.get();
        let mut run = Self {
            dispatcher: Dispatcher::new(options, Duration::ZERO),
            source,
            now: Duration::ZERO,
            due: BinaryHeap::new(),
            answers: BTreeMap::new(),
            tasks: Vec::new(),
            next_worker: 0,
            next_answer: 0,
            story: Vec::new(),
            printed: Vec::new(),
            ended: None,
        };
        for _ in 0..workers {
            run.start_worker();
        }
        run.drain();
        run
    }

    fn start_worker(&mut self) {
        let worker = WorkerId(self.next_worker);
        self.next_worker += 1;
        self.dispatcher.handle(self.now, Input::WorkerReady(worker));
    }

    /// Goes on until the run is over.
    pub(crate) fn finish(mut self) -> Self {
        while self.ended.is_none() {
            assert!(self.step(), "the run neither ends nor goes on");
        }
        self
    }

    /// Goes on to the next answer or deadline; false if there is none.
    pub(crate) fn step(&mut self) -> bool {
        let answer = self.due.peek().map(|Reverse((at, ..))| *at);
        let deadline = self.dispatcher.next_deadline();
        if let Some(deadline) = deadline.filter(|&at| answer.is_none_or(|answer| at < answer)) {
            self.now = deadline;
            self.tell(Input::Tick);
            return true;
        }
        let Some(Reverse((at, number, _))) = self.due.pop() else {
            return false;
        };
        let Some((_, input)) = self.answers.remove(&number) else {
            return true;
        };
        self.now = at;
        if let Input::Reported { reports, .. } = &input {
            let consumed = reports
                .iter()
                .map(|report| Happened::Consumed(report.task.0));
            self.story.extend(consumed);
        }
        let lost = matches!(input, Input::WorkerLost { .. });
        self.tell(input);
        if lost && self.ended.is_none() {
            self.start_worker();
            self.drain();
        }
        true
    }

    pub(crate) fn tell(&mut self, input: Input) {
        self.dispatcher.handle(self.now, input);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.dispatcher.next_output() {
            match output {
                Output::Pull(most) => {
                    let answer = self.pull(most);
                    self.dispatcher.handle(self.now, answer);
                }
                Output::Send {
                    worker,
                    batch,
                    tasks,
                } => self.send(worker, batch, &tasks),
                Output::EndWorker(worker) => {
                    self.story.push(Happened::EndedWorker(worker.0));
                    self.answers.retain(|_, (of, _)| *of != worker);
                    self.start_worker();
                }
                Output::Yield { task, outcome } => {
                    self.story.push(Happened::Yielded(task.0, outcome));
                }
                Output::Print(line) => self.printed.push(line),
                Output::Finished(ended) => self.ended = Some(ended),
                Output::Event(_) => {}
            }
        }
    }

    fn pull(&mut self, most: usize) -> Input {
        let before = self.tasks.len();
        for task in self.source.by_ref().take(most) {
            let Ok(task) = task else {
                return Input::SourceFailed;
            };
            self.story.push(Happened::Produced(self.tasks.len() as u32));
            self.tasks.push(task);
        }
        match self.tasks.len() - before {
            0 => Input::SourceEnded,
            some => Input::Produced(vec![Produced::Pending; some]),
        }
    }

    fn send(&mut self, worker: WorkerId, batch: BatchId, tasks: &[TaskId]) {
        let mut at = self.now;
        for &task in tasks {
            let Task { takes, ends } = self.tasks[task.0 as usize];
            let started = at;
            at += takes;
            if ends == End::Trap {
                let loss = Loss::Trapped;
                return self.answer(at, worker, Input::WorkerLost { worker, loss });
            }
            let report = Report {
                task,
                started,
                ended: at,
                failed: ends == End::Error,
            };
            let reports = vec![report];
            self.answer(at, worker, Input::Reported { batch, reports });
        }
        self.answer(at, worker, Input::BatchEnded { batch });
    }

    fn answer(&mut self, at: Duration, worker: WorkerId, input: Input) {
        let number = self.next_answer;
        self.next_answer += 1;
        self.answers.insert(number, (worker, input));
        self.due.push(Reverse((at, number, worker.0)));
    }

    pub(crate) fn yielded(&self) -> Vec<(u32, Outcome)> {
        let yielded = |happened: &Happened| match *happened {
            Happened::Yielded(task, outcome) => Some((task, outcome)),
            _ => None,
        };
        self.story.iter().filter_map(yielded).collect()
    }

    pub(crate) fn produced(&self) -> usize {
        let produced = |happened: &&Happened| matches!(happened, Happened::Produced(_));
        self.story.iter().filter(produced).count()
    }

    pub(crate) fn ended_workers(&self) -> usize {
        let ended = |happened: &&Happened| matches!(happened, Happened::EndedWorker(_));
        self.story.iter().filter(ended).count()
    }
}
