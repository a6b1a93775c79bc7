//! The quick way through JSON as most programs write it. Whatever is unusual in it (an error, a limit, an infinity) is left
//! to `jiter`, which reads the whole anew and says what is wrong and where; a text with escapes or a long number is read by
//! it on the spot.

use jiter::{Jiter, NumberAny, NumberInt, Peek};

use crate::reading::Reading;
use crate::{Datum, Position};

/// Powers of ten that a float holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

pub(super) struct Scanner<'a, 'b, 'c> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) reading: &'b mut Reading<'c>,
    /// The depth of the list or the map of which the parts are records.
    pub(super) records_at: usize,
}

impl<'a> Scanner<'a, '_, '_> {
    /// The whole; nothing if there is something unusual in it.
    pub(super) fn document(&mut self) -> Option<Datum> {
        self.blanks();
        let start = self.at;
        let datum = self.value(1)?;
        if self.records_at > 0 && !matches!(datum, Datum::List(_) | Datum::Map(_)) {
            self.reading.record(start..self.at);
        }
        self.blanks();
        (self.at == self.text.len()).then_some(datum)
    }

    #[inline]
    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.bytes().get(self.at).copied()
    }

    #[inline]
    fn blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
    }

    /// Takes that byte, if it is the next one.
    #[inline]
    fn take(&mut self, byte: u8) -> Option<()> {
        (self.byte()? == byte).then(|| self.at += 1)
    }

    fn value(&mut self, depth: usize) -> Option<Datum> {
        self.reading.item().ok()?;
        match self.byte()? {
            b'"' => self.string(),
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b't' => self.word("true", Datum::Bool(true)),
            b'f' => self.word("false", Datum::Bool(false)),
            b'n' => self.word("null", Datum::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => None,
        }
    }

    fn word(&mut self, word: &str, datum: Datum) -> Option<Datum> {
        let is = self.bytes()[self.at..].starts_with(word.as_bytes());
        self.at += word.len();
        is.then_some(datum)
    }

    fn array(&mut self, depth: usize) -> Option<Datum> {
        self.reading.depth(depth).ok()?;
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.take(b']').is_some() {
            return Some(Datum::List(items));
        }
        loop {
            let start = self.at;
            items.push(self.value(depth + 1)?);
            if depth == self.records_at {
                self.reading.record(start..self.at);
            }
            self.blanks();
            if self.take(b',').is_none() {
                self.take(b']')?;
                return Some(Datum::List(items));
            }
            self.blanks();
        }
    }

    fn object(&mut self, depth: usize) -> Option<Datum> {
        self.reading.depth(depth).ok()?;
        let start = self.at;
        self.at += 1;
        let mut fields = self.reading.begin_map(depth, 0);
        self.blanks();
        if self.take(b'}').is_none() {
            loop {
                let key = self.at;
                match fields.expected() {
                    Some(Datum::Str(name)) if self.is_name(name) => {
                        self.at += name.len() + 2;
                        fields.same_key();
                    }
                    _ => {
                        let key = self.string()?;
                        self.reading.key(&mut fields, key);
                    }
                }
                self.blanks();
                self.take(b':')?;
                self.blanks();
                self.reading.item().ok()?;
                fields.value(self.value(depth + 1)?);
                if depth == self.records_at {
                    self.reading.record(key..self.at);
                }
                self.blanks();
                if self.take(b',').is_none() {
                    self.take(b'}')?;
                    break;
                }
                self.blanks();
            }
        }
        let bytes = self.bytes();
        let place = || Some(Position::in_text(bytes, start));
        self.reading.end_map(fields, place).ok()
    }

    /// Whether that name stands here in quotes, as it is.
    #[inline]
    fn is_name(&self, name: &str) -> bool {
        let found = self.bytes()[self.at..].get(..name.len() + 2);
        found.is_some_and(|found| {
            found[0] == b'"'
                && found[name.len() + 1] == b'"'
                && &found[1..=name.len()] == name.as_bytes()
                && super::writer::is_plain(name.as_bytes())
        })
    }

    fn string(&mut self) -> Option<Datum> {
        let quote = self.at;
        self.take(b'"')?;
        let length = plain(&self.bytes()[self.at..]);
        let end = self.at + length;
        match self.bytes().get(end)? {
            b'"' => {
                let text = self.text.get(self.at..end)?;
                self.at = end + 1;
                Some(Datum::from(text))
            }
            b'\\' => {
                let mut jiter = Jiter::new(&self.bytes()[quote..]);
                let datum = Datum::from(jiter.next_str().ok()?);
                self.at = quote + jiter.current_index();
                Some(datum)
            }
            _ => None,
        }
    }

    fn number(&mut self) -> Option<Datum> {
        let start = self.at;
        let is_negative = self.take(b'-').is_some();
        let (mut number, mut digits) = (0_u64, 0);
        self.digits(&mut number, &mut digits)?;
        let first = self.bytes()[self.at - digits];
        if first == b'0' && digits > 1 {
            return None;
        }
        let mut power = 0;
        let is_whole = !matches!(self.byte(), Some(b'.' | b'e' | b'E'));
        if self.take(b'.').is_some() {
            let before = digits;
            self.digits(&mut number, &mut digits)?;
            power = digits - before;
        }
        if matches!(self.byte(), Some(b'e' | b'E'))
            || digits > 18
            || is_whole && number == 0 && is_negative
        {
            self.at = start;
            return self.long_number();
        }
        if is_whole {
            let number = number.cast_signed();
            return Some(Datum::Int(if is_negative { -number } else { number }));
        }
        // Both are exact and the division rounds once, so the result is the nearest (W. D. Clinger, 1990).
        if number < 1 << 53 && power < POWERS.len() {
            let number = number as f64 / POWERS[power];
            return Some(Datum::Float(if is_negative { -number } else { number }));
        }
        self.at = start;
        self.long_number()
    }

    /// Adds the digits here to a number, of which there must be one.
    #[inline]
    fn digits(&mut self, number: &mut u64, count: &mut usize) -> Option<()> {
        let before = *count;
        while let Some(digit @ b'0'..=b'9') = self.byte() {
            // Of more than 18 digits nothing is used.
            *number = number
                .wrapping_mul(10)
                .wrapping_add(u64::from(digit - b'0'));
            *count += 1;
            self.at += 1;
        }
        (*count > before).then_some(())
    }

    fn long_number(&mut self) -> Option<Datum> {
        let mut jiter = Jiter::new(&self.bytes()[self.at..]);
        let number = jiter.known_number(Peek::new(self.byte()?)).ok()?;
        let length = jiter.current_index();
        self.at += length;
        match number {
            NumberAny::Int(NumberInt::Int(number)) => Some(Datum::Int(number)),
            NumberAny::Int(NumberInt::BigInt(number)) => {
                self.reading.digits(length).ok()?;
                Some(Datum::integer(number))
            }
            NumberAny::Float(number) => number.is_finite().then_some(Datum::Float(number)),
        }
    }
}

