//! What was measured, and what a model makes of it.

use core::f64::consts::E;

use super::state::{LENGTHS, LOOP, ROWS};
use crate::measure::Samples;

/// One time that was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Time {
    pub(super) row: usize,
    /// Whether it is when the first result was there, without what its task took, and not the time of the whole run.
    pub(super) is_start: bool,
    /// The length of the tasks, in microseconds; none of tasks that do nothing.
    pub(super) length: u64,
    pub(super) milliseconds: f64,
}

/// What was measured with one setting.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Measured {
    pub(super) tasks: u64,
    /// How many workers the parallel ways had.
    pub(super) workers: u32,
    /// How many cores the machine has.
    pub(super) cores: u32,
    /// The step of the clock, in microseconds.
    pub(super) clock_us: f64,
    /// All times, in the order in which they were measured.
    pub(super) times: Vec<Time>,
}

/// Where handing work over begins to be faster than a plain loop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Crossing {
    /// From tasks of that length in milliseconds on.
    From(f64),
    /// At every length that was measured.
    Always,
    /// At no length.
    Never,
}

impl Measured {
    /// The times of whole runs.
    pub(super) fn runs(&self, row: usize, length: u64) -> Samples {
        let times = self.times.iter();
        let times = times.filter(|time| time.row == row && time.length == length && !time.is_start);
        times.map(|time| time.milliseconds).collect()
    }

    /// The times until the first result.
    pub(super) fn starts(&self, row: usize) -> Samples {
        let times = self.times.iter();
        let times = times.filter(|time| time.row == row && time.is_start);
        times.map(|time| time.milliseconds).collect()
    }

    /// The lengths that were measured, from the shortest on.
    pub(super) fn lengths(&self) -> Vec<u64> {
        let is_measured = |length: &u64| self.times.iter().any(|time| time.length == *length);
        LENGTHS.into_iter().filter(is_measured).collect()
    }

    /// The median time of a whole run, in milliseconds; nothing if it was not measured.
    pub(super) fn median(&self, row: usize, length: u64) -> Option<f64> {
        median(&self.runs(row, length)).filter(|time| *time > 0.0)
    }

    /// The length that was measured and is closest to this one.
    pub(super) fn closest(&self, length: u64) -> Option<u64> {
        let away = |other: &u64| other.abs_diff(length);
        self.lengths().into_iter().min_by_key(away)
    }

    /// What a task costs besides its work, in milliseconds of the whole run.
    pub(super) fn overhead(&self, row: usize) -> Option<f64> {
        // A way has the same overhead whether its workers were there or not: only the warm one is measured, which comes next.
        let warm = row + usize::from(ROWS[row].cold);
        Some(median(&self.runs(warm, 0))? / self.tasks as f64)
    }

    /// How long it takes until workers work, in milliseconds.
    pub(super) fn start(&self, row: usize) -> Option<f64> {
        if ROWS[row].cold {
            median(&self.starts(row))
        } else {
            Some(0.0)
        }
    }

    /// How many tasks really run at the same time.
    fn side_by_side(&self, row: usize) -> f64 {
        if ROWS[row].way.is_parallel() {
            f64::from(self.workers.min(self.cores).max(1))
        } else {
            1.0
        }
    }

    /// The time of a run with tasks of this length in milliseconds, as a model has it:
    /// start-up + tasks × (overhead + length ÷ workers).
    pub(super) fn model(&self, row: usize, length: f64) -> Option<f64> {
        let overhead = if row == LOOP {
            0.0
        } else {
            self.overhead(row)?
        };
        let each = overhead + length / self.side_by_side(row);
        Some(self.start(row)? + self.tasks as f64 * each)
    }

    /// Where the line of the model crosses that of a plain loop.
    pub(super) fn crossing_of_model(&self, row: usize) -> Option<Crossing> {
        let overhead = self.start(row)? / self.tasks as f64 + self.overhead(row)?;
        let workers = self.side_by_side(row);
        Some(if workers > 1.0 {
            Crossing::From(overhead * workers / (workers - 1.0))
        } else {
            Crossing::Never
        })
    }

