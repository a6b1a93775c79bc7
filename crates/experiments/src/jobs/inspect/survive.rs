//! What survives a cut.

use serde::{Deserialize, Serialize};

use super::understand::{new, understand};
use super::write::{encode, first};
use crate::jobs::codec;
use crate::{Bench, Failure, Material, Remark, Settings, Source};

/// Writes the first records of a data set, cuts the file at 25, 50 and 75 % of its bytes, and reads what is left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Survive {
    /// The data set.
    pub source: Source,
    /// How many of its records.
    pub first: u32,
    /// The format's name.
    pub format: String,
    /// How.
    pub settings: Settings,
}

/// What survives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survival {
    /// The bytes of the whole file.
    pub bytes: u64,
    /// The records that reading the whole file gives.
    pub records: u64,
    /// What is left of them after each cut.
    pub cuts: Vec<Cut>,
}

/// A file that was cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// How much of it was kept, in percent of its bytes.
    pub percent: u32,
    /// The records that are read as they were.
    pub whole: u64,
    /// The records that are read, but are not as they were.
    pub altered: u64,
    /// The error that says so. If there is none and no remark either, the reader took what was left for the whole.
    pub failure: Option<Failure>,
    /// What the reader remarked on, and did not of the whole file.
    pub remarks: Vec<Remark>,
}

impl Survive {
    pub(super) fn run(
        self,
        bench: &mut Bench,
        lab: u32,
        material: &Material,
    ) -> Result<Survival, Failure> {
        let records = first(bench, lab, &self.source, material, self.first as usize)?;
        let format = codec::format(&self.format)?;
        let bytes = encode(format, &records, &self.settings.for_writing()?)?.bytes;
        let options = self.settings.for_reading()?;
        let all = understand(format, &bytes, &options);
        let records = all.cloned()?;
        let cuts = [25, 50, 75].map(|percent| {
            let left = understand(format, &bytes[..bytes.len() * percent / 100], &options);
            let (whole, found) = left.whole(&records);
            Cut {
                percent: percent as u32,
                whole,
                altered: found - whole,
                remarks: new(left.notes, &all.notes),
                failure: left.error.map(Failure::from),
            }
        });
        Ok(Survival {
            bytes: bytes.len() as u64,
            records: records.len() as u64,
            cuts: cuts.into(),
        })
    }
}
