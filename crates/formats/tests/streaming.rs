//! CSV and JSON Lines of many megabytes, made as they are read, in a few kilobytes of memory.

#![allow(clippy::unwrap_used)]

use formats::formats::csv::CsvDecoder;
use formats::formats::json_lines::JsonLinesDecoder;
use formats::{CsvTypes, Datum, DecodeOptions, Limits};

/// Pieces of about 64 KiB, until so many bytes: each made when it is asked for.
fn pieces(total: usize, line: impl Fn(usize) -> String) -> impl Iterator<Item = Vec<u8>> {
    let (mut row, mut made) = (0, 0);
    core::iter::from_fn(move || {
        if made >= total {
            return None;
        }
        let mut piece = Vec::with_capacity(70_000);
        while piece.len() < 65_536 {
            piece.extend_from_slice(line(row).as_bytes());
            row += 1;
        }
        made += piece.len();
        Some(piece)
    })
}

fn unlimited() -> DecodeOptions {
    DecodeOptions {
        csv_types: CsvTypes::Guessed,
        limits: Limits {
            bytes: 0,
            rows: usize::MAX,
            items: usize::MAX,
            ..Limits::default()
        },
        ..DecodeOptions::default()
    }
}

#[test]
fn csv_is_read_in_bounded_memory() {
    let options = unlimited();
    let mut decoder = CsvDecoder::new(&options).unwrap();
    let (mut rows, mut sum, mut bytes, mut peak) = (0_i64, 0_i64, 0, 0);
    decoder.push(b"id,name,score,when\n", &mut |_| {}).unwrap();
    for piece in pieces(20 << 20, |row| {
        format!("{row},\"Name, {row}\",{}.5,2024-02-29\n", row % 100)
    }) {
        bytes += piece.len();
        decoder
            .push(&piece, &mut |row| {
                rows += 1;
                if let Datum::Int(id) = row[0] {
                    sum += id;
                }
            })
            .unwrap();
        peak = peak.max(decoder.buffer_bytes());
    }
    decoder.finish(&mut |_| rows += 1).unwrap();
    assert!(bytes > 20 << 20);
    assert_eq!(sum, rows * (rows - 1) / 2);
    assert!(peak < 8192, "{peak}");
}

#[test]
fn json_lines_are_read_in_bounded_memory() {
    let options = unlimited();
    let mut decoder = JsonLinesDecoder::new(&options);
    let (mut rows, mut peak) = (0, 0);
    for piece in pieces(10 << 20, |row| {
        format!("{{\"id\": {row}, \"name\": \"Name {row}\"}}\n")
    }) {
        for part in piece.chunks(1000) {
            decoder.push(part, &mut |_| rows += 1).unwrap();
            peak = peak.max(decoder.buffer_bytes());
        }
    }
    decoder.finish(&mut |_| rows += 1).unwrap();
    assert!(rows > 100_000);
    assert!(peak < 8192, "{peak}");
}

#[test]
fn a_row_that_never_ends_is_refused() {
    let mut decoder = CsvDecoder::new(&DecodeOptions::default()).unwrap();
    decoder.push(b"a\n\"", &mut |_| {}).unwrap();
    let mut pieces = pieces(64 << 20, |_| "a quote is missing\n".to_owned());
    let error = pieces
        .find_map(|piece| decoder.push(&piece, &mut |_| {}).err())
        .unwrap();
    assert_eq!(
        (error.code(), error.position.and_then(|at| at.line)),
        ("limit_bytes", Some(2))
    );
}
