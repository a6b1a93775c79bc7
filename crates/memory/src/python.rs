//! Values as Python writes them (`repr`), for what is shown of a call.

use core::fmt::Write;

use values::Skeleton;

/// What `repr` gives for this value. Long parts, which are elsewhere, are shown as `<long text>` and `<long bytes>`.
pub fn repr(value: &Skeleton) -> String {
    let mut text = String::new();
    write_repr(&mut text, value, usize::MAX);
    text
}

/// Named values as they stand in a call, `x=1, y='a'`, cut short with `…` behind about this many bytes.
pub fn named(values: &[(String, Skeleton)], most: usize) -> String {
    let mut text = String::new();
    for (at, (name, value)) in values.iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        text.push_str(name);
        text.push('=');
        write_repr(&mut text, value, most);
        if text.len() > most {
            let mut end = most;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
            text.push('…');
            break;
        }
    }
    text
}

/// The names and values that [`named`] wrote into one text.
pub fn split_named(text: &str) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    let (mut begin, mut depth, mut quote, mut escaped) = (0, 0_i32, None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[begin..]);
    parts
        .into_iter()
        .filter_map(|part| {
            let (name, value) = part.trim_start().split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        })
        .collect()
}

/// Writes the value behind the text, and may stop once the text is longer than `most`.
fn write_repr(text: &mut String, value: &Skeleton, most: usize) {
    if text.len() > most {
        return;
    }
    match value {
        Skeleton::Null => text.push_str("None"),
        Skeleton::Bool(true) => text.push_str("True"),
        Skeleton::Bool(false) => text.push_str("False"),
        Skeleton::Int(number) => {
            let _ = write!(text, "{number}");
        }
        Skeleton::Float(number) => text.push_str(&float(*number)),
        Skeleton::Str(string) => write_str(text, string),
        Skeleton::Bytes(bytes) => write_bytes(text, bytes),
        Skeleton::LongStr(_) => text.push_str("<long text>"),
        Skeleton::LongBytes(_) => text.push_str("<long bytes>"),
        Skeleton::List(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push_str(", ");
                }
                write_repr(text, item, most);
                if text.len() > most {
                    return;
                }
            }
            text.push(']');
        }
        Skeleton::Map(entries) => {
            text.push('{');
            for (at, (name, item)) in entries.iter().enumerate() {
                if at > 0 {
                    text.push_str(", ");
                }
                write_str(text, name);
                text.push_str(": ");
                write_repr(text, item, most);
                if text.len() > most {
                    return;
                }
            }
            text.push('}');
        }
    }
}

/// The shortest digits that read back as the number, with an exponent below 1e-4 and from 1e16
/// (<https://docs.python.org/3/library/stdtypes.html#float.hex> names the rule `repr`).
fn float(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    if number == 0.0 {
        return if number.is_sign_negative() {
            "-0.0"
        } else {
            "0.0"
        }
        .to_owned();
    }
    let magnitude = number.abs();
    if (1e-4..1e16).contains(&magnitude) {
        return format!("{number:?}");
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{digits}e{sign}{exponent:0>2}")
}

fn quote_for(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

pub(crate) fn write_str(text: &mut String, string: &str) {
    let quote = quote_for(string.contains('\''), string.contains('"'));
    text.push(quote);
    for c in string.chars() {
        match c {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\\' => text.push_str("\\\\"),
            c if c == quote => {
                text.push('\\');
                text.push(c);
            }
            c if c.is_ascii() && !c.is_ascii_control() => text.push(c),
            c if !c.is_ascii() && is_printable(c) => text.push(c),
            c => {
                let code = u32::from(c);
                let _ = match code {
                    0..=0xff => write!(text, "\\x{code:02x}"),
                    0x100..=0xffff => write!(text, "\\u{code:04x}"),
                    _ => write!(text, "\\U{code:08x}"),
                };
            }
        }
    }
    text.push(quote);
}

/// As Python's `str.isprintable`: by the character's category. `escape_debug` goes by the same categories, and leaves combining
/// characters as they are when they follow another.
fn is_printable(c: char) -> bool {
    let pair: String = ['a', c].into_iter().collect();
    !pair.escape_debug().any(|escaped| escaped == '{')
}

pub(crate) fn write_bytes(text: &mut String, bytes: &[u8]) {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    text.push('b');
    text.push(quote);
    for byte in bytes {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            b'\\' => text.push_str("\\\\"),
            byte if char::from(*byte) == quote => {
                text.push('\\');
                text.push(quote);
            }
            0x20..=0x7e => text.push(char::from(*byte)),
            byte => {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    text.push(quote);
}
