//! The task `word_frequencies` over the texts of a collection, one after the other.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value as Json, json};
use values::{Parcel, Value};

use crate::call::{call, task, unpacked};

/// The arguments for each text of a collection, by its folder.
#[derive(Default)]
pub(crate) struct Collections(BTreeMap<String, Vec<Parcel<Vec<u8>>>>);

impl Collections {
    /// One pass over all texts; only the calls are timed.
    pub(crate) fn run(&mut self, folder: &str) -> Result<Json> {
        let texts = match self.0.entry(folder.to_owned()) {
            Entry::Occupied(kept) => kept.into_mut(),
            Entry::Vacant(place) => place.insert(read(Path::new(folder))?),
        };
        let task = task("word_frequencies")?;
        let (mut elapsed, mut words) = (Duration::ZERO, 0);
        for arguments in &*texts {
            let start = Instant::now();
            let result = call(task, arguments)?;
            elapsed += start.elapsed();
            words += unpacked(&result)?.int("word_count")?;
        }
        let milliseconds = elapsed.as_secs_f64() * 1000.0;
        Ok(json!({ "milliseconds": milliseconds, "texts": texts.len(), "words": words }))
    }
}

/// The texts that a collection's manifest lists, as arguments.
fn read(folder: &Path) -> Result<Vec<Parcel<Vec<u8>>>> {
    let read = |name: &str| {
        let file = folder.join(name);
        std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))
    };
    let manifest: Json = serde_json::from_slice(&read("manifest.json")?)?;
    let files = manifest["files"]
        .as_array()
        .context("the manifest has no list `files`")?;
    files
        .iter()
        .map(|file| {
            let name = file["name"].as_str().context("a file has no name")?;
            let title = file["title"].as_str().unwrap_or(name);
            Ok(Parcel::pack(Value::map([
                ("name", Value::from(title)),
                ("text", Value::Bytes(read(name)?)),
            ])))
        })
        .collect()
}
