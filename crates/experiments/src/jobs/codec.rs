//! Writing and reading, once.

use formats::{Datum, Format, Note};
use serde::{Deserialize, Serialize};
use values::Value;

use crate::{Bench, Failure, Material, Outcome, Place, Settings, Source};

/// Writes the first records of a data set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Encode {
    /// The data set.
    pub source: Source,
    /// How many of its records.
    pub first: u32,
    /// The format's name.
    pub format: String,
    /// How.
    pub settings: Settings,
}

/// Reads bytes and shows what is in them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decode {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The format's name.
    pub format: String,
    /// How.
    pub settings: Settings,
    /// As many records are shown.
    pub most: u32,
}

/// Writes a value of the page's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncodeValue {
    /// The format's name.
    pub format: String,
    /// How.
    pub settings: Settings,
}

/// Reads bytes for the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecodeValue {
    /// The format's name.
    pub format: String,
    /// How.
    pub settings: Settings,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encoded {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What was changed.
    pub remarks: Vec<Remark>,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decoded {
    /// How many records there are.
    pub records: u64,
    /// The first of them, each as JSON that a person reads.
    pub shown: Vec<String>,
    /// What was changed or looks dangerous.
    pub remarks: Vec<Remark>,
}

/// Something that was changed, left out or looks dangerous.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// A stable name.
    pub code: String,
    /// What it is, in a sentence, said of the first.
    pub message: String,
    /// How often.
    pub count: u64,
    /// Where the first is.
    pub place: Option<Place>,
}

impl From<Note> for Remark {
    fn from(note: Note) -> Self {
        Self {
            code: note.code.to_owned(),
            message: note.message,
            count: note.count,
            place: note.position.map(Place::from),
        }
    }
}

fn remarks(notes: Vec<Note>) -> Vec<Remark> {
    notes.into_iter().map(Remark::from).collect()
}

/// The format of that name.
pub(super) fn format(name: &str) -> Result<&'static dyn Format, Failure> {
    formats::find(name).ok_or_else(|| {
        let names: Vec<_> = formats::all().iter().map(|format| format.name()).collect();
        Failure::new(
            "unknown-format",
            format!(
                "There is no format `{name}`: there are {}.",
                names.join(", ")
            ),
        )
    })
}

fn encode(name: &str, datum: &Datum, settings: &Settings) -> Result<Outcome, Failure> {
    let encoded = format(name)?.encode(datum, &settings.for_writing()?)?;
    Ok(Outcome::Encoded(Encoded {
        bytes: encoded.bytes,
        remarks: remarks(encoded.notes),
    }))
}

impl Encode {
    pub(super) fn run(
        self,
        bench: &mut Bench,
        lab: u32,
        material: &Material,
    ) -> Result<Outcome, Failure> {
        let data = bench.data(lab, &self.source, material.bytes.as_deref())?;
        let table = datasets::as_table(&data)
            .ok_or_else(|| Failure::new("no-records", "There is no list of records in this."))?;
        let first = table.records.iter().take(self.first as usize).cloned();
        encode(&self.format, &Datum::List(first.collect()), &self.settings)
    }
}

impl Decode {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let decoded = format(&self.format)?.decode(&self.bytes, &self.settings.for_reading()?)?;
        let one = core::slice::from_ref(&decoded.datum);
        let records = match &decoded.datum {
            Datum::List(items) => &items[..],
            _ => one,
        };
        let json = format("json")?;
        let shown = records.iter().take(self.most as usize).map(|record| {
            json.encode(record, &formats::EncodeOptions::default())
                .map(|encoded| String::from_utf8_lossy(&encoded.bytes).into_owned())
                .unwrap_or_else(|error| error.to_string())
        });
        Ok(Outcome::Decoded(Decoded {
            records: records.len() as u64,
            shown: shown.collect(),
            remarks: remarks(decoded.notes),
        }))
    }
}

impl EncodeValue {
    pub(super) fn run(self, material: Material) -> Result<Outcome, Failure> {
        let value = material
            .value
            .ok_or_else(|| Failure::new("no-value", "There is no value to write."))?;
        encode(&self.format, &Datum::from(value), &self.settings)
    }
}

impl DecodeValue {
    pub(super) fn run(self, material: &Material) -> Result<(Outcome, Option<Value>), Failure> {
        let bytes = material
            .bytes
            .as_deref()
            .ok_or_else(|| Failure::new("no-bytes", "There are no bytes to read."))?;
        let decoded = format(&self.format)?.decode(bytes, &self.settings.for_reading()?)?;
        let (value, changed) = crate::to_value::to_value(decoded.datum);
        let mut all = remarks(decoded.notes);
        all.extend(changed);
        Ok((Outcome::Value(all), Some(value)))
    }
}
