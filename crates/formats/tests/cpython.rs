//! CPython reads what this crate writes, and this crate reads what CPython writes: csv, json, pickle 0 to 5,
//! configparser and tomllib. Needs `python3`, 3.11 or later, and fails without it.

#![allow(clippy::unwrap_used, clippy::panic)]

mod generate;

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use formats::{
    BigInt, CsvTypes, Date, DateTime, Datum, DecodeOptions, EncodeOptions, Quoting, Time, find,
};
use generate::{Kinds, datum, text};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

/// So many values are tried of each strategy.
const CASES: usize = 120;

fn samples<S: Strategy>(strategy: &S) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..CASES)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect()
}

/// CPython's answers to these jobs, in one process.
fn ask(jobs: &[Value]) -> Vec<Value> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/oracle.py");
    let mut child = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("This test asks CPython, so it needs `python3` (3.11 or later): {error}")
        });
    let mut input = child.stdin.take().unwrap();
    let lines: Vec<String> = jobs.iter().map(ToString::to_string).collect();
    let text = lines.join("\n");
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(
        output.status.success(),
        "python3 {script} failed; it needs Python 3.11 or later"
    );
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = answers
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), jobs.len());
    answers
}

fn tag(datum: &Datum) -> Value {
    let many = |items: &[Datum]| items.iter().map(tag).collect::<Vec<_>>();
    match datum {
        Datum::Null => json!({"t": "null"}),
        Datum::Bool(value) => json!({"t": "bool", "v": value}),
        Datum::Int(number) => json!({"t": "int", "v": number.to_string()}),
        Datum::BigInt(number) => json!({"t": "int", "v": number.to_string()}),
        Datum::Float(number) => json!({"t": "float", "v": number.to_bits().to_string()}),
        Datum::Str(text) => json!({"t": "str", "v": text}),
        Datum::Bytes(bytes) => json!({"t": "bytes", "v": STANDARD.encode(bytes)}),
        Datum::DateTime(moment) => json!({"t": "datetime", "v": moment.to_string()}),
        Datum::Date(date) => json!({"t": "date", "v": date.to_string()}),
        Datum::Time(time) => json!({"t": "time", "v": time.to_string()}),
        Datum::List(items) => json!({"t": "list", "v": many(items)}),
        Datum::Tuple(items) => json!({"t": "tuple", "v": many(items)}),
        Datum::Set(items) => json!({"t": "set", "v": many(items)}),
        Datum::Map(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .map(|(k, v)| json!([tag(k), tag(v)]))
                .collect();
            json!({"t": "map", "v": entries})
        }
    }
}

fn untag(tagged: &Value) -> Datum {
    let value = &tagged["v"];
    let text = || value.as_str().unwrap();
    let many = || value.as_array().unwrap().iter().map(untag).collect();
    match tagged["t"].as_str().unwrap() {
        "null" => Datum::Null,
        "bool" => Datum::Bool(value.as_bool().unwrap()),
        "int" => Datum::integer(text().parse::<BigInt>().unwrap()),
        "float" => Datum::Float(f64::from_bits(text().parse().unwrap())),
        "str" => Datum::from(text()),
        "bytes" => Datum::Bytes(STANDARD.decode(text()).unwrap()),
        "datetime" => Datum::DateTime(DateTime::parse(text()).unwrap()),
        "date" => Datum::Date(Date::parse(text()).unwrap()),
        "time" => Datum::Time(Time::parse(text()).unwrap()),
        "list" => Datum::List(many()),
        "tuple" => Datum::Tuple(many()),
        "set" => Datum::Set(many()),
        _ => Datum::Map(
            value
                .as_array()
                .unwrap()
                .iter()
                .map(|entry| (untag(&entry[0]), untag(&entry[1])))
                .collect(),
        ),
    }
}

/// Both ways: each value with the options of writing, of reading, and those of the job.
fn both_ways(
    format: &str,
    cases: &[(Datum, EncodeOptions, DecodeOptions, Value)],
    cpython_writes: bool,
) {
    let codec = find(format).unwrap();
    let mut jobs = Vec::new();
    for (datum, writing, _, extra) in cases {
        let bytes = codec.encode(datum, writing).unwrap().bytes;
        let mut job = extra.clone();
        job["op"] = "read".into();
        job["format"] = format.into();
        job["bytes"] = STANDARD.encode(bytes).into();
        jobs.push(job.clone());
        job["op"] = if cpython_writes { "write" } else { "read" }.into();
        job["value"] = tag(datum);
        jobs.push(job);
    }
    let answers = ask(&jobs);
    for ((datum, _, reading, extra), answers) in cases.iter().zip(answers.chunks(2)) {
        let read = &answers[0];
        assert!(
            read["error"].is_null(),
            "CPython refuses: {} {datum:?} {extra}",
            read["error"]
        );
        assert_eq!(
            untag(&read["value"]),
            *datum,
            "CPython reads another value: {extra}"
        );
        if cpython_writes {
            let written = &answers[1];
            assert!(written["error"].is_null(), "{} {datum:?}", written["error"]);
            let bytes = STANDARD.decode(written["bytes"].as_str().unwrap()).unwrap();
            let read = codec.decode(&bytes, reading);
            let shown = String::from_utf8_lossy(&bytes);
            let read = read.unwrap_or_else(|error| panic!("{error}: {shown}"));
            assert_eq!(read.datum, *datum, "we read another value: {extra} {shown}");
        }
    }
}

