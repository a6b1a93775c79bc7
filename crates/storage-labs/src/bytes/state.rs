//! What the lab knows.

use std::collections::{BTreeMap, VecDeque};

use datasets::Showcase;
use experiments::{
    Appended, Excerpt, Failure, Opened, Original, Reading, Remark, Settings, Source, Survival,
};
use formats::Format;
use language::mark;
use protocol::LabEvent;
use widgets::{Facts, Status};

use super::edit::Typing;

/// As many records are written at most.
pub(super) const MOST_RECORDS: u32 = 20;
/// So many bytes are shown at once.
pub(super) const PAGE_BYTES: u64 = 4096;
/// The delimiters of CSV that can be chosen, with their names.
pub(super) const DELIMITERS: [(&str, &str); 4] = [
    (",", mark!("comma")),
    (";", mark!("semicolon")),
    ("\t", mark!("tab")),
    ("|", mark!("bar")),
];

/// The lab's state.
#[derive(Clone, Debug)]
pub(crate) struct Bytes {
    pub(super) choice: Choice,
    pub(super) own: Option<OwnFile>,
    /// How many files were chosen.
    pub(super) serial: u32,
    /// The file as it is now.
    pub(super) shown: Option<Document>,
    /// The file as it was written or opened.
    pub(super) original: Option<Document>,
    /// A file that the visitor had changed when another took its place.
    pub(super) aside: Option<Aside>,
    /// What is typed, and was not read back.
    pub(super) draft: Option<Draft>,
    /// What the visitor did before there was a file.
    pub(super) early: VecDeque<LabEvent>,
    pub(super) typing: Typing,
    /// The record that the visitor has pressed.
    pub(super) chosen: Option<u64>,
    /// The first byte that is shown.
    pub(super) page: u64,
    /// After which byte to cut.
    pub(super) cut: u64,
    /// The format to open the file in.
    pub(super) other: String,
    /// The delimiter, should that be CSV.
    pub(super) other_delimiter: String,
    /// Whether the first tables are found, or the visitor has asked for something: from then on tables are shown while they
    /// are filled. Until then the page shows them as they will be.
    pub(super) is_settled: bool,
    pub(super) survival: Table<Survival>,
    pub(super) appended: Table<Appended>,
    pub(super) others: Table<Opened>,
    /// The rows of the tables that are still to be found.
    pub(super) plan: VecDeque<Asked>,
    pub(super) asked: BTreeMap<u32, Asked>,
    pub(super) last: u32,
    /// Whether the choice has changed since the writing that goes on was asked for.
    pub(super) again: bool,
    pub(super) status: Status,
    pub(super) facts: Facts,
}

impl Default for Bytes {
    fn default() -> Self {
        Self {
            choice: Choice::default(),
            own: None,
            serial: 0,
            shown: None,
            original: None,
            aside: None,
            draft: None,
            early: VecDeque::new(),
            typing: Typing::Text,
            chosen: None,
            page: 0,
            cut: 0,
            other: "yaml".to_owned(),
            other_delimiter: ",".to_owned(),
            is_settled: false,
            survival: Table::default(),
            appended: Table::default(),
            others: Table::default(),
            plan: VecDeque::new(),
            asked: BTreeMap::new(),
            last: 0,
            again: false,
            status: Status::Idle,
            facts: Facts::none(),
        }
    }
}

/// What is to be written, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) data: Data,
    pub(super) records: u32,
    pub(super) nested: bool,
    pub(super) seed: u64,
    pub(super) format: String,
    pub(super) delimiter: String,
    pub(super) protocol: u8,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            data: Data::Showcase,
            records: 5,
            nested: false,
            seed: 1,
            format: "csv".to_owned(),
            delimiter: ",".to_owned(),
            protocol: 4,
        }
    }
}

impl Choice {
    pub(super) fn settings(&self) -> Settings {
        Settings {
            delimiter: Some(self.delimiter.clone()),
            protocol: Some(self.protocol),
            ..Settings::default()
        }
    }
}

/// Which records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Data {
    Showcase,
    Bundled(String),
    Own,
}

impl Data {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Showcase => "showcase",
            Self::Bundled(name) => name,
            Self::Own => "own",
        }
    }
}

/// A file of the visitor's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OwnFile {
    pub(super) serial: u32,
    pub(super) name: String,
    pub(super) size: u64,
}

impl OwnFile {
    pub(super) fn source(&self) -> Source {
        Source::Own {
            serial: self.serial,
            name: self.name.clone(),
        }
    }
}

