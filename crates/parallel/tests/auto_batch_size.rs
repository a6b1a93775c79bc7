//! The automatic batch size against a recording of joblib's own.
#![allow(clippy::unwrap_used)]

use core::time::Duration;

use parallel::{Adapted, AutoBatchSize};

const RECORDED: &str = include_str!("fixtures/auto_batch_size.txt");

#[test]
fn it_follows_joblib_in_every_recorded_run() {
    let mut steps = 0;
    for run in RECORDED.split("\n\n").skip(1) {
        let mut rule = AutoBatchSize::new();
        for line in run.lines() {
            let mut numbers = line.split(' ').map(|number| number.parse::<u64>().unwrap());
            let mut next = || numbers.next().unwrap();
            let (size, duration, expected) = (
                next() as usize,
                Duration::from_nanos(next()),
                next() as usize,
            );
            rule.record(size, duration);
            let _ = rule.adapt();
            assert_eq!(rule.size(), expected, "after {line}");
            steps += 1;
        }
    }
    assert!(steps > 1000, "the recording has only {steps} steps");
}

#[test]
fn it_grows_on_a_clock_that_stands_still_but_not_without_bound() {
    let mut rule = AutoBatchSize::new();
    for _ in 0..100 {
        rule.record(rule.size(), Duration::ZERO);
        assert!(matches!(rule.adapt(), Adapted::TooFast { .. }));
    }
    assert_eq!(rule.size(), AutoBatchSize::MAX_SIZE);
}

#[test]
fn a_batch_of_another_size_does_not_count() {
    let mut rule = AutoBatchSize::new();
    rule.record(7, Duration::from_millis(1));
    assert_eq!((rule.adapt(), rule.size()), (Adapted::Fits, 1));
}
