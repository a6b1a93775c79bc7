//! Measuring how a format writes and reads, one step at a time.

mod frame;
mod loss;
mod read_one;
mod rows;
mod times;

use std::collections::BTreeSet;
use std::rc::Rc;

use formats::Datum;
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress_to_output, create_comp_flags_from_zip_params,
};
use serde::{Deserialize, Serialize};

use self::frame::Framed;
pub use self::loss::{Change, Losses};
pub use self::rows::Rows;
pub use self::times::{Timed, Timing};
use super::codec::format;
use crate::bench::Now;
use crate::{Bench, Failure, Material, Outcome, Settings, Source};

/// Measures a format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// The data set.
    pub source: Source,
    /// What of it.
    pub step: Step,
}

/// One step of measuring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Step {
    /// Makes or reads the data, and shows the first records.
    Look {
        /// How many.
        first: u32,
    },
    /// Writes everything.
    Write(Subject, Timing),
    /// Reads everything.
    Read(Subject, Timing),
    /// Reads the record in the middle, and as little else as the format allows.
    ReadOne(Subject, Timing),
    /// Compresses what was written, as gzip does.
    Compress(Subject),
    /// Reads what was written, and compares it with what it was made from.
    Compare(Subject),
    /// Makes rows for SQLite, which is elsewhere.
    Rows,
    /// Compares what SQLite gave with what its rows were made from.
    CompareRows {
        /// The names of the columns.
        columns: Vec<String>,
        /// The values of all rows, end to end.
        values: Vec<Datum>,
    },
    /// Compresses a file that was written elsewhere.
    CompressFile(Vec<u8>),
}

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The format's name.
    pub format: String,
    /// How it is written and read.
    pub settings: Settings,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Measured {
    /// Of [`Step::Look`].
    Looked(Look),
    /// Of [`Step::Write`], [`Step::Read`] and [`Step::ReadOne`].
    Timed {
        /// How long it took.
        timed: Timed,
        /// Bytes written, or read from.
        bytes: u64,
    },
    /// Of [`Step::Compress`] and [`Step::CompressFile`]: bytes of the gzip file.
    Compressed(u64),
    /// Of [`Step::Compare`] and [`Step::CompareRows`].
    Compared(Losses),
    /// Of [`Step::Rows`].
    Rows(Rows),
}

/// What a data set is like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// What it is, in a sentence.
    pub sentence: String,
    /// How many records; nothing if it is not a list of records.
    pub records: Option<u64>,
    /// Levels of maps and lists within a record: none is flat.
    pub depth: u32,
    /// The names of the fields.
    pub columns: Vec<String>,
    /// The first records, each with a text for every column; nothing where the field is not there.
    pub first: Vec<Vec<Option<String>>>,
}

/// What is kept between the steps of measuring: the bytes of one format, and which have run in this worker.
#[derive(Debug, Default)]
pub(crate) struct Measuring {
    written: Option<Written>,
    /// Formats and steps that have run here.
    warm: BTreeSet<(String, &'static str)>,
}

#[derive(Debug)]
struct Written {
    source: Source,
    subject: Subject,
    framed: Framed,
    bytes: Vec<u8>,
}

impl Measure {
    pub(super) fn run(
        self,
        bench: &mut Bench,
        lab: u32,
        material: &Material,
        now: Now<'_>,
    ) -> Result<Outcome, Failure> {
        let data = bench.data(lab, &self.source, material.bytes.as_deref())?;
        let measuring = bench.measuring.entry(lab).or_default();
        let Self { source, step } = self;
        let done = match step {
            Step::Look { first } => {
                measuring.written = None;
                Measured::Looked(look(&data, first as usize))
            }
            Step::Write(subject, timing) => {
                let is_first = measuring.is_first(&subject, "write");
                // The former first: two large ones may not fit.
                measuring.written = None;
                let framed = Framed::new(&subject.format, &data);
                let format = format(&subject.format)?;
                let options = subject.settings.for_writing()?;
                let (timed, encoded) = times::run(now, timing, is_first, || {
                    Ok(format.encode(framed.datum(), &options)?)
                })?;
                let bytes = encoded.bytes.len() as u64;
                measuring.written = Some(Written {
                    source,
                    subject,
                    framed,
                    bytes: encoded.bytes,
                });
                Measured::Timed { timed, bytes }
            }
            Step::Read(subject, timing) => {
                let is_first = measuring.is_first(&subject, "read");
                let written = measuring.written(&source, subject, &data)?;
                let format = format(&written.subject.format)?;
                let options = written.subject.settings.for_reading()?;
                let (timed, _) = times::run(now, timing, is_first, || {
                    Ok(format.decode(&written.bytes, &options)?)
                })?;
                let bytes = written.bytes.len() as u64;
                Measured::Timed { timed, bytes }
            }
            Step::ReadOne(subject, timing) => {
                let is_first = measuring.is_first(&subject, "read one");
                let written = measuring.written(&source, subject, &data)?;
                let records = written.framed.records().ok_or_else(|| {
                    Failure::new("no-records", "There is no list of records in this.")
                })?;
                let at = records / 2;
                let Subject { format, settings } = &written.subject;
                let options = settings.for_reading()?;
                let (timed, _) = times::run(now, timing, is_first, || {
                    read_one::read_one(format, &written.bytes, at, &options)
                })?;
                let bytes = written.bytes.len() as u64;
                Measured::Timed { timed, bytes }
            }
            Step::Compress(subject) => {
                let written = measuring.written(&source, subject, &data)?;
                Measured::Compressed(gzip_size(&written.bytes)?)
            }
            Step::Compare(subject) => {
                let written = measuring.written(&source, subject, &data)?;
                let options = written.subject.settings.for_reading()?;
                let decoded = format(&written.subject.format)?.decode(&written.bytes, &options)?;
                Measured::Compared(written.framed.compare(decoded.datum))
            }
            Step::Rows => Measured::Rows(rows::rows(&data)?),
            Step::CompareRows { columns, values } => {
                Measured::Compared(rows::compare(&data, &columns, values))
            }
            Step::CompressFile(bytes) => Measured::Compressed(gzip_size(&bytes)?),
        };
        Ok(Outcome::Measured(done))
    }
}

impl Measuring {
    /// Whether this is the first time in this worker.
    fn is_first(&mut self, subject: &Subject, step: &'static str) -> bool {
        self.warm.insert((subject.format.clone(), step))
    }

