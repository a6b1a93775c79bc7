//! All that a location remembers as one file, and back.

use std::collections::BTreeMap;

use memory::{
    Entry, FunctionRecord, Imported, Key, Limits, Memory, Snapshot, SnapshotError, Stamp, Store,
    StoreError, Stored, Unlocked, Warning,
};
use proptest::prelude::*;
use values::{Digest, Parcel, Value};

use crate::support::{
    Buffer, Faulty, Tested, call, compute, f, flight, found, now, packed, tested, value_of,
};

fn stored(location: &str, number: u8, value: Value, created: f64) -> Stored<Buffer> {
    let key = Key {
        location: location.to_owned(),
        function: "f".to_owned(),
        digest: Digest([number; 16]),
    };
    Stored::new(key, Parcel::pack(value), 3.0, created)
}

fn record(source: &str) -> FunctionRecord {
    FunctionRecord {
        source: source.to_owned(),
        file: Some("cell".to_owned()),
        first_line: Some(2),
    }
}

/// A memory whose location `here` holds these.
fn holding(entries: &[Stored<Buffer>]) -> Tested {
    let memory = tested();
    now(memory.store().inner.put(entries)).unwrap();
    memory
}

fn export(memory: &Tested, location: &str) -> Vec<u8> {
    now(memory.export(location, 9_000.0)).unwrap()
}

fn import(memory: &Tested, location: &str, file: &[u8]) -> Result<Imported, SnapshotError> {
    now(memory.import(location, file, <[u8]>::to_vec, 9_500.0))
}

/// What the store holds, by storage key.
fn content(memory: &Tested, location: &str) -> BTreeMap<String, Stored<Buffer>> {
    let keys: Vec<_> = now(memory.store().inner.entries(location))
        .unwrap()
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    now(memory.store().inner.get(&keys))
        .unwrap()
        .into_iter()
        .flatten()
        .map(|stored| (stored.key.storage_key(), stored))
        .collect()
}

/// A short and a long result, and a function's text.
fn small() -> (Tested, Vec<u8>) {
    let memory = holding(&[
        stored("here", 1, Value::Int(7), 1_000.0),
        stored("here", 2, Value::Str("two".into()), 2_000.0),
        stored("elsewhere", 3, Value::Int(3), 2_000.0),
    ]);
    now(memory
        .store()
        .put_function("here", "f", &record("def f(x): …")))
    .unwrap();
    let file = export(&memory, "here");
    (memory, file)
}

#[test]
fn what_is_exported_is_imported_whole() {
    let mut entries = vec![
        stored("here", 1, Value::Int(7), 1_000.0),
        stored(
            "here",
            2,
            Value::Bytes((0..=255).cycle().take(5 << 20).collect()),
            2_000.0,
        ),
        stored("here", 3, Value::Str("ü".repeat(5_000)), 3_000.0),
    ];
    entries[0].entry = Entry {
        hits: 3,
        last_used: 7_000.0,
        arguments: "(x=7)".to_owned(),
        compress: true,
        source: 5,
        stamps: vec![Stamp {
            name: "data.csv".to_owned(),
            modified: 17.0,
            bytes: 4,
        }],
        ..entries[0].entry.clone()
    };
    let memory = holding(&entries);
    now(memory.store().put_function("here", "f", &record("x"))).unwrap();
    let file = export(&memory, "here");
    let snapshot = Snapshot::open(&file).unwrap();
    assert_eq!(
        (snapshot.location(), snapshot.exported(), snapshot.entries()),
        ("here", 9_000.0, 3)
    );

    let other = tested();
    let bytes = entries.iter().map(|stored| stored.entry.bytes).sum();
    assert_eq!(snapshot.bytes(), bytes);
    let imported = import(&other, "a/b", &file).unwrap();
    assert_eq!(
        imported,
        Imported {
            entries: 3,
            bytes,
            ..Imported::default()
        }
    );
    for stored in &mut entries {
        stored.key.location = "a/b".to_owned();
    }
    let found: Vec<_> = content(&other, "a/b").into_values().collect();
    assert_eq!(found, entries);
    assert_eq!(
        now(other.store().function("a/b", "f")).unwrap(),
        Some(record("x"))
    );
    assert_eq!(now(other.store().locations()).unwrap(), ["a/b"]);
}

