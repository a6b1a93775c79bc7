//! Records to measure with, made from a seed: the same on every machine.

use crate::map::Keys;
use crate::{Datum, DecodeOptions, EncodeOptions, ErrorKind, Format, FormatError, Map};

/// The seed of all samples.
const SEED: u64 = 1;

/// A source of numbers: SplitMix64 (<https://prng.di.unimi.it/splitmix64.c>).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below that bound.
    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }
}

const FIRST: [&str; 16] = [
    "Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Hedy", "Tim", "Radia", "Ken", "Zoë",
    "Jürgen", "Sofía", "Noor", "Mei", "Olu",
];
const LAST: [&str; 16] = [
    "Lovelace",
    "Hopper",
    "Turing",
    "Dijkstra",
    "Liskov",
    "Knuth",
    "Lamarr",
    "Berners-Lee",
    "Perlman",
    "Thompson",
    "Nuñez",
    "Okafor",
    "Lindqvist",
    "Tanaka",
    "Moreau",
    "Petrova",
];
const CITIES: [&str; 20] = [
    "Amsterdam",
    "Berlin",
    "Bogotá",
    "Cairo",
    "Dakar",
    "Delhi",
    "Geneva",
    "Hanoi",
    "Istanbul",
    "Jakarta",
    "Kyoto",
    "Lima",
    "Lisbon",
    "Nairobi",
    "Oslo",
    "Quito",
    "Reykjavík",
    "São Paulo",
    "Toronto",
    "Wellington",
];
const WORDS: [&str; 24] = [
    "paid", "late", "new", "returned", "by", "post", "the", "second", "order", "from", "abroad",
    "with", "a", "gift", "for", "friends", "please", "call", "before", "noon", "fragile", "keep",
    "dry", "thanks",
];

/// The names of the fields of a record.
const NAMES: [&str; 10] = [
    "id",
    "name",
    "email",
    "city",
    "active",
    "visits",
    "balance",
    "latitude",
    "longitude",
    "note",
];

/// So many records: whole numbers, floats, truth values and texts, among them some with commas, quotes and accents.
pub fn records(count: usize, seed: u64) -> Vec<Datum> {
    let mut numbers = Numbers(seed);
    let keys = Keys::new(NAMES.into_iter().map(Datum::from).collect());
    let rows = (0..count).map(|id| record(id, &mut numbers));
    rows.map(|row| Datum::Map(Map::of(keys.clone(), row)))
        .collect()
}

fn record(id: usize, numbers: &mut Numbers) -> Vec<Datum> {
    let (first, last) = (numbers.pick(&FIRST), numbers.pick(&LAST));
    let words = numbers.below(10);
    let mut note = String::new();
    for place in 0..words {
        if place > 0 {
            note.push_str(if numbers.below(12) == 0 { ", " } else { " " });
        }
        let word = numbers.pick(&WORDS);
        if numbers.below(40) == 0 {
            note.push_str(&format!("\"{word}\""));
        } else {
            note.push_str(word);
        }
    }
    if note.is_empty() {
        // An empty cell of CSV is nothing, and TOML has no nothing.
        note.push('-');
    }
    let email = format!("user{}@example.org", numbers.below(1_000_000));
    let mut fraction = |range: u64, less: f64, unit: f64| {
        Datum::Float((numbers.below(range) as f64 - less) / unit)
    };
    let (balance, latitude, longitude) = (
        fraction(2_000_000, 500_000.0, 100.0),
        fraction(180_000_000, 9e7, 1e6),
        fraction(360_000_000, 18e7, 1e6),
    );
    vec![
        Datum::Int((id as u64).cast_signed()),
        Datum::from(format!("{first} {last}")),
        Datum::from(email),
        Datum::from(numbers.pick(&CITIES)),
        Datum::Bool(numbers.below(3) > 0),
        Datum::Int(numbers.below(5000).cast_signed()),
        balance,
        latitude,
        longitude,
        Datum::from(note),
    ]
}

