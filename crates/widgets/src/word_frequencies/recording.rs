//! A recorded run, shown before anything runs here.

use protocol::EventInfo;
use serde::{Deserialize, Serialize};

use super::state::{Comparison, Row, RowResult, WordFrequencies};

/// What `cargo xtask record` writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Recording {
    /// When and where, to stand after "recorded".
    recorded: String,
    rows: Vec<RecordedRow>,
    events: Vec<EventInfo>,
    comparison: Comparison,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordedRow {
    name: String,
    word_count: u64,
    top_words: Vec<(String, u64)>,
    duration_ms: f64,
}

impl Recording {
    /// The lab as it was at the end of this run.
    pub(super) fn lab(self) -> WordFrequencies {
        let mut lab = WordFrequencies {
            recorded: Some(self.recorded),
            comparison: self.comparison,
            rows: self
                .rows
                .into_iter()
                .map(|row| Row {
                    name: row.name,
                    result: RowResult::Done {
                        words: row.word_count,
                        top: row.top_words,
                        cached: false,
                        milliseconds: row.duration_ms,
                    },
                })
                .collect(),
            ..WordFrequencies::default()
        };
        lab.timeline.add(&self.events);
        lab
    }
}

pub(crate) fn recorded_lab() -> WordFrequencies {
    // The file is checked by a test; a lab without a recording is a lab that has not run yet.
    serde_json::from_str::<Recording>(include_str!("../../recorded/word-frequencies.json"))
        .map_or_else(|_| WordFrequencies::default(), Recording::lab)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Detail, Lab};

    #[test]
    fn the_recording_can_be_read_and_is_shown_as_one() {
        let recording: Result<Recording, _> =
            serde_json::from_str(include_str!("../../recorded/word-frequencies.json"));
        assert!(recording.is_ok(), "{recording:?}");
        let html = crate::page(&recorded_lab().view(Detail::Full));
        assert!(html.contains("What you see was recorded "));
        assert!(!html.contains("measured here"));
    }
}
