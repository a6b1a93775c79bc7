//! Functions that are moved, edited, or have the name of another.

use std::rc::Rc;

use memory::{Function, Rules};
use values::{Parcel, Value};

use crate::support::{f, now};
use crate::{Cached, Session, written};

const FIRST: &str = "def f(x):\n    return x\n";
const SECOND: &str = "def f(x):\n    return x + 1\n";

#[test]
fn b33_memory_file_modification() {
    let store = Rc::default();
    let evaluations = |function: Function| {
        let session = Session::over(&store);
        let f = Cached::new(&session, function);
        for x in [1, 2, 1] {
            f.call(x);
        }
        session.flush();
        (f.evaluations(), session.warnings())
    };
    assert_eq!(evaluations(written(FIRST, 1, FIRST)), (2, vec![]));
    assert_eq!(evaluations(written(FIRST, 1, FIRST)), (0, vec![]));
    let moved = format!("\n\n{FIRST}");
    assert_eq!(evaluations(written(FIRST, 3, &moved)), (0, vec![]), "moved");
    assert_eq!(evaluations(f(FIRST)), (0, vec![]), "moved to nowhere");
    assert_eq!(
        evaluations(written(SECOND, 1, SECOND)),
        (2, vec!["memory-edited"])
    );
    assert_eq!(evaluations(written(SECOND, 1, SECOND)), (0, vec![]));
    // All entries went, so the first text finds nothing either.
    assert_eq!(
        evaluations(written(FIRST, 1, FIRST)),
        (2, vec!["memory-edited"])
    );
}

#[test]
fn b33_the_text_is_compared_once_per_session() {
    let session = Session::new();
    let f = Cached::new(&session, f(FIRST));
    let asked = session.store().times("function");
    for x in 0..10 {
        f.call(x);
        now(session.memory.register("here", &f.function));
    }
    assert_eq!(session.store().times("function"), asked);
}

#[test]
fn b33_a_tasks_version_is_its_source() {
    let store = Rc::default();
    let evaluations = |version: u32| {
        let session = Session::over(&store);
        let task = Cached::new(&session, Function::task("t", version));
        let arguments = memory::Arguments::of_task(Parcel::pack(Value::Int(1))).unwrap();
        let call = task
            .function
            .call(Some("here"), arguments, &Rules::default())
            .unwrap();
        assert_eq!(call.arguments[0].0, "value");
        task.try_call(call).unwrap();
        session.flush();
        (task.evaluations(), session.warnings())
    };
    assert_eq!(evaluations(1), (1, vec![]));
    assert_eq!(evaluations(1), (0, vec![]));
    assert_eq!(evaluations(2), (1, vec!["memory-edited"]));
    assert_eq!(evaluations(2), (0, vec![]));
}

/// What another tab computes with the old text while this one has the new is not found by this one.
#[test]
fn b33_results_of_an_older_text_are_never_given() {
    let store = Rc::default();
    let old_tab = Session::over(&store);
    let old = Cached {
        body: Box::new(|_| Ok(Value::from("old"))),
        ..Cached::new(&old_tab, f(FIRST))
    };
    old.call(1);
    let new_tab = Session::over(&store);
    let new = Cached {
        body: Box::new(|_| Ok(Value::from("new"))),
        ..Cached::new(&new_tab, f(SECOND))
    };
    old_tab.flush();
    assert_eq!(new.call(1), Value::from("new"));
    new_tab.flush();
    assert_eq!(old.call(1), Value::from("old"));
}

#[test]
fn b34_memory_name_collision() {
    let session = Session::new();
    let first = Cached {
        body: Box::new(|_| Ok(Value::from("first"))),
        ..Cached::new(&session, f(FIRST))
    };
    let second = Cached {
        body: Box::new(|_| Ok(Value::from("second"))),
        ..Cached::new(&session, f(SECOND))
    };
    for _ in 0..3 {
        assert_eq!(first.call(1), Value::from("first"));
        assert_eq!(second.call(1), Value::from("second"));
        session.flush();
    }
    assert_eq!(session.warnings(), ["memory-collision"]);
}

#[test]
fn b34_memory_warning_collision_detection() {
    // Both stand in one file; the first is no longer in use when the second is called, and still there.
    let whole = format!("{FIRST}\n{SECOND}");
    let store = Rc::default();
    let first = Session::over(&store);
    Cached::new(&first, written(FIRST, 1, &whole)).call(1);
    first.flush();
    let session = Session::over(&store);
    Cached::new(&session, written(SECOND, 4, &whole)).call(1);
    let warnings = session.memory.take_warnings();
    assert_eq!(
        warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "Two functions are called f (mod.py:1 and mod.py:4): they do not find each other's results, but drop them. Give one \
             of them another name."
        ]
    );
}

#[test]
fn b34_what_is_no_longer_in_use_collides_with_nothing() {
    let session = Session::new();
    let first = Cached::new(&session, f(FIRST));
    first.call(1);
    session.memory.unregister("here", &first.function);
    let second = Cached::new(&session, f(SECOND));
    second.call(1);
    assert_eq!(session.warnings(), ["memory-edited"]);
}

#[test]
fn b33_a_text_that_is_taken_back_is_an_edit_too() {
    let store = Rc::default();
    let session = Session::over(&store);
    let edited = ["memory-edited"].as_slice();
    for (text, warnings) in [(FIRST, [].as_slice()), (SECOND, edited), (FIRST, edited)] {
        let function = Cached::new(&session, f(text));
        function.call(1);
        assert_eq!(function.evaluations(), 1, "{text}");
        session.flush();
        session.memory.unregister("here", &function.function);
        assert_eq!(session.warnings(), warnings, "{text}");
    }
    // What is stored is the text that was called last.
    let later = Session::over(&store);
    let function = Cached::new(&later, f(FIRST));
    function.call(1);
    assert_eq!(function.evaluations(), 0);
    assert!(later.warnings().is_empty());
}

#[test]
fn b34_clearing_leaves_the_text_known() {
    for function in [None, Some("f")] {
        let store = Rc::default();
        let session = Session::over(&store);
        let f = Cached::new(&session, f(FIRST));
        f.call(1);
        session.flush();
        now(session.memory.clear("here", function)).unwrap();
        f.call(1);
        assert_eq!(f.evaluations(), 2);
        session.flush();
        let later = Session::over(&store);
        Cached::new(&later, crate::support::f(SECOND)).call(1);
        assert_eq!(later.warnings(), ["memory-edited"]);
    }
}