#[test]
fn what_was_imported_is_found_and_not_computed() {
    let memory = tested();
    compute(&memory, call(1), packed(10), 0.0);
    now(memory.register("here", &f("1")));
    // Not yet written, and used since.
    found(&memory, call(1), &memory::Rules::default(), 50.0).unwrap();
    let file = export(&memory, "here");
    assert_eq!(memory.store().times("put"), 0);

    let other = tested();
    assert_eq!(import(&other, "here", &file).unwrap().entries, 1);
    now(other.register("here", &f("1")));
    let hit = found(&other, call(1), &memory::Rules::default(), 9_600.0).unwrap();
    assert_eq!(value_of(&hit), Value::Int(10));
    assert_eq!(hit.entry.hits, 2);
    assert!(other.take_warnings().is_empty());
}

/// Files of version 1 that somebody has kept: written as they were, and read.
#[test]
fn the_layout_of_the_file_is_the_one_that_was_recorded() {
    const RECORDED: &[u8] = include_bytes!("../fixtures/snapshot-1.bin");
    let (memory, file) = small();
    assert!(file == RECORDED, "another version has to be another number");
    let other = tested();
    assert_eq!(import(&other, "here", RECORDED).unwrap().entries, 2);
    assert_eq!(content(&other, "here"), content(&memory, "here"));
}

#[test]
fn an_empty_location_is_a_snapshot_too() {
    let file = export(&tested(), "nothing");
    assert_eq!(
        import(&tested(), "here", &file).unwrap(),
        Imported::default()
    );
}

#[test]
fn every_altered_byte_is_refused_and_nothing_is_changed() {
    let (_, file) = small();
    let here = holding(&[stored("here", 1, Value::Int(1), 10.0)]);
    let before = content(&here, "here");
    for at in 0..file.len() {
        for by in [1, 0x10, 0x80, 0xff] {
            let mut altered = file.clone();
            altered[at] ^= by;
            let error = import(&here, "here", &altered).unwrap_err();
            let position = error.position().unwrap();
            assert!(position <= at as u64, "{error} ({at})");
            let code = match at {
                0..8 => "snapshot-foreign",
                8..12 => "snapshot-newer",
                _ => "snapshot-altered",
            };
            // Version 0 there never was.
            let is_no_version = altered[8..12] == [0; 4];
            assert!(error.code() == code || is_no_version, "{error} ({at})");
        }
    }
    assert_eq!(content(&here, "here"), before);
    assert_eq!(here.store().times("put"), 0);
    assert_eq!(here.store().times("put_function"), 0);
}

#[test]
fn every_cut_is_refused_and_nothing_is_changed() {
    let (_, file) = small();
    let here = tested();
    for length in 0..file.len() {
        let error = import(&here, "here", &file[..length]).unwrap_err();
        let at = length as u64;
        assert_eq!(error, SnapshotError::CutShort { at });
    }
    assert!(content(&here, "here").is_empty());
    assert_eq!(here.store().times("put"), 0);
}

#[test]
fn what_follows_the_end_is_refused() {
    let (_, mut file) = small();
    let at = file.len() as u64;
    file.push(0);
    let error = import(&tested(), "here", &file).unwrap_err();
    assert_eq!(error, SnapshotError::Trailing { at });
    file.pop();
    let twice = [&file[..], &file[..]].concat();
    let error = import(&tested(), "here", &twice).unwrap_err();
    assert_eq!(error, SnapshotError::Trailing { at });
}

#[test]
fn a_newer_version_is_refused() {
    let (_, mut file) = small();
    file[8..12].copy_from_slice(&2_u32.to_le_bytes());
    let error = import(&tested(), "here", &file).unwrap_err();
    let newer = SnapshotError::Newer {
        version: 2,
        known: 1,
    };
    assert_eq!(error, newer);
}

