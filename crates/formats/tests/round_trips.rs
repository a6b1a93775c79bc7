//! What a format holds comes back as it was, for values of all shapes.

#![allow(clippy::unwrap_used, clippy::panic)]

mod generate;

use formats::{ColumnType, Datum, DecodeOptions, EncodeOptions, Format, Misfit, Quoting, find};
use generate::{Kinds, column, datum, row_value, text};
use proptest::prelude::*;

fn round_trip(name: &str, datum: &Datum, options: &EncodeOptions) -> Datum {
    let format: &dyn Format = find(name).unwrap();
    let written = format
        .encode(datum, options)
        .unwrap_or_else(|e| panic!("{e}: {datum:?}"));
    let read = format.decode(&written.bytes, &DecodeOptions::default());
    let shown = String::from_utf8_lossy(&written.bytes);
    read.unwrap_or_else(|e| panic!("{e}: {shown}")).datum
}

fn strict() -> EncodeOptions {
    EncodeOptions {
        misfit: Misfit::Refuse,
        ..EncodeOptions::default()
    }
}

/// Types of columns, rows of cells of these types, and whether there is a header.
fn table_of_types() -> impl Strategy<Value = (Vec<ColumnType>, Vec<Vec<Datum>>, bool)> {
    prop::collection::vec(column(), 1..6).prop_flat_map(|columns| {
        let (kinds, cells): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
        (
            Just(kinds),
            prop::collection::vec(cells, 1..8),
            any::<bool>(),
        )
    })
}

proptest! {
    #[test]
    fn json(datum in datum(Kinds::JSON), indent in proptest::option::of(0_u8..4)) {
        let options = EncodeOptions { json_indent: indent, ..strict() };
        prop_assert_eq!(round_trip("json", &datum, &options), datum);
    }

    #[test]
    fn json_lines(items in prop::collection::vec(datum(Kinds::JSON), 0..5)) {
        let datum = Datum::List(items);
        prop_assert_eq!(round_trip("json_lines", &datum, &strict()), datum);
    }

    #[test]
    fn pickle(datum in datum(Kinds::PICKLE), protocol in 0_u8..=5) {
        let options = EncodeOptions { pickle_protocol: protocol, ..strict() };
        prop_assert_eq!(round_trip("pickle", &datum, &options), datum);
    }

    #[test]
    fn toml(entries in prop::collection::btree_map(text(), datum(Kinds::TOML), 0..5)) {
        let datum = Datum::map(entries);
        prop_assert_eq!(round_trip("toml", &datum, &strict()), datum);
    }

    #[test]
    fn yaml(datum in datum(Kinds::YAML)) {
        prop_assert_eq!(round_trip("yaml", &datum, &strict()), datum);
    }

    #[test]
    fn messagepack(datum in datum(Kinds::MESSAGEPACK)) {
        prop_assert_eq!(round_trip("messagepack", &datum, &strict()), datum);
    }

    #[test]
    fn postcard(datum in datum(Kinds::ALL)) {
        prop_assert_eq!(round_trip("postcard", &datum, &strict()), datum);
    }

    #[test]
    fn ini(sections in prop::collection::btree_map(
        "[^\\r\\n]{1,8}",
        prop::collection::btree_map("[a-z_][a-z0-9_. -]{0,6}[a-z0-9]", "[!-:<-~\u{e4}\u{1f642}]([ -~]{0,8}[!-~])?(\n[a-z]{1,5}){0,3}", 0..4),
        0..4,
    )) {
        let datum = Datum::map(sections.into_iter().map(|(name, options)| {
            (name, Datum::map(options.into_iter().map(|(n, v)| (n, Datum::from(v)))))
        }));
        prop_assert_eq!(round_trip("ini", &datum, &strict()), datum);
    }

    #[test]
    fn csv_as_text(rows in (1_usize..5).prop_flat_map(|columns| {
        prop::collection::vec(prop::collection::vec(text(), columns), 1..6)
    }), all in any::<bool>(), delimiter in prop::sample::select(b",;\t|".to_vec())) {
        let datum = Datum::List(rows.into_iter().map(|row| {
            Datum::List(row.into_iter().map(Datum::from).collect())
        }).collect());
        let mut options = strict();
        options.csv.header = false;
        options.csv.delimiter = delimiter;
        options.csv.quoting = if all { Quoting::All } else { Quoting::Minimal };
        let written = find("csv").unwrap().encode(&datum, &options).unwrap();
        let reading = DecodeOptions {
            csv: options.csv.clone(),
            csv_types: formats::CsvTypes::Text,
            ..DecodeOptions::default()
        };
        let read = find("csv").unwrap().decode(&written.bytes, &reading).unwrap();
        prop_assert_eq!(read.datum, datum);
    }

    #[test]
    fn csv_with_declared_types((kinds, rows, header) in table_of_types()) {
        let mut options = EncodeOptions::default();
        options.csv.header = header;
        let names = || (0..kinds.len()).map(|place| format!("column {place}"));
        let rows = rows.into_iter().map(|row| if header {
            Datum::map(names().zip(row))
        } else {
            Datum::List(row)
        });
        let datum = Datum::List(rows.collect());
        let written = find("csv").unwrap().encode(&datum, &options).unwrap();
        let reading = DecodeOptions {
            csv: options.csv.clone(),
            csv_types: formats::CsvTypes::Declared(kinds),
            ..DecodeOptions::default()
        };
        let read = find("csv").unwrap().decode(&written.bytes, &reading).unwrap();
        prop_assert_eq!(read.datum, datum, "{}", String::from_utf8_lossy(&written.bytes));
    }

    #[test]
    fn json_lines_in_pieces(items in prop::collection::vec(datum(Kinds::JSON), 0..5), piece in 1_usize..9) {
        let options = strict();
        let mut encoder = formats::JsonLinesEncoder::new(&options);
        let mut written = Vec::new();
        for item in &items {
            encoder.item(item).unwrap();
            written.extend(encoder.take());
        }
        written.extend(encoder.finish().bytes);
        let whole = find("json_lines").unwrap().encode(&Datum::List(items.clone()), &options).unwrap();
        prop_assert_eq!(&written, &whole.bytes);
        let reading = DecodeOptions::default();
        let mut decoder = formats::JsonLinesDecoder::new(&reading);
        let mut read = Vec::new();
        for piece in written.chunks(piece) {
            decoder.push(piece, &mut |item| read.push(item)).unwrap();
        }
        decoder.finish(&mut |item| read.push(item)).unwrap();
        prop_assert_eq!(read, items);
    }

    #[test]
    fn csv_with_guessed_types(rows in prop::collection::vec((row_value(), row_value()), 1..6)) {
        let datum = Datum::List(rows.into_iter().map(|(a, b)| Datum::map([("a", a), ("b", b)])).collect());
        prop_assert_eq!(round_trip("csv", &datum, &strict()), datum);
    }
}
