//! Databases of layout 1 (docs/cache-format.md), brought to today's in the transaction that changes the version.

use std::collections::BTreeMap;

use js_sys::{Array, Reflect, Uint8Array};
use memory::{Entry, Journal, Key, Stored};
use serde::Deserialize;
use values::Parcel;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbKeyRange, IdbTransaction};

use super::requests::{Fault, answer, answers};
use super::{JOURNAL, PAYLOADS, RESULTS, journal, shape};
use crate::JsBuffer;

const ENTRIES: &str = "entries";
/// So many entries are read at once.
const STEP: u32 = 64;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OldEntry {
    created: f64,
    last_used: f64,
    duration: f64,
    bytes: u64,
    checksum: [u8; 16],
}

/// Writes every entry of layout 1 as today's, and leaves nothing of the old layout. Entries that cannot be read, or whose
/// result is not the one that was stored, are left out: they would be misses.
pub(super) async fn migrate(
    database: &IdbDatabase,
    transaction: &IdbTransaction,
) -> Result<(), Fault> {
    let entries = transaction.object_store(ENTRIES)?;
    let results = transaction.object_store(RESULTS)?;
    let payloads = transaction.object_store(PAYLOADS)?;
    let mut journals = BTreeMap::new();
    let mut after: Option<JsValue> = None;
    loop {
        let range = match &after {
            Some(key) => IdbKeyRange::lower_bound_with_open(key, true)?,
            None => IdbKeyRange::lower_bound(&"".into())?,
        };
        let keys = entries.get_all_keys_with_key_and_limit(&range, STEP)?;
        let keys: Array = answer(keys).await?.unchecked_into();
        if keys.length() == 0 {
            break;
        }
        let mut asked = Vec::new();
        for key in keys.iter() {
            asked.push(entries.get(&key)?);
            asked.push(results.get(&key)?);
        }
        let found = answers(&asked).await?;
        for (name, pair) in keys.iter().zip(found.chunks_exact(2)) {
            let stored = name
                .as_string()
                .and_then(|text| Key::from_storage_key(&text))
                .and_then(|key| read(key, &pair[0], &pair[1]));
            let Some(stored) = stored else {
                results.delete(&name)?;
                continue;
            };
            journals
                .entry(stored.key.location.clone())
                .or_insert_with_key(|location| Journal::new(location))
                .put(&stored.key, &stored.entry);
            shape::plain(&stored).write(&results, &payloads)?;
        }
        after = Some(keys.get(keys.length() - 1));
    }
    let store = transaction.object_store(JOURNAL)?;
    for (location, happened) in journals {
        journal::append(&store, &location, &happened)?;
    }
    // Results without an entry were never found.
    database.delete_object_store(ENTRIES)?;
    Ok(())
}

fn read(key: Key, entry: &JsValue, result: &JsValue) -> Option<Stored<JsBuffer>> {
    let entry: OldEntry = serde_wasm_bindgen::from_value(entry.clone()).ok()?;
    let head: Uint8Array = Reflect::get(result, &"head".into()).ok()?.dyn_into().ok()?;
    let buffers: Array = Reflect::get(result, &"buffers".into())
        .ok()?
        .dyn_into()
        .ok()?;
    let value = Parcel {
        head: head.to_vec(),
        buffers: buffers
            .iter()
            .map(|buffer| buffer.dyn_into().map(JsBuffer::new).ok())
            .collect::<Option<Vec<_>>>()?,
    };
    let is_sound = value.byte_length() as u64 == entry.bytes && value.digest().0 == entry.checksum;
    is_sound.then(|| Stored {
        entry: Entry {
            created: entry.created,
            last_used: entry.last_used,
            duration: entry.duration,
            bytes: entry.bytes,
            checksum: value.checksum(),
            ..Entry::default()
        },
        key,
        value,
    })
}
