//! What bytes look like.

use crate::formats::csv;
use crate::{DecodeOptions, Format, Limits, find};

/// The format of the catalogue that the bytes look like, if they look like one.
///
/// A guess from how they begin and from trying: of several that could read them, the one that says most.
pub fn guess(bytes: &[u8]) -> Option<&'static dyn Format> {
    if foreign(bytes).is_some() {
        return None;
    }
    let start = bytes.trim_ascii_start();
    let begins = |ends: &[u8]| start.first().is_some_and(|first| ends.contains(first));
    if begins(b"{[") {
        for name in ["json", "json_lines"] {
            if reads(name, bytes) {
                return find(name);
            }
        }
    }
    let lines = bytes.iter().filter(|&&b| b == b'\n').count();
    if begins(b"{[<") || lines == 0 {
        return None;
    }
    if core::str::from_utf8(bytes).is_ok() && !bytes.contains(&0) && csv::sniff(bytes).is_some() {
        return find("csv").filter(|_| reads("csv", bytes));
    }
    None
}

/// What the bytes look like, in words: a format of the catalogue, or a kind of file that is none of them.
pub fn looks_like(bytes: &[u8]) -> Option<&'static str> {
    foreign(bytes).or_else(|| guess(bytes).map(Format::title))
}

/// The same, if it is not that format.
pub(crate) fn other_than(name: &str, bytes: &[u8]) -> Option<&'static str> {
    match guess(bytes) {
        Some(format) if format.name() == name => None,
        Some(format) => Some(format.title()),
        None => foreign(bytes),
    }
}

/// Kinds of files that are none of the catalogue, by how they begin.
fn foreign(bytes: &[u8]) -> Option<&'static str> {
    const SIGNATURES: [(&[u8], &str); 10] = [
        (b"SQLite format 3\0", "an SQLite database"),
        (
            b"PK\x03\x04",
            "a ZIP archive (or an Excel or OpenDocument file)",
        ),
        (b"\x1f\x8b", "a gzip file"),
        (b"(\xb5/\xfd", "a Zstandard file"),
        (b"PAR1", "a Parquet file"),
        (b"%PDF-", "a PDF document"),
        (b"\x89PNG", "a PNG picture"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"\xff\xfe", "a text in UTF-16"),
        (b"\xfe\xff", "a text in UTF-16"),
    ];
    let found = SIGNATURES
        .iter()
        .find(|(signature, _)| bytes.starts_with(signature));
    found.map(|(_, name)| *name)
}

/// Whether the format reads the bytes, which are not too many to try.
fn reads(name: &str, bytes: &[u8]) -> bool {
    let options = DecodeOptions {
        limits: Limits {
            bytes: 1 << 20,
            items: 1 << 20,
            ..Limits::default()
        },
        ..DecodeOptions::default()
    };
    bytes.len() <= options.limits.bytes
        && find(name).is_some_and(|format| format.read(bytes, &options).is_ok())
}
