//! What every [`Store`] has to do. Each implementation runs this suite: natively, or in a browser.

use values::{Buffer, Parcel, Value};

use crate::{Key, Store, StoreError, Stored, Use};

/// One expectation that a store did not meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation(
    /// What was expected, and what the store did.
    pub String,
);

impl From<StoreError> for Violation {
    fn from(error: StoreError) -> Self {
        Self(format!("an operation failed: {error}"))
    }
}

/// Runs the whole suite on a store. The suite uses locations that begin with `contract`, and empties them.
///
/// # Errors
/// The first expectation that was not met.
pub async fn check<B: Buffer + PartialEq>(
    store: &impl Store<B>,
    make_buffer: impl Fn(Vec<u8>) -> B,
) -> Result<(), Violation> {
    let here = "contract";
    let there = "contract/other %2F";
    for location in [here, there] {
        clear(store, location).await?;
    }
    let first = sample(here, 1, 10, &make_buffer);
    let second = sample(here, 2, 10_000, &make_buffer);
    let foreign = sample(there, 1, 10, &make_buffer);

    let keys = [first.key.clone(), second.key.clone()];
    expect(
        "nothing is found at first",
        store.get(&keys).await? == [None, None],
    )?;
    store.put(&[]).await?;
    store
        .put(&[first.clone(), second.clone(), foreign.clone()])
        .await?;
    let missing = sample(here, 3, 1, &make_buffer).key;
    let asked = [second.key.clone(), missing.clone(), first.key.clone()];
    expect(
        "what was put is found, in the order of the question",
        store.get(&asked).await? == [Some(second.clone()), None, Some(first.clone())],
    )?;
    expect(
        "asking for nothing finds nothing",
        store.get(&[]).await?.is_empty(),
    )?;

    let mut replaced = first.clone();
    replaced.value = Parcel::from_skeleton(&values::Skeleton::Int(7), vec![]);
    replaced.entry.duration = 9.0;
    store.put(&[replaced.clone()]).await?;
    expect(
        "a second put replaces the first",
        store.get(&keys[..1]).await? == [Some(replaced.clone())],
    )?;

    let mut listed = store.entries(here).await?;
    listed.sort_by(|a, b| a.0.cmp(&b.0));
    let mut expected = vec![
        (replaced.key.clone(), replaced.entry.clone()),
        (second.key.clone(), second.entry.clone()),
    ];
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    expect(
        "a location lists its own entries and no others",
        listed == expected,
    )?;

    store
        .touch(&[second.key.clone(), missing.clone()].map(|key| Use {
            key,
            at: 1_077.0,
            hits: 2,
        }))
        .await?;
    let touched = store.entries(here).await?;
    let of = |key: &Key| {
        touched
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, entry)| entry)
    };
    expect(
        "a touch changes when and how often an entry was used, and makes none",
        of(&second.key).is_some_and(|entry| {
            entry.last_used.to_bits() == 1_077_f64.to_bits() && entry.hits == second.entry.hits + 2
        }) && of(&missing).is_none(),
    )?;

    store.delete(&[second.key.clone(), missing]).await?;
    expect(
        "what was deleted is gone, and nothing else",
        store.get(&keys).await? == [Some(replaced), None],
    )?;
    clear(store, here).await?;
    expect(
        "an emptied location lists nothing",
        store.entries(here).await?.is_empty(),
    )?;
    expect(
        "other locations are left alone",
        store.get(core::slice::from_ref(&foreign.key)).await? == [Some(foreign)],
    )?;
    clear(store, there).await?;

    let many: Vec<_> = (0..300)
        .map(|n| sample(here, n, 64, &make_buffer))
        .collect();
    store.put(&many).await?;
    let keys: Vec<_> = many.iter().map(|stored| stored.key.clone()).collect();
    let found = store.get(&keys).await?;
    expect(
        "many entries at once are all found",
        found
            .iter()
            .zip(&many)
            .all(|(found, put)| found.as_ref() == Some(put)),
    )?;
    clear(store, here).await
}

fn expect(what: &str, met: bool) -> Result<(), Violation> {
    if met {
        Ok(())
    } else {
        Err(Violation(what.to_owned()))
    }
}

async fn clear<B: Buffer>(store: &impl Store<B>, location: &str) -> Result<(), Violation> {
    let keys: Vec<_> = store
        .entries(location)
        .await?
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    Ok(store.delete(&keys).await?)
}

/// A result with one short and one long part.
fn sample<B: Buffer>(
    location: &str,
    number: i64,
    length: usize,
    make_buffer: impl Fn(Vec<u8>) -> B,
) -> Stored<B> {
    let key = Key::of_call(location, "contract", 1, &Parcel::pack(Value::Int(number)));
    let skeleton = values::Skeleton::List(vec![
        values::Skeleton::Int(number),
        values::Skeleton::LongBytes(0),
    ]);
    let value = Parcel::from_skeleton(&skeleton, vec![make_buffer(vec![number as u8; length])]);
    Stored::new(key, value, 5.0, 1_000.0)
}
