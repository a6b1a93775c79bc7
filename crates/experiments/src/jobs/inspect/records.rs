//! Records as a person reads them, and what became of them.

use formats::{Datum, Map};
use serde::{Deserialize, Serialize};

use super::SHOWN_RECORDS;
use super::understand::Understood;
use crate::{Failure, Remark};

/// Longer values are cut off, at so many characters.
const MOST_CHARACTERS: usize = 160;
/// As many fields of a record are shown at most.
const MOST_FIELDS: usize = 40;

/// What reading gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// How many records could be read.
    pub records: u64,
    /// The first of them, at most [`SHOWN_RECORDS`].
    pub shown: Vec<Record>,
    /// Where they are, in the part of the bytes that is shown.
    pub spans: Vec<Span>,
    /// What was changed or looks dangerous.
    pub remarks: Vec<Remark>,
    /// Why no more could be read.
    pub failure: Option<Failure>,
    /// Compared with the records that were there before, if that was asked for.
    pub kept: Option<Kept>,
}

/// How records compare with those that were there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// How many there were.
    pub of: u64,
    /// How many are in their place as they were.
    pub whole: u64,
}

/// Where a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Records before it.
    pub record: u64,
    /// Bytes before it.
    pub start: u64,
    /// Bytes before what follows it.
    pub end: u64,
}

/// A record as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its name, if it has one: of a section, or a key.
    pub name: Option<String>,
    /// Its fields, or the one value that it is.
    pub fields: Vec<Field>,
    /// Fields that are not shown.
    pub more: u64,
    /// Whether it is not as it was before.
    pub changed: bool,
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name; empty for a record that is a single value.
    pub name: String,
    /// Its value: texts in quotes, all else without. None if it is not there any more.
    pub value: Option<String>,
    /// What it was before, if that was something else: its kind if that is another, else the value.
    pub was: Option<String>,
}

impl Reading {
    /// What was understood, of which the places within `part` are of use, compared with what the records were before.
    pub(super) fn of(
        understood: Understood,
        part: core::ops::Range<usize>,
        before: Option<&[Datum]>,
    ) -> Self {
        let records = understood.records();
        let shown = records.iter().take(SHOWN_RECORDS).enumerate();
        let shown = shown
            .map(|(at, (name, value))| {
                let former = before.and_then(|before| before.get(at));
                record(
                    *name,
                    value,
                    former,
                    before.is_some() && former != Some(*value),
                )
            })
            .collect();
        let kept = before.map(|before| Kept {
            of: before.len() as u64,
            whole: understood.whole(before).0,
        });
        Self {
            records: records.len() as u64,
            shown,
            spans: understood.spans_in(part),
            kept,
            remarks: understood.notes.into_iter().map(Remark::from).collect(),
            failure: understood.error.map(Failure::from),
        }
    }

    /// Nothing could be read.
    pub(super) fn failed(failure: Failure) -> Self {
        Self {
            failure: Some(failure),
            ..Self::default()
        }
    }
}

fn record(name: Option<&Datum>, value: &Datum, before: Option<&Datum>, changed: bool) -> Record {
    let before = before.filter(|_| changed);
    let (fields, more) = match (value, before) {
        (Datum::Map(now), Some(Datum::Map(before))) => fields(now, Some(before)),
        (Datum::Map(now), _) => fields(now, None),
        (now, before) => {
            let field = Field {
                name: String::new(),
                value: Some(literal(now)),
                was: before.map(|before| was(before, Some(now))),
            };
            (vec![field], 0)
        }
    };
    Record {
        name: name.map(label),
        fields,
        more,
        changed,
    }
}

fn fields(now: &Map, before: Option<&Map>) -> (Vec<Field>, u64) {
    let of = |map: &Map, key: &Datum| {
        map.iter()
            .find(|(name, _)| *name == key)
            .map(|(_, v)| v.clone())
    };
    let there = now.iter().take(MOST_FIELDS).map(|(key, value)| Field {
        name: label(key),
        value: Some(literal(value)),
        was: before.and_then(|before| match of(before, key) {
            Some(former) if former == *value => None,
            Some(former) => Some(was(&former, Some(value))),
            None => Some("not there".to_owned()),
        }),
    });
    let mut fields: Vec<_> = there.collect();
    let gone = before.into_iter().flat_map(Map::iter);
    let gone = gone.filter(|(key, _)| of(now, key).is_none());
    fields.extend(gone.take(MOST_FIELDS).map(|(key, former)| Field {
        name: label(key),
        value: None,
        was: Some(was(former, None)),
    }));
    (fields, now.len().saturating_sub(MOST_FIELDS) as u64)
}

fn was(former: &Datum, now: Option<&Datum>) -> String {
    match now {
        Some(now) if now.kind() == former.kind() => literal(former),
        _ => former.kind().to_owned(),
    }
}

/// A key without quotes.
fn label(key: &Datum) -> String {
    key.as_str().map_or_else(|| literal(key), clip)
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The value as a person reads it: a text in quotes, all else without.
fn literal(datum: &Datum) -> String {
    let mut text = String::new();
    write(&mut text, datum);
    clip(&text)
}

/// Longer than [`clip`] leaves it, what is written does not matter.
fn write(out: &mut String, datum: &Datum) {
    if out.len() > 4 * MOST_CHARACTERS {
        return;
    }
    match datum {
        Datum::Null => out.push_str("nothing"),
        Datum::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Datum::Int(number) => out.push_str(&number.to_string()),
        Datum::BigInt(number) => out.push_str(&number.to_string()),
        Datum::Float(number) => out.push_str(&format!("{number:?}")),
        Datum::Str(text) => quoted(out, text),
        Datum::Bytes(bytes) => {
            out.push_str("bytes");
            for byte in bytes.iter().take(MOST_CHARACTERS) {
                out.push_str(&format!(" {byte:02x}"));
            }
        }
        Datum::Date(date) => out.push_str(&date.to_string()),
        Datum::Time(time) => out.push_str(&time.to_string()),
        Datum::DateTime(moment) => out.push_str(&moment.to_string()),
        Datum::List(items) => row(out, items, "[", "]"),
        Datum::Tuple(items) => row(out, items, "(", ")"),
        Datum::Set(items) => row(out, items, "{", "}"),
        Datum::Map(entries) => {
            out.push('{');
            for (at, (key, value)) in entries.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write(out, key);
                out.push_str(": ");
                write(out, value);
            }
            out.push('}');
        }
    }
}

fn row(out: &mut String, items: &[Datum], open: &str, close: &str) {
    out.push_str(open);
    for (at, item) in items.iter().take(MOST_CHARACTERS).enumerate() {
        out.push_str(if at > 0 { ", " } else { "" });
        write(out, item);
    }
    out.push_str(close);
}

fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars().take(2 * MOST_CHARACTERS) {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if character.is_control() => out.extend(character.escape_unicode()),
            _ => out.push(character),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_so_that_kinds_can_be_told_apart() {
        let datum = Datum::map([
            (
                "a",
                Datum::List(vec![Datum::Null, Datum::Float(1.0), Datum::Int(1)]),
            ),
            (
                "b",
                Datum::Tuple(vec!["1\n\"\u{7}".into(), Datum::Bytes(vec![1, 255])]),
            ),
        ]);
        assert_eq!(
            literal(&datum),
            r#"{"a": [nothing, 1.0, 1], "b": ("1\n\"\u{7}", bytes 01 ff)}"#
        );
    }

    #[test]
    fn a_long_value_is_cut_off() {
        assert_eq!(literal(&Datum::from("x".repeat(1000))).chars().count(), 161);
    }
}
