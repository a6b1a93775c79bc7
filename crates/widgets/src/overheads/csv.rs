//! Every time that was measured, as CSV: to reckon with, and what a recording is made of.

use super::measured::{Measured, PerRow, milliseconds};
use super::state::ROWS;
use crate::measure::Samples;

/// The first line.
const HEAD: &str = "way,workers,what,length_ms,ms\n";

/// All times, in the order in which each way was measured.
pub(super) fn csv(measured: &Measured) -> String {
    let mut lines = HEAD.to_owned();
    for (length, rows) in &measured.runs {
        add(&mut lines, rows, "run", milliseconds(*length));
    }
    add(&mut lines, &measured.starts, "first result", 0.0);
    add(&mut lines, &measured.empty, "run", 0.0);
    lines
}

fn add(lines: &mut String, rows: &PerRow, what: &str, length: f64) {
    for (row, samples) in ROWS.iter().zip(rows) {
        let workers = match (row.way.has_workers(), row.cold) {
            (false, _) => "none",
            (true, true) => "cold",
            (true, false) => "warm",
        };
        for time in Samples::iter(samples) {
            lines.push_str(&format!(
                "{},{workers},{what},{length},{time:.4}\n",
                row.way.name()
            ));
        }
    }
}
