//! Writing JSON.

use std::sync::Arc;

use crate::key_cache::{KeyCache, Names};
use crate::writing::Writing;
use crate::{Datum, EncodeOptions, Encoded, ErrorKind, FormatError, Map};

/// The value as JSON in one line; what JSON cannot hold is converted without a note.
pub(in crate::formats) fn text(
    datum: &Datum,
    options: &EncodeOptions,
) -> Result<String, FormatError> {
    let mut writer = Writer::in_one_line("JSON", options);
    writer.datum(datum, 0)?;
    String::from_utf8(writer.bytes)
        .map_err(|_| FormatError::new(ErrorKind::Encoding, "JSON came out as bytes."))
}

/// Writes JSON.
#[derive(Debug)]
pub(in crate::formats) struct Writer<'a> {
    pub(in crate::formats) writing: Writing<'a>,
    pub(in crate::formats) bytes: Vec<u8>,
    indent: Option<u8>,
    /// Keys with their quotes and colons.
    names: KeyCache,
}

impl<'a> Writer<'a> {
    pub(in crate::formats) fn new(format: &'static str, options: &'a EncodeOptions) -> Self {
        Self {
            writing: Writing::new(format, options),
            bytes: Vec::new(),
            indent: options.json_indent,
            names: KeyCache::default(),
        }
    }

    /// One that breaks no lines, whatever the options say.
    pub(in crate::formats) fn in_one_line(
        format: &'static str,
        options: &'a EncodeOptions,
    ) -> Self {
        Self {
            indent: None,
            ..Self::new(format, options)
        }
    }

    pub(in crate::formats) fn finish(self) -> Encoded {
        Encoded {
            bytes: self.bytes,
            notes: self.writing.notes.into_vec(),
        }
    }

    pub(in crate::formats) fn datum(
        &mut self,
        datum: &Datum,
        depth: usize,
    ) -> Result<(), FormatError> {
        match datum {
            Datum::Null => self.raw("null"),
            Datum::Bool(true) => self.raw("true"),
            Datum::Bool(false) => self.raw("false"),
            Datum::Int(number) => self.raw(itoa::Buffer::new().format(*number)),
            Datum::BigInt(number) => self.raw(&number.to_string()),
            Datum::Float(number) if number.is_finite() => {
                self.raw(zmij::Buffer::new().format_finite(*number));
            }
            Datum::Float(number) => self.non_finite(*number)?,
            Datum::Str(text) => self.string(text)?,
            Datum::Bytes(_) | Datum::DateTime(_) | Datum::Date(_) | Datum::Time(_) => {
                let text = self.writing.as_text(datum)?;
                self.string(&text)?;
            }
            Datum::List(items) => self.list(items, depth + 1)?,
            Datum::Tuple(items) => {
                self.writing
                    .change("tuple_as_list", datum.kind(), "a list")?;
                self.list(items, depth + 1)?;
            }
            Datum::Set(items) => {
                self.writing.change("set_as_list", datum.kind(), "a list")?;
                self.list(items, depth + 1)?;
            }
            Datum::Map(entries) => self.map(entries, depth + 1)?,
        }
        Ok(())
    }

    fn raw(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn non_finite(&mut self, number: f64) -> Result<(), FormatError> {
        if self.writing.options.json_non_finite {
            self.raw(match number {
                n if n.is_nan() => "NaN",
                n if n > 0.0 => "Infinity",
                _ => "-Infinity",
            });
            return Ok(());
        }
        let what = "a number that is not finite";
        self.writing
            .change("not_finite_as_null", what, "null, as JavaScript does")?;
        self.raw("null");
        Ok(())
    }

    #[inline]
    fn string(&mut self, text: &str) -> Result<(), FormatError> {
        if !is_plain(text.as_bytes()) {
            return serde_json::to_writer(&mut self.bytes, text)
                .map_err(|error| FormatError::new(ErrorKind::Unfit, error.to_string()));
        }
        self.bytes.reserve(text.len() + 2);
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(b'"');
        Ok(())
    }

    /// Writes a text as a key.
    fn name(&mut self, name: &str) -> Result<(), FormatError> {
        self.string(name)?;
        let colon: &[u8] = if self.indent.is_some() { b": " } else { b":" };
        self.bytes.extend_from_slice(colon);
        Ok(())
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
        for text in map.keys().iter().filter_map(Datum::as_str) {
            self.name(text)?;
            names.add(|bytes| bytes.extend(self.bytes.drain(start..)));
        }
        Ok(Some(self.names.keep(map, names)))
    }

    fn line(&mut self, depth: usize) {
        if let Some(indent) = self.indent {
            self.bytes.push(b'\n');
            let width = self.bytes.len() + usize::from(indent) * depth;
            self.bytes.resize(width, b' ');
        }
    }

    fn list(&mut self, items: &[Datum], depth: usize) -> Result<(), FormatError> {
        self.writing.depth(depth)?;
        self.bytes.push(b'[');
        for (place, item) in items.iter().enumerate() {
            self.next(place, depth);
            self.datum(item, depth)?;
        }
        if !items.is_empty() {
            self.line(depth - 1);
        }
        self.bytes.push(b']');
        Ok(())
    }

    fn map(&mut self, entries: &Map, depth: usize) -> Result<(), FormatError> {
        self.writing.depth(depth)?;
        self.bytes.push(b'{');
        if let Some(names) = self.names(entries)? {
            for (place, (name, value)) in names.iter().zip(entries.values()).enumerate() {
                self.next(place, depth);
                self.bytes.extend_from_slice(name);
                self.datum(value, depth)?;
            }
        } else {
            self.entries(entries, depth)?;
        }
        if !entries.is_empty() {
            self.line(depth - 1);
        }
        self.bytes.push(b'}');
        Ok(())
    }

    /// The entries of a map that has many, or keys that are no texts.
    fn entries(&mut self, entries: &Map, depth: usize) -> Result<(), FormatError> {
        for (place, (key, value)) in entries.iter().enumerate() {
            self.next(place, depth);
            let name = self.writing.key(key)?;
            self.name(&name)?;
            self.datum(value, depth)?;
        }
        if entries.keys().iter().all(|key| key.as_str().is_some()) {
            return Ok(());
        }
        let names = entries.keys().iter().map(|key| self.writing.key(key));
        let names = names.collect::<Result<Vec<_>, _>>()?;
        self.writing.distinct(names.iter().map(AsRef::as_ref))
    }

    /// What stands before a part of a list or a map.
    #[inline]
    fn next(&mut self, place: usize, depth: usize) {
        if place > 0 {
            self.bytes.push(b',');
        }
        self.line(depth);
    }
}

/// Whether JSON writes these bytes of a text as they are.
#[inline]
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    // Without a branch for each byte, so that sixteen are looked at together.
    let special =
        |byte: u8| u8::from(byte < 0x20) | u8::from(byte == b'"') | u8::from(byte == b'\\');
    let any = |bytes: &[u8]| bytes.iter().fold(0, |any, &byte| any | special(byte)) != 0;
    let (chunks, rest) = bytes.as_chunks::<16>();
    !chunks.iter().any(|chunk| any(chunk)) && !any(rest)
}
