//! The texts of protocol 0, and whole numbers as bytes.

use num_bigint::BigInt;

use crate::Datum;

/// Reads a text as Python 2's `repr` writes it: `'a\x00\n'`.
pub(super) fn quoted(line: &[u8]) -> Option<Vec<u8>> {
    let (&quote, rest) = line.split_first()?;
    let (&end, inner) = rest.split_last()?;
    if quote != end || !matches!(quote, b'\'' | b'"') {
        return None;
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.iter();
    while let Some(&byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let escaped = *rest.next()?;
        let byte = match escaped {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'v' => 11,
            b'x' => {
                let digits = rest.as_slice().get(..2)?;
                rest = rest.as_slice()[2..].iter();
                hex(digits)? as u8
            }
            b'0'..=b'7' => {
                let more = rest.as_slice().iter().take(2);
                let more = more.take_while(|b| (b'0'..=b'7').contains(b)).count();
                let digits = rest.as_slice()[..more].iter();
                let number = digits.fold(u32::from(escaped - b'0'), |n, b| {
                    n * 8 + u32::from(b - b'0')
                });
                rest = rest.as_slice()[more..].iter();
                number as u8
            }
            b'\\' | b'\'' | b'"' => escaped,
            _ => {
                bytes.push(b'\\');
                escaped
            }
        };
        bytes.push(byte);
    }
    Some(bytes)
}

/// Reads a text in Python's `raw-unicode-escape`: Latin-1 with `\uXXXX` and `\UXXXXXXXX`.
pub(super) fn raw_unicode(line: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    // The first half of a pair of surrogates, as Python 2 on Windows writes them.
    let mut high = None;
    while let Some((&byte, after)) = rest.split_first() {
        let width = match (byte, after.first()) {
            (b'\\', Some(b'u')) => 4,
            (b'\\', Some(b'U')) => 8,
            _ => 0,
        };
        let number = if width > 0 {
            rest = after.get(1 + width..)?;
            hex(&after[1..=width])?
        } else {
            if byte == b'\\' && after.first() == Some(&b'\\') && high.is_none() {
                // The second backslash of a pair begins nothing.
                text.push_str("\\\\");
                rest = &after[1..];
                continue;
            }
            rest = after;
            u32::from(byte)
        };
        match (high.take(), number) {
            (None, 0xd800..=0xdbff) => high = Some(number),
            (None, _) => text.push(char::from_u32(number)?),
            (Some(high), 0xdc00..=0xdfff) => {
                let number = 0x10000 + ((high - 0xd800) << 10) + (number - 0xdc00);
                text.push(char::from_u32(number)?);
            }
            (Some(_), _) => return None,
        }
    }
    high.is_none().then_some(text)
}

/// Writes a text in `raw-unicode-escape`, with what would end the line escaped, as CPython does in protocol 0.
pub(super) fn to_raw_unicode(text: &str, bytes: &mut Vec<u8>) {
    for character in text.chars() {
        match (character, u32::from(character)) {
            ('\\' | '\0' | '\n' | '\r' | '\x1a', code) | (_, code @ 0x100..=0xffff) => {
                bytes.extend_from_slice(format!("\\u{code:04x}").as_bytes());
            }
            (_, code @ 0..=0xff) => bytes.push(code as u8),
            (_, code) => bytes.extend_from_slice(format!("\\U{code:08x}").as_bytes()),
        }
    }
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |number, &digit| {
        Some((number << 4) | char::from(digit).to_digit(16)?)
    })
}

/// A whole number from its two's complement, lowest byte first.
pub(super) fn long(bytes: &[u8]) -> Datum {
    Datum::integer(BigInt::from_signed_bytes_le(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn texts_of_protocol_0_read_as_python_writes_them() {
        assert_eq!(quoted(b"'a\\x00\\n\\'\\\\\\101'").unwrap(), b"a\0\n'\\A");
        assert_eq!(quoted(b"'a"), None);
        assert_eq!(raw_unicode(b"\xe9\\u20ac\\U0001f642").unwrap(), "é€🙂");
        assert_eq!(raw_unicode(b"\\ud83d\\ude42").unwrap(), "🙂");
        assert_eq!(raw_unicode(b"\\\\u0041\\n").unwrap(), "\\\\u0041\\n");
        assert_eq!(raw_unicode(b"\\ud83d"), None);
        assert_eq!(raw_unicode(b"\\u12"), None);
    }
}
