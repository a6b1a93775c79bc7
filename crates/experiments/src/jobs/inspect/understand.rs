//! Reading as far as it goes.

use formats::{Datum, DecodeOptions, Format, FormatError, Note};

use super::Span;
use crate::{Failure, Remark};

/// What could be read of bytes.
pub(super) struct Understood {
    pub(super) datum: Datum,
    pub(super) notes: Vec<Note>,
    /// The bytes of each record.
    pub(super) spans: Vec<core::ops::Range<usize>>,
    /// Why no more could be read.
    pub(super) error: Option<FormatError>,
}

/// Reads bytes. Of a format that has a record a line, and so is read from the front, the records before an error are there
/// nevertheless: those that a streaming decoder has given by then.
pub(super) fn understand(format: &dyn Format, bytes: &[u8], options: &DecodeOptions) -> Understood {
    let options = DecodeOptions {
        spans: true,
        ..options.clone()
    };
    let mut error = None;
    let mut end = bytes.len();
    loop {
        match format.decode(&bytes[..end], &options) {
            Ok(read) => {
                return Understood {
                    datum: read.datum,
                    notes: read.notes,
                    spans: read.spans,
                    error,
                };
            }
            Err(wrong) => {
                let start = line_start(format, &bytes[..end], &wrong);
                error.get_or_insert(wrong);
                match start {
                    // Nearer to the start every time.
                    Some(start) if start < end => end = start,
                    _ => break,
                }
            }
        }
    }
    Understood {
        datum: Datum::List(Vec::new()),
        notes: Vec::new(),
        spans: Vec::new(),
        error,
    }
}

/// Where the line with the error begins, if the lines before it can be read without it.
fn line_start(format: &dyn Format, bytes: &[u8], error: &FormatError) -> Option<usize> {
    if !matches!(format.name(), "csv" | "json_lines") {
        return None;
    }
    let at = (error.position?.offset as usize).min(bytes.len());
    let before = bytes[..at].iter().rposition(|&byte| byte == b'\n');
    Some(before.map_or(0, |end| end + 1))
}

impl Understood {
    /// The records, each with its name, if it has one.
    pub(super) fn records(&self) -> Vec<(Option<&Datum>, &Datum)> {
        parts(&self.datum, self.spans.len())
    }

    /// The records as they are; the error, if there is one.
    pub(super) fn cloned(&self) -> Result<Vec<Datum>, Failure> {
        match &self.error {
            Some(error) => Err(error.clone().into()),
            None => Ok(self
                .records()
                .into_iter()
                .map(|(_, record)| record.clone())
                .collect()),
        }
    }

    /// How many records are in their place as they were before, and how many there are.
    pub(super) fn whole(&self, before: &[Datum]) -> (u64, u64) {
        let records = self.records();
        let pairs = records.iter().zip(before);
        let whole = pairs.filter(|((_, now), before)| *now == *before).count();
        (whole as u64, records.len() as u64)
    }

    /// Where the records are that reach into that part of the bytes.
    pub(super) fn spans_in(&self, part: core::ops::Range<usize>) -> Vec<Span> {
        let all = self.spans.iter().enumerate();
        let within = all.filter(|(_, span)| span.start < part.end && span.end > part.start);
        within
            .map(|(record, span)| Span {
                record: record as u64,
                start: span.start as u64,
                end: span.end as u64,
            })
            .collect()
    }
}

/// The notes whose like is not among the others.
pub(super) fn new(notes: Vec<Note>, others: &[Note]) -> Vec<Remark> {
    let new = notes
        .into_iter()
        .filter(|note| others.iter().all(|other| other.code != note.code));
    new.map(Remark::from).collect()
}

/// The records of a value of which so many places are known: its elements; its entries; or, of the tables that TOML writes
/// as `[[name]]`, each.
fn parts(datum: &Datum, places: usize) -> Vec<(Option<&Datum>, &Datum)> {
    let entries = match datum {
        Datum::List(items) | Datum::Tuple(items) | Datum::Set(items) => {
            return items.iter().map(|item| (None, item)).collect();
        }
        Datum::Map(entries) => entries,
        _ => return vec![(None, datum)],
    };
    let is_table = |item: &Datum| matches!(item, Datum::Map(_));
    let tables = entries.iter().flat_map(|(name, value)| match value {
        Datum::List(items) if !items.is_empty() && items.iter().all(is_table) => {
            items.iter().map(|item| (None, item)).collect()
        }
        _ => vec![(Some(name), value)],
    });
    let tables: Vec<_> = tables.collect();
    if tables.len() == places && places != entries.len() {
        return tables;
    }
    entries
        .iter()
        .map(|(name, value)| (Some(name), value))
        .collect()
}
