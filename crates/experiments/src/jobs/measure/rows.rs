//! Records as the rows of an SQL table, and back.

use std::rc::Rc;

use formats::{Datum, EncodeOptions};
use serde::{Deserialize, Serialize};

use super::frame;
use super::loss::{self, Losses};
use crate::Failure;

/// Records as rows for SQLite.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    /// The names of the columns, each with its type: INTEGER, REAL, TEXT, or none.
    pub columns: Vec<(String, String)>,
    /// How many rows.
    pub count: u64,
    /// A JSON text: an array of arrays of nothing, numbers, true and false, and texts.
    pub json: Vec<u8>,
}

/// Whole numbers beyond this are not the same as a float of 64 bits, which is how JavaScript reads numbers in JSON.
const EXACT: u64 = 1 << 53;

/// The records as rows. What SQLite has no type for becomes text: days as ISO 8601 has them, lists and maps as JSON.
pub(super) fn rows(data: &Datum) -> Result<Rows, Failure> {
    let table = datasets::as_table(data).ok_or_else(|| {
        Failure::new(
            "no-records",
            "SQLite holds tables, and this is not a list of records.",
        )
    })?;
    let mut types = vec![Type::default(); table.columns.len()];
    let mut rows = Vec::with_capacity(table.records.len());
    for record in table.records {
        let cells = table.columns.iter().zip(&mut types).map(|(column, of)| {
            let value = frame::field(record, column).unwrap_or(&Datum::Null);
            of.hear(value);
            cell(value)
        });
        rows.push(Datum::List(cells.collect()));
    }
    let count = rows.len() as u64;
    let json = formats::find("json")
        .ok_or_else(|| Failure::new("unknown-format", "There is no JSON here."))?
        .encode(&Datum::List(rows), &EncodeOptions::default())?
        .bytes;
    let names = table.columns.iter().map(|name| frame::name(name));
    Ok(Rows {
        columns: names
            .zip(types.iter().map(|of| of.name().to_owned()))
            .collect(),
        count,
        json,
    })
}

/// What became of the values, given those of all rows, end to end.
pub(super) fn compare(data: &Rc<Datum>, columns: &[String], values: Vec<Datum>) -> Losses {
    let Some(table) = datasets::as_table(data) else {
        return Losses::default();
    };
    let keys = columns.iter().map(|name| (name.as_str(), Datum::Null));
    let Datum::Map(empty) = Datum::map(keys) else {
        return Losses::default();
    };
    let mut values = values.into_iter();
    let mut records = Vec::with_capacity(table.records.len());
    // A copy of a map, and not a map of its own: so all records share their keys.
    while values.len() >= columns.len().max(1) {
        let mut record = empty.clone();
        for (place, value) in record.values_mut().iter_mut().zip(values.by_ref()) {
            *place = value;
        }
        records.push(Datum::Map(record));
    }
    loss::of_records(table.records, &records)
}

fn cell(value: &Datum) -> Datum {
    match value {
        Datum::Int(number) if number.unsigned_abs() < EXACT => value.clone(),
        // A column of numbers makes numbers of texts that are numbers.
        Datum::Int(number) => Datum::from(number.to_string()),
        Datum::BigInt(number) => Datum::from(number.to_string()),
        Datum::Float(number) if number.is_nan() => Datum::Null,
        Datum::Float(number) if number.is_infinite() => {
            Datum::from(if *number > 0.0 { "9e999" } else { "-9e999" })
        }
        Datum::Null | Datum::Bool(_) | Datum::Str(_) | Datum::Float(_) => value.clone(),
        Datum::Date(date) => Datum::from(date.to_string()),
        Datum::Time(time) => Datum::from(time.to_string()),
        Datum::DateTime(moment) => Datum::from(moment.to_string()),
        Datum::Bytes(_) | Datum::List(_) | Datum::Tuple(_) | Datum::Set(_) | Datum::Map(_) => {
            Datum::from(frame::text(value))
        }
    }
}

/// What stands in a column.
#[derive(Clone, Copy, Default)]
struct Type {
    has_whole: bool,
    has_float: bool,
    has_text: bool,
}

impl Type {
    fn hear(&mut self, value: &Datum) {
        match value {
            Datum::Null => {}
            Datum::Bool(_) | Datum::Int(_) | Datum::BigInt(_) => self.has_whole = true,
            Datum::Float(_) => self.has_float = true,
            _ => self.has_text = true,
        }
    }

    /// Columns of several kinds get no type: then every value keeps its own.
    const fn name(self) -> &'static str {
        match (self.has_whole, self.has_float, self.has_text) {
            (true, false, false) => "INTEGER",
            (false, true, false) => "REAL",
            (false, false, true) => "TEXT",
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn each_column_has_the_type_of_its_values() {
        let row = |a: Datum, b: Datum, c: Datum| Datum::map([("a", a), ("b", b), ("c", c)]);
        let data = Datum::List(vec![
            row(
                Datum::Int(1),
                Datum::Float(0.5),
                Datum::List(vec![Datum::Int(1)]),
            ),
            row(
                Datum::Bool(true),
                Datum::Float(f64::NEG_INFINITY),
                Datum::Null,
            ),
            row(Datum::Int(i64::MAX), Datum::Null, "x".into()),
        ]);
        let rows = rows(&data).unwrap();
        let types: Vec<_> = rows
            .columns
            .iter()
            .map(|(name, of)| format!("{name} {of}"))
            .collect();
        assert_eq!(types, ["a INTEGER", "b REAL", "c TEXT"]);
        assert_eq!(
            String::from_utf8(rows.json).unwrap(),
            r#"[[1,0.5,"[1]"],[true,"-9e999",null],["9223372036854775807",null,"x"]]"#
        );
    }

    #[test]
    fn what_comes_back_is_compared_with_the_records() {
        let record = Datum::map([("a", Datum::Bool(true)), ("b", "x".into())]);
        let data = Rc::new(Datum::List(vec![record.clone(), record]));
        let columns = ["a".to_owned(), "b".to_owned()];
        let back = vec![Datum::Int(1), "x".into(), Datum::Bool(true), "x".into()];
        let losses = compare(&data, &columns, back);
        assert_eq!((losses.values, losses.changed), (4, 1));
        let none = compare(&data, &columns, Vec::new());
        assert_eq!(none.changed, 2);
    }
}
