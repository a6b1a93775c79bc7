//! Tasks that fail or take too long, and sources that throw.

use core::time::Duration;

use parallel::{
    Backends, Call, Context, Ended, Jobs, OnError, OnTimeout, Options, Outcome, Settings, choose,
};

use crate::simulated::{End, Run, Source, Task, failing, millis, seconds};
use crate::{jobs, sized, unordered, whole};

#[test]
fn b04_error_capture() {
    for n_jobs in [1, 2] {
        let run = Run::new(jobs(n_jobs), [seconds(1), failing()].into_iter()).finish();
        let outcome = Outcome::Failed;
        let task = parallel::TaskId(1);
        assert_eq!(run.ended, Some(Ended::Raised { task, outcome }));
        // The workers that were busy are ended, and others take their place: the next run has a whole pool.
        let next = Run::new(jobs(n_jobs), (0..10).map(|_| seconds(1))).finish();
        assert_eq!(next.ended, Some(Ended::Completed));
        assert_eq!(next.yielded().len(), 10);
    }
}

/// What joblib does not have: all errors in their places.
#[test]
fn b04_error_capture_of_all_errors() {
    let collect = Options {
        on_error: OnError::Collect,
        ..jobs(2)
    };
    let trap = Task {
        ends: End::Trap,
        ..seconds(1)
    };
    let run = Run::new(
        collect,
        [seconds(1), failing(), trap, seconds(1)].into_iter(),
    )
    .finish();
    let outcomes: Vec<_> = run.yielded().iter().map(|(_, outcome)| *outcome).collect();
    let lost = Outcome::WorkerLost(parallel::Loss::Trapped);
    assert_eq!(outcomes, [Outcome::Ok, Outcome::Failed, lost, Outcome::Ok]);
    assert_eq!(run.ended, Some(Ended::Completed));
}

#[test]
fn b05_error_in_task_iterator() {
    for n_jobs in [1, 2] {
        // Before anything runs, after the tasks of pre_dispatch, and long after.
        for raise_at in [0, 5, 19] {
            let source = (0..20).map(move |n| {
                if n == raise_at {
                    Err(())
                } else {
                    Ok(seconds(1))
                }
            });
            let source: Source = Box::new(source);
            let run = Run::of_source(jobs(n_jobs), source);
            let run = if run.ended.is_some() {
                run
            } else {
                run.finish()
            };
            assert_eq!(run.ended, Some(Ended::SourceFailed));
            assert_eq!(run.produced(), raise_at);
            assert!(run.yielded().len() <= raise_at);
        }
    }
}

#[test]
fn b06_abort_backend() {
    for n_jobs in [1, 2, 8] {
        let tasks = core::iter::once(failing()).chain((0..100).map(|_| seconds(10)));
        let run = Run::new(jobs(n_jobs), tasks).finish();
        assert!(matches!(run.ended, Some(Ended::Raised { .. })));
        assert!(
            run.now < Duration::from_secs(20),
            "it ended after {:?}",
            run.now
        );
        assert_eq!(run.ended_workers(), if n_jobs == 1 { 1 } else { n_jobs });
    }
}

fn timeout(options: Options, millis: u64) -> Options {
    Options {
        timeout: Some(Duration::from_millis(millis)),
        ..options
    }
}

#[test]
fn b07_parallel_timeout_fail() {
    let run = Run::new(timeout(jobs(2), 10), (0..10).map(|_| seconds(10))).finish();
    let outcome = Outcome::TimedOut;
    assert!(matches!(run.ended, Some(Ended::Raised { outcome: o, .. }) if o == outcome));
    assert_eq!(run.now, Duration::from_millis(10));
}

/// joblib: `parallel_timeout_success`.
#[test]
fn b07_parallel_timeout_success() {
    let run = Run::new(timeout(jobs(2), 30_000), (0..10).map(|_| millis(1))).finish();
    assert_eq!(run.ended, Some(Ended::Completed));
    assert_eq!(run.yielded().len(), 10);
}

/// What joblib does not have: the tasks that take too long are given up, and the run goes on.
#[test]
fn b07_parallel_timeout_skip() {
    let skip = Options {
        on_timeout: OnTimeout::Skip,
        ..timeout(sized(2, 3, 6), 100)
    };
    let tasks = (0..20).map(|n| if n % 5 == 2 { seconds(60) } else { millis(10) });
    let run = Run::new(skip, tasks).finish();
    assert_eq!(run.ended, Some(Ended::Completed));
    for (place, (task, outcome)) in run.yielded().into_iter().enumerate() {
        assert_eq!(task as usize, place);
        let late = task % 5 == 2;
        assert_eq!(
            outcome == Outcome::TimedOut,
            late,
            "task {task}: {outcome:?}"
        );
    }
    assert_eq!(run.ended_workers(), 4);
}

#[test]
fn b08_parallel_timeout_fail_with_generator() {
    for options in [jobs(2), unordered(jobs(2))] {
        let slow = Run::new(timeout(options.clone(), 100), (0..10).map(|_| seconds(10))).finish();
        let outcome = Outcome::TimedOut;
        assert!(matches!(slow.ended, Some(Ended::Raised { outcome: o, .. }) if o == outcome));
        assert_eq!(slow.yielded(), []);
        let fast = Run::new(timeout(options, 10_000), (0..10).map(|_| millis(10))).finish();
        assert_eq!(fast.yielded().len(), 10);
    }
}

#[test]
fn b09_warning_about_timeout_not_supported_by_backend() {
    let call = Call {
        settings: Settings {
            n_jobs: Some(Jobs::Count(1)),
            ..Settings::default()
        },
        timeout: Some(Duration::from_secs(1)),
        ..Call::default()
    };
    let choice = choose(&call, &Context::default(), &Backends::new(), whole(4)).unwrap();
    let codes: Vec<_> = choice
        .warnings
        .iter()
        .map(parallel::Warning::code)
        .collect();
    assert_eq!(codes, ["timeout-not-kept"]);
    // And so it is: the tasks take longer, and all have results.
    let options = timeout(Options::new(whole(1)), 1000).one_at_a_time();
    let run = Run::new(options, (0..5).map(|_| seconds(5))).finish();
    assert_eq!(run.ended, Some(Ended::Completed));
}
