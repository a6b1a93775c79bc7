//! The jobs there are: one file each.

pub(crate) mod ask;
mod codec;
mod describe;
mod inspect;
mod measure;

use serde::{Deserialize, Serialize};
use values::Value;

use crate::bench::Now;
use crate::{Bench, Failure, Material, Source};

pub use ask::{Answered, Ask, Measurement, Shown, Table, Wanted};
pub use codec::{Decode, DecodeValue, Decoded, Encode, EncodeValue, Encoded, Remark};
pub use describe::{Describe, Described};
pub use inspect::{Inspect, Inspected};
pub use measure::{Measure, Measured};

/// Something to be done at the bench.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Job {
    /// Says what a data set is like.
    Describe(Describe),
    /// Writes the first records of a data set.
    Encode(Encode),
    /// Reads bytes and shows what is in them.
    Decode(Decode),
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
}

/// What came of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Outcome {
    /// Of [`Job::Describe`].
    Described(Described),
    /// Of [`Job::Encode`] and [`Job::EncodeValue`].
    Encoded(Encoded),
    /// Of [`Job::Decode`].
    Decoded(Decoded),
    /// Of [`Job::Inspect`].
    Inspected(Inspected),
    /// Of [`Job::Measure`].
    Measured(Measured),
    /// Of [`Job::Ask`].
    Answered(Answered),
    /// Of [`Job::DecodeValue`]; the value comes beside it.
    Value(Vec<Remark>),
}

impl Job {
    /// The data set that the job works on.
    pub const fn source(&self) -> Option<&Source> {
        match self {
            Self::Describe(Describe { source })
            | Self::Encode(Encode { source, .. })
            | Self::Inspect(Inspect { source, .. })
            | Self::Measure(Measure { source, .. })
            | Self::Ask(Ask { source, .. }) => Some(source),
            Self::Decode(_) | Self::EncodeValue(_) | Self::DecodeValue(_) => None,
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
            Self::Encode(job) => job.run(bench, lab, &material).map(plain),
            Self::Decode(job) => job.run().map(plain),
            Self::Inspect(job) => job.run(bench, lab, &material, now).map(plain),
            Self::Measure(job) => job.run(bench, lab, &material, now).map(plain),
            Self::Ask(job) => job.run(bench, now).map(plain),
            Self::EncodeValue(job) => job.run(material).map(plain),
            Self::DecodeValue(job) => job.run(&material),
        }
    }
}