#[test]
fn pickle_of_every_protocol() {
    let mut cases = Vec::new();
    for datum in samples(&datum(Kinds::PICKLE)) {
        for protocol in 0..=5 {
            let writing = EncodeOptions {
                pickle_protocol: protocol,
                ..EncodeOptions::default()
            };
            let extra = json!({"protocol": protocol});
            cases.push((datum.clone(), writing, DecodeOptions::default(), extra));
        }
    }
    both_ways("pickle", &cases, true);
}

#[test]
fn json() {
    let mut writing = EncodeOptions::default();
    let mut reading = DecodeOptions::default();
    let mut cases = Vec::new();
    for (place, datum) in samples(&datum(Kinds::JSON)).into_iter().enumerate() {
        let extra = json!({"ascii": place % 2 == 0});
        cases.push((datum, writing.clone(), reading.clone(), extra));
    }
    (writing.json_non_finite, reading.json_non_finite) = (true, true);
    for number in [
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        -0.0,
        5e-324,
        f64::MAX,
    ] {
        let datum = Datum::List(vec![Datum::Float(number)]);
        cases.push((
            datum,
            writing.clone(),
            reading.clone(),
            json!({"ascii": true}),
        ));
    }
    both_ways("json", &cases, true);
}

#[test]
fn csv_of_texts() {
    // A byte-order mark at the very start is taken for the file's own by us, and not by CPython's csv.
    let cell = text()
        .prop_filter("no mark", |text| !text.starts_with('\u{feff}'))
        .boxed();
    let rows = (1_usize..5).prop_flat_map(move |columns| {
        prop::collection::vec(prop::collection::vec(cell.clone(), columns), 1..6)
    });
    let cases: Vec<_> = samples(&rows)
        .into_iter()
        .enumerate()
        .map(|(place, rows)| {
            let rows = rows
                .into_iter()
                .map(|row| Datum::List(row.into_iter().map(Datum::from).collect()));
            let mut writing = EncodeOptions::default();
            writing.csv.header = false;
            writing.csv.delimiter = b",;\t|"[place % 4];
            let all = place % 3 == 0;
            writing.csv.quoting = if all { Quoting::All } else { Quoting::Minimal };
            let reading = DecodeOptions {
                csv: writing.csv.clone(),
                csv_types: CsvTypes::Text,
                ..DecodeOptions::default()
            };
            let delimiter = char::from(writing.csv.delimiter).to_string();
            let extra = json!({"delimiter": delimiter, "all": all});
            (Datum::List(rows.collect()), writing, reading, extra)
        })
        .collect();
    both_ways("csv", &cases, true);
}

#[test]
fn ini() {
    let options = prop::collection::btree_map(
        "[a-z_][a-z0-9_. -]{0,6}[a-z0-9]",
        "([!-~\u{e4}\u{1f642}]([ -~]{0,8}[!-~])?(\n[a-z=\\[]{1,5}){0,3})?",
        0..4,
    );
    let sections = prop::collection::btree_map("[^\\r\\n\\x00]{1,8}", options, 0..4);
    let cases: Vec<_> = samples(&sections)
        .into_iter()
        .map(|sections| {
            let sections = sections.into_iter().map(|(name, options)| {
                (
                    name,
                    Datum::map(options.into_iter().map(|(n, v)| (n, Datum::from(v)))),
                )
            });
            (
                Datum::map(sections),
                EncodeOptions::default(),
                DecodeOptions::default(),
                json!({}),
            )
        })
        .collect();
    both_ways("ini", &cases, true);
}

#[test]
fn tomllib_reads_what_is_written() {
    let tables = prop::collection::btree_map(text(), datum(Kinds::TOML_OF_CPYTHON), 0..5);
    let cases: Vec<_> = samples(&tables)
        .into_iter()
        .map(|table| {
            (
                Datum::map(table),
                EncodeOptions::default(),
                DecodeOptions::default(),
                json!({}),
            )
        })
        .collect();
    both_ways("toml", &cases, false);
}

#[test]
fn a_pickle_of_cpython_that_calls_something_is_refused_with_its_name() {
    // pickle.dumps of an object whose __reduce__ is (os.system, ("echo",)), in protocols 0 and 4.
    for (bytes, name) in [
        (&b"cposix\nsystem\np0\n(Vecho\np1\ntp2\nRp3\n."[..], "posix.system"),
        (b"\x80\x04\x95\x1f\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x04echo\x94\x85\x94R\x94.", "posix.system"),
        (b"(ios\nsystem\n.", "os.system"),
        (b"cbuiltins\neval\n(V1\ntR.", "builtins.eval"),
    ] {
        let error = find("pickle").unwrap().decode(bytes, &DecodeOptions::default()).unwrap_err();
        assert_eq!(error.code(), "forbidden");
        assert!(error.message.contains(&format!("`{name}`")), "{error}");
    }
}
