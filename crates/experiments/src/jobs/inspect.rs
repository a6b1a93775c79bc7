//! Looking at stored bytes: writing a few records, reading bytes with the place of each record, and what a cut and an
//! append do to a file.

mod append;
mod read;
mod records;
mod survive;
mod understand;
mod write;

use serde::{Deserialize, Serialize};

use crate::{Bench, Failure, Material, Outcome, Source};

pub use append::{Append, Appended};
pub use read::{Excerpt, File, Opened, Original, Read};
pub use records::{Field, Kept, Reading, Record, Span};
pub use survive::{Cut, Survival, Survive};
pub use write::{Write, Written};

/// As many bytes of a file are given back whole at most; of a longer one, an [`Excerpt`].
pub const WHOLE_BYTES: usize = 64 << 10;
/// So long is an [`Excerpt`].
pub const EXCERPT_BYTES: usize = 4 << 10;
/// As many records are shown at most.
pub const SHOWN_RECORDS: usize = 20;

/// Looks at stored bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Inspect {
    /// Writes records and reads them back.
    Write(Write),
    /// Reads bytes.
    Read(Read),
    /// Cuts a file at several places, and reads what is left.
    Survive(Survive),
    /// Appends a record to a file.
    Append(Append),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Inspected {
    /// Of [`Inspect::Write`].
    Written(Written),
    /// Of [`Inspect::Read`].
    Read(Opened),
    /// Of [`Inspect::Survive`].
    Survival(Survival),
    /// Of [`Inspect::Append`].
    Appended(Appended),
}

impl Inspect {
    /// The data set that it works on.
    pub(super) const fn source(&self) -> Option<&Source> {
        match self {
            Self::Write(Write { source, .. })
            | Self::Survive(Survive { source, .. })
            | Self::Append(Append { source, .. })
            | Self::Read(Read {
                file: File::Own(source),
                ..
            }) => Some(source),
            Self::Read(_) => None,
        }
    }

    pub(super) fn run(
        self,
        bench: &mut Bench,
        lab: u32,
        material: Material,
    ) -> Result<Outcome, Failure> {
        let inspected = match self {
            Self::Write(job) => Inspected::Written(job.run(bench, lab, &material)?),
            Self::Read(job) => Inspected::Read(job.run(bench, lab, material)?),
            Self::Survive(job) => Inspected::Survival(job.run(bench, lab, &material)?),
            Self::Append(job) => Inspected::Appended(job.run(bench, lab, &material)?),
        };
        Ok(Outcome::Inspected(Box::new(inspected)))
    }
}
