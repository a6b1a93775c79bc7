//! In which order things are measured.

use experiments::{Source, Step, Subject, Timing};
use language::t;

use super::findings::{Finding, Results, Times};
use super::sqlite::{SQLITE, Table};
use crate::lab::SqlQuestion;

/// A time is only trusted if the clock moved so many steps meanwhile.
const CLOCK_STEPS: f64 = 20.0;

/// One thing to be measured of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Only for SQLite, which is given rows.
    Rows,
    Write,
    Read,
    ReadOne,
    /// Only for SQLite, whose file is not there by itself.
    Export,
    Compress,
    Compare,
}

impl Kind {
    pub(super) fn words(self) -> String {
        match self {
            Self::Rows => t!("making rows"),
            Self::Write => t!("writing"),
            Self::Read => t!("reading"),
            Self::ReadOne => t!("reading one record"),
            Self::Export => t!("taking its file"),
            Self::Compress => t!("compressing"),
            Self::Compare => t!("comparing what came back"),
        }
    }
}

const FIRST_ROUND: [Kind; 5] = [
    Kind::Write,
    Kind::Read,
    Kind::ReadOne,
    Kind::Compress,
    Kind::Compare,
];
const FIRST_ROUND_OF_SQLITE: [Kind; 7] = [
    Kind::Rows,
    Kind::Write,
    Kind::Read,
    Kind::ReadOne,
    Kind::Export,
    Kind::Compress,
    Kind::Compare,
];
const LATER_ROUNDS: [Kind; 3] = [Kind::Write, Kind::Read, Kind::ReadOne];

/// Runs of SQLite that are timed together at most: of reading one record, and of everything else.
const MOST_POINT_READS: f64 = 10_000.0;
const MOST_RUNS_OF_SQLITE: f64 = 50.0;

/// What is to be done next.
pub(super) enum Next {
    /// At the workbench.
    Work(Step),
    /// By SQLite.
    Sql(SqlQuestion),
}

/// A measurement that goes on.
///
/// There is a first round, in which everything is done for the first time, and then as many as were asked for. Each round
/// begins with another format, so that what disturbs the beginning of a round hits all alike.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) source: Source,
    /// The formats, as they are to be written.
    pub(super) subjects: Vec<Subject>,
    /// The job that is being done.
    pub(super) number: u32,
    /// What it is; nothing while the data is made or read.
    pub(super) now: Option<(usize, Kind)>,
    /// From 0, which is the first time.
    pub(super) round: u32,
    /// The place within the round, and the next thing to do there.
    place: usize,
    kind: usize,
    /// As many runs of SQLite are timed together in what is being done.
    pub(super) sqlite_runs: u32,
    pub(super) table: Table,
    /// Whether a round has just ended, and another begun.
    pub(super) is_new_round: bool,
    /// How long each format took in the round that goes on or ended last.
    before_round_ms: Vec<f64>,
    round_ms: Vec<f64>,
}

impl Run {
    pub(super) fn new(source: Source, subjects: Vec<Subject>) -> Self {
        let none = vec![0.0; subjects.len()];
        Self {
            source,
            subjects,
            number: 0,
            now: None,
            round: 0,
            place: 0,
            kind: 0,
            sqlite_runs: 1,
            table: Table::default(),
            is_new_round: false,
            before_round_ms: none.clone(),
            round_ms: none,
        }
    }

