//! A recorded run, shown before anything runs here.

use serde::{Deserialize, Serialize};

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
        |Recording { recorded, results }| Formats {
            recorded: Some(recorded),
            results: Some(results),
            ..Formats::default()
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
        let html = widgets::page(&recorded().view(Detail::Full));
        assert!(html.contains("What you see was recorded "));
        assert!(!html.contains("Measured here"));
    }
}
