//! Looking at stored bytes: what the jobs say is compared with what the formats themselves say.

#![allow(clippy::unwrap_used, clippy::panic)]

use datasets::Showcase;
use experiments::{
    Append, Appended, Bench, Failure, File, Inspect, Inspected, Job, Material, Opened, Original,
    Outcome, Read, Settings, Source, Survival, Survive, Write, Written,
};
use formats::{CsvDecoder, Datum, DecodeOptions, JsonLinesDecoder};

fn showcase(nested: bool) -> Source {
    Source::Showcase(Showcase {
        records: 30,
        nested,
        seed: 3,
    })
}

fn run(bench: &mut Bench, job: Inspect, bytes: Option<&[u8]>) -> Result<Inspected, Failure> {
    let material = Material {
        bytes: bytes.map(<[u8]>::to_vec),
        value: None,
    };
    match bench.run(1, Job::Inspect(job), material, &|| 0.0)?.0 {
        Outcome::Inspected(inspected) => Ok(*inspected),
        other => panic!("{other:?}"),
    }
}

fn write(source: Source, first: u32, format: &str) -> Result<Written, Failure> {
    let job = Write {
        source,
        first,
        format: format.to_owned(),
        settings: Settings::default(),
    };
    match run(&mut Bench::default(), Inspect::Write(job), None)? {
        Inspected::Written(written) => Ok(written),
        other => panic!("{other:?}"),
    }
}

