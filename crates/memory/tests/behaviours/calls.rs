//! Calls in all their kinds.

use memory::{Rules, Span, Stamp, TierLimits, expires_after};
use values::Value;

use crate::support::{f, now};
use crate::{Cached, Session};

#[test]
fn b31_memory_exception() {
    let session = Session::new();
    let failing = Cached {
        body: Box::new(|_| Err(())),
        ..Cached::new(&session, f("1"))
    };
    for count in 1..4 {
        let call = failing.key(vec![Value::Int(1)], vec![]);
        assert_eq!(failing.try_call(call), Err(()));
        assert_eq!(failing.evaluations(), count);
    }
    session.flush();
    assert!(!failing.check(1));
}

/// Nothing is a result like any other.
#[test]
fn b31_none_is_cached() {
    let session = Session::new();
    let f = Cached {
        body: Box::new(|_| Ok(Value::Null)),
        ..Cached::new(&session, f("1"))
    };
    assert_eq!((f.call(1), f.call(1)), (Value::Null, Value::Null));
    assert_eq!(f.evaluations(), 1);
}

#[test]
fn b35_check_call_in_cache() {
    let session = Session::new();
    let mut f = Cached::new(&session, f("1"));
    assert!(!f.check(1));
    assert_eq!(f.evaluations(), 0);
    f.call(1);
    for flushed in [false, true] {
        assert!(f.check(1));
        assert!(!f.check(2));
        assert_eq!(f.evaluations(), 1);
        if !flushed {
            session.flush();
        }
    }
    assert_eq!(session.store().payloads.get(), 0, "a check reads no result");
    // The validation callback is asked, and its no removes the entry.
    f.rules.validates = true;
    assert!(f.check(1));
    f.valid = Box::new(|_| false);
    assert!(!f.check(1));
    f.valid = Box::new(|_| true);
    assert!(!f.check(1));
    now(session.memory.clear("here", Some("f"))).unwrap();
    assert!(!f.check(1));
}

#[test]
fn b36_call_and_shelve_lazily_load_stored_result() {
    let session = Session::new();
    session.memory.set_tier(TierLimits {
        bytes: 0,
        ..TierLimits::default()
    });
    let f = Cached::new(&session, f("1"));
    let first = f.shelve(1);
    session.flush();
    let again = f.shelve(1);
    assert_eq!(f.evaluations(), 1);
    assert_eq!(again.key, first.key);
    assert!((again.entry.duration - 5.0).abs() < f64::EPSILON);
    assert_eq!(session.store().payloads.get(), 0);
    let hit = now(session.memory.get(&again, 1.0)).unwrap();
    assert_eq!(hit.value.unpack().unwrap(), f.call(1));
    assert_eq!(session.store().payloads.get(), 2);
    // `clear` of a reference.
    now(session.memory.delete(core::slice::from_ref(&again.key))).unwrap();
    let gone = now(session.memory.get(&again, 1.0)).unwrap_err();
    assert_eq!(gone.code(), "reference-gone");
    assert_eq!(f.evaluations(), 1);
    f.call(1);
    assert_eq!(f.evaluations(), 2);
}

#[test]
fn b37_memory_expires_after() {
    let session = Session::new();
    let mut f = Cached::new(&session, f("1"));
    f.rules.expires_after = Some(expires_after(Span {
        seconds: 0.25,
        milliseconds: 40.0,
        microseconds: 10_000.0,
        ..Span::default()
    }));
    f.call(1);
    session.time.set(299.0);
    f.call(1);
    assert_eq!(f.evaluations(), 1);
    session.flush();
    f.call(1);
    assert_eq!(f.evaluations(), 1);
    session.time.set(300.0);
    assert!(!f.check(1));
    f.call(1);
    assert_eq!(f.evaluations(), 2);
    f.call(1);
    assert_eq!(f.evaluations(), 2);
    let day = Span {
        days: 1.0,
        hours: -24.0,
        minutes: 1.0,
        weeks: 1.0,
        ..Span::default()
    };
    assert!((expires_after(day) - (7.0 * 86_400.0 + 60.0) * 1000.0).abs() < f64::EPSILON);
    f.rules.expires_after = Some(0.0);
    f.call(1);
    assert_eq!(f.evaluations(), 3, "never valid");
}

