//! What can be said of the file that was written, opened or read last.

use widgets::Found;

use super::state::{Bytes, Document};

impl Bytes {
    /// The file is another or was read: what is known of it now, and how it came to be.
    pub(super) fn found(&mut self, how: &str) {
        let mut found = Found::default();
        found.text("bytes.how", how);
        if let Some(shown) = &self.shown {
            tell(&mut found, shown);
            let before = self.original.as_ref().unwrap_or(shown);
            found.count("bytes.size_before", before.file.size);
            if before.file.is_whole() && shown.file.is_whole() {
                let differing = differing(&before.file.bytes, &shown.file.bytes);
                found.count("bytes.edited", differing);
            }
        }
        self.facts.finish(found);
    }
}

fn tell(found: &mut Found, file: &Document) {
    if let Some(format) = &file.format {
        found.text("bytes.format", format.clone());
    }
    found.count("bytes.size", file.file.size);
    let reading = &file.reading;
    found.whether("bytes.readable", reading.failure.is_none());
    if let Some(failure) = &reading.failure {
        found.text("bytes.error", failure.code.clone());
        if let Some(place) = failure.place {
            found.count("bytes.error_at", place.offset);
        }
    }
    found.count("bytes.records_read", reading.records);
    found.count("bytes.remarks", reading.remarks.len() as u64);
    found.count("bytes.remarks_of_writing", file.remarks.len() as u64);
    if let Some(kept) = reading.kept {
        found.count("bytes.records_before", kept.of);
        found.count("bytes.records_kept", kept.whole);
        found.count("bytes.records_lost", kept.of.saturating_sub(kept.whole));
        let is_same = kept.whole == kept.of && reading.records == kept.of;
        found.whether("bytes.same_values", is_same && reading.failure.is_none());
    }
}

/// Bytes that are not as they were in their place, those that are there no longer, and those that were not there.
fn differing(before: &[u8], now: &[u8]) -> u64 {
    let changed = before.iter().zip(now).filter(|(a, b)| a != b).count();
    (changed + before.len().abs_diff(now.len())) as u64
}