fn read(bytes: &[u8], format: &str, original: Option<(&[u8], &str)>) -> Opened {
    let job = Read {
        file: File::Bytes(bytes.to_vec()),
        format: Some(format.to_owned()),
        settings: Settings::default(),
        original: original.map(|(bytes, format)| Original {
            bytes: bytes.to_vec(),
            format: format.to_owned(),
            settings: Settings::default(),
        }),
    };
    match run(&mut Bench::default(), Inspect::Read(job), None).unwrap() {
        Inspected::Read(opened) => opened,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_record_is_where_it_is_said_to_be() {
    for nested in [false, true] {
        for format in formats::all() {
            let Ok(written) = write(showcase(nested), 7, format.name()) else {
                // What a format refuses is its own affair (docs/formats.md).
                assert!(nested, "{}", format.name());
                continue;
            };
            let (reading, bytes) = (&written.reading, &written.file.bytes);
            assert_eq!(
                (reading.records, &reading.failure),
                (7, &None),
                "{}",
                format.name()
            );
            assert_eq!(reading.spans.len(), 7, "{}", format.name());
            let mut end = 0;
            for span in &reading.spans {
                assert!(
                    end <= span.start && span.start < span.end,
                    "{}: {span:?}",
                    format.name()
                );
                end = span.end;
                // Without its bytes the record is gone, or nothing can be read any more.
                let without = [&bytes[..span.start as usize], &bytes[span.end as usize..]].concat();
                let left = read(&without, format.name(), None).reading;
                assert!(
                    left.failure.is_some() || left.records < 7,
                    "{}: {span:?}",
                    format.name()
                );
            }
        }
    }
}

#[test]
fn what_is_left_before_an_error_is_what_a_streaming_decoder_gives() {
    let options = DecodeOptions::default();
    for name in ["csv", "json_lines"] {
        let whole = write(showcase(false), 12, name).unwrap().file.bytes;
        for cut in 0..=whole.len() {
            let bytes = &whole[..cut];
            let mut given: Vec<Vec<Datum>> = Vec::new();
            let failed = if name == "csv" {
                let mut decoder = CsvDecoder::new(&options).unwrap();
                let mut each = |row| given.push(row);
                decoder
                    .push(bytes, &mut each)
                    .and_then(|()| decoder.finish(&mut each))
                    .is_err()
            } else {
                let mut decoder = JsonLinesDecoder::new(&options);
                let mut each = |item| given.push(vec![item]);
                decoder
                    .push(bytes, &mut each)
                    .and_then(|()| decoder.finish(&mut each))
                    .is_err()
            };
            let reading = read(bytes, name, None).reading;
            assert_eq!(
                reading.records,
                given.len() as u64,
                "{name}, {cut}: {:?}",
                reading.failure
            );
            assert_eq!(reading.failure.is_some(), failed, "{name}, {cut}");
        }
    }
}

#[test]
fn bytes_that_are_no_text_leave_the_rows_before_them() {
    let bytes = b"a,b\n1,x\n\"two\nlines\",\xff\n3,y\n";
    let reading = read(bytes, "csv", None).reading;
    assert_eq!(reading.records, 1);
    assert_eq!(reading.failure.unwrap().code, "encoding");
    assert_eq!(reading.spans.len(), 1);
}

#[test]
fn what_survives_a_cut_is_counted_by_comparing() {
    for format in formats::all() {
        let job = Survive {
            source: showcase(false),
            first: 10,
            format: format.name().to_owned(),
            settings: Settings::default(),
        };
        let survival: Survival =
            match run(&mut Bench::default(), Inspect::Survive(job), None).unwrap() {
                Inspected::Survival(survival) => survival,
                other => panic!("{other:?}"),
            };
        let bytes = write(showcase(false), 10, format.name())
            .unwrap()
            .file
            .bytes;
        assert_eq!((survival.bytes, survival.records), (bytes.len() as u64, 10));
        for cut in &survival.cuts {
            let kept = &bytes[..bytes.len() * cut.percent as usize / 100];
            let reading = read(kept, format.name(), Some((&bytes, format.name()))).reading;
            let compared = reading.kept.unwrap();
            assert_eq!(
                (compared.whole, compared.of),
                (cut.whole, 10),
                "{}",
                format.name()
            );
            assert_eq!(
                reading.records,
                cut.whole + cut.altered,
                "{}",
                format.name()
            );
            assert_eq!(reading.failure, cut.failure, "{}", format.name());
        }
        if matches!(
            format.name(),
            "json" | "pickle" | "messagepack" | "postcard"
        ) {
            assert!(
                survival
                    .cuts
                    .iter()
                    .all(|cut| cut.whole == 0 && cut.failure.is_some())
            );
        }
        if format.name() == "json_lines" {
            assert!(survival.cuts[2].whole >= 6);
        }
    }
}

#[test]
fn what_an_append_changes_is_counted_by_comparing() {
    for format in formats::all() {
        let job = Append {
            source: showcase(false),
            first: 5,
            format: format.name().to_owned(),
            settings: Settings::default(),
        };
        let appended: Appended =
            match run(&mut Bench::default(), Inspect::Append(job), None).unwrap() {
                Inspected::Appended(appended) => appended,
                other => panic!("{other:?}"),
            };
        let five = write(showcase(false), 5, format.name()).unwrap().file.bytes;
        let six = write(showcase(false), 6, format.name()).unwrap().file.bytes;
        assert_eq!(appended.anew.as_ref(), Some(&six));
        let changed = (0..five.len())
            .filter(|&at| six.get(at) != Some(&five[at]))
            .count();
        assert_eq!(appended.changed, changed as u64, "{}", format.name());
        let alone = [&five[..], appended.record.as_deref().unwrap()].concat();
        let reading = read(&alone, format.name(), Some((&six, format.name()))).reading;
        assert_eq!(
            reading.kept.unwrap().whole,
            appended.whole,
            "{}",
            format.name()
        );
        assert_eq!(reading.failure, appended.failure, "{}", format.name());
    }
}

#[test]
fn the_last_record_is_appended_again_if_there_is_no_next() {
    let file = b"a,b\n1,2\n3,4\n";
    let source = Source::Own {
        serial: 1,
        name: "x.csv".to_owned(),
    };
    let job = Append {
        source,
        first: u32::MAX,
        format: "csv".to_owned(),
        settings: Settings::default(),
    };
    match run(&mut Bench::default(), Inspect::Append(job), Some(file)).unwrap() {
        Inspected::Appended(appended) => {
            assert_eq!(appended.record.as_deref(), Some(&b"3,4\r\n"[..]));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_bytes_of_a_file_are_kept_between_jobs_and_belong_to_it_alone() {
    let mut bench = Bench::default();
    let source = |serial| Source::Own {
        serial,
        name: "x.json".to_owned(),
    };
    let job = |serial| {
        Inspect::Read(Read {
            file: File::Own(source(serial)),
            format: None,
            settings: Settings::default(),
            original: None,
        })
    };
    run(&mut bench, job(1), Some(b"[{\"a\": 1}]")).unwrap();
    assert!(run(&mut bench, job(1), None).is_ok());
    let write = Write {
        source: source(1),
        first: 5,
        format: "csv".to_owned(),
        settings: Settings::default(),
    };
    assert!(run(&mut bench, Inspect::Write(write), None).is_ok());
    assert_eq!(run(&mut bench, job(2), None).unwrap_err().code, "no-bytes");
}

#[test]
fn of_a_large_file_the_place_of_the_error_is_given_back() {
    let mut text = "{\"a\": 1}\n".repeat(20_000);
    text.push_str("{\"a\": }\n");
    text.push_str(&"{\"a\": 1}\n".repeat(20_000));
    let opened = read(text.as_bytes(), "json_lines", None);
    let at = opened.reading.failure.unwrap().place.unwrap().offset;
    let excerpt = &opened.file;
    assert_eq!(
        (excerpt.size, excerpt.bytes.len()),
        (text.len() as u64, 4096)
    );
    assert!(excerpt.start <= at && at < excerpt.start + 4096);
    assert_eq!(
        excerpt.bytes,
        text.as_bytes()[excerpt.start as usize..][..4096]
    );
    assert!(!excerpt.is_whole());
    let spans = &opened.reading.spans;
    assert!(!spans.is_empty() && spans.iter().all(|span| span.end > excerpt.start));
}

#[test]
fn a_changed_value_says_what_it_was() {
    let reading = read(
        b"[{\"a\": 1, \"b\": 2}, 5]",
        "json",
        Some((b"- {a: 1, b: '2', c: 3}\n- 6\n", "yaml")),
    )
    .reading;
    let was = |record: usize| {
        let fields = reading.shown[record].fields.iter();
        fields
            .map(|field| (field.name.clone(), field.value.clone(), field.was.clone()))
            .collect::<Vec<_>>()
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        was(0),
        [
            ("a".to_owned(), text("1"), None),
            ("b".to_owned(), text("2"), text("a text")),
            ("c".to_owned(), None, text("a whole number")),
        ]
    );
    assert_eq!(was(1), [(String::new(), text("5"), text("6"))]);
}
