//! Beside recordings of joblib 1.6.0 (tests/fixtures/memory.py): bound arguments, keys, errors, and what is printed.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/mod.rs"]
mod support;

use memory::{
    Arguments, BindError, Call, Departure, Function, Limits, Memory, Parameter, ParameterKind,
    Rules, Unlocked, bytes_from_text, python, verbose,
};
use serde_json::Value as Json;
use support::{Buffer, Faulty, now};
use values::{Parcel, Skeleton, Value};

fn recorded() -> Json {
    serde_json::from_str(include_str!("fixtures/memory.json")).unwrap()
}

/// Python's `float.hex` and `float.fromhex`.
fn float(text: &str) -> f64 {
    match text {
        "nan" => return f64::NAN,
        "inf" => return f64::INFINITY,
        "-inf" => return f64::NEG_INFINITY,
        _ => {}
    }
    let (sign, text) = text
        .strip_prefix('-')
        .map_or((1.0, text), |rest| (-1.0, rest));
    let (mantissa, exponent) = text.strip_prefix("0x").unwrap().split_once('p').unwrap();
    let (whole, digits) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = u64::from_str_radix(&format!("{whole}{digits}"), 16).unwrap();
    let exponent = exponent.parse::<i32>().unwrap() - 4 * i32::try_from(digits.len()).unwrap();
    // In two steps, so that no power is out of range.
    sign * all as f64 * 2_f64.powi(exponent / 2) * 2_f64.powi(exponent - exponent / 2)
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Object(one) => {
            let (kind, json) = one.iter().next().unwrap();
            match kind.as_str() {
                "i" => Value::Int(json.as_str().unwrap().parse().unwrap()),
                "f" => Value::Float(float(json.as_str().unwrap())),
                "s" => Value::from(json.as_str().unwrap()),
                "b" => Value::Bytes(hex(json.as_str().unwrap())),
                "l" => Value::List(json.as_array().unwrap().iter().map(value).collect()),
                _ => Value::Map(named(json)),
            }
        }
        other => panic!("{other} is no value"),
    }
}

fn named(json: &Json) -> Vec<(String, Value)> {
    let pair = |pair: &Json| (text(&pair[0]), value(&pair[1]));
    json.as_array().unwrap().iter().map(pair).collect()
}

fn text(json: &Json) -> String {
    json.as_str().unwrap().to_owned()
}

fn arguments(json: &Json) -> Arguments<Buffer> {
    let positional = json["positional"].as_array().unwrap();
    let parcel = Parcel::pack(Value::List(vec![
        Value::List(positional.iter().map(value).collect()),
        Value::Map(named(&json["keyword"])),
    ]));
    Arguments::of_call(parcel).unwrap()
}

fn function(json: &Json) -> Function {
    let parameter = |json: &Json| Parameter {
        name: text(&json[0]),
        kind: match json[1].as_str().unwrap() {
            "plain" => ParameterKind::PositionalOrKeyword,
            "keyword-only" => ParameterKind::KeywordOnly,
            "var-positional" => ParameterKind::VarPositional,
            _ => ParameterKind::VarKeyword,
        },
        default: json[2].as_array().map(|default| value(&default[0])),
    };
    let parameters = json["parameters"].as_array().unwrap();
    Function::of_text("f", "", parameters.iter().map(parameter).collect())
}

/// The beginning of joblib's sentence.
fn sentence(error: &BindError) -> &'static str {
    match error {
        BindError::Twice { .. } => "Argument",
        BindError::Missing { .. } => "Wrong number",
        BindError::TooMany { .. } => "Too many arguments",
        BindError::UnknownName { .. } => "Too many keyword",
        BindError::UnknownIgnored { .. } => "Ignore list",
        other => panic!("{other}"),
    }
}

#[test]
fn arguments_are_bound_keyed_and_refused_as_by_joblib() {
    for json in recorded()["calls"].as_array().unwrap() {
        let function = function(json);
        assert_eq!(function.signature(), text(&json["signature"]));
        let ignore: Vec<_> = json["ignore"]
            .as_array()
            .unwrap()
            .iter()
            .map(text)
            .collect();
        let rules = Rules {
            ignore,
            ..Rules::default()
        };
        match function.call(Some("here"), arguments(json), &rules) {
            Err(error) => assert_eq!(Some(sentence(&error)), json["error"].as_str(), "{json}"),
            Ok(call) => {
                assert_eq!(
                    Some(call.key.digest.to_string().as_str()),
                    json["digest"].as_str(),
                    "{json}"
                );
                let shown =
                    |(name, value): &(String, Skeleton)| (name.clone(), python::repr(value));
                let bound: Vec<_> = call.arguments.iter().map(shown).collect();
                let expected = json["bound"].as_array().unwrap().iter();
                let expected: Vec<_> = expected
                    .map(|pair| (text(&pair[0]), text(&pair[1])))
                    .collect();
                if !bound.iter().any(|(_, value)| value.contains("<long")) {
                    assert_eq!(bound, expected);
                }
            }
        }
    }
}