/// The records of a file, each with its kind: where it begins and ends.
fn records(file: &[u8]) -> Vec<(u8, core::ops::Range<usize>)> {
    let mut at = 12;
    let mut found = Vec::new();
    while at < file.len() {
        let description = u32::from_le_bytes(file[at + 1..at + 5].try_into().unwrap()) as usize;
        let content = u64::from_le_bytes(file[at + 5..at + 13].try_into().unwrap()) as usize;
        let end = at + 17 + description + content + 8;
        found.push((file[at], at..end));
        at = end;
    }
    found
}

#[test]
fn records_that_are_missing_twice_or_elsewhere_are_refused() {
    let (_, file) = small();
    let parts = records(&file);
    let kinds: Vec<_> = parts.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, b"BEEFZ");
    let made_of = |order: &[usize]| {
        let mut made = file[..12].to_vec();
        for part in order {
            made.extend_from_slice(&file[parts[*part].1.clone()]);
        }
        made
    };
    assert_eq!(made_of(&[0, 1, 2, 3, 4]), file);
    for order in [
        &[0, 1, 3, 4][..],
        &[0, 2, 1, 3, 4],
        &[0, 1, 1, 2, 3, 4],
        &[1, 2, 3, 4],
        &[0, 0, 1, 2, 3, 4],
        &[0, 4],
        &[4],
    ] {
        let here = tested();
        let error = import(&here, "here", &made_of(order)).unwrap_err();
        assert_eq!(error.code(), "snapshot-altered", "{order:?}");
        assert_eq!(here.store().times("put"), 0);
    }
}

/// Whatever stands in a file whose checksums fit, nothing is taken that its own entry does not vouch for.
#[test]
fn a_result_that_does_not_fit_its_entry_is_refused() {
    let mut bad = stored("here", 1, Value::Int(7), 1_000.0);
    bad.value = packed(8);
    // `export` would leave it out.
    let good = export(
        &holding(&[stored("here", 1, Value::Int(7), 1_000.0)]),
        "here",
    );
    let entry = records(&good)[1].1.clone();
    let mut file = good.clone();
    let content = entry.end - 8 - bad.value.head.len()..entry.end - 8;
    file[content].copy_from_slice(&bad.value.head);
    reseal(&mut file);
    let error = import(&tested(), "here", &file).unwrap_err();
    let at = entry.start as u64;
    assert_eq!(error, SnapshotError::Altered { at });
}

/// Makes all checksums of a file fit.
fn reseal(file: &mut [u8]) {
    let sum = |bytes: &[u8]| xxhash_rust::xxh64::xxh64(bytes, 0);
    let mut sums = Vec::new();
    for (kind, range) in records(file) {
        let record = &mut file[range];
        let end = record.len() - 8;
        if kind == b'Z' {
            record[end - 8..end].copy_from_slice(&sum(&sums).to_le_bytes());
        }
        let own = sum(&record[..end]).to_le_bytes();
        record[end..].copy_from_slice(&own);
        sums.extend_from_slice(&own);
    }
}

#[test]
fn the_newer_of_two_results_stays() {
    let (_, file) = small();
    // One is newer here, the other in the file.
    let here = holding(&[
        stored("here", 1, Value::Int(70), 1_500.0),
        stored("here", 2, Value::Int(20), 1_500.0),
    ]);
    let imported = import(&here, "here", &file).unwrap();
    assert_eq!((imported.entries, imported.older), (1, 1));
    let values: Vec<_> = content(&here, "here")
        .into_values()
        .map(|stored| stored.value.unpack().unwrap())
        .collect();
    assert_eq!(values, [Value::Int(70), Value::Str("two".into())]);
    // Once more, there is nothing to do.
    let imported = import(&here, "here", &file).unwrap();
    assert_eq!((imported.entries, imported.older), (0, 2));
}

