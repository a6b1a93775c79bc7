//! Every time that was measured, as CSV: to reckon with, and what a recording is made of.

use super::measured::{Measured, milliseconds};
use super::state::ROWS;

/// The first line.
const HEAD: &str = "way,workers,what,length_ms,ms\n";

/// All times, in the order in which they were measured.
pub(super) fn csv(measured: &Measured) -> String {
    let mut lines = HEAD.to_owned();
    for time in &measured.times {
        let row = ROWS[time.row];
        let workers = match (row.way.has_workers(), row.cold) {
            (false, _) => "none",
            (true, true) => "cold",
            (true, false) => "warm",
        };
        let what = if time.is_start { "first result" } else { "run" };
        lines += &format!(
            "{},{workers},{what},{},{:.4}\n",
            row.way.name(),
            milliseconds(time.length),
            time.milliseconds
        );
    }
    lines
}
