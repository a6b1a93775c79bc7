//! The type of an array's elements.

use core::fmt;

/// A NumPy dtype that is no structure: `<f8`, `|b1`, `<U3`, `<M8[25s]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DType {
    /// `<`, `>` or `|`.
    order: u8,
    /// NumPy's letter for the kind: `f`.
    kind: u8,
    /// The number behind the letter: bytes, or characters of `U`.
    count: usize,
    /// Of dates and spans: the unit, and how many of it.
    unit: Option<(&'static str, i32)>,
}

/// The units of dates and spans.
const UNITS: [&str; 14] = [
    "generic", "Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as",
];

/// Not the name of a dtype that can be hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DTypeError(pub String);

impl DTypeError {
    /// The stable name of this error.
    pub const fn code(&self) -> &'static str {
        "hash-dtype"
    }
}

impl fmt::Display for DTypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" is not a dtype that can be hashed.", self.0)
    }
}

impl core::error::Error for DTypeError {}

impl DType {
    /// Reads what NumPy's `dtype.str` says: order of bytes, letter, number, and the unit of dates and spans
    /// (<https://numpy.org/doc/stable/reference/arrays.interface.html>).
    ///
    /// # Errors
    /// If it is no such text; and if it is the dtype of Python objects (`|O`).
    pub fn parse(text: &str) -> Result<Self, DTypeError> {
        Self::read(text).ok_or_else(|| DTypeError(text.to_owned()))
    }

    fn read(text: &str) -> Option<Self> {
        let [order, kind, rest @ ..] = text.as_bytes() else {
            return None;
        };
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let count = text.get(2..2 + digits)?.parse().ok()?;
        let unit = text.get(2 + digits..)?;
        let fits = match kind {
            b'b' => count == 1,
            b'i' | b'u' => matches!(count, 1 | 2 | 4 | 8),
            b'f' => matches!(count, 2 | 4 | 8 | 12 | 16),
            b'c' => matches!(count, 8 | 16 | 24 | 32),
            b'S' | b'V' => count < 1 << 31,
            b'U' => count < 1 << 29,
            b'M' | b'm' => count == 8,
            _ => false,
        };
        // NumPy writes | where there is only one order.
        let single = matches!(kind, b'S' | b'V') || (count == 1 && *kind != b'U');
        if !fits || !matches!((order, single), (b'|', true) | (b'<' | b'>', false)) {
            return None;
        }
        let unit = match (kind, unit) {
            (b'M' | b'm', "") => Some(("generic", 1)),
            (b'M' | b'm', unit) => {
                let unit = unit.strip_prefix('[')?.strip_suffix(']')?;
                let digits = unit.bytes().take_while(u8::is_ascii_digit).count();
                let (many, name) = unit.split_at(digits);
                let many = if many.is_empty() {
                    1
                } else {
                    many.parse().ok()?
                };
                let name = UNITS.into_iter().find(|known| *known == name)?;
                Some((name, many))
            }
            (_, "") => None,
            _ => return None,
        };
        Some(Self {
            order: *order,
            kind: *kind,
            count,
            unit,
        })
    }

    /// The bytes that one element takes.
    pub const fn item_bytes(&self) -> usize {
        if self.kind == b'U' {
            4 * self.count
        } else {
            self.count
        }
    }

    /// Whether scalars of this type are a `str` or `bytes` of Python.
    pub(super) const fn is_text(&self) -> bool {
        matches!(self.kind, b'S' | b'U')
    }

    /// What `pickle.dumps` of CPython 3.8 to 3.13 makes of the dtype (protocol 4; NumPy's `dtype.__reduce__`).
    pub(super) fn pickle(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(96);
        let word = |body: &mut Vec<u8>, text: &[u8]| {
            body.extend([0x8c, text.len() as u8]);
            body.extend(text);
            body.push(MEMOIZE);
        };
        word(&mut body, b"numpy");
        word(&mut body, b"dtype");
        // STACK_GLOBAL
        body.extend([0x93, MEMOIZE]);
        let name = format!("{}{}", self.kind as char, self.count);
        word(&mut body, name.as_bytes());
        // NEWFALSE NEWTRUE TUPLE3 REDUCE MARK, and the version of the state.
        let version = if self.unit.is_some() { 4 } else { 3 };
        body.extend([
            0x89, 0x88, 0x87, MEMOIZE, b'R', MEMOIZE, b'(', b'K', version,
        ]);
        word(&mut body, &[self.order]);
        // Neither an array, nor names, nor fields.
        body.extend(b"NNN");
        // Size, alignment and flags are told of the types that have no size of their own.
        match self.kind {
            b'S' | b'V' => {
                int(
                    &mut body,
                    i32::try_from(self.item_bytes()).unwrap_or(i32::MAX),
                );
                int(&mut body, 1);
                int(&mut body, 0);
            }
            b'U' => {
                int(
                    &mut body,
                    i32::try_from(self.item_bytes()).unwrap_or(i32::MAX),
                );
                int(&mut body, 4);
                int(&mut body, 8);
            }
            _ => {
                int(&mut body, -1);
                int(&mut body, -1);
                int(&mut body, 0);
            }
        }
        if let Some((unit, many)) = self.unit {
            // No metadata; unit, count, and two numbers that are always 1.
            body.extend([b'N', b'(', b'C', unit.len() as u8]);
            body.extend(unit.as_bytes());
            body.push(MEMOIZE);
            int(&mut body, many);
            int(&mut body, 1);
            int(&mut body, 1);
            // TUPLE TUPLE2
            body.extend([b't', MEMOIZE, 0x86, MEMOIZE]);
        }
        // TUPLE BUILD STOP
        body.extend([b't', MEMOIZE, b'b', b'.']);

        // PROTO 4 FRAME
        let mut pickle = vec![0x80, 4, 0x95];
        pickle.extend((body.len() as u64).to_le_bytes());
        pickle.append(&mut body);
        pickle
    }
}

const MEMOIZE: u8 = 0x94;

fn int(body: &mut Vec<u8>, number: i32) {
    if let Ok(number) = u8::try_from(number) {
        body.extend([b'K', number]);
    } else if let Ok(number) = u16::try_from(number) {
        body.push(b'M');
        body.extend(number.to_le_bytes());
    } else {
        body.push(b'J');
        body.extend(number.to_le_bytes());
    }
}