#[test]
fn a_result_that_is_not_yet_written_is_compared_too() {
    let memory = tested();
    compute(&memory, call(1), packed(10), 0.0);
    let file = export(&memory, "here");
    let other = tested();
    compute(&other, call(1), packed(11), 5.0);
    assert_eq!(import(&other, "here", &file).unwrap().older, 1);
    let rules = memory::Rules::default();
    let hit = found(&other, call(1), &rules, 10.0).unwrap();
    assert_eq!(value_of(&hit), Value::Int(11));
}

#[test]
fn an_older_result_in_memory_is_not_given_any_more() {
    let newer = tested();
    compute(&newer, call(1), packed(11), 5_000.0);
    let file = export(&newer, "here");
    let memory = tested();
    compute(&memory, call(1), packed(10), 0.0);
    let rules = memory::Rules::default();
    found(&memory, call(1), &rules, 0.0).unwrap();
    assert_eq!(import(&memory, "here", &file).unwrap().entries, 1);
    let hit = found(&memory, call(1), &rules, 9_600.0).unwrap();
    assert_eq!(value_of(&hit), Value::Int(11));
}

#[test]
fn results_of_another_source_are_left_out() {
    let (_, file) = small();
    let here = tested();
    now(here.store().put_function("here", "f", &record("edited"))).unwrap();
    let imported = import(&here, "here", &file).unwrap();
    assert_eq!((imported.entries, imported.other_source), (0, 2));
    assert_eq!(
        now(here.store().function("here", "f")).unwrap(),
        Some(record("edited"))
    );
}

#[test]
fn an_altered_result_is_left_out_of_the_file_with_a_warning() {
    let mut bad = stored("here", 1, Value::Int(7), 1_000.0);
    bad.value = packed(8);
    let memory = holding(&[bad.clone(), stored("here", 2, Value::Int(2), 1_000.0)]);
    let file = export(&memory, "here");
    assert_eq!(Snapshot::open(&file).unwrap().entries(), 1);
    assert_eq!(memory.take_warnings(), [Warning::Corrupt(bad.key)]);
}

#[test]
fn where_there_is_no_room_nothing_of_the_import_stays() {
    let big =
        |number, created| stored("here", number, Value::Bytes(vec![number; 2 << 20]), created);
    let entries: Vec<_> = (0..8).map(|number| big(number, 2_000.0)).collect();
    let file = export(&holding(&entries), "here");
    // The file's is newer: it would be replaced, if all fitted.
    let mine = [big(3, 1_000.0), stored("here", 99, Value::Int(1), 0.0)];
    // Room for some steps, but not for all.
    for room in [5_u64, 9, 13, 15] {
        let here = holding(&mine);
        here.store().room.set(Some(room << 20));
        let before = content(&here, "here");
        let error = import(&here, "here", &file).unwrap_err();
        let SnapshotError::Unwritten {
            error: StoreError::Full(_),
            left: 0,
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!(content(&here, "here"), before);
        assert!(now(here.store().function("here", "f")).unwrap().is_none());
    }
    let here = holding(&mine);
    here.store().room.set(Some(40 << 20));
    assert_eq!(import(&here, "here", &file).unwrap().entries, 8);
}

#[test]
fn a_store_that_cannot_be_read_is_told() {
    let (memory, file) = small();
    let failed = StoreError::Failed("no".into());
    memory.store().fail_reads(Some(failed.clone()));
    assert_eq!(now(memory.export("here", 0.0)), Err(failed.clone()));
    let error = import(&memory, "here", &file).unwrap_err();
    assert_eq!(error, SnapshotError::Unread(failed));
    assert_eq!(memory.store().times("put"), 0);
}

#[test]
fn what_is_only_in_memory_is_exported_when_the_store_is_gone() {
    let memory = tested();
    let gone = StoreError::Unavailable("blocked".into());
    memory.store().fail_writes(Some(gone));
    compute(&memory, call(1), packed(10), 0.0);
    now(memory.flush(200.0));
    assert!(memory.is_store_gone());
    let file = export(&memory, "here");
    assert_eq!(Snapshot::open(&file).unwrap().entries(), 1);
    let error = import(&memory, "here", &file).unwrap_err();
    assert_eq!(error.code(), "snapshot-unread");
}

#[test]
fn the_limits_of_the_location_hold_after_an_import() {
    let (_, file) = small();
    let here = tested();
    let limits = Limits {
        items: Some(1),
        ..Limits::default()
    };
    here.keep_within("here", limits);
    assert_eq!(import(&here, "here", &file).unwrap().entries, 2);
    assert!(content(&here, "here").len() <= 1);
}

#[test]
fn a_call_that_is_computed_meanwhile_is_kept() {
    let memory = tested();
    compute(&memory, call(1), packed(10), 0.0);
    let file = export(&memory, "here");
    let other = tested();
    let flight = flight(&other, call(1), 0.0);
    import(&other, "here", &file).unwrap();
    other.land(flight, packed(12), 1.0, 9_600.0);
    now(other.flush(9_700.0));
    let hit = found(&other, call(1), &memory::Rules::default(), 9_800.0).unwrap();
    assert_eq!(value_of(&hit), Value::Int(12));
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::Int),
        ".{0,8}".prop_map(Value::Str),
        (0_usize..9_000, any::<u8>()).prop_map(|(length, byte)| Value::Bytes(vec![byte; length])),
    ]
}

