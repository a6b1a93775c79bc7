//! In which order things are measured.

use experiments::{Source, Step, Subject, Timing};

use super::findings::{Finding, Results};

/// A time is only trusted if the clock moved so many steps meanwhile.
const CLOCK_STEPS: f64 = 20.0;

/// One thing to be measured of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Write,
    Read,
    ReadOne,
    Compress,
    Compare,
}

impl Kind {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Write => "writing",
            Self::Read => "reading",
            Self::ReadOne => "reading one record",
            Self::Compress => "compressing",
            Self::Compare => "comparing what came back",
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
const LATER_ROUNDS: [Kind; 3] = [Kind::Write, Kind::Read, Kind::ReadOne];

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
            is_new_round: false,
            before_round_ms: none.clone(),
            round_ms: none,
        }
    }

    const fn kinds(&self) -> &'static [Kind] {
        if self.round == 0 {
            &FIRST_ROUND
        } else {
            &LATER_ROUNDS
        }
    }

    /// Goes to the next thing to measure; nothing if all is done.
    pub(super) fn advance(&mut self, results: &Results) -> Option<Step> {
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
                || self.kind == self.kinds().len();
            if is_out {
                self.place += 1;
                self.kind = 0;
                continue;
            }
            let kind = self.kinds()[self.kind];
            self.kind += 1;
            if kind == Kind::ReadOne && results.records.is_none() {
                continue;
            }
            self.now = Some((at, kind));
            return Some(self.step(at, kind, finding, results.resolution_us));
        }
    }

    /// Whether another round of this format would take longer than what is left for it.
    fn is_beyond_budget(&self, at: usize, results: &Results) -> bool {
        let budget = f64::from(results.budget_s) * 1000.0;
        self.round > 0 && results.formats[at].spent_ms + self.round_ms[at] > budget
    }

    fn step(&self, at: usize, kind: Kind, finding: &Finding, resolution_us: f64) -> Step {
        let subject = self.subjects[at].clone();
        let timing = |runs: u32| Timing {
            runs,
            // The first time is the first time only once.
            at_least_ms: if self.round == 0 {
                0.0
            } else {
                CLOCK_STEPS * resolution_us / 1000.0
            },
        };
        match kind {
            Kind::Write => Step::Write(subject, timing(finding.write.runs)),
            Kind::Read => Step::Read(subject, timing(finding.read.runs)),
            Kind::ReadOne => Step::ReadOne(subject, timing(finding.one.runs)),
            Kind::Compress => Step::Compress(subject),
            Kind::Compare => Step::Compare(subject),
        }
    }

    /// Jobs that are done, and those there will be at most.
    pub(super) fn progress(&self, results: &Results) -> (u32, u32) {
        let of_all = FIRST_ROUND.len() as u32 + results.rounds * LATER_ROUNDS.len() as u32;
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
                of_all - without
            }
        };
        (done, results.formats.iter().enumerate().map(total).sum())
    }
}
