//! JSON (RFC 8259), the parsing by `jiter`.

use std::sync::Arc;

use jiter::{Jiter, JiterError, JiterErrorType, JsonErrorType, NumberAny, NumberInt, Peek};

use crate::key_cache::{KeyCache, Names};
use crate::reading::Reading;
use crate::writing::Writing;
use crate::{
    Datum, DecodeOptions, Decoded, EncodeOptions, Encoded, ErrorKind, Format, FormatError, Map,
    Position,
};

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

/// The value as JSON in one line; what JSON cannot hold is converted without a note.
pub(super) fn text(datum: &Datum, options: &EncodeOptions) -> Result<String, FormatError> {
    let mut writer = Writer::in_one_line("JSON", options);
    writer.datum(datum, 0)?;
    String::from_utf8(writer.bytes)
        .map_err(|_| FormatError::new(ErrorKind::Encoding, "JSON came out as bytes."))
}

/// Reads a whole document of UTF-8, whose elements or entries may be the records.
pub(super) fn document(
    bytes: &[u8],
    reading: &mut Reading<'_>,
    has_records: bool,
) -> Result<Datum, FormatError> {
    let mut jiter = Jiter::new(bytes);
    if reading.options.json_non_finite {
        jiter = jiter.with_allow_inf_nan();
    }
    let mut reader = Reader {
        jiter,
        bytes,
        reading,
        records_at: usize::from(has_records),
    };
    let peek = reader.jiter.peek();
    let peek = reader.known(peek)?;
    let start = reader.jiter.current_index();
    let datum = reader.value(peek, 1)?;
    if has_records && !matches!(datum, Datum::List(_) | Datum::Map(_)) {
        let end = reader.jiter.current_index();
        reader.reading.record(start..end);
    }
    let end = reader.jiter.finish();
    reader.known(end)?;
    Ok(datum)
}

struct Reader<'a, 'b, 'c> {
    jiter: Jiter<'a>,
    bytes: &'a [u8],
    reading: &'b mut Reading<'c>,
    /// The depth of the list or the map of which the parts are records.
    records_at: usize,
}

impl Reader<'_, '_, '_> {
    fn value(&mut self, peek: Peek, depth: usize) -> Result<Datum, FormatError> {
        let start = self.jiter.current_index();
        self.reading
            .item()
            .map_err(|e| e.at(Position::in_text(self.bytes, start)))?;
        match peek {
            Peek::Null => {
                let result = self.jiter.known_null();
                self.known(result).map(|()| Datum::Null)
            }
            Peek::True | Peek::False => {
                let result = self.jiter.known_bool(peek);
                self.known(result).map(Datum::Bool)
            }
            Peek::String => self.string(),
            Peek::Array => {
                self.depth(depth)?;
                let mut items = Vec::new();
                let mut next = self.jiter.known_array();
                while let Some(peek) = self.known(next)? {
                    let start = self.jiter.current_index();
                    items.push(self.value(peek, depth + 1)?);
                    if depth == self.records_at {
                        self.reading.record(start..self.jiter.current_index());
                    }
                    next = self.jiter.array_step();
                }
                Ok(Datum::List(items))
            }
            Peek::Object => {
                self.depth(depth)?;
                self.object(start, depth)
            }
            _ => self.number(peek, start),
        }
    }

    fn string(&mut self) -> Result<Datum, FormatError> {
        match self.jiter.known_str() {
            Ok(text) => Ok(Datum::from(text)),
            Err(error) => Err(self.error(&error)),
        }
    }

    fn object(&mut self, start: usize, depth: usize) -> Result<Datum, FormatError> {
        let mut fields = self.reading.begin_map(depth, 0);
        let mut before = start;
        let mut is_first = true;
        loop {
            let key = if is_first {
                self.jiter.known_object()
            } else {
                self.jiter.next_key()
            };
            is_first = false;
            match key {
                Ok(None) => break,
                Ok(Some(name)) => self.reading.text_key(&mut fields, name),
                Err(error) => return Err(self.error(&error)),
            }
            let peek = self.jiter.peek();
            let peek = self.known(peek)?;
            self.reading.item()?;
            fields.value(self.value(peek, depth + 1)?);
            if depth == self.records_at {
                let after = self.jiter.current_index();
                let separates = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'{' | b',');
                let blanks = self.bytes[before..].iter().take_while(|b| separates(b));
                self.reading.record(before + blanks.count()..after);
                before = after;
            }
        }
        let bytes = self.bytes;
        self.reading
            .end_map(fields, || Some(Position::in_text(bytes, start)))
    }

    fn number(&mut self, peek: Peek, start: usize) -> Result<Datum, FormatError> {
        let result = self.jiter.known_number(peek);
        let number = match result {
            Ok(number) => number,
            Err(error) => return Err(self.error(&error)),
        };
        let here = || Position::in_text(self.bytes, start);
        match number {
            NumberAny::Int(NumberInt::Int(number)) => Ok(Datum::Int(number)),
            NumberAny::Int(NumberInt::BigInt(number)) => {
                let digits = self.jiter.current_index() - start;
                self.reading.digits(digits).map_err(|e| e.at(here()))?;
                Ok(Datum::integer(number))
            }
            NumberAny::Float(number)
                if number.is_infinite()
                    && !matches!(self.bytes[start..], [b'I' | b'-', b'n' | b'I', ..]) =>
            {
                let message = "The number is too large for 64 bits of floating point.";
                Err(FormatError::new(ErrorKind::Range, message).at(here()))
            }
            NumberAny::Float(number) => Ok(Datum::Float(number)),
        }
    }

    fn depth(&self, depth: usize) -> Result<(), FormatError> {
        let here = || Position::in_text(self.bytes, self.jiter.current_index());
        self.reading.depth(depth).map_err(|error| error.at(here()))
    }

    fn known<T>(&self, result: Result<T, JiterError>) -> Result<T, FormatError> {
        result.map_err(|error| self.error(&error))
    }

    fn error(&self, error: &JiterError) -> FormatError {
        let (kind, message) = match &error.error_type {
            JiterErrorType::JsonError(kind) => describe(kind),
            JiterErrorType::WrongType { .. } => (ErrorKind::Malformed, "There is no value here."),
        };
        FormatError::new(kind, message).at(Position::in_text(self.bytes, error.index))
    }
}

