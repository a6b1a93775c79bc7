//! What is yielded when, what errors do, and what is told about a run.

use super::*;

/// joblib: `unordered` generators yield 9 fast tasks before a slow one.
#[test]
fn in_completion_order_nine_fast_tasks_come_before_a_slow_one() {
    let mut run = Run::new(
        Options {
            order: Order::Completion,
            ..options(1, 4)
        },
        10,
    );
    for task in 1..10 {
        run.done(task, &[task]);
    }
    run.done(0, &[0]);
    assert_eq!(
        run.yielded
            .iter()
            .map(|(task, _)| *task)
            .collect::<Vec<_>>(),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]
    );
    assert_eq!(run.finished, Some(Ended::Completed));
}

/// joblib: ordered generators.
#[test]
fn in_submission_order_fast_tasks_wait_for_a_slow_one() {
    let mut run = Run::new(options(1, 4), 4);
    for task in 1..4 {
        run.done(task, &[task]);
    }
    assert_eq!(run.yielded, []);
    run.done(0, &[0]);
    assert_eq!(run.yielded, [0, 1, 2, 3].map(|task| (task, Outcome::Ok)));
}

/// joblib: `error_capture`, `abort_backend`.
#[test]
fn the_first_error_in_time_ends_the_run_and_its_busy_workers() {
    let mut run = Run::new(
        Options {
            on_error: OnError::Raise,
            ..options(1, 4)
        },
        100,
    );
    run.report(1, &[1], true);
    let raised = Ended::Raised {
        task: TaskId(1),
        outcome: Outcome::Failed,
    };
    assert_eq!(run.finished, Some(raised));
    assert_eq!(run.ended_workers, [0, 1]);
    run.done(0, &[0]);
    assert_eq!((run.yielded.len(), run.sent.len()), (0, 2));
}

#[test]
fn collected_errors_are_yielded_in_their_places() {
    let mut run = Run::new(options(1, 4), 3);
    run.report(1, &[1], true);
    run.tell(Input::BatchEnded { batch: BatchId(1) });
    run.done(0, &[0]);
    run.done(2, &[2]);
    assert_eq!(
        run.yielded,
        [(0, Outcome::Ok), (1, Outcome::Failed), (2, Outcome::Ok)]
    );
    assert_eq!(run.finished, Some(Ended::Completed));
    assert_eq!(run.dispatcher.progress(run.now).failed, 1);
}

#[test]
fn a_run_is_complete_only_when_its_last_worker_is_idle() {
    let mut run = Run::new(options(1, 4), 1);
    run.report(0, &[0], false);
    assert_eq!((run.yielded.len(), run.finished), (1, None));
    run.tell(Input::BatchEnded { batch: BatchId(0) });
    assert_eq!(run.finished, Some(Ended::Completed));
}

#[test]
fn tasks_of_a_batch_are_yielded_as_they_are_reported() {
    let mut run = Run::new(options(2, 4), 4);
    run.report(0, &[0], false);
    assert_eq!(run.yielded, [(0, Outcome::Ok)]);
}

#[test]
fn progress_counts_and_estimates_as_joblib_does() {
    let mut run = Run::new(options(1, 8), 8);
    assert_eq!(run.dispatcher.progress(run.now).remaining, None);
    run.done(0, &[0]);
    run.done(1, &[1]);
    let progress = run.dispatcher.progress(run.now);
    assert_eq!(
        (
            progress.submitted,
            progress.total,
            progress.done,
            progress.running
        ),
        (8, Some(8), 2, 2)
    );
    assert_eq!(
        (progress.elapsed, progress.remaining),
        (2 * SECOND, Some(6 * SECOND))
    );
}

