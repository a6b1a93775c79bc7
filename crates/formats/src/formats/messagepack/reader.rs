//! Reading MessagePack.

use num_bigint::BigInt;
use rmp::Marker;

use super::TIMESTAMP;
use crate::reading::Reading;
use crate::shapes::Fields;
use crate::{DateTime, Datum, DecodeOptions, Decoded, ErrorKind, FormatError, Position};

pub(super) fn read(bytes: &[u8], options: &DecodeOptions) -> Result<Decoded, FormatError> {
    let mut reader = Reader {
        reading: Reading::new(options),
        bytes,
        at: 0,
    };
    let datum = reader.datum(0)?;
    if !matches!(datum, Datum::List(_) | Datum::Map(_)) {
        reader.reading.record(0..reader.at);
    }
    if reader.at < bytes.len() {
        let message = format!(
            "{} bytes follow the end of the value.",
            bytes.len() - reader.at
        );
        let error = FormatError::new(ErrorKind::Malformed, message);
        return Err(error.at(Position::offset(reader.at)));
    }
    Ok(reader.reading.finish(datum))
}

struct Reader<'a> {
    reading: Reading<'a>,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// A value. Lists and maps are read here and all else elsewhere, so that nesting takes little of the stack.
    fn datum(&mut self, depth: usize) -> Result<Datum, FormatError> {
        let start = self.at;
        match self.value(depth) {
            Ok(datum) => Ok(datum),
            Err(error) if error.position.is_some() => Err(error),
            Err(error) => Err(error.at(Position::offset(start))),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Datum, FormatError> {
        self.reading.item()?;
        let [first] = self.array()?;
        let marker = Marker::from_u8(first);
        let (is_map, length) = match marker {
            Marker::FixArray(length) => (false, usize::from(length)),
            Marker::Array16 => (false, self.length(2)?),
            Marker::Array32 => (false, self.length(4)?),
            Marker::FixMap(length) => (true, usize::from(length)),
            Marker::Map16 => (true, self.length(2)?),
            Marker::Map32 => (true, self.length(4)?),
            other => return self.scalar(other),
        };
        if is_map {
            self.map(length, depth + 1)
        } else {
            self.list(length, depth + 1)
        }
    }

    #[inline(never)]
    fn scalar(&mut self, marker: Marker) -> Result<Datum, FormatError> {
        Ok(match marker {
            Marker::Null => Datum::Null,
            Marker::False => Datum::Bool(false),
            Marker::True => Datum::Bool(true),
            Marker::FixPos(number) => Datum::Int(i64::from(number)),
            Marker::FixNeg(number) => Datum::Int(i64::from(number)),
            Marker::U8 => Datum::Int(i64::from(u8::from_be_bytes(self.array()?))),
            Marker::U16 => Datum::Int(i64::from(u16::from_be_bytes(self.array()?))),
            Marker::U32 => Datum::Int(i64::from(u32::from_be_bytes(self.array()?))),
            Marker::U64 => Datum::integer(BigInt::from(u64::from_be_bytes(self.array()?))),
            Marker::I8 => Datum::Int(i64::from(i8::from_be_bytes(self.array()?))),
            Marker::I16 => Datum::Int(i64::from(i16::from_be_bytes(self.array()?))),
            Marker::I32 => Datum::Int(i64::from(i32::from_be_bytes(self.array()?))),
            Marker::I64 => Datum::Int(i64::from_be_bytes(self.array()?)),
            Marker::F32 => Datum::Float(f64::from(f32::from_be_bytes(self.array()?))),
            Marker::F64 => Datum::Float(f64::from_be_bytes(self.array()?)),
            Marker::FixStr(length) => self.text(usize::from(length))?,
            Marker::Str8 => self.length(1).and_then(|length| self.text(length))?,
            Marker::Str16 => self.length(2).and_then(|length| self.text(length))?,
            Marker::Str32 => self.length(4).and_then(|length| self.text(length))?,
            Marker::Bin8 => self.length(1).and_then(|length| self.binary(length))?,
            Marker::Bin16 => self.length(2).and_then(|length| self.binary(length))?,
            Marker::Bin32 => self.length(4).and_then(|length| self.binary(length))?,
            Marker::FixExt1 => self.extension(1)?,
            Marker::FixExt2 => self.extension(2)?,
            Marker::FixExt4 => self.extension(4)?,
            Marker::FixExt8 => self.extension(8)?,
            Marker::FixExt16 => self.extension(16)?,
            Marker::Ext8 => self.length(1).and_then(|length| self.extension(length))?,
            Marker::Ext16 => self.length(2).and_then(|length| self.extension(length))?,
            Marker::Ext32 => self.length(4).and_then(|length| self.extension(length))?,
            // Lists and maps never come here.
            _ => {
                let message = "The byte 0xc1 means nothing.";
                return Err(FormatError::new(ErrorKind::Malformed, message));
            }
        })
    }

    fn truncated(&self) -> FormatError {
        FormatError::new(ErrorKind::Truncated, "The bytes end within a value.")
            .at(Position::offset(self.bytes.len()))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        let array = self.bytes[self.at..]
            .first_chunk::<N>()
            .ok_or_else(|| self.truncated())?;
        self.at += N;
        Ok(*array)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], FormatError> {
        let bytes = self.bytes[self.at..]
            .get(..length)
            .ok_or_else(|| self.truncated())?;
        self.at += length;
        Ok(bytes)
    }

    fn length(&mut self, width: usize) -> Result<usize, FormatError> {
        let bytes = self.take(width)?;
        Ok(bytes
            .iter()
            .fold(0, |length, &byte| (length << 8) | usize::from(byte)))
    }

    fn text(&mut self, length: usize) -> Result<Datum, FormatError> {
        let start = self.at;
        let bytes = self.take(length)?;
        match core::str::from_utf8(bytes) {
            Ok(text) => Ok(Datum::from(text)),
            Err(error) => {
                let at = Position::offset(start + error.valid_up_to());
                Err(FormatError::new(ErrorKind::Encoding, "A text is not UTF-8.").at(at))
            }
        }
    }

    fn binary(&mut self, length: usize) -> Result<Datum, FormatError> {
        self.take(length).map(|bytes| Datum::Bytes(bytes.to_vec()))
    }

    /// Room for so many values, of which each takes a byte at least.
    fn room(&self, length: usize) -> Result<usize, FormatError> {
        if length > self.bytes.len() - self.at {
            return Err(self.truncated());
        }
        self.reading.room(length)?;
        Ok(length.min(4096))
    }

    fn list(&mut self, length: usize, depth: usize) -> Result<Datum, FormatError> {
        self.reading.depth(depth)?;
        let mut items = Vec::with_capacity(self.room(length)?);
        for _ in 0..length {
            let start = self.at;
            items.push(self.datum(depth)?);
            if depth == 1 {
                self.reading.record(start..self.at);
            }
        }
        Ok(Datum::List(items))
    }

    fn map(&mut self, length: usize, depth: usize) -> Result<Datum, FormatError> {
        self.reading.depth(depth)?;
        let start = self.at;
        let mut fields = self.reading.begin_map(depth, self.room(length)?);
        for _ in 0..length {
            let start = self.at;
            if !self.is_expected(&mut fields)? {
                let key = self.datum(depth)?;
                self.reading.key(&mut fields, key);
            }
            fields.value(self.datum(depth)?);
            if depth == 1 {
                self.reading.record(start..self.at);
            }
        }
        self.reading
            .end_map(fields, || Some(Position::offset(start)))
    }

    /// Reads a short text as a key, if it is the one expected.
    fn is_expected(&mut self, fields: &mut Fields) -> Result<bool, FormatError> {
        let Some(Datum::Str(key)) = fields.expected() else {
            return Ok(false);
        };
        let length = key.len();
        let found = self.bytes[self.at..].get(..=length);
        let is = length < 32
            && found.is_some_and(|found| {
                found[0] == 0xa0 | length as u8 && &found[1..] == key.as_bytes()
            });
        if is {
            self.reading.item()?;
            self.at += length + 1;
            fields.same_key();
        }
        Ok(is)
    }

    fn extension(&mut self, length: usize) -> Result<Datum, FormatError> {
        let kind = i8::from_be_bytes(self.array()?);
        let bytes = self.take(length)?;
        if kind != TIMESTAMP {
            let message = format!(
                "There is a value of extension type {kind}, which only its application knows."
            );
            return Err(FormatError::new(ErrorKind::Unsupported, message));
        }
        timestamp(bytes).map(Datum::DateTime).ok_or_else(|| {
            let message = "A timestamp is not within the years 0 to 9999, or has a wrong form.";
            FormatError::new(ErrorKind::Range, message)
        })
    }
}

/// A timestamp of 32, 64 or 96 bits.
fn timestamp(bytes: &[u8]) -> Option<DateTime> {
    let (seconds, nanoseconds) = match bytes.len() {
        4 => (i64::from(u32::from_be_bytes(bytes.try_into().ok()?)), 0),
        8 => {
            let both = u64::from_be_bytes(bytes.try_into().ok()?);
            ((both & 0x3_ffff_ffff).cast_signed(), (both >> 34) as u32)
        }
        12 => {
            let (nanoseconds, seconds) = bytes.split_first_chunk::<4>()?;
            let seconds = i64::from_be_bytes(seconds.try_into().ok()?);
            (seconds, u32::from_be_bytes(*nanoseconds))
        }
        _ => return None,
    };
    DateTime::from_timestamp(seconds, nanoseconds)
}
