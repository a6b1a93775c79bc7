//! Writing a pickle of the protocol that is chosen.

use std::collections::{HashMap, HashSet};

use super::{op, text};
use crate::key_cache::{KeyCache, Names};
use crate::writing::Writing;
use crate::{Datum, EncodeOptions, Encoded, ErrorKind, FormatError, Map};

/// So many items follow a mark at once, as in CPython.
const BATCH: usize = 1000;

pub(super) fn write(datum: &Datum, options: &EncodeOptions) -> Result<Encoded, FormatError> {
    let protocol = options.pickle_protocol;
    if protocol > 5 {
        let message = format!("There is no pickle protocol {protocol}, only 0 to 5.");
        return Err(FormatError::new(ErrorKind::Options, message));
    }
    let mut writer = Writer {
        writing: Writing::new("pickle", options),
        protocol,
        bytes: Vec::new(),
        memo: HashMap::new(),
        recalls: KeyCache::default(),
    };
    if protocol >= 2 {
        writer.bytes.extend([op::PROTO, protocol]);
    }
    if protocol >= 4 {
        writer.bytes.push(op::FRAME);
        writer.bytes.extend([0; 8]);
    }
    let body = writer.bytes.len();
    writer.datum(datum, 0)?;
    writer.bytes.push(op::STOP);
    if protocol >= 4 {
        let length = (writer.bytes.len() - body) as u64;
        writer.bytes[body - 8..body].copy_from_slice(&length.to_le_bytes());
    }
    Ok(Encoded {
        bytes: writer.bytes,
        notes: writer.writing.notes.into_vec(),
    })
}

pub(super) struct Writer<'a, 'd> {
    pub(super) writing: Writing<'a>,
    protocol: u8,
    bytes: Vec<u8>,
    /// Keys that were written, and where they are remembered.
    memo: HashMap<&'d str, u32>,
    /// What recalls the keys of maps that were written.
    recalls: KeyCache,
}

