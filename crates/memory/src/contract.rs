//! What every [`Store`] has to do. Each implementation runs this suite: natively, or in a browser.

mod samples;

use values::{Buffer, Parcel};

use self::samples::{Samples, record, resealed, short_of};
use crate::{Entry, Freed, FunctionRecord, Key, Stamp, Store, StoreError, Stored, Use};

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

/// A result of this many bytes that do not compress, the same for the same location and number: for tests and benches.
pub fn sample<B: Buffer>(
    location: &str,
    number: u32,
    bytes: usize,
    make_buffer: impl Fn(Vec<u8>) -> B,
) -> Stored<B> {
    Samples { make_buffer }.of(location, number, bytes)
}

const HERE: &str = "contract";
const THERE: &str = "contract/other %2F";
/// Follows the first in the order of texts, and begins like it.
const BEYOND: &str = "contract0";

/// Runs the whole suite on a store. The suite uses locations that begin with `contract`, and empties them.
///
/// # Errors
/// The first expectation that was not met.
pub async fn check<B: Buffer + PartialEq>(
    store: &impl Store<B>,
    make_buffer: impl Fn(Vec<u8>) -> B,
) -> Result<(), Violation> {
    let samples = Samples { make_buffer };
    empty(store).await?;
    entries_are_kept(store, &samples).await?;
    uses_are_counted(store, &samples).await?;
    everything_known_is_kept(store, &samples).await?;
    results_of_all_shapes_are_kept(store, &samples).await?;
    one_takes_the_place_of_another(store, &samples).await?;
    parts_are_cleared(store, &samples).await?;
    functions_are_remembered(store, &samples).await?;
    many_writes_are_listed(store, &samples).await?;
    empty(store).await
}

/// Checks that two instances of a store, such as those of two tabs, are about the same entries.
///
/// # Errors
/// The first expectation that was not met.
pub async fn check_two<B: Buffer + PartialEq>(
    one: &impl Store<B>,
    other: &impl Store<B>,
    make_buffer: impl Fn(Vec<u8>) -> B,
) -> Result<(), Violation> {
    let samples = Samples { make_buffer };
    empty(one).await?;
    let (first, second) = (samples.of(HERE, 1, 10), samples.of(HERE, 2, 3_000));
    one.put(&[first.clone(), second.clone()]).await?;
    let keys = [first.key.clone(), second.key.clone()];
    expect(
        "what one instance writes is found by another",
        other.get(&keys).await? == [Some(first.clone()), Some(second.clone())],
    )?;
    other
        .touch(&[Use {
            key: first.key.clone(),
            at: 2_000.0,
            hits: 3,
        }])
        .await?;
    other.delete(&keys[1..]).await?;
    let mut used = first.entry.clone();
    (used.last_used, used.hits) = (2_000.0, 3);
    expect(
        "what one instance uses and deletes is listed so by another",
        one.entries(HERE).await? == [(first.key.clone(), used)],
    )?;
    let record = record();
    other.put_function(HERE, "f", &record).await?;
    expect(
        "what one instance knows of a function is known to another",
        one.function(HERE, "f").await? == Some(record),
    )?;
    // Both write by turns, often enough that what is written is merged on the way.
    for number in 0..100 {
        let stored = samples.of(THERE, number, 5);
        if number % 2 == 0 {
            one.put(core::slice::from_ref(&stored)).await?;
        } else {
            other.put(core::slice::from_ref(&stored)).await?;
        }
        if number % 5 == 4 {
            let gone = samples.of(THERE, number - 2, 5).key;
            one.delete(&[gone]).await?;
        }
    }
    let (left, right) = (one.entries(THERE).await?, other.entries(THERE).await?);
    expect(
        "two instances that write by turns lose nothing",
        left.len() == 80 && left == right,
    )?;
    let freed = other.clear(THERE, None).await?;
    expect(
        "what one instance clears is gone for another",
        freed.entries == 80 && one.entries(THERE).await?.is_empty(),
    )?;
    empty(one).await
}

