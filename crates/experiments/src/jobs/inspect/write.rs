//! Writing a few records, and reading them back.

use formats::{Datum, EncodeOptions, Format};
use serde::{Deserialize, Serialize};

use super::read::{Excerpt, excerpt};
use super::records::Reading;
use super::understand::understand;
use crate::jobs::codec;
use crate::{Bench, Failure, Material, Remark, Settings, Source};

/// Writes the first records of a data set and reads them back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Write {
    /// The data set.
    pub source: Source,
    /// How many of its records.
    pub first: u32,
    /// The format's name.
    pub format: String,
    /// How.
    pub settings: Settings,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// How many records.
    pub records: u64,
    /// The bytes.
    pub file: Excerpt,
    /// What was changed in writing.
    pub remarks: Vec<Remark>,
    /// What reading them back gave, compared with what was written.
    pub reading: Reading,
}

impl Write {
    pub(super) fn run(
        self,
        bench: &mut Bench,
        lab: u32,
        material: &Material,
    ) -> Result<Written, Failure> {
        let records = first(bench, lab, &self.source, material, self.first as usize)?;
        let format = codec::format(&self.format)?;
        let written = encode(format, &records, &self.settings.for_writing()?)?;
        let understood = understand(format, &written.bytes, &self.settings.for_reading()?);
        let file = excerpt(written.bytes, None);
        Ok(Written {
            records: records.len() as u64,
            reading: Reading::of(understood, file.part(), Some(&records)),
            file,
            remarks: written.notes.into_iter().map(Remark::from).collect(),
        })
    }
}

/// The first records of a data set.
pub(super) fn first(
    bench: &mut Bench,
    lab: u32,
    source: &Source,
    material: &Material,
    most: usize,
) -> Result<Vec<Datum>, Failure> {
    let data = bench.data(lab, source, material.bytes.as_deref())?;
    let table = datasets::as_table(&data)
        .ok_or_else(|| Failure::new("no-records", "There is no list of records in this."))?;
    Ok(table.records.iter().take(most).cloned().collect())
}

/// Writes records in the form that the format holds: as a map where it wants one.
pub(super) fn encode(
    format: &dyn Format,
    records: &[Datum],
    options: &EncodeOptions,
) -> Result<formats::Encoded, Failure> {
    let records = records.to_vec();
    let datum = match format.name() {
        "toml" => Datum::map([("record", Datum::List(records))]),
        "ini" => {
            let sections = records.into_iter().enumerate();
            Datum::map(sections.map(|(at, record)| (format!("record {}", at + 1), record)))
        }
        _ => Datum::List(records),
    };
    Ok(format.encode(&datum, options)?)
}
