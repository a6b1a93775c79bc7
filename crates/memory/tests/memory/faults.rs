//! Stores that fail: the value always reaches the caller.

use memory::{Rules, Store, StoreError, Stored, Warning};
use values::{Parcel, Value};

use crate::support::{call, compute, found, now, packed, soon, tested, value_of};

fn hit(memory: &crate::support::Tested, x: i64) -> Option<Value> {
    found(memory, call(x), &Rules::default(), 500.0).map(|hit| value_of(&hit))
}

#[test]
fn a_store_that_cannot_be_written_still_gives_the_value_and_warns_once() {
    let memory = tested();
    let error = StoreError::Failed("disk".into());
    memory.store().fail_writes(Some(error.clone()));
    compute(&memory, call(1), packed(10), 0.0);
    compute(&memory, call(2), packed(20), 0.0);
    now(memory.flush(0.0));
    assert_eq!(hit(&memory, 1), Some(Value::Int(10)));
    assert_eq!(
        memory.take_warnings(),
        [Warning::Unwritten { count: 2, error }]
    );
    assert!(memory.take_warnings().is_empty());
    assert_eq!(now(memory.stats("here")).unwrap().entries, 2);
}

#[test]
fn one_result_that_is_too_large_does_not_cost_the_others() {
    let memory = tested();
    memory.store().most_bytes.set(Some(1000));
    compute(
        &memory,
        call(1),
        Parcel::pack(Value::Bytes(vec![0; 2000])),
        0.0,
    );
    compute(&memory, call(2), packed(20), 0.0);
    now(memory.flush(0.0));
    assert!(matches!(
        memory.take_warnings()[..],
        [Warning::Unwritten {
            count: 1,
            error: StoreError::TooLarge { .. }
        }]
    ));
    assert!(now(memory.store().inner.get(&[call(2).key])).unwrap()[0].is_some());
    assert_eq!(hit(&memory, 1), Some(Value::Bytes(vec![0; 2000])));
}

#[test]
fn without_a_store_results_live_as_long_as_the_page() {
    for error in [
        StoreError::Unavailable("private".into()),
        StoreError::Newer {
            layout: 3,
            known: 2,
        },
    ] {
        let memory = tested();
        memory.store().fail_reads(Some(error.clone()));
        memory.store().fail_writes(Some(error.clone()));
        for x in 0..10 {
            compute(&memory, call(x), packed(x), 0.0);
            now(memory.flush(0.0));
        }
        for x in 0..10 {
            assert_eq!(hit(&memory, x), Some(Value::Int(x)));
        }
        assert_eq!(memory.take_warnings(), [Warning::Unread(error)]);
        assert!(memory.is_store_gone());
        assert_eq!(memory.store().times("get"), 1, "it is not asked again");
        assert_eq!(memory.store().times("put"), 0);
        assert_eq!(now(memory.clear("here", None)).unwrap().entries, 10);
        assert_eq!(hit(&memory, 1), None);
    }
}

#[test]
fn a_full_store_makes_room_once() {
    let memory = tested();
    let each = packed(1000).byte_length() as u64;
    memory.store().room.set(Some(10 * each));
    for x in 0..30 {
        compute(&memory, call(x), packed(1000), x as f64);
        now(memory.flush(x as f64));
        let hit = found(&memory, call(x), &Rules::default(), x as f64);
        assert!(hit.is_some());
    }
    let warnings = memory.take_warnings();
    assert!(
        matches!(warnings[..], [Warning::Evicted { .. }]),
        "{warnings:?}"
    );
    assert!(now(memory.store().inner.get(&[call(29).key])).unwrap()[0].is_some());
    assert!(now(memory.store().inner.get(&[call(0).key])).unwrap()[0].is_none());
}

#[test]
fn what_is_cleared_while_room_is_made_is_not_written() {
    let memory = tested();
    memory.store().room.set(Some(0));
    memory.store().slow.set(2);
    let flight = soon(memory.take_off(vec![call(1)], &Rules::default(), 0.0)).remove(0);
    let memory::Departure::Compute(flight) = flight else {
        panic!("nobody else asked");
    };
    memory.land(flight, packed(10), 1.0, 0.0);
    let mut flush = Box::pin(memory.flush(0.0));
    let mut context = core::task::Context::from_waker(core::task::Waker::noop());
    while memory.store().times("locations") == 0 {
        assert!(flush.as_mut().poll(&mut context).is_pending());
    }
    memory.store().room.set(None);
    soon(memory.clear("here", None)).unwrap();
    soon(&mut flush);
    assert_eq!(memory.store().held("here"), 0);
}

#[test]
fn a_store_without_any_room_keeps_the_result_in_memory() {
    let memory = tested();
    memory.store().room.set(Some(0));
    compute(&memory, call(1), packed(10), 0.0);
    now(memory.flush(0.0));
    assert_eq!(hit(&memory, 1), Some(Value::Int(10)));
    assert!(matches!(
        memory.take_warnings()[..],
        [Warning::Unwritten {
            count: 1,
            error: StoreError::Full(_)
        }]
    ));
    assert_eq!(memory.store().times("put"), 2, "one retry");
}

#[test]
fn a_store_that_cannot_be_read_is_a_miss_and_a_warning() {
    let memory = tested();
    let error = StoreError::Failed("gone".into());
    memory.store().fail_reads(Some(error.clone()));
    assert_eq!(hit(&memory, 1), None);
    assert_eq!(memory.take_warnings(), [Warning::Unread(error)]);
    memory.store().fail_reads(None);
    compute(&memory, call(1), packed(10), 0.0);
    assert_eq!(hit(&memory, 1), Some(Value::Int(10)));
}

#[test]
fn an_altered_result_is_a_miss_and_one_warning_and_is_replaced() {
    let memory = tested();
    let mut stored = Stored::new(call(1).key, packed(10), 1.0, 0.0);
    stored.entry.source = call(1).source;
    stored.value.head[1] ^= 1;
    now(memory.store().inner.put(&[stored])).unwrap();
    compute(&memory, call(1), packed(10), 0.0);
    assert_eq!(memory.take_warnings(), [Warning::Corrupt(call(1).key)]);
    now(memory.flush(0.0));
    assert_eq!(hit(&memory, 1), Some(Value::Int(10)));
    assert!(memory.take_warnings().is_empty());
}

#[test]
fn the_store_in_memory_keeps_the_contract() {
    let store = memory::InMemory::default();
    assert_eq!(
        now(memory::contract::check::<Vec<u8>>(&store, |bytes| bytes)),
        Ok(())
    );
}

#[test]
fn the_contract_notices_a_store_that_forgets() {
    let store = crate::support::Faulty::default();
    store.fail_writes(Some(StoreError::Full("test".into())));
    assert!(now(memory::contract::check::<Vec<u8>>(&store, |bytes| bytes)).is_err());
}
