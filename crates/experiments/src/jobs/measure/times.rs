//! Timing one thing, as often as the clock needs to see it.

use std::hint::black_box;

use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::bench::Now;

/// How to time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// As many runs are timed together to begin with; none is taken for one.
    pub runs: u32,
    /// Runs are timed together until they take at least this many milliseconds. Nothing lets one run be enough.
    pub at_least_ms: f64,
}

/// How long something took.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timed {
    /// Milliseconds of one run.
    pub milliseconds: f64,
    /// As many were timed together and divided by.
    pub runs: u32,
    /// Whether nothing like it had run in this worker before.
    pub is_first: bool,
}

/// More are not timed together.
const MOST_RUNS: u32 = 100_000;
/// From one try to the next there are at most so many times more runs.
const MOST_GROWTH: f64 = 32.0;

/// Times a run, or several together; what a run gives is thrown away after the time was taken, but for the last.
pub(super) fn run<T>(
    now: Now<'_>,
    timing: Timing,
    is_first: bool,
    mut once: impl FnMut() -> Result<T, Failure>,
) -> Result<(Timed, T), Failure> {
    let mut runs = timing.runs.clamp(1, MOST_RUNS);
    loop {
        let mut results = Vec::with_capacity(runs as usize);
        let start = now();
        for _ in 0..runs {
            results.push(black_box(once()?));
        }
        let total = (now() - start).max(0.0);
        if total < timing.at_least_ms && runs < MOST_RUNS {
            let growth = (timing.at_least_ms * 1.2 / total).clamp(2.0, MOST_GROWTH);
            runs = ((f64::from(runs) * growth) as u32).min(MOST_RUNS);
            continue;
        }
        if let Some(last) = results.pop() {
            let timed = Timed {
                milliseconds: total / f64::from(runs),
                runs,
                is_first,
            };
            return Ok((timed, last));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use core::cell::Cell;

    use super::*;

    /// A clock that shows steps of 1 ms, and work that takes 0.3 ms.
    fn timed(timing: Timing) -> Timed {
        let time = Cell::new(0.0_f64);
        let clock = || time.get().floor();
        let work = || {
            time.set(time.get() + 0.3);
            Ok(())
        };
        run(&clock, timing, false, work).unwrap().0
    }

    #[test]
    fn what_is_shorter_than_the_clock_sees_is_timed_in_numbers() {
        let timed = timed(Timing {
            runs: 1,
            at_least_ms: 20.0,
        });
        assert!(timed.runs >= 64, "{timed:?}");
        assert!((timed.milliseconds - 0.3).abs() < 0.02, "{timed:?}");
    }

    #[test]
    fn one_run_is_enough_where_nothing_is_asked_for() {
        let timed = timed(Timing::default());
        assert_eq!(timed.runs, 1);
    }

    #[test]
    fn what_fails_is_not_tried_again() {
        let tries = Cell::new(0);
        let failed: Result<(Timed, ()), _> = run(
            &|| 0.0,
            Timing {
                runs: 5,
                at_least_ms: 1.0,
            },
            false,
            || {
                tries.set(tries.get() + 1);
                Err(Failure::new("no", "No."))
            },
        );
        assert!(failed.is_err());
        assert_eq!(tries.get(), 1);
    }
}