fn describe(error: &JsonErrorType) -> (ErrorKind, &'static str) {
    use JsonErrorType as E;
    match error {
        E::EofWhileParsingList => (ErrorKind::Truncated, "The bytes end within a list."),
        E::EofWhileParsingObject => (ErrorKind::Truncated, "The bytes end within a map."),
        E::EofWhileParsingString => (ErrorKind::Truncated, "The bytes end within a text."),
        E::EofWhileParsingValue => (
            ErrorKind::Truncated,
            "The bytes end where a value should be.",
        ),
        E::ExpectedColon => (ErrorKind::Malformed, "A colon is missing after the key."),
        E::ExpectedListCommaOrEnd => (
            ErrorKind::Malformed,
            "A comma or the end of the list is missing.",
        ),
        E::ExpectedObjectCommaOrEnd => (
            ErrorKind::Malformed,
            "A comma or the end of the map is missing.",
        ),
        E::ExpectedSomeIdent => (
            ErrorKind::Malformed,
            "Only true, false and null are written without quotes.",
        ),
        E::InvalidEscape => (
            ErrorKind::Malformed,
            "There is no such escape after a backslash.",
        ),
        E::InvalidNumber => (
            ErrorKind::Malformed,
            "This is not a number as JSON writes them.",
        ),
        E::NumberOutOfRange => (ErrorKind::LimitDigits, "The number has too many digits."),
        E::InvalidUnicodeCodePoint => (
            ErrorKind::Malformed,
            "The escape is not a character of Unicode.",
        ),
        E::ControlCharacterWhileParsingString => (
            ErrorKind::Malformed,
            "A control character within a text must be escaped.",
        ),
        E::KeyMustBeAString => (ErrorKind::Malformed, "A key must be a text in quotes."),
        E::LoneLeadingSurrogateInHexEscape | E::UnexpectedEndOfHexEscape => (
            ErrorKind::Malformed,
            "The escape is half a character: its other surrogate is missing.",
        ),
        E::TrailingComma => (
            ErrorKind::Malformed,
            "There is a comma after the last value.",
        ),
        E::TrailingCharacters => (
            ErrorKind::Malformed,
            "There is something after the end of the value.",
        ),
        E::RecursionLimitExceeded => (ErrorKind::LimitDepth, "The values are nested too deep."),
        _ => (ErrorKind::Malformed, "There is no value here."),
    }
}

/// Writes JSON.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    pub(super) writing: Writing<'a>,
    pub(super) bytes: Vec<u8>,
    indent: Option<u8>,
    /// Keys with their quotes and colons.
    names: KeyCache,
}

impl<'a> Writer<'a> {
    pub(super) fn new(format: &'static str, options: &'a EncodeOptions) -> Self {
        Self {
            writing: Writing::new(format, options),
            bytes: Vec::new(),
            indent: options.json_indent,
            names: KeyCache::default(),
        }
    }

    /// One that breaks no lines, whatever the options say.
    pub(super) fn in_one_line(format: &'static str, options: &'a EncodeOptions) -> Self {
        Self {
            indent: None,
            ..Self::new(format, options)
        }
    }

    pub(super) fn finish(self) -> Encoded {
        Encoded {
            bytes: self.bytes,
            notes: self.writing.notes.into_vec(),
        }
    }