/// How many bytes there are before a quote, a backslash or a control character.
#[inline]
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    // The highest bit of a byte that is below `less`; above the first such byte others may be marked too.
    let below = |word: u64, less: u64| word.wrapping_sub(ONES * less) & !word & HIGHS;
    let (words, rest) = bytes.as_chunks::<8>();
    for (place, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quotes = below(word ^ (ONES * u64::from(b'"')), 1);
        let backslashes = below(word ^ (ONES * u64::from(b'\\')), 1);
        let found = quotes | backslashes | below(word, 0x20);
        if found != 0 {
            return 8 * place + found.trailing_zeros() as usize / 8;
        }
    }
    let special = |byte: &u8| matches!(byte, 0..0x20 | b'"' | b'\\');
    let end = rest.iter().position(special).unwrap_or(rest.len());
    8 * words.len() + end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_plain_text_is_found_at_any_place() {
        for length in 0..40 {
            for end in [b'"', b'\\', 0, 0x1f, b'\n'] {
                for before in [
                    b'a', b' ', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xa2, 0xdc, 0xff,
                ] {
                    let mut bytes = vec![before; length];
                    assert_eq!(plain(&bytes), length);
                    bytes.push(end);
                    bytes.extend([before, end, before]);
                    assert_eq!(plain(&bytes), length, "{before} {end}");
                }
            }
        }
    }
}
