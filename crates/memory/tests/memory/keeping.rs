//! What is found, what is written and when, what is removed.

use memory::{Limits, Rules, Store, Stored, TierLimits};
use values::{Parcel, Value};

use crate::support::{
    Faulty, Solo, Tested, at, call, compute, f, found, now, packed, soon, tested, value_of,
};

fn hit(memory: &crate::support::Tested, x: i64) -> Option<Value> {
    found(memory, call(x), &Rules::default(), 500.0).map(|hit| value_of(&hit))
}

#[test]
fn a_result_is_found_before_and_after_it_is_written() {
    let memory = tested();
    assert_eq!(hit(&memory, 1), None);
    compute(&memory, call(1), packed(10), 0.0);
    assert_eq!(hit(&memory, 1), Some(Value::Int(10)));
    assert_eq!(memory.store().times("put"), 0);
    now(memory.flush(500.0));
    assert_eq!(hit(&memory, 1), Some(Value::Int(10)));
    assert_eq!(memory.store().times("put"), 1);
    assert!(memory.take_warnings().is_empty());
}

#[test]
fn writes_are_gathered_until_they_are_due() {
    let memory = tested();
    assert!(!memory.flush_due(1e9));
    for x in 0..255 {
        compute(&memory, call(x), packed(x), 0.0);
    }
    assert!(!memory.flush_due(99.0));
    assert!(memory.flush_due(100.0));
    compute(&memory, call(255), packed(255), 50.0);
    assert!(
        memory.flush_due(51.0),
        "many results are written without waiting"
    );
    now(memory.flush(51.0));
    assert_eq!(memory.store().times("put"), 1);
    assert!(!memory.has_waiting());
    compute(
        &memory,
        call(256),
        Parcel::pack(Value::Bytes(vec![0; 5 << 20])),
        60.0,
    );
    assert!(
        memory.flush_due(60.0),
        "large results are written without waiting"
    );
}

#[test]
fn a_batch_is_one_question_to_the_store() {
    let memory = tested();
    for x in 0..100 {
        compute(&memory, call(x), packed(x), 0.0);
    }
    now(memory.flush(0.0));
    memory.set_tier(TierLimits {
        bytes: 0,
        ..TierLimits::default()
    });
    let before = memory.store().times("get");
    let calls = (0..100).map(call).collect();
    let departed = now(memory.take_off(calls, &Rules::default(), 1.0));
    assert_eq!(departed.len(), 100);
    for (x, departure) in (0..).zip(departed) {
        let memory::Departure::Found(hit) = departure else {
            panic!("{x} is not there");
        };
        assert_eq!(value_of(&hit), Value::Int(x));
    }
    assert_eq!(memory.store().times("get") - before, 1);
}

#[test]
fn a_hit_from_memory_asks_the_store_nothing_until_it_is_long_ago() {
    let memory = tested();
    compute(&memory, call(1), packed(10), 0.0);
    now(memory.flush(0.0));
    let asked = |memory: &crate::support::Tested| {
        let store = memory.store();
        (store.times("get"), store.times("known"))
    };
    let before = asked(&memory);
    assert!(found(&memory, call(1), &Rules::default(), 1_999.0).is_some());
    assert_eq!(asked(&memory), before);
    assert!(found(&memory, call(1), &Rules::default(), 2_000.0).is_some());
    assert_eq!(
        asked(&memory),
        (before.0, before.1 + 1),
        "asks whether it is there still"
    );
    assert!(found(&memory, call(1), &Rules::default(), 3_999.0).is_some());
    assert_eq!(asked(&memory), (before.0, before.1 + 1));
    // Another tab removes it.
    now(memory.store().inner.delete(&[call(1).key])).unwrap();
    assert!(found(&memory, call(1), &Rules::default(), 4_000.0).is_none());
}

#[test]
fn who_is_alone_asks_once_and_believes_what_is_in_memory() {
    let solo = Solo::default();
    solo.0.set(true);
    let memory = Tested::new(Faulty::default(), solo.clone());
    let asked = || {
        let store = memory.store();
        store.times("get") + store.times("known")
    };
    compute(&memory, call(1), packed(10), 0.0);
    assert_eq!(
        asked(),
        1,
        "nobody can have written it since it was looked up"
    );
    now(memory.flush(0.0));
    assert!(found(&memory, call(1), &Rules::default(), 59_999.0).is_some());
    assert_eq!(asked(), 1);
    assert!(found(&memory, call(1), &Rules::default(), 60_000.0).is_some());
    assert_eq!(asked(), 2, "the browser may have removed it");
    // Somebody else comes.
    solo.0.set(false);
    assert!(found(&memory, call(1), &Rules::default(), 62_000.0).is_some());
    assert_eq!(asked(), 3);
    compute(&memory, call(2), packed(20), 62_000.0);
    assert_eq!(asked(), 5, "asks again once it has the lock");
}

#[test]
fn what_another_tab_announces_is_forgotten_at_once() {
    let memory = tested();
    for x in [1, 2] {
        compute(&memory, call(x), packed(x), 0.0);
    }
    now(memory.flush(0.0));
    now(memory.store().inner.delete(&[call(1).key])).unwrap();
    memory.forget("here", Some(&[call(1).key]));
    assert!(found(&memory, call(1), &Rules::default(), 1.0).is_none());
    now(memory.store().inner.clear("here", None)).unwrap();
    memory.cleared_elsewhere("here", None);
    assert!(found(&memory, call(2), &Rules::default(), 1.0).is_none());
}

