//! Postcard: the compact form of Rust's serde, here of [`Datum`] itself.
//!
//! The bytes do not say what they are: only a program with the same `Datum` reads them. Reading goes value by value with a
//! stack of its own, because a type that contains itself would otherwise be read by recursion without a limit.

use num_bigint::BigInt;
use serde::Deserialize;

use crate::reading::Reading;
use crate::shapes::Fields;
use crate::{
    Date, DateTime, Datum, DecodeOptions, Decoded, EncodeOptions, Encoded, ErrorKind, Format,
    FormatError, Position, Time,
};

/// Postcard, of [`Datum`].
#[derive(Clone, Copy, Debug)]
pub struct Postcard;

impl Format for Postcard {
    fn name(&self) -> &'static str {
        "postcard"
    }

    fn title(&self) -> &'static str {
        "postcard"
    }

    fn media_type(&self) -> &'static str {
        "application/x-postcard"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["postcard"]
    }

    fn specification(&self) -> &'static str {
        "https://postcard.jamesmunns.com/wire-format"
    }

    fn holds(&self) -> &'static str {
        "Everything, because it is the program's own memory written down; but the bytes do not say what they are, and no other program reads them."
    }

    fn is_text(&self) -> bool {
        false
    }

    fn encode(&self, datum: &Datum, options: &EncodeOptions) -> Result<Encoded, FormatError> {
        let writing = crate::writing::Writing::new("postcard", options);
        check_depth(datum, 1, &writing)?;
        let bytes = ::postcard::to_allocvec(datum)
            .map_err(|error| FormatError::new(ErrorKind::Unfit, error.to_string()))?;
        Ok(Encoded {
            bytes,
            notes: Vec::new(),
        })
    }

    fn read(&self, bytes: &[u8], options: &DecodeOptions) -> Result<Decoded, FormatError> {
        let mut reader = Reader {
            reading: Reading::new(options),
            rest: bytes,
            whole: bytes.len(),
            open: Vec::new(),
            record: 0,
        };
        let datum = reader.tree().map_err(|error| match error.position {
            Some(_) => error,
            None => error.at(Position::offset(reader.at())),
        })?;
        let (at, rest) = (reader.at(), reader.rest.len());
        if rest > 0 {
            let message = format!("{rest} bytes follow the end of the value.");
            return Err(FormatError::new(ErrorKind::Malformed, message).at(Position::offset(at)));
        }
        if !is_collection(&datum) {
            reader.reading.record(0..at);
        }
        Ok(reader.reading.finish(datum))
    }
}

const fn is_collection(datum: &Datum) -> bool {
    matches!(
        datum,
        Datum::List(_) | Datum::Tuple(_) | Datum::Set(_) | Datum::Map(_)
    )
}

fn check_depth(
    datum: &Datum,
    depth: usize,
    writing: &crate::writing::Writing<'_>,
) -> Result<(), FormatError> {
    let (Datum::List(items) | Datum::Tuple(items) | Datum::Set(items)) = datum else {
        let Datum::Map(entries) = datum else {
            return Ok(());
        };
        writing.depth(depth)?;
        return entries.iter().try_for_each(|(key, value)| {
            check_depth(key, depth + 1, writing)?;
            check_depth(value, depth + 1, writing)
        });
    };
    writing.depth(depth)?;
    items
        .iter()
        .try_for_each(|item| check_depth(item, depth + 1, writing))
}

