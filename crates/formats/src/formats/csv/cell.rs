//! One cell: what its text means, and what a text may do in a spreadsheet.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use num_bigint::BigInt;

use crate::{ColumnType, Date, DateTime, Datum, Time};

/// The value of a cell of that type, or nothing if the text does not fit the type.
pub(super) fn read(text: &str, kind: ColumnType, digits: usize) -> Option<Datum> {
    if text.is_empty() && kind != ColumnType::Text {
        return Some(Datum::Null);
    }
    match kind {
        ColumnType::Text => Some(Datum::from(text)),
        ColumnType::Guess => Some(guess(text, digits)),
        ColumnType::Int => integer(text, digits),
        ColumnType::Float => float(text),
        ColumnType::Bool => match text {
            "1" => Some(Datum::Bool(true)),
            "0" => Some(Datum::Bool(false)),
            _ if text.eq_ignore_ascii_case("true") => Some(Datum::Bool(true)),
            _ if text.eq_ignore_ascii_case("false") => Some(Datum::Bool(false)),
            _ => None,
        },
        ColumnType::Date => Date::parse(text).map(Datum::Date),
        ColumnType::Time => Time::parse(text).map(Datum::Time),
        ColumnType::DateTime => DateTime::parse(text).map(Datum::DateTime),
        ColumnType::Base64 => STANDARD.decode(text).ok().map(Datum::Bytes),
    }
}

/// The value that a cell's text looks like.
fn guess(text: &str, digits: usize) -> Datum {
    let found = match text.as_bytes()[0] {
        b'0'..=b'9' | b'-' => number(text, digits).or_else(|| moment(text)),
        b't' | b'T' => matches!(text, "true" | "True" | "TRUE").then_some(Datum::Bool(true)),
        b'f' | b'F' => matches!(text, "false" | "False" | "FALSE").then_some(Datum::Bool(false)),
        b'n' | b'i' => float(text),
        _ => None,
    };
    found.unwrap_or_else(|| Datum::from(text))
}

/// A number as this program and Python write them: `007`, `+1`, `.5` and `-0` stay text.
fn number(text: &str, digits: usize) -> Option<Datum> {
    let rest = text.strip_prefix('-').unwrap_or(text);
    let bytes = rest.as_bytes();
    let whole = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    if whole == 0 || whole > 1 && bytes[0] == b'0' {
        return if rest == "inf" { float(text) } else { None };
    }
    if whole == bytes.len() {
        return if text == "-0" {
            None
        } else {
            integer(text, digits)
        };
    }
    if matches!(bytes[whole], b'.' | b'e' | b'E') {
        float(text).filter(|n| matches!(n, Datum::Float(n) if n.is_finite()))
    } else {
        None
    }
}

fn moment(text: &str) -> Option<Datum> {
    match text.as_bytes().get(2) {
        Some(b':') => Time::parse(text).map(Datum::Time),
        _ if text.len() == 10 => Date::parse(text).map(Datum::Date),
        _ if text.len() >= 19 => DateTime::parse(text).map(Datum::DateTime),
        _ => None,
    }
}

fn integer(text: &str, digits: usize) -> Option<Datum> {
    if let Ok(number) = text.parse() {
        return Some(Datum::Int(number));
    }
    if text.len() > digits {
        return None;
    }
    text.parse::<BigInt>().ok().map(Datum::integer)
}

fn float(text: &str) -> Option<Datum> {
    let number = match text {
        "nan" => f64::NAN,
        "inf" => f64::INFINITY,
        "-inf" => f64::NEG_INFINITY,
        _ if text
            .bytes()
            .all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)) =>
        {
            text.parse().ok()?
        }
        _ => return None,
    };
    Some(Datum::Float(number))
}

/// Whether a spreadsheet would run the text as a formula (<https://owasp.org/www-community/attacks/CSV_Injection>).
pub(super) fn is_formula(text: &str) -> bool {
    matches!(
        text.as_bytes().first(),
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn guessed(text: &str) -> Datum {
        guess(text, 4300)
    }

    #[test]
    fn what_is_written_as_a_number_is_one_and_what_is_not_stays_text() {
        assert_eq!(guessed("-12"), Datum::Int(-12));
        assert_eq!(guessed("1e3"), Datum::Float(1000.0));
        assert_eq!(guessed("-0.0"), Datum::Float(-0.0));
        assert_eq!(guessed("-inf"), Datum::Float(f64::NEG_INFINITY));
        assert_eq!(
            guessed("2024-02-29"),
            Datum::Date(Date::new(2024, 2, 29).unwrap())
        );
        for text in [
            "007",
            "+1",
            "-0",
            ".5",
            "1_000",
            "0x10",
            "1e",
            "1e999",
            "-",
            "--1",
            "2024-02-30",
            "null",
            "Infinity",
        ] {
            assert_eq!(guessed(text), Datum::from(text));
        }
    }
}
