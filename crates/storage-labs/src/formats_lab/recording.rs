//! A recorded run, shown before anything runs here.

use serde::{Deserialize, Serialize};
use widgets::format;

use super::data;
use super::findings::Results;
use super::state::Formats;

/// What `cargo xtask record` writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Recording {
    /// When and where, to stand after "recorded".
    recorded: String,
    results: Results,
}

/// The lab as it was at the end of the recorded run.
pub(crate) fn recorded() -> Formats {
    // The file is checked by a test; a lab without a recording is a lab that has not run yet.
    read().map_or_else(
        |_| Formats::default(),
        |Recording { recorded, results }| {
            let lab = Formats::default();
            Formats {
                recorded: Some(format::recorded(&recorded)),
                results: Some(Results {
                    // What is measured for a recording is what the lab begins with.
                    data: data::of_shape(&lab.shape),
                    ..results
                }),
                ..lab
            }
        },
    )
}

fn read() -> Result<Recording, serde_json::Error> {
    serde_json::from_str(include_str!("../../recorded/formats.json"))
}

#[cfg(test)]
mod tests {
    use widgets::{Detail, Lab};

    use super::*;

    #[test]
    fn the_recording_can_be_read_and_is_shown_as_one() {
        let recording = read();
        assert!(recording.is_ok(), "{recording:?}");
        let data = recording.map(|recording| recording.results.data);
        assert_eq!(data.ok(), recorded().results.map(|results| results.data));
        let html = widgets::page(&recorded().view(Detail::Full));
        assert!(html.contains("What you see was recorded "));
        assert!(!html.contains("Measured here"));
    }
}
