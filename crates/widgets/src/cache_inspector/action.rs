//! What the visitor has pressed, as steps that are done one after the other.

use std::collections::VecDeque;

use protocol::{MemoryAction, MemoryEntry};
use values::Value;

use super::state::Made;
use crate::lab::{Faulted, LabCall, MemoryFault};

/// What the visitor has pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Did {
    Call,
    Keyword,
    Other,
    Force,
    Check,
    Series,
    Two,
    Fill,
    Kill,
    Reopen,
    Age,
    Corrupt,
    Delete,
    Forget,
    Clear,
    Reduce,
}

impl Did {
    /// Whether it makes calls, and removes nothing but what has to go for them.
    const fn is_call(self) -> bool {
        matches!(
            self,
            Self::Call | Self::Keyword | Self::Other | Self::Force | Self::Two | Self::Fill
        )
    }

    /// Its button, but for the number of an entry; and what it is called among the facts.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Keyword => "keyword",
            Self::Other => "other",
            Self::Force => "force",
            Self::Check => "check",
            Self::Series => "series",
            Self::Two => "two",
            Self::Fill => "fill",
            Self::Kill => "kill",
            Self::Reopen => "reopen",
            Self::Age => "age",
            Self::Corrupt => "corrupt",
            Self::Delete => "delete",
            Self::Forget => "forget",
            Self::Clear => "clear",
            Self::Reduce => "reduce",
        }
    }
}

/// A call that is to be made, and what is known of it before.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) call: LabCall,
    pub(super) text: String,
    /// What computing it gives now; nothing if that is not known or fails.
    pub(super) right: Option<Value>,
}

/// One step. The next one begins when this one is done.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Calls that are made at the same time.
    Calls(Vec<Planned>),
    Memory(MemoryAction),
    Fault(MemoryFault),
    /// Lets all that was called so far be so many milliseconds older.
    Pass(f64),
}

/// What is being done.
#[derive(Clone, Debug)]
pub(super) struct Doing {
    pub(super) did: Did,
    pub(super) steps: VecDeque<Step>,
    /// Whether all steps are done, and what is remembered then was asked for.
    pub(super) is_listing: bool,
    /// Calls whose answers are waited for.
    pub(super) planned: Vec<Planned>,
    /// The keys of the calls that were made.
    pub(super) keys: Vec<String>,
    /// Calls that were made.
    pub(super) made: Vec<Made>,
    /// What was remembered before.
    pub(super) before: Vec<MemoryEntry>,
    /// Entries and bytes that were removed because somebody asked for it.
    pub(super) freed: Option<(u64, u64)>,
    pub(super) faulted: Option<Faulted>,
    /// For a check: whether the result is remembered.
    pub(super) known: Option<bool>,
    /// What it is about, as it is called.
    pub(super) about: String,
    /// The line at which the function stood when it was last called, if it stands elsewhere now and is the same.
    pub(super) moved_from: Option<u32>,
    /// Whether the function was edited since it was last called.
    pub(super) edited: bool,
    /// What went wrong: code and sentence. Nothing more is done then, but for the calls of a series.
    pub(super) error: Option<(String, String)>,
    /// Whether something went wrong that is no call: then a series is not gone on with either.
    pub(super) is_broken_off: bool,
}

impl Doing {
    pub(super) fn new(
        did: Did,
        about: String,
        before: Vec<MemoryEntry>,
        steps: impl IntoIterator<Item = Step>,
    ) -> Self {
        Self {
            did,
            steps: steps.into_iter().collect(),
            is_listing: false,
            planned: Vec::new(),
            keys: Vec::new(),
            made: Vec::new(),
            before,
            freed: None,
            faulted: None,
            known: None,
            about,
            moved_from: None,
            edited: false,
            error: None,
            is_broken_off: false,
        }
    }

    /// What was remembered before and is not any more, although nobody asked for that.
    pub(super) fn gone(&self, after: &[MemoryEntry]) -> Vec<MemoryEntry> {
        if !self.did.is_call() {
            return Vec::new();
        }
        let is_gone = |entry: &&MemoryEntry| !after.iter().any(|other| other.key == entry.key);
        self.before.iter().filter(is_gone).cloned().collect()
    }
}
