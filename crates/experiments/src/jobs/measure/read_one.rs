//! Reading one record.

use formats::{CsvDecoder, Datum, DecodeOptions, JsonLinesDecoder};

use super::super::codec::format;
use super::frame;
use crate::Failure;

/// As many bytes are given to a decoder at once, so that it can be left when the record was found.
const PIECE: usize = 4096;

/// Reads the record at that place. CSV and JSON Lines read no further than it; the others read everything.
///
/// # Errors
/// As the format says, or if there is no such record.
pub(super) fn read_one(
    name: &str,
    bytes: &[u8],
    at: usize,
    options: &DecodeOptions,
) -> Result<Datum, Failure> {
    let found = match name {
        "csv" => csv(bytes, at, options)?,
        "json_lines" => json_lines(bytes, at, options)?,
        _ => {
            let datum = format(name)?.decode(bytes, options)?.datum;
            frame::record(name, datum, at)
        }
    };
    found.ok_or_else(|| Failure::new("no-record", "The record is not where it should be."))
}

fn csv(bytes: &[u8], at: usize, options: &DecodeOptions) -> Result<Option<Datum>, Failure> {
    let mut decoder = CsvDecoder::new(options)?;
    let mut wanted = Wanted::new(at);
    for piece in bytes.chunks(PIECE) {
        decoder.push(piece, &mut |row| wanted.hear(row))?;
        if wanted.found.is_some() {
            break;
        }
    }
    if wanted.found.is_none() {
        decoder.finish(&mut |row| wanted.hear(row))?;
    }
    let header = decoder.header().unwrap_or_default();
    let record = |row| Datum::map(header.iter().map(String::as_str).zip(row));
    Ok(wanted.found.map(record))
}

fn json_lines(bytes: &[u8], at: usize, options: &DecodeOptions) -> Result<Option<Datum>, Failure> {
    let mut decoder = JsonLinesDecoder::new(options);
    let mut wanted = Wanted::new(at);
    for piece in bytes.chunks(PIECE) {
        decoder.push(piece, &mut |datum| wanted.hear(datum))?;
        if wanted.found.is_some() {
            return Ok(wanted.found);
        }
    }
    decoder.finish(&mut |datum| wanted.hear(datum))?;
    Ok(wanted.found)
}

/// Waits for one of many.
struct Wanted<T> {
    before: usize,
    found: Option<T>,
}

impl<T> Wanted<T> {
    const fn new(at: usize) -> Self {
        Self {
            before: at,
            found: None,
        }
    }

    fn hear(&mut self, item: T) {
        if self.before > 0 {
            self.before -= 1;
        } else if self.found.is_none() {
            self.found = Some(item);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn row(number: i64) -> Datum {
        Datum::map([("a", Datum::Int(number)), ("b", "x".into())])
    }

    #[test]
    fn what_comes_after_the_record_is_not_read_where_the_format_allows() {
        let lines_of =
            |line: &dyn Fn(i64) -> String| (0..3000).map(line).collect::<Vec<_>>().join("\n");
        let csv = format!("a,b\n{}\n1,2,3\n", lines_of(&|at| format!("{at},x")));
        let lines = lines_of(&|at| format!("{{\"a\":{at},\"b\":\"x\"}}"));
        let lines = format!("{lines}\n}}");
        let options = DecodeOptions::default();
        for (name, text) in [("csv", &csv), ("json_lines", &lines)] {
            let read = |at| read_one(name, text.as_bytes(), at, &options);
            assert_eq!(read(0).unwrap(), row(0), "{name}");
            assert_eq!(read(1500).unwrap(), row(1500), "{name}");
            assert!(read(3000).is_err(), "{name}");
        }
        assert!(read_one("yaml", lines.as_bytes(), 0, &options).is_err());
    }

    #[test]
    fn the_last_record_needs_no_line_end_and_one_too_many_is_told() {
        let options = DecodeOptions::default();
        for (name, text) in [
            ("csv", "a,b\n1,x\n2,x"),
            ("json_lines", "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"x\"}"),
        ] {
            let read = |at| read_one(name, text.as_bytes(), at, &options);
            assert_eq!(read(1).unwrap(), row(2), "{name}");
            assert_eq!(read(2).unwrap_err().code, "no-record", "{name}");
        }
    }
}
