//! A run of values: the dispatcher and the tasks are the real ones; workers and their clock are acted.
//!
//! A task takes as long as it says it computes or sleeps. More workers than cores take longer, as many times as there are
//! workers at work for each core when they begin.

use core::time::Duration;
use std::collections::VecDeque;

use parallel::{
    BatchId, Dispatcher, Ended, Event, Input, Loss, Options, Outcome, Output, Produced, Report,
    TaskId, WorkerId,
};
use protocol::{ErrorInfo, EventInfo, ProgressInfo, RunEnd, TaskOutcome, TaskStatus};
use tasks::TestHost;
use values::Value;

/// As many cores there are.
pub(crate) const CORES: usize = 2;
/// What a batch costs, beside its tasks.
const BATCH: Duration = Duration::from_micros(300);
/// What starting a worker costs.
const START: Duration = Duration::from_millis(30);
/// What a task costs, beside what it computes.
const TASK: Duration = Duration::from_micros(5);
/// What a round of the task `work` takes.
pub(crate) const ROUND_S: f64 = 2e-7;

/// The workers that are there between runs.
#[derive(Debug, Default)]
pub(crate) struct Workers {
    idle: Vec<WorkerId>,
    started: u32,
}

impl Workers {
    /// Ends all that work for nobody.
    pub(crate) fn end(&mut self) {
        self.idle.clear();
    }

    fn start(&mut self) -> WorkerId {
        self.started += 1;
        WorkerId(self.started)
    }
}

/// What the lab is told.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) outcomes: Vec<(TaskOutcome, Option<Value>)>,
    pub(crate) events: Vec<EventInfo>,
}

/// A run.
pub(crate) struct Run {
    dispatcher: Dispatcher,
    task: String,
    n_jobs: usize,
    source: VecDeque<Value>,
    items: Vec<Value>,
    results: Vec<Option<Result<Value, ErrorInfo>>>,
    took: Vec<Duration>,
    now: Duration,
    /// What will be heard, and when.
    coming: Vec<(Duration, WorkerId, Input)>,
    /// The workers of this run, and whether they are at work.
    workers: Vec<(WorkerId, bool)>,
    told: Told,
    ended: Option<Ended>,
}

/// What becomes of a task.
enum Fate {
    Result(Result<Value, ErrorInfo>),
    Lost(Loss),
    Hangs,
}

impl Run {
    pub(crate) fn new(task: &str, options: Options, items: Vec<Value>) -> Self {
        Self {
            n_jobs: options.n_jobs.get(),
            dispatcher: Dispatcher::new(options, Duration::ZERO),
            task: task.to_owned(),
            source: items.into(),
            items: Vec::new(),
            results: Vec::new(),
            took: Vec::new(),
            now: Duration::ZERO,
            coming: Vec::new(),
            workers: Vec::new(),
            told: Told::default(),
            ended: None,
        }
    }

    pub(crate) fn n_jobs(&self) -> u32 {
        self.n_jobs as u32
    }

    pub(crate) fn progress(&self) -> ProgressInfo {
        let progress = self.dispatcher.progress(self.now);
        ProgressInfo {
            submitted: progress.submitted as u32,
            total: progress.total.map(|total| total as u32),
            done: progress.done as u32,
            failed: progress.failed as u32,
            cached: progress.cached as u32,
            elapsed_ms: milliseconds(progress.elapsed),
            remaining_ms: progress.remaining.map(milliseconds),
        }
    }

    /// Whether about half of it is done.
    pub(crate) fn is_half(&self) -> bool {
        let all = self.source.len() + self.items.len();
        self.dispatcher.progress(self.now).done >= all / 2
    }

    pub(crate) fn cancel(&mut self, workers: &mut Workers) {
        self.dispatcher.handle(self.now, Input::Cancel);
        self.pump(workers);
    }

    /// Goes on until something else has happened. What there is to be told, and how it ended if it has.
    ///
    /// # Errors
    /// A sentence, if nothing will ever happen.
    pub(crate) fn step(&mut self, workers: &mut Workers) -> Result<(), String> {
        self.pump(workers);
        if self.ended.is_some() {
            return Ok(());
        }
        let first = self.coming.iter().map(|(at, ..)| *at).min();
        let deadline = self.dispatcher.next_deadline();
        match (first, deadline) {
            (None, None) => Err("a task hangs, and nothing ends it".to_owned()),
            (first, Some(deadline)) if first.is_none_or(|first| deadline < first) => {
                self.now = self.now.max(deadline);
                self.dispatcher.handle(self.now, Input::Tick);
                self.pump(workers);
                Ok(())
            }
            (first, _) => {
                let place = self.coming.iter().position(|(at, ..)| Some(*at) == first);
                if let Some(place) = place {
                    let (at, worker, input) = self.coming.remove(place);
                    self.now = self.now.max(at);
                    self.hear(worker, input, workers);
                    self.pump(workers);
                }
                Ok(())
            }
        }
    }

