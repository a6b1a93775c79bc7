//! A recorded measurement, shown before anything runs here.

use serde::Deserialize;

use super::measured::{Measured, Time};
use super::state::{Overheads, ROWS};

/// What `cargo xtask record` writes.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recording {
    /// When and where, to stand after "recorded".
    recorded: String,
    tasks: u64,
    workers: u32,
    cores: u32,
    clock_us: f64,
    /// The lines of the list of every time: way, workers, what, length in milliseconds, milliseconds.
    times: Vec<(String, String, String, f64, f64)>,
}

impl Recording {
    /// The lab as it was at the end of this measurement.
    fn lab(self) -> Overheads {
        let mut measured = Measured {
            tasks: self.tasks,
            workers: self.workers,
            cores: self.cores,
            clock_us: self.clock_us,
            ..Measured::default()
        };
        for (way, workers, what, length, time) in self.times {
            let is_of =
                |row: &super::state::Row| row.way.name() == way && row.cold == (workers == "cold");
            let Some(row) = ROWS.iter().position(is_of) else {
                continue;
            };
            measured.times.push(Time {
                row,
                is_start: what != "run",
                length: (length * 1e3).round() as u64,
                milliseconds: time,
            });
        }
        let lab = Overheads::default();
        Overheads {
            recorded: Some(self.recorded),
            measured: Some((lab.setting.clone(), measured)),
            ..lab
        }
    }
}

pub(crate) fn recorded_lab() -> Overheads {
    // The file is checked by a test; a lab without a recording is a lab that has not run yet.
    serde_json::from_str::<Recording>(include_str!("../../recorded/overheads.json"))
        .map_or_else(|_| Overheads::default(), Recording::lab)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Detail, Lab};

    #[test]
    fn the_recording_can_be_read_and_is_shown_as_one() {
        let recording: Result<Recording, _> =
            serde_json::from_str(include_str!("../../recorded/overheads.json"));
        assert!(recording.is_ok(), "{recording:?}");
        let html = crate::page(&recorded_lab().view(Detail::Full));
        assert!(html.contains("What you see was recorded "));
        assert!(
            html.contains("a task on, 2 workers are faster than a plain loop."),
            "{html}"
        );
        assert!(!html.contains("measured here"));
    }
}
