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
    let name = match core::str::from_utf8(bytes) {
        // Every protocol from 2 on begins so, and nothing that is text does.
        _ if matches!(bytes, [0x80, 2..=5, ..]) => Some("pickle"),
        Ok(text) if !text.contains('\0') => of_text(text),
        _ => reads("messagepack", bytes).then_some("messagepack"),
    };
    name.and_then(find)
}

fn of_text(text: &str) -> Option<&'static str> {
    let bytes = text.as_bytes();
    let start = text.trim_start();
    let first_of = |names: &[&'static str]| names.iter().copied().find(|name| reads(name, bytes));
    if start.is_empty() {
        return None;
    }
    if text.ends_with('.') && reads("pickle", bytes) {
        return Some("pickle");
    }
    if start.starts_with(['{', '[']) {
        return first_of(&["json", "json_lines", "toml", "ini", "yaml"]);
    }
    if start.starts_with('<') {
        return None;
    }
    let mut lines = start
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with(['#', ';']));
    let first = lines.next().unwrap_or_default();
    if (first.contains('=') || first.starts_with('['))
        && let Some(found) = first_of(&["toml", "ini"])
    {
        return Some(found);
    }
    if lines.next().is_some() && csv::sniff(bytes).is_some() && reads("csv", bytes) {
        return Some("csv");
    }
    let is_yaml = first.starts_with("---")
        || first.starts_with("- ")
        || first.contains(": ")
        || first.ends_with(':');
    (is_yaml && reads("yaml", bytes)).then_some("yaml")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_file_is_told_from_the_others() {
        let cases: [(&[u8], Option<&str>); 14] = [
            (b"a,b\r\n1,2\r\n", Some("CSV")),
            (b" {\"a\": [1, 2]}", Some("JSON")),
            (b"{\"a\": 1}\n{\"a\": 2}\n", Some("JSON Lines")),
            (b"\x80\x04N.", Some("pickle")),
            (b"(lp0\nI1\na.", Some("pickle")),
            (b"# x\n[a]\nb = c d\n", Some("INI")),
            (b"[a]\nb = \"c\"\n", Some("TOML")),
            (b"a: 1\nb:\n  - 2\n", Some("YAML")),
            (
                b"\x82\xa1a\xcb\x40\x09\x21\xfb\x54\x44\x2d\x18\xa1b\x02",
                Some("MessagePack"),
            ),
            (b"SQLite format 3\0...", Some("an SQLite database")),
            (
                b"PK\x03\x04...",
                Some("a ZIP archive (or an Excel or OpenDocument file)"),
            ),
            (b"<p>Hello: world</p>", None),
            (b"Just a sentence.", None),
            (b"", None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(
                looks_like(bytes),
                expected,
                "{}",
                String::from_utf8_lossy(bytes)
            );
        }
    }

    #[test]
    fn an_error_of_the_wrong_format_says_which_it_looks_like() {
        let error =
            find("json").map(|json| json.decode(b"a: 1\nb: 2\n", &DecodeOptions::default()));
        let looks_like = error
            .and_then(Result::err)
            .and_then(|error| error.looks_like);
        assert_eq!(looks_like, Some("YAML"));
    }
}
