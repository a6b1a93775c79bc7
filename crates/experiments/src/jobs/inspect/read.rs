//! Reading bytes, with the place of each record.

use formats::{Datum, DecodeOptions, Format};
use serde::{Deserialize, Serialize};

use super::records::Reading;
use super::understand::understand;
use super::{EXCERPT_BYTES, WHOLE_BYTES};
use crate::jobs::codec;
use crate::{Bench, Failure, Material, Settings, Source};

/// Reads bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Read {
    /// The bytes.
    pub file: File,
    /// The format's name; found from the file's name and bytes if nothing is said.
    pub format: Option<String>,
    /// How. The delimiter of CSV is found if the format is.
    pub settings: Settings,
    /// What the records were before, to compare with.
    pub original: Option<Original>,
}

/// Bytes to read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum File {
    /// These.
    Bytes(Vec<u8>),
    /// The visitor's own file.
    Own(Source),
}

/// Bytes that can be read, whose records are to be compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The format's name.
    pub format: String,
    /// How.
    pub settings: Settings,
}

/// What a file is, and what reading it gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// The name of the format in which it was read; none if that is not known.
    pub format: Option<String>,
    /// CSV's delimiter.
    pub delimiter: String,
    /// Its bytes, or some of them.
    pub file: Excerpt,
    /// What reading it gave.
    pub reading: Reading,
}

/// Bytes of a file: all of them, or some if there are more than [`WHOLE_BYTES`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// How many the file has.
    pub size: u64,
    /// How many are before these.
    pub start: u64,
    /// These.
    pub bytes: Vec<u8>,
}

impl Excerpt {
    /// Whether these are all.
    pub fn is_whole(&self) -> bool {
        self.size == self.bytes.len() as u64
    }

    pub(super) fn part(&self) -> core::ops::Range<usize> {
        let start = self.start as usize;
        start..start + self.bytes.len()
    }
}

/// The bytes, or those around that place, or the first of them.
pub(super) fn excerpt(bytes: Vec<u8>, place: Option<u64>) -> Excerpt {
    let size = bytes.len() as u64;
    if bytes.len() <= WHOLE_BYTES {
        return Excerpt {
            size,
            start: 0,
            bytes,
        };
    }
    let place = place.map_or(0, |place| place as usize);
    let latest = bytes.len() - EXCERPT_BYTES;
    // A whole number of lines of 16 bytes.
    let start = place
        .saturating_sub(EXCERPT_BYTES / 2)
        .min(latest)
        .next_multiple_of(16);
    let end = (start + EXCERPT_BYTES).min(bytes.len());
    Excerpt {
        size,
        start: start as u64,
        bytes: bytes[start..end].to_vec(),
    }
}

impl Read {
    pub(super) fn run(
        self,
        bench: &mut Bench,
        lab: u32,
        material: Material,
    ) -> Result<Opened, Failure> {
        match &self.file {
            File::Bytes(bytes) => {
                let bytes = bytes.clone();
                self.read(&bytes, "")
            }
            File::Own(source) => {
                let bytes = bench.file(lab, source, material.bytes)?;
                let name = match source {
                    Source::Own { name, .. } => name.clone(),
                    _ => String::new(),
                };
                self.read(&bytes, &name)
            }
        }
    }

    fn read(self, bytes: &[u8], name: &str) -> Result<Opened, Failure> {
        let (format, options) = match &self.format {
            Some(given) => {
                let limits = datasets::OWN_LIMITS;
                let options = self.settings.for_reading()?;
                (
                    Some(codec::format(given)?),
                    DecodeOptions { limits, ..options },
                )
            }
            None => {
                let found = datasets::format_of(name, bytes);
                let options = found.map(|format| datasets::reading_options(format, name, bytes));
                (found, options.unwrap_or_default())
            }
        };
        let delimiter = char::from(options.csv.delimiter).to_string();
        let Some(format) = format else {
            let failure = Failure::from(datasets::unknown_format(name, bytes));
            return Ok(Opened {
                format: None,
                delimiter,
                file: excerpt(bytes.to_vec(), None),
                reading: Reading::failed(failure),
            });
        };
        let before = self.original.map(Original::records).transpose()?;
        let understood = understand(format, bytes, &options);
        let position = understood.error.as_ref().and_then(|error| error.position);
        let file = excerpt(bytes.to_vec(), position.map(|position| position.offset));
        Ok(Opened {
            format: Some(format.name().to_owned()),
            delimiter,
            reading: Reading::of(understood, file.part(), before.as_deref()),
            file,
        })
    }
}

impl Original {
    fn records(self) -> Result<Vec<Datum>, Failure> {
        let format: &dyn Format = codec::format(&self.format)?;
        let mut understood = understand(format, &self.bytes, &self.settings.for_reading()?);
        // What can be read of it is compared with.
        understood.error = None;
        understood.cloned()
    }
}
