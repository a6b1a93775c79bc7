//! A backend on native threads: `cargo run --release -p parallel --example threads`.
//!
//! This is all it takes to carry out runs in another place: something that sends batches and ends workers ([`Backend`]), and a
//! driver between it, a source and the [`Dispatcher`]. The tests below check the backend against the contract.
#![allow(clippy::expect_used)]

use core::num::NonZeroUsize;
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Instant;

use parallel::{
    Backend, BackendProperties, Backends, BatchId, Call, Context, Dispatcher, Ended, Exchange,
    Input, Jobs, Loss, Options, Outcome, Output, Produced, Report, Settings, TaskId, WorkerId,
    breaches, choose,
};

/// What a task does: true if it has a result.
type Work = Arc<dyn Fn(TaskId) -> bool + Send + Sync>;

/// What a worker says.
type Answer = (WorkerId, Input);

/// Threads as workers. A thread cannot be ended from outside: one that is to end finishes the task at hand, and nobody listens
/// to it any more.
struct Threads {
    origin: Instant,
    work: Work,
    workers: BTreeMap<WorkerId, Worker>,
    gone: BTreeSet<WorkerId>,
    next_worker: u32,
    answers: Sender<Answer>,
    answered: Receiver<Answer>,
}

/// The caller's side of a thread.
struct Worker {
    batches: Sender<(BatchId, Vec<TaskId>)>,
    ended: Arc<AtomicBool>,
}

impl Threads {
    fn new(work: Work) -> Self {
        let (answers, answered) = channel();
        Self {
            origin: Instant::now(),
            work,
            workers: BTreeMap::new(),
            gone: BTreeSet::new(),
            next_worker: 0,
            answers,
            answered,
        }
    }

    fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    /// Starts a worker, which is ready at once.
    fn start_worker(&mut self) -> WorkerId {
        let worker = WorkerId(self.next_worker);
        self.next_worker += 1;
        let (batches, inbox) = channel();
        let ended = Arc::new(AtomicBool::new(false));
        let thread = Thread {
            worker,
            origin: self.origin,
            work: Arc::clone(&self.work),
            ended: Arc::clone(&ended),
            answers: self.answers.clone(),
        };
        thread::spawn(move || thread.serve(&inbox));
        self.workers.insert(worker, Worker { batches, ended });
        worker
    }

    /// The next answer, or `None` when that time has come.
    fn wait(&mut self, until: Option<Duration>) -> Option<Input> {
        loop {
            let (worker, input) = match until {
                None => self.answered.recv().ok()?,
                Some(until) => {
                    let time = until.saturating_sub(self.now());
                    match self.answered.recv_timeout(time) {
                        Ok(answer) => answer,
                        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                            return None;
                        }
                    }
                }
            };
            // Who was ended is not said to be lost, even if it was lost just before.
            if !self.gone.contains(&worker) {
                if matches!(input, Input::WorkerLost { .. }) {
                    self.forget(worker);
                }
                return Some(input);
            }
        }
    }

    fn forget(&mut self, worker: WorkerId) {
        self.gone.insert(worker);
        if let Some(worker) = self.workers.remove(&worker) {
            worker.ended.store(true, Ordering::Relaxed);
        }
    }
}

impl Backend for Threads {
    fn send(&mut self, worker: WorkerId, batch: BatchId, tasks: &[TaskId]) {
        if let Some(worker) = self.workers.get(&worker) {
            // If it is gone meanwhile, the news of its loss is under way.
            let _ = worker.batches.send((batch, tasks.to_vec()));
        }
    }

    fn end_worker(&mut self, worker: WorkerId) {
        self.forget(worker);
    }
}

/// The thread's own side.
struct Thread {
    worker: WorkerId,
    origin: Instant,
    work: Work,
    ended: Arc<AtomicBool>,
    answers: Sender<Answer>,
}

