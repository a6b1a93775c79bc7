//! Random runs: whatever happens in whatever order, the promises of the dispatcher hold.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod world;

use core::num::NonZeroUsize;
use core::time::Duration;

use parallel::{BatchSize, Input, OnError, OnTimeout, Options, Order, PreDispatch, Verbosity};
use proptest::prelude::*;

use world::World;

/// One thing that the world does next; the numbers choose among what is possible then.
#[derive(Clone, Debug)]
enum Step {
    Produce(usize),
    Report {
        batch: usize,
        tasks: usize,
        fails: bool,
    },
    EndBatch(usize),
    Lose {
        worker: usize,
        /// Along with another worker, so that no task is to blame.
        collateral: bool,
    },
    Replace,
    CancelTask(u32),
    Cancel,
    Tick(u64),
    /// A message that comes late or makes no sense.
    Stray(u32),
    FailSource,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        12 => (0..8_usize).prop_map(Step::Produce),
        12 => (0..8_usize, 0..6_usize, prop::bool::weighted(0.1)).prop_map(|(batch, tasks, fails)| Step::Report { batch, tasks, fails }),
        8 => (0..8_usize).prop_map(Step::EndBatch),
        2 => (0..8_usize, any::<bool>()).prop_map(|(worker, collateral)| Step::Lose { worker, collateral }),
        3 => Just(Step::Replace),
        1 => (0..60_u32).prop_map(Step::CancelTask),
        4 => (0..2000_u64).prop_map(Step::Tick),
        2 => (0..20_u32).prop_map(Step::Stray),
    ];
    let rare = prop_oneof![6 => Just(None), 1 => (0..200_usize).prop_map(|at| Some((at, Step::Cancel))), 1 => (0..200_usize).prop_map(|at| Some((at, Step::FailSource)))];
    (prop::collection::vec(step, 0..300), rare).prop_map(|(mut steps, rare)| {
        if let Some((at, step)) = rare {
            steps.insert(at.min(steps.len()), step);
        }
        steps
    })
}

fn size() -> impl Strategy<Value = NonZeroUsize> {
    (1..9_usize).prop_map(|size| NonZeroUsize::new(size).unwrap())
}

/// Every combination that options allow.
fn options() -> impl Strategy<Value = Options> {
    let verbose = |level| Verbosity {
        level,
        n_jobs: -1,
        backend: "LokyBackend".to_owned(),
        length: None,
    };
    (
        (1..5_usize).prop_map(|n| NonZeroUsize::new(n).unwrap()),
        prop_oneof![Just(BatchSize::Auto), size().prop_map(BatchSize::Fixed)],
        prop_oneof![Just(PreDispatch::All), size().prop_map(PreDispatch::Tasks)],
        prop_oneof![Just(Order::Submission), Just(Order::Completion)],
        (
            prop_oneof![1 => Just(OnError::Raise), 3 => Just(OnError::Collect)],
            prop_oneof![1 => Just(OnTimeout::Raise), 3 => Just(OnTimeout::Skip)],
        ),
        prop::option::of((1..5000_u64).prop_map(Duration::from_millis)),
        prop::option::of((1..60_u32).prop_map(verbose)),
        (
            prop::bool::weighted(0.8),
            prop_oneof![2 => Just(0), 1 => 1..3_u32],
        ),
    )
        .prop_map(
            |(n_jobs, batch_size, pre_dispatch, order, on, timeout, verbose, (events, retries))| {
                Options {
                    n_jobs,
                    batch_size,
                    pre_dispatch,
                    order,
                    on_error: on.0,
                    timeout,
                    on_timeout: on.1,
                    retries,
                    verbose,
                    events,
                }
            },
        )
}

/// Twelve configurations that are met in any case: each kind of option with each other kind.
fn configurations() -> Vec<Options> {
    use BatchSize::{Auto, Fixed};
    use PreDispatch::{All, Tasks};
    let [one, two, three, four, seven, twelve] =
        [1, 2, 3, 4, 7, 12].map(|n| NonZeroUsize::new(n).unwrap());
    let (raise, collect) = (OnError::Raise, OnError::Collect);
    let (skip, late) = (OnTimeout::Skip, OnTimeout::Raise);
    let (ordered, unordered) = (Order::Submission, Order::Completion);
    [
        (one, Auto, Tasks(two), ordered, collect, skip, true),
        (one, Fixed(three), All, unordered, raise, late, true),
        (two, Auto, All, ordered, collect, skip, true),
        (two, Auto, Tasks(two), unordered, collect, late, true),
        (two, Fixed(one), Tasks(three), ordered, raise, skip, true),
        (
            two,
            Fixed(seven),
            Tasks(four),
            unordered,
            collect,
            skip,
            false,
        ),
        (four, Auto, Tasks(four), ordered, collect, skip, false),
        (four, Fixed(two), Tasks(seven), ordered, collect, skip, true),
        (
            four,
            Fixed(three),
            Tasks(one),
            unordered,
            collect,
            skip,
            true,
        ),
        (twelve, Auto, Tasks(twelve), unordered, collect, late, true),
        (twelve, Fixed(one), All, ordered, collect, skip, true),
        (
            twelve,
            Fixed(seven),
            Tasks(twelve),
            ordered,
            collect,
            skip,
            true,
        ),
    ]
    .map(
        |(n_jobs, batch_size, pre_dispatch, order, on_error, on_timeout, events)| Options {
            batch_size,
            pre_dispatch,
            order,
            on_error,
            on_timeout,
            events,
            timeout: Some(Duration::from_secs(3)),
            ..Options::new(n_jobs)
        },
    )
    .into()
}

/// Goes through a run, whatever happens in it, to its end.
fn go_through(options: Options, source: Vec<bool>, steps: &[Step]) {
    let mut world = World::new(options, source);
    world.replace();
    for step in steps {
        if world.ended.is_some() {
            break;
        }
        if matches!(step, Step::FailSource) && world.source_ended {
            continue;
        }
        world.step(step);
    }
    world.wind_down();
    world.check_end();
    // Whatever comes now is ignored.
    world.tell(Input::Cancel);
    world.tell(Input::Tick);
}

fn source() -> impl Strategy<Value = Vec<bool>> {
    prop::collection::vec(prop::bool::weighted(0.15), 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_promises_hold_in_every_run(options in options(), source in source(), steps in steps()) {
        go_through(options, source, &steps);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[0-9n_jobs+*/%(). -]{0,40}", n_jobs in size()) {
        let _ = parallel::parse_pre_dispatch(&text, n_jobs);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_promises_hold_in_twelve_configurations(source in source(), steps in steps()) {
        for options in configurations() {
            go_through(options, source.clone(), &steps);
        }
    }
}
