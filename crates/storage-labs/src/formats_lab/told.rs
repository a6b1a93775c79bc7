//! What the workbench says in English, in the visitor's language.

use experiments::Look;
use language::{mark, t, text};

/// What formats, data sets and the workbench say in words that are always the same.
const TEXTS: [&str; 31] = [
    mark!("nothing"),
    mark!("true or false"),
    mark!("a whole number"),
    mark!("a whole number of more than 64 bits"),
    mark!("a number"),
    mark!("a text"),
    mark!("bytes"),
    mark!("a date with a time"),
    mark!("a date"),
    mark!("a time of day"),
    mark!("a list"),
    mark!("a tuple"),
    mark!("a set"),
    mark!("a map"),
    mark!("another value"),
    mark!("not there"),
    mark!("a field’s name"),
    mark!("another name"),
    mark!(
        "A list whose values are as in JSON; lines can be appended, and one is read without the others."
    ),
    mark!(
        "Nothing, true and false, numbers of any size, text, lists, and maps by text. No dates, bytes, tuples or sets."
    ),
    mark!(
        "Nothing, true and false, numbers of any size, text, bytes, dates, lists, sets, and maps by any key. No tuples or times of day."
    ),
    mark!(
        "Everything, because it is the program's own memory written down; but the bytes do not say what they are, and no other program reads them."
    ),
    mark!(
        "Sections of named texts, two levels and no more. Everything is text; names of options lose their case."
    ),
    mark!(
        "Nothing, true and false, whole numbers of 64 bits, floats, text, bytes, moments in UTC, lists, and maps by any key. No tuples or sets."
    ),
    mark!(
        "All of Python's values: numbers of any size, text, bytes, dates, lists, tuples, sets, maps by any key; and calls of any code, which are refused here."
    ),
    mark!(
        "A table of texts. Types are guessed or declared on reading; nothing and an empty text look the same."
    ),
    mark!(
        "Maps by text of true and false, 64-bit numbers, text, dates, times, lists and maps. No nothing, bytes, tuples or sets."
    ),
    mark!("Bird strikes"),
    mark!(
        "Animals that were hit by aircraft in the United States from 1990 on, as reported to the Federal Aviation Administration: a flat table."
    ),
    mark!("Browser compatibility"),
    mark!(
        "Which version of Chrome, Firefox and Safari brought which part of the web's interfaces, as MDN records it: nested, with fields that some records have and others have not."
    ),
];

/// One of the texts that are always the same; another one stays as it is.
pub(super) fn told(english: &str) -> String {
    if TEXTS.contains(&english) {
        text(english)
    } else {
        english.to_owned()
    }
}

/// How deep data is nested.
pub(super) fn depth(levels: usize) -> String {
    match levels {
        0 => t!("flat"),
        1 => t!("nested, one level deep"),
        levels => t!("nested, {levels} levels deep", levels),
    }
}

/// What data is, as [`Look::sentence`] says it.
pub(super) fn sentence(look: &Look) -> String {
    let told = match look.records {
        Some(records) => of_records(look, records),
        None => of_value(&look.sentence),
    };
    told.unwrap_or_else(|| look.sentence.clone())
}

fn of_records(look: &Look, records: u64) -> Option<String> {
    let after = look.sentence.strip_prefix(&records.to_string())?;
    let after = after.strip_prefix(if records == 1 { " record" } else { " records" })?;
    let columns = look.columns.len();
    // The name of a list may be anything, so that what comes after it is looked for from the end.
    let (within, _) = after.rsplit_once(&format!(" with {columns} field"))?;
    let records = match records {
        1 => t!("1 record"),
        _ => t!("{records} records", records),
    };
    let columns = match columns {
        1 => t!("1 field"),
        _ => t!("{fields} fields", fields = columns),
    };
    let depth = depth(look.depth as usize);
    let name = |within: &str| {
        let name = within.strip_prefix(" (the list in “")?;
        name.strip_suffix("”)").map(str::to_owned)
    };
    Some(match within {
        "" => t!(
            "{records} with {fields}, {depth}.",
            records,
            fields = columns,
            depth
        ),
        " (the list in it)" => {
            t!(
                "{records} (the list in it) with {fields}, {depth}.",
                records,
                fields = columns,
                depth
            )
        }
        named => {
            t!(
                "{records} (the list in “{name}”) with {fields}, {depth}.",
                records,
                name = name(named)?,
                fields = columns,
                depth
            )
        }
    })
}

