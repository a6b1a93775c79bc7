//! Writing and reading for the labs and for the page, as they ask for it.
#![allow(clippy::unwrap_used, clippy::panic)]

use datasets::Shape;
use experiments::{
    Bench, DecodeValue, Describe, EncodeValue, Failure, Job, Material, Outcome, Settings, Source,
};
use values::Value;

fn run(
    bench: &mut Bench,
    job: Job,
    material: Material,
) -> Result<(Outcome, Option<Value>), Failure> {
    bench.run(1, job, material, &|| 0.0)
}

fn own(serial: u32, name: &str) -> Source {
    Source::Own {
        serial,
        name: name.to_owned(),
    }
}

fn describe(source: Source) -> Job {
    Job::Describe(Describe { source })
}

fn bytes(text: &str) -> Material {
    Material {
        bytes: Some(text.as_bytes().to_vec()),
        value: None,
    }
}

#[test]
fn a_data_set_says_what_it_is() {
    let shape = Shape {
        rows: 100,
        columns: 3,
        ..Shape::default()
    };
    let job = describe(Source::Generated(shape));
    let (described, _) = run(&mut Bench::default(), job, Material::default()).unwrap();
    let Outcome::Described(described) = described else {
        panic!("{described:?}")
    };
    assert_eq!(
        (described.records, described.depth, described.columns.len()),
        (100, 0, 3)
    );
}

#[test]
fn the_bytes_of_a_file_are_needed_once_for_each_lab() {
    let mut bench = Bench::default();
    let file = own(1, "a.csv");
    run(&mut bench, describe(file.clone()), bytes("a,b\n1,2\n")).unwrap();
    run(&mut bench, describe(file.clone()), Material::default()).unwrap();
    let other_lab = bench.run(2, describe(file), Material::default(), &|| 0.0);
    assert_eq!(other_lab.unwrap_err().code, "no-bytes");
    // Another file of the same name is another file.
    let missing = run(&mut bench, describe(own(2, "a.csv")), Material::default());
    assert_eq!(missing.unwrap_err().code, "no-bytes");
}

#[test]
fn a_file_that_cannot_be_read_says_where_and_what_it_looks_like() {
    let mut bench = Bench::default();
    let failure = run(
        &mut bench,
        describe(own(1, "a.json")),
        bytes("[1,\n 2,\n oops]"),
    )
    .unwrap_err();
    let place = failure.place.unwrap();
    assert_eq!(
        (failure.code.as_str(), place.line, place.column),
        ("malformed", Some(3), Some(2))
    );
    let failure = run(
        &mut bench,
        describe(own(2, "a.json")),
        bytes("a: 1\nb: 2\n"),
    )
    .unwrap_err();
    assert_eq!(failure.looks_like.as_deref(), Some("YAML"));
    let failure = run(&mut bench, describe(own(3, "a.json")), bytes("17")).unwrap_err();
    assert_eq!(failure.code, "no-records");
    let unknown = Source::Bundled("moon-landings".to_owned());
    assert_eq!(
        run(&mut bench, describe(unknown), bytes(""))
            .unwrap_err()
            .code,
        "data-set"
    );
}

#[test]
fn a_value_of_the_page_is_the_same_after_writing_and_reading() {
    let mut bench = Bench::default();
    let value = Value::map([
        ("text", Value::from("ä")),
        (
            "many",
            Value::List(vec![Value::Int(1), Value::Float(0.5), Value::Null]),
        ),
        ("bytes", Value::Bytes(vec![0, 255])),
    ]);
    for format in ["pickle", "messagepack", "postcard", "yaml"] {
        let settings = Settings::default();
        let job = Job::EncodeValue(EncodeValue {
            format: format.to_owned(),
            settings: settings.clone(),
        });
        let material = Material {
            bytes: None,
            value: Some(value.clone()),
        };
        let (Outcome::Encoded(encoded), _) = run(&mut bench, job, material).unwrap() else {
            panic!("{format}")
        };
        let job = Job::DecodeValue(DecodeValue {
            format: format.to_owned(),
            settings,
        });
        let material = Material {
            bytes: Some(encoded.bytes),
            value: None,
        };
        let (_, back) = run(&mut bench, job, material).unwrap();
        assert_eq!(back.as_ref(), Some(&value), "{format}");
    }
}

#[test]
fn what_the_page_cannot_hold_is_changed_and_noted() {
    let mut bench = Bench::default();
    let job = Job::DecodeValue(DecodeValue {
        format: "yaml".to_owned(),
        settings: Settings::default(),
    });
    let text = "a: !!timestamp 2024-02-29\n1: 99999999999999999999\nc: !!set {x, y}\n";
    let (outcome, value) = run(&mut bench, job, bytes(text)).unwrap();
    let Outcome::Value(remarks) = outcome else {
        panic!("{outcome:?}")
    };
    let codes: Vec<_> = remarks.iter().map(|remark| remark.code.as_str()).collect();
    assert_eq!(codes, ["date", "key", "big-integer", "set"]);
    assert_eq!(
        value,
        Some(Value::map([
            ("a", Value::from("2024-02-29")),
            ("1", Value::from("99999999999999999999")),
            ("c", Value::List(vec![Value::from("x"), Value::from("y")])),
        ]))
    );
}

#[test]
fn settings_that_mean_nothing_are_refused() {
    let decode = |settings| {
        Job::DecodeValue(DecodeValue {
            format: "csv".to_owned(),
            settings,
        })
    };
    let wrong = [
        Settings {
            delimiter: Some("::".to_owned()),
            ..Settings::default()
        },
        Settings {
            types: Some("some".to_owned()),
            ..Settings::default()
        },
    ];
    for settings in wrong {
        let failure = run(&mut Bench::default(), decode(settings), bytes("a\n1\n")).unwrap_err();
        assert_eq!(failure.code, "options");
    }
}