/// A file: its bytes, and what reading them gave.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Document {
    /// Where its records come from, and how many.
    pub(super) source: Source,
    pub(super) first: u32,
    /// Whether it is a file of the visitor's as it is, and not written here.
    pub(super) is_opened: bool,
    pub(super) name: String,
    /// The name of the format that it is read in; none if that is not known.
    pub(super) format: Option<String>,
    pub(super) settings: Settings,
    pub(super) file: Excerpt,
    /// What was changed in writing.
    pub(super) remarks: Vec<Remark>,
    pub(super) reading: Reading,
}

impl Document {
    pub(super) fn format(&self) -> Option<&'static dyn Format> {
        self.format.as_deref().and_then(formats::find)
    }

    pub(super) fn is_text(&self) -> bool {
        self.format().is_some_and(Format::is_text)
    }

    pub(super) fn original(&self) -> Option<Original> {
        let format = self.format.clone().filter(|_| self.file.is_whole())?;
        Some(Original {
            bytes: self.file.bytes.clone(),
            format,
            settings: self.settings.clone(),
        })
    }
}

/// What is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) typing: Typing,
    pub(super) text: String,
}

/// A file that was changed, with what it was before.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Aside {
    pub(super) shown: Document,
    pub(super) original: Document,
    pub(super) draft: Option<Draft>,
}

/// What was found of each format, in the order of the catalogue.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Table<T> {
    /// What it was found of: how many records, where from.
    pub(super) of: String,
    pub(super) rows: Vec<Row<T>>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            of: String::new(),
            rows: Vec::new(),
        }
    }
}

/// What was found of one format.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Row<T> {
    Waiting,
    Stopped,
    Done(Result<T, Failure>),
}

/// What a job was asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Asked {
    /// To write the file.
    Write(Document),
    /// To open the visitor's file.
    Open(Document),
    /// To read what the file is to be, with what was typed by then.
    Read(Why, Document, Option<Draft>),
    /// To append to the file: the one record's bytes, or by writing all anew.
    Append {
        anew: bool,
    },
    /// A row of a table.
    SurvivalRow(usize),
    AppendedRow(usize),
    OthersRow(usize),
}

impl Asked {
    pub(super) const fn is_row(&self) -> bool {
        matches!(
            self,
            Self::SurvivalRow(_) | Self::AppendedRow(_) | Self::OthersRow(_)
        )
    }
}

/// Why a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    Edited,
    Cut { of: u64 },
    Appended { bytes: u64 },
    Anew { changed: u64 },
    OtherFormat,
}

impl Bytes {
    /// The source of the records that are chosen; none if it is a file that was not chosen yet.
    pub(super) fn source(&self) -> Option<Source> {
        match &self.choice.data {
            // One more than is written, so that there is one to append.
            Data::Showcase => Some(Source::Showcase(Showcase {
                records: MOST_RECORDS as usize + 1,
                nested: self.choice.nested,
                seed: self.choice.seed,
            })),
            Data::Bundled(name) => Some(Source::Bundled(name.clone())),
            Data::Own => self.own.as_ref().map(OwnFile::source),
        }
    }

    /// Whether something is being done that changes the file.
    pub(super) fn is_busy(&self) -> bool {
        !self.asked.values().all(Asked::is_row)
    }

    /// Whether the file's bytes are not as they were written or opened, or something is typed.
    pub(super) fn is_edited(&self) -> bool {
        let bytes =
            |document: &Option<Document>| document.as_ref().map(|document| document.file.clone());
        self.draft.is_some() || bytes(&self.shown) != bytes(&self.original)
    }

    /// Whether there is something to undo.
    pub(super) fn is_changed(&self) -> bool {
        let way = |document: &Option<Document>| {
            let document = document.as_ref();
            document.map(|document| (document.format.clone(), document.settings.delimiter.clone()))
        };
        self.is_edited() || way(&self.shown) != way(&self.original)
    }

    /// Whether all bytes of the file are here.
    pub(super) fn has_whole(&self) -> bool {
        let shown = self.shown.as_ref();
        shown.is_some_and(|shown| shown.file.is_whole())
    }

    /// How the file is typed: as the visitor wants, if it can be.
    pub(super) fn typing(&self) -> Typing {
        match (&self.draft, &self.shown) {
            (Some(draft), _) => draft.typing,
            (None, Some(shown)) if self.typing == Typing::Text => {
                if shown.is_text() && Typing::Text.show(&shown.file.bytes).is_some() {
                    Typing::Text
                } else {
                    Typing::Hex
                }
            }
            _ => self.typing,
        }
    }

    /// What the field holds in which the file is typed.
    pub(super) fn typed(&self) -> String {
        match (&self.draft, &self.shown) {
            (Some(draft), _) => draft.text.clone(),
            (None, Some(shown)) => self.typing().show(&shown.file.bytes).unwrap_or_default(),
            _ => String::new(),
        }
    }
}
