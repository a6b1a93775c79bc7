//! The journal against a plain model: a map that is changed by each event.

use std::collections::BTreeMap;

use memory::{Entry, Journal, Key, Stamp, Use, plan};
use proptest::prelude::*;
use values::Digest;

const LOCATION: &str = "here";

#[derive(Clone, Debug)]
enum Event {
    Put(Key, Entry),
    Used(Use),
    Deleted(Key),
}

fn any_key() -> impl Strategy<Value = Key> {
    let function = prop_oneof![Just("f"), Just("f/g"), Just("f%"), Just("")];
    (function, 0_u8..6).prop_map(|(function, digest)| Key {
        location: LOCATION.to_owned(),
        function: function.to_owned(),
        digest: Digest([digest; 16]),
    })
}

pub(crate) fn any_entry() -> impl Strategy<Value = Entry> {
    let stamp = (".{0,4}", 0.0..1e13, any::<u64>()).prop_map(|(name, modified, bytes)| Stamp {
        name,
        modified,
        bytes,
    });
    (
        (0.0..1e13, 0.0..1e13, any::<u32>(), 0.0..1e6),
        (any::<u64>(), any::<u64>(), any::<u64>(), any::<bool>()),
        ".{0,10}",
        proptest::collection::vec(stamp, 0..3),
    )
        .prop_map(
            |(
                (created, last_used, hits, duration),
                (bytes, checksum, source, compress),
                arguments,
                stamps,
            )| {
                Entry {
                    created,
                    last_used,
                    hits,
                    duration,
                    bytes,
                    checksum,
                    arguments,
                    stamps,
                    compress,
                    source,
                }
            },
        )
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (any_key(), any_entry()).prop_map(|(key, entry)| Event::Put(key, entry)),
        (any_key(), 0.0..1e13, 0_u32..9).prop_map(|(key, at, hits)| Event::Used(Use {
            key,
            at,
            hits
        })),
        any_key().prop_map(Event::Deleted),
    ]
}

fn journal(events: &[Event]) -> Journal {
    let mut journal = Journal::new(LOCATION);
    for event in events {
        match event {
            Event::Put(key, entry) => journal.put(key, entry),
            Event::Used(used) => journal.used(used),
            Event::Deleted(key) => journal.deleted(key),
        }
    }
    journal
}

fn model(events: &[Event]) -> Vec<(Key, Entry)> {
    let mut all = BTreeMap::new();
    for event in events {
        match event {
            Event::Put(key, entry) => {
                all.insert(key.storage_key(), (key.clone(), entry.clone()));
            }
            Event::Used(used) => {
                if let Some((_, entry)) = all.get_mut(&used.key.storage_key()) {
                    entry.last_used = entry.last_used.max(used.at);
                    entry.hits = entry.hits.saturating_add(used.hits);
                }
            }
            Event::Deleted(key) => {
                all.remove(&key.storage_key());
            }
        }
    }
    all.into_values().collect()
}

proptest! {
    #[test]
    fn what_is_listed_is_what_happened(
        events in proptest::collection::vec(any_event(), 0..60),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..4),
        merges in proptest::collection::vec(any::<bool>(), 5),
    ) {
        let mut borders: Vec<_> = cuts.iter().map(|cut| cut.index(events.len() + 1)).collect();
        borders.extend([0, events.len()]);
        borders.sort_unstable();
        let mut all = Journal::new(LOCATION);
        for (at, border) in borders.windows(2).enumerate() {
            let mut record = journal(&events[border[0]..border[1]]);
            if merges[at] {
                record = record.merged(at == 0);
            }
            all.append(&record.encode()).unwrap();
        }
        prop_assert_eq!(all.entries(), model(&events));
    }

    #[test]
    fn an_altered_record_is_refused_and_changes_nothing(
        events in proptest::collection::vec(any_event(), 1..20),
        at in any::<prop::sample::Index>(),
        byte: u8,
    ) {
        let bytes = journal(&events).encode();
        let at = at.index(bytes.len());
        let mut altered = bytes.clone();
        altered[at] = byte;
        let mut all = journal(&events);
        prop_assert_eq!(all.append(&altered).is_err(), altered != bytes);
        prop_assert!(journal(&events).append(&bytes[..at]).is_err());
        if altered != bytes {
            prop_assert_eq!(all.entries(), model(&events));
        }
    }

    /// As [`an_altered_record_is_refused_and_changes_nothing`], of bytes whose checksum fits: whatever they are, no panic.
    #[test]
    fn bytes_that_nobody_wrote_never_panic(
        events in proptest::collection::vec(any_event(), 1..10),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = journal(&events).encode();
        for (at, byte) in changes {
            let at = 12 + at.index(bytes.len() - 12);
            bytes[at] = byte;
        }
        let sum = xxhash_rust::xxh64::xxh64(&bytes[12..], 0);
        bytes[4..12].copy_from_slice(&sum.to_le_bytes());
        let mut all = Journal::new(LOCATION);
        let before = all.clone().entries();
        if all.append(&bytes).is_ok() {
            let _ = all.clone().merged(false).encode();
            let _ = all.entries();
        } else {
            prop_assert_eq!(all.entries(), before);
        }
    }

    #[test]
    fn records_stay_few_and_are_seldom_rewritten(appends in 1_usize..3_000, look_every in 1_usize..40) {
        // Each record: its tier, and how many appends are in it.
        let mut records: Vec<(u8, usize)> = Vec::new();
        let mut rewritten = 0;
        for number in 0..appends {
            records.push((0, 1));
            if number % look_every > 0 {
                continue;
            }
            let tiers: Vec<_> = records.iter().map(|(tier, _)| *tier).collect();
            if let Some((from, tier)) = plan(&tiers) {
                let sum = records.drain(from..).map(|(_, size)| size).sum();
                rewritten += sum;
                records.push((tier, sum));
            }
        }
        prop_assert!(records.is_sorted_by_key(|(tier, _)| core::cmp::Reverse(*tier)));
        prop_assert_eq!(records.iter().map(|(_, size)| size).sum::<usize>(), appends);
        let digits = appends.ilog(8) as usize + 1;
        prop_assert!(records.len() <= 8 * digits + look_every);
        prop_assert!(rewritten <= digits * appends);
    }
}

#[test]
fn few_records_are_left_as_they_are() {
    assert_eq!(plan(&[]), None);
    assert_eq!(plan(&[0; 7]), None);
    assert_eq!(plan(&[1, 1, 0, 0, 0, 0, 0, 0, 0]), None);
}

#[test]
fn eight_of_a_tier_become_one_of_the_next() {
    assert_eq!(plan(&[0; 8]), Some((0, 1)));
    assert_eq!(plan(&[2, 1, 0, 0, 0, 0, 0, 0, 0, 0]), Some((2, 1)));
    assert_eq!(
        plan(&[2, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
        Some((1, 2))
    );
}
