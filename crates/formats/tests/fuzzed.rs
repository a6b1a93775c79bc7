//! Bytes that the fuzzer found (see CONTRIBUTING.md), each with what was wrong.

#![allow(clippy::unwrap_used)]

use formats::{Datum, DecodeOptions, EncodeOptions, FormatError, JsonLinesDecoder, find};

fn read(format: &str, bytes: &[u8]) -> Datum {
    let format = find(format).unwrap();
    format
        .decode(bytes, &DecodeOptions::default())
        .unwrap()
        .datum
}

/// Reads, writes and reads again.
fn again(format: &str, bytes: &[u8]) -> (Datum, Datum) {
    let first = read(format, bytes);
    let written = find(format)
        .unwrap()
        .encode(&first, &EncodeOptions::default());
    let second = read(format, &written.unwrap().bytes);
    (first, second)
}

/// The sign was read, and lost in writing.
#[test]
fn the_sign_of_nan_is_nothing_in_toml() {
    let (first, second) = again("toml", b"a = -nan\nb = +nan\nc = nan\n");
    assert_eq!(first, second);
    assert_eq!(first.get("a"), first.get("c"));
}

/// A line that came in one piece could be longer than allowed, and the line before it was named.
#[test]
fn a_line_that_is_too_long_is_refused_however_it_comes() {
    let mut options = DecodeOptions::default();
    options.limits.row_bytes = 8;
    let bytes = b"[1]\n[1, 2, 3]\n";
    let error = |size| -> Option<FormatError> {
        let mut decoder = JsonLinesDecoder::new(&options);
        let mut pieces = bytes.chunks(size);
        pieces.find_map(|piece| decoder.push(piece, &mut |_| {}).err())
    };
    let whole = error(bytes.len()).unwrap();
    assert_eq!(whole.code(), "limit_bytes");
    assert_eq!(
        whole.position.map(|at| (at.line, at.offset)),
        Some((Some(2), 4))
    );
    for size in 1..bytes.len() {
        assert_eq!(error(size).as_ref(), Some(&whole), "pieces of {size}");
    }
}