/// Checks results that are too long for some ways of keeping them, in bytes each.
///
/// # Errors
/// The first expectation that was not met.
pub async fn check_long<B: Buffer + PartialEq>(
    store: &impl Store<B>,
    make_buffer: impl Fn(Vec<u8>) -> B,
    bytes: usize,
) -> Result<(), Violation> {
    let samples = Samples { make_buffer };
    empty(store).await?;
    let long = [
        samples.of(HERE, 1, bytes),
        samples.in_parts(HERE, 2, &[bytes / 2, 10, bytes / 2]),
        samples.with_long_head(HERE, 3, bytes),
    ];
    store.put(&long).await?;
    let keys: Vec<_> = long.iter().map(|stored| stored.key.clone()).collect();
    expect_same("long results are kept", store, &long).await?;
    let mut other = long.clone();
    for (at, stored) in other.iter_mut().enumerate() {
        stored.value = samples.of(HERE, 10 + at as u32, bytes + 1).value;
        stored.entry = resealed(stored);
    }
    store.put(&other).await?;
    expect_same("long results take the place of others", store, &other).await?;
    let short: Vec<_> = keys.iter().map(|key| short_of(key.clone())).collect();
    store.put(&short).await?;
    expect_same("short results take the place of long ones", store, &short).await?;
    store.put(&long).await?;
    store.delete(&keys[..1]).await?;
    expect(
        "a long result is deleted, and nothing else",
        store.get(&keys).await? == [None, Some(long[1].clone()), Some(long[2].clone())],
    )?;
    let freed = store.clear(HERE, None).await?;
    expect(
        "clearing tells the size of long results",
        freed.entries == 2 && freed.bytes == long[1].entry.bytes + long[2].entry.bytes,
    )?;
    empty(store).await
}

async fn entries_are_kept<B: Buffer + PartialEq>(
    store: &impl Store<B>,
    samples: &Samples<impl Fn(Vec<u8>) -> B>,
) -> Result<(), Violation> {
    let first = samples.of(HERE, 1, 10);
    let second = samples.of(HERE, 2, 10_000);
    let foreign = samples.of(THERE, 1, 10);
    let keys = [first.key.clone(), second.key.clone()];
    expect(
        "nothing is found at first",
        store.get(&keys).await? == [None, None] && store.known(&keys).await? == [None, None],
    )?;
    store.put(&[]).await?;
    store
        .put(&[first.clone(), second.clone(), foreign.clone()])
        .await?;
    let missing = samples.of(HERE, 3, 1).key;
    let asked = [second.key.clone(), missing.clone(), first.key.clone()];
    expect(
        "what was put is found, in the order of the question",
        store.get(&asked).await? == [Some(second.clone()), None, Some(first.clone())],
    )?;
    expect(
        "what is known of it is, too",
        store.known(&asked).await? == [Some(second.entry.clone()), None, Some(first.entry.clone())],
    )?;
    expect(
        "asking for nothing finds nothing",
        store.get(&[]).await?.is_empty() && store.known(&[]).await?.is_empty(),
    )?;
    let mut replaced = first.clone();
    replaced.value = Parcel::from_skeleton(&values::Skeleton::Int(7), vec![]);
    replaced.entry.duration = 9.0;
    replaced.entry = resealed(&replaced);
    store.put(&[replaced.clone()]).await?;
    expect(
        "a second put replaces the first",
        store.get(&keys[..1]).await? == [Some(replaced.clone())],
    )?;
    store.put(&[first.clone(), replaced.clone()]).await?;
    expect(
        "of two of one key in one put the last one counts",
        store.get(&keys[..1]).await? == [Some(replaced.clone())],
    )?;
    let mut expected = vec![
        (replaced.key.clone(), replaced.entry.clone()),
        (second.key.clone(), second.entry.clone()),
    ];
    expected.sort_by_key(|(key, _)| key.storage_key());
    expect(
        "a location lists its own entries and no others, in order",
        store.entries(HERE).await? == expected,
    )?;
    store.delete(&[second.key.clone(), missing]).await?;
    expect(
        "what was deleted is gone, and nothing else",
        store.get(&keys).await? == [Some(replaced.clone()), None]
            && store.entries(HERE).await? == [(replaced.key.clone(), replaced.entry)],
    )?;
    store.delete(&[]).await?;
    store.clear(HERE, None).await?;
    expect(
        "an emptied location lists nothing",
        store.entries(HERE).await?.is_empty(),
    )?;
    expect(
        "other locations are left alone",
        store.get(core::slice::from_ref(&foreign.key)).await? == [Some(foreign)],
    )?;
    store.clear(THERE, None).await?;
    Ok(())
}

