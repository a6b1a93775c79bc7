//! JSON (RFC 8259), the parsing by `jiter`.

mod reader;
mod scanner;
mod writer;

pub(super) use reader::document;
pub(super) use writer::{Writer, text};

use crate::reading::Reading;
use crate::{Datum, DecodeOptions, Decoded, EncodeOptions, Encoded, Format, FormatError};

/// JavaScript Object Notation.
#[derive(Clone, Copy, Debug)]
pub struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn title(&self) -> &'static str {
        "JSON"
    }

    fn media_type(&self) -> &'static str {
        "application/json"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn specification(&self) -> &'static str {
        "https://www.rfc-editor.org/rfc/rfc8259"
    }

    fn holds(&self) -> &'static str {
        "Nothing, true and false, numbers of any size, text, lists, and maps by text. No dates, bytes, tuples or sets."
    }

    fn encode(&self, datum: &Datum, options: &EncodeOptions) -> Result<Encoded, FormatError> {
        let mut writer = Writer::new("JSON", options);
        writer.datum(datum, 0)?;
        Ok(writer.finish())
    }

    fn read(&self, bytes: &[u8], options: &DecodeOptions) -> Result<Decoded, FormatError> {
        let mut reading = Reading::new(options);
        let datum = document(bytes, &mut reading, true)?;
        Ok(reading.finish(datum))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn failure(text: &str) -> String {
        let error = Json
            .decode(text.as_bytes(), &DecodeOptions::default())
            .unwrap_err();
        format!("{}: {error}", error.code())
    }

    #[test]
    fn an_error_says_where() {
        assert_eq!(
            failure("{\"ä\": 1,\n \"b\" 2}"),
            "malformed: A colon is missing after the key. (line 2, column 6)"
        );
        assert_eq!(
            failure("[1, 2"),
            "truncated: The bytes end within a list. (line 1, column 6)"
        );
        assert_eq!(
            failure(&"[".repeat(100_000)),
            "limit_depth: The values are nested more than 128 deep. (line 1, column 129)"
        );
        assert!(failure("[1e999]").starts_with("range"));
    }
}
