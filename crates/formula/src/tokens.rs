//! A line becomes tokens.

use values::Value;

use crate::error::{FormulaError, Kind, Place};

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    /// A number or a text.
    Value(Value),
    /// A name or a word.
    Name(String),
    /// A sign, such as `//`.
    Sign(&'static str),
}

/// A token and where it begins.
pub(crate) type Placed = (Token, Place);

/// The signs, longer ones first.
const SIGNS: [&str; 13] = [
    "**", "//", "+", "-", "*", "/", "%", "(", ")", ",", "=", ":", ".",
];

/// The tokens of a line. `place` is where it begins; a comment ends it.
pub(crate) fn tokens(line: &str, place: Place) -> Result<Vec<Placed>, FormulaError> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = line[at..].chars().next() {
        let here = Place {
            offset: place.offset + at,
            column: place.column + line[..at].chars().count() as u32,
            line: place.line,
        };
        let rest = &line[at..];
        let fault = |message: &str| Err(FormulaError::new(Kind::Syntax, here, message));
        if first == '#' {
            break;
        }
        if first == ' ' {
            at += 1;
            continue;
        }
        let length = if first.is_ascii_digit() || is_fraction(rest) {
            let length = number_length(rest);
            found.push((Token::Value(number(&rest[..length], here)?), here));
            length
        } else if first.is_alphabetic() || first == '_' {
            let is_part = |sign: char| sign.is_alphanumeric() || sign == '_';
            let length = rest.find(|sign| !is_part(sign)).unwrap_or(rest.len());
            found.push((Token::Name(rest[..length].to_owned()), here));
            length
        } else if first == '"' || first == '\'' {
            let Some(length) = rest[1..].find(first) else {
                return fault("This text has no closing quote on its line.");
            };
            let text = &rest[1..=length];
            if text.contains('\\') {
                return fault(
                    "Escapes (a backslash in a text) are not part of this page’s Python.",
                );
            }
            // Texts side by side are one text.
            match found.last_mut() {
                Some((Token::Value(Value::Str(before)), _)) => before.push_str(text),
                _ => found.push((Token::Value(Value::from(text)), here)),
            }
            length + 2
        } else if first == '\t' {
            return fault("There is a tab: indent with spaces.");
        } else if rest.starts_with("==") || matches!(first, '<' | '>' | '!') {
            return fault("Comparisons are not part of this page’s Python.");
        } else if matches!(first, '[' | ']' | '{' | '}') {
            return fault("Lists and dicts are not part of this page’s Python.");
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            found.push((Token::Sign(sign), here));
            sign.len()
        } else {
            return fault(&format!(
                "The sign {first} is not part of this page’s Python."
            ));
        };
        at += length;
    }
    Ok(found)
}

fn is_fraction(rest: &str) -> bool {
    let mut signs = rest.chars();
    signs.next() == Some('.') && signs.next().is_some_and(|sign| sign.is_ascii_digit())
}

/// How long the number is with which this begins; with what is wrongly attached to it.
fn number_length(rest: &str) -> usize {
    let mut before = ' ';
    for (at, sign) in rest.char_indices() {
        let is_part = sign.is_alphanumeric()
            || matches!(sign, '.' | '_')
            || matches!(sign, '+' | '-') && matches!(before, 'e' | 'E');
        if !is_part {
            return at;
        }
        before = sign;
    }
    rest.len()
}

fn number(text: &str, place: Place) -> Result<Value, FormulaError> {
    let fault = |kind, message| FormulaError::new(kind, place, message);
    let wrong = || fault(Kind::Syntax, format!("{text} is not a number."));
    if text.starts_with('_') || text.ends_with('_') || text.contains("__") {
        return Err(wrong());
    }
    let digits = text.replace('_', "");
    if digits.bytes().all(|digit| digit.is_ascii_digit()) {
        if digits.len() > 1 && digits.starts_with('0') && digits.bytes().any(|digit| digit != b'0')
        {
            return Err(fault(
                Kind::Syntax,
                format!("{text} begins with a zero: Python does not allow that."),
            ));
        }
        let too_large = |_| {
            fault(
                Kind::Arithmetic,
                format!("{text} is too large: whole numbers have 64 bits here."),
            )
        };
        return digits.parse().map(Value::Int).map_err(too_large);
    }
    let is_plain =
        |sign: u8| sign.is_ascii_digit() || matches!(sign, b'.' | b'e' | b'E' | b'+' | b'-');
    if !digits.bytes().all(is_plain) {
        return Err(wrong());
    }
    digits.parse().map(Value::Float).map_err(|_| wrong())
}
