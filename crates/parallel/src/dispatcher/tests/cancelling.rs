//! Giving up a task, or the run.

use super::*;

#[test]
fn a_cancelled_run_yields_every_task_submitted_in_order() {
    let mut run = Run::new(options(1, 4), 100);
    run.done(1, &[1]);
    run.tell(Input::Cancel);
    let outcomes = [
        Outcome::Cancelled,
        Outcome::Ok,
        Outcome::Cancelled,
        Outcome::Cancelled,
        Outcome::Cancelled,
        Outcome::Cancelled,
    ];
    assert_eq!(run.yielded, (0..).zip(outcomes).collect::<Vec<_>>());
    assert_eq!(run.finished, Some(Ended::Cancelled));
    assert_eq!(run.ended_workers, [0, 1]);
    assert_eq!(run.dispatcher.progress(run.now).cancelled, 5);
}

#[test]
fn nothing_happens_after_the_end_of_a_run() {
    let mut run = Run::new(options(1, 4), 100);
    run.tell(Input::Cancel);
    let before = (run.yielded.len(), run.events.len());
    run.tell(Input::Cancel);
    run.ready(9);
    run.done(0, &[0]);
    run.tell(Input::Produced(vec![Produced::Pending]));
    assert_eq!((run.yielded.len(), run.events.len()), before);
}

#[test]
fn a_queued_task_is_cancelled_without_being_run() {
    let mut run = Run::new(options(1, 4), 4);
    run.tell(Input::CancelTask(TaskId(3)));
    run.done(0, &[0]);
    run.done(1, &[1]);
    run.done(2, &[2]);
    assert_eq!(run.yielded.last(), Some(&(3, Outcome::Cancelled)));
    assert_eq!((run.sent.len(), run.ended_workers.len()), (3, 0));
    assert_eq!(run.finished, Some(Ended::Completed));
}

#[test]
fn a_task_that_runs_is_cancelled_with_its_worker_and_the_others_run_again() {
    let mut run = Run::new(
        Options {
            on_error: OnError::Raise,
            ..options(3, 6)
        },
        6,
    );
    run.report(0, &[0], false);
    run.tell(Input::CancelTask(TaskId(1)));
    assert_eq!(run.ended_workers, [0]);
    run.ready(2);
    assert_eq!(run.last_sent(), (2, &[2][..]));
    assert_eq!(run.yielded, [(0, Outcome::Ok), (1, Outcome::Cancelled)]);
}

#[test]
fn cancelling_a_task_that_is_done_or_unknown_changes_nothing() {
    let mut run = Run::new(options(1, 4), 4);
    run.done(0, &[0]);
    run.tell(Input::CancelTask(TaskId(0)));
    run.tell(Input::CancelTask(TaskId(77)));
    assert_eq!(run.yielded, [(0, Outcome::Ok)]);
    assert_eq!(run.dispatcher.progress(run.now).cancelled, 0);
}

#[test]
fn in_completion_order_too_a_cancelled_run_yields_by_position() {
    let mut run = Run::new(
        Options {
            order: Order::Completion,
            ..options(1, 4)
        },
        4,
    );
    run.tell(Input::Cancel);
    assert_eq!(
        run.yielded,
        [0, 1, 2, 3].map(|task| (task, Outcome::Cancelled))
    );
}

#[test]
fn tasks_queued_again_keep_the_order_of_the_source_and_can_be_cancelled() {
    let mut run = Run::new(options(3, 9), 9);
    run.tell(Input::CancelTask(TaskId(0)));
    run.tell(Input::CancelTask(TaskId(3)));
    for task in [8, 4, 1] {
        run.tell(Input::CancelTask(TaskId(task)));
    }
    let requeued = [2, 5, 6, 7];
    run.ready(2);
    run.ready(3);
    run.done(2, &[2]);
    run.done(3, &[5]);
    run.done(4, &[6]);
    run.done(5, &[7]);
    let sent: Vec<_> = run
        .sent
        .iter()
        .skip(2)
        .flat_map(|(_, tasks)| tasks.clone())
        .collect();
    assert_eq!(sent, requeued);
    assert_eq!(run.finished, Some(Ended::Completed));
    assert_eq!(run.ended_workers, [0, 1]);
}

#[test]
fn a_task_that_was_reported_is_not_cancelled_with_its_batch() {
    let mut run = Run::new(options(2, 4), 4);
    run.report(0, &[0], false);
    run.tell(Input::CancelTask(TaskId(0)));
    assert!(run.ended_workers.is_empty());
}
