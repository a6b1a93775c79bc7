//! What can be said of a measurement.

use super::measured::{Crossing, median, milliseconds};
use super::state::{LOKY, LOKY_COLD, LOOP, Overheads, ROWS};
use crate::facts::Found;

impl Overheads {
    /// What was found in the measurement that has just ended.
    pub(super) fn found(&self) -> Found {
        let mut found = Found::default();
        let Some((_, measured)) = &self.measured else {
            return found;
        };
        found.count("overheads.tasks", measured.tasks);
        found.count("overheads.workers", u64::from(measured.workers));
        found.count("overheads.lengths", measured.lengths().len() as u64);
        let Some(length) = measured.closest(self.length) else {
            return found;
        };
        found.number("overheads.length_ms", milliseconds(length));
        for (at, row) in ROWS.iter().enumerate() {
            let Some(time) = measured.median(at, length) else {
                continue;
            };
            let name = |what: &str| {
                let cold = if row.cold { "cold_" } else { "" };
                format!("overheads.{}.{cold}{what}", row.way.name())
            };
            found.number(name("ms"), time);
            if let Some(plain) = measured.median(LOOP, length) {
                found.number(name("speed_up"), plain / time);
            }
            if let Some(start) = median(&measured.starts(at)) {
                found.number(format!("overheads.{}.start_ms", row.way.name()), start);
            }
            if let Some(overhead) = median(&measured.runs(at, 0)) {
                let each = overhead / measured.tasks as f64;
                found.number(
                    format!("overheads.{}.overhead_us", row.way.name()),
                    each * 1e3,
                );
            }
        }
        for (name, cold) in [("fastest", false), ("fastest_cold", true)] {
            if let Some(row) = measured.fastest(length, cold) {
                found.text(format!("overheads.{name}"), ROWS[row].way.name());
            }
        }
        for (name, row) in [("", LOKY), ("cold_", LOKY_COLD)] {
            match measured
                .crossing(row)
                .or_else(|| measured.crossing_of_model(row))
            {
                Some(Crossing::From(length)) => {
                    found.whether(format!("overheads.{name}crosses"), true);
                    found.number(format!("overheads.{name}break_even_ms"), length);
                }
                Some(crossing) => {
                    found.whether(
                        format!("overheads.{name}crosses"),
                        crossing == Crossing::Always,
                    );
                }
                None => {}
            }
        }
        found
    }
}
