//! What the lab knows.

use std::collections::{BTreeMap, VecDeque};

use protocol::ProgressInfo;

use crate::facts::Facts;
use crate::lab::{CollectionText, Machine, TextRef};
use crate::measure::Samples;
use crate::timeline::Timeline;

/// How often each way is measured for the comparison.
pub(super) const ROUNDS: usize = 5;

/// The lab's state.
#[derive(Clone, Debug, Default)]
pub(crate) struct WordFrequencies {
    pub(super) machine: Machine,
    /// From when and where, if what is shown was recorded and not measured here.
    pub(super) recorded: Option<String>,
    /// Whether a run has begun here; before that the page keeps showing what was recorded.
    pub(super) begun: bool,
    pub(super) source: Source,
    pub(super) collection: Collection,
    pub(super) own: Vec<OwnFile>,
    /// How often each text of the chosen source was changed by the visitor.
    pub(super) changes: BTreeMap<usize, u32>,
    /// The text that the visitor would change.
    pub(super) to_change: usize,
    pub(super) n_jobs: String,
    pub(super) backend: Backend,
    pub(super) running: Option<Running>,
    /// A run that waits for the collection to be read.
    pub(super) pending: Option<Pending>,
    /// The runs that are still to be measured for the comparison.
    pub(super) plan: VecDeque<Way>,
    pub(super) comparison: Comparison,
    pub(super) rows: Vec<Row>,
    pub(super) show_all: bool,
    pub(super) timeline: Timeline,
    pub(super) progress: ProgressInfo,
    pub(super) status: Status,
    pub(super) notices: Vec<String>,
    /// Entries and bytes in the memory; `None` before that is known.
    pub(super) stored: Option<Result<(u64, u64), String>>,
    /// Whether the last run was stopped before its end.
    pub(super) was_stopped: bool,
    pub(super) facts: Facts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Source {
    #[default]
    Bundled,
    Own,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Collection {
    #[default]
    NotRead,
    Reading,
    Read(Vec<CollectionText>),
    Failed(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OwnFile {
    pub(super) name: String,
    pub(super) bytes: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Backend {
    #[default]
    Loky,
    Sequential,
}

impl Backend {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Loky => "loky",
            Self::Sequential => "sequential",
        }
    }
}

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// The visitor asked for it.
    Asked,
    /// For the comparison: fills the cache, and is not counted.
    Fill,
    /// For the comparison: one after the other, nothing remembered.
    Sequential,
    /// For the comparison: on all chosen workers, nothing remembered.
    Parallel,
    /// For the comparison: everything from the cache.
    Cached,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pending {
    Run,
    Compare,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Running {
    pub(super) way: Way,
    /// As it was asked for.
    pub(super) backend: Backend,
    pub(super) workers: Option<u32>,
    pub(super) stopping: bool,
}

/// Times in milliseconds of whole runs.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Comparison {
    pub(super) sequential: Samples,
    pub(super) parallel: Samples,
    pub(super) cached: Samples,
    /// How many workers the parallel runs had.
    pub(super) workers: u32,
    /// How many texts each run had.
    pub(super) texts: u64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Status {
    #[default]
    Idle,
    Reading,
    Working,
    /// A sentence on how it went, and whether that is a fault.
    Said {
        text: String,
        fault: bool,
    },
}

/// One text in the table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) result: RowResult,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum RowResult {
    Waiting,
    Done {
        words: u64,
        top: Vec<(String, u64)>,
        cached: bool,
        milliseconds: f64,
    },
    Failed(String),
    Stopped,
}

impl WordFrequencies {
    /// The names of the texts of the chosen source.
    pub(super) fn names(&self) -> Vec<&str> {
        match (self.source, &self.collection) {
            (Source::Own, _) => self.own.iter().map(|file| file.name.as_str()).collect(),
            (Source::Bundled, Collection::Read(texts)) => {
                texts.iter().map(|text| text.title.as_str()).collect()
            }
            (Source::Bundled, _) => Vec::new(),
        }
    }

    /// How many texts are chosen, and how many bytes they have.
    pub(super) fn size(&self) -> (u64, u64) {
        match (self.source, &self.collection) {
            (Source::Own, _) => (
                self.own.len() as u64,
                self.own.iter().map(|file| file.bytes).sum(),
            ),
            (Source::Bundled, Collection::Read(texts)) => (
                texts.len() as u64,
                texts.iter().map(|text| text.bytes).sum(),
            ),
            (Source::Bundled, _) => (0, 0),
        }
    }

    pub(super) fn texts(&self) -> Vec<TextRef> {
        self.names()
            .into_iter()
            .enumerate()
            .map(|(position, name)| TextRef {
                name: name.to_owned(),
                position,
                bundled: self.source == Source::Bundled,
                changes: self.changes.get(&position).copied().unwrap_or_default(),
            })
            .collect()
    }

    /// Whether the run that goes on is one of a comparison.
    pub(super) fn plan_is_measured(&self) -> bool {
        self.running
            .as_ref()
            .is_some_and(|running| running.way != Way::Asked)
    }

    pub(super) fn is_busy(&self) -> bool {
        self.running.is_some() || self.pending.is_some() || !self.plan.is_empty()
    }
}