type Made = BTreeMap<(String, [u8; 2]), (Value, f64, u32, String)>;

fn any_location() -> impl Strategy<Value = Made> {
    let key = ("[a-c/%é]{0,3}", any::<[u8; 2]>());
    let entry = (any_value(), 0.0..1e13, any::<u32>(), ".{0,12}");
    proptest::collection::btree_map(key, entry, 0..12)
}

fn made(location: &str, made: &Made) -> Vec<Stored<Buffer>> {
    made.iter()
        .map(|((function, digest), (value, created, hits, arguments))| {
            let mut key = Key {
                location: location.to_owned(),
                function: function.clone(),
                digest: Digest([0; 16]),
            };
            key.digest.0[..2].copy_from_slice(digest);
            let mut stored = Stored::new(key, Parcel::pack(value.clone()), 1.0, *created);
            stored.entry.hits = *hits;
            stored.entry.arguments.clone_from(arguments);
            stored
        })
        .collect()
}

proptest! {
    #[test]
    fn any_location_comes_back(here in any_location()) {
        let file = export(&holding(&made("here", &here)), "here");
        let other = tested();
        prop_assert_eq!(import(&other, "there", &file).unwrap().entries, here.len() as u64);
        let mut expected = made("there", &here);
        expected.sort_by_key(|stored| stored.key.storage_key());
        let found: Vec<_> = content(&other, "there").into_values().collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn any_alteration_is_refused(
        here in any_location(),
        at in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..5),
    ) {
        let file = export(&holding(&made("here", &here)), "here");
        // A part is replaced by other bytes, whatever their number.
        let (at, to) = (at.index(file.len() + 1), to.index(file.len() + 1));
        let mut altered = file.clone();
        altered.splice(at.min(to)..at.max(to), bytes);
        let other: Memory<Buffer, Faulty, Unlocked> = tested();
        let result = import(&other, "here", &altered);
        prop_assert_eq!(result.is_err(), altered != file);
        if altered != file {
            prop_assert_eq!(other.store().times("put"), 0);
        }
    }

    /// Of bytes whose checksums fit: whatever they are, no panic, and nothing that is not sound.
    #[test]
    fn files_that_nobody_wrote_never_panic(
        here in any_location(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut file = export(&holding(&made("here", &here)), "here");
        let parts = records(&file);
        for (at, byte) in changes {
            let (_, range) = &parts[at.index(parts.len())];
            // Not the lengths.
            let at = range.start + 17 + at.index(range.len() - 25);
            file[at] = byte;
        }
        reseal(&mut file);
        let other = tested();
        if import(&other, "here", &file).is_ok() {
            prop_assert!(content(&other, "here").values().all(Stored::is_sound));
        }
    }
}