    fn kinds(&self, at: usize) -> &'static [Kind] {
        if self.round > 0 {
            &LATER_ROUNDS
        } else if self.subjects[at].format == SQLITE {
            &FIRST_ROUND_OF_SQLITE
        } else {
            &FIRST_ROUND
        }
    }

    /// Goes to the next thing to measure; nothing if all is done.
    pub(super) fn advance(&mut self, results: &Results) -> Option<Next> {
        self.is_new_round = false;
        loop {
            if self.place == self.subjects.len() {
                if self.round == results.rounds {
                    return None;
                }
                self.round += 1;
                self.is_new_round = true;
                self.place = 0;
                self.kind = 0;
            }
            let at = (self.place + self.round as usize) % self.subjects.len();
            let finding = &results.formats[at];
            if self.kind == 0 && self.round > 0 {
                self.round_ms[at] = finding.spent_ms - self.before_round_ms[at];
                self.before_round_ms[at] = finding.spent_ms;
            }
            let is_out = finding.failed.is_some()
                || self.kind == 0 && self.is_beyond_budget(at, results)
                || self.kind == self.kinds(at).len();
            if is_out {
                self.place += 1;
                self.kind = 0;
                continue;
            }
            let kind = self.kinds(at)[self.kind];
            self.kind += 1;
            if kind == Kind::ReadOne && results.records.is_none() {
                continue;
            }
            self.now = Some((at, kind));
            return Some(self.next(at, kind, finding, results.resolution_us));
        }
    }

    /// Whether another round of this format would take longer than what is left for it.
    fn is_beyond_budget(&self, at: usize, results: &Results) -> bool {
        let budget = f64::from(results.budget_s) * 1000.0;
        self.round > 0 && results.formats[at].spent_ms + self.round_ms[at] > budget
    }

    fn next(&mut self, at: usize, kind: Kind, finding: &Finding, resolution_us: f64) -> Next {
        // The first time is the first time only once.
        let at_least_ms = if self.round == 0 {
            0.0
        } else {
            CLOCK_STEPS * resolution_us / 1000.0
        };
        let subject = self.subjects[at].clone();
        if subject.format == SQLITE {
            if let Some(step) = self.table.step(kind) {
                return Next::Work(step);
            }
            let times = finding.times(kind).cloned().unwrap_or_default();
            self.sqlite_runs = sqlite_runs(&times, kind, at_least_ms);
            return Next::Sql(self.table.question(kind, self.sqlite_runs));
        }
        let timing = |times: &Times| Timing {
            runs: times.runs,
            at_least_ms,
        };
        Next::Work(match kind {
            Kind::Write => Step::Write(subject, timing(&finding.write)),
            Kind::Read => Step::Read(subject, timing(&finding.read)),
            Kind::ReadOne => Step::ReadOne(subject, timing(&finding.one)),
            Kind::Compress => Step::Compress(subject),
            _ => Step::Compare(subject),
        })
    }

    /// Jobs that are done, and those there will be at most.
    pub(super) fn progress(&self, results: &Results) -> (u32, u32) {
        let later = results.rounds * LATER_ROUNDS.len() as u32;
        let of_all = |at: usize| match self.subjects[at].format.as_str() {
            SQLITE => FIRST_ROUND_OF_SQLITE.len() as u32 + later,
            _ => FIRST_ROUND.len() as u32 + later,
        };
        let without = match results.records {
            Some(_) => 0,
            None => 1 + results.rounds,
        };
        let done = results.formats.iter().map(|finding| finding.jobs).sum();
        let total = |(at, finding): (usize, &Finding)| {
            let is_out = finding.failed.is_some() || self.is_beyond_budget(at, results);
            if is_out && self.now.is_none_or(|(now, _)| now != at) {
                finding.jobs
            } else {
                of_all(at) - without
            }
        };
        (done, results.formats.iter().enumerate().map(total).sum())
    }
}

/// As many runs of SQLite are timed together, going by how long one took before.
fn sqlite_runs(times: &Times, kind: Kind, at_least_ms: f64) -> u32 {
    let most = match kind {
        Kind::ReadOne => MOST_POINT_READS,
        Kind::Write | Kind::Read => MOST_RUNS_OF_SQLITE,
        _ => 1.0,
    };
    match times.median() {
        Some(median) if median < at_least_ms => {
            (at_least_ms * 1.2 / median).clamp(1.0, most).ceil() as u32
        }
        _ => 1,
    }
}