/// Records in the form that a format holds: a map where it wants one, sections of texts for INI.
pub fn table(format: &dyn Format, records: Vec<Datum>) -> Datum {
    match format.name() {
        "toml" => Datum::map([("record", Datum::List(records))]),
        "ini" => {
            let sections = records.into_iter().enumerate();
            Datum::map(sections.map(|(place, record)| (format!("record {place}"), texts(&record))))
        }
        _ => Datum::List(records),
    }
}

/// The record with texts instead of all else.
fn texts(record: &Datum) -> Datum {
    let Datum::Map(entries) = record else {
        return record.clone();
    };
    let text = |value: &Datum| match value {
        Datum::Bool(value) => Datum::from(value.to_string()),
        Datum::Int(number) => Datum::from(number.to_string()),
        Datum::Float(number) => Datum::from(number.to_string()),
        other => other.clone(),
    };
    Datum::Map(
        entries
            .iter()
            .map(|(key, value)| (key.clone(), text(value)))
            .collect(),
    )
}

/// Records in a format, to be written and read again and again.
#[derive(Debug)]
pub struct Sample {
    format: &'static str,
    records: usize,
    datum: Datum,
    bytes: Vec<u8>,
    encode: EncodeOptions,
    decode: DecodeOptions,
}

impl Sample {
    /// So many records in that format of the catalogue.
    ///
    /// # Errors
    /// [`ErrorKind::Options`] if there is no such format.
    pub fn of_records(format: &str, records: usize) -> Result<Self, FormatError> {
        let format = named(format)?;
        // Python's newest protocol, as the peer writes.
        let encode = EncodeOptions {
            pickle_protocol: 5,
            ..EncodeOptions::default()
        };
        let datum = table(format, self::records(records, SEED));
        let bytes = format.encode(&datum, &encode)?.bytes;
        Ok(Self {
            format: format.name(),
            records,
            datum,
            bytes,
            encode,
            decode: DecodeOptions::default(),
        })
    }

    /// As many records as make about so many bytes.
    ///
    /// # Errors
    /// As [`Sample::of_records`].
    pub fn of_bytes(format: &str, bytes: usize) -> Result<Self, FormatError> {
        const PROBE: usize = 2000;
        let probe = Self::of_records(format, PROBE)?;
        // In 64 bits, of which a module has only 32 for a length.
        let records = bytes as u64 * PROBE as u64 / probe.bytes.len() as u64;
        Self::of_records(format, records as usize)
    }

    /// How many records there are.
    pub fn records(&self) -> usize {
        self.records
    }

    /// What is written and read.
    pub fn datum(&self) -> &Datum {
        &self.datum
    }

    /// The same in the format.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Writes the value.
    ///
    /// # Errors
    /// None that is not one of the format: what is written was written before.
    pub fn encode(&self) -> Result<Vec<u8>, FormatError> {
        let encoded = named(self.format)?.encode(&self.datum, &self.encode)?;
        Ok(encoded.bytes)
    }

    /// Reads the bytes.
    ///
    /// # Errors
    /// None that is not one of the format: what is read was written by it.
    pub fn decode(&self) -> Result<Datum, FormatError> {
        let decoded = named(self.format)?.decode(&self.bytes, &self.decode)?;
        Ok(decoded.datum)
    }
}

fn named(format: &str) -> Result<&'static dyn Format, FormatError> {
    crate::find(format).ok_or_else(|| {
        FormatError::new(
            ErrorKind::Options,
            format!("There is no format `{format}`."),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_reads_the_sample_as_it_was() -> Result<(), FormatError> {
        for format in crate::all() {
            let sample = Sample::of_bytes(format.name(), 100_000)?;
            assert_eq!(&sample.decode()?, sample.datum(), "{}", format.name());
            assert_eq!(sample.encode()?, sample.bytes(), "{}", format.name());
            assert!((90_000..110_000).contains(&sample.bytes().len()));
        }
        Ok(())
    }
}