    pub(crate) fn take_told(&mut self) -> Told {
        core::mem::take(&mut self.told)
    }

    /// How it ended, if it has.
    pub(crate) fn end(&self) -> Option<RunEnd> {
        let error = match self.ended? {
            Ended::Completed => None,
            Ended::Cancelled => Some(error("cancelled", None)),
            Ended::SourceFailed => Some(error("source-failed", None)),
            Ended::NoWorkers(_) => Some(error("no-workers", None)),
            Ended::Raised { task, outcome } => Some(self.error_of(task, outcome)),
        };
        Some(RunEnd {
            error,
            warnings: Vec::new(),
            progress: self.progress(),
        })
    }

    fn error_of(&self, task: TaskId, outcome: Outcome) -> ErrorInfo {
        match (outcome, self.results.get(task.0 as usize)) {
            (Outcome::TimedOut, _) => error("timeout", Some(task)),
            (Outcome::WorkerLost(_), _) => error("worker-lost", Some(task)),
            (Outcome::Cancelled, _) => error("cancelled", Some(task)),
            (_, Some(Some(Err(error)))) => ErrorInfo {
                task: Some(task.0),
                ..error.clone()
            },
            _ => error("task-failed", Some(task)),
        }
    }

    fn hear(&mut self, worker: WorkerId, input: Input, workers: &mut Workers) {
        match input {
            Input::BatchEnded { .. } => self.set_busy(worker, false),
            Input::WorkerLost { .. } => {
                self.workers.retain(|(other, _)| *other != worker);
                self.dispatcher.handle(self.now, input);
                return self.provide(workers);
            }
            _ => {}
        }
        self.dispatcher.handle(self.now, input);
    }

    fn set_busy(&mut self, worker: WorkerId, is_busy: bool) {
        for (other, busy) in &mut self.workers {
            if *other == worker {
                *busy = is_busy;
            }
        }
    }

    /// As many workers as there is work, those that there are first.
    fn provide(&mut self, workers: &mut Workers) {
        while self.workers.len() < self.n_jobs.min(self.items.len()) {
            let (worker, at) = match workers.idle.pop() {
                Some(worker) => (worker, self.now),
                None => (workers.start(), self.now + START),
            };
            self.workers.push((worker, false));
            self.coming.push((at, worker, Input::WorkerReady(worker)));
        }
    }

    fn pump(&mut self, workers: &mut Workers) {
        while let Some(output) = self.dispatcher.next_output() {
            match output {
                Output::Pull(most) => {
                    let taken: Vec<_> = self.source.drain(..most.min(self.source.len())).collect();
                    let input = match taken.len() {
                        0 => Input::SourceEnded,
                        some => Input::Produced(vec![Produced::Pending; some]),
                    };
                    self.items.extend(taken);
                    self.results.resize_with(self.items.len(), || None);
                    self.took.resize(self.items.len(), Duration::ZERO);
                    self.dispatcher.handle(self.now, input);
                    self.provide(workers);
                }
                Output::Send {
                    worker,
                    batch,
                    tasks,
                } => self.send(worker, batch, &tasks),
                Output::EndWorker(worker) => {
                    self.workers.retain(|(other, _)| *other != worker);
                    self.coming.retain(|(_, of, _)| *of != worker);
                    self.provide(workers);
                }
                Output::Yield { task, outcome } => self.settle(task, outcome),
                // No lab asks for lines.
                Output::Print(_) => {}
                Output::Event(event) => self.told.events.push(event_info(event)),
                Output::Finished(ended) => {
                    self.ended = Some(ended);
                    workers
                        .idle
                        .extend(self.workers.drain(..).map(|(worker, _)| worker));
                    workers.idle.truncate(CORES);
                }
            }
        }
    }

