//! What a scalar means: the core schema (<https://yaml.org/spec/1.2.2/#103-core-schema>) and the tags beyond it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use num_bigint::BigInt;

use crate::reading::{Reading, clip};
use crate::{Date, DateTime, Datum, ErrorKind, FormatError};

/// The value of a plain scalar without a tag.
pub(super) fn plain(text: &str, reading: &Reading<'_>) -> Result<Datum, FormatError> {
    let found = match text.as_bytes().first() {
        None | Some(b'~' | b'n' | b'N' | b't' | b'T' | b'f' | b'F') => word(text),
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => number(text, reading)?,
        Some(_) => None,
    };
    Ok(found.unwrap_or_else(|| Datum::from(text)))
}

/// Whether a plain scalar of that text would be something else than the text.
pub(super) fn is_taken(text: &str) -> bool {
    // What YAML 1.1 takes for something is quoted too, for those who read with PyYAML.
    const OLD: [&str; 8] = ["y", "n", "yes", "no", "on", "off", "=", "<<"];
    let first = text.as_bytes().first();
    OLD.iter().any(|old| old.eq_ignore_ascii_case(text))
        || word(text).is_some()
        || matches!(first, Some(b'0'..=b'9' | b'+' | b'-' | b'.'))
}

fn word(text: &str) -> Option<Datum> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Datum::Null,
        "true" | "True" | "TRUE" => Datum::Bool(true),
        "false" | "False" | "FALSE" => Datum::Bool(false),
        _ => return None,
    })
}

fn number(text: &str, reading: &Reading<'_>) -> Result<Option<Datum>, FormatError> {
    if let Some(number) = integer(text, reading)? {
        return Ok(Some(number));
    }
    let Some(number) = float(text) else {
        return Ok(None);
    };
    if number.is_infinite() && !text.contains(['i', 'I']) {
        let message = "The number is too large for 64 bits of floating point.";
        return Err(FormatError::new(ErrorKind::Range, message));
    }
    Ok(Some(Datum::Float(number)))
}

fn integer(text: &str, reading: &Reading<'_>) -> Result<Option<Datum>, FormatError> {
    let (digits, radix) = match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
        (Some(digits), _) => (digits, 16),
        (_, Some(digits)) => (digits, 8),
        _ => (text.strip_prefix(['+', '-']).unwrap_or(text), 10),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Ok(None);
    }
    reading.digits(digits.len())?;
    let number = BigInt::parse_bytes(digits.as_bytes(), radix);
    let negative = text.starts_with('-');
    Ok(number.map(|number| Datum::integer(if negative { -number } else { number })))
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, infinities and NaN.
fn float(text: &str) -> Option<f64> {
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    match rest {
        ".inf" | ".Inf" | ".INF" => return Some(sign * f64::INFINITY),
        ".nan" | ".NaN" | ".NAN" => return (rest == text).then_some(f64::NAN),
        _ => {}
    }
    let mut digits = rest
        .bytes()
        .take_while(|b| b.is_ascii_digit() || *b == b'.');
    let has_digit = digits.any(|b| b.is_ascii_digit());
    let is_number = rest
        .bytes()
        .all(|b| b.is_ascii_digit() || b".eE+-".contains(&b));
    if has_digit && is_number {
        text.parse().ok()
    } else {
        None
    }
}

/// The value of a scalar with a tag of YAML's own.
pub(super) fn tagged(
    tag: &str,
    text: &str,
    reading: &Reading<'_>,
) -> Result<Option<Datum>, FormatError> {
    let found = match tag {
        "str" => Some(Datum::from(text)),
        "null" | "bool" => {
            word(text).filter(|datum| matches!(datum, Datum::Null) == (tag == "null"))
        }
        "int" => integer(text, reading)?,
        "float" => match number(text, reading)? {
            Some(Datum::Int(number)) => Some(Datum::Float(number as f64)),
            Some(Datum::Float(number)) => Some(Datum::Float(number)),
            _ => None,
        },
        "binary" => {
            let packed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            STANDARD.decode(packed).ok().map(Datum::Bytes)
        }
        "timestamp" => match Date::parse(text) {
            Some(date) => Some(Datum::Date(date)),
            None => DateTime::parse(text).map(Datum::DateTime),
        },
        _ => return Ok(None),
    };
    match found {
        Some(datum) => Ok(Some(datum)),
        None => {
            let message = format!("\"{}\" is tagged !!{tag}, but is none.", clip(text));
            Err(FormatError::new(ErrorKind::Malformed, message))
        }
    }
}