    /// Where what was measured crosses a plain loop for good; nothing where not two lengths were measured. Between two
    /// lengths the lines are taken as straight on scales that count powers of ten, as they are drawn.
    pub(super) fn crossing(&self, row: usize) -> Option<Crossing> {
        let ratios: Vec<_> = self
            .lengths()
            .into_iter()
            .filter_map(|length| {
                let ratio = self.median(row, length)? / self.median(LOOP, length)?;
                Some((milliseconds(length).ln(), ratio.ln()))
            })
            .collect();
        if ratios.len() < 2 {
            return None;
        }
        let slower = ratios.iter().rposition(|(_, ratio)| *ratio >= 0.0);
        Some(match slower {
            None => Crossing::Always,
            Some(last) => match ratios.get(last + 1) {
                None => Crossing::Never,
                Some((x1, y1)) => {
                    let (x0, y0) = ratios[last];
                    Crossing::From(E.powf(x0 + (x1 - x0) * y0 / (y0 - y1)))
                }
            },
        })
    }

    /// The fastest of these rows at a length.
    pub(super) fn fastest(&self, length: u64, cold: bool) -> Option<usize> {
        let timed =
            (0..ROWS.len()).filter(|row| ROWS[*row].cold == cold || !ROWS[*row].way.has_workers());
        let timed = timed.filter_map(|row| Some((row, self.median(row, length)?)));
        timed.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(row, _)| row)
    }
}

pub(super) fn median(samples: &Samples) -> Option<f64> {
    samples.spread().map(|(_, median, _)| median)
}

/// A length in milliseconds.
pub(super) fn milliseconds(microseconds: u64) -> f64 {
    microseconds as f64 / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::overheads::state::{LOKY, LOKY_COLD};

    fn time(row: usize, length: u64, milliseconds: f64) -> Time {
        Time {
            row,
            is_start: length == 0 && ROWS[row].cold,
            length,
            milliseconds,
        }
    }

    /// 100 tasks on 2 workers; a task that does nothing takes 10 µs, starting 50 ms.
    fn measured(runs: &[(u64, f64, f64)]) -> Measured {
        let mut measured = Measured {
            tasks: 100,
            workers: 2,
            cores: 2,
            ..Measured::default()
        };
        measured.times = vec![time(LOKY, 0, 1.0), time(LOKY_COLD, 0, 50.0)];
        for (length, plain, loky) in runs {
            measured.times.push(time(LOOP, *length, *plain));
            measured.times.push(time(LOKY, *length, *loky));
        }
        measured
    }

    #[test]
    fn the_models_lines_cross_where_both_ways_take_the_same_time() {
        for row in [LOKY, LOKY_COLD] {
            let measured = measured(&[]);
            let Some(Crossing::From(length)) = measured.crossing_of_model(row) else {
                unreachable!("two workers cross");
            };
            let (way, plain) = (measured.model(row, length), measured.model(LOOP, length));
            assert!(
                (way.unwrap_or(0.0) - plain.unwrap_or(1.0)).abs() < 1e-9,
                "{way:?} {plain:?}"
            );
        }
        let warm = measured(&[]).crossing_of_model(LOKY);
        assert_eq!(warm, Some(Crossing::From(0.02)));
    }

    #[test]
    fn more_workers_than_cores_make_the_model_no_faster_and_one_never_crosses() {
        let mut many = measured(&[]);
        many.workers = 8;
        assert_eq!(many.model(LOKY, 1.0), measured(&[]).model(LOKY, 1.0));
        many.workers = 1;
        assert_eq!(many.crossing_of_model(LOKY), Some(Crossing::Never));
    }

    #[test]
    fn measured_lines_cross_where_they_are_drawn_to_cross() {
        // Four times as slow at 1 µs, four times as fast at 100 µs: in the middle of a scale of powers of ten.
        let crossing = measured(&[(1, 1.0, 4.0), (100, 4.0, 1.0)]).crossing(LOKY);
        let Some(Crossing::From(length)) = crossing else {
            unreachable!("{crossing:?}");
        };
        assert!((length - 0.01).abs() < 1e-9, "{length}");
    }

    #[test]
    fn what_crosses_twice_counts_from_the_last_time_and_what_ends_slower_never_crosses() {
        let twice = [(1, 2.0, 1.0), (10, 1.0, 2.0), (100, 2.0, 1.0)];
        let crossing = measured(&twice).crossing(LOKY);
        assert!(matches!(crossing, Some(Crossing::From(length)) if (0.01..0.1).contains(&length)));
        assert_eq!(measured(&twice[..2]).crossing(LOKY), Some(Crossing::Never));
        assert_eq!(
            measured(&[twice[0], twice[2]]).crossing(LOKY),
            Some(Crossing::Always)
        );
        assert_eq!(measured(&twice[..1]).crossing(LOKY), None);
    }
}