    fn send(&mut self, worker: WorkerId, batch: BatchId, tasks: &[TaskId]) {
        self.set_busy(worker, true);
        let busy = self.workers.iter().filter(|(_, busy)| *busy).count();
        let share = busy.div_ceil(CORES) as u32;
        let mut at = self.now + BATCH / 2;
        for &task in tasks {
            let arguments = self
                .items
                .get(task.0 as usize)
                .cloned()
                .unwrap_or(Value::Null);
            let (fate, took) = run(&self.task, arguments);
            let started = at;
            at += took * share;
            let failed = match fate {
                Fate::Result(result) => {
                    let failed = result.is_err();
                    self.results[task.0 as usize] = Some(result);
                    self.took[task.0 as usize] = at.saturating_sub(started);
                    failed
                }
                Fate::Hangs => return,
                Fate::Lost(loss) => {
                    self.coming
                        .push((at, worker, Input::WorkerLost { worker, loss }));
                    return;
                }
            };
            let report = Report {
                task,
                started,
                ended: at,
                failed,
            };
            let reports = vec![report];
            self.coming
                .push((at, worker, Input::Reported { batch, reports }));
        }
        self.coming
            .push((at + BATCH / 2, worker, Input::BatchEnded { batch }));
    }

    fn settle(&mut self, task: TaskId, outcome: Outcome) {
        let place = task.0 as usize;
        let status = match outcome {
            Outcome::Ok => TaskStatus::Ok,
            Outcome::Cached => TaskStatus::Cached,
            Outcome::Cancelled => TaskStatus::Cancelled,
            Outcome::Failed | Outcome::TimedOut | Outcome::WorkerLost(_) => TaskStatus::Failed,
        };
        let (value, error) = if status == TaskStatus::Ok {
            let result = self.results.get_mut(place).and_then(Option::take);
            (result.and_then(Result::ok), None)
        } else {
            (None, Some(self.error_of(task, outcome)))
        };
        let outcome = TaskOutcome {
            task: task.0,
            status,
            duration_ms: self.took.get(place).copied().map_or(0.0, milliseconds),
            error,
        };
        self.told.outcomes.push((outcome, value));
    }
}

/// Runs a task, and says what becomes of it and how long it takes. What takes a worker down is not run.
fn run(name: &str, arguments: Value) -> (Fate, Duration) {
    let how = match name {
        "work" => arguments.get("then"),
        "crash" => arguments.get("how"),
        _ => None,
    };
    let fate = match how {
        Some(Value::Str(how)) if how == "trap" => Some(Fate::Lost(Loss::Trapped)),
        Some(Value::Str(how)) if how == "end" => Some(Fate::Lost(Loss::Ended)),
        Some(Value::Str(how)) if how == "hang" => Some(Fate::Hangs),
        _ => None,
    };
    let rounds = arguments.number("rounds").ok().filter(|_| name == "work");
    let computed = match (rounds, arguments.number("milliseconds")) {
        (Some(rounds), _) => rounds * arguments.number("times").unwrap_or(1.0) * ROUND_S,
        (None, Ok(milliseconds)) if fate.is_some() => milliseconds / 1000.0,
        _ => 0.0,
    };
    let computed = Duration::try_from_secs_f64(computed).unwrap_or_default();
    if let Some(fate) = fate {
        return (fate, TASK + computed);
    }
    let Some(task) = tasks::find(name) else {
        return (Fate::Result(Err(error("unknown-task", None))), TASK);
    };
    let host = TestHost::default();
    // Rounds are acted too: they would take as long as they take.
    let arguments = match (rounds, arguments.get("then")) {
        (Some(_), Some(then)) => {
            Value::map([("milliseconds", Value::Int(0)), ("then", then.clone())])
        }
        (Some(_), None) => Value::map([("milliseconds", Value::Int(0))]),
        (None, _) => arguments,
    };
    let result = task.run(arguments, &host).map_err(|why| ErrorInfo {
        message: why.to_string(),
        ..error(why.code(), None)
    });
    let took = TASK + computed + host.computed.get() + host.slept.get();
    (Fate::Result(result), took)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn error(code: &str, task: Option<TaskId>) -> ErrorInfo {
    ErrorInfo {
        code: code.to_owned(),
        message: format!("In the rehearsal: {code}."),
        task: task.map(|task| task.0),
        position: None,
    }
}

/// An event as the kernel tells it: its kind and what it concerns have the same names there.
fn event_info(event: Event) -> EventInfo {
    let kind = serde_json::to_value(event.kind).unwrap_or_default();
    let (kind, about) = kind.as_object().and_then(|kind| kind.iter().next()).map_or(
        (String::new(), &serde_json::Value::Null),
        |(kind, about)| (kind.clone(), about),
    );
    let number = |name: &str| about[name].as_u64().map(|number| number as u32);
    EventInfo {
        at: milliseconds(event.at),
        kind,
        task: number("task"),
        worker: number("worker"),
        batch: number("batch"),
        size: number("size"),
        why: about["loss"].as_str().map(str::to_owned),
    }
}
