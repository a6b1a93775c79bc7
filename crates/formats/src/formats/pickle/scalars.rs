//! The instructions that push a number, a text or bytes.

use super::input::Input;
use super::{op, text};
use crate::reading::{Reading, clip};
use crate::{Datum, ErrorKind, FormatError, Position};

/// A number as a line of text.
pub(super) fn decimal(
    code: u8,
    input: &mut Input<'_>,
    reading: &Reading<'_>,
) -> Result<Datum, FormatError> {
    let line = core::str::from_utf8(input.line()?).unwrap_or_default();
    let datum = match code {
        op::INT if line == "00" => Some(Datum::Bool(false)),
        op::INT if line == "01" => Some(Datum::Bool(true)),
        op::FLOAT => line.trim().parse().ok().map(Datum::Float),
        _ => {
            let text = line.trim();
            let text = text.strip_suffix('L').unwrap_or(text);
            reading.digits(text.len())?;
            text.parse().ok().map(Datum::integer)
        }
    };
    datum.ok_or_else(|| {
        let message = format!("\"{}\" is not a number.", clip(line));
        FormatError::new(ErrorKind::Malformed, message)
    })
}

/// A whole number of any size as bytes.
pub(super) fn long(
    code: u8,
    input: &mut Input<'_>,
    reading: &Reading<'_>,
) -> Result<Datum, FormatError> {
    let bytes = input.counted(if code == op::LONG1 { 1 } else { 4 })?;
    // A byte is 2.41 decimal digits.
    reading.digits(bytes.len().saturating_mul(241) / 100)?;
    Ok(text::long(bytes))
}

/// A text as a line.
pub(super) fn line(
    code: u8,
    input: &mut Input<'_>,
    reading: &mut Reading<'_>,
) -> Result<Datum, FormatError> {
    let start = input.at();
    let line = input.line()?;
    if code == op::STRING {
        return match text::quoted(line) {
            Some(bytes) => Ok(python2(&bytes, start, reading)),
            None => Err(FormatError::new(
                ErrorKind::Malformed,
                "A text has no quotes or a wrong escape.",
            )),
        };
    }
    text::raw_unicode(line)
        .map(Datum::from)
        .ok_or_else(|| FormatError::new(ErrorKind::Malformed, "A text has a wrong escape."))
}

/// A `str` of Python 2: text if it is ASCII, else bytes.
pub(super) fn python2(bytes: &[u8], place: usize, reading: &mut Reading<'_>) -> Datum {
    if bytes.is_ascii()
        && let Ok(text) = core::str::from_utf8(bytes)
    {
        return Datum::from(text);
    }
    reading.notes.add("python2_str_as_bytes", || {
        let message = "A text of Python 2 that is not ASCII is read as bytes.";
        (message.to_owned(), Some(Position::offset(place)))
    });
    Datum::Bytes(bytes.to_vec())
}

/// A text in UTF-8.
#[inline]
pub(super) fn unicode(bytes: &[u8]) -> Result<Datum, FormatError> {
    match core::str::from_utf8(bytes) {
        Ok(text) => Ok(Datum::from(text)),
        Err(_) => Err(FormatError::new(
            ErrorKind::Encoding,
            "A text is not UTF-8; it may hold half a character (a lone surrogate).",
        )),
    }
}

/// A place in the memo, as a line.
pub(super) fn place(input: &mut Input<'_>) -> Result<u64, FormatError> {
    let line = core::str::from_utf8(input.line()?).unwrap_or_default();
    line.parse()
        .map_err(|_| FormatError::new(ErrorKind::Malformed, "A place in the memo is not a number."))
}