impl<'d> Writer<'_, 'd> {
    fn datum(&mut self, datum: &'d Datum, depth: usize) -> Result<(), FormatError> {
        match datum {
            Datum::Null => self.bytes.push(op::NONE),
            Datum::Bool(value) => match (self.protocol, value) {
                (0 | 1, true) => self.raw(b"I01\n"),
                (0 | 1, false) => self.raw(b"I00\n"),
                (_, true) => self.bytes.push(op::NEWTRUE),
                (_, false) => self.bytes.push(op::NEWFALSE),
            },
            Datum::Int(number) => self.int(*number),
            Datum::BigInt(number) => {
                if self.protocol < 2 {
                    self.raw(format!("L{number}L\n").as_bytes());
                } else {
                    self.long(&number.to_signed_bytes_le());
                }
            }
            Datum::Float(number) if self.protocol == 0 => {
                let text = crate::writing::float(*number);
                self.raw(format!("F{text}\n").as_bytes());
            }
            Datum::Float(number) => {
                self.bytes.push(op::BINFLOAT);
                self.raw(&number.to_be_bytes());
            }
            Datum::Str(text) => self.text(text),
            Datum::Bytes(bytes) => self.binary(bytes),
            Datum::DateTime(moment) => self.date_time(*moment)?,
            Datum::Date(date) => self.date(*date)?,
            Datum::Time(time) => self.time(*time)?,
            Datum::List(items) => {
                self.writing.depth(depth + 1)?;
                self.list(items, depth + 1)?;
            }
            Datum::Tuple(items) => {
                self.writing.depth(depth + 1)?;
                self.tuple(items, depth + 1)?;
            }
            Datum::Set(items) => {
                self.writing.depth(depth + 1)?;
                self.set(items, depth + 1, false)?;
            }
            Datum::Map(entries) => {
                self.writing.depth(depth + 1)?;
                self.map(entries, depth + 1)?;
            }
        }
        Ok(())
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn int(&mut self, number: i64) {
        let small = i32::try_from(number);
        match (self.protocol, small) {
            (0, Ok(_)) => self.raw(format!("I{number}\n").as_bytes()),
            (0 | 1, Err(_)) => self.raw(format!("L{number}L\n").as_bytes()),
            (_, Ok(small)) => match (u8::try_from(small), u16::try_from(small)) {
                (Ok(byte), _) => self.raw(&[op::BININT1, byte]),
                (_, Ok(two)) => {
                    self.bytes.push(op::BININT2);
                    self.raw(&two.to_le_bytes());
                }
                _ => {
                    self.bytes.push(op::BININT);
                    self.raw(&small.to_le_bytes());
                }
            },
            (_, Err(_)) => {
                let bytes = num_bigint::BigInt::from(number).to_signed_bytes_le();
                self.long(&bytes);
            }
        }
    }

    fn long(&mut self, bytes: &[u8]) {
        if let Ok(length) = u8::try_from(bytes.len()) {
            self.raw(&[op::LONG1, length]);
        } else {
            self.bytes.push(op::LONG4);
            self.raw(&(bytes.len() as u32).to_le_bytes());
        }
        self.raw(bytes);
    }

    fn text(&mut self, text: &str) {
        if self.protocol == 0 {
            self.bytes.push(op::UNICODE);
            text::to_raw_unicode(text, &mut self.bytes);
            self.bytes.push(b'\n');
            return;
        }
        let short = if self.protocol >= 4 {
            Some(op::SHORT_BINUNICODE)
        } else {
            None
        };
        self.counted(short, op::BINUNICODE, op::BINUNICODE8, text.as_bytes());
    }

    /// Bytes after their length, in as few bytes as the protocol has an instruction for.
    fn counted(&mut self, short: Option<u8>, four: u8, eight: u8, bytes: &[u8]) {
        match (short, u8::try_from(bytes.len()), u32::try_from(bytes.len())) {
            (Some(short), Ok(length), _) => self.raw(&[short, length]),
            (_, _, Ok(length)) => {
                self.bytes.push(four);
                self.raw(&length.to_le_bytes());
            }
            _ => {
                self.bytes.push(eight);
                self.raw(&(bytes.len() as u64).to_le_bytes());
            }
        }
        self.raw(bytes);
    }

    pub(super) fn binary(&mut self, bytes: &[u8]) {
        if self.protocol >= 3 {
            return self.counted(Some(op::SHORT_BINBYTES), op::BINBYTES, op::BINBYTES8, bytes);
        }
        // As CPython does: protocols 0 to 2 know no bytes.
        if bytes.is_empty() {
            self.global("builtins", "bytes");
            self.open_tuple();
        } else {
            self.global("_codecs", "encode");
            self.open_tuple();
            let text: String = bytes.iter().map(|&b| char::from(b)).collect();
            self.text(&text);
            self.text("latin1");
        }
        self.bytes.push(op::TUPLE);
        self.bytes.push(op::REDUCE);
    }

    pub(super) fn open_tuple(&mut self) {
        self.bytes.push(op::MARK);
    }

    pub(super) fn global(&mut self, module: &'static str, name: &'static str) {
        if self.protocol >= 4 {
            self.text(module);
            self.text(name);
            self.bytes.push(op::STACK_GLOBAL);
            return;
        }
        let module = match module {
            "builtins" if self.protocol < 3 => "__builtin__",
            other => other,
        };
        self.raw(format!("c{module}\n{name}\n").as_bytes());
    }

    fn list(&mut self, items: &'d [Datum], depth: usize) -> Result<(), FormatError> {
        if self.protocol == 0 {
            self.raw(b"(l");
            for item in items {
                self.datum(item, depth)?;
                self.bytes.push(op::APPEND);
            }
            return Ok(());
        }
        self.bytes.push(op::EMPTY_LIST);
        for batch in items.chunks(BATCH) {
            if let [item] = batch {
                self.datum(item, depth)?;
                self.bytes.push(op::APPEND);
                continue;
            }
            self.bytes.push(op::MARK);
            for item in batch {
                self.datum(item, depth)?;
            }
            self.bytes.push(op::APPENDS);
        }
        Ok(())
    }

    fn tuple(&mut self, items: &'d [Datum], depth: usize) -> Result<(), FormatError> {
        let short = match (self.protocol, items.len()) {
            (1.., 0) => op::EMPTY_TUPLE,
            (2.., 1) => op::TUPLE1,
            (2.., 2) => op::TUPLE2,
            (2.., 3) => op::TUPLE3,
            _ => {
                self.open_tuple();
                op::TUPLE
            }
        };
        for item in items {
            self.datum(item, depth)?;
        }
        self.bytes.push(short);
        Ok(())
    }

    fn set(&mut self, items: &'d [Datum], depth: usize, frozen: bool) -> Result<(), FormatError> {
        if collide(items.iter()) {
            return Err(self
                .writing
                .unfit("a set of numbers that Python takes for equal, as 1 and true"));
        }
        if self.protocol >= 4 && frozen {
            self.bytes.push(op::MARK);
            for item in items {
                self.hashable(item, depth)?;
            }
            self.bytes.push(op::FROZENSET);
            return Ok(());
        }
        if self.protocol >= 4 {
            self.bytes.push(op::EMPTY_SET);
            for batch in items.chunks(BATCH) {
                self.bytes.push(op::MARK);
                for item in batch {
                    self.hashable(item, depth)?;
                }
                self.bytes.push(op::ADDITEMS);
            }
            return Ok(());
        }
        self.global("builtins", if frozen { "frozenset" } else { "set" });
        self.open_tuple();
        self.raw(b"(");
        for item in items {
            self.hashable(item, depth)?;
        }
        self.raw(&[op::LIST, op::TUPLE, op::REDUCE]);
        Ok(())
    }

    fn map(&mut self, entries: &'d Map, depth: usize) -> Result<(), FormatError> {
        let recalls = self.recalls.find(entries);
        if recalls.is_none() && collide(entries.keys().iter()) {
            return Err(self
                .writing
                .unfit("keys that Python takes for equal, as 1 and true"));
        }
        if self.protocol == 0 {
            self.raw(b"(d");
        } else {
            self.bytes.push(op::EMPTY_DICT);
        }
        if let Some(recalls) = recalls
            && (2..=BATCH).contains(&entries.len())
            && self.protocol > 0
        {
            self.bytes.push(op::MARK);
            for (recall, value) in recalls.iter().zip(entries.values()) {
                self.bytes.extend_from_slice(recall);
                self.datum(value, depth)?;
            }
            self.bytes.push(op::SETITEMS);
            return Ok(());
        }
        let batches = entries
            .keys()
            .chunks(BATCH)
            .zip(entries.values().chunks(BATCH));
        for (batch, values) in batches {
            let one_by_one = self.protocol == 0 || batch.len() == 1;
            if !one_by_one {
                self.bytes.push(op::MARK);
            }
            for (key, value) in batch.iter().zip(values) {
                match key {
                    Datum::Str(name) => self.name(name),
                    other => self.hashable(other, depth)?,
                }
                self.datum(value, depth)?;
                if one_by_one {
                    self.bytes.push(op::SETITEM);
                }
            }
            if !one_by_one {
                self.bytes.push(op::SETITEMS);
            }
        }
        self.keep(entries);
        Ok(())
    }

    /// Keeps what recalls the keys of a map, if they are few texts: they are in the memo by now.
    fn keep(&mut self, entries: &Map) {
        if !KeyCache::suits(entries) || self.recalls.find(entries).is_some() {
            return;
        }
        let mut recalls = Names::default();
        for key in entries.keys() {
            let Some(&place) = key.as_str().and_then(|name| self.memo.get(name)) else {
                return;
            };
            recalls.add(|bytes| recall(bytes, self.protocol, place));
        }
        self.recalls.keep(entries, recalls);
    }

    /// A key that is text: written once, then recalled.
    fn name(&mut self, name: &'d str) {
        if let Some(&place) = self.memo.get(name) {
            return recall(&mut self.bytes, self.protocol, place);
        }
        self.text(name);
        let Ok(place) = u32::try_from(self.memo.len()) else {
            return;
        };
        self.memo.insert(name, place);
        match (self.protocol, u8::try_from(place)) {
            (0, _) => self.raw(format!("p{place}\n").as_bytes()),
            (4.., _) => self.bytes.push(op::MEMOIZE),
            (_, Ok(place)) => self.raw(&[op::BINPUT, place]),
            (_, Err(_)) => {
                self.bytes.push(op::LONG_BINPUT);
                self.raw(&place.to_le_bytes());
            }
        }
    }

    /// A key, or an item of a set: frozen, as Python wants it.
    fn hashable(&mut self, datum: &'d Datum, depth: usize) -> Result<(), FormatError> {
        match datum {
            Datum::List(_) | Datum::Map(_) => Err(self
                .writing
                .unfit(&format!("{} as a key or in a set", datum.kind()))),
            Datum::Set(items) => {
                self.writing.depth(depth + 1)?;
                self.set(items, depth + 1, true)
            }
            Datum::Tuple(items) if items.iter().any(|item| !is_scalar(item)) => {
                self.writing.depth(depth + 1)?;
                self.open_tuple();
                for item in items {
                    self.hashable(item, depth + 1)?;
                }
                self.bytes.push(op::TUPLE);
                Ok(())
            }
            other => self.datum(other, depth),
        }
    }
}