async fn uses_are_counted<B: Buffer + PartialEq>(
    store: &impl Store<B>,
    samples: &Samples<impl Fn(Vec<u8>) -> B>,
) -> Result<(), Violation> {
    let stored = samples.of(HERE, 1, 10);
    let missing = samples.of(HERE, 2, 10).key;
    store.put(core::slice::from_ref(&stored)).await?;
    let used = |key: &Key, at, hits| Use {
        key: key.clone(),
        at,
        hits,
    };
    store.touch(&[]).await?;
    store
        .touch(&[used(&stored.key, 1_077.0, 2), used(&missing, 1_078.0, 1)])
        .await?;
    // One that was told late does not make the last use an earlier one.
    store
        .touch(&[used(&stored.key, 1_010.0, 1), used(&stored.key, 1_011.0, 1)])
        .await?;
    let mut expected = stored.entry.clone();
    (expected.last_used, expected.hits) = (1_077.0, expected.hits + 4);
    expect(
        "a touch changes when and how often an entry was used, and makes none",
        store.entries(HERE).await? == [(stored.key.clone(), expected)]
            && store.get(core::slice::from_ref(&missing)).await? == [None],
    )?;
    store.put(core::slice::from_ref(&stored)).await?;
    expect(
        "an entry that is put anew is used as it says itself",
        store.entries(HERE).await? == [(stored.key.clone(), stored.entry)],
    )?;
    store.delete(core::slice::from_ref(&stored.key)).await?;
    store.touch(&[used(&stored.key, 1_200.0, 1)]).await?;
    expect(
        "a touch does not bring back what was deleted",
        store.entries(HERE).await?.is_empty(),
    )
}

async fn everything_known_is_kept<B: Buffer + PartialEq>(
    store: &impl Store<B>,
    samples: &Samples<impl Fn(Vec<u8>) -> B>,
) -> Result<(), Violation> {
    let mut stored = samples.of(HERE, 1, 10);
    stored.key.function = "__main__/é 100%/f".into();
    stored.entry = Entry {
        created: 1_763_891_234_567.125,
        last_used: 1_763_891_234_999.5,
        hits: u32::MAX - 1,
        duration: 0.1,
        arguments: "x=1, name='ü/%\u{1f980}'".to_owned(),
        stamps: vec![
            Stamp {
                name: "data.csv".to_owned(),
                modified: 1_700_000_000_000.0,
                bytes: 1 << 40,
            },
            Stamp {
                name: String::new(),
                modified: -1.0,
                bytes: 0,
            },
        ],
        source: u64::MAX - 5,
        ..stored.entry
    };
    store.put(core::slice::from_ref(&stored)).await?;
    let keys = [stored.key.clone()];
    expect(
        "everything that is known of an entry is kept",
        store.get(&keys).await? == [Some(stored.clone())]
            && store.known(&keys).await? == [Some(stored.entry.clone())]
            && store.entries(HERE).await? == [(stored.key.clone(), stored.entry)],
    )?;
    store.clear(HERE, None).await?;
    Ok(())
}

async fn results_of_all_shapes_are_kept<B: Buffer + PartialEq>(
    store: &impl Store<B>,
    samples: &Samples<impl Fn(Vec<u8>) -> B>,
) -> Result<(), Violation> {
    let mut all = vec![
        samples.in_parts(HERE, 1, &[]),
        samples.in_parts(HERE, 2, &[0]),
        samples.in_parts(HERE, 3, &[0, 5_000, 0, 1]),
        samples.in_parts(HERE, 4, &[16_000, 16_000]),
        samples.in_parts(HERE, 5, &[16 << 10]),
        samples.with_long_head(HERE, 6, 20_000),
    ];
    for number in 7..13 {
        let mut stored = all[number - 7].clone();
        stored.key = samples.of(HERE, number as u32, 1).key;
        stored.entry.compress = true;
        all.push(stored);
    }
    // Of what is always the same, so that compressing makes it shorter.
    for (number, bytes) in [(13, 4_000), (14, 40_000)] {
        let mut even = samples.even(HERE, number, bytes);
        even.entry.compress = true;
        all.push(even);
    }
    store.put(&all).await?;
    expect_same("results of all shapes are kept", store, &all).await?;
    let long = samples.of(HERE, 20, 200_000);
    let key = core::slice::from_ref(&long.key);
    match store.put(&[samples.of(HERE, 21, 1), long.clone()]).await {
        Ok(()) => expect(
            "a long result is kept",
            store.get(key).await? == [Some(long)],
        )?,
        Err(StoreError::TooLarge { .. }) => expect(
            "if one result is too large, nothing is written",
            store.entries(HERE).await?.len() == all.len(),
        )?,
        Err(other) => return Err(other.into()),
    }
    store.clear(HERE, None).await?;
    Ok(())
}

