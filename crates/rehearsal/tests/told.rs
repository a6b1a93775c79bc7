//! What the lessons tell of the lab *cache inspector* is what it finds, the second time, too.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

use lessons::example_file::{SetUp, Step};
use rehearsal::Visit;
use values::Value;

fn steps(lesson: &str, part: &str, example: &str) -> Vec<Step> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/lessons");
    let file = root.join(format!("{lesson}/{part}/{example}.toml"));
    let text = std::fs::read_to_string(&file).unwrap();
    toml::from_str::<SetUp>(&text).unwrap().steps
}

fn take(visit: &mut Visit, steps: &[Step]) {
    for step in steps {
        match step {
            Step::Change { control, to } => visit.change(control, to),
            Step::Press { control } => visit.press(control),
        }
    }
}

/// Sets the example up, runs it twice, and compares what was found each time; then solves it, and compares once more.
fn found(lesson: &str, example: &str, run: &str, first: &[(&str, i64)], solved: &[(&str, i64)]) {
    let mut visit = Visit::new(widgets::create("cache-inspector").unwrap());
    let compare = |visit: &Visit, facts: &[(&str, i64)], when: &str| {
        for (fact, is) in facts {
            let found = visit.fact(fact);
            assert_eq!(found, Some(Value::Int(*is)), "{example}, {when}: {fact}");
        }
    };
    take(&mut visit, &steps(lesson, "start", example));
    for when in ["first", "second"] {
        visit.press(run);
        compare(&visit, first, when);
    }
    take(&mut visit, &steps(lesson, "solution", example));
    compare(&visit, solved, "solved");
}

#[test]
fn which_calls_are_the_same_call() {
    found(
        "02-all-cores-once/04-caching",
        "six-calls",
        "series",
        &[("cache.calls", 6), ("cache.computed", 3)],
        &[("cache.calls", 4), ("cache.computed", 1)],
    );
}

const STALE: &str = "02-all-cores-once/05-stale-answers";

#[test]
fn when_a_cached_answer_is_wrong() {
    found(
        STALE,
        "two-notes",
        "series",
        &[
            ("cache.calls", 6),
            ("cache.computed", 4),
            ("cache.wrong", 0),
        ],
        &[("cache.computed", 2), ("cache.wrong", 0)],
    );
    found(
        STALE,
        "a-rate-outside",
        "series",
        &[
            ("cache.calls", 5),
            ("cache.computed", 4),
            ("cache.wrong", 1),
        ],
        &[("cache.computed", 5), ("cache.wrong", 0)],
    );
    found(
        STALE,
        "an-hour",
        "series",
        &[
            ("cache.calls", 4),
            ("cache.computed", 2),
            ("cache.wrong", 2),
        ],
        &[
            ("cache.computed", 1),
            ("cache.stale", 1),
            ("cache.wrong", 3),
        ],
    );
    found(
        STALE,
        "the-same-text-again",
        "series",
        &[
            ("cache.calls", 5),
            ("cache.computed", 3),
            ("cache.wrong", 0),
        ],
        &[("cache.computed", 2), ("cache.wrong", 0)],
    );
}

const COSTS: &str = "02-all-cores-once/06-cache-costs";

#[test]
fn what_a_cache_may_cost() {
    found(
        COSTS,
        "which-one-goes",
        "series",
        &[("cache.calls", 6), ("cache.computed", 3)],
        &[("cache.calls", 7), ("cache.computed", 3)],
    );
    found(
        COSTS,
        "no-more-room",
        "fill",
        &[("fill.arrived", 8)],
        &[("cache.entries", 2)],
    );
    found(
        COSTS,
        "four-callers",
        "series",
        &[
            ("cache.calls", 12),
            ("cache.computed", 2),
            ("cache.shared", 6),
        ],
        &[
            ("cache.calls", 16),
            ("cache.computed", 1),
            ("cache.shared", 3),
        ],
    );
    found(
        COSTS,
        "killed-writer",
        "kill",
        &[("kill.unsound", 0)],
        &[("cache.warnings", 1)],
    );
}
