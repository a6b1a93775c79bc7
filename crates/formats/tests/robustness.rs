//! No bytes make a decoder panic, hang or take memory without bound, and an error says where.

#![allow(clippy::unwrap_used, clippy::panic)]

mod generate;

use formats::{
    Datum, DecodeOptions, Duplicates, EncodeOptions, ErrorKind, FormatError, Limits, all, find,
    guess, looks_like,
};
use generate::{Kinds, datum};
use proptest::prelude::*;

fn small() -> DecodeOptions {
    DecodeOptions {
        limits: Limits {
            bytes: 1 << 20,
            row_bytes: 1 << 16,
            items: 10_000,
            rows: 1000,
            columns: 100,
            ..Limits::default()
        },
        ..DecodeOptions::default()
    }
}

/// Decodes with every format, which must not panic; what is read is within the limits, and can be dropped and compared.
fn decode_all(bytes: &[u8]) {
    let options = small();
    for format in all() {
        match format.decode(bytes, &options) {
            Ok(decoded) => {
                assert!(
                    decoded.datum.count() <= 2 * options.limits.items,
                    "{}",
                    format.name()
                );
                assert_eq!(decoded.datum, decoded.datum.clone());
            }
            Err(error) => {
                assert!(!error.message.is_empty());
                check_position(format.name(), &error, bytes);
            }
        }
    }
    let _ = (guess(bytes), looks_like(bytes));
}

/// An error says where it is, within the bytes.
fn check_position(format: &str, error: &FormatError, bytes: &[u8]) {
    let position = error
        .position
        .unwrap_or_else(|| panic!("{format} {error:?} {bytes:?}"));
    assert!(position.offset <= bytes.len() as u64, "{format} {error:?}");
}

fn failure(format: &str, bytes: &[u8]) -> FormatError {
    match find(format)
        .unwrap()
        .decode(bytes, &DecodeOptions::default())
    {
        Ok(decoded) => panic!("{format} read {:.200}", format!("{:?}", decoded.datum)),
        Err(error) => {
            check_position(format, &error, bytes);
            error
        }
    }
}

proptest! {
    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        decode_all(&bytes);
    }

    #[test]
    fn random_text(text in "[ -~\n\t\u{e4}]{0,120}") {
        decode_all(text.as_bytes());
    }

    #[test]
    fn random_signs(text in "[\\[\\]{}()\"':,.=#&*!|>%@`~?\\\\\n 0-9a-eINFlpt+-]{0,80}") {
        decode_all(text.as_bytes());
    }

    #[test]
    fn random_instructions(bytes in prop::collection::vec(prop::sample::select(
        b"(.012FIJKLMNPQRSTUVXabcdeghijlopqrstu)]}G\n\x00\x01\x02\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96\x97\x98".to_vec()
    ), 0..60)) {
        decode_all(&bytes);
    }

    #[test]
    fn valid_bytes_changed(
        datum in datum(Kinds::PICKLE),
        protocol in 0_u8..=5,
        cut in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let named = Datum::map([("a", Datum::map([("b", datum.clone())]))]);
        for format in all() {
            let rows = Datum::List(vec![named.clone(), named.clone()]);
            let options = EncodeOptions { pickle_protocol: protocol, ..EncodeOptions::default() };
            for value in [&datum, &named, &rows] {
                let Ok(encoded) = format.encode(value, &options) else { continue };
                let mut bytes = encoded.bytes;
                if bytes.is_empty() {
                    continue;
                }
                for (place, byte) in &changes {
                    let place = place.index(bytes.len());
                    bytes[place] = *byte;
                }
                let check = |bytes: &[u8]| {
                    if let Err(error) = format.decode(bytes, &small()) {
                        check_position(format.name(), &error, bytes);
                    }
                };
                check(&bytes);
                bytes.truncate(cut.index(bytes.len()));
                check(&bytes);
            }
        }
    }

    #[test]
    fn json_is_read_alike_in_both_ways(
        text in prop_oneof![
            "[\\[\\]{}\":,0-9.eE+\\-tfu\\\\ \n\u{e4}\u{1}]{0,24}",
            "-?[0-9]{1,22}(\\.[0-9]{1,22})?([eE][+-]?[0-9]{1,3})?",
            "\\{(\"[ab\\\\n\u{e4}]{0,3}\" ?: ?(true|null|-?0|1.5|\"x\\\\u00e4\"),?){0,4}\\}",
        ],
    ) {
        // If infinities are allowed, `jiter` reads alone.
        let reference = DecodeOptions { json_non_finite: true, spans: true, ..DecodeOptions::default() };
        let options = DecodeOptions { spans: true, ..DecodeOptions::default() };
        let json = find("json").unwrap();
        prop_assert_eq!(json.decode(text.as_bytes(), &options), json.decode(text.as_bytes(), &reference));
    }

    #[test]
    fn a_stream_reads_as_the_whole_does_however_it_is_cut(
        rows in prop::collection::vec(prop::collection::vec("[a\",;\n\r \u{e4}]{0,6}", 3), 1..8),
        piece in 1_usize..7,
    ) {
        let rows = rows.into_iter().map(|row| Datum::List(row.into_iter().map(Datum::from).collect()));
        let mut options = DecodeOptions::default();
        options.csv.header = false;
        let encoding = EncodeOptions { csv: options.csv.clone(), ..EncodeOptions::default() };
        let bytes = find("csv").unwrap().encode(&Datum::List(rows.collect()), &encoding).unwrap().bytes;
        let whole = find("csv").unwrap().decode(&bytes, &options).unwrap().datum;
        let mut decoder = formats::formats::csv::CsvDecoder::new(&options).unwrap();
        let mut pieces = Vec::new();
        for chunk in bytes.chunks(piece) {
            decoder.push(chunk, &mut |row| pieces.push(Datum::List(row))).unwrap();
        }
        decoder.finish(&mut |row| pieces.push(Datum::List(row))).unwrap();
        prop_assert_eq!(Datum::List(pieces), whole);
    }
}

