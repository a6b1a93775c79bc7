//! Writing and reading, once.

use formats::{Datum, Format, Note};
use serde::{Deserialize, Serialize};
use values::Value;

use crate::{Failure, Material, Outcome, Place, Settings};

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
            code: crate::failure::public_code(note.code),
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

impl EncodeValue {
    pub(super) fn run(self, material: Material) -> Result<Outcome, Failure> {
        let value = material
            .value
            .ok_or_else(|| Failure::new("no-value", "There is no value to write."))?;
        let encoded =
            format(&self.format)?.encode(&Datum::from(value), &self.settings.for_writing()?)?;
        Ok(Outcome::Encoded(Encoded {
            bytes: encoded.bytes,
            remarks: remarks(encoded.notes),
        }))
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
