//! What can be said of what was done last.

use super::action::{Did, Doing};
use super::calls::{LARGE_CALLS, LARGE_NAME};
use super::state::{CacheInspector, Totals};
use super::view::origin_name;
use crate::facts::Found;
use crate::lab::Faulted;

impl CacheInspector {
    /// What was found in what has just been done.
    pub(super) fn found(&self, doing: &Doing) -> Found {
        let mut found = Found::default();
        found.text("cache.did", doing.did.name());
        if let Some((code, _)) = &doing.error {
            found.text("cache.error", code.clone());
        }
        let totals = Totals::of(&doing.made);
        if !doing.made.is_empty() {
            count(&mut found, "cache", &totals);
        }
        if let Some(last) = doing.made.last() {
            found.text("cache.origin", origin_name(last.origin));
            if let Ok(answer) = &last.answer {
                found.text("cache.answer", answer.clone());
            }
            found.whether("cache.is_wrong", last.now.is_some());
            found.number("cache.took_ms", last.took_ms);
            found.number("cache.computed_ms", last.computed_ms);
            if last.is_hit() && last.took_ms > 0.0 {
                found.number("cache.times_faster", last.computed_ms / last.took_ms);
            }
        }
        if let Some(known) = doing.known {
            found.whether("cache.known", known);
        }
        if let Some((entries, bytes)) = doing.freed {
            found.count("cache.freed", entries);
            found.count("cache.freed_bytes", bytes);
        }
        found.count("cache.gone", doing.gone(&self.entries).len() as u64);
        if doing.did == Did::Fill {
            let kept = self
                .entries
                .iter()
                .filter(|entry| entry.function == LARGE_NAME);
            let kept = kept.count() as u64;
            found.count("fill.arrived", totals.calls - totals.failed);
            found.count("fill.kept", kept);
            found.count(
                "fill.dropped",
                LARGE_CALLS.unsigned_abs().saturating_sub(kept),
            );
        }
        if let Some(Faulted::Killed {
            before,
            written,
            unsound,
        }) = doing.faulted
        {
            found.count("kill.before", u64::from(before));
            found.count("kill.written", u64::from(written));
            found.count("kill.unsound", u64::from(unsound));
        }
        found.count("cache.entries", self.entries.len() as u64);
        found.count("cache.bytes", self.bytes());
        count(&mut found, "all", &self.totals);
        found.whether("cache.compressed", self.fields.compress);
        found
    }
}

fn count(found: &mut Found, of: &str, totals: &Totals) {
    for (name, count) in [
        ("calls", totals.calls),
        ("hits", totals.hits),
        ("computed", totals.computed),
        ("shared", totals.shared),
        ("stale", totals.stale),
        ("failed", totals.failed),
        ("wrong", totals.wrong),
        ("warnings", totals.warnings),
    ] {
        found.count(format!("{of}.{name}"), count);
    }
    found.number(format!("{of}.saved_ms"), totals.saved_ms);
}
