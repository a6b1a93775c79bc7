//! What the lab knows.

use std::collections::BTreeSet;

use datasets::Shape;
use experiments::{Failure, Look, Settings, Source, Subject};
use serde::{Deserialize, Serialize};
use widgets::Facts;

use super::findings::Results;
use super::run::Run;
use super::sqlite::SQLITE;
use crate::lab::Machine;

/// The rows that the slider goes through.
pub(super) const ROWS: [usize; 13] = [
    10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000,
];
/// The average lengths of texts that the slider goes through.
pub(super) const LENGTHS: [usize; 9] = [2, 4, 8, 16, 32, 64, 128, 256, 512];
/// Columns at most.
pub(super) const MOST_COLUMNS: usize = 50;
/// Rounds at most.
pub(super) const MOST_ROUNDS: u32 = 50;
/// So many records are shown.
pub(super) const FIRST: u32 = 5;

/// The lab's state.
#[derive(Clone, Debug)]
pub(crate) struct Formats {
    pub(super) machine: Machine,
    /// When and where, if what is shown was recorded and not measured here.
    pub(super) recorded: Option<String>,
    pub(super) origin: Origin,
    pub(super) shape: Shape,
    pub(super) own: Option<OwnFile>,
    pub(super) looking: Looking,
    /// The names of the formats that take part.
    pub(super) chosen: BTreeSet<&'static str>,
    pub(super) indent: bool,
    pub(super) protocol: u8,
    /// How many rounds, as the visitor wrote it.
    pub(super) rounds: String,
    /// The seconds after which a format takes part in no further round.
    pub(super) budget_s: u32,
    pub(super) guess: Guess,
    pub(super) run: Option<Run>,
    pub(super) results: Option<Results>,
    /// The place of the chosen one among the media.
    pub(super) medium: usize,
    pub(super) sort: Sort,
    pub(super) status: Status,
    /// The number of what was asked for last.
    pub(super) serial: u32,
    /// Whether SQLite has done something since it was started.
    pub(super) sqlite_is_warm: bool,
    pub(super) facts: Facts,
}

/// Where the data comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Generated,
    Bundled(&'static str),
    Own,
}

impl Origin {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Generated => "generated",
            Self::Bundled(name) => name,
            Self::Own => "own",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OwnFile {
    pub(super) serial: u32,
    pub(super) name: String,
    pub(super) bytes: u64,
}

/// The look at the data that is shown before anything is measured.
#[derive(Clone, Debug, Default)]
pub(super) struct Looking {
    /// The job that looks, and at what.
    pub(super) asked: Option<(u32, Source)>,
    /// What was looked at last, and what was seen.
    pub(super) seen: Option<(Source, Result<Look, Failure>)>,
}

/// What the visitor expects, before it is measured; the names of formats.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Guess {
    pub(super) smallest: Option<String>,
    pub(super) fastest: Option<String>,
}

/// How the table is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sort {
    pub(super) by: Column,
    pub(super) is_descending: bool,
}

/// What the table can be sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Column {
    #[default]
    Format,
    Size,
    Compressed,
    Write,
    Read,
    One,
    Lost,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Status {
    #[default]
    Idle,
    /// A sentence on how it went, and whether that is a fault.
    Said { text: String, fault: bool },
}

impl Default for Formats {
    fn default() -> Self {
        Self {
            machine: Machine::default(),
            recorded: None,
            origin: Origin::Generated,
            shape: Shape {
                rows: 5000,
                ..Shape::default()
            },
            own: None,
            looking: Looking::default(),
            chosen: names().collect(),
            indent: false,
            protocol: 5,
            rounds: "7".to_owned(),
            budget_s: 3,
            guess: Guess::default(),
            run: None,
            results: None,
            medium: 2,
            sort: Sort::default(),
            status: Status::default(),
            serial: 0,
            sqlite_is_warm: false,
            facts: Facts::none(),
        }
    }
}

impl Formats {
    pub(super) const fn is_busy(&self) -> bool {
        self.run.is_some()
    }

    /// The data that is chosen; nothing if it is a file, and none was chosen.
    pub(super) fn source(&self) -> Option<Source> {
        Some(match &self.origin {
            Origin::Generated => Source::Generated(self.shape),
            Origin::Bundled(name) => Source::Bundled((*name).to_owned()),
            Origin::Own => {
                let OwnFile { serial, name, .. } = self.own.clone()?;
                Source::Own { serial, name }
            }
        })
    }

    /// The data that has to be looked at to show its first records; of generated data only they are made.
    pub(super) fn source_to_look_at(&self) -> Option<Source> {
        Some(match self.source()? {
            Source::Generated(shape) => Source::Generated(Shape {
                rows: shape.rows.min(FIRST as usize),
                ..shape
            }),
            other => other,
        })
    }

    /// The format of that name as it is to be written.
    pub(super) fn subject(&self, format: &str) -> Subject {
        let settings = Settings {
            indent: (self.indent && format == "json").then_some(2),
            protocol: (format == "pickle").then_some(self.protocol),
            ..Settings::default()
        };
        Subject {
            format: format.to_owned(),
            settings,
        }
    }

    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.status = Status::Said {
            text: text.into(),
            fault: false,
        };
    }

    pub(super) fn say_fault(&mut self, text: impl Into<String>) {
        self.status = Status::Said {
            text: text.into(),
            fault: true,
        };
    }
}

/// The names of all that can take part: the formats, and SQLite.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let formats = formats::all().iter().map(|format| format.name());
    formats.chain([SQLITE])
}

/// What people call a format.
pub(super) fn title(name: &str) -> &str {
    match formats::find(name) {
        Some(format) => format.title(),
        None if name == SQLITE => "SQLite",
        None => name,
    }
}
