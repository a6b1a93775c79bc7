//! Two versions of the same records, and what of both is in bytes that were left half-written.

use std::collections::HashMap;

use datasets::Registry;
use formats::{Datum, DecodeOptions, EncodeOptions, Format};
use serde::{Deserialize, Serialize};

use super::codec::format;
use crate::{Failure, Outcome};

/// Bytes shown before and after the place where the new version ends.
const AROUND: usize = 48;

/// Makes both versions of some records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// How many records.
    pub records: u32,
    /// The name of the files' format: `"csv"` or `"json"`.
    pub format: String,
}

/// Both versions of the same records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BothVersions {
    /// The file with version 1.
    #[serde(with = "serde_bytes")]
    pub old: Vec<u8>,
    /// The file with version 2.
    #[serde(with = "serde_bytes")]
    pub new: Vec<u8>,
    /// Version 1 as JSON.
    #[serde(with = "serde_bytes")]
    pub old_json: Vec<u8>,
    /// Version 2 as JSON.
    #[serde(with = "serde_bytes")]
    pub new_json: Vec<u8>,
}

/// Says what of both versions is in a file that may be half-written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftover {
    /// What was to be in it.
    pub versions: Versions,
    /// The bytes that were found.
    #[serde(with = "serde_bytes")]
    pub found: Vec<u8>,
}

/// What is in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftoverFound {
    /// Its size.
    pub bytes: u64,
    /// What it is as a whole.
    pub verdict: Verdict,
    /// Whole records of version 1.
    pub old: u32,
    /// Whole records of version 2.
    pub new: u32,
    /// Pieces that are no record of either version.
    pub broken: u32,
    /// Records of which neither version is there.
    pub missing: u32,
    /// Records of which both versions are there.
    pub twice: u32,
    /// So many bytes from the start are as version 2 has them, where it is not all of it.
    pub new_bytes: u64,
    /// The place where version 2 ends and something else begins.
    pub torn: Option<Torn>,
    /// How many records a program reads from it, or why it cannot.
    pub reading: Result<u64, Failure>,
}

/// What a file, or a database, holds as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Verdict {
    /// Version 1, every byte of it.
    AllOld,
    /// Version 2, every byte of it.
    AllNew,
    /// Parts of both, and a program reads it without complaint.
    Mixture,
    /// A program cannot read it.
    Unreadable,
}

/// The place where version 2 ends and something else begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Torn {
    /// Bytes before it.
    pub offset: u64,
    /// The end of what is new.
    pub before: String,
    /// The beginning of what is not.
    pub after: String,
}

impl Versions {
    pub(super) fn run(&self) -> Result<Outcome, Failure> {
        let (old, new) = self.records();
        let (file, json) = (format(&self.format)?, format("json")?);
        Ok(Outcome::Versions(BothVersions {
            old: encoded(file, &old)?,
            new: encoded(file, &new)?,
            old_json: encoded(json, &old)?,
            new_json: encoded(json, &new)?,
        }))
    }

    /// The files of both versions.
    fn files(&self) -> Result<[Vec<u8>; 2], Failure> {
        let (old, new) = self.records();
        let file = format(&self.format)?;
        Ok([encoded(file, &old)?, encoded(file, &new)?])
    }

    /// Both versions of all records: what they are about is the same, how far it has got is not.
    fn records(&self) -> (Datum, Datum) {
        let registry = Registry {
            people: self.records as usize,
            cities: 100,
            seed: 11,
        };
        let people = registry.generate().people;
        let people = match &people {
            Datum::List(people) => &people[..],
            _ => &[],
        };
        let name = |at: usize| {
            let person = &people[at % people.len()];
            person.get("name").and_then(Datum::as_str).unwrap_or("?")
        };
        let record = |at: usize, version: i64, note: String| {
            Datum::map([
                ("id", Datum::Int(at.cast_signed() as i64 + 1)),
                ("version", Datum::Int(version)),
                ("name", Datum::from(name(at))),
                ("note", Datum::from(note)),
            ])
        };
        let both = (0..people.len()).map(|at| {
            let parcel = format!("Parcel from {} to {}", name(at * 7 + 1), name(at * 3 + 2));
            let grams = 150 + at * 37 % 4800;
            // Of different lengths, as most changes are: a file that is written over does not keep its places.
            let old = format!("{parcel}: announced, not yet weighed, not yet paid, still waiting.");
            let new = format!(
                "{parcel}: weighed ({grams} g), paid, collected by the carrier and handed over."
            );
            (record(at, 1, old), record(at, 2, new))
        });
        let (old, new) = both.unzip();
        (Datum::List(old), Datum::List(new))
    }
}

