//! Storage formats: the same records as in the browser, written and read.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};
use formats::sample::Sample;
use serde_json::{Value as Json, json};

/// Samples by format and size, kept so that no command pays for them twice.
#[derive(Default)]
pub(crate) struct Codecs(BTreeMap<(String, Size), Sample>);

/// How much of a sample is wanted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Size {
    Bytes(usize),
    Records(usize),
}

impl Codecs {
    /// Writes or reads a sample once; only that is timed.
    pub(crate) fn run(&mut self, format: &str, size: Size, what: &str) -> Result<Json> {
        let sample = self.sample(format, size)?;
        let start = Instant::now();
        let elapsed = match what {
            "encode" => {
                let written = black_box(sample.encode().map_err(|error| anyhow!("{error}"))?);
                let elapsed = start.elapsed();
                drop(written);
                elapsed
            }
            "decode" => {
                let read = black_box(sample.decode().map_err(|error| anyhow!("{error}"))?);
                let elapsed = start.elapsed();
                drop(read);
                elapsed
            }
            _ => bail!("`what` must be encode or decode"),
        };
        let milliseconds = elapsed.as_secs_f64() * 1000.0;
        Ok(
            json!({ "milliseconds": milliseconds, "bytes": sample.bytes().len(), "records": sample.records() }),
        )
    }

    /// Writes a sample into a file, for others to read.
    pub(crate) fn write(&mut self, format: &str, size: Size, file: &str) -> Result<Json> {
        let sample = self.sample(format, size)?;
        std::fs::write(Path::new(file), sample.bytes())
            .with_context(|| format!("{file} cannot be written"))?;
        Ok(json!({ "bytes": sample.bytes().len(), "records": sample.records() }))
    }

    fn sample(&mut self, format: &str, size: Size) -> Result<&Sample> {
        Ok(match self.0.entry((format.to_owned(), size)) {
            Entry::Occupied(kept) => kept.into_mut(),
            Entry::Vacant(place) => {
                let sample = match size {
                    Size::Bytes(bytes) => Sample::of_bytes(format, bytes),
                    Size::Records(records) => Sample::of_records(format, records),
                };
                place.insert(sample.map_err(|error| anyhow!("{error}"))?)
            }
        })
    }
}
