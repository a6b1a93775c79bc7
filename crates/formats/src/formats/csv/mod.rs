//! CSV: comma-separated values (RFC 4180), the parsing by `csv-core`.
//!
//! A table is a list of rows: of maps if the first line names the columns, else of lists. Types are not in the bytes: they
//! are guessed, declared or left as text ([`CsvTypes`](crate::CsvTypes)). [`CsvDecoder`] and [`CsvEncoder`] work in pieces.

mod cell;
mod decoder;
mod encoder;
mod sniff;

pub use decoder::{CsvDecoder, Row};
pub use encoder::CsvEncoder;
pub use sniff::sniff;

use crate::map::Keys;
use crate::reading::Reading;
use crate::{
    Datum, DecodeOptions, Decoded, EncodeOptions, Encoded, ErrorKind, Format, FormatError, Map,
};

/// Comma-separated values.
#[derive(Clone, Copy, Debug)]
pub struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn title(&self) -> &'static str {
        "CSV"
    }

    fn media_type(&self) -> &'static str {
        "text/csv"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["csv", "tsv"]
    }

    fn specification(&self) -> &'static str {
        "https://www.rfc-editor.org/rfc/rfc4180"
    }

    fn holds(&self) -> &'static str {
        "A table of texts. Types are guessed or declared on reading; nothing and an empty text look the same."
    }

    fn encode(&self, datum: &Datum, options: &EncodeOptions) -> Result<Encoded, FormatError> {
        let (Datum::List(rows) | Datum::Tuple(rows)) = datum else {
            let message = format!("CSV holds a table: a list of rows, not {}.", datum.kind());
            return Err(FormatError::new(ErrorKind::Unfit, message));
        };
        let mut encoder = CsvEncoder::new(options)?;
        encoder.columns_of(rows)?;
        for row in rows {
            encoder.row(row)?;
        }
        Ok(encoder.finish())
    }

    fn read(&self, bytes: &[u8], options: &DecodeOptions) -> Result<Decoded, FormatError> {
        let mut decoder = CsvDecoder::new(options)?;
        decoder.spans = options.spans.then(Vec::new);
        let mut rows = Vec::new();
        let mut each = |row: Row| rows.push(row);
        decoder.push(bytes, &mut each)?;
        decoder.finish(&mut each)?;
        let columns = decoder.header().map(<[String]>::to_vec);
        let mut spans = decoder.spans.take().unwrap_or_default();
        for span in &mut spans {
            // The parser ends a row at a carriage return; the line feed after it belongs to it. At the end it is given a
            // line feed that is not there.
            let feeds = bytes.get(span.end) == Some(&b'\n') && bytes[span.end - 1] == b'\r';
            span.end = (span.end + usize::from(feeds)).min(bytes.len());
        }
        let notes = decoder.into_notes();
        let datum = match columns {
            None => Datum::List(rows.into_iter().map(Datum::List).collect()),
            Some(columns) => table(&columns, rows, options)?,
        };
        Ok(Decoded {
            datum,
            notes,
            spans,
        })
    }
}

/// Rows as maps from the names of the columns.
fn table(
    columns: &[String],
    rows: Vec<Row>,
    options: &DecodeOptions,
) -> Result<Datum, FormatError> {
    let reading = Reading::new(options);
    reading.room(rows.len().saturating_mul(2 * columns.len() + 1))?;
    let keys = Keys::new(columns.iter().map(|name| name.as_str().into()).collect());
    let maps = rows.into_iter();
    let maps = maps.map(|row| Datum::Map(Map::of(keys.clone(), row)));
    Ok(Datum::List(maps.collect()))
}