impl Thread {
    fn serve(&self, inbox: &Receiver<(BatchId, Vec<TaskId>)>) {
        for (batch, tasks) in inbox {
            for task in tasks {
                if self.ended.load(Ordering::Relaxed) {
                    return;
                }
                let started = self.origin.elapsed();
                let Ok(done) = catch_unwind(AssertUnwindSafe(|| (self.work)(task))) else {
                    // Nobody knows what a panic leaves behind, so the worker goes with it.
                    return self.answer(Input::WorkerLost {
                        worker: self.worker,
                        loss: Loss::Trapped,
                    });
                };
                let report = Report {
                    task,
                    started,
                    ended: self.origin.elapsed(),
                    failed: !done,
                };
                let reports = vec![report];
                self.answer(Input::Reported { batch, reports });
            }
            self.answer(Input::BatchEnded { batch });
        }
    }

    fn answer(&self, input: Input) {
        // Who does not listen any more does not miss it.
        let _ = self.answers.send((self.worker, input));
    }
}

/// What came of a run.
struct Ran {
    yielded: Vec<(TaskId, Outcome)>,
    ended: Option<Ended>,
    /// What passed between the driver and the backend.
    log: Vec<Exchange>,
}

/// The driver: carries out what the dispatcher asks for, and tells it what the threads answer.
fn run(options: Options, tasks: usize, work: Work) -> Ran {
    let mut threads = Threads::new(work);
    let workers = options.n_jobs.get();
    let mut dispatcher = Dispatcher::new(options, threads.now());
    let mut ran = Ran {
        yielded: Vec::new(),
        ended: None,
        log: Vec::new(),
    };
    let mut left = tasks;
    for _ in 0..workers {
        let worker = threads.start_worker();
        dispatcher.handle(threads.now(), Input::WorkerReady(worker));
    }
    loop {
        while let Some(output) = dispatcher.next_output() {
            match output {
                Output::Pull(most) => {
                    let some = most.min(left);
                    left -= some;
                    let answer = match some {
                        0 => Input::SourceEnded,
                        _ => Input::Produced(vec![Produced::Pending; some]),
                    };
                    dispatcher.handle(threads.now(), answer);
                }
                Output::Send {
                    worker,
                    batch,
                    tasks,
                } => {
                    threads.send(worker, batch, &tasks);
                    ran.log.push(Exchange::Sent {
                        worker,
                        batch,
                        tasks,
                    });
                }
                Output::EndWorker(worker) => {
                    threads.end_worker(worker);
                    ran.log.push(Exchange::EndedWorker(worker));
                    let worker = threads.start_worker();
                    dispatcher.handle(threads.now(), Input::WorkerReady(worker));
                }
                Output::Yield { task, outcome } => ran.yielded.push((task, outcome)),
                Output::Print(line) => println!("{}", line.text),
                Output::Event(_) => {}
                Output::Finished(ended) => {
                    ran.ended = Some(ended);
                    return ran;
                }
            }
        }
        let Some(input) = threads.wait(dispatcher.next_deadline()) else {
            dispatcher.handle(threads.now(), Input::Tick);
            continue;
        };
        ran.log.push(Exchange::Heard(input.clone()));
        let lost = matches!(input, Input::WorkerLost { .. });
        dispatcher.handle(threads.now(), input);
        if lost {
            let worker = threads.start_worker();
            dispatcher.handle(threads.now(), Input::WorkerReady(worker));
        }
    }
}

