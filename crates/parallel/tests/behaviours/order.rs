//! Results: all of them, each once, in the order asked for.

use core::num::NonZeroUsize;
use core::time::Duration;

use parallel::{BatchSize, Ended, Input, Instance, Options, Outcome, Verbosity};

use crate::simulated::{Run, Task, millis, seconds};
use crate::{jobs, unordered, whole};

fn all_ok(tasks: u32) -> Vec<(u32, Outcome)> {
    (0..tasks).map(|task| (task, Outcome::Ok)).collect()
}

#[test]
fn b01_simple_parallel() {
    for n_jobs in 1..5_u32 {
        for level in [0, 2, 11, 100] {
            let verbose = Verbosity {
                level,
                n_jobs: i64::from(n_jobs),
                backend: "LokyBackend".to_owned(),
                length: None,
            };
            let options = Options {
                verbose: Some(verbose),
                ..jobs(n_jobs as usize)
            };
            // Later tasks are quicker, so workers overtake each other.
            let run = Run::new(options, (0..5).map(|n| seconds(10 - 2 * n))).finish();
            assert_eq!(run.yielded(), all_ok(5));
            assert_eq!(run.ended, Some(Ended::Completed));
        }
    }
}

#[test]
fn b10_parallel_unordered_generator_returns_fastest_first() {
    for n_jobs in [2, 4] {
        let tasks = (0..10).map(|n| if n == 1 { seconds(30) } else { millis(1) });
        let run = Run::new(unordered(jobs(n_jobs)), tasks).finish();
        let order: Vec<_> = run.yielded().iter().map(|(task, _)| *task).collect();
        assert_eq!(order, [0, 2, 3, 4, 5, 6, 7, 8, 9, 1]);
    }
}

#[test]
fn b11_parallel_return_order_with_return_as_generator_parameter() {
    for n_jobs in [1, 2, 4] {
        let run = Run::new(jobs(n_jobs), [9, 1, 5, 1, 1].map(seconds).into_iter()).finish();
        assert_eq!(run.yielded(), all_ok(5));
    }
}

#[test]
fn b12_multiple_generator_call() {
    let instance = Instance::default();
    let call = instance.begin().unwrap();
    let mut run = Run::new(jobs(2), (0..10).map(|_| seconds(1)));
    run.step();
    // At once: no time has passed that is not the first call's.
    let error = instance.begin().unwrap_err();
    assert_eq!(error.code(), "already-running");
    assert!(error.to_string().contains("already running"));
    assert!(instance.clone().begin().is_err());
    let run = run.finish();
    assert_eq!(run.yielded(), all_ok(10), "the first call is not disturbed");
    drop(call);
    assert!(instance.begin().is_ok());
}

/// Two instances at once: `multiple_generator_call_separated`.
#[test]
fn b12_multiple_generator_call_separated() {
    let mut first = Run::new(jobs(2), (0..10).map(|_| seconds(1)));
    first.step();
    let second = Run::new(unordered(jobs(2)), (0..10).map(|_| seconds(1))).finish();
    assert_eq!(second.yielded().len(), 10);
    assert_eq!(first.finish().yielded(), all_ok(10));
}

#[test]
fn b13_deadlock_with_generator() {
    for n_jobs in [1, 2, 4] {
        for options in [jobs(n_jobs), unordered(jobs(n_jobs))] {
            let mut run = Run::new(options, (0..1000).map(|_| seconds(1)));
            while run.yielded().len() < 2 {
                assert!(run.step());
            }
            // The caller goes away, and the run is given up: no worker is left with it.
            run.tell(Input::Cancel);
            assert_eq!(run.ended, Some(Ended::Cancelled));
            assert!(run.dispatcher.is_finished());
            assert_eq!(run.dispatcher.progress(run.now).running, 0);
            assert!(run.produced() < 20, "the rest of the source is left alone");
        }
    }
}

#[test]
fn b24_dispatch_race_condition() {
    for (tasks, n_jobs, pre_dispatch, batch_size) in [
        (2, 2, "all", "auto"),
        (2, 2, "n_jobs", "auto"),
        (10, 2, "n_jobs", "auto"),
        (517, 2, "n_jobs", "auto"),
        (10, 2, "n_jobs", "auto"),
        (10, 4, "n_jobs", "auto"),
        (200, 12, "n_jobs", "auto"),
        (25, 12, "2 * n_jobs", "1"),
        (250, 12, "all", "1"),
        (250, 12, "2 * n_jobs", "7"),
        (200, 12, "2 * n_jobs", "auto"),
    ] {
        let n_jobs: NonZeroUsize = whole(n_jobs);
        let options = Options {
            pre_dispatch: parallel::parse_pre_dispatch(pre_dispatch, n_jobs).unwrap(),
            batch_size: BatchSize::parse(batch_size).unwrap(),
            ..Options::new(n_jobs)
        };
        // Durations without a pattern: a few very short and some long ones, in every order.
        for seed in 0..20_u64 {
            let task = move |n: u64| {
                let mixed = (n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15 ^ seed) >> 40;
                Task {
                    takes: Duration::from_micros(mixed % 400_000),
                    ..seconds(0)
                }
            };
            let run = Run::new(options.clone(), (0..tasks).map(task)).finish();
            assert_eq!(run.yielded(), all_ok(tasks as u32), "{options:?} {seed}");
            assert_eq!(run.produced(), tasks as usize);
        }
    }
}