#[test]
fn events_tell_where_and_when_a_task_ran() {
    let mut run = Run::new(options(1, 4), 1);
    run.wait(SECOND);
    run.done(0, &[0]);
    let (task, worker, batch) = (TaskId(0), WorkerId(0), BatchId(0));
    let of_the_task: Vec<_> = run
        .events
        .iter()
        .filter(|e| !matches!(e.kind, EventKind::WorkerReady { .. }))
        .collect();
    assert_eq!(
        of_the_task
            .iter()
            .map(|event| (event.at.as_secs(), event.kind))
            .collect::<Vec<_>>(),
        [
            (0, EventKind::Submitted { task }),
            (
                0,
                EventKind::Dispatched {
                    task,
                    worker,
                    batch
                }
            ),
            (1, EventKind::Started { task, worker }),
            (2, EventKind::Finished { task, worker }),
            (2, EventKind::BatchEnded { batch, worker }),
        ]
    );
}

#[test]
fn a_run_of_one_million_tiny_tasks_keeps_little() {
    let options = Options {
        order: Order::Completion,
        ..Options::new(whole(4))
    };
    let mut dispatcher = Dispatcher::new(options, Duration::ZERO);
    let (mut left, mut now, mut yielded) = (1_000_000, Duration::ZERO, 0);
    let mut most_kept = 0;
    for worker in 0..4 {
        dispatcher.handle(now, Input::WorkerReady(WorkerId(worker)));
    }
    let mut running = VecDeque::new();
    loop {
        while let Some(output) = dispatcher.next_output() {
            match output {
                Output::Pull(most) => {
                    let some = most.min(left);
                    left -= some;
                    let produced = Input::Produced(vec![Produced::Pending; some]);
                    dispatcher.handle(
                        now,
                        if some == 0 {
                            Input::SourceEnded
                        } else {
                            produced
                        },
                    );
                }
                Output::Send { batch, tasks, .. } => running.push_back((batch, tasks)),
                Output::Yield { .. } => yielded += 1,
                _ => {}
            }
        }
        let progress = dispatcher.progress(now);
        most_kept = most_kept.max(progress.submitted - progress.done);
        let Some((batch, tasks)) = running.pop_front() else {
            break;
        };
        // A microsecond per task, and fifty for the journey.
        now += Duration::from_micros(50 + tasks.len() as u64);
        let reports = tasks
            .iter()
            .map(|&task| Report {
                task,
                started: now,
                ended: now,
                failed: false,
            })
            .collect();
        dispatcher.handle(now, Input::Reported { batch, reports });
        dispatcher.handle(now, Input::BatchEnded { batch });
    }
    assert_eq!(yielded, 1_000_000);
    assert!(dispatcher.is_finished());
    assert!(
        most_kept <= 11 * AutoBatchSize::MAX_SIZE,
        "{most_kept} tasks were kept"
    );
}

#[test]
fn without_events_only_those_about_workers_are_told() {
    let quiet = Options {
        events: false,
        batch_size: BatchSize::Auto,
        ..options(1, 4)
    };
    let mut run = Run::new(quiet, 9);
    run.lose(1);
    run.ready(2);
    for batch in [0, 2, 3] {
        let tasks = run.sent.get(batch as usize).unwrap().1.clone();
        run.now += Duration::from_millis(1);
        let (started, ended) = (run.now, run.now);
        let reports = tasks.iter().map(|&task| Report {
            task: TaskId(task),
            started,
            ended,
            failed: false,
        });
        let reports = reports.collect();
        let batch = BatchId(batch);
        run.tell(Input::Reported { batch, reports });
        run.tell(Input::BatchEnded { batch });
    }
    let [zero, one, two] = [0, 1, 2].map(WorkerId);
    let loss = Loss::Trapped;
    let expected = [
        EventKind::WorkerReady { worker: zero },
        EventKind::WorkerReady { worker: one },
        EventKind::WorkerLost { worker: one, loss },
        EventKind::WorkerReady { worker: two },
        EventKind::BatchSize { size: 2 },
    ];
    assert_eq!(run.kinds(), expected);
}