    /// What was written of this last, or is written now.
    fn written(
        &mut self,
        source: &Source,
        subject: Subject,
        data: &Rc<Datum>,
    ) -> Result<&Written, Failure> {
        let kept = self
            .written
            .take()
            .filter(|written| written.source == *source && written.subject == subject);
        let written = match kept {
            Some(written) => written,
            None => {
                let framed = Framed::new(&subject.format, data);
                let options = subject.settings.for_writing()?;
                let bytes = format(&subject.format)?
                    .encode(framed.datum(), &options)?
                    .bytes;
                Written {
                    source: source.clone(),
                    subject,
                    framed,
                    bytes,
                }
            }
        };
        Ok(self.written.insert(written))
    }
}

fn look(data: &Datum, first: usize) -> Look {
    let Some(table) = datasets::as_table(data) else {
        return Look {
            sentence: format!("{}, not a list of records.", capital(data.kind())),
            records: None,
            depth: 0,
            columns: Vec::new(),
            first: vec![vec![Some(loss::short(data))]],
        };
    };
    let row = |record: &Datum| {
        let cell = |column: &&Datum| frame::field(record, column).map(loss::short);
        table.columns.iter().map(cell).collect()
    };
    Look {
        sentence: table.sentence(),
        records: Some(table.records.len() as u64),
        depth: table.depth as u32,
        columns: table.columns.iter().map(|name| frame::name(name)).collect(),
        first: table.records.iter().take(first).map(row).collect(),
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase());
    first.map_or_else(String::new, |first| {
        format!("{first}{}", characters.as_str())
    })
}

/// Bytes of the header and the end of a gzip file without a name (RFC 1952).
const GZIP_FRAME: u64 = 18;

/// Bytes that gzip at level 6, its usual one, makes of these; they are counted and not kept.
fn gzip_size(bytes: &[u8]) -> Result<u64, Failure> {
    // No window bits means no frame of zlib's.
    let mut compressor = CompressorOxide::new(create_comp_flags_from_zip_params(6, 0, 0));
    let mut size = 0;
    let (status, _) = compress_to_output(&mut compressor, bytes, TDEFLFlush::Finish, |piece| {
        size += piece.len() as u64;
        true
    });
    match status {
        TDEFLStatus::Done => Ok(size + GZIP_FRAME),
        _ => Err(Failure::new("compress", "It could not be compressed.")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_repeats_compresses_and_what_does_not_grows_by_little() {
        assert!(gzip_size(&vec![b'a'; 100_000]).unwrap() < 200);
        let mut state = 1_u32;
        let noise: Vec<u8> = (0..100_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        let size = gzip_size(&noise).unwrap();
        assert!((99_000..101_000).contains(&size), "{size}");
        assert_eq!(gzip_size(b"").unwrap(), 20);
    }
}
