//! What was recorded, shown before anything happens here.

use protocol::MemoryEntry;
use serde::{Deserialize, Serialize};

use super::state::{CacheInspector, Made, Totals};

/// What `cargo xtask record` writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Recording {
    /// When and where, to stand after "recorded".
    recorded: String,
    /// When that was, in milliseconds since 1970.
    now: f64,
    /// The calls, the newest first.
    made: Vec<Made>,
    entries: Vec<MemoryEntry>,
}

impl Recording {
    /// The lab as it was at the end of this.
    fn lab(self) -> CacheInspector {
        let mut lab = CacheInspector::default();
        lab.take_listing(self.entries);
        lab.now = self.now;
        lab.recorded = Some(self.recorded);
        lab.totals = Totals::of(&self.made);
        lab.made = self.made;
        lab
    }
}

pub(crate) fn recorded_lab() -> CacheInspector {
    // The file is checked by a test; a lab without a recording is a lab in which nothing has happened yet.
    serde_json::from_str::<Recording>(include_str!("../../recorded/cache-inspector.json"))
        .map_or_else(|_| CacheInspector::default(), Recording::lab)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Detail, Lab};

    #[test]
    fn the_recording_can_be_read_and_is_shown_as_one() {
        let recording: Result<Recording, _> =
            serde_json::from_str(include_str!("../../recorded/cache-inspector.json"));
        assert!(recording.is_ok(), "{recording:?}");
        let html = crate::page(&recorded_lab().view(Detail::Full));
        assert!(html.contains("What you see was recorded "));
        assert!(html.contains("remembered, in the store"), "{html}");
        assert!(!html.contains("Measured here"));
    }
}
