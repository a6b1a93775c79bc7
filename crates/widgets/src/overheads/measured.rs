//! What was measured, and what a model makes of it.

use std::collections::BTreeMap;

use super::state::{LOOP, ROWS};
use crate::measure::Samples;

/// What was measured of each row.
pub(super) type PerRow = [Samples; ROWS.len()];

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
    /// The times of whole runs, by the length of a task in microseconds.
    pub(super) runs: BTreeMap<u64, PerRow>,
    /// When the first result was there, without what its task took: of rows that start their workers.
    pub(super) starts: PerRow,
    /// The times of runs whose tasks do nothing.
    pub(super) empty: PerRow,
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
    /// The median time of a whole run, in milliseconds; nothing if it was not measured.
    pub(super) fn median(&self, length: u64, row: usize) -> Option<f64> {
        median(&self.runs.get(&length)?[row]).filter(|time| *time > 0.0)
    }

    /// The length that was measured and is closest to this one.
    pub(super) fn closest(&self, length: u64) -> Option<u64> {
        let away = |other: &&u64| other.abs_diff(length);
        self.runs.keys().min_by_key(away).copied()
    }

    /// What a task costs besides its work, in milliseconds of the whole run.
    pub(super) fn overhead(&self, row: usize) -> Option<f64> {
        // A way has the same overhead whether its workers were there or not: only the warm one is measured.
        let way = ROWS[row].way;
        let warm = ROWS.iter().position(|row| row.way == way && !row.cold)?;
        Some(median(&self.empty[warm])? / self.tasks as f64)
    }

    /// How long it takes until workers work, in milliseconds.
    pub(super) fn start(&self, row: usize) -> Option<f64> {
        if ROWS[row].cold {
            median(&self.starts[row])
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
            .runs
            .keys()
            .filter_map(|length| {
                let ratio = self.median(*length, row)? / self.median(*length, LOOP)?;
                Some((milliseconds(*length).ln(), ratio.ln()))
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
                    Crossing::From((x0 + (x1 - x0) * y0 / (y0 - y1)).exp())
                }
            },
        })
    }

    /// The fastest of these rows at a length.
    pub(super) fn fastest(&self, length: u64, cold: bool) -> Option<usize> {
        let timed =
            (0..ROWS.len()).filter(|row| ROWS[*row].cold == cold || !ROWS[*row].way.has_workers());
        let timed = timed.filter_map(|row| Some((row, self.median(length, row)?)));
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

    fn samples(times: &[f64]) -> Samples {
        let mut samples = Samples::default();
        for time in times {
            samples.add(*time);
        }
        samples
    }

    /// 100 tasks on 2 workers; a task that does nothing takes 10 µs, starting 50 ms.
    fn measured(runs: &[(u64, f64, f64)]) -> Measured {
        let mut measured = Measured {
            tasks: 100,
            workers: 2,
            cores: 2,
            ..Measured::default()
        };
        measured.empty[LOKY] = samples(&[1.0]);
        measured.starts[LOKY_COLD] = samples(&[50.0]);
        for (length, plain, loky) in runs {
            let row = measured.runs.entry(*length).or_default();
            row[LOOP] = samples(&[*plain]);
            row[LOKY] = samples(&[*loky]);
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
