//! What must hold for any bytes; a target (targets/) is one of these functions.

#![allow(missing_docs)]

use std::fmt::Debug;

use formats::{
    ColumnType, CsvDecoder, CsvTypes, Datum, DecodeOptions, Duplicates, EncodeOptions, ErrorKind,
    Format, FormatError, JsonLinesDecoder, Limits, Misfit, Note,
};

/// Small, so that a run needs little memory, and that limits are reached.
fn limits() -> Limits {
    Limits {
        bytes: 1 << 16,
        row_bytes: 1 << 11,
        depth: 48,
        rows: 500,
        columns: 100,
        items: 20_000,
        digits: 400,
    }
}

/// The default, and one in which everything is otherwise.
fn options() -> [DecodeOptions; 2] {
    let mut other = DecodeOptions {
        limits: limits(),
        duplicates: Duplicates::Refuse,
        csv_types: CsvTypes::Declared(vec![
            ColumnType::Int,
            ColumnType::Float,
            ColumnType::Bool,
            ColumnType::DateTime,
            ColumnType::Date,
            ColumnType::Time,
            ColumnType::Base64,
        ]),
        json_non_finite: true,
        ..DecodeOptions::default()
    };
    other.csv.header = false;
    other.csv.delimiter = b';';
    let usual = DecodeOptions {
        limits: limits(),
        ..DecodeOptions::default()
    };
    [usual, other]
}

/// How to write what was read with these options, so that nothing is changed.
fn writing(options: &DecodeOptions, bytes: &[u8]) -> EncodeOptions {
    EncodeOptions {
        misfit: Misfit::Refuse,
        csv: options.csv.clone(),
        json_non_finite: options.json_non_finite,
        json_indent: (bytes.len() % 2 == 1).then_some(2),
        pickle_protocol: (bytes.len() % 6) as u8,
        ..EncodeOptions::default()
    }
}

/// Whatever the bytes are, reading them ends, in a value or in an error; the value can be written, and is read again.
pub fn decoder(name: &str, bytes: &[u8]) {
    let format = formats::find(name).unwrap();
    for options in options() {
        match format.decode(bytes, &options) {
            Ok(read) => again(format, &read.datum, &options, bytes),
            Err(error) => check(&error, bytes),
        }
    }
}

fn again(format: &dyn Format, datum: &Datum, options: &DecodeOptions, bytes: &[u8]) {
    let written = match format.encode(datum, &writing(options, bytes)) {
        Ok(written) => written,
        Err(error) => return assert!(may_refuse(format, &error), "{error}: {datum:?}"),
    };
    // What is written may be longer than what was read.
    let options = DecodeOptions {
        limits: Limits {
            digits: limits().digits,
            ..Limits::default()
        },
        ..options.clone()
    };
    let shown = String::from_utf8_lossy(&written.bytes);
    match format.decode(&written.bytes, &options) {
        Ok(read) => assert_eq!(read.datum, *datum, "{shown}"),
        Err(error) => panic!("{error}: {shown:?} of {datum:?}"),
    }
}

/// What a format reads but does not write as it is.
fn may_refuse(format: &dyn Format, error: &FormatError) -> bool {
    let names: &[&str] = match error.kind {
        // Numbers of more than 64 bits in TOML; sets and keys that only Python takes for equal in pickle.
        ErrorKind::Unfit => &["toml", "pickle"],
        _ => &[],
    };
    names.contains(&format.name())
}

/// An error is a sentence, and its place is in the bytes.
fn check(error: &FormatError, bytes: &[u8]) {
    assert!(error.message.ends_with('.'), "{error}");
    if let Some(position) = error.position {
        assert!(position.offset <= bytes.len() as u64, "{error}");
        let lines = bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
        assert!(
            position
                .line
                .is_none_or(|line| (1..=lines + 1).contains(&line)),
            "{error}"
        );
    }
}

/// What the bytes look like can be read as that; and a file without a known name is read or refused.
pub fn guess(bytes: &[u8]) {
    let looks_like = formats::looks_like(bytes);
    if let Some(format) = formats::guess(bytes) {
        assert_eq!(looks_like, Some(format.title()));
        // A pickle is known by how it begins, even if the rest is missing.
        if !matches!(bytes, [0x80, 2..=5, ..]) {
            let read = format.decode(bytes, &DecodeOptions::default());
            assert!(read.is_ok(), "{}: {read:?}", format.name());
        }
    }
    if let Ok(own) = datasets::own("file", bytes)
        && let Some(table) = datasets::as_table(&own.datum)
    {
        assert!(!table.records.is_empty());
    }
}

/// Rows, notes and the error, if it ended in one.
type Seen<T> = (Vec<T>, Vec<Note>, Option<FormatError>);

/// CSV in pieces of any size reads as it does in one.
pub fn csv_pieces(bytes: &[u8]) {
    let Some((sizes, bytes)) = bytes.split_first_chunk::<8>() else {
        return;
    };
    for options in options() {
        let read = |pieces: &[&[u8]]| -> Seen<Vec<Datum>> {
            let mut decoder = CsvDecoder::new(&options).unwrap();
            let mut rows = Vec::new();
            let mut each = |row| rows.push(row);
            let mut ended = pieces
                .iter()
                .try_for_each(|piece| decoder.push(piece, &mut each));
            if ended.is_ok() {
                ended = decoder.finish(&mut each);
            }
            assert!(decoder.buffer_bytes() < 16 << 10);
            (rows, decoder.notes().to_vec(), ended.err())
        };
        same(&read(&[bytes]), &read(&pieces(sizes, bytes)));
    }
}

/// JSON Lines in pieces of any size reads as it does in one.
pub fn json_lines_pieces(bytes: &[u8]) {
    let Some((sizes, bytes)) = bytes.split_first_chunk::<8>() else {
        return;
    };
    for options in options() {
        let read = |pieces: &[&[u8]]| -> Seen<Datum> {
            let mut decoder = JsonLinesDecoder::new(&options);
            let mut rows = Vec::new();
            let mut each = |row| rows.push(row);
            let mut ended = pieces
                .iter()
                .try_for_each(|piece| decoder.push(piece, &mut each));
            if ended.is_ok() {
                ended = decoder.finish(&mut each);
            }
            assert!(decoder.buffer_bytes() < 16 << 10);
            (rows, decoder.notes().to_vec(), ended.err())
        };
        same(&read(&[bytes]), &read(&pieces(sizes, bytes)));
    }
}

/// The bytes in pieces of these sizes, again and again; a size of 0 is an empty piece, and then one of 1.
fn pieces<'a>(sizes: &[u8; 8], bytes: &'a [u8]) -> Vec<&'a [u8]> {
    let (mut rest, mut pieces) = (bytes, Vec::new());
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        if *size == 0 {
            pieces.push(&rest[..0]);
        }
        let (piece, after) = rest.split_at(usize::from(*size).clamp(1, rest.len()));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

fn same<T: PartialEq + Debug>(whole: &Seen<T>, pieces: &Seen<T>) {
    assert_eq!(whole.0, pieces.0, "rows");
    assert_eq!(whole.2, pieces.2, "error");
    assert_eq!(whole.1, pieces.1, "notes");
}
