//! How the source is read, and how its tasks become batches.

use super::*;

/// joblib: `dispatch_multiprocessing`.
#[test]
fn with_three_tasks_ahead_the_fourth_is_produced_only_after_a_completion() {
    let mut run = Run::new(options(1, 3), 6);
    assert_eq!(run.left, 3);
    run.wait(SECOND);
    assert_eq!(run.left, 3);
    run.done(0, &[0]);
    // Like joblib, it then takes one for each worker at a time.
    assert_eq!(run.left, 1);
    run.done(1, &[1]);
    assert_eq!(run.left, 1);
}

/// joblib: `error_in_task_iterator`.
#[test]
fn an_error_of_the_source_ends_the_run_and_its_busy_workers() {
    let mut dispatcher = Dispatcher::new(options(1, 4), Duration::ZERO);
    dispatcher.handle(Duration::ZERO, Input::WorkerReady(WorkerId(0)));
    assert!(matches!(dispatcher.next_output(), Some(Output::Event(_))));
    assert_eq!(dispatcher.next_output(), Some(Output::Pull(4)));
    dispatcher.handle(Duration::ZERO, Input::Produced(vec![Produced::Pending; 2]));
    dispatcher.handle(Duration::ZERO, Input::SourceFailed);
    let outputs: Vec<_> = core::iter::from_fn(|| dispatcher.next_output()).collect();
    assert_eq!(outputs.last(), Some(&Output::Finished(Ended::SourceFailed)));
    assert!(dispatcher.is_finished());

    let mut run = Run::new(options(1, 4), 100);
    run.tell(Input::SourceFailed);
    assert_eq!(run.finished, Some(Ended::SourceFailed));
    assert_eq!(run.ended_workers, [0, 1]);
    assert_eq!(run.yielded, []);
}

/// joblib: a test of an empty iterator.
#[test]
fn an_empty_source_completes_with_nothing_yielded() {
    let run = Run::new(options(1, 4), 0);
    assert_eq!(
        (run.finished, run.yielded),
        (Some(Ended::Completed), vec![])
    );
    assert_eq!(run.sent, []);
}

#[test]
fn the_first_tasks_are_shared_among_the_workers_when_they_do_not_make_full_batches() {
    let run = Run::new(options(10, 4), 100);
    assert_eq!(run.sent, [(0, vec![0, 1]), (1, vec![2, 3])]);
}

#[test]
fn each_batch_that_ends_makes_room_for_one_of_full_size() {
    let mut run = Run::new(options(10, 4), 100);
    run.done(0, &[0, 1]);
    assert_eq!(run.last_sent(), (0, &(4..14).collect::<Vec<_>>()[..]));
    // A slice has a batch for each worker; the second one waits for the next batch that ends.
    assert_eq!(run.left, 100 - 4 - 20);
}

#[test]
fn the_end_of_a_source_is_cut_finely_as_in_joblib() {
    let mut run = Run::new(options(20, 40), 85);
    assert_eq!(
        run.sent
            .iter()
            .map(|(_, tasks)| tasks.len())
            .collect::<Vec<_>>(),
        [20, 20]
    );
    run.done(0, &(0..20).collect::<Vec<_>>());
    // 45 are left. One slice of 40 is whole; the 5 after it make batches of max(1, 5 // 20).
    assert_eq!(run.last_sent().1.len(), 20);
    run.done(1, &(20..40).collect::<Vec<_>>());
    assert_eq!(run.last_sent().1.len(), 20);
    run.done(2, &(40..60).collect::<Vec<_>>());
    assert_eq!(run.last_sent(), (0, &[80][..]));
}

#[test]
fn a_source_read_at_once_is_cut_at_its_end_into_one_batch_per_worker() {
    let all = Options {
        pre_dispatch: PreDispatch::All,
        ..options(20, 1)
    };
    let run = Run::new(all, 30);
    assert_eq!(run.left, 0);
    assert_eq!(
        run.sent
            .iter()
            .map(|(_, tasks)| tasks.len())
            .collect::<Vec<_>>(),
        [15, 15]
    );
}

