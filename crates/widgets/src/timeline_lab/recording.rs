//! A recorded run, shown before anything runs here.

use protocol::EventInfo;
use serde::{Deserialize, Serialize};

use super::state::{Curve, TimelineLab};

/// What `cargo xtask record` writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recording {
    /// When and where, to stand after "recorded".
    recorded: String,
    cores: u32,
    workers: u32,
    elapsed_ms: f64,
    events: Vec<EventInfo>,
    curve: Curve,
}

impl Recording {
    /// The lab as it was at the end of this run, which was one of what the fields say at first.
    fn lab(self) -> TimelineLab {
        let mut lab = TimelineLab {
            recorded: Some(self.recorded),
            curve: Some(self.curve),
            workers: self.workers,
            ended: true,
            ..TimelineLab::default()
        };
        lab.machine.cores = self.cores;
        lab.work = lab.asked().unwrap_or_default();
        lab.timeline.add(&self.events);
        lab.timeline.set_now(self.elapsed_ms);
        lab
    }
}

pub(crate) fn recorded_lab() -> TimelineLab {
    // The file is checked by a test; a lab without a recording is a lab that has not run yet.
    serde_json::from_str::<Recording>(include_str!("../../recorded/timeline.json"))
        .map_or_else(|_| TimelineLab::default(), Recording::lab)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Detail, Lab};

    #[test]
    fn the_recording_can_be_read_and_is_shown_as_one() {
        let recording: Result<Recording, _> =
            serde_json::from_str(include_str!("../../recorded/timeline.json"));
        assert!(recording.is_ok(), "{recording:?}");
        let html = crate::page(&recorded_lab().view(Detail::Full));
        assert!(html.contains("What you see was recorded "));
        assert!(!html.contains("measured here"));
    }
}