async fn one_takes_the_place_of_another<B: Buffer + PartialEq>(
    store: &impl Store<B>,
    samples: &Samples<impl Fn(Vec<u8>) -> B>,
) -> Result<(), Violation> {
    let sizes = [10, 20_000, 30_000, 10, 5_000, 40_000, 10];
    // Some at a time, and many at a time: stores may look for what was there before in other ways.
    for count in [1, 3, 40] {
        let mut bytes = 0;
        for (round, size) in sizes.into_iter().enumerate() {
            let all: Vec<_> = (0..count)
                .map(|number| {
                    let mut stored = samples.of(HERE, 100 * round as u32 + number, size);
                    stored.key = samples.of(HERE, number, 1).key;
                    stored.entry.compress = round % 3 == 2;
                    stored
                })
                .collect();
            store.put(&all).await?;
            expect_same("a result takes the place of another", store, &all).await?;
            bytes = all.iter().map(|stored| stored.entry.bytes).sum();
        }
        let freed = store.clear(HERE, None).await?;
        expect(
            "what was replaced is not counted when it is cleared",
            freed.entries == u64::from(count) && freed.bytes == bytes,
        )?;
    }
    Ok(())
}

async fn parts_are_cleared<B: Buffer + PartialEq>(
    store: &impl Store<B>,
    samples: &Samples<impl Fn(Vec<u8>) -> B>,
) -> Result<(), Violation> {
    let functions = ["f", "f/g", "f0", ""];
    let mut all = Vec::new();
    for location in [HERE, THERE, BEYOND] {
        for function in functions {
            for (number, size) in [(1, 10), (2, 20_000)] {
                let mut stored = samples.of(location, number, size);
                stored.key.function = function.into();
                all.push(stored);
            }
        }
    }
    store.put(&all).await?;
    let freed = store.clear(HERE, Some("f")).await?;
    let expected = Freed {
        entries: 2,
        bytes: all[0].entry.bytes + all[1].entry.bytes,
    };
    expect("clearing says what it freed", freed == expected)?;
    expect_same(
        "clearing a function leaves all others alone",
        store,
        &all[2..],
    )
    .await?;
    expect(
        "a cleared function has no entries",
        store.entries(HERE).await?.len() == 6
            && store.get(&[all[0].key.clone(), all[1].key.clone()]).await? == [None, None],
    )?;
    expect(
        "clearing what is empty frees nothing",
        store.clear(HERE, Some("f")).await? == Freed::default()
            && store.clear(HERE, Some("unknown")).await? == Freed::default(),
    )?;
    store.put(&all[..1]).await?;
    expect(
        "a cleared function is filled again",
        store.entries(HERE).await?.len() == 7,
    )?;
    store.clear(HERE, None).await?;
    expect(
        "clearing a location leaves all others alone",
        store.entries(HERE).await?.is_empty()
            && store.entries(THERE).await?.len() == 8
            && store.entries(BEYOND).await?.len() == 8,
    )?;
    expect(
        "locations are known while they hold something",
        ours(store).await? == [THERE, BEYOND],
    )?;
    for location in [THERE, BEYOND] {
        store.clear(location, None).await?;
    }
    expect("and then no longer", ours(store).await?.is_empty())
}