fn encoded(format: &dyn Format, records: &Datum) -> Result<Vec<u8>, Failure> {
    Ok(format.encode(records, &EncodeOptions::default())?.bytes)
}

impl Leftover {
    pub(super) fn run(&self) -> Result<Outcome, Failure> {
        let [old, new] = self.versions.files()?;
        let mut found = self.records(&old, &new);
        found.reading = self.reading();
        found.verdict = if self.found == old {
            Verdict::AllOld
        } else if self.found == new {
            Verdict::AllNew
        } else if found.reading.is_ok() {
            Verdict::Mixture
        } else {
            Verdict::Unreadable
        };
        if !matches!(found.verdict, Verdict::AllOld | Verdict::AllNew) {
            found.new_bytes = common(&self.found, &new) as u64;
            found.torn = torn(&self.found, found.new_bytes as usize);
        }
        Ok(Outcome::Leftover(found))
    }

    /// Counts the records, by looking for each of both versions as a whole.
    fn records(&self, old: &[u8], new: &[u8]) -> LeftoverFound {
        let is_csv = self.versions.format == "csv";
        let records = |bytes| if is_csv { lines(bytes) } else { objects(bytes) };
        // The place of a record of one version is that of the same record in the other.
        let mut known = HashMap::new();
        let old = records(old);
        for (at, record) in old.iter().copied().enumerate() {
            known.insert(record, (at, false));
        }
        for (at, record) in records(new).into_iter().enumerate() {
            known.insert(record, (at, true));
        }
        let mut seen: HashMap<usize, [bool; 2]> = HashMap::new();
        let header = old.first().copied().filter(|_| is_csv);
        let mut found = LeftoverFound {
            bytes: self.found.len() as u64,
            verdict: Verdict::Unreadable,
            old: 0,
            new: 0,
            broken: 0,
            missing: 0,
            twice: 0,
            new_bytes: 0,
            torn: None,
            reading: Ok(0),
        };
        for piece in records(&self.found) {
            match known.get(piece) {
                _ if Some(piece) == header => {}
                Some((at, is_new)) => {
                    seen.entry(*at).or_default()[usize::from(*is_new)] = true;
                    if *is_new {
                        found.new += 1;
                    } else {
                        found.old += 1;
                    }
                }
                None => found.broken += 1,
            }
        }
        found.missing = self.versions.records.saturating_sub(seen.len() as u32);
        found.twice = seen
            .values()
            .filter(|versions| versions[0] && versions[1])
            .count() as u32;
        found
    }

    /// Reads it as any program would.
    fn reading(&self) -> Result<u64, Failure> {
        let decoded =
            format(&self.versions.format)?.decode(&self.found, &DecodeOptions::default())?;
        let table = datasets::as_table(&decoded.datum)
            .ok_or_else(|| Failure::new("no-records", "There is no list of records in this."))?;
        Ok(table.records.len() as u64)
    }
}

/// The lines of CSV. No cell of ours has a line end in it.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty())
        .collect()
}

/// The objects of a JSON list. No text of ours has a brace in it.
fn objects(bytes: &[u8]) -> Vec<&[u8]> {
    bytes
        .split(|byte| *byte == b'}')
        .map(|object| {
            let start = object.iter().position(|byte| !b",[] \n".contains(byte));
            start.map_or(&object[..0], |start| &object[start..])
        })
        .filter(|object| !object.is_empty())
        .collect()
}

/// How many bytes are the same from the start on.
fn common(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

/// What is around the place where the new version ends; nothing where the file ends there too, or nothing is new.
fn torn(found: &[u8], at: usize) -> Option<Torn> {
    if at == 0 || at >= found.len() {
        return None;
    }
    let (first, end) = (at.saturating_sub(AROUND), found.len().min(at + AROUND));
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    Some(Torn {
        offset: at as u64,
        before: text(&found[first..at]),
        after: text(&found[at..end]),
    })
}
