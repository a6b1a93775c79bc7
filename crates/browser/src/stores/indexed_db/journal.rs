//! The records of a location's journal in the database: `{ location, record }` under numbers that the browser gives, in the
//! order of the transactions. A record that was merged stands under the number of its last one and as many sixteenths as
//! its tier says.

use js_sys::{Array, Object, Reflect, Uint8Array};
use memory::{Damaged, Journal, plan};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbObjectStore;

use super::LOCATION;
use super::requests::{Fault, answer, answers};

const RECORD: &str = "record";
const TIERS: f64 = 16.0;

fn record(location: &str, happened: &Journal) -> JsValue {
    let record = Object::new();
    // Setting a property of a new plain object cannot fail.
    let bytes = Uint8Array::from(&happened.encode()[..]);
    let _ = Reflect::set(&record, &LOCATION.into(), &location.into());
    let _ = Reflect::set(&record, &RECORD.into(), &bytes);
    record.into()
}

/// Adds a record at the end.
pub(super) fn append(
    store: &IdbObjectStore,
    location: &str,
    happened: &Journal,
) -> Result<(), Fault> {
    store.add(&record(location, happened))?;
    Ok(())
}

/// All that happened; the inner error is a record that cannot be read.
pub(super) async fn read(
    store: &IdbObjectStore,
    location: &str,
) -> Result<Result<Journal, Damaged>, Fault> {
    let all = store.index(LOCATION)?.get_all_with_key(&location.into())?;
    let all: Array = answer(all).await?.unchecked_into();
    Ok(joined(location, all.iter()))
}

fn joined(location: &str, records: impl Iterator<Item = JsValue>) -> Result<Journal, Damaged> {
    let mut journal = Journal::new(location);
    for record in records {
        let bytes: Uint8Array = Reflect::get(&record, &RECORD.into())
            .ok()
            .and_then(|bytes| bytes.dyn_into().ok())
            .ok_or(Damaged { at: 0 })?;
        journal.append(&bytes.to_vec())?;
    }
    Ok(journal)
}

/// Puts this in place of all records.
pub(super) async fn replace(
    store: &IdbObjectStore,
    location: &str,
    happened: &Journal,
) -> Result<(), Fault> {
    for key in numbers(store, location).await?.iter() {
        store.delete(&key)?;
    }
    if !happened.is_empty() {
        append(store, location, happened)?;
    }
    Ok(())
}

/// Merges the newest records if they have become many.
pub(super) async fn tidy(store: &IdbObjectStore, location: &str) -> Result<(), Fault> {
    let keys = numbers(store, location).await?;
    let tiers: Vec<_> = keys
        .iter()
        .map(|key| (key.as_f64().unwrap_or_default().fract() * TIERS) as u8)
        .collect();
    let Some((from, tier)) = plan(&tiers) else {
        return Ok(());
    };
    let keys: Vec<_> = keys.iter().skip(from).collect();
    let asked = keys
        .iter()
        .map(|key| store.get(key))
        .collect::<Result<Vec<_>, _>>()?;
    // One that cannot be read is seen to by whoever next lists the location.
    let Ok(journal) = joined(location, answers(&asked).await?.into_iter()) else {
        return Ok(());
    };
    let last = keys.last().and_then(JsValue::as_f64).unwrap_or_default();
    for key in &keys {
        store.delete(key)?;
    }
    let merged = journal.merged(from == 0);
    if !merged.is_empty() {
        let key = last.floor() + f64::from(tier) / TIERS;
        store.put_with_key(&record(location, &merged), &key.into())?;
    }
    Ok(())
}

async fn numbers(store: &IdbObjectStore, location: &str) -> Result<Array, Fault> {
    let keys = store
        .index(LOCATION)?
        .get_all_keys_with_key(&location.into())?;
    Ok(answer(keys).await?.unchecked_into())
}