#[test]
fn b37_constant_cache_validation_callback() {
    for valid in [true, false] {
        let session = Session::new();
        let f = Cached {
            valid: Box::new(move |_| valid),
            rules: Rules {
                validates: true,
                ..Rules::default()
            },
            ..Cached::new(&session, f("1"))
        };
        let expected = if valid { [1, 1, 1] } else { [1, 2, 3] };
        for count in expected {
            f.call(1);
            assert_eq!(f.evaluations(), count);
            session.flush();
        }
    }
}

#[test]
fn b37_memory_only_cache_long_run() {
    let session = Session::new();
    let f = Cached {
        valid: Box::new(|entry| {
            let metadata = entry.metadata();
            assert_eq!(metadata.input_args, [("x".to_owned(), "1".to_owned())]);
            assert!((metadata.time - 1.0).abs() < f64::EPSILON);
            metadata.duration > 0.1
        }),
        rules: Rules {
            validates: true,
            ..Rules::default()
        },
        ..Cached::new(&session, f("1"))
    };
    session.time.set(1000.0);
    f.call(1);
    f.call(1);
    assert_eq!(f.evaluations(), 2, "5 ms are not worth it");
}

/// What joblib does not have: files that have changed since.
#[test]
fn b37_changed_files() {
    let session = Session::new();
    let f = Cached::new(&session, f("1"));
    let stamp = |name: &str, modified: f64, bytes: u64| Stamp {
        name: name.into(),
        modified,
        bytes,
    };
    let call = |stamps: Vec<Stamp>| {
        let call = f.key(vec![Value::Int(1)], vec![]).with_stamps(stamps);
        f.try_call(call).unwrap();
        session.flush();
        f.evaluations()
    };
    assert_eq!(call(vec![stamp("a", 1.0, 5), stamp("b", 1.0, 5)]), 1);
    assert_eq!(call(vec![stamp("b", 1.0, 5), stamp("a", 1.0, 5)]), 1);
    assert_eq!(
        call(vec![stamp("a", 2.0, 5), stamp("b", 1.0, 5)]),
        2,
        "time"
    );
    assert_eq!(
        call(vec![stamp("a", 2.0, 6), stamp("b", 1.0, 5)]),
        3,
        "size"
    );
    assert_eq!(call(vec![stamp("a", 2.0, 6)]), 4, "gone");
    assert_eq!(
        call(vec![stamp("a", 2.0, 6), stamp("c", 1.0, 5)]),
        5,
        "added"
    );
    assert_eq!(call(vec![stamp("a", 2.0, 6), stamp("c", 1.0, 5)]), 5);
}

#[test]
fn b38_call_method_memorized() {
    let session = Session::new();
    let f = Cached::new(&session, f("1"));
    session.time.set(2_000.0);
    f.call(1);
    let (value, entry) = f.force(1);
    assert_eq!(f.evaluations(), 2, "forced");
    assert_eq!(value, f.call(1), "and stored");
    assert_eq!(f.evaluations(), 2);
    let metadata = entry.metadata();
    assert!((metadata.duration - 0.005).abs() < f64::EPSILON);
    assert!((metadata.time - 2.0).abs() < f64::EPSILON);
    assert_eq!(metadata.input_args, [("x".to_owned(), "1".to_owned())]);
    session.flush();
    f.force(1);
    session.flush();
    let stats = now(session.memory.stats("here")).unwrap();
    assert_eq!(stats.entries, 1, "in the place of the one before");
}

#[test]
fn b38_call_method_not_memorized() {
    let session = Session::new();
    let f = Cached {
        location: None,
        ..Cached::new(&session, f("1"))
    };
    f.force(1);
    f.force(1);
    assert_eq!(f.evaluations(), 2);
    session.flush();
    assert_eq!(session.store().times("put"), 0);
}
