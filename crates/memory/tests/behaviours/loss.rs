//! Entries that are altered, evicted, or written by several at once.

use std::rc::Rc;

use memory::{Limits, Store, TierLimits};
use values::Value;

use crate::support::{Faulty, f, now};
use crate::{Cached, Session};

#[test]
fn b32_memory_recomputes_after_an_error_while_loading_results() {
    let store: Rc<Faulty> = Rc::default();
    let session = Session::over(&store);
    let first = Cached::new(&session, f("1"));
    let value = first.call(1);
    session.flush();
    let key = first.key(vec![Value::Int(1)], vec![]).key;
    let mut stored = now(store.inner.get(core::slice::from_ref(&key))).unwrap()[0]
        .clone()
        .unwrap();
    let last = stored.value.head.len() - 1;
    stored.value.head[last] ^= 1;
    now(store.inner.put(&[stored])).unwrap();

    let session = Session::over(&store);
    let f = Cached::new(&session, f("1"));
    assert_eq!(f.call(1), value);
    assert_eq!(f.evaluations(), 1);
    assert_eq!(session.warnings(), ["memory-corrupt"]);
    session.flush();
    session.memory.set_tier(TierLimits {
        bytes: 0,
        ..TierLimits::default()
    });
    assert_eq!(f.call(1), value);
    assert_eq!(f.evaluations(), 1, "overwritten");
    assert!(session.warnings().is_empty());
}

fn filled(store: &Rc<Faulty>) -> u64 {
    let session = Session::over(store);
    let f = Cached::new(&session, f("1"));
    for x in 0..10 {
        session.time.set(x as f64 * 1000.0);
        f.call(x);
        session.flush();
    }
    // The first is used again.
    session.time.set(20_000.0);
    f.call(0);
    session.flush();
    store.held("here") / 10
}

fn left(store: &Rc<Faulty>) -> Vec<i64> {
    let session = Session::over(store);
    let f = Cached::new(&session, f("1"));
    (0..10).filter(|x| f.check(*x)).collect()
}

#[test]
fn b39_memory_reduce_size_bytes_limit() {
    let store = Rc::default();
    let each = filled(&store);
    let session = Session::over(&store);
    let reduce = |bytes: u64| {
        let limits = Limits {
            bytes: Some(bytes),
            ..Limits::default()
        };
        now(session.memory.reduce_size("here", limits, 30_000.0)).unwrap()
    };
    assert_eq!(reduce(10 * each).entries, 0);
    assert_eq!(reduce(10 * each - 1).entries, 1);
    assert_eq!(reduce(3 * each).entries, 6);
    assert_eq!(left(&store), [0, 8, 9]);
    assert!(store.held("here") <= 3 * each);
    assert_eq!(reduce(0).entries, 3);
}

#[test]
fn b39_memory_reduce_size_items_limit() {
    let store = Rc::default();
    filled(&store);
    let session = Session::over(&store);
    let limits = Limits {
        items: Some(4),
        ..Limits::default()
    };
    let freed = now(session.memory.reduce_size("here", limits, 30_000.0)).unwrap();
    assert_eq!(freed.entries, 6);
    assert_eq!(left(&store), [0, 7, 8, 9]);
}

#[test]
fn b39_memory_reduce_size_age_limit() {
    let store = Rc::default();
    filled(&store);
    let session = Session::over(&store);
    let limits = Limits::new(None, None, Some(12.0)).unwrap();
    now(session.memory.reduce_size("here", limits, 20_000.0)).unwrap();
    assert_eq!(left(&store), [0, 8, 9]);
    assert!(Limits::new(None, None, Some(-1.0)).is_err());
    assert!(Limits::new(Some(f64::NAN), None, None).is_err());
}

#[test]
fn b40_cached_function_race_condition_when_persisting_output() {
    // Four sessions write the same and other entries of one store, each before and after the others.
    let store: Rc<Faulty> = Rc::default();
    let sessions: Vec<_> = (0..4).map(|_| Session::over(&store)).collect();
    let functions: Vec<_> = sessions
        .iter()
        .map(|session| {
            session.memory.set_tier(TierLimits {
                bytes: 0,
                ..TierLimits::default()
            });
            Cached::new(session, f("1"))
        })
        .collect();
    let expected = functions[0].call(0);
    for round in 0_i64..10 {
        for (number, f) in functions.iter().enumerate() {
            f.force(0);
            f.call(round);
            if (number % 2 == 0) == (round % 2 == 0) {
                f.session.flush();
            }
        }
        for f in &functions {
            assert_eq!(f.call(0), expected);
            f.session.flush();
            assert_eq!(f.call(0), expected);
        }
    }
    for session in &sessions {
        assert!(session.warnings().is_empty());
    }
}