/// Writes what recalls that place of the memo.
fn recall(bytes: &mut Vec<u8>, protocol: u8, place: u32) {
    match (protocol, u8::try_from(place)) {
        (0, _) => bytes.extend_from_slice(format!("g{place}\n").as_bytes()),
        (_, Ok(place)) => bytes.extend_from_slice(&[op::BINGET, place]),
        (_, Err(_)) => {
            bytes.push(op::LONG_BINGET);
            bytes.extend_from_slice(&place.to_le_bytes());
        }
    }
}

fn is_scalar(datum: &Datum) -> bool {
    !matches!(
        datum,
        Datum::List(_) | Datum::Tuple(_) | Datum::Set(_) | Datum::Map(_)
    )
}

/// Whether Python takes two of these for the same key: `1`, `1.0` and `True` are.
fn collide<'d>(keys: impl Iterator<Item = &'d Datum> + Clone) -> bool {
    let loose = |key: &Datum| matches!(key, Datum::Bool(_) | Datum::Float(_));
    if !keys.clone().any(loose) {
        return false;
    }
    let mut seen = HashSet::new();
    for key in keys {
        let number = match *key {
            Datum::Bool(value) => i64::from(value),
            Datum::Int(number) => number,
            Datum::Float(number) if number.fract() == 0.0 && number.abs() < 9.0e18 => number as i64,
            _ => continue,
        };
        if !seen.insert(number) {
            return true;
        }
    }
    false
}
