//! The jobs there are: one file each.

pub(crate) mod ask;
mod codec;
mod describe;
mod inspect;
mod measure;
mod pages;
mod versions;

use serde::{Deserialize, Serialize};
use values::Value;

use crate::bench::Now;
use crate::{Bench, Failure, Material, Source};

pub use ask::{Answered, Ask, Measurement, Shown, Table, Wanted};
pub use codec::{DecodeValue, EncodeValue, Encoded, Remark};
pub use describe::{Describe, Described};
pub use inspect::{
    Append, Appended, Cut, EXCERPT_BYTES, Excerpt, Field, File, Inspect, Inspected, Kept, Opened,
    Original, Read, Reading, Record, SHOWN_RECORDS, Span, Survival, Survive, WHOLE_BYTES, Write,
    Written,
};
pub(crate) use measure::Measuring;
pub use measure::{Change, Look, Losses, Measure, Measured, Rows, Step, Subject, Timed, Timing};
pub use pages::{ComparePages, PagesCompared};
pub use versions::{BothVersions, Leftover, LeftoverFound, Torn, Verdict, Versions};

/// Something to be done at the bench.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Job {
    /// Says what a data set is like.
    Describe(Describe),
    /// Looks at stored bytes.
    Inspect(Inspect),
    /// Measures a format.
    Measure(Measure),
    /// Asks questions about people.
    Ask(Ask),
    /// Writes a value of the page's.
    EncodeValue(EncodeValue),
    /// Reads a value for the page.
    DecodeValue(DecodeValue),
    /// Makes two versions of the same records.
    Versions(Versions),
    /// Says what of both is in a file.
    Leftover(Leftover),
    /// Compares a database file with what it was.
    ComparePages(ComparePages),
}

/// What came of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Outcome {
    /// Of [`Job::Describe`].
    Described(Described),
    /// Of [`Job::EncodeValue`].
    Encoded(Encoded),
    /// Of [`Job::Inspect`].
    Inspected(Box<Inspected>),
    /// Of [`Job::Measure`].
    Measured(Measured),
    /// Of [`Job::Ask`].
    Answered(Answered),
    /// Of [`Job::DecodeValue`]; the value comes beside it.
    Value(Vec<Remark>),
    /// Of [`Job::Versions`].
    Versions(BothVersions),
    /// Of [`Job::Leftover`].
    Leftover(LeftoverFound),
    /// Of [`Job::ComparePages`].
    PagesCompared(PagesCompared),
}

impl Job {
    /// The data set that the job works on.
    pub const fn source(&self) -> Option<&Source> {
        match self {
            Self::Describe(Describe { source })
            | Self::Measure(Measure { source, .. })
            | Self::Ask(Ask { source, .. }) => Some(source),
            Self::Inspect(job) => job.source(),
            Self::EncodeValue(_)
            | Self::DecodeValue(_)
            | Self::Versions(_)
            | Self::Leftover(_)
            | Self::ComparePages(_) => None,
        }
    }

    pub(crate) fn run(
        self,
        bench: &mut Bench,
        lab: u32,
        material: Material,
        now: Now<'_>,
    ) -> Result<(Outcome, Option<Value>), Failure> {
        let plain = |outcome| (outcome, None);
        match self {
            Self::Describe(job) => job.run(bench, lab, &material).map(plain),
            Self::Inspect(job) => job.run(bench, lab, material).map(plain),
            Self::Measure(job) => job.run(bench, lab, &material, now).map(plain),
            Self::Ask(job) => job.run(bench, now).map(plain),
            Self::EncodeValue(job) => job.run(material).map(plain),
            Self::DecodeValue(job) => job.run(&material),
            Self::Versions(job) => job.run().map(plain),
            Self::Leftover(job) => job.run().map(plain),
            Self::ComparePages(job) => Ok(plain(job.run())),
        }
    }
}
