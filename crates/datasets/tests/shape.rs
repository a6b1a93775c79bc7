//! Every parameter of a shape does what it says.

#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use datasets::{MAX_CELLS, MAX_COLUMNS, MAX_NESTING, MAX_ROWS, MAX_TEXT_LENGTH, Shape, as_table};
use formats::{Datum, DecodeOptions, EncodeOptions};
use proptest::prelude::*;

fn records(datum: &Datum) -> &[Datum] {
    match datum {
        Datum::List(records) => records,
        _ => &[],
    }
}

/// The values of a record with their names, whatever level they stand on.
fn leaves(record: &Datum) -> Vec<(&Datum, &Datum)> {
    let Datum::Map(entries) = record else {
        return Vec::new();
    };
    let entries = entries.iter();
    entries
        .flat_map(|(key, value)| match value {
            Datum::Map(_) => leaves(value),
            _ => vec![(key, value)],
        })
        .collect()
}

/// The texts of a column.
fn texts(datum: &Datum, column: usize) -> Vec<String> {
    let cells = records(datum).iter().map(|record| leaves(record)[column].1);
    cells
        .filter_map(|cell| match cell {
            Datum::Str(text) => Some(text.as_str().to_owned()),
            _ => None,
        })
        .collect()
}

fn shapes() -> impl Strategy<Value = Shape> {
    let numbers = (0..200_usize, 1..40_usize, 0..40_usize, 0..=MAX_NESTING);
    (numbers, 0.0..=1.0, 0.0..=1.0, any::<u64>()).prop_map(
        |((rows, columns, text_length, nesting), repetition, missing, seed)| Shape {
            rows,
            columns,
            text_length,
            repetition,
            nesting,
            missing,
            seed,
        },
    )
}

/// Many rows, so that what is measured is near what was asked for.
fn large(seed: u64) -> Shape {
    Shape {
        rows: 4000,
        columns: 6,
        text_length: 20,
        repetition: 0.0,
        nesting: 0,
        missing: 0.0,
        seed,
    }
}