#[test]
fn short_batches_grow_and_long_ones_shrink() {
    let mut run = Run::new(
        Options {
            batch_size: BatchSize::Auto,
            ..options(1, 4)
        },
        1000,
    );
    let end = |run: &mut Run, batch: u32, time: Duration| {
        let tasks = run
            .sent
            .get(batch as usize)
            .map(|(_, tasks)| tasks.clone())
            .unwrap();
        run.now += time;
        let (started, ended) = (run.now, run.now);
        let reports = tasks
            .iter()
            .map(|&task| Report {
                task: TaskId(task),
                started,
                ended,
                failed: false,
            })
            .collect();
        run.tell(Input::Reported {
            batch: BatchId(batch),
            reports,
        });
        run.tell(Input::BatchEnded {
            batch: BatchId(batch),
        });
        run.last_sent().1.len()
    };
    let short = Duration::from_millis(10);
    // As in joblib, a new size is that of the batches put in line from then on: two are there before them.
    let sizes: Vec<_> = (0..8).map(|batch| end(&mut run, batch, short)).collect();
    assert_eq!(sizes, [1, 1, 2, 2, 2, 2, 4, 4]);
    assert!(run.kinds().contains(&EventKind::BatchSize { size: 4 }));
    let sizes: Vec<_> = (8..14)
        .map(|batch| end(&mut run, batch, 10 * SECOND))
        .collect();
    assert_eq!(sizes, [4, 4, 1, 1, 1, 1]);
}

#[test]
fn cached_tasks_go_to_no_worker_and_make_room_at_once() {
    let mut dispatcher = Dispatcher::new(options(1, 2), Duration::ZERO);
    assert_eq!(dispatcher.next_output(), Some(Output::Pull(2)));
    dispatcher.handle(Duration::ZERO, Input::Produced(vec![Produced::Cached; 2]));
    let outputs: Vec<_> = core::iter::from_fn(|| dispatcher.next_output()).collect();
    for task in [TaskId(0), TaskId(1)] {
        assert!(outputs.contains(&Output::Yield {
            task,
            outcome: Outcome::Cached
        }));
    }
    assert_eq!(outputs.last(), Some(&Output::Pull(2)));
    assert_eq!(dispatcher.progress(Duration::ZERO).cached, 2);
}

#[test]
fn tasks_whose_arguments_cannot_be_had_fail_without_going_to_a_worker() {
    let collect = Options {
        on_error: OnError::Collect,
        ..options(1, 2)
    };
    let answer = vec![Produced::Unreadable, Produced::Cached];
    let mut dispatcher = Dispatcher::new(collect, Duration::ZERO);
    dispatcher.handle(Duration::ZERO, Input::Produced(answer.clone()));
    dispatcher.handle(Duration::ZERO, Input::SourceEnded);
    let outputs: Vec<_> = core::iter::from_fn(|| dispatcher.next_output()).collect();
    assert!(outputs.contains(&Output::Yield {
        task: TaskId(0),
        outcome: Outcome::Failed
    }));
    assert_eq!(outputs.last(), Some(&Output::Finished(Ended::Completed)));

    let raise = Options {
        on_error: OnError::Raise,
        ..options(1, 2)
    };
    let mut dispatcher = Dispatcher::new(raise, Duration::ZERO);
    dispatcher.handle(Duration::ZERO, Input::Produced(answer));
    let outputs: Vec<_> = core::iter::from_fn(|| dispatcher.next_output()).collect();
    let raised = Ended::Raised {
        task: TaskId(0),
        outcome: Outcome::Failed,
    };
    assert_eq!(outputs.last(), Some(&Output::Finished(raised)));
}

#[test]
fn a_slow_source_does_not_keep_a_worker_waiting_for_a_full_batch() {
    let mut dispatcher = Dispatcher::new(options(10, 20), Duration::ZERO);
    dispatcher.handle(Duration::ZERO, Input::WorkerReady(WorkerId(0)));
    while !matches!(dispatcher.next_output(), Some(Output::Pull(_))) {}
    dispatcher.handle(Duration::ZERO, Input::Produced(vec![Produced::Pending]));
    let outputs: Vec<_> = core::iter::from_fn(|| dispatcher.next_output()).collect();
    assert!(matches!(outputs.last(), Some(Output::Send { tasks, .. }) if tasks.len() == 1));
}

#[test]
fn an_empty_answer_of_the_source_is_asked_again_only_after_another_input() {
    let mut dispatcher = Dispatcher::new(options(1, 1), Duration::ZERO);
    assert_eq!(dispatcher.next_output(), Some(Output::Pull(1)));
    dispatcher.handle(Duration::ZERO, Input::Produced(vec![]));
    assert_eq!(dispatcher.next_output(), None);
    dispatcher.handle(SECOND, Input::Tick);
    assert_eq!(dispatcher.next_output(), Some(Output::Pull(1)));
}
