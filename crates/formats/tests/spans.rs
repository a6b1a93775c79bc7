//! Where each record is: in order, apart from each other, and around what belongs to it.

#![allow(clippy::unwrap_used, clippy::panic)]

mod generate;

use core::ops::Range;

use formats::{Datum, DecodeOptions, EncodeOptions, Format, LineEnding, all, find, sample};
use generate::{Kinds, datum};
use proptest::prelude::*;

fn asking() -> DecodeOptions {
    DecodeOptions {
        spans: true,
        ..DecodeOptions::default()
    }
}

fn spans(format: &str, bytes: &[u8]) -> Vec<Range<usize>> {
    let decoded = find(format).unwrap().decode(bytes, &asking());
    let decoded = decoded.unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(bytes)));
    let mut end = 0;
    for span in &decoded.spans {
        assert!(
            span.start >= end && span.end >= span.start,
            "{format} {:?}",
            decoded.spans
        );
        end = span.end;
    }
    assert!(end <= bytes.len(), "{format}");
    decoded.spans
}

fn texts<'a>(format: &str, text: &'a str) -> Vec<&'a str> {
    spans(format, text.as_bytes())
        .into_iter()
        .map(|span| &text[span])
        .collect()
}

fn marker(place: usize) -> String {
    format!("<marker {place} of many>")
}

/// Records of which each has a text that no other has, at its beginning and at its end.
fn marked(count: usize) -> Vec<Datum> {
    let records = sample::records(count, 7).into_iter().enumerate();
    let marked = records.map(|(place, record)| {
        let Datum::Map(mut map) = record else {
            panic!()
        };
        map.values_mut()[1] = marker(place).into();
        map.values_mut()[9] = marker(place).into();
        Datum::Map(map)
    });
    marked.collect()
}

/// Each span has the marker of its own record twice, and no other.
fn check(format: &dyn Format, datum: &Datum, count: usize, options: &EncodeOptions) {
    let bytes = format.encode(datum, options).unwrap().bytes;
    let spans = spans(format.name(), &bytes);
    assert_eq!(spans.len(), count, "{}", format.name());
    for (place, span) in spans.into_iter().enumerate() {
        let text = String::from_utf8_lossy(&bytes[span]);
        assert_eq!(
            text.matches("<marker ").count(),
            2,
            "{} {place}: {text}",
            format.name()
        );
        assert_eq!(
            text.matches(&marker(place)).count(),
            2,
            "{} {place}: {text}",
            format.name()
        );
    }
}

#[test]
fn a_record_of_a_table_is_where_its_texts_are() {
    for format in all() {
        let is_pickle = format.name() == "pickle";
        // More than one batch of pickle.
        let count = if is_pickle { 1100 } else { 40 };
        let table = sample::table(*format, marked(count));
        for protocol in 0..=5 {
            if protocol > 1 && !is_pickle {
                break;
            }
            let options = EncodeOptions {
                pickle_protocol: protocol,
                json_indent: (protocol == 0).then_some(2),
                ..EncodeOptions::default()
            };
            check(*format, &table, count, &options);
        }
    }
}

#[test]
fn an_entry_of_a_map_is_where_its_texts_are() {
    for format in all()
        .iter()
        .filter(|format| !["csv", "json_lines", "ini"].contains(&format.name()))
    {
        let entries = marked(30).into_iter().enumerate();
        let map = Datum::map(entries.map(|(place, record)| (format!("entry {place}"), record)));
        check(*format, &map, 30, &EncodeOptions::default());
        if format.name() != "toml" {
            let tuple = Datum::Tuple(marked(30));
            check(*format, &tuple, 30, &EncodeOptions::default());
        }
    }
}

#[test]
fn rows_of_csv_follow_each_other_with_their_line_ends() {
    for line_ending in [LineEnding::Lf, LineEnding::CrLf] {
        for header in [true, false] {
            let mut options = EncodeOptions::default();
            options.csv.line_ending = line_ending;
            options.csv.header = header;
            let rows = (0..50).map(|n| {
                Datum::List(vec![
                    Datum::from(format!("a {n}\r\nb \"{n}\"")),
                    Datum::Int(n),
                ])
            });
            let rows: Vec<_> = rows.collect();
            let bytes = find("csv")
                .unwrap()
                .encode(&Datum::List(rows.clone()), &options);
            let bytes = bytes.unwrap().bytes;
            let reading = DecodeOptions {
                csv: options.csv.clone(),
                ..asking()
            };
            let spans = find("csv").unwrap().decode(&bytes, &reading).unwrap().spans;
            assert_eq!(spans.len(), rows.len() - usize::from(header));
            assert!(spans.windows(2).all(|pair| pair[0].end == pair[1].start));
            assert_eq!(spans.last().unwrap().end, bytes.len());
            for (place, span) in spans.into_iter().enumerate() {
                let row = format!("a {}", place + usize::from(header));
                assert!(bytes[span.start + 1..].starts_with(row.as_bytes()));
                assert!(bytes[span].ends_with(b"\n"));
            }
        }
    }
}