#[test]
fn nesting_bombs_are_refused() {
    let deep = 200_000;
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("json", b"[".repeat(deep)),
        ("json", b"{\"a\":".repeat(deep)),
        ("json_lines", b"[".repeat(deep)),
        ("yaml", b"[".repeat(deep)),
        ("yaml", b"{a: ".repeat(deep)),
        ("yaml", b"- ".repeat(deep)),
        ("yaml", b"? ".repeat(deep)),
        ("toml", [b"a = ".to_vec(), b"[".repeat(deep)].concat()),
        ("toml", [b"a = ".to_vec(), b"{a=".repeat(deep)].concat()),
        ("toml", [b"a.".repeat(deep), b"a = 1".to_vec()].concat()),
        (
            "toml",
            [b"[".to_vec(), b"a.".repeat(deep), b"a]".to_vec()].concat(),
        ),
        (
            "toml",
            [b"x = {".to_vec(), b"'a'.".repeat(deep), b"a = 1}".to_vec()].concat(),
        ),
        ("messagepack", b"\x91".repeat(deep)),
        ("messagepack", b"\x81".repeat(deep)),
        ("postcard", b"\x0a\x01".repeat(deep)),
        (
            "pickle",
            [
                b"\x80\x02".to_vec(),
                b"]".repeat(deep),
                b"a".repeat(deep - 1),
                b".".to_vec(),
            ]
            .concat(),
        ),
        (
            "pickle",
            [b"\x80\x02N".to_vec(), b"\x85".repeat(deep), b".".to_vec()].concat(),
        ),
    ];
    for (format, bytes) in cases {
        let error = failure(format, &bytes);
        assert_eq!(error.kind, ErrorKind::LimitDepth, "{format} {error}");
        // Nor when as much is allowed as ever is: a test's stack of 2 MB holds it, without optimisation.
        let most = DecodeOptions {
            limits: Limits {
                depth: usize::MAX,
                ..Limits::default()
            },
            ..DecodeOptions::default()
        };
        let error = find(format).unwrap().decode(&bytes, &most).unwrap_err();
        assert_eq!(error.kind, ErrorKind::LimitDepth, "{format} {error}");
    }
}