fn of_value(sentence: &str) -> Option<String> {
    let kind = sentence.strip_suffix(", not a list of records.")?;
    let known = TEXTS.iter().find(|known| known.eq_ignore_ascii_case(kind));
    let kind = match known {
        Some(known) => with_capital(&text(known)),
        None => kind.to_owned(),
    };
    Some(t!("{kind}, not a list of records.", kind))
}

fn with_capital(text: &str) -> String {
    let mut signs = text.chars();
    let first = signs.next().into_iter().flat_map(char::to_uppercase);
    first.chain(signs.clone()).collect()
}

/// A place in data, such as `record 3, created`; none is the whole of it.
pub(super) fn place(english: &str) -> String {
    if english.is_empty() {
        return t!("the whole");
    }
    let Some(after) = english.strip_prefix("record ") else {
        return english.to_owned();
    };
    match after.split_once(", ") {
        Some((number, field)) => t!("record {number}, {field}", number, field),
        None => t!("record {number}", number = after),
    }
}

/// A value in one short line. A text stands in quotes there, and is never taken for anything else.
pub(super) fn value(english: &str) -> String {
    if let Some((kind @ ("a tuple" | "a set"), values)) = english.split_once(": ") {
        return format!("{}: {values}", text(kind));
    }
    let count = english.strip_suffix(" bytes");
    match count.filter(|count| count.bytes().all(|sign| sign.is_ascii_digit())) {
        Some(count) => t!("{count} bytes", count),
        None => told(english),
    }
}

#[cfg(test)]
mod tests {
    use experiments::{Bench, Job, Material, Measure, Measured, Outcome, Source, Step};
    use formats::Datum;

    use super::*;

    #[test]
    fn what_is_always_the_same_is_known() {
        for format in formats::all() {
            assert!(TEXTS.contains(&format.holds()), "{}", format.holds());
        }
        for set in datasets::bundled() {
            assert!(TEXTS.contains(&set.title), "{}", set.title);
            assert!(TEXTS.contains(&set.sentence), "{}", set.sentence);
        }
        let values = [
            Datum::Null,
            Datum::Bool(true),
            Datum::Int(1),
            Datum::Float(0.5),
            Datum::from("a"),
            Datum::Bytes(Vec::new()),
            Datum::List(Vec::new()),
            Datum::Tuple(Vec::new()),
        ];
        for value in values {
            assert!(TEXTS.contains(&value.kind()), "{}", value.kind());
        }
    }

    fn look(file: &str) -> Option<Look> {
        let source = Source::Own {
            serial: 1,
            name: "a.json".to_owned(),
        };
        let step = Step::Look { first: 1 };
        let material = Material {
            bytes: Some(file.as_bytes().to_vec()),
            value: None,
        };
        let job = Job::Measure(Measure { source, step });
        match Bench::default().run(1, job, material, &|| 0.0) {
            Ok((Outcome::Measured(Measured::Looked(look)), _)) => Some(look),
            _ => None,
        }
    }

    #[test]
    fn sentences_are_read_as_the_workbench_writes_them() {
        let files = [
            r#"[{"a": 1}]"#,
            r#"[{"a": 1, "b": {"c": 1}}, {"a": 2}]"#,
            r#"{"items": [{"a": {"b": {"c": 1}}}, {}]}"#,
            r#"{" with 1 field, “x”)": [{"a": 1}]}"#,
            "[1, 2]",
            r#"{"a": 1}"#,
            "null",
        ];
        for file in files {
            let look = look(file).unwrap_or_default();
            let told = match look.records {
                Some(records) => of_records(&look, records),
                None => of_value(&look.sentence),
            };
            assert_eq!(told.as_ref(), Some(&look.sentence), "{file}");
        }
    }

    #[test]
    fn places_and_values_are_read_as_the_workbench_writes_them() {
        for english in [
            "record 3",
            "record 3, created",
            "record 3, a.b[2]",
            "a.b",
            "[2]",
        ] {
            assert_eq!(place(english), english);
        }
        for english in [
            "nothing",
            "12 bytes",
            "“12 bytes”",
            "a tuple: [1]",
            "-1",
            "ten bytes",
        ] {
            assert_eq!(value(english), english);
        }
    }
}
