//! Calls that are remembered; questions about a memory, and their answers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ErrorInfo, Loose};

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
    /// Remove the entries of one function.
    ClearFunction {
        /// The function's name.
        function: String,
    },
    /// Write all of it into one file, which comes beside the answer.
    Export,
    /// Take in the entries of such a file, which comes beside the question.
    Import,
    /// Remove what exceeds the limits, least recently used first.
    ReduceSize {
        /// The most bytes that may stay: a number, or a text such as `"12M"`.
        bytes_limit: Option<Loose>,
        /// The most entries that may stay.
        items_limit: Option<f64>,
        /// The most seconds since an entry was last used.
        age_limit_seconds: Option<f64>,
    },
    /// From now on remove by itself what exceeds these limits.
    KeepWithin {
        /// The most bytes that may stay: a number, or a text such as `"12M"`.
        bytes_limit: Option<Loose>,
        /// The most entries that may stay.
        items_limit: Option<f64>,
        /// The most seconds since an entry was last used.
        age_limit_seconds: Option<f64>,
    },
    /// The result of one entry, beside the answer.
    Get {
        /// Its key, as listed among the entries.
        key: String,
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
    /// The function or task that was called.
    pub function: String,
    /// The same as `function`.
    pub task: String,
    /// The arguments as a person would write them, cut short; empty if they are not known.
    pub arguments: String,
    /// When it was computed, in milliseconds since 1970.
    pub created: f64,
    /// When it was last used, in milliseconds since 1970.
    pub last_used: f64,
    /// How long it took to compute, in milliseconds.
    pub duration_ms: f64,
    /// The size of its result.
    pub bytes: f64,
    /// How often it was given to a caller since it was computed.
    pub hits: u32,
}

/// A function or task whose results are remembered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FunctionInfo {
    /// Its name, by which its entries are found.
    pub name: String,
    /// Its text, whose edit makes its entries void. None for a task: its version is known.
    pub source: Option<String>,
    /// Where the text stands.
    pub file: Option<String>,
    /// The line at which the text begins there, counted from 1.
    pub first_line: Option<u32>,
    /// Its parameters, in order. None if it takes one value as it is, as tasks do.
    pub parameters: Option<Vec<FunctionParameter>>,
    /// The functions that it depends on: an edit of one of them makes a call another call.
    pub dependencies: Vec<Dependency>,
}

/// One parameter of a function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FunctionParameter {
    /// Its name.
    pub name: String,
    /// What arguments it takes.
    pub kind: ParameterKind,
    /// Whether it may be left out. The values of such parameters come beside the call, in order.
    pub has_default: bool,
}

/// What arguments a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ParameterKind {
    /// One, by position or by name.
    Plain,
    /// One, by name.
    KeywordOnly,
    /// All further ones by position, as Python's `*args`.
    Rest,
    /// All further ones by name, as Python's `**kwargs`.
    KeywordRest,
}

/// A function that another one depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Dependency {
    /// Its name.
    pub name: String,
    /// Its text.
    pub source: String,
}

/// By what a file that has changed since is recognised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StampInfo {
    /// Its name.
    pub name: String,
    /// When it was last changed, in milliseconds since 1970.
    pub modified: f64,
    /// Its size in bytes.
    pub bytes: f64,
}

/// How the calls of a function are remembered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, rename_all = "camelCase")]
pub struct CallRules {
    /// Parameters whose arguments make no difference.
    pub ignore: Vec<String>,
    /// Anything that makes a call another call when it changes.
    pub version: Option<Loose>,
    /// How long a result is good.
    pub expires_after_seconds: Option<f64>,
    /// For how long after that it is still given, while it is computed anew.
    pub stale_while_revalidate_seconds: Option<f64>,
    /// Whether the caller is asked about each entry before it is used.
    pub validate: bool,
    /// Whether results are kept compressed.
    pub compress: bool,
    /// How much is printed, as joblib's `verbose`.
    pub verbose: u32,
    /// The files that a result is made from: if one has changed since, it is computed anew.
    pub files: Vec<StampInfo>,
}

/// What a caller wants of a remembered function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CallMode {
    /// The result, remembered or computed.
    #[default]
    Cached,
    /// The result, computed in any case.
    Forced,
    /// Whether it is remembered. Nothing is computed.
    Check,
    /// A reference to the result, which is computed if it is not remembered.
    Shelve,
}

/// Where the result of a call came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CallOrigin {
    /// It was computed for this call.
    Computed,
    /// It was in the kernel's own memory.
    Tier,
    /// It was in the store.
    Store,
    /// It was in the store or the kernel's memory, is past its time, and is being computed anew.
    Stale,
    /// Somebody else was computing it already.
    Shared,
}

/// How a remembered call goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum CallAnswer {
    /// The result is beside this. If it is past its time, `compute` comes next.
    Value {
        /// Where it came from.
        origin: CallOrigin,
        /// What is known of it.
        entry: MemoryEntry,
    },
    /// Compute it, and answer with `computed`.
    Compute,
    /// Say by `validated` whether this entry is still good.
    Validate {
        /// What is known of it.
        entry: MemoryEntry,
    },
    /// What the page computed is remembered now.
    Remembered {
        /// What is known of it.
        entry: MemoryEntry,
    },
    /// To a check.
    Known {
        /// Whether the result is remembered.
        known: bool,
    },
    /// To a shelved call, once the result is remembered.
    Shelved {
        /// Where it came from.
        origin: CallOrigin,
        /// What is known of it.
        entry: MemoryEntry,
    },
    /// There is no result.
    Failed {
        /// Why.
        error: ErrorInfo,
    },
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
    /// To `entries` of a page: they are in the block beside this (www/listing.ts).
    Listed {
        /// How many.
        count: u32,
        /// The names of the functions, by their number in the block.
        functions: Vec<String>,
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
    /// To `get`: the result is beside this.
    Value,
    /// To `keep-within`.
    Done,
    /// To `export`: the file comes beside this.
    Exported {
        /// How many entries it holds.
        entries: f64,
    },
    /// To `import`.
    Imported {
        /// How many entries were taken in.
        entries: f64,
        /// The size of their results.
        bytes: f64,
        /// How many were left out because the memory has results of the same calls that are as new or newer.
        older: f64,
        /// How many were left out because their functions have another text here.
        other_source: f64,
    },
    /// To `clear`, `clear-function`, `reduce-size` and `delete`: what that freed.
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
