//! Bytes as something that can be typed, and back.

use core::fmt::Write;

use language::t;

/// How bytes are typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Typing {
    /// As text, control characters as their pictures: `␍` for a carriage return.
    #[default]
    Text,
    /// As pairs of hex digits.
    Hex,
}

impl Typing {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Hex => "hex",
        }
    }

    /// The bytes as they are typed; none if they are no text, or if pictures of control characters are in it already.
    pub(super) fn show(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Text => {
                let text = core::str::from_utf8(bytes).ok()?;
                let is_safe = !text.chars().any(|character| control(character).is_some());
                is_safe.then(|| text.chars().map(picture).collect())
            }
            Self::Hex => Some(hex(bytes)),
        }
    }

    /// The bytes that were typed, or what is wrong with them.
    pub(super) fn read(self, typed: &str) -> Result<Vec<u8>, String> {
        match self {
            Self::Text => {
                let characters = typed.chars();
                let text: String = characters.map(|c| control(c).unwrap_or(c)).collect();
                Ok(text.into_bytes())
            }
            Self::Hex => unhex(typed),
        }
    }
}

/// The picture of a control character that a field of text would not keep; all else as it is.
fn picture(character: char) -> char {
    match character {
        '\n' | '\t' => character,
        '\0'..' ' => char::from_u32(0x2400 + u32::from(character)).unwrap_or(character),
        '\u{7f}' => '␡',
        other => other,
    }
}

/// The control character of a picture.
fn control(picture: char) -> Option<char> {
    match picture {
        '\u{2400}'..='\u{241f}' => char::from_u32(u32::from(picture) - 0x2400),
        '␡' => Some('\u{7f}'),
        _ => None,
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for (at, byte) in bytes.iter().enumerate() {
        match at % 16 {
            0 if at == 0 => {}
            0 => text.push('\n'),
            8 => text.push_str("  "),
            _ => text.push(' '),
        }
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn unhex(typed: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(typed.len() / 3);
    for (line, text) in typed.lines().enumerate() {
        let mut first = None;
        for (column, character) in text.chars().enumerate() {
            let Some(digit) = character.to_digit(16) else {
                if character.is_whitespace() && first.is_none() {
                    continue;
                }
                let (line, column) = (line + 1, column + 1);
                return Err(if character.is_whitespace() {
                    t!(
                        "A digit stands alone: line {line}, column {column} of what you typed. A byte is two hex digits.",
                        line,
                        column
                    )
                } else {
                    t!(
                        "“{character}” is no hex digit (0–9, a–f): line {line}, column {column} of what you typed. A byte is two hex digits.",
                        character,
                        line,
                        column
                    )
                });
            };
            first = match first {
                None => Some(digit),
                Some(high) => {
                    bytes.push((high << 4 | digit) as u8);
                    None
                }
            };
        }
        if first.is_some() {
            return Err(t!(
                "A digit stands alone at the end of line {line} of what you typed. A byte is two hex digits.",
                line = line + 1
            ));
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_as_the_same_bytes() {
        let all: Vec<u8> = (0..=255).collect();
        let text = "a\r\n\0\t\u{7f}ü\u{1f}🙂".as_bytes();
        for (typing, bytes) in [
            (Typing::Hex, &all[..]),
            (Typing::Hex, b""),
            (Typing::Text, text),
        ] {
            let shown = typing.show(bytes).unwrap_or_default();
            assert_eq!(typing.read(&shown).as_deref(), Ok(bytes));
        }
        assert_eq!(Typing::Text.show(text).as_deref(), Some("a␍\n␀\t␡ü␟🙂"));
    }

    #[test]
    fn what_is_no_text_or_has_pictures_in_it_is_shown_as_hex_only() {
        assert_eq!(Typing::Text.show(b"\xff"), None);
        assert_eq!(Typing::Text.show("␍".as_bytes()), None);
    }

    #[test]
    fn hex_digits_may_be_spaced_in_pairs_as_one_likes() {
        assert_eq!(Typing::Hex.read(" 0a0B\n\n ff "), Ok(vec![10, 11, 255]));
    }

    #[test]
    fn what_is_no_pair_of_hex_digits_is_told_with_its_place() {
        let wrong = |typed: &str| Typing::Hex.read(typed).err().unwrap_or_default();
        assert!(
            wrong("00 11\n22 x3").starts_with("“x” is no hex digit (0–9, a–f): line 2, column 4")
        );
        assert!(wrong("0 0").starts_with("A digit stands alone: line 1, column 2"));
        assert!(wrong("00\n0").starts_with("A digit stands alone at the end of line 2"));
    }
}
