//! MessagePack, the bytes by the crate `rmp`.

use std::sync::Arc;

use num_bigint::BigInt;
use rmp::{Marker, encode};

use crate::key_cache::{KeyCache, Names};
use crate::reading::Reading;
use crate::shapes::Fields;
use crate::writing::Writing;
use crate::{
    DateTime, Datum, DecodeOptions, Decoded, EncodeOptions, Encoded, ErrorKind, Format,
    FormatError, Map, Position,
};

/// MessagePack.
#[derive(Clone, Copy, Debug)]
pub struct MessagePack;

/// The extension type of timestamps.
const TIMESTAMP: i8 = -1;

impl Format for MessagePack {
    fn name(&self) -> &'static str {
        "messagepack"
    }

    fn title(&self) -> &'static str {
        "MessagePack"
    }

    fn media_type(&self) -> &'static str {
        "application/vnd.msgpack"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["msgpack", "mp"]
    }

    fn specification(&self) -> &'static str {
        "https://github.com/msgpack/msgpack/blob/master/spec.md"
    }

    fn holds(&self) -> &'static str {
        "Nothing, true and false, whole numbers of 64 bits, floats, text, bytes, moments in UTC, lists, and maps by any key. No tuples or sets."
    }

    fn is_text(&self) -> bool {
        false
    }

    fn encode(&self, datum: &Datum, options: &EncodeOptions) -> Result<Encoded, FormatError> {
        let mut writer = Writer {
            writing: Writing::new("MessagePack", options),
            bytes: Vec::new(),
            names: KeyCache::default(),
        };
        writer.datum(datum, 0)?;
        Ok(Encoded {
            bytes: writer.bytes,
            notes: writer.writing.notes.into_vec(),
        })
    }

    fn read(&self, bytes: &[u8], options: &DecodeOptions) -> Result<Decoded, FormatError> {
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

struct Writer<'a> {
    writing: Writing<'a>,
    bytes: Vec<u8>,
    /// Keys as they are written.
    names: KeyCache,
}

impl Writer<'_> {
    fn datum(&mut self, datum: &Datum, depth: usize) -> Result<(), FormatError> {
        let out = &mut self.bytes;
        let written = match datum {
            Datum::Null => encode::write_nil(out).map_err(|error| error.to_string()),
            Datum::Bool(value) => {
                encode::write_bool(out, *value).map_err(|error| error.to_string())
            }
            Datum::Int(number) => encode::write_sint(out, *number)
                .map(drop)
                .map_err(|e| e.to_string()),
            Datum::Float(number) => encode::write_f64(out, *number).map_err(|e| e.to_string()),
            Datum::Str(text) => encode::write_str(out, text).map_err(|e| e.to_string()),
            Datum::Bytes(bytes) => encode::write_bin(out, bytes).map_err(|e| e.to_string()),
            Datum::BigInt(number) => match u64::try_from(number) {
                Ok(number) => encode::write_uint(out, number)
                    .map(drop)
                    .map_err(|e| e.to_string()),
                Err(_) => return self.text(datum),
            },
            Datum::DateTime(moment) => return self.moment(datum, *moment),
            Datum::Date(_) | Datum::Time(_) => return self.text(datum),
            Datum::List(items) => return self.list(items, depth + 1),
            Datum::Tuple(items) => {
                self.writing
                    .change("tuple_as_list", datum.kind(), "a list")?;
                return self.list(items, depth + 1);
            }
            Datum::Set(items) => {
                self.writing.change("set_as_list", datum.kind(), "a list")?;
                return self.list(items, depth + 1);
            }
            Datum::Map(entries) => return self.map(entries, depth + 1),
        };
        done(written)
    }

    fn text(&mut self, datum: &Datum) -> Result<(), FormatError> {
        let text = self.writing.as_text(datum)?;
        done(encode::write_str(&mut self.bytes, &text).map_err(|e| e.to_string()))
    }

    fn moment(&mut self, datum: &Datum, moment: DateTime) -> Result<(), FormatError> {
        let Some((seconds, nanoseconds)) = moment.timestamp() else {
            return self.text(datum);
        };
        if moment.time.second > 59 {
            return self.text(datum);
        }
        if moment.offset != Some(0) {
            self.writing.change(
                "offset_lost",
                "the offset of a moment",
                "the same moment in UTC",
            )?;
        }
        let payload = match (u32::try_from(seconds), nanoseconds) {
            (Ok(seconds), 0) => seconds.to_be_bytes().to_vec(),
            _ if (0..1 << 34).contains(&seconds) => ((u64::from(nanoseconds) << 34)
                | seconds as u64)
                .to_be_bytes()
                .to_vec(),
            _ => [&nanoseconds.to_be_bytes()[..], &seconds.to_be_bytes()].concat(),
        };
        let meta = encode::write_ext_meta(&mut self.bytes, payload.len() as u32, TIMESTAMP);
        done(meta.map(drop).map_err(|e| e.to_string()))?;
        self.bytes.extend(payload);
        Ok(())
    }

    fn list(&mut self, items: &[Datum], depth: usize) -> Result<(), FormatError> {
        self.writing.depth(depth)?;
        let length = self.length(items.len())?;
        done(
            encode::write_array_len(&mut self.bytes, length)
                .map(drop)
                .map_err(|e| e.to_string()),
        )?;
        items.iter().try_for_each(|item| self.datum(item, depth))
    }

    fn map(&mut self, entries: &Map, depth: usize) -> Result<(), FormatError> {
        self.writing.depth(depth)?;
        let length = self.length(entries.len())?;
        done(
            encode::write_map_len(&mut self.bytes, length)
                .map(drop)
                .map_err(|e| e.to_string()),
        )?;
        let names = match self.names.find(entries) {
            Some(names) => names,
            None => match self.texts(entries)? {
                Some(names) => names,
                None => {
                    return entries.iter().try_for_each(|(key, value)| {
                        self.datum(key, depth)?;
                        self.datum(value, depth)
                    });
                }
            },
        };
        names
            .iter()
            .zip(entries.values())
            .try_for_each(|(name, value)| {
                self.bytes.extend_from_slice(name);
                self.datum(value, depth)
            })
    }

    /// The keys of a map as they are written, if all are texts.
    fn texts(&mut self, map: &Map) -> Result<Option<Arc<Names>>, FormatError> {
        let mut names = Names::default();
        let start = self.bytes.len();
        for key in map.keys() {
            if key.as_str().is_none() {
                return Ok(None);
            }
            self.datum(key, 0)?;
            names.add(|bytes| bytes.extend(self.bytes.drain(start..)));
        }
        Ok(Some(self.names.keep(map, names)))
    }

    fn length(&self, length: usize) -> Result<u32, FormatError> {
        u32::try_from(length).map_err(|_| {
            self.writing
                .unfit("more than 4,294,967,295 values in a list")
        })
    }
}

/// Writing into memory does not fail; if it does, this says so.
fn done(written: Result<(), String>) -> Result<(), FormatError> {
    written.map_err(|error| FormatError::new(ErrorKind::Unfit, error))
}
