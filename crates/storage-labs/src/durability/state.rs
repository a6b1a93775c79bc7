//! What the lab knows.

use std::collections::{BTreeMap, VecDeque};

use experiments::{BothVersions, LeftoverFound, PagesCompared, Verdict};
use protocol::{Way, WriterRun};
use widgets::Facts;

/// The ways, in the order in which they are tried and shown.
pub(super) const WAYS: [Way; 3] = [Way::Plain, Way::Rename, Way::Transaction];
/// How many records can be chosen.
pub(super) const RECORDS: (u32, u32) = (1_000, 20_000);
/// How often the writer can be killed for a tally.
pub(super) const ROUNDS: [u32; 4] = [3, 10, 20, 50];

/// The lab's state.
#[derive(Clone, Debug)]
pub(crate) struct Durability {
    pub(super) settings: Settings,
    pub(super) predictions: BTreeMap<Way, Verdict>,
    /// Why there is no place for files here, once that is known.
    pub(super) refused: Option<String>,
    /// What an earlier visit left behind.
    pub(super) earlier: Option<(WriterRun, Vec<Way>)>,
    pub(super) work: Option<Work>,
    pub(super) results: Option<Results>,
    pub(super) status: Status,
    pub(super) facts: Facts,
}

/// What the visitor has chosen.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Settings {
    pub(super) records: u32,
    pub(super) format: String,
    pub(super) end: End,
    /// Where the writer is killed, in per cent.
    pub(super) percent: u32,
    /// How often, for a tally.
    pub(super) rounds: u32,
}

/// How the writing ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It is killed at a chosen place.
    Killed,
    /// It is let finish.
    Finished,
    /// It is killed anywhere, many times.
    Random,
}

impl Default for Durability {
    fn default() -> Self {
        Self {
            settings: Settings {
                records: 2_000,
                format: "csv".to_owned(),
                end: End::Killed,
                percent: 50,
                rounds: 20,
            },
            predictions: BTreeMap::new(),
            refused: None,
            earlier: None,
            work: None,
            results: None,
            status: Status::Idle,
            facts: Facts::none(),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Status {
    Idle,
    /// A sentence on how it went, and whether that is a fault.
    Said {
        text: String,
        fault: bool,
    },
}

/// What is being done.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub(super) aim: Aim,
    pub(super) run: WriterRun,
    pub(super) end: End,
    pub(super) percent: u32,
    pub(super) versions: BothVersions,
    /// What is still to be done after this turn.
    pub(super) turns: VecDeque<Turn>,
    /// This turn, once the first has begun.
    pub(super) turn: Option<Turn>,
    pub(super) step: Step,
    /// What is known of this turn.
    pub(super) found: Found,
    /// Where the writer is killed in this turn, in per cent.
    pub(super) kill_at: Option<f64>,
}

/// What the work is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    /// Write, kill, look.
    Write,
    /// Look at what is there.
    Look,
    /// Put version 1 back, and look.
    Restore,
    /// Remove all files.
    Clean,
}

/// One way, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) way: Way,
    /// From 0.
    pub(super) round: u32,
}

/// How far a turn is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The other tabs are being kept out.
    Holding,
    /// Both versions are being made.
    Making,
    /// A writer is starting, to put version 1 in place.
    Starting,
    Preparing,
    Writing,
    /// Another writer is starting, to look at what is left.
    StartingAgain,
    Inspecting,
    Recovering,
    /// The workbench looks at the bytes.
    Analysing,
    Cleaning,
}

/// What was found of one way.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Found {
    /// How the writing ended, if there was any here.
    pub(super) end: Option<End>,
    /// Where it was to be killed, in per cent.
    pub(super) kill_at: Option<f64>,
    /// The last that was heard of it, pieces done of all.
    pub(super) heard: Option<(u32, u32)>,
    /// Names and sizes of the files.
    pub(super) files: Vec<(String, u64)>,
    /// The size of version 2 as a file.
    pub(super) new_bytes: u64,
    /// What is in the file.
    pub(super) leftover: Option<LeftoverFound>,
    /// The raw files of the database, until they are compared.
    pub(super) raw: Option<experiments::ComparePages>,
    pub(super) pages: Option<PagesCompared>,
    /// What the database holds after it was opened, or why it could not be.
    pub(super) recovered: Option<Result<Recovered, String>>,
}

/// What is in the database after SQLite has opened it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recovered {
    pub(super) integrity: String,
    pub(super) old: u32,
    pub(super) new: u32,
    pub(super) journal: bool,
}

/// What is shown of a run.
#[derive(Clone, Debug)]
pub(super) struct Results {
    pub(super) aim: Aim,
    pub(super) run: WriterRun,
    pub(super) end: End,
    /// What the visitor had predicted when it began.
    pub(super) predictions: BTreeMap<Way, Verdict>,
    pub(super) found: BTreeMap<Way, Found>,
    /// How often each was left, by way.
    pub(super) tally: BTreeMap<(Way, Verdict), u32>,
}

impl Found {
    /// The size of a file.
    pub(super) fn size(&self, name: &str) -> Option<u64> {
        let file = self.files.iter().find(|(known, _)| known == name);
        file.map(|(_, bytes)| *bytes)
    }

    /// What is left as a whole, once it is known.
    pub(super) fn verdict(&self, records: u32) -> Option<Verdict> {
        if let Some(leftover) = &self.leftover {
            return Some(leftover.verdict);
        }
        Some(match self.recovered.as_ref()? {
            Ok(recovered) if recovered.integrity != "ok" => Verdict::Unreadable,
            Ok(recovered) if (recovered.old, recovered.new) == (records, 0) => Verdict::AllOld,
            Ok(recovered) if (recovered.old, recovered.new) == (0, records) => Verdict::AllNew,
            Ok(_) => Verdict::Mixture,
            Err(_) => Verdict::Unreadable,
        })
    }
}

impl Results {
    /// What was left of a way: the one thing there is, or in a tally what was left most often.
    pub(super) fn verdict(&self, way: Way) -> Option<Verdict> {
        let counted = self.tally.iter().filter(|((of, _), _)| *of == way);
        counted
            .max_by_key(|(_, count)| **count)
            .map(|((_, verdict), _)| *verdict)
    }

    /// How often this was left.
    pub(super) fn count(&self, way: Way, verdict: Verdict) -> u32 {
        self.tally.get(&(way, verdict)).copied().unwrap_or_default()
    }
}
