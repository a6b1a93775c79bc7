//! The bytes of a snapshot (docs/cache-format.md): records one after the other, each with its lengths and checksum.
//!
//! ```text
//! 8 bytes   89 4A 62 53 0D 0A 1A 0A
//! 4 bytes   version
//!           records: begin, entries, functions, end
//! ```
//!
//! A record:
//!
//! ```text
//! 1 byte    kind
//! 4 bytes   length of the description
//! 8 bytes   length of the content
//! 4 bytes   the lower half of XXH64 of these 13 bytes
//!           the description
//!           the content
//! 8 bytes   XXH64 of the record so far
//! ```
//!
//! The end has the XXH64 of the last 8 bytes of all records before it, so that none can be missing, more, or elsewhere.

use std::collections::BTreeSet;

use values::{Buffer, Digest, Parcel};
use xxhash_rust::xxh64::Xxh64;

use super::SnapshotError;
use crate::store::wire::{Reader, Writer, checksum};
use crate::{Damaged, Entry, FunctionRecord, Key, Milliseconds, Stored};

/// As PNG's: a file that was taken for a text on its way is recognised at once.
const MAGIC: [u8; 8] = *b"\x89JbS\r\n\x1a\n";
/// The newest version that is read, and the one that is written.
pub(super) const VERSION: u32 = 1;
/// Magic and version.
const HEADER: usize = 12;
/// What stands before a description.
const PREFIX: usize = 17;
const SUM: usize = 8;

const BEGIN: u8 = b'B';
const ENTRY: u8 = b'E';
const FUNCTION: u8 = b'F';
const END: u8 = b'Z';

/// Writes a file piece by piece.
pub(super) struct FileWriter<'a> {
    take: &'a mut dyn FnMut(&[u8]),
    sums: Xxh64,
    entries: u64,
    functions: u64,
}

impl<'a> FileWriter<'a> {
    pub(super) fn begin(location: &str, now: Milliseconds, take: &'a mut dyn FnMut(&[u8])) -> Self {
        take(&MAGIC);
        take(&VERSION.to_le_bytes());
        let mut writer = Self {
            take,
            sums: Xxh64::new(0),
            entries: 0,
            functions: 0,
        };
        let mut description = Writer::default();
        description.text(location);
        description.f64(now);
        writer.record(BEGIN, &description.0, None::<&Parcel<Vec<u8>>>);
        writer
    }

    pub(super) fn entry<B: Buffer>(&mut self, stored: &Stored<B>) {
        let Stored { key, entry, value } = stored;
        let mut description = Writer::default();
        description.text(&key.function);
        description.raw(&key.digest.0);
        description.entry(entry);
        description.varint(value.head.len() as u64);
        description.varint(value.buffers.len() as u64);
        for buffer in &value.buffers {
            description.varint(buffer.byte_length() as u64);
        }
        self.record(ENTRY, &description.0, Some(value));
        self.entries += 1;
    }

    pub(super) fn function(&mut self, name: &str, record: &FunctionRecord) {
        let mut description = Writer::default();
        description.text(name);
        description.function(record);
        self.record(FUNCTION, &description.0, None::<&Parcel<Vec<u8>>>);
        self.functions += 1;
    }

    /// Writes the end. Gives the number of entries.
    pub(super) fn end(mut self) -> u64 {
        let mut description = Writer::default();
        description.varint(self.entries);
        description.varint(self.functions);
        description.u64(self.sums.digest());
        self.record(END, &description.0, None::<&Parcel<Vec<u8>>>);
        self.entries
    }

    fn record<B: Buffer>(&mut self, kind: u8, description: &[u8], content: Option<&Parcel<B>>) {
        let length = content.map_or(0, |parcel| parcel.byte_length() as u64);
        let mut before = Writer(Vec::with_capacity(PREFIX + description.len()));
        before.byte(kind);
        before.raw(&(description.len() as u32).to_le_bytes());
        before.u64(length);
        before.raw(&(checksum(&before.0) as u32).to_le_bytes());
        before.raw(description);
        let mut sum = Xxh64::new(0);
        let take = &mut *self.take;
        let mut both = |bytes: &[u8]| {
            sum.update(bytes);
            take(bytes);
        };
        both(&before.0);
        if let Some(parcel) = content {
            both(&parcel.head);
            for buffer in &parcel.buffers {
                buffer.read(&mut both);
            }
        }
        let sum = sum.digest().to_le_bytes();
        take(&sum);
        self.sums.update(&sum);
    }
}

/// A part of the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Slice<'a>(pub(super) &'a [u8]);

impl Buffer for Slice<'_> {
    fn byte_length(&self) -> usize {
        self.0.len()
    }

    fn to_vec(&self) -> Vec<u8> {
        self.0.to_vec()
    }

    fn read(&self, take: &mut dyn FnMut(&[u8])) {
        take(self.0);
    }
}

/// What a whole file holds.
pub(super) struct Read<'a> {
    pub(super) location: String,
    pub(super) exported: Milliseconds,
    /// Their location is the file's.
    pub(super) entries: Vec<Stored<Slice<'a>>>,
    pub(super) functions: Vec<(String, FunctionRecord)>,
}