#[test]
fn lengths_that_are_not_there_take_no_memory() {
    for (format, bytes) in [
        ("messagepack", &b"\xdd\xff\xff\xff\xff"[..]),
        ("messagepack", b"\xdf\xff\xff\xff\xff"),
        ("messagepack", b"\xdb\xff\xff\xff\xff"),
        ("messagepack", b"\xc6\xff\xff\xff\xff"),
        ("messagepack", b"\xc9\xff\xff\xff\xff\x01"),
        ("pickle", b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7f"),
        ("pickle", b"\x80\x04\x8b\xff\xff\xff\x7f"),
        ("pickle", b"\x80\x05\x96\xff\xff\xff\xff\xff\xff\xff\xff"),
        ("pickle", b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff"),
        ("postcard", b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
        ("postcard", b"\x05\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
        ("postcard", b"\x06\xff\xff\xff\xff\x0f"),
        ("postcard", b"\x0d\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    ] {
        let error = failure(format, bytes);
        assert!(
            matches!(error.kind, ErrorKind::Truncated | ErrorKind::LimitItems),
            "{format} {error:?}"
        );
    }
}

#[test]
fn values_that_repeat_each_other_are_counted() {
    let limited = DecodeOptions {
        limits: Limits {
            items: 200_000,
            bytes: 64 << 20,
            ..Limits::default()
        },
        ..DecodeOptions::default()
    };
    let failure =
        |format: &str, bytes: &[u8]| find(format).unwrap().decode(bytes, &limited).unwrap_err();
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let below = format!("*a{}", level - 1);
        laughs += &format!("a{level}: &a{level} [{}]\n", [below.as_str(); 9].join(", "));
    }
    assert_eq!(
        failure("yaml", laughs.as_bytes()).kind,
        ErrorKind::LimitItems
    );

    // A list that holds the one before twice, 40 times over; and a text of 1 MB a thousand times.
    let mut pickle = b"\x80\x02]q\x00".to_vec();
    for place in 0..40_u8 {
        pickle.extend([b']', b'q', place + 1, b'(', b'h', place, b'h', place, b'e']);
    }
    pickle.push(b'.');
    assert_eq!(failure("pickle", &pickle).kind, ErrorKind::LimitItems);
    let mut pickle = b"\x80\x02](X\x00\x00\x10\x00".to_vec();
    pickle.extend(b"x".repeat(1 << 20));
    pickle.extend(b"q\x00");
    pickle.extend(b"h\x00".repeat(1000));
    pickle.extend(b"e.");
    assert_eq!(failure("pickle", &pickle).kind, ErrorKind::LimitBytes);

    assert_eq!(failure("yaml", b"&a [*a]").kind, ErrorKind::Unsupported);
    assert_eq!(
        failure("pickle", b"\x80\x02]q\x00h\x00a.").kind,
        ErrorKind::Unsupported
    );
}

#[test]
fn wrongly_encoded_and_truncated_texts_are_named() {
    for format in all().iter().filter(|format| format.is_text()) {
        let utf16: Vec<u8> = "\u{feff}a: 1"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let error = failure(format.name(), &utf16);
        assert_eq!(
            (error.kind, error.looks_like),
            (ErrorKind::Encoding, Some("a text in UTF-16")),
            "{error}"
        );
        let error = failure(format.name(), b"a,\n caf\xe9 au lait, and more");
        let position = error.position.unwrap();
        assert_eq!(
            (error.kind, position.line, position.column),
            (ErrorKind::Encoding, Some(2), Some(5))
        );
        let error = failure(
            format.name(),
            "a,\n café".as_bytes().split_last().unwrap().1,
        );
        assert_eq!(error.kind, ErrorKind::Truncated, "{error}");
    }
    for (format, bytes) in [
        ("csv", &b"a,b\n1,\"two"[..]),
        ("json", b"{\"a\": [1, 2"),
        ("json_lines", b"{\"a\": 1}\n{\"a\": "),
        ("toml", b"a = [1, 2"),
        ("yaml", b"a: [1, 2"),
        ("yaml", b"a: \"b"),
        ("messagepack", b"\x93\x01\x02"),
        ("pickle", b"\x80\x04\x8c\x05ab"),
        ("postcard", b"\x0a\x02\x00"),
    ] {
        let error = failure(format, bytes);
        assert_eq!(error.kind, ErrorKind::Truncated, "{format} {error}");
        assert!(error.position.is_some(), "{format}");
    }
}

#[test]
fn the_limits_hold() {
    let columns = vec!["x"; 10_000].join(",");
    assert_eq!(
        failure("csv", columns.as_bytes()).kind,
        ErrorKind::LimitColumns
    );
    let many = |limits: Limits| DecodeOptions {
        limits,
        ..DecodeOptions::default()
    };
    let rows = many(Limits {
        rows: 2,
        ..Limits::default()
    });
    for (format, bytes) in [("csv", &b"a\n1\n2\n3\n"[..]), ("json_lines", b"1\n2\n3\n")] {
        let error = find(format).unwrap().decode(bytes, &rows).unwrap_err();
        assert_eq!(error.kind, ErrorKind::LimitRows);
        assert_eq!(
            error.position.unwrap().line,
            Some(if format == "csv" { 4 } else { 3 })
        );
    }
    let bytes = many(Limits {
        bytes: 3,
        ..Limits::default()
    });
    for format in all() {
        assert_eq!(
            format.decode(b"a,b\n", &bytes).unwrap_err().kind,
            ErrorKind::LimitBytes
        );
    }
    let digits = "9".repeat(5000);
    for format in ["json", "yaml"] {
        assert_eq!(
            failure(format, digits.as_bytes()).kind,
            ErrorKind::LimitDigits,
            "{format}"
        );
    }
    assert_eq!(
        failure("toml", format!("a = {digits}").as_bytes()).kind,
        ErrorKind::LimitDigits
    );
    assert_eq!(
        failure("pickle", format!("L{digits}L\n.").as_bytes()).kind,
        ErrorKind::LimitDigits
    );
}

#[test]
fn a_key_that_stands_twice_is_refused_when_told_to() {
    let options = DecodeOptions {
        duplicates: Duplicates::Refuse,
        ..DecodeOptions::default()
    };
    for found in formats::fidelity::duplicates(&options) {
        let error = found.outcome.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Duplicate, "{} {error}", found.format);
    }
    // Many keys, of which two are the same: quickly, and the last counts.
    let mut keys: Vec<String> = (0..50_000).map(|n| format!("\"{n}\": 0")).collect();
    keys.push("\"7\": 1".into());
    let decoded = find("json").unwrap().decode(
        format!("{{{}}}", keys.join(",")).as_bytes(),
        &DecodeOptions::default(),
    );
    let decoded = decoded.unwrap();
    assert_eq!(decoded.datum.get("7"), Some(&Datum::Int(1)));
    assert_eq!(decoded.notes[0].code, "duplicate_key");
}

#[test]
fn a_value_too_deep_is_not_written() {
    let mut datum = Datum::Null;
    for _ in 0..300 {
        datum = Datum::List(vec![datum]);
    }
    let datum = Datum::map([("a", datum)]);
    for name in ["json", "pickle", "toml", "yaml", "messagepack", "postcard"] {
        let error = find(name)
            .unwrap()
            .encode(&datum, &EncodeOptions::default())
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::LimitDepth, "{name}");
    }
}

/// A few kilobytes took 40 seconds when nested keys were compared again and again. Nothing is timed here: whoever makes
/// that mistake again waits for hours.
#[test]
fn keys_that_are_deep_maps_are_read_in_no_time() {
    let nested = |last: u8| [vec![0x81; 100], vec![last], vec![0x01; 100]].concat();
    let wide: Vec<u8> = (0..8)
        .flat_map(|last| [nested(last), vec![0x01]].concat())
        .collect();
    let mut bytes = vec![0xdc, 0x00, 0x40];
    for _ in 0..64 {
        bytes.push(0x88);
        bytes.extend(&wide);
    }
    let format = formats::find("messagepack").unwrap();
    let decoded = format.decode(&bytes, &DecodeOptions::default()).unwrap();
    let formats::Datum::List(items) = decoded.datum else {
        panic!("a list")
    };
    assert_eq!(items.len(), 64);
}