fn main() {
    // Under its own name among the backends, so that it can be asked for.
    let mut backends = Backends::new();
    backends.register(
        BackendProperties::of_threads("native", "NativeThreads"),
        false,
    );
    let call = Call {
        settings: Settings {
            backend: Some("native".to_owned()),
            n_jobs: Some(Jobs::Count(-1)),
            ..Settings::default()
        },
        ..Call::default()
    };
    let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let choice = choose(&call, &Context::default(), &backends, cores).expect("a native backend");
    let tasks = 200_000;
    let sum_of_digits = |task: TaskId| task.0.to_string().bytes().map(u32::from).sum::<u32>() > 0;
    let start = Instant::now();
    let ran = run(Options::new(choice.workers), tasks, Arc::new(sum_of_digits));
    println!(
        "{} tasks on {} threads: {:?} each, {} breaches of the contract",
        ran.yielded.len(),
        choice.workers,
        start.elapsed() / tasks as u32,
        breaches(&ran.log).len()
    );
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use parallel::{BatchSize, OnError, OnTimeout};

    use super::*;

    fn whole(number: usize) -> NonZeroUsize {
        NonZeroUsize::new(number).expect("a number above 0")
    }

    fn options(n_jobs: usize, batch_size: usize) -> Options {
        Options {
            batch_size: BatchSize::Fixed(whole(batch_size)),
            on_error: OnError::Collect,
            ..Options::new(whole(n_jobs))
        }
    }

    /// Outcomes in the order of the source, which is also checked, as is the contract.
    fn outcomes(ran: &Ran) -> Vec<Outcome> {
        assert_eq!(breaches(&ran.log), []);
        let numbers = ran.yielded.iter().map(|(task, _)| task.0 as usize);
        assert!(numbers.eq(0..ran.yielded.len()));
        ran.yielded.iter().map(|(_, outcome)| *outcome).collect()
    }

    #[test]
    fn every_task_runs_once_and_results_keep_their_order() {
        for n_jobs in [1, 2, 4] {
            for options in [
                options(n_jobs, 1),
                options(n_jobs, 7),
                Options::new(whole(n_jobs)),
            ] {
                let runs = Arc::new(Mutex::new(vec![0; 500]));
                let counted = Arc::clone(&runs);
                let work = move |task: TaskId| {
                    // Some take longer than others.
                    if task.0.is_multiple_of(50) {
                        thread::sleep(Duration::from_millis(1));
                    }
                    counted.lock().expect("no panic")[task.0 as usize] += 1;
                    true
                };
                let ran = run(options, 500, Arc::new(work));
                assert_eq!(ran.ended, Some(Ended::Completed));
                assert_eq!(outcomes(&ran), [Outcome::Ok; 500]);
                assert_eq!(*runs.lock().expect("no panic"), [1; 500]);
            }
        }
    }

    #[test]
    fn a_failing_task_is_reported_and_a_panic_costs_its_worker_only() {
        let work = |task: TaskId| {
            assert!(task.0 % 10 != 3, "a task that panics");
            task.0 % 10 != 5
        };
        for batch_size in [1, 4] {
            let ran = run(options(3, batch_size), 60, Arc::new(work));
            assert_eq!(ran.ended, Some(Ended::Completed));
            for (task, outcome) in outcomes(&ran).into_iter().enumerate() {
                let expected = match task % 10 {
                    3 => Outcome::WorkerLost(Loss::Trapped),
                    5 => Outcome::Failed,
                    _ => Outcome::Ok,
                };
                assert_eq!(outcome, expected, "task {task}");
            }
        }
    }

    #[test]
    fn a_task_that_hangs_is_given_up_and_its_thread_left_behind() {
        let hanging = Arc::new(AtomicBool::new(true));
        let hangs = Arc::clone(&hanging);
        let work = move |task: TaskId| {
            while task.0 == 2 && hangs.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(1));
            }
            true
        };
        let skip = Options {
            // However busy the machine is, no other task takes that long.
            timeout: Some(Duration::from_secs(2)),
            on_timeout: OnTimeout::Skip,
            ..options(2, 3)
        };
        let ran = run(skip, 30, Arc::new(work));
        hanging.store(false, Ordering::Relaxed);
        assert_eq!(ran.ended, Some(Ended::Completed));
        let mut expected = [Outcome::Ok; 30];
        expected[2] = Outcome::TimedOut;
        assert_eq!(outcomes(&ran), expected);
    }

    #[test]
    fn the_first_error_ends_the_run_and_its_busy_workers() {
        let raise = Options {
            on_error: OnError::Raise,
            ..options(4, 2)
        };
        let ran = run(raise, 1000, Arc::new(|task: TaskId| task.0 != 100));
        assert_eq!(breaches(&ran.log), []);
        let task = TaskId(100);
        let outcome = Outcome::Failed;
        assert_eq!(ran.ended, Some(Ended::Raised { task, outcome }));
        assert!(ran.yielded.len() <= 100);
    }
}