#[test]
fn what_people_write_between_records_is_told_from_them() {
    assert_eq!(
        texts("csv", "\u{feff}a,b\n\n1,2\r\n\r\n\n3,\"4\n5\"\r6,7"),
        ["1,2\r\n", "3,\"4\n5\"\r", "6,7"]
    );
    assert_eq!(
        texts("json", " [ 1 ,\n\"a\", [2] ] "),
        ["1", "\"a\"", "[2]"]
    );
    assert_eq!(
        texts("json", "{ \"a\" : 1 , \"b\":[{}] }"),
        ["\"a\" : 1", "\"b\":[{}]"]
    );
    assert_eq!(texts("json", " 12 "), ["12"]);
    assert_eq!(texts("json", "[]"), [""; 0]);
    assert_eq!(
        texts("json_lines", "[1, 2]\n \n{\"a\": [3]}\r\n4"),
        ["[1, 2]\n", "{\"a\": [3]}\r\n", "4"]
    );
    assert_eq!(
        texts("ini", "# top\n[a]\nx = 1\n\n; c\n[b]\n"),
        ["[a]\nx = 1\n\n; c\n", "[b]\n"]
    );
    assert_eq!(
        texts(
            "toml",
            "# top\na = [1,\n 2]\nb.c = 1\n\n[[t]]\nx = 1\n[t.u]\n [[t]]\n[v.w]\n"
        ),
        [
            "a = [1,\n 2]\n",
            "b.c = 1\n\n",
            "[[t]]\nx = 1\n[t.u]\n",
            " [[t]]\n",
            "[v.w]\n"
        ]
    );
    assert_eq!(
        texts(
            "yaml",
            "# top\n- a: 1\n  b: 2 # c\n# between - them\n- - x\n  - y\n- |\n  z\n- \"w\"\n"
        ),
        ["- a: 1\n  b: 2", "- - x\n  - y", "- |\n  z\n", "- \"w\""]
    );
    assert_eq!(texts("yaml", "[a, {b: c}, [d]]"), ["a", "{b: c}", "[d]"]);
    assert_eq!(
        texts("yaml", "a: 1\n? b\n: - 2\nc:\n  d: [3]\n"),
        ["a: 1", "? b\n: - 2", "c:\n  d: [3]"]
    );
    assert_eq!(texts("yaml", "a: 1\n---\n- b\n"), ["a: 1", "---\n- b"]);
    assert_eq!(texts("yaml", "just a text\n"), ["just a text"]);
}

#[test]
fn a_pickle_that_recalls_a_record_has_it_where_it_is_recalled() {
    // pickle.dumps([a, a, 1], 2) where a = ["x"]; then the same with the list made after its parts.
    let bytes = b"\x80\x02]q\x00(]q\x01X\x01\x00\x00\x00xaq\x02h\x01K\x01e.";
    assert_eq!(spans("pickle", bytes), [6..18, 18..20, 20..22]);
    assert_eq!(spans("pickle", b"(K\x01K\x02l."), [1..3, 3..5]);
    assert_eq!(spans("pickle", b"K\x01K\x02\x86."), [0..2, 2..4]);
    assert_eq!(spans("pickle", b"K\x01."), core::slice::from_ref(&(0..3)));
    let decoded = find("pickle")
        .unwrap()
        .decode(bytes, &DecodeOptions::default())
        .unwrap();
    let inner = Datum::List(vec!["x".into()]);
    assert_eq!(
        decoded.datum,
        Datum::List(vec![inner.clone(), inner, Datum::Int(1)])
    );
    assert!(decoded.spans.is_empty());
}

fn records(datum: &Datum) -> usize {
    match datum {
        Datum::List(items) | Datum::Tuple(items) | Datum::Set(items) => items.len(),
        Datum::Map(map) => map.len(),
        _ => 1,
    }
}

proptest! {
    #[test]
    fn there_are_as_many_as_records(datum in datum(Kinds::PICKLE), protocol in 4_u8..=5) {
        let options = EncodeOptions { pickle_protocol: protocol, ..EncodeOptions::default() };
        for format in all().iter().filter(|format| format.name() != "csv") {
            let Ok(encoded) = format.encode(&datum, &options) else { continue };
            let read = format.decode(&encoded.bytes, &asking()).unwrap();
            // A set and a list as keys, say, are the same in MessagePack.
            if read.notes.iter().any(|note| note.code == "duplicate_key") {
                continue;
            }
            prop_assert_eq!(spans(format.name(), &encoded.bytes).len(), records(&read.datum), "{}", format.name());
        }
    }

    #[test]
    fn a_part_reads_as_it_does_in_the_whole(items in prop::collection::vec(datum(Kinds::JSON), 0..5)) {
        for name in ["json", "json_lines", "messagepack", "postcard"] {
            let format = find(name).unwrap();
            let encoded = format.encode(&Datum::List(items.clone()), &EncodeOptions::default()).unwrap();
            let read = format.decode(&encoded.bytes, &asking()).unwrap();
            let Datum::List(read_items) = read.datum else { panic!() };
            for (span, item) in read.spans.into_iter().zip(read_items) {
                let part = format.decode(&encoded.bytes[span], &DecodeOptions::default()).unwrap().datum;
                let part = match part {
                    Datum::List(mut lines) if name == "json_lines" => lines.remove(0),
                    part => part,
                };
                prop_assert_eq!(part, item, "{}", name);
            }
        }
    }
}