/// What [`Datum`] begins with: its variants in the same order, with the number of parts instead of the parts.
#[derive(Deserialize)]
enum Head<'a> {
    Null,
    Bool(bool),
    Int(i64),
    BigInt(BigInt),
    Float(f64),
    Str(&'a str),
    Bytes(&'a [u8]),
    DateTime(DateTime),
    Date(Date),
    Time(Time),
    List(u64),
    Tuple(u64),
    Set(u64),
    Map(u64),
}

/// A value whose parts are being read, and how many are missing; of a map, keys and values in turn.
struct Open {
    parts: Parts,
    missing: u64,
}

enum Parts {
    List(Vec<Datum>),
    Tuple(Vec<Datum>),
    Set(Vec<Datum>),
    Map(Fields),
}

struct Reader<'a, 'b> {
    reading: Reading<'b>,
    rest: &'a [u8],
    /// Bytes of the whole.
    whole: usize,
    open: Vec<Open>,
    /// Where the record begins that is being read.
    record: usize,
}

impl Reader<'_, '_> {
    const fn at(&self) -> usize {
        self.whole - self.rest.len()
    }

    fn tree(&mut self) -> Result<Datum, FormatError> {
        loop {
            self.reading.item()?;
            let (head, after) = ::postcard::take_from_bytes::<Head<'_>>(self.rest)
                .map_err(|error| broken(&error))?;
            self.rest = after;
            let missing = match head {
                Head::List(parts) | Head::Tuple(parts) | Head::Set(parts) => parts,
                Head::Map(parts) => parts.saturating_mul(2),
                leaf => {
                    let datum = scalar(leaf, &self.reading)?;
                    if let Some(datum) = self.close(datum)? {
                        return Ok(datum);
                    }
                    continue;
                }
            };
            if missing > self.rest.len() as u64 {
                return Err(truncated());
            }
            let depth = self.open.len() + 1;
            self.reading.depth(depth)?;
            if depth == 1 {
                self.record = self.at();
            }
            let room = missing.min(4096) as usize;
            let parts = match head {
                Head::Map(_) => Parts::Map(self.reading.begin_map(depth, room / 2)),
                Head::Set(_) => Parts::Set(Vec::with_capacity(room)),
                Head::Tuple(_) => Parts::Tuple(Vec::with_capacity(room)),
                _ => Parts::List(Vec::with_capacity(room)),
            };
            if missing > 0 {
                self.open.push(Open { parts, missing });
                continue;
            }
            let datum = self.finish(parts)?;
            if let Some(datum) = self.close(datum)? {
                return Ok(datum);
            }
        }
    }

    /// Puts a value where it belongs, and finishes what it completes; the whole, if it is complete.
    fn close(&mut self, datum: Datum) -> Result<Option<Datum>, FormatError> {
        let mut datum = datum;
        loop {
            let is_top = self.open.len() == 1;
            let at = self.at();
            let Some(last) = self.open.last_mut() else {
                return Ok(Some(datum));
            };
            let is_key = match &mut last.parts {
                Parts::List(parts) | Parts::Tuple(parts) | Parts::Set(parts) => {
                    parts.push(datum);
                    false
                }
                Parts::Map(fields) if last.missing.is_multiple_of(2) => {
                    self.reading.key(fields, datum);
                    true
                }
                Parts::Map(fields) => {
                    fields.value(datum);
                    false
                }
            };
            last.missing -= 1;
            if is_top && !is_key {
                self.reading.record(self.record..at);
                self.record = at;
            }
            if last.missing > 0 {
                return Ok(None);
            }
            let Some(last) = self.open.pop() else {
                return Ok(None);
            };
            datum = self.finish(last.parts)?;
        }
    }

    fn finish(&mut self, parts: Parts) -> Result<Datum, FormatError> {
        Ok(match parts {
            Parts::List(parts) => Datum::List(parts),
            Parts::Tuple(parts) => Datum::Tuple(parts),
            Parts::Set(parts) => {
                if crate::reading::twice(&parts, |part| part).is_some() {
                    return Err(FormatError::new(
                        ErrorKind::Duplicate,
                        "A set holds a value twice.",
                    ));
                }
                Datum::Set(parts)
            }
            Parts::Map(fields) => self.reading.end_map(fields, || None)?,
        })
    }
}

fn scalar(head: Head<'_>, reading: &Reading<'_>) -> Result<Datum, FormatError> {
    let range = || FormatError::new(ErrorKind::Range, "There is no such date or time.");
    Ok(match head {
        Head::Bool(value) => Datum::Bool(value),
        Head::Int(number) => Datum::Int(number),
        Head::BigInt(number) => {
            reading.digits((number.bits() / 10 * 3).try_into().unwrap_or(usize::MAX))?;
            Datum::integer(number)
        }
        Head::Float(number) => Datum::Float(number),
        Head::Str(text) => Datum::from(text),
        Head::Bytes(bytes) => Datum::Bytes(bytes.to_vec()),
        Head::DateTime(moment) if moment.is_valid() => Datum::DateTime(moment),
        Head::Date(date) if date.is_valid() => Datum::Date(date),
        Head::Time(time) if time.is_valid() => Datum::Time(time),
        Head::DateTime(_) | Head::Date(_) | Head::Time(_) => return Err(range()),
        Head::Null | Head::List(_) | Head::Tuple(_) | Head::Set(_) | Head::Map(_) => Datum::Null,
    })
}

fn truncated() -> FormatError {
    FormatError::new(ErrorKind::Truncated, "The bytes end within a value.")
}

fn broken(error: &::postcard::Error) -> FormatError {
    use ::postcard::Error as E;
    match error {
        E::DeserializeUnexpectedEnd => truncated(),
        E::DeserializeBadUtf8 => FormatError::new(ErrorKind::Encoding, "A text is not UTF-8."),
        E::DeserializeBadVarint => FormatError::new(ErrorKind::Malformed, "A number is too long."),
        _ => FormatError::new(
            ErrorKind::Malformed,
            "The bytes are no value as this program writes them.",
        ),
    }
}
