//! The lines of a run against joblib's own, to the byte. The recording (fixtures/verbose.py) has runs of the real `Parallel` on
//! a simulated clock: which tasks each batch had, when each ended, and what was printed. Here the same batches end at the same
//! times.
#![allow(clippy::unwrap_used, clippy::panic)]

use core::num::NonZeroUsize;
use core::time::Duration;
use std::collections::BTreeMap;

use parallel::{
    BatchSize, Dispatcher, Ended, Input, Options, Outcome, Output, Produced, Report, Stream,
    TaskId, Verbosity, WorkerId, effective_n_jobs, parse_pre_dispatch,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Recording {
    runs: Vec<Recorded>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recorded {
    n_jobs: i64,
    cores: usize,
    verbose: u32,
    known: bool,
    pre_dispatch: String,
    batch_size: String,
    backend: String,
    tasks: usize,
    /// The task that fails.
    fails: Option<u32>,
    /// The first task of each batch, and how many it has, in the order in which joblib dispatched them.
    dispatches: Vec<(u32, usize)>,
    /// When a batch ended, in nanoseconds, its first task, and how many it has.
    completions: Vec<(u64, u32, usize)>,
    lines: Vec<(u64, String, String)>,
}

impl Recorded {
    fn name(&self) -> String {
        format!(
            "n_jobs={} verbose={} known={} pre_dispatch={} batch_size={} {} tasks={}",
            self.n_jobs,
            self.verbose,
            self.known,
            self.pre_dispatch,
            self.batch_size,
            self.backend,
            self.tasks
        )
    }

    fn options(&self) -> Options {
        let cores = NonZeroUsize::new(self.cores).unwrap();
        let n_jobs = effective_n_jobs(Some(self.n_jobs), cores).unwrap();
        // joblib's threads always take one task at a time if they are to choose.
        let batch_size = match (self.batch_size.as_str(), self.backend.as_str()) {
            ("auto", "ThreadingBackend") => BatchSize::Fixed(NonZeroUsize::MIN),
            (text, _) => BatchSize::parse(text).unwrap(),
        };
        let options = Options {
            batch_size,
            pre_dispatch: parse_pre_dispatch(&self.pre_dispatch, n_jobs).unwrap(),
            verbose: Some(Verbosity {
                level: self.verbose,
                n_jobs: self.n_jobs,
                backend: self.backend.clone(),
                length: self.known.then_some(self.tasks),
            }),
            ..Options::new(n_jobs)
        };
        if n_jobs == NonZeroUsize::MIN {
            options.one_at_a_time()
        } else {
            options
        }
    }
}

struct Replay {
    dispatcher: Dispatcher,
    fails: Option<u32>,
    now: Duration,
    left: usize,
    /// Batches that run, by their first task.
    running: BTreeMap<u32, (parallel::BatchId, Vec<TaskId>)>,
    dispatches: Vec<(u32, usize)>,
    lines: Vec<(u64, String, String)>,
    ended: Option<Ended>,
}

impl Replay {
    fn drain(&mut self) {
        while let Some(output) = self.dispatcher.next_output() {
            match output {
                Output::Pull(most) => {
                    let some = most.min(self.left);
                    self.left -= some;
                    let answer = match some {
                        0 => Input::SourceEnded,
                        _ => Input::Produced(vec![Produced::Pending; some]),
                    };
                    self.dispatcher.handle(self.now, answer);
                }
                Output::Send { batch, tasks, .. } => {
                    self.dispatches.push((tasks[0].0, tasks.len()));
                    self.running.insert(tasks[0].0, (batch, tasks));
                }
                Output::Print(line) => {
                    let stream = match line.stream {
                        Stream::Error => "error",
                        Stream::Output => "output",
                    };
                    let at = self.now.as_nanos() as u64;
                    self.lines.push((at, stream.to_owned(), line.text));
                }
                Output::Finished(ended) => self.ended = Some(ended),
                Output::EndWorker(_) | Output::Yield { .. } | Output::Event(_) => {}
            }
        }
    }

    fn end_batch(&mut self, at: u64, first: u32, size: usize) {
        self.now = Duration::from_nanos(at);
        let Some((batch, tasks)) = self.running.remove(&first) else {
            panic!("no batch begins with task {first}");
        };
        assert_eq!(tasks.len(), size, "the batch that begins with task {first}");
        self.report(batch, &tasks);
        self.dispatcher
            .handle(self.now, Input::BatchEnded { batch });
        self.drain();
    }

    /// In a plain loop joblib's batches only say how many tasks are taken from the source at once.
    fn end_task(&mut self, at: u64, task: u32) {
        self.now = Duration::from_nanos(at);
        let Some((batch, mut tasks)) = self.running.remove(&task) else {
            panic!("task {task} is not next");
        };
        self.report(batch, &tasks[..1]);
        tasks.remove(0);
        if tasks.is_empty() {
            self.dispatcher
                .handle(self.now, Input::BatchEnded { batch });
        } else {
            self.running.insert(task + 1, (batch, tasks));
        }
        self.drain();
    }

    fn report(&mut self, batch: parallel::BatchId, tasks: &[TaskId]) {
        let report = |&task: &TaskId| Report {
            task,
            started: self.now,
            ended: self.now,
            failed: self.fails == Some(task.0),
        };
        let reports = tasks.iter().map(report).collect();
        self.dispatcher
            .handle(self.now, Input::Reported { batch, reports });
        self.drain();
    }
}

fn replay(recorded: &Recorded) -> Replay {
    let options = recorded.options();
    let workers = options.n_jobs.get() as u32;
    let mut replay = Replay {
        dispatcher: Dispatcher::new(options, Duration::ZERO),
        fails: recorded.fails,
        now: Duration::ZERO,
        left: recorded.tasks,
        running: BTreeMap::new(),
        dispatches: Vec::new(),
        lines: Vec::new(),
        ended: None,
    };
    for worker in (0..workers).map(WorkerId) {
        replay
            .dispatcher
            .handle(Duration::ZERO, Input::WorkerReady(worker));
    }
    replay.drain();
    for &(at, first, size) in &recorded.completions {
        if recorded.n_jobs == 1 {
            replay.end_task(at, first);
        } else {
            replay.end_batch(at, first, size);
        }
    }
    let ended = recorded
        .fails
        .map_or(Ended::Completed, |task| Ended::Raised {
            task: TaskId(task),
            outcome: Outcome::Failed,
        });
    assert_eq!(replay.ended, Some(ended));
    replay
}

fn recording() -> Vec<Recorded> {
    let text = include_str!("fixtures/verbose.json");
    serde_json::from_str::<Recording>(text).unwrap().runs
}

#[test]
fn batches_and_lines_are_joblibs_to_the_byte_in_every_recorded_run() {
    let (mut runs, mut lines) = (0, 0);
    for recorded in recording() {
        let replay = replay(&recorded);
        if recorded.fails.is_some() {
            // joblib had more in line when the run ended; here only what was sent is seen.
            let sent = replay.dispatches.len();
            assert_eq!(
                replay.dispatches,
                recorded.dispatches[..sent],
                "{}",
                recorded.name()
            );
        } else if recorded.n_jobs != 1 {
            assert_eq!(
                replay.dispatches,
                recorded.dispatches,
                "{}",
                recorded.name()
            );
        }
        assert_eq!(replay.lines, recorded.lines, "{}", recorded.name());
        runs += 1;
        lines += replay.lines.len();
    }
    assert!(runs > 200 && lines > 1500, "{runs} runs, {lines} lines");
}
