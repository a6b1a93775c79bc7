//! Writing MessagePack.

use std::sync::Arc;

use rmp::encode;

use super::TIMESTAMP;
use crate::key_cache::{KeyCache, Names};
use crate::writing::Writing;
use crate::{DateTime, Datum, EncodeOptions, Encoded, ErrorKind, FormatError, Map};

pub(super) fn write(datum: &Datum, options: &EncodeOptions) -> Result<Encoded, FormatError> {
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
        let Some(names) = self.names(entries)? else {
            return entries.iter().try_for_each(|(key, value)| {
                self.datum(key, depth)?;
                self.datum(value, depth)
            });
        };
        names
            .iter()
            .zip(entries.values())
            .try_for_each(|(name, value)| {
                self.bytes.extend_from_slice(name);
                self.datum(value, depth)
            })
    }

    /// The keys of a map as they are written, if they are kept.
    fn names(&mut self, map: &Map) -> Result<Option<Arc<Names>>, FormatError> {
        if let Some(names) = self.names.find(map) {
            return Ok(Some(names));
        }
        if !KeyCache::suits(map) {
            return Ok(None);
        }
        let mut names = Names::default();
        let start = self.bytes.len();
        for key in map.keys() {
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
