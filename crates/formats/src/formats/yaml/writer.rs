//! Writing YAML in block style; every text that could be taken for something else is quoted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::scalar::is_taken;
use crate::writing::Writing;
use crate::{Datum, EncodeOptions, Encoded, FormatError, Map};

pub(super) fn write(datum: &Datum, options: &EncodeOptions) -> Result<Encoded, FormatError> {
    let mut writer = Writer {
        writing: Writing::new("YAML", options),
        text: String::new(),
    };
    writer.node(datum, 0, true)?;
    Ok(Encoded {
        bytes: writer.text.into_bytes(),
        notes: writer.writing.notes.into_vec(),
    })
}

struct Writer<'a> {
    writing: Writing<'a>,
    text: String,
}

impl Writer<'_> {
    /// Writes a value and the end of its line. `fresh` if it stands where a list or a map may begin on this line: at the
    /// beginning, or after `- ` or `? `, which indents it already.
    fn node(&mut self, datum: &Datum, depth: usize, fresh: bool) -> Result<(), FormatError> {
        match datum {
            Datum::List(items) => self.list(items, depth + 1, fresh),
            Datum::Tuple(items) => {
                self.writing
                    .change("tuple_as_list", datum.kind(), "a list")?;
                self.list(items, depth + 1, fresh)
            }
            Datum::Set(items) => self.set(items, depth + 1, fresh),
            Datum::Map(entries) => self.map(entries, depth + 1, fresh),
            _ => {
                self.scalar(datum)?;
                self.text.push('\n');
                Ok(())
            }
        }
    }

    /// Begins an entry of the collection of that depth on a line of its own, or on this one if it is the first and may.
    fn entry(&mut self, depth: usize, on_this_line: bool) {
        if !on_this_line {
            for _ in 1..depth {
                self.text.push_str("  ");
            }
        }
    }

    fn list(&mut self, items: &[Datum], depth: usize, fresh: bool) -> Result<(), FormatError> {
        self.writing.depth(depth)?;
        if items.is_empty() {
            self.text.push_str("[]\n");
            return Ok(());
        }
        if !fresh {
            self.text.push('\n');
        }
        for (place, item) in items.iter().enumerate() {
            self.entry(depth, fresh && place == 0);
            self.text.push_str("- ");
            self.node(item, depth, true)?;
        }
        Ok(())
    }

    fn set(&mut self, items: &[Datum], depth: usize, _fresh: bool) -> Result<(), FormatError> {
        self.writing.depth(depth)?;
        if items.is_empty() {
            self.text.push_str("!!set {}\n");
            return Ok(());
        }
        self.text.push_str("!!set\n");
        for item in items {
            self.entry(depth, false);
            self.text.push_str("? ");
            self.node(item, depth, true)?;
        }
        Ok(())
    }

    fn map(&mut self, entries: &Map, depth: usize, fresh: bool) -> Result<(), FormatError> {
        self.writing.depth(depth)?;
        if entries.is_empty() {
            self.text.push_str("{}\n");
            return Ok(());
        }
        if !fresh {
            self.text.push('\n');
        }
        for (place, (key, value)) in entries.iter().enumerate() {
            self.entry(depth, fresh && place == 0);
            if is_simple(key) {
                self.scalar(key)?;
                self.text.push_str(": ");
                self.node(value, depth, false)?;
            } else {
                self.text.push_str("? ");
                self.node(key, depth, true)?;
                self.entry(depth, false);
                self.text.push_str(": ");
                self.node(value, depth, true)?;
            }
        }
        Ok(())
    }

    fn scalar(&mut self, datum: &Datum) -> Result<(), FormatError> {
        let text = match datum {
            Datum::Bool(value) => value.to_string(),
            Datum::Int(number) => number.to_string(),
            Datum::BigInt(number) => number.to_string(),
            Datum::Float(number) if number.is_nan() => ".nan".to_owned(),
            Datum::Float(number) if number.is_infinite() => {
                if *number > 0.0 { ".inf" } else { "-.inf" }.to_owned()
            }
            Datum::Float(number) => float(*number),
            Datum::Bytes(bytes) => format!("!!binary \"{}\"", STANDARD.encode(bytes)),
            Datum::Date(date) => format!("!!timestamp {date}"),
            Datum::DateTime(moment) => format!("!!timestamp {moment}"),
            Datum::Time(_) => quoted(&self.writing.as_text(datum)?),
            Datum::Str(text) => quoted(text),
            _ => "null".to_owned(),
        };
        self.text.push_str(&text);
        Ok(())
    }
}

/// The shortest text of a float, with a dot before its exponent: YAML 1.1 takes `1e16` for a text.
fn float(number: f64) -> String {
    let text = crate::writing::float(number);
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let dot = if digits.contains('.') { "" } else { ".0" };
            let sign = if exponent.starts_with(['-', '+']) {
                ""
            } else {
                "+"
            };
            format!("{digits}{dot}e{sign}{exponent}")
        }
        None => text,
    }
}

/// Whether a key can stand before its colon: a scalar of one line and at most 1024 characters.
fn is_simple(key: &Datum) -> bool {
    match key {
        Datum::Str(text) => text.len() < 200,
        Datum::Bytes(bytes) => bytes.len() < 200,
        Datum::BigInt(number) => number.bits() < 2000,
        Datum::List(_) | Datum::Tuple(_) | Datum::Set(_) | Datum::Map(_) => false,
        _ => true,
    }
}

/// The text as it stands if that is safe, else in double quotes.
fn quoted(text: &str) -> String {
    let safe =
        |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '/' | '@' | '+');
    let mut characters = text.chars();
    let begins = characters
        .next()
        .is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '/');
    if begins
        && text.chars().all(safe)
        && !text.ends_with(' ')
        && text.len() < 1000
        && !is_taken(text)
    {
        return text.to_owned();
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            // Not printable, as YAML has it, or taken for line ends by YAML 1.1.
            '\0'..='\x1f'
            | '\x7f'..='\u{a0}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
