//! What is one call, and what is another.

use memory::{Function, Parameter, Rules};
use values::Value;

use crate::support::f;
use crate::{Cached, Session};

#[test]
fn b26_memory_integration() {
    let session = Session::new();
    let f = Cached::new(&session, f("1"));
    let kinds = [
        Value::Int(1),
        Value::Float(1.0),
        Value::Bool(true),
        Value::Null,
        Value::from("1"),
        Value::Bytes(b"1".to_vec()),
        Value::List(vec![Value::Int(1)]),
        Value::map([("a", Value::Int(1))]),
        Value::Float(f64::NAN),
        Value::Float(0.0),
        Value::Float(-0.0),
    ];
    for round in 0..3 {
        for (count, kind) in (1..).zip(&kinds) {
            let first = f.try_call(f.key(vec![kind.clone()], vec![])).unwrap();
            assert_eq!(
                f.try_call(f.key(vec![kind.clone()], vec![])).unwrap(),
                first
            );
            assert_eq!(
                f.evaluations(),
                if round == 0 { count } else { kinds.len() }
            );
        }
        session.flush();
    }
}

#[test]
fn b27_no_memory() {
    let session = Session::new();
    let f = Cached {
        location: None,
        ..Cached::new(&session, f("1"))
    };
    for count in 1..4 {
        f.call(1);
        assert_eq!(f.evaluations(), count);
        session.flush();
    }
    assert!(!f.check(1));
    assert_eq!(session.store().times("put"), 0);
}

#[test]
fn b28_memory_kwarg() {
    let session = Session::new();
    let function = Function::of_text(
        "g",
        "1",
        vec![
            Parameter::required("l"),
            Parameter::optional("m", Value::Int(1)),
        ],
    );
    let g = Cached::new(&session, function);
    let (one, two) = (|| Value::Int(1), || Value::Int(2));
    for (positional, keyword) in [
        (vec![two()], vec![]),
        (vec![], vec![("l", two())]),
        (vec![two(), one()], vec![]),
        (vec![two()], vec![("m", one())]),
        (vec![], vec![("m", one()), ("l", two())]),
    ] {
        g.try_call(g.key(positional, keyword)).unwrap();
        assert_eq!(g.evaluations(), 1);
    }
    g.try_call(g.key(vec![two(), two()], vec![])).unwrap();
    assert_eq!(g.evaluations(), 2);
}

#[test]
fn b29_memory_ignore() {
    let session = Session::new();
    let function = Function::of_text(
        "z",
        "1",
        vec![
            Parameter::required("x"),
            Parameter::optional("y", Value::Int(1)),
        ],
    );
    let mut z = Cached::new(&session, function);
    z.rules.ignore = vec!["y".into()];
    for y in 0..4 {
        z.try_call(z.key(vec![Value::Int(0)], vec![("y", Value::Int(y))]))
            .unwrap();
        assert_eq!(z.evaluations(), 1);
    }
    z.rules.ignore = vec!["y".into(), "w".into()];
    let arguments = memory::Arguments::<Vec<u8>> {
        positional: vec![values::Skeleton::Int(0)],
        keyword: vec![],
        buffers: vec![],
    };
    let refused = z
        .function
        .call(Some("here"), arguments, &z.rules)
        .unwrap_err();
    assert_eq!(refused.code(), "ignore-unknown");
    assert_eq!(
        refused.to_string(),
        "`w` should be ignored, but z(x, y=1) has no argument of that name."
    );
}

#[test]
fn b30_argument_change() {
    let session = Session::new();
    let f = Cached::new(&session, f("1"));
    let mut list = vec![Value::Int(1)];
    for count in 1..5 {
        for _ in 0..2 {
            f.try_call(f.key(vec![Value::List(list.clone())], vec![]))
                .unwrap();
            assert_eq!(f.evaluations(), count);
        }
        list.push(Value::Null);
    }
}

/// What joblib does not have: a version, and dependencies, as part of the key.
#[test]
fn b30_version_and_dependencies() {
    let function = |helper: &str| Function {
        dependencies: vec![("helper".into(), helper.into())],
        ..f("1")
    };
    let session = Session::new();
    let plain = Cached::new(&session, function("1"));
    let key = |rules: &Rules, helper: &str| {
        let cached = Cached {
            rules: rules.clone(),
            ..Cached::new(&session, function(helper))
        };
        cached.key(vec![Value::Int(1)], vec![]).key
    };
    let same = plain.key(vec![Value::Int(1)], vec![]).key;
    assert_eq!(key(&Rules::default(), "2"), same, "off by default");
    let versioned = |version: &str| Rules {
        version: Some(version.into()),
        ..Rules::default()
    };
    assert_ne!(key(&versioned("1"), "1"), same);
    assert_ne!(key(&versioned("1"), "1"), key(&versioned("2"), "1"));
    assert_eq!(key(&versioned("1"), "1"), key(&versioned("1"), "2"));
    let dependent = Rules {
        dependencies: true,
        ..Rules::default()
    };
    assert_ne!(key(&dependent, "1"), same);
    assert_ne!(key(&dependent, "1"), key(&dependent, "2"));
    assert_eq!(key(&dependent, "1"), key(&dependent, "1"));
}
