//! The entries of a memory as a block of bytes for the page: www/listing.ts reads it. A hundred thousand entries cost a tenth of
//! the time this way.

use std::collections::BTreeMap;

use memory::{Entry, Key};

/// The block, the arguments one after the other, and the names of the functions by their number in the block.
pub(super) fn write(entries: &[(Key, Entry)]) -> (Vec<u8>, Vec<u8>, Vec<String>) {
    let (mut block, mut texts, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    for (key, entry) in entries {
        let number = *numbers.entry(&key.function).or_insert_with(|| {
            names.push(key.function.clone());
            names.len() as u32 - 1
        });
        block.extend_from_slice(&key.digest.0);
        block.extend_from_slice(&number.to_le_bytes());
        block.extend_from_slice(&entry.hits.to_le_bytes());
        for field in [
            entry.created,
            entry.last_used,
            entry.duration,
            entry.bytes as f64,
        ] {
            block.extend_from_slice(&field.to_le_bytes());
        }
        block.extend_from_slice(&(entry.arguments.len() as u32).to_le_bytes());
        texts.extend_from_slice(entry.arguments.as_bytes());
    }
    (block, texts, names)
}