async fn functions_are_remembered<B: Buffer + PartialEq>(
    store: &impl Store<B>,
    samples: &Samples<impl Fn(Vec<u8>) -> B>,
) -> Result<(), Violation> {
    let first = record();
    let second = FunctionRecord {
        source: "edited\n".to_owned(),
        file: None,
        first_line: None,
    };
    expect(
        "no function is known at first",
        store.function(HERE, "f").await?.is_none(),
    )?;
    for (location, function, record) in [
        (HERE, "f", &first),
        (HERE, "f/g", &first),
        (HERE, "g", &second),
        (THERE, "f", &second),
    ] {
        store.put_function(location, function, record).await?;
    }
    expect(
        "what is known of functions is kept apart",
        store.function(HERE, "f").await? == Some(first.clone())
            && store.function(HERE, "g").await? == Some(second.clone())
            && store.function(THERE, "f").await? == Some(second.clone())
            && store.function(THERE, "g").await?.is_none(),
    )?;
    let stored = samples.of(HERE, 1, 10);
    store.put(core::slice::from_ref(&stored)).await?;
    store.put_function(HERE, "f", &second).await?;
    expect(
        "what is known of a function is replaced, and its entries stay",
        store.function(HERE, "f").await? == Some(second.clone())
            && store.entries(HERE).await?.len() == 1,
    )?;
    expect(
        "a location that knows a function is a location",
        ours(store).await? == [HERE, THERE],
    )?;
    store.clear(HERE, Some("f")).await?;
    expect(
        "a cleared function is forgotten, and no other",
        store.function(HERE, "f").await?.is_none()
            && store.function(HERE, "f/g").await? == Some(first)
            && store.function(HERE, "g").await?.is_some(),
    )?;
    store.clear(HERE, None).await?;
    expect(
        "a cleared location has forgotten its functions",
        store.function(HERE, "g").await?.is_none()
            && store.function(THERE, "f").await? == Some(second),
    )?;
    store.clear(THERE, None).await?;
    Ok(())
}

async fn many_writes_are_listed<B: Buffer + PartialEq>(
    store: &impl Store<B>,
    samples: &Samples<impl Fn(Vec<u8>) -> B>,
) -> Result<(), Violation> {
    let many: Vec<_> = (0..300).map(|n| samples.of(HERE, n, 64)).collect();
    store.put(&many).await?;
    expect_same("many entries at once are all found", store, &many).await?;
    let mut expected: Vec<_> = many
        .iter()
        .map(|stored| (stored.key.clone(), stored.entry.clone()))
        .collect();
    // One write for each of a few things, by turns.
    for number in 0..60_usize {
        let at = number * 5;
        match number % 3 {
            0 => {
                let used = Use {
                    key: expected[at].0.clone(),
                    at: 5_000.0,
                    hits: 1,
                };
                store.touch(&[used]).await?;
                expected[at].1.last_used = 5_000.0;
                expected[at].1.hits += 1;
            }
            1 => {
                let mut stored = samples.of(HERE, 1_000, 30);
                stored.key = expected[at].0.clone();
                store.put(core::slice::from_ref(&stored)).await?;
                expected[at].1 = stored.entry;
            }
            _ => store.delete(&[expected[at].0.clone()]).await?,
        }
    }
    let mut at = 0;
    expected.retain(|_| {
        at += 1;
        (at - 1) % 15 != 10
    });
    expected.sort_by_key(|(key, _)| key.storage_key());
    expect(
        "a list after many writes tells them all",
        store.entries(HERE).await? == expected,
    )?;
    store.clear(HERE, None).await?;
    Ok(())
}

/// The locations of the suite that hold something.
async fn ours<B: Buffer>(store: &impl Store<B>) -> Result<Vec<String>, StoreError> {
    let mut all = store.locations().await?;
    all.retain(|location| [HERE, THERE, BEYOND].contains(&location.as_str()));
    Ok(all)
}

async fn expect_same<B: Buffer + PartialEq>(
    what: &str,
    store: &impl Store<B>,
    all: &[Stored<B>],
) -> Result<(), Violation> {
    let keys: Vec<_> = all.iter().map(|stored| stored.key.clone()).collect();
    let found = store.get(&keys).await?;
    for (at, (found, put)) in found.iter().zip(all).enumerate() {
        if found.as_ref() != Some(put) {
            return Err(Violation(format!("{what}: number {at} is another")));
        }
    }
    expect(what, found.len() == all.len())
}

fn expect(what: &str, met: bool) -> Result<(), Violation> {
    if met {
        Ok(())
    } else {
        Err(Violation(what.to_owned()))
    }
}

async fn empty<B: Buffer>(store: &impl Store<B>) -> Result<(), Violation> {
    for location in [HERE, THERE, BEYOND] {
        store.clear(location, None).await?;
    }
    Ok(())
}
