//! Tasks that run too long.

use super::*;

fn with_timeout(batch_size: usize, on_timeout: OnTimeout) -> Options {
    Options {
        timeout: Some(5 * SECOND),
        on_timeout,
        ..options(batch_size, 4)
    }
}

/// joblib: `parallel_timeout_fail`.
#[test]
fn a_slow_task_ends_the_run_at_its_deadline_and_not_before() {
    let mut run = Run::new(with_timeout(1, OnTimeout::Raise), 10);
    run.wait(2 * SECOND);
    run.done(0, &[0]);
    assert_eq!(run.dispatcher.next_deadline(), Some(5 * SECOND));
    run.wait(Duration::from_millis(1999));
    assert_eq!(run.finished, None);
    run.wait(Duration::from_millis(1));
    assert_eq!(
        run.finished,
        Some(Ended::Raised {
            task: TaskId(1),
            outcome: Outcome::TimedOut
        })
    );
    assert_eq!(run.ended_workers, [1, 0]);
    assert_eq!(run.dispatcher.next_deadline(), None);
}

#[test]
fn a_skipped_task_costs_its_worker_and_the_run_goes_on() {
    let mut run = Run::new(with_timeout(1, OnTimeout::Skip), 3);
    run.wait(3 * SECOND);
    run.done(1, &[1]);
    run.wait(SECOND);
    assert_eq!(run.ended_workers, [0]);
    assert_eq!(run.yielded, [(0, Outcome::TimedOut), (1, Outcome::Ok)]);
    run.done(2, &[2]);
    assert_eq!(run.finished, Some(Ended::Completed));
}

#[test]
fn each_task_of_a_batch_has_its_own_time() {
    let mut run = Run::new(with_timeout(2, OnTimeout::Skip), 4);
    run.wait(4 * SECOND);
    run.report(0, &[0], false);
    // Worker 0 began task 1 at 5 s; worker 1 has been at task 2 from the start.
    assert_eq!(run.ended_workers, [1]);
    assert_eq!(run.dispatcher.next_deadline(), Some(10 * SECOND));
    assert!(run.kinds().contains(&EventKind::TimedOut {
        task: TaskId(2),
        worker: WorkerId(1)
    }));
    run.ready(2);
    assert_eq!(
        run.last_sent(),
        (2, &[3][..]),
        "the rest of the batch is queued again"
    );
    run.wait(5 * SECOND);
    assert_eq!(run.ended_workers, [1, 0, 2]);
    assert_eq!(
        run.yielded
            .iter()
            .filter(|(_, outcome)| *outcome == Outcome::TimedOut)
            .count(),
        3
    );
    assert_eq!(run.finished, Some(Ended::Completed));
}

#[test]
fn a_result_that_comes_before_the_lateness_was_noticed_counts() {
    let mut run = Run::new(with_timeout(1, OnTimeout::Raise), 1);
    run.now = 10 * SECOND;
    run.done(0, &[0]);
    assert_eq!(run.finished, Some(Ended::Completed));
}

#[test]
fn a_timeout_beyond_all_time_is_none() {
    let run = Run::new(
        Options {
            timeout: Some(Duration::MAX),
            ..options(1, 4)
        },
        4,
    );
    assert_eq!(run.dispatcher.next_deadline(), Some(Duration::MAX));
    let mut late = Dispatcher::new(
        Options {
            timeout: Some(Duration::MAX),
            ..options(1, 4)
        },
        SECOND,
    );
    late.handle(SECOND, Input::WorkerReady(WorkerId(0)));
    late.handle(SECOND, Input::Produced(vec![Produced::Pending]));
    while late.next_output().is_some() {}
    assert_eq!(late.next_deadline(), None);
}

#[test]
fn a_worker_whose_clock_is_ahead_gets_no_more_time() {
    let mut run = Run::new(with_timeout(2, OnTimeout::Skip), 4);
    let (task, started, ended) = (TaskId(0), Duration::ZERO, 100 * SECOND);
    let reports = vec![Report {
        task,
        started,
        ended,
        failed: false,
    }];
    run.tell(Input::Reported {
        batch: BatchId(0),
        reports,
    });
    assert_eq!(run.dispatcher.next_deadline(), Some(5 * SECOND));
    run.wait(5 * SECOND);
    assert_eq!(run.ended_workers, [0, 1]);
}
