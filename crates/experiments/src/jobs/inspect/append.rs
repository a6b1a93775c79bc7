//! What it takes to append a record.

use serde::{Deserialize, Serialize};

use super::WHOLE_BYTES;
use super::understand::{new, understand};
use super::write::{encode, first};
use crate::jobs::codec;
use crate::{Bench, Failure, Material, Remark, Settings, Source};

/// Writes the first records of a data set, and then one more: that one's bytes alone at the end of the file, and all anew.
///
/// The one more is the next of the data set, or its last again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Append {
    /// The data set.
    pub source: Source,
    /// How many of its records.
    pub first: u32,
    /// The format's name.
    pub format: String,
    /// How.
    pub settings: Settings,
}

/// What it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appended {
    /// The bytes of the file before.
    pub before: u64,
    /// The bytes of the file after it was written anew.
    pub after: u64,
    /// The bytes of the file before that are another byte in the file after, or are not there: those that would have to be
    /// written over.
    pub changed: u64,
    /// The bytes of the one record, as they are in the new file; none if there are too many to give back.
    pub record: Option<Vec<u8>>,
    /// The new file; none if it has too many bytes to give back.
    pub anew: Option<Vec<u8>>,
    /// How many records are read as they should be, if the one record's bytes are put at the end of the old file.
    pub whole: u64,
    /// How many there should be.
    pub records: u64,
    /// What is wrong with the old file and the one record's bytes after it.
    pub failure: Option<Failure>,
    /// What the reader remarked on there, and did not of the new file.
    pub remarks: Vec<Remark>,
}

impl Append {
    pub(super) fn run(
        self,
        bench: &mut Bench,
        lab: u32,
        material: &Material,
    ) -> Result<Appended, Failure> {
        let most = self.first as usize;
        let mut records = first(bench, lab, &self.source, material, most + 1)?;
        if records.len() <= most
            && let Some(last) = records.last().cloned()
        {
            records.push(last);
        }
        let format = codec::format(&self.format)?;
        let writing = self.settings.for_writing()?;
        let before = encode(format, &records[..records.len() - 1], &writing)?.bytes;
        let after = encode(format, &records, &writing)?.bytes;
        let options = self.settings.for_reading()?;
        let read = understand(format, &after, &options);
        let should_be = read.cloned()?;
        let record = read
            .spans
            .last()
            .map_or(&after[..0], |span| &after[span.clone()]);
        let joined = [&before[..], record].concat();
        let joined = understand(format, &joined, &options);
        let same = before
            .iter()
            .zip(&after)
            .filter(|(before, after)| before == after);
        let small = |bytes: &[u8]| (bytes.len() <= WHOLE_BYTES).then(|| bytes.to_vec());
        Ok(Appended {
            before: before.len() as u64,
            after: after.len() as u64,
            changed: (before.len() - same.count()) as u64,
            record: small(record),
            whole: joined.whole(&should_be).0,
            records: should_be.len() as u64,
            remarks: new(joined.notes, &read.notes),
            failure: joined.error.map(Failure::from),
            anew: small(&after),
        })
    }
}
