//! What happened to the entries of a location, in order: a store appends one record for each of its writes, so that a list
//! of all entries is a matter of a few long records and not of one for each entry.
//!
//! Records are merged as they become many ([`plan`]), as in a log-structured merge tree (O'Neil and others, 1996): each is
//! rewritten as often as the number of records has digits to the base of eight.

use std::collections::HashMap;

use values::Digest;

use crate::store::wire::{Reader, Writer, checksum};
use crate::{Damaged, Entry, Key, Milliseconds, Use};

const MAGIC: [u8; 4] = *b"JbJ2";
/// So many records of one tier become one of the next.
const FAN_IN: usize = 8;
/// Records of this tier are merged among themselves.
const HIGHEST_TIER: u8 = 15;

/// What happened to the entries of one location.
#[derive(Clone, Debug)]
pub struct Journal {
    location: String,
    functions: Vec<String>,
    numbers: HashMap<String, u32>,
    events: Vec<Event>,
}

/// What happened to one entry: its function's number, its digest, and what it was.
type Event = (u32, Digest, Change);

#[derive(Clone, Debug)]
enum Change {
    Put(Entry),
    Used(Milliseconds, u32),
    Deleted,
}

impl Journal {
    /// A journal of this location in which nothing has happened.
    pub fn new(location: &str) -> Self {
        Self {
            location: location.to_owned(),
            functions: Vec::new(),
            numbers: HashMap::new(),
            events: Vec::new(),
        }
    }

    /// An entry was written.
    pub fn put(&mut self, key: &Key, entry: &Entry) {
        self.note(key, Change::Put(entry.clone()));
    }

    /// Results were given to callers.
    pub fn used(&mut self, used: &Use) {
        self.note(&used.key, Change::Used(used.at, used.hits));
    }

    /// An entry was removed.
    pub fn deleted(&mut self, key: &Key) {
        self.note(key, Change::Deleted);
    }

