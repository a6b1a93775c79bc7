//! Workers that are lost.

use super::*;

#[test]
fn the_task_that_was_alone_on_a_lost_worker_is_blamed() {
    let mut run = Run::new(options(1, 2), 2);
    run.lose(0);
    assert_eq!(run.yielded, [(0, Outcome::WorkerLost(Loss::Trapped))]);
    run.done(1, &[1]);
    assert_eq!(run.finished, Some(Ended::Completed));
}

#[test]
fn a_task_that_was_alone_is_run_again_as_often_as_asked() {
    let with_retries = Options {
        retries: 2,
        on_error: OnError::Raise,
        ..options(1, 2)
    };
    let mut run = Run::new(with_retries, 1);
    for worker in 0..2 {
        run.lose(worker);
        assert_eq!(run.yielded, []);
        run.ready(worker + 1);
        assert_eq!(run.last_sent(), (worker + 1, &[0][..]));
    }
    run.lose(2);
    let outcome = Outcome::WorkerLost(Loss::Trapped);
    let task = TaskId(0);
    assert_eq!(run.finished, Some(Ended::Raised { task, outcome }));
}

#[test]
fn a_lost_worker_ends_a_run_that_raises() {
    let mut run = Run::new(
        Options {
            on_error: OnError::Raise,
            ..options(1, 2)
        },
        2,
    );
    run.lose(1);
    let outcome = Outcome::WorkerLost(Loss::Trapped);
    assert_eq!(
        run.finished,
        Some(Ended::Raised {
            task: TaskId(1),
            outcome
        })
    );
    assert_eq!(run.ended_workers, [0]);
}

#[test]
fn the_culprit_in_a_batch_is_found_and_the_innocent_survive() {
    let mut run = Run::new(options(4, 8), 8);
    run.report(0, &[0], false);
    run.lose(0);
    assert_eq!(run.yielded, [(0, Outcome::Ok)], "what was reported stands");
    run.ready(2);
    assert_eq!(run.last_sent(), (2, &[1][..]));
    run.done(2, &[1]);
    assert_eq!(run.last_sent(), (2, &[2][..]));
    run.lose(2);
    run.ready(3);
    assert_eq!(run.last_sent(), (3, &[3][..]));
    run.done(4, &[3]);
    run.done(1, &[4, 5, 6, 7]);
    assert_eq!(
        run.yielded.get(2),
        Some(&(2, Outcome::WorkerLost(Loss::Trapped)))
    );
    assert_eq!(
        run.yielded
            .iter()
            .filter(|(_, outcome)| *outcome == Outcome::Ok)
            .count(),
        7
    );
    assert_eq!(run.finished, Some(Ended::Completed));
}

#[test]
fn a_lost_idle_worker_just_disappears() {
    let mut run = Run::new(options(1, 2), 1);
    run.lose(1);
    run.done(0, &[0]);
    assert_eq!(run.finished, Some(Ended::Completed));
}

#[test]
fn late_messages_of_a_lost_worker_do_no_harm() {
    let mut run = Run::new(options(1, 2), 2);
    run.lose(0);
    run.done(0, &[0]);
    run.lose(0);
    run.ready(0);
    run.done(1, &[1]);
    assert_eq!(
        run.yielded,
        [(0, Outcome::WorkerLost(Loss::Trapped)), (1, Outcome::Ok)]
    );
    assert_eq!(run.sent.len(), 2);
}

#[test]
fn a_worker_that_ends_a_batch_without_reporting_all_of_it_is_ended() {
    let mut run = Run::new(options(2, 4), 4);
    run.done(0, &[0]);
    assert_eq!(run.ended_workers, [0]);
    run.ready(2);
    assert_eq!(run.last_sent(), (2, &[1][..]));
}

#[test]
fn a_run_without_workers_fails_and_says_why() {
    let mut run = Run::new(options(1, 2), 9);
    run.lose(0);
    run.lose(1);
    run.tell(Input::NoWorkers {
        loss: Loss::LoadFailed,
    });
    assert_eq!(run.finished, Some(Ended::NoWorkers(Loss::LoadFailed)));
}

#[test]
fn no_more_workers_than_n_jobs_are_busy() {
    let mut run = Run::new(options(1, 8), 8);
    run.ready(2);
    assert_eq!(run.sent.len(), 2);
    run.lose(0);
    assert_eq!(run.last_sent(), (2, &[2][..]));
}

#[test]
fn a_worker_that_is_gone_is_not_used_again() {
    let mut run = Run::new(options(1, 2), 5);
    run.lose(0);
    run.ready(0);
    assert_eq!(run.sent, [(0, vec![0]), (1, vec![1])]);
}

#[test]
fn reports_out_of_order_and_reports_given_twice_are_ignored() {
    let mut run = Run::new(options(2, 4), 4);
    run.report(0, &[1], false);
    assert_eq!(run.yielded, []);
    run.report(0, &[0, 0], true);
    run.report(0, &[0, 1], false);
    assert_eq!(run.yielded, [(0, Outcome::Failed), (1, Outcome::Ok)]);
}

#[test]
fn tasks_of_a_worker_that_went_along_with_another_run_again_without_blame() {
    let collateral = |run: &mut Run, worker| {
        run.tell(Input::WorkerLost {
            worker: WorkerId(worker),
            loss: Loss::Collateral,
        });
    };
    // Alone on their workers again and again, they are still not to blame.
    let mut run = Run::new(options(1, 2), 2);
    for round in 0..3 {
        collateral(&mut run, 2 * round);
        collateral(&mut run, 2 * round + 1);
        assert_eq!((run.yielded.len(), run.finished), (0, None));
        run.ready(2 * round + 2);
        run.ready(2 * round + 3);
    }
    assert_eq!(run.sent.len(), 8);
    run.done(6, &[0]);
    run.done(7, &[1]);
    assert_eq!(run.yielded, [(0, Outcome::Ok), (1, Outcome::Ok)]);

    let mut run = Run::new(options(4, 8), 8);
    run.report(0, &[0], false);
    collateral(&mut run, 0);
    run.ready(2);
    assert_eq!(
        run.last_sent(),
        (2, &[1, 2, 3][..]),
        "what was not reported stays together"
    );
}