fn near(measured: f64, asked: f64) -> Result<(), TestCaseError> {
    // Five standard deviations of a share of 4000.
    prop_assert!((measured - asked).abs() < 0.04, "{measured} for {asked}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn rows_columns_and_nesting_are_exact(shape in shapes()) {
        let made = shape.generate();
        prop_assert_eq!(records(&made).len(), shape.rows);
        for record in records(&made) {
            let leaves = leaves(record);
            prop_assert_eq!(leaves.len(), shape.columns);
            let names: HashSet<_> = leaves.iter().map(|(name, _)| *name).collect();
            prop_assert_eq!(names.len(), shape.columns);
        }
        if let Some(table) = as_table(&made) {
            prop_assert_eq!(table.depth, shape.nesting);
        }
    }

    #[test]
    fn a_seed_makes_the_same_table_again_and_another_seed_another(shape in shapes()) {
        prop_assert_eq!(shape.generate(), shape.generate());
        let large = Shape { rows: 50, columns: 6, missing: 0.0, ..shape };
        let other = Shape { seed: shape.seed ^ 1, ..large };
        prop_assert_ne!(large.generate(), other.generate());
    }

    #[test]
    fn more_rows_or_columns_leave_the_first_as_they_are(shape in shapes()) {
        let more = Shape { rows: shape.rows * 3 + 1, ..shape };
        let (few, many) = (shape.generate(), more.generate());
        prop_assert_eq!(records(&few), &records(&many)[..shape.rows]);
        let flat = Shape { nesting: 0, ..shape };
        let wide = Shape { columns: flat.columns + 7, ..flat };
        let (narrow, wide) = (flat.generate(), wide.generate());
        for (a, b) in records(&narrow).iter().zip(records(&wide)) {
            prop_assert_eq!(&leaves(a)[..], &leaves(b)[..flat.columns]);
        }
    }

    #[test]
    fn nesting_moves_values_and_changes_none(shape in shapes()) {
        let flat = Shape { nesting: 0, ..shape };
        let (flat, nested) = (flat.generate(), shape.generate());
        for (a, b) in records(&flat).iter().zip(records(&nested)) {
            prop_assert_eq!(leaves(a), leaves(b));
        }
    }

    #[test]
    fn so_many_values_are_missing(seed: u64, missing in 0.0..=1.0) {
        let shape = Shape { missing, ..large(seed) };
        let made = shape.generate();
        let table = as_table(&made).unwrap();
        let cells = shape.rows * (shape.columns - 1);
        near(table.missing as f64 / cells as f64, missing)?;
        prop_assert!(records(&made).iter().all(|record| matches!(leaves(record)[0].1, Datum::Int(_))));
    }

    #[test]
    fn so_many_texts_stand_in_an_earlier_row(seed: u64, repetition in 0.0..=1.0) {
        let shape = Shape { repetition, ..large(seed) };
        let texts = texts(&shape.generate(), 1);
        let distinct: HashSet<_> = texts.iter().collect();
        near((texts.len() - distinct.len()) as f64 / texts.len() as f64, repetition)?;
    }

    #[test]
    fn texts_are_so_long(seed: u64, text_length in 0..100_usize) {
        let shape = Shape { text_length, ..large(seed) };
        let lengths: Vec<_> = texts(&shape.generate(), 1).iter().map(|text| text.chars().count()).collect();
        let mean = lengths.iter().sum::<usize>() as f64 / lengths.len() as f64;
        // Whole lengths, spread evenly over so many values; five standard deviations of the mean of 4000.
        let values = (2 * (text_length - text_length / 2) + 1) as f64;
        let deviation = ((values * values - 1.0) / 12.0 / lengths.len() as f64).sqrt();
        prop_assert!((mean - text_length as f64).abs() <= 5.0 * deviation, "{mean} for {text_length}");
        prop_assert!(lengths.iter().all(|&length| (text_length / 2..=text_length * 3 / 2 + 1).contains(&length)));
    }

    #[test]
    fn what_is_beyond_the_limits_is_brought_within_them(
        rows: usize, columns: usize, text_length: usize, repetition: f64, nesting: usize, missing: f64
    ) {
        let shape = Shape { rows, columns, text_length, repetition, nesting, missing, seed: 0 }.within_limits();
        prop_assert_eq!(shape, shape.within_limits());
        prop_assert!(shape.rows <= MAX_ROWS && (1..=MAX_COLUMNS).contains(&shape.columns));
        prop_assert!(shape.rows * shape.columns <= MAX_CELLS && shape.text_length <= MAX_TEXT_LENGTH);
        prop_assert!(shape.nesting <= MAX_NESTING);
        prop_assert!((0.0..=1.0).contains(&shape.repetition) && (0.0..=1.0).contains(&shape.missing));
    }
}

#[test]
fn the_columns_take_turns_in_kind() {
    let shape = Shape {
        columns: 8,
        rows: 1,
        missing: 0.0,
        ..Shape::default()
    };
    let made = shape.generate();
    let kinds: Vec<_> = leaves(&records(&made)[0])
        .iter()
        .map(|(_, value)| value.kind())
        .collect();
    let expected = [
        "a whole number",
        "a text",
        "a whole number",
        "a number",
        "true or false",
        "a date",
        "a text",
        "a whole number",
    ];
    assert_eq!(kinds, expected);
}

/// Written down once: another machine, or a change to the generator, must not give other data without notice.
#[test]
fn the_first_rows_are_the_same_everywhere() {
    let shape = Shape {
        rows: 3,
        ..Shape::default()
    };
    let csv = formats::find("csv").unwrap();
    let written = csv.encode(&shape.generate(), &EncodeOptions::default());
    let expected = "\
id,name,quantity,price,active,created,city,age\r
1,,271,348.52,False,2022-06-16,Grekicen Narubenda,66\r
2,Sarond Jopotha,423,320.06,True,2019-08-19,Alnath Daluck Zap,61\r
3,Jokedrack Ros,243,976.62,False,2009-11-02,Alnath Daluck Zap,72\r
";
    assert_eq!(String::from_utf8(written.unwrap().bytes).unwrap(), expected);
}

#[test]
fn a_flat_table_comes_back_from_csv() {
    let shape = Shape {
        text_length: 12,
        ..Shape::default()
    };
    let made = shape.generate();
    let csv = formats::find("csv").unwrap();
    let written = csv.encode(&made, &EncodeOptions::default()).unwrap();
    let read = csv
        .decode(&written.bytes, &DecodeOptions::default())
        .unwrap();
    assert_eq!(read.datum, made);
}