    /// Whether nothing has happened.
    pub const fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// What happened, as stored bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut body = Writer(Vec::with_capacity(16 + self.events.len() * 72));
        body.raw(&MAGIC);
        body.u64(0);
        body.varint(self.functions.len() as u64);
        for function in &self.functions {
            body.text(function);
        }
        body.varint(self.events.len() as u64);
        for (function, digest, change) in &self.events {
            body.byte(match change {
                Change::Put(_) => 0,
                Change::Used(..) => 1,
                Change::Deleted => 2,
            });
            body.varint(u64::from(*function));
            body.raw(&digest.0);
            match change {
                Change::Put(entry) => body.entry(entry),
                Change::Used(at, hits) => {
                    body.f64(*at);
                    body.varint(u64::from(*hits));
                }
                Change::Deleted => {}
            }
        }
        let mut bytes = body.0;
        let sum = checksum(&bytes[12..]);
        bytes[4..12].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// Reads stored bytes: what they tell happened after all that is here already.
    ///
    /// # Errors
    /// If they are altered or cut short; then nothing is added.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), Damaged> {
        let mut reader = Reader::new(bytes);
        if reader.array::<4>()? != MAGIC {
            return Err(Damaged { at: 0 });
        }
        if reader.u64()? != checksum(reader.rest()) {
            return Err(Damaged { at: 12 });
        }
        let before = self.events.len();
        let read = self.read(&mut reader);
        if read.is_err() {
            self.events.truncate(before);
        }
        read
    }

    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), Damaged> {
        let mut functions = Vec::new();
        for _ in 0..reader.count(1)? {
            functions.push(self.number(&reader.text()?));
        }
        let count = reader.count(18)?;
        self.events.reserve(count);
        for _ in 0..count {
            let kind = reader.byte()?;
            let number = reader.u32()?;
            let function = *functions.get(number as usize).ok_or(reader.damaged())?;
            let digest = Digest(reader.array()?);
            let change = match kind {
                0 => Change::Put(reader.entry()?),
                1 => Change::Used(reader.f64()?, reader.u32()?),
                2 => Change::Deleted,
                _ => return Err(reader.damaged()),
            };
            self.events.push((function, digest, change));
        }
        if reader.is_at_end() {
            Ok(())
        } else {
            Err(reader.damaged())
        }
    }

    /// The same in as few events as tell it, in the order of the storage keys. `first` says that nothing happened before.
    #[must_use]
    pub fn merged(mut self, first: bool) -> Self {
        let ranks = ranks(&self.functions);
        let mut events = core::mem::take(&mut self.events);
        // Stable: what happened to one entry stays in order. Records are sorted runs, which this sort is fast on.
        events.sort_by(|a, b| (ranks[a.0 as usize], a.1).cmp(&(ranks[b.0 as usize], b.1)));
        for (function, digest, change) in events {
            match self.events.last_mut() {
                Some((f, d, before)) if *f == function && *d == digest => before.then(change),
                _ => self.events.push((function, digest, change)),
            }
        }
        if first {
            self.events
                .retain(|(_, _, change)| matches!(change, Change::Put(_)));
        }
        self
    }

    /// The entries that are there after all this, if it is all that ever happened, in the order of their storage keys.
    pub fn entries(self) -> Vec<(Key, Entry)> {
        let merged = self.merged(true);
        let (location, functions) = (merged.location, merged.functions);
        merged
            .events
            .into_iter()
            .filter_map(|(function, digest, change)| match change {
                Change::Put(entry) => {
                    let key = Key {
                        location: location.clone(),
                        function: functions[function as usize].clone(),
                        digest,
                    };
                    Some((key, entry))
                }
                _ => None,
            })
            .collect()
    }

    fn note(&mut self, key: &Key, change: Change) {
        let function = self.number(&key.function);
        self.events.push((function, key.digest, change));
    }

    fn number(&mut self, function: &str) -> u32 {
        if let Some(number) = self.numbers.get(function) {
            return *number;
        }
        let number = self.functions.len() as u32;
        self.functions.push(function.to_owned());
        self.numbers.insert(function.to_owned(), number);
        number
    }
}

impl Change {
    /// This, and then the other.
    fn then(&mut self, after: Self) {
        match (&mut *self, after) {
            (Self::Put(entry), Self::Used(at, hits)) => entry.note_use(at, hits),
            (Self::Used(last, sum), Self::Used(at, hits)) => {
                *last = last.max(at);
                *sum = sum.saturating_add(hits);
            }
            (Self::Deleted, Self::Used(..)) => {}
            (_, after) => *self = after,
        }
    }
}

/// The place of each function in the order of the storage keys.
fn ranks(functions: &[String]) -> Vec<usize> {
    let beginnings: Vec<_> = functions
        .iter()
        .map(|function| Key::prefix(function))
        .collect();
    let mut order: Vec<_> = (0..functions.len()).collect();
    order.sort_by(|a, b| beginnings[*a].cmp(&beginnings[*b]));
    let mut ranks = vec![0; functions.len()];
    for (rank, function) in order.into_iter().enumerate() {
        ranks[function] = rank;
    }
    ranks
}

/// Which records are to be merged, given their tiers from the oldest to the newest: from which on, and the tier of what they
/// become. A record that was just appended has tier 0.
pub fn plan(tiers: &[u8]) -> Option<(usize, u8)> {
    let mut planned = None;
    let mut from = tiers.len();
    // How many records there are in this tier, counting what was merged below as one.
    for tier in 0..=HIGHEST_TIER {
        let older = tiers[..from]
            .iter()
            .rev()
            .take_while(|other| **other <= tier)
            .count();
        let count = older + usize::from(planned.is_some() || from < tiers.len());
        from -= older;
        if count < FAN_IN {
            break;
        }
        planned = Some((from, (tier + 1).min(HIGHEST_TIER)));
    }
    planned
}
