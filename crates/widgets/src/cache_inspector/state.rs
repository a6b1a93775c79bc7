//! What the lab knows.

use std::collections::BTreeMap;

use protocol::{CallOrigin, MemoryEntry};
use serde::{Deserialize, Serialize};

use super::action::Doing;
use super::fields::Fields;
use crate::facts::Facts;
use crate::lab::Machine;
use crate::status::Status;

/// As many calls are shown.
pub(super) const MOST_SHOWN: usize = 20;

/// A call that was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Made {
    /// As it is written.
    pub(super) call: String,
    /// The answer, as Python writes it; or why there is none.
    pub(super) answer: Result<String, String>,
    /// Where it came from.
    pub(super) origin: Option<CallOrigin>,
    /// How long the call took, in milliseconds.
    pub(super) took_ms: f64,
    /// How long the answer once took to compute, in milliseconds.
    pub(super) computed_ms: f64,
    /// What it would be if it were computed now, if that is something else.
    pub(super) now: Option<String>,
    /// What was printed.
    pub(super) lines: Vec<String>,
    pub(super) warnings: Vec<String>,
}

impl Made {
    /// Whether nothing was computed for it.
    pub(super) fn is_hit(&self) -> bool {
        self.answer.is_ok() && !matches!(self.origin, None | Some(CallOrigin::Computed))
    }

    pub(super) fn is_computed(&self) -> bool {
        self.origin == Some(CallOrigin::Computed)
    }

    /// The time that was saved.
    pub(super) fn saved_ms(&self) -> f64 {
        if self.is_hit() {
            (self.computed_ms - self.took_ms).max(0.0)
        } else {
            0.0
        }
    }
}

/// Calls, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Totals {
    pub(super) calls: u64,
    pub(super) hits: u64,
    pub(super) computed: u64,
    pub(super) shared: u64,
    pub(super) stale: u64,
    pub(super) failed: u64,
    /// Answers that would be others if they were computed now.
    pub(super) wrong: u64,
    pub(super) warnings: u64,
    pub(super) saved_ms: f64,
}

impl Totals {
    pub(super) fn add(&mut self, made: &Made) {
        self.calls += 1;
        self.hits += u64::from(made.is_hit());
        self.computed += u64::from(made.is_computed());
        self.shared += u64::from(made.origin == Some(CallOrigin::Shared));
        self.stale += u64::from(made.origin == Some(CallOrigin::Stale));
        self.failed += u64::from(made.answer.is_err());
        self.wrong += u64::from(made.now.is_some());
        self.warnings += made.warnings.len() as u64;
        self.saved_ms += made.saved_ms();
    }

    pub(super) fn of<'a>(made: impl IntoIterator<Item = &'a Made>) -> Self {
        let mut totals = Self::default();
        for made in made {
            totals.add(made);
        }
        totals
    }
}

/// The lab's state.
#[derive(Clone, Debug, Default)]
pub(crate) struct CacheInspector {
    pub(super) machine: Machine,
    /// From when and where, if what is shown was recorded and did not happen here.
    pub(super) recorded: Option<String>,
    /// Whether something has happened here; before that the page keeps showing what was recorded.
    pub(super) begun: bool,
    pub(super) fields: Fields,
    /// What time it is, in milliseconds since 1970, as far as is known.
    pub(super) now: f64,
    /// What is remembered, in the order in which it was first seen.
    pub(super) entries: Vec<MemoryEntry>,
    /// Why that is not known.
    pub(super) unlisted: Option<String>,
    /// The number by which each entry is called, from 1. It keeps it.
    pub(super) numbers: BTreeMap<String, u32>,
    /// How often that was asked and not yet answered.
    pub(super) listings: u32,
    pub(super) doing: Option<Doing>,
    /// Calls that were made here, the newest first.
    pub(super) made: Vec<Made>,
    pub(super) totals: Totals,
    /// The function as it was called last: its text and its line.
    pub(super) called: Option<(String, u32)>,
    pub(super) next_call: u32,
    pub(super) status: Status,
    /// Whether the button that was pressed last is one of those below everything else.
    pub(super) is_harm: bool,
    /// What warnings say, and what else happened.
    pub(super) notices: Vec<String>,
    pub(super) facts: Facts,
}

impl CacheInspector {
    pub(super) const fn is_busy(&self) -> bool {
        self.doing.is_some()
    }

    /// The entry of that number.
    pub(super) fn entry(&self, number: &str) -> Option<&MemoryEntry> {
        let number: u32 = number.parse().ok()?;
        let is_it = |entry: &&MemoryEntry| self.number(entry) == number;
        self.entries.iter().find(is_it)
    }

    pub(super) fn number(&self, entry: &MemoryEntry) -> u32 {
        self.numbers.get(&entry.key).copied().unwrap_or_default()
    }

    /// What all results come to, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.entries.iter().map(|entry| entry.bytes as u64).sum()
    }

    /// Takes in what is remembered.
    pub(super) fn take_listing(&mut self, mut entries: Vec<MemoryEntry>) {
        entries.sort_by(|a, b| {
            (a.created, &a.key)
                .partial_cmp(&(b.created, &b.key))
                .unwrap_or(core::cmp::Ordering::Equal)
        });
        for entry in &entries {
            let next = self.numbers.len() as u32 + 1;
            self.numbers.entry(entry.key.clone()).or_insert(next);
            self.now = self.now.max(entry.created).max(entry.last_used);
        }
        entries.sort_by_key(|entry| self.numbers.get(&entry.key).copied());
        self.entries = entries;
        self.unlisted = None;
    }
}

/// An entry as a call.
pub(super) fn named(entry: &MemoryEntry) -> String {
    format!("{}({})", entry.function, entry.arguments)
}