#[test]
fn the_order_of_names_makes_no_difference() {
    let call = |entries: Vec<(&str, Value)>| {
        let task = Function::task("t", 1);
        let arguments = Arguments::of_task(Parcel::pack(Value::map(entries)));
        task.call(Some("here"), arguments.unwrap(), &Rules::default())
            .unwrap()
            .key
    };
    let inner = |names: [&str; 2]| Value::map(names.map(|name| (name, Value::from(name))));
    assert_eq!(
        call(vec![("a", Value::Int(1)), ("b", inner(["c", "d"]))]),
        call(vec![("b", inner(["d", "c"])), ("a", Value::Int(1))])
    );
}

#[test]
fn sizes_are_read_as_by_joblib() {
    for pair in recorded()["sizes"].as_array().unwrap() {
        let given = text(&pair[0]);
        assert_eq!(bytes_from_text(&given).ok(), pair[1].as_u64(), "{given}");
    }
    assert_eq!(
        bytes_from_text("12Q").unwrap_err().to_string(),
        "`12Q` is not a size. A size is a number and one of the letters K, M or G, such as 50K, 500M or 10G."
    );
    assert_eq!(bytes_from_text("-1K").unwrap_err().code(), "limit-size");
    let refused = Limits::new(None, None, Some(-1.0)).unwrap_err();
    assert_eq!(refused.code(), "limit-negative");
}

/// One who calls functions as joblib does, and prints.
struct Session {
    memory: Memory<Buffer, Faulty, Unlocked>,
    verbose: u32,
    now: f64,
    began: f64,
}

impl Session {
    fn step(&mut self, json: &Json) -> String {
        let name = text(&json["function"]);
        let parameters = match name.as_str() {
            "g" => vec![
                Parameter::required("x"),
                Parameter::optional("y", Value::Int(2)),
            ],
            "h" => vec![
                Parameter::required("args").of_kind(ParameterKind::VarPositional),
                Parameter::required("kwargs").of_kind(ParameterKind::VarKeyword),
            ],
            _ => vec![Parameter::required("x")],
        };
        let function = Function::of_text(format!("mod.{name}"), name, parameters);
        let (rules, given) = (Rules::default(), arguments(json));
        let call = function.call(Some("here"), given.clone(), &rules).unwrap();
        let calling = verbose::calling(&function, &given);
        let takes = json["seconds"].as_f64().unwrap() * 1000.0;
        let mut lines = Vec::new();
        match json["mode"].as_str().unwrap() {
            "check" => {
                now(self.memory.probe(&[call], &rules, self.now));
            }
            "call" => {
                let flight = self.memory.force(vec![call], &rules).pop().unwrap();
                self.compute(&function, flight, &calling, takes, &mut lines);
            }
            "shelve" => {
                let reference = match now(self.memory.shelve(vec![call], &rules, self.now)).pop() {
                    Some(Departure::Found(reference)) => reference,
                    Some(Departure::Compute(flight)) => {
                        self.compute(&function, flight, &calling, takes, &mut lines)
                    }
                    other => panic!("{other:?}"),
                };
                let shelved = self.verbose.saturating_sub(1);
                if shelved > 1 {
                    let since = self.now - self.began;
                    let entry = Some(&reference.entry);
                    lines.push(verbose::loading(
                        shelved,
                        since,
                        &function,
                        &reference.key,
                        entry,
                    ));
                }
                now(self.memory.get(&reference, self.now)).unwrap();
            }
            _ => match now(self.memory.take_off(vec![call.clone()], &rules, self.now)).pop() {
                Some(Departure::Found(_)) => self.load(&function, &call, &mut lines),
                Some(Departure::Compute(flight)) => {
                    self.compute(&function, flight, &calling, takes, &mut lines);
                }
                other => panic!("{other:?}"),
            },
        }
        self.now += 7_500.0;
        lines.push(String::new());
        lines.join("\n")
    }

    fn load(&self, function: &Function, call: &Call, lines: &mut Vec<String>) {
        let since = self.now - self.began;
        if self.verbose > 1 {
            lines.push(verbose::loading(
                self.verbose,
                since,
                function,
                &call.key,
                None,
            ));
        }
        if self.verbose > 4 {
            lines.push(verbose::loaded(function, 0.0));
        }
    }

    fn compute(
        &mut self,
        function: &Function,
        flight: memory::Flight<Buffer, ()>,
        calling: &str,
        takes: f64,
        lines: &mut Vec<String>,
    ) -> memory::Reference {
        let key = flight.call().key.clone();
        if self.verbose > 0 {
            lines.push(calling.to_owned());
        }
        self.now += takes;
        if self.verbose > 10 {
            lines.push(verbose::persisting(&key));
        }
        let entry = self
            .memory
            .land(flight, support::packed(1), takes, self.now);
        if self.verbose > 0 {
            lines.push(verbose::called(function, takes));
        }
        memory::Reference { key, entry }
    }
}

#[test]
fn what_is_printed_is_what_joblib_prints() {
    let recorded = recorded();
    for transcript in recorded["transcripts"].as_array().unwrap() {
        let mut session = Session {
            memory: Memory::new(Faulty::default(), Unlocked),
            verbose: u32::try_from(transcript["verbose"].as_u64().unwrap()).unwrap(),
            now: 1.7e12,
            began: 1.7e12,
        };
        for step in transcript["steps"].as_array().unwrap() {
            let printed = session.step(step);
            let expected = text(&step["printed"]);
            assert!(
                printed == expected,
                "at verbose {}\n{printed}---- joblib:\n{expected}",
                session.verbose
            );
        }
    }
}