    pub(super) fn datum(&mut self, datum: &Datum, depth: usize) -> Result<(), FormatError> {
        match datum {
            Datum::Null => self.raw("null"),
            Datum::Bool(true) => self.raw("true"),
            Datum::Bool(false) => self.raw("false"),
            Datum::Int(number) => self.raw(itoa::Buffer::new().format(*number)),
            Datum::BigInt(number) => self.raw(&number.to_string()),
            Datum::Float(number) if number.is_finite() => {
                self.raw(zmij::Buffer::new().format_finite(*number));
            }
            Datum::Float(number) => self.non_finite(*number)?,
            Datum::Str(text) => self.string(text)?,
            Datum::Bytes(_) | Datum::DateTime(_) | Datum::Date(_) | Datum::Time(_) => {
                let text = self.writing.as_text(datum)?;
                self.string(&text)?;
            }
            Datum::List(items) => self.list(items, depth + 1)?,
            Datum::Tuple(items) => {
                self.writing
                    .change("tuple_as_list", datum.kind(), "a list")?;
                self.list(items, depth + 1)?;
            }
            Datum::Set(items) => {
                self.writing.change("set_as_list", datum.kind(), "a list")?;
                self.list(items, depth + 1)?;
            }
            Datum::Map(entries) => self.map(entries, depth + 1)?,
        }
        Ok(())
    }

    fn raw(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn non_finite(&mut self, number: f64) -> Result<(), FormatError> {
        if self.writing.options.json_non_finite {
            self.raw(match number {
                n if n.is_nan() => "NaN",
                n if n > 0.0 => "Infinity",
                _ => "-Infinity",
            });
            return Ok(());
        }
        let what = "a number that is not finite";
        self.writing
            .change("not_finite_as_null", what, "null, as JavaScript does")?;
        self.raw("null");
        Ok(())
    }

    #[inline]
    fn string(&mut self, text: &str) -> Result<(), FormatError> {
        if !is_plain(text.as_bytes()) {
            return serde_json::to_writer(&mut self.bytes, text)
                .map_err(|error| FormatError::new(ErrorKind::Unfit, error.to_string()));
        }
        self.bytes.reserve(text.len() + 2);
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(b'"');
        Ok(())
    }

    /// Writes a text as a key.
    fn name(&mut self, name: &str) -> Result<(), FormatError> {
        self.string(name)?;
        let colon: &[u8] = if self.indent.is_some() { b": " } else { b":" };
        self.bytes.extend_from_slice(colon);
        Ok(())
    }

    /// The keys of a map as they are written, if all are texts.
    fn names(&mut self, map: &Map) -> Result<Option<Arc<Names>>, FormatError> {
        if let Some(names) = self.names.find(map) {
            return Ok(Some(names));
        }
        let mut names = Names::default();
        let start = self.bytes.len();
        for key in map.keys() {
            let Some(text) = key.as_str() else {
                return Ok(None);
            };
            self.name(text)?;
            names.add(|bytes| bytes.extend(self.bytes.drain(start..)));
        }
        Ok(Some(self.names.keep(map, names)))
    }

    fn line(&mut self, depth: usize) {
        if let Some(indent) = self.indent {
            self.bytes.push(b'\n');
            let width = self.bytes.len() + usize::from(indent) * depth;
            self.bytes.resize(width, b' ');
        }
    }

    fn list(&mut self, items: &[Datum], depth: usize) -> Result<(), FormatError> {
        self.writing.depth(depth)?;
        self.bytes.push(b'[');
        for (place, item) in items.iter().enumerate() {
            self.next(place, depth);
            self.datum(item, depth)?;
        }
        if !items.is_empty() {
            self.line(depth - 1);
        }
        self.bytes.push(b']');
        Ok(())
    }

    fn map(&mut self, entries: &Map, depth: usize) -> Result<(), FormatError> {
        self.writing.depth(depth)?;
        self.bytes.push(b'{');
        if let Some(names) = self.names(entries)? {
            for (place, (name, value)) in names.iter().zip(entries.values()).enumerate() {
                self.next(place, depth);
                self.bytes.extend_from_slice(name);
                self.datum(value, depth)?;
            }
        } else {
            self.converted(entries, depth)?;
        }
        if !entries.is_empty() {
            self.line(depth - 1);
        }
        self.bytes.push(b'}');
        Ok(())
    }

    /// The entries of a map of which not all keys are texts.
    fn converted(&mut self, entries: &Map, depth: usize) -> Result<(), FormatError> {
        for (place, (key, value)) in entries.iter().enumerate() {
            self.next(place, depth);
            let name = self.writing.key(key)?;
            self.name(&name)?;
            self.datum(value, depth)?;
        }
        let names = entries.keys().iter().map(|key| self.writing.key(key));
        let names = names.collect::<Result<Vec<_>, _>>()?;
        self.writing.distinct(names.iter().map(AsRef::as_ref))
    }

    /// What stands before a part of a list or a map.
    #[inline]
    fn next(&mut self, place: usize, depth: usize) {
        if place > 0 {
            self.bytes.push(b',');
        }
        self.line(depth);
    }
}

/// Whether JSON writes these bytes of a text as they are.
#[inline]
fn is_plain(bytes: &[u8]) -> bool {
    // Without a branch for each byte, so that sixteen are looked at together.
    let special =
        |byte: u8| u8::from(byte < 0x20) | u8::from(byte == b'"') | u8::from(byte == b'\\');
    let any = |bytes: &[u8]| bytes.iter().fold(0, |any, &byte| any | special(byte)) != 0;
    let (chunks, rest) = bytes.as_chunks::<16>();
    !chunks.iter().any(|chunk| any(chunk)) && !any(rest)
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
