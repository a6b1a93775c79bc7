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

/// What is read of a visitor's own file at most: less than [`Limits::default`], since this runs in a tab, beside what else
/// the file is turned into.
pub const OWN_LIMITS: Limits = Limits {
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
    let Some(format) = format_of(name, bytes) else {
        return Err(unknown_format(name, bytes));
    };
    let read = format.decode(bytes, &reading_options(format, name, bytes))?;
    Ok(Own {
        format,
        datum: read.datum,
        notes: read.notes,
    })
}

/// What a file is read as: the format of its name's end, else the one that it looks like.
pub fn format_of(name: &str, bytes: &[u8]) -> Option<&'static dyn Format> {
    by_name(name).or_else(|| formats::guess(bytes))
}

/// How a visitor's own file is read in that format: within [`OWN_LIMITS`], CSV with the delimiter that it looks as if it had.
pub fn reading_options(format: &dyn Format, name: &str, bytes: &[u8]) -> DecodeOptions {
    let mut options = DecodeOptions {
        limits: OWN_LIMITS,
        ..DecodeOptions::default()
    };
    if format.name() == "csv" {
        let by_default = if ends_with(name, "tsv") { b'\t' } else { b',' };
        options.csv = CsvDialect {
            delimiter: formats::sniff(bytes).unwrap_or(by_default),
            ..CsvDialect::default()
        };
    }
    options
}

fn by_name(name: &str) -> Option<&'static dyn Format> {
    let mut all = formats::all().iter().copied();
    all.find(|format| format.extensions().iter().any(|end| ends_with(name, end)))
}

fn ends_with(name: &str, extension: &str) -> bool {
    let end = name.rsplit_once('.').map(|(_, end)| end);
    end.is_some_and(|end| end.eq_ignore_ascii_case(extension))
}

/// The error of a file of which the format is not known: says what else it looks like.
pub fn unknown_format(name: &str, bytes: &[u8]) -> FormatError {
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
        let bytes = vec![b'['; OWN_LIMITS.bytes + 1];
        assert_eq!(own("a.json", &bytes).err().unwrap().code(), "limit_bytes");
    }
}
