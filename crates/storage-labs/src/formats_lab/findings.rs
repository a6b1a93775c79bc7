//! What was measured: plain data that can be recorded.

use experiments::{Losses, Timed};
use serde::{Deserialize, Serialize};
use widgets::measure::Samples;

use super::run::Kind;
use super::state::Guess;

/// What a measurement found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Results {
    /// What the data is, in a sentence.
    pub(super) data: String,
    /// How many records it has, if it is a list of records.
    pub(super) records: Option<u64>,
    /// Rounds that were asked for, after the first.
    pub(super) rounds: u32,
    /// Seconds after which a format took part in no further round.
    pub(super) budget_s: u32,
    pub(super) cores: u32,
    /// The clock's step in microseconds.
    pub(super) resolution_us: f64,
    /// What was expected when it began.
    pub(super) guess: Guess,
    pub(super) formats: Vec<Finding>,
}

/// What was found of one format.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Finding {
    /// The format's name.
    pub(super) name: String,
    /// What people call it, with what was chosen of it: `JSON, indented`.
    pub(super) title: String,
    /// Bytes.
    pub(super) size: Option<u64>,
    /// Bytes after gzip.
    pub(super) compressed: Option<u64>,
    pub(super) write: Times,
    pub(super) read: Times,
    pub(super) one: Times,
    pub(super) losses: Option<Losses>,
    /// Why it takes part no longer: it cannot hold the data, or something went wrong.
    pub(super) failed: Option<String>,
    /// Milliseconds that were measured so far.
    pub(super) spent_ms: f64,
    /// Jobs that were done so far.
    pub(super) jobs: u32,
}

/// How long one thing took, in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Times {
    /// The first time, before anything was repeated.
    pub(super) first: Option<f64>,
    /// Whether nothing like it had run in the worker before that.
    pub(super) is_cold: bool,
    /// The times after it.
    pub(super) samples: Samples,
    /// As many runs were timed together at most.
    pub(super) runs: u32,
}

/// A time with its spread, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub(super) least: f64,
    pub(super) median: f64,
    pub(super) most: f64,
    /// How many were measured; none if there is only the first time.
    pub(super) n: usize,
}

impl Times {
    /// Takes in one more.
    pub(super) fn add(&mut self, timed: Timed, is_first: bool) {
        if is_first {
            self.first = Some(timed.milliseconds);
            self.is_cold = timed.is_first;
        } else {
            self.samples.add(timed.milliseconds);
        }
        self.runs = self.runs.max(timed.runs);
    }

    /// The median and the spread; of what was not repeated, the first time.
    pub(super) fn spread(&self) -> Option<Spread> {
        if let Some((least, median, most)) = self.samples.spread() {
            let n = self.samples.n();
            return Some(Spread {
                least,
                median,
                most,
                n,
            });
        }
        self.first.map(|first| Spread {
            least: first,
            median: first,
            most: first,
            n: 0,
        })
    }

    pub(super) fn median(&self) -> Option<f64> {
        self.spread().map(|spread| spread.median)
    }
}

impl Finding {
    /// How long that takes, if it is timed.
    pub(super) const fn times(&self, kind: Kind) -> Option<&Times> {
        match kind {
            Kind::Write => Some(&self.write),
            Kind::Read => Some(&self.read),
            Kind::ReadOne => Some(&self.one),
            _ => None,
        }
    }

    /// Takes in a time.
    pub(super) fn add(&mut self, kind: Kind, timed: Timed, is_first: bool) {
        let of_kind = match kind {
            Kind::Write => &mut self.write,
            Kind::Read => &mut self.read,
            Kind::ReadOne => &mut self.one,
            _ => return,
        };
        of_kind.add(timed, is_first);
        self.spent_ms += timed.milliseconds * f64::from(timed.runs);
    }

    /// How many values came back changed, if that is known.
    pub(super) fn lost(&self) -> Option<u64> {
        self.losses.as_ref().map(|losses| losses.changed)
    }
}

impl Results {
    /// Those of which there is such a number, the smallest first.
    pub(super) fn ranked(&self, number: impl Fn(&Finding) -> Option<f64>) -> Vec<(&Finding, f64)> {
        let mut ranked: Vec<_> = self
            .formats
            .iter()
            .filter(|finding| finding.failed.is_none())
            .filter_map(|finding| Some((finding, number(finding)?)))
            .collect();
        ranked.sort_by(|a, b| a.1.total_cmp(&b.1));
        ranked
    }

    pub(super) fn find(&self, name: &str) -> Option<&Finding> {
        self.formats.iter().find(|finding| finding.name == name)
    }
}

/// A time given in milliseconds; what is shorter than a tenth of one in microseconds.
pub(super) fn time(milliseconds: f64) -> String {
    match milliseconds * 1000.0 {
        us if us < 9.95 => language::number(&format!("{us:.1} µs")),
        us if us < 99.5 => format!("{us:.0} µs"),
        _ => widgets::format::time(milliseconds),
    }
}
