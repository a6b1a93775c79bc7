//! The contract notices what it should notice.

use core::num::NonZeroUsize;
use core::time::Duration;

use super::*;
use crate::backend::Polled;
use crate::{
    Dispatcher, Ended, Loss, OnError, Options, Outcome, Output, Produced, Recording, Script,
    Sequential,
};

const TASK: Duration = Duration::from_millis(1);

struct Run {
    log: Vec<Exchange>,
    yielded: Vec<(u32, Outcome)>,
    ended: Option<Ended>,
}

/// The simplest driver there is.
fn drive(backend: &mut impl Polled, options: Options, tasks: usize) -> Run {
    let mut run = Run {
        log: Vec::new(),
        yielded: Vec::new(),
        ended: None,
    };
    let mut now = Duration::ZERO;
    let mut left = tasks;
    let workers = options.n_jobs.get() as u32;
    let mut dispatcher = Dispatcher::new(options, now);
    for worker in (0..workers).map(WorkerId) {
        dispatcher.handle(now, Input::WorkerReady(worker));
    }
    let mut replacement = workers;
    loop {
        while let Some(output) = dispatcher.next_output() {
            match output {
                Output::Pull(most) => {
                    let some = most.min(left);
                    left -= some;
                    let answer = if some == 0 {
                        Input::SourceEnded
                    } else {
                        Input::Produced(vec![Produced::Pending; some])
                    };
                    dispatcher.handle(now, answer);
                }
                Output::Send {
                    worker,
                    batch,
                    tasks,
                } => {
                    backend.send(worker, batch, &tasks);
                    run.log.push(Exchange::Sent {
                        worker,
                        batch,
                        tasks,
                    });
                }
                Output::EndWorker(worker) => {
                    backend.end_worker(worker);
                    run.log.push(Exchange::EndedWorker(worker));
                }
                Output::Yield { task, outcome } => run.yielded.push((task.0, outcome)),
                Output::Finished(ended) => run.ended = Some(ended),
                Output::Event(_) | Output::Print(_) => {}
            }
        }
        let Some((at, input)) = backend.next_input() else {
            return run;
        };
        now = at;
        run.log.push(Exchange::Heard(input.clone()));
        let lost = matches!(input, Input::WorkerLost { .. });
        dispatcher.handle(now, input);
        if lost {
            dispatcher.handle(now, Input::WorkerReady(WorkerId(replacement)));
            replacement += 1;
        }
    }
}

fn options(n_jobs: usize) -> Options {
    Options::new(NonZeroUsize::new(n_jobs).unwrap_or(NonZeroUsize::MIN))
}

fn sequential(failing: Option<u32>) -> impl Polled {
    let mut now = Duration::ZERO;
    let clock = move || {
        now += TASK;
        now
    };
    Sequential::new(move |task: TaskId| Some(task.0) != failing, clock)
}

fn every_task_is_done_in_order(mut backend: impl Polled, n_jobs: usize) {
    let run = drive(&mut backend, options(n_jobs), 25);
    assert_eq!(run.ended, Some(Ended::Completed));
    assert_eq!(
        run.yielded,
        (0..25).map(|task| (task, Outcome::Ok)).collect::<Vec<_>>()
    );
    assert_eq!(breaches(&run.log), []);
}

fn a_failure_is_reported_as_one(mut backend: impl Polled, n_jobs: usize) {
    let run = drive(
        &mut backend,
        Options {
            on_error: OnError::Collect,
            ..options(n_jobs)
        },
        5,
    );
    assert_eq!(run.ended, Some(Ended::Completed));
    assert_eq!(
        run.yielded
            .iter()
            .filter(|(_, outcome)| *outcome == Outcome::Failed)
            .count(),
        1
    );
    assert_eq!(breaches(&run.log), []);
}

fn a_failure_that_ends_the_run_leaves_nothing_open(mut backend: impl Polled, n_jobs: usize) {
    let run = drive(&mut backend, options(n_jobs), 50);
    assert!(matches!(
        run.ended,
        Some(Ended::Raised {
            outcome: Outcome::Failed,
            ..
        })
    ));
    assert_eq!(breaches(&run.log), []);
}

#[test]
fn running_in_place_keeps_the_contract() {
    every_task_is_done_in_order(sequential(None), 1);
    every_task_is_done_in_order(sequential(None), 3);
    a_failure_is_reported_as_one(sequential(Some(2)), 1);
    a_failure_that_ends_the_run_leaves_nothing_open(sequential(Some(2)), 2);
}

#[test]
fn recording_keeps_the_contract() {
    let failing = || Recording::new(TASK).script([Script::Complete, Script::FailFirst]);
    every_task_is_done_in_order(Recording::new(TASK), 1);
    every_task_is_done_in_order(Recording::new(TASK), 3);
    a_failure_is_reported_as_one(failing(), 2);
    a_failure_that_ends_the_run_leaves_nothing_open(failing(), 3);
    let losing = Recording::new(TASK).script([Script::Complete, Script::Lose(Loss::Trapped)]);
    let run = drive(
        &mut { losing },
        Options {
            on_error: OnError::Collect,
            ..options(2)
        },
        9,
    );
    assert_eq!(
        run.yielded.get(1),
        Some(&(1, Outcome::WorkerLost(Loss::Trapped)))
    );
    assert_eq!(run.ended, Some(Ended::Completed));
    assert_eq!(breaches(&run.log), []);
}

#[test]
fn each_breach_is_found() {
    let sent = |batch, worker| Exchange::Sent {
        worker: WorkerId(worker),
        batch: BatchId(batch),
        tasks: vec![TaskId(0), TaskId(1)],
    };
    let report = |task, started, ended| {
        let [started, ended] = [started, ended].map(Duration::from_secs);
        let reports = vec![Report {
            task: TaskId(task),
            started,
            ended,
            failed: false,
        }];
        Exchange::Heard(Input::Reported {
            batch: BatchId(0),
            reports,
        })
    };
    let ended = Exchange::Heard(Input::BatchEnded { batch: BatchId(0) });
    let lost = Exchange::Heard(Input::WorkerLost {
        worker: WorkerId(0),
        loss: Loss::Ended,
    });
    let batch = BatchId(0);
    for (log, breach) in [
        (vec![report(0, 0, 1)], Breach::UnknownBatch(batch)),
        (vec![ended.clone()], Breach::UnknownBatch(batch)),
        (
            vec![sent(0, 0), report(1, 0, 1), lost.clone()],
            Breach::OutOfOrder(batch, TaskId(1)),
        ),
        (
            vec![sent(0, 0), report(0, 1, 0), lost.clone()],
            Breach::NegativeTime(TaskId(0)),
        ),
        (
            vec![sent(0, 0), report(0, 0, 1), ended],
            Breach::EndedEarly(batch),
        ),
        (
            vec![lost.clone(), lost.clone()],
            Breach::LostTwice(WorkerId(0)),
        ),
        (
            vec![sent(0, 0), sent(1, 1), lost],
            Breach::NeverEnded(BatchId(1)),
        ),
    ] {
        assert_eq!(breaches(&log), [breach], "{breach}");
    }
}
