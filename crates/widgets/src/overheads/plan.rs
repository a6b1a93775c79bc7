//! What is still to be run, and in which order: every way in turn, so that what changes meanwhile changes for all.

use std::collections::VecDeque;

use super::measured::milliseconds;
use super::state::{LENGTHS, LOKY, ROWS, Row, THREADING, Way};

/// So many rounds a measurement has, if there is time for them.
pub(super) const ROUNDS: u32 = 5;
/// So many it has in any case.
pub(super) const LEAST_ROUNDS: u32 = 3;
/// After so many milliseconds no further round is begun.
const ENOUGH_MS: f64 = 12_000.0;
/// The most that a plain loop may take, in milliseconds, of one length and of the longest of the curve.
pub(super) const MOST_MS: f64 = 2_000.0;
const MOST_MS_OF_CURVE: f64 = 500.0;
/// So many steps of the clock what is timed has to take, where that can be had by timing more of it.
const CLOCK_STEPS: f64 = 50.0;
const MOST_TOGETHER: f64 = 100_000.0;
/// So many lengths the curve has.
const LENGTHS_OF_CURVE: usize = 6;

/// One run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A run that does not count, so that no code runs for the first time when it does; a row.
    WarmUp(usize),
    /// How fast this machine computes.
    Calibrate,
    /// A row, with tasks of that length in microseconds; of no length, to see what a task costs that does nothing.
    Run(usize, u64),
    /// A round is done.
    RoundDone,
}

/// A measurement that goes on.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    steps: VecDeque<Step>,
    pub(super) now: Step,
    /// How many steps there were.
    pub(super) total: usize,
    /// How many rounds are done.
    pub(super) rounds: u32,
    pub(super) stopping: bool,
    /// How much a core computes in a millisecond; the most that was seen.
    pub(super) rounds_per_ms: f64,
    /// The time of all runs until now.
    pub(super) spent_ms: f64,
    /// What the run that goes on has told: the time of its first task alone, when it was done, and the time of all.
    pub(super) first_took: f64,
    pub(super) first_done: Option<f64>,
    pub(super) elapsed: Option<f64>,
}

impl Plan {
    /// A measurement of these lengths, with threads or without.
    pub(super) fn new(lengths: &[u64], threads: bool) -> Self {
        let mut steps = VecDeque::from([Step::WarmUp(LOKY)]);
        if threads {
            steps.push_back(Step::WarmUp(THREADING));
        }
        // The first time its code may still be the browser's first draft of it.
        steps.extend([Step::Calibrate; 3]);
        let takes_part = |row: &Row| threads || row.way != Way::Threading;
        let rounds = if lengths.len() > 1 {
            LEAST_ROUNDS
        } else {
            ROUNDS
        };
        for _ in 0..rounds {
            for (at, length) in lengths.iter().enumerate() {
                for (place, row) in ROWS.iter().enumerate() {
                    if !takes_part(row) {
                        continue;
                    }
                    steps.push_back(Step::Run(place, *length));
                    // While its workers are there: the next way may end them.
                    if at + 1 == lengths.len() && !row.cold && row.way != Way::Loop {
                        steps.push_back(Step::Run(place, 0));
                    }
                }
            }
            steps.push_back(Step::RoundDone);
        }
        Self {
            total: steps.len(),
            steps,
            now: Step::Calibrate,
            rounds: 0,
            stopping: false,
            rounds_per_ms: 0.0,
            spent_ms: 0.0,
            first_took: 0.0,
            first_done: None,
            elapsed: None,
        }
    }

    /// The next run; none if all is done, or enough for the time.
    pub(super) fn next(&mut self) -> Option<Step> {
        loop {
            let step = self.steps.pop_front()?;
            if step != Step::RoundDone {
                self.now = step;
                (self.first_took, self.first_done, self.elapsed) = (0.0, None, None);
                return Some(step);
            }
            self.rounds += 1;
            if self.rounds >= LEAST_ROUNDS && self.spent_ms > ENOUGH_MS {
                self.steps.clear();
            }
        }
    }

    pub(super) fn done(&self) -> usize {
        self.total - self.steps.len()
    }

    /// How many units are timed together, so that the clock's steps in microseconds do not matter, where each takes as many
    /// microseconds as this or longer.
    pub(super) fn together(tasks: u64, clock_us: f64, each_us: f64) -> u64 {
        tasks.max((CLOCK_STEPS * clock_us / each_us).ceil().min(MOST_TOGETHER) as u64)
    }

    /// How much a task of this length in microseconds computes.
    pub(super) fn work(&self, length: u64) -> u64 {
        (self.rounds_per_ms * milliseconds(length)).round() as u64
    }
}

/// The lengths of the curve: from the shortest to the longest that is over in time, at about equal ratios. The chosen one is
/// among them, if it is over in time.
pub(super) fn curve(tasks: u64, chosen: u64) -> Vec<u64> {
    let is_short = |length: &&u64| milliseconds(**length) * tasks as f64 <= MOST_MS_OF_CURVE;
    let all: Vec<u64> = LENGTHS.iter().filter(is_short).copied().collect();
    let last = all.len().saturating_sub(1);
    let count = LENGTHS_OF_CURVE.min(all.len());
    let mut lengths: Vec<u64> = (0..count)
        .filter_map(|at| all.get((at * last + (count - 1) / 2) / (count - 1).max(1)))
        .copied()
        .collect();
    let away = |length: &&mut u64| length.abs_diff(chosen);
    if lengths.last().is_some_and(|last| chosen <= *last)
        && let Some(closest) = lengths.iter_mut().min_by_key(away)
    {
        *closest = chosen;
    }
    lengths.dedup();
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::overheads::state::TASKS;

    #[test]
    fn whatever_the_number_of_tasks_the_curve_has_six_lengths_from_a_microsecond_on() {
        for tasks in TASKS {
            let lengths = curve(tasks, 1);
            assert_eq!((lengths.len(), lengths[0]), (6, 1), "{tasks}: {lengths:?}");
            assert!(lengths.is_sorted());
        }
        assert_eq!(curve(200, 50_000), [1, 5, 20, 100, 500, 2000]);
        assert_eq!(curve(200, 1_000), [1, 5, 20, 100, 1000, 2000]);
    }

    #[test]
    fn each_round_has_every_way_and_none_is_begun_when_there_was_enough() {
        let mut plan = Plan::new(&[1000], false);
        let mut steps = Vec::new();
        while let Some(step) = plan.next() {
            plan.spent_ms += 500.0;
            steps.push(step);
        }
        assert_eq!(plan.rounds, LEAST_ROUNDS);
        let of = |row: usize, length: u64| {
            steps
                .iter()
                .filter(|step| **step == Step::Run(row, length))
                .count()
        };
        assert_eq!(
            (of(0, 1000), of(LOKY, 1000), of(LOKY, 0), of(0, 0)),
            (3, 3, 3, 0)
        );
        assert_eq!((of(THREADING, 1000), of(THREADING, 0)), (0, 0));
        assert_eq!(
            Plan::new(&[1000], true).total - Plan::new(&[1000], false).total,
            5 * 3 + 1
        );
    }
}
