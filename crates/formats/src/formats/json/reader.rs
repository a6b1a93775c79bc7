//! Reading JSON with `jiter`.

use jiter::{Jiter, JiterError, JiterErrorType, JsonErrorType, NumberAny, NumberInt, Peek};

use super::scanner::Scanner;
use crate::reading::Reading;
use crate::{Datum, ErrorKind, FormatError, Position};

/// Reads a whole document of UTF-8, whose elements or entries may be the records.
pub(in crate::formats) fn document(
    bytes: &[u8],
    reading: &mut Reading<'_>,
    has_records: bool,
) -> Result<Datum, FormatError> {
    let records_at = usize::from(has_records);
    if !reading.options.json_non_finite
        && let Ok(text) = core::str::from_utf8(bytes)
    {
        let before = reading.state();
        let mut scanner = Scanner {
            text,
            at: 0,
            reading,
            records_at,
        };
        if let Some(datum) = scanner.document() {
            return Ok(datum);
        }
        reading.reset(before);
    }
    let mut jiter = Jiter::new(bytes);
    if reading.options.json_non_finite {
        jiter = jiter.with_allow_inf_nan();
    }
    let mut reader = Reader {
        jiter,
        bytes,
        reading,
        records_at,
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