#[test]
fn what_another_tab_computed_anew_replaces_what_is_in_memory() {
    let memory = tested();
    compute(&memory, call(1), packed(10), 0.0);
    now(memory.flush(0.0));
    let key = call(1).key;
    let mut other = Stored::new(key, packed(11), 1.0, 5.0);
    other.entry.source = call(1).source;
    now(memory.store().inner.put(&[other])).unwrap();
    let hit = |time| found(&memory, call(1), &Rules::default(), time);
    assert_eq!(value_of(&hit(1_000.0).unwrap()), Value::Int(10));
    assert_eq!(value_of(&hit(2_000.0).unwrap()), Value::Int(11));
}

#[test]
fn what_was_read_before_it_was_computed_anew_is_not_kept() {
    let memory = tested();
    compute(&memory, call(1), packed(10), 0.0);
    now(memory.flush(0.0));
    memory.forget("here", None);
    memory.store().slow.set(1);
    let rules = Rules::default();
    let mut reading = Box::pin(memory.take_off(vec![call(1)], &rules, 1.0));
    let mut context = core::task::Context::from_waker(core::task::Waker::noop());
    assert!(reading.as_mut().poll(&mut context).is_pending());
    let forced = memory.force(vec![call(1)], &rules).remove(0);
    memory.land(forced, packed(11), 1.0, 1.0);
    soon(&mut reading);
    assert_eq!(hit(&memory, 1), Some(Value::Int(11)));
}

#[test]
fn clearing_says_what_it_freed_and_leaves_others_alone() {
    let memory = tested();
    let foreign = || at("there", &f("1"), Value::Int(1), &Rules::default());
    compute(&memory, foreign(), packed(1), 0.0);
    compute(&memory, call(1), packed(1), 0.0);
    now(memory.flush(0.0));
    compute(&memory, call(2), packed(2), 0.0);
    let freed = now(memory.clear("here", None)).unwrap();
    assert_eq!(freed.entries, 2);
    assert_eq!(freed.bytes, 2 * packed(1).byte_length() as u64);
    assert_eq!((hit(&memory, 1), hit(&memory, 2)), (None, None));
    assert!(found(&memory, foreign(), &Rules::default(), 0.0).is_some());
}

#[test]
fn what_is_computed_while_it_is_cleared_is_given_and_not_kept() {
    let memory = tested();
    let flight = crate::support::flight(&memory, call(1), 0.0);
    now(memory.clear("here", Some("f"))).unwrap();
    memory.land(flight, packed(10), 1.0, 1.0);
    now(memory.flush(1.0));
    assert_eq!(now(memory.stats("here")).unwrap().entries, 0);
}

#[test]
fn reducing_keeps_what_was_used_last() {
    let memory = tested();
    for x in 0..4 {
        compute(&memory, call(x), packed(x), x as f64);
    }
    now(memory.flush(4.0));
    assert!(hit(&memory, 0).is_some(), "used at 500");
    let limits = Limits {
        items: Some(2),
        ..Limits::default()
    };
    let freed = now(memory.reduce_size("here", limits, 501.0)).unwrap();
    assert_eq!(freed.entries, 2);
    let left: Vec<_> = (0..4).filter(|x| hit(&memory, *x).is_some()).collect();
    assert_eq!(left, [0, 3]);
}

#[test]
fn uses_reach_the_store_a_little_later() {
    let memory = tested();
    compute(&memory, call(1), packed(1), 0.0);
    now(memory.flush(0.0));
    for _ in 0..3 {
        assert!(hit(&memory, 1).is_some());
    }
    assert!(!memory.flush_due(2_499.0));
    assert!(memory.flush_due(2_500.0));
    now(memory.flush(2_500.0));
    let entries = now(memory.store().inner.entries("here")).unwrap();
    assert!((entries[0].1.last_used - 500.0).abs() < f64::EPSILON);
    assert_eq!(entries[0].1.hits, 3);
    let told = found(&memory, call(1), &Rules::default(), 2_501.0).unwrap();
    assert_eq!(told.entry.hits, 4);
    assert_eq!(memory.store().times("touch"), 1);
}

#[test]
fn limits_are_kept_after_each_flush_without_listing_each_time() {
    let memory = tested();
    let each = packed(1000).byte_length() as u64;
    memory.keep_within(
        "here",
        Limits {
            bytes: Some(100 * each),
            ..Limits::default()
        },
    );
    for x in 0..1_000 {
        compute(&memory, call(x), packed(1000), x as f64);
        now(memory.flush(x as f64));
        assert!(memory.store().held("here") <= 100 * each);
    }
    assert!(hit(&memory, 999).is_some());
    assert!(memory.store().times("entries") < 150);
}

#[test]
fn a_large_result_is_not_kept_in_memory() {
    let memory = tested();
    let large = || Parcel::pack(Value::Bytes(vec![7; 2 << 20]));
    compute(&memory, call(1), large(), 0.0);
    let first = found(&memory, call(1), &Rules::default(), 0.0).unwrap();
    assert!(first.shared, "it still has to be written");
    now(memory.flush(0.0));
    let read = found(&memory, call(1), &Rules::default(), 0.0).unwrap();
    assert!(!read.shared);
    assert_eq!(read.origin, memory::Origin::Store);
    assert_eq!(read.value, large());
}

#[test]
fn what_is_in_memory_goes_with_the_database() {
    let memory = tested();
    compute(&memory, call(1), packed(10), 0.0);
    now(memory.flush(0.0));
    assert_eq!(hit(&memory, 1), Some(Value::Int(10)));
    now(memory.store().inner.clear("here", None)).unwrap();
    assert_eq!(hit(&memory, 1), Some(Value::Int(10)), "nobody said so");
    memory.store().generation.set(1);
    assert_eq!(hit(&memory, 1), None);
    compute(&memory, call(1), packed(10), 500.0);
    now(memory.flush(500.0));
    assert_eq!(now(memory.entries("here")).unwrap().len(), 1);
}
