//! Questions about a memory, and their answers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ErrorInfo;

/// What is asked of a memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum MemoryAction {
    /// Its entries, without their results.
    Entries,
    /// How much it holds.
    Stats,
    /// Empty it.
    Clear,
    /// Remove what exceeds the limits, least recently used first.
    ReduceSize {
        /// The most bytes that may stay.
        bytes_limit: Option<f64>,
        /// The most entries that may stay.
        items_limit: Option<f64>,
        /// The most seconds since an entry was last used.
        age_limit_seconds: Option<f64>,
    },
    /// Remove one entry.
    Delete {
        /// Its key, as listed among the entries.
        key: String,
    },
}

/// One remembered call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MemoryEntry {
    /// Its key.
    pub key: String,
    /// The task that was called.
    pub task: String,
    /// When it was computed, in milliseconds since 1970.
    pub created: f64,
    /// When it was last used, in milliseconds since 1970.
    pub last_used: f64,
    /// How long it took to compute, in milliseconds.
    pub duration_ms: f64,
    /// The size of its result.
    pub bytes: f64,
}

/// The answer to a question about a memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum MemoryAnswer {
    /// To `entries`.
    Entries {
        /// The entries.
        entries: Vec<MemoryEntry>,
    },
    /// To `stats`.
    Stats {
        /// How many entries.
        entries: f64,
        /// The size of their results.
        bytes: f64,
        /// How long it took to compute them all, in milliseconds.
        duration_ms: f64,
    },
    /// To `clear`, `reduce-size` and `delete`: what that freed.
    Freed {
        /// How many entries.
        entries: f64,
        /// The size of their results.
        bytes: f64,
    },
    /// It could not be done.
    Failed {
        /// Why.
        error: ErrorInfo,
    },
}