struct Record<'a> {
    kind: u8,
    /// Where the description begins in the file.
    at: usize,
    description: &'a [u8],
    content: &'a [u8],
    sum: [u8; SUM],
}

/// Reads a file, and checks all of it.
pub(super) fn read(file: &[u8]) -> Result<Read<'_>, SnapshotError> {
    if !file.starts_with(&MAGIC[..file.len().min(MAGIC.len())]) {
        return Err(SnapshotError::Foreign);
    }
    let cut_short = SnapshotError::CutShort {
        at: file.len() as u64,
    };
    let version = file
        .get(MAGIC.len()..)
        .and_then(|rest| rest.first_chunk::<4>())
        .ok_or_else(|| cut_short.clone())?;
    match u32::from_le_bytes(*version) {
        VERSION => {}
        0 => return Err(altered(MAGIC.len())),
        version => {
            return Err(SnapshotError::Newer {
                version,
                known: VERSION,
            });
        }
    }
    let mut at = HEADER;
    let mut sums = Xxh64::new(0);
    let mut read: Option<Read<'_>> = None;
    let mut seen = BTreeSet::new();
    loop {
        let record = next(file, at)?.ok_or_else(|| cut_short.clone())?;
        let start = core::mem::replace(
            &mut at,
            record.at + record.description.len() + record.content.len() + SUM,
        );
        let mut reader = Reader::new(record.description);
        let inside = |damaged: Damaged| altered(record.at + damaged.at);
        let is_right = match (record.kind, &mut read) {
            (BEGIN, slot @ None) => {
                *slot = Some(Read {
                    location: reader.text().map_err(inside)?,
                    exported: reader.f64().map_err(inside)?,
                    entries: Vec::new(),
                    functions: Vec::new(),
                });
                record.content.is_empty()
            }
            (ENTRY, Some(read)) => {
                let stored = entry(&mut reader, &read.location, record.content).map_err(inside)?;
                let is_new = seen.insert(stored.key.clone());
                let is_right = is_new && stored.is_sound();
                read.entries.push(stored);
                is_right
            }
            (FUNCTION, Some(read)) => {
                let name = reader.text().map_err(inside)?;
                let known = reader.function().map_err(inside)?;
                read.functions.push((name, known));
                record.content.is_empty()
            }
            (END, Some(read)) => {
                let entries = reader.varint().map_err(inside)?;
                let functions = reader.varint().map_err(inside)?;
                let whole = reader.u64().map_err(inside)?;
                record.content.is_empty()
                    && entries == read.entries.len() as u64
                    && functions == read.functions.len() as u64
                    && whole == sums.digest()
            }
            _ => false,
        };
        if !is_right || !reader.is_at_end() {
            return Err(altered(start));
        }
        sums.update(&record.sum);
        if record.kind == END {
            break;
        }
    }
    if at < file.len() {
        return Err(SnapshotError::Trailing { at: at as u64 });
    }
    read.ok_or(cut_short)
}

const fn altered(at: usize) -> SnapshotError {
    SnapshotError::Altered { at: at as u64 }
}

/// The record that begins there; nothing if the file ends within it.
fn next(file: &[u8], start: usize) -> Result<Option<Record<'_>>, SnapshotError> {
    let rest = file.get(start..).unwrap_or_default();
    let Some(prefix) = rest.first_chunk::<PREFIX>() else {
        return Ok(None);
    };
    let (lengths, sum) = prefix.split_at(PREFIX - 4);
    if (checksum(lengths) as u32).to_le_bytes() != sum {
        return Err(altered(start));
    }
    let damaged = |_: Damaged| altered(start);
    let mut reader = Reader::new(prefix);
    let kind = reader.byte().map_err(damaged)?;
    let description = u32::from_le_bytes(reader.array().map_err(damaged)?);
    let content = reader.u64().map_err(damaged)?;
    let mut reader = Reader::new(rest);
    let parts = (|| {
        reader.take(PREFIX as u64)?;
        let description = reader.take(u64::from(description))?;
        let content = reader.take(content)?;
        Ok::<_, Damaged>((description, content, reader.at, reader.array::<SUM>()?))
    })();
    let Ok((description, content, end, sum)) = parts else {
        return Ok(None);
    };
    if checksum(&rest[..end]).to_le_bytes() != sum {
        return Err(altered(start));
    }
    Ok(Some(Record {
        kind,
        at: start + PREFIX,
        description,
        content,
        sum,
    }))
}

fn entry<'a>(
    reader: &mut Reader<'_>,
    location: &str,
    content: &'a [u8],
) -> Result<Stored<Slice<'a>>, Damaged> {
    let key = Key {
        location: location.to_owned(),
        function: reader.text()?,
        digest: Digest(reader.array()?),
    };
    let entry: Entry = reader.entry()?;
    let mut parts = Reader::new(content);
    let head = parts.take(reader.varint()?);
    let head = head.map_err(|_| reader.damaged())?.to_vec();
    let mut buffers = Vec::new();
    for _ in 0..reader.count(1)? {
        let part = parts.take(reader.varint()?);
        buffers.push(Slice(part.map_err(|_| reader.damaged())?));
    }
    if !parts.is_at_end() {
        return Err(reader.damaged());
    }
    Ok(Stored {
        key,
        entry,
        value: Parcel { head, buffers },
    })
}
