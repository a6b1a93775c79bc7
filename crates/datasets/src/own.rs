//! The visitor's own file.

use formats::{CsvDialect, Datum, DecodeOptions, ErrorKind, Format, FormatError, Limits, Note};

/// A file that was read.
#[derive(Clone)]
pub struct Own {
    /// What it was read as.
    pub format: &'static dyn Format,
    /// What it holds.
    pub datum: Datum,
    /// What was changed or looks dangerous.
    pub notes: Vec<Note>,
}

/// Less than [`Limits::default`]: this runs in a visitor's tab, beside what else the file is turned into.
const LIMITS: Limits = Limits {
    bytes: 64 << 20,
    row_bytes: 4 << 20,
    depth: 128,
    rows: 1_000_000,
    columns: 4096,
    items: 5_000_000,
    digits: 4300,
};

/// Reads a file: in the format of its name's end, else in the one that it looks like ([`formats::guess`]). The delimiter
/// of CSV is found by [`formats::sniff`].
///
/// # Errors
/// Those of the format, with what the file looks like instead; [`ErrorKind::Unsupported`] if it is of no format.
pub fn own(name: &str, bytes: &[u8]) -> Result<Own, FormatError> {
    let format = by_name(name).or_else(|| formats::guess(bytes));
    let Some(format) = format else {
        return Err(unknown(name, bytes));
    };
    let mut options = DecodeOptions {
        limits: LIMITS,
        ..DecodeOptions::default()
    };
    if format.name() == "csv" {
        let by_default = if ends_with(name, "tsv") { b'\t' } else { b',' };
        options.csv = CsvDialect {
            delimiter: formats::sniff(bytes).unwrap_or(by_default),
            ..CsvDialect::default()
        };
    }
    let read = format.decode(bytes, &options)?;
    Ok(Own {
        format,
        datum: read.datum,
        notes: read.notes,
    })
}

fn by_name(name: &str) -> Option<&'static dyn Format> {
    let mut all = formats::all().iter().copied();
    all.find(|format| format.extensions().iter().any(|end| ends_with(name, end)))
}

fn ends_with(name: &str, extension: &str) -> bool {
    let end = name.rsplit_once('.').map(|(_, end)| end);
    end.is_some_and(|end| end.eq_ignore_ascii_case(extension))
}

fn unknown(name: &str, bytes: &[u8]) -> FormatError {
    let ends: Vec<_> = formats::all()
        .iter()
        .filter_map(|format| format.extensions().first())
        .map(|end| format!(".{end}"))
        .collect();
    let message = if bytes.is_empty() {
        format!("“{name}” is empty.")
    } else {
        format!(
            "The format of “{name}” is not known. Its name may end in {}.",
            ends.join(", ")
        )
    };
    let mut error = FormatError::new(ErrorKind::Unsupported, message);
    error.looks_like = formats::looks_like(bytes);
    error
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn read(name: &str, text: &str) -> (&'static str, Datum) {
        let own = own(name, text.as_bytes()).unwrap();
        (own.format.name(), own.datum)
    }

    #[test]
    fn the_name_says_the_format_and_else_the_bytes_do() {
        let row = Datum::List(vec![Datum::map([
            ("a", Datum::Int(1)),
            ("b", Datum::Int(2)),
        ])]);
        assert_eq!(read("x.CSV", "a;b\n1;2\n"), ("csv", row.clone()));
        assert_eq!(read("x.tsv", "a\tb\n1\t2\n"), ("csv", row.clone()));
        assert_eq!(read("x.txt", "a|b\n1|2\n"), ("csv", row.clone()));
        assert_eq!(read("x", "[{\"a\": 1, \"b\": 2}]"), ("json", row.clone()));
        assert_eq!(read("my.data.yml", "- {a: 1, b: 2}"), ("yaml", row));
    }

    #[test]
    fn a_wrong_file_says_what_it_looks_like() {
        let error = own("a.json", b"a: 1\nb: 2\n").err().unwrap();
        assert_eq!(
            (error.code(), error.looks_like),
            ("malformed", Some("YAML"))
        );
        let error = own("a.xlsx", b"PK\x03\x04").err().unwrap();
        assert_eq!(error.code(), "unsupported");
        assert!(error.to_string().contains("a ZIP archive"), "{error}");
        let error = own("nothing", b"").err().unwrap();
        assert_eq!(error.message, "“nothing” is empty.");
    }

    #[test]
    fn a_file_that_is_too_large_is_refused_before_it_is_read() {
        let bytes = vec![b'['; LIMITS.bytes + 1];
        assert_eq!(own("a.json", &bytes).err().unwrap().code(), "limit_bytes");
    }
}
