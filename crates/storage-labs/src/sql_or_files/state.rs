//! What the lab knows.

use std::collections::BTreeMap;

use engines::adapters::sqlite::plan::Line;
use engines::questions::Question;
use engines::{Step, Touched};
use experiments::Shown;
use language::t;
use widgets::measure::Samples;
use widgets::{Facts, Status};

use super::own::Own;
use super::run::Run;
use crate::lab::Machine;

/// The numbers of people that are asked about.
pub(super) const SIZES: [u32; 4] = [100, 1_000, 10_000, 100_000];

/// How often each way is measured at each size.
pub(super) const ROUNDS: usize = 5;

/// A way to store the data and to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    Csv,
    Json,
    /// SQLite with no index but the primary key.
    Sqlite,
    /// SQLite with indexes on what is asked for.
    Indexed,
}

impl Way {
    pub(super) const ALL: [Self; 4] = [Self::Csv, Self::Json, Self::Sqlite, Self::Indexed];

    /// A stable name; of a file also its engine's.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Sqlite => "sqlite",
            Self::Indexed => "indexed",
        }
    }

    pub(super) const fn is_file(self) -> bool {
        matches!(self, Self::Csv | Self::Json)
    }

    /// What it is called beside the others; `alone` if SQLite has no indexes that matter.
    pub(super) fn title(self, alone: bool) -> String {
        match self {
            Self::Csv => "CSV".to_owned(),
            Self::Json => "JSON".to_owned(),
            Self::Sqlite if alone => "SQLite".to_owned(),
            Self::Sqlite => t!("SQLite, no index"),
            Self::Indexed => t!("SQLite, with index"),
        }
    }
}

/// What the visitor says is the fastest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    Csv,
    Json,
    Sqlite,
}

impl Choice {
    pub(super) const ALL: [Self; 3] = [Self::Csv, Self::Json, Self::Sqlite];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Sqlite => "sqlite",
        }
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Json => "JSON",
            Self::Sqlite => "SQLite",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.name() == name)
    }
}

/// What the visitor says in advance, of one question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Prediction {
    /// With the fewest people.
    pub(super) few: Option<Choice>,
    /// With the most.
    pub(super) many: Option<Choice>,
    /// Whether it has been measured, so that nothing can be said in advance any more.
    pub(super) locked: bool,
}

/// What was measured of one way at one size. Times are in milliseconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct WayResult {
    /// Of one asking, in the engine.
    pub(super) times: Samples,
    /// Of SQLite: of opening the file and asking once.
    pub(super) opened: Samples,
    /// Of the message to the worker and its answer back.
    pub(super) trips: Samples,
    /// How often the question was asked for one time.
    pub(super) each: u32,
    /// What one asking touches.
    pub(super) touched: Option<Touched>,
    /// Bytes that are stored.
    pub(super) stored: u64,
    /// Of a file: how it went.
    pub(super) steps: Vec<Step>,
    /// Of SQLite: its plan.
    pub(super) plan: Vec<Line>,
    pub(super) shown: Shown,
}

/// What was measured at one size.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SizeResult {
    pub(super) people: u32,
    pub(super) ways: BTreeMap<Way, WayResult>,
    /// How long it took to make the indexes, in milliseconds.
    pub(super) indexing: Option<f64>,
}

/// The lab's state.
#[derive(Clone, Debug, Default)]
pub(crate) struct SqlOrFiles {
    pub(super) machine: Machine,
    pub(super) question: Question,
    pub(super) predictions: BTreeMap<Question, Prediction>,
    /// Whether opening SQLite's file is counted too.
    pub(super) opening: bool,
    pub(super) results: BTreeMap<Question, Vec<SizeResult>>,
    pub(super) run: Option<Run>,
    /// The number of people in SQLite's tables, if they are as they were loaded for the visitor's own statements.
    pub(super) own: Own,
    /// The number of the newest job or question to SQLite.
    pub(super) number: u32,
    pub(super) status: Status,
    /// SQLite's version, once it is known.
    pub(super) version: Option<String>,
    pub(super) facts: Facts,
}

impl SqlOrFiles {
    pub(super) fn prediction(&self) -> Prediction {
        self.predictions
            .get(&self.question)
            .copied()
            .unwrap_or_default()
    }

    pub(super) fn is_busy(&self) -> bool {
        self.run.is_some() || self.own.is_busy()
    }

    /// The times of a way that are shown now: with opening, or without.
    pub(super) fn samples<'a>(&self, way: Way, result: &'a WayResult) -> &'a Samples {
        if self.opening && !way.is_file() {
            &result.opened
        } else {
            &result.times
        }
    }

    /// The ways that the chosen question is measured in.
    pub(super) fn ways(&self) -> impl Iterator<Item = Way> + use<> {
        let with_index = self.question.index_matters();
        Way::ALL
            .into_iter()
            .filter(move |way| with_index || *way != Way::Indexed)
    }

    /// The number for the next job or question to SQLite.
    pub(super) fn next_number(&mut self) -> u32 {
        self.number += 1;
        self.number
    }

    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.status = Status::said(text);
    }

    pub(super) fn say_fault(&mut self, text: impl Into<String>) {
        self.status = Status::fault(text);
    }
}
