//! How records stand in each format: most hold a list of them, TOML and INI only a map.

use std::rc::Rc;

use formats::{Datum, EncodeOptions};

use super::loss::{self, Losses};

/// The name under which TOML holds the list of records.
const LIST: &str = "records";

/// The data as a format can hold it.
#[derive(Debug)]
pub(super) struct Framed {
    format: String,
    datum: Rc<Datum>,
    records: Option<usize>,
    original: Rc<Datum>,
}

impl Framed {
    /// The records of the data, if it has some, else the data itself: a list, but in TOML a map with the list in it, and in
    /// INI a section for each record, by its number.
    pub(super) fn new(format: &str, data: &Rc<Datum>) -> Self {
        let framed = |datum, records| Self {
            format: format.to_owned(),
            datum,
            records,
            original: Rc::clone(data),
        };
        let Some(table) = datasets::as_table(data) else {
            return framed(Rc::clone(data), None);
        };
        let records = table.records;
        let datum = match format {
            "toml" => Rc::new(Datum::map([(LIST, Datum::List(records.to_vec()))])),
            "ini" => {
                let sections = records.iter().enumerate();
                let sections = sections.map(|(at, record)| (section(at), record.clone()));
                Rc::new(Datum::Map(sections.collect()))
            }
            _ if matches!(**data, Datum::List(_)) => Rc::clone(data),
            _ => Rc::new(Datum::List(records.to_vec())),
        };
        framed(datum, Some(records.len()))
    }

    /// What is written.
    pub(super) fn datum(&self) -> &Datum {
        &self.datum
    }

    /// How many records there are, if it is a list of them.
    pub(super) const fn records(&self) -> Option<usize> {
        self.records
    }

    /// What became of the values, given what was read.
    pub(super) fn compare(&self, read: Datum) -> Losses {
        match datasets::as_table(&self.original) {
            Some(table) => loss::of_records(table.records, &records(&self.format, read)),
            None => loss::of_value(&self.original, &read),
        }
    }
}

/// The records that were read.
fn records(format: &str, read: Datum) -> Vec<Datum> {
    match (format, read) {
        ("toml", Datum::Map(map)) => match map.into_iter().next() {
            Some((_, Datum::List(records))) => records,
            _ => Vec::new(),
        },
        ("ini", Datum::Map(sections)) => sections.into_iter().map(|(_, record)| record).collect(),
        (_, Datum::List(records)) => records,
        (_, other) => vec![other],
    }
}

/// The record at that place of what was read.
pub(super) fn record(format: &str, read: Datum, at: usize) -> Option<Datum> {
    match (format, read) {
        ("ini", Datum::Map(sections)) => sections.get(&section(at)).cloned(),
        (_, read) => records(format, read).into_iter().nth(at),
    }
}

/// The section of the record at that place.
fn section(at: usize) -> String {
    (at + 1).to_string()
}

/// The name of a field.
pub(super) fn name(key: &Datum) -> String {
    key.as_str().map_or_else(|| text(key), str::to_owned)
}

/// A value as JSON, as far as JSON can hold it.
pub(super) fn text(datum: &Datum) -> String {
    formats::find("json")
        .and_then(|json| json.encode(datum, &EncodeOptions::default()).ok())
        .map_or_else(
            || datum.kind().to_owned(),
            |encoded| String::from_utf8_lossy(&encoded.bytes).into_owned(),
        )
}

/// The value of that name.
pub(super) fn field<'a>(record: &'a Datum, name: &Datum) -> Option<&'a Datum> {
    match record {
        Datum::Map(map) => map
            .iter()
            .find_map(|(key, value)| (key == name).then_some(value)),
        _ => None,
    }
}
