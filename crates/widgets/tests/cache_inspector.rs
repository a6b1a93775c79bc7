//! The lab *cache inspector*: what it asks for and shows, whatever the memory answers. How it goes with the real memory is in
//! crates/rehearsal/tests.
#![allow(clippy::unwrap_used, clippy::panic)]

use protocol::{
    CallOrigin, ErrorInfo, LabEvent, MemoryAction, MemoryAnswer, MemoryEntry, ParameterKind,
};
use values::Value;
use widgets::{Called, Detail, Effect, Input, LabCall, MemoryFault, WorkLab, create, page};

fn lab() -> Box<WorkLab> {
    let mut lab = create("cache-inspector").unwrap();
    let asked = lab.update(Input::Machine(widgets::Machine::default()));
    assert_eq!(asked, [Effect::Memory(MemoryAction::Entries)]);
    lab
}

fn press(lab: &mut WorkLab, control: &str) -> Vec<Effect> {
    let control = control.to_owned();
    lab.update(Input::Visitor(LabEvent::Press { control }))
}

fn listing(entries: Vec<MemoryEntry>) -> Input {
    Input::Memory(MemoryAnswer::Entries { entries })
}

fn entry(key: &str, bytes: f64) -> MemoryEntry {
    MemoryEntry {
        key: key.to_owned(),
        function: "price".to_owned(),
        task: "price".to_owned(),
        arguments: "net=100".to_owned(),
        created: 1e12,
        last_used: 1e12 + 5_000.0,
        duration_ms: 300.0,
        bytes,
        hits: 2,
    }
}

fn call(effects: &[Effect]) -> &LabCall {
    match effects {
        [Effect::Call(call)] => call,
        other => panic!("{other:?}"),
    }
}

fn called(number: u32, origin: CallOrigin) -> Input {
    Input::Called(Box::new(Called {
        number,
        key: "a".to_owned(),
        origin: Some(origin),
        result: Ok(Value::Float(119.0)),
        took_ms: 0.5,
        computed_ms: 300.0,
        lines: vec!["printed".to_owned()],
        warnings: vec!["A warning.".to_owned()],
    }))
}

fn failed(message: &str) -> Input {
    Input::Memory(MemoryAnswer::Failed {
        error: ErrorInfo {
            code: "store-failed".to_owned(),
            message: message.to_owned(),
            task: None,
            position: None,
        },
    })
}

fn html(lab: &WorkLab) -> String {
    page(&lab.view(Detail::Full))
}

fn status(lab: &WorkLab) -> String {
    let html = html(lab);
    let (_, rest) = html.split_once("role=\"status\">").unwrap();
    let inner = rest.split_once("</p>").unwrap().0.split('<');
    let parts = inner.map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    parts.collect::<String>()
}

#[test]
fn a_call_says_what_is_called_and_with_what() {
    let mut lab = lab();
    let asked = press(lab.as_mut(), "call");
    let call = call(&asked);
    let function = &call.function;
    assert_eq!(
        (function.name.as_str(), function.first_line),
        ("price", Some(5))
    );
    assert!(
        function
            .source
            .as_ref()
            .unwrap()
            .starts_with("def price(net, pieces=1")
    );
    assert!(function.dependencies.is_empty());
    let parameters: Vec<_> = function
        .parameters
        .iter()
        .flatten()
        .map(|parameter| (parameter.kind, parameter.has_default))
        .collect();
    assert_eq!(
        parameters,
        [
            (ParameterKind::Plain, false),
            (ParameterKind::Plain, true),
            (ParameterKind::Plain, true)
        ]
    );
    assert_eq!(call.defaults, [Value::Int(1), Value::from("")]);
    assert_eq!(
        (call.positional.as_slice(), call.keyword.len()),
        ([Value::Int(100)].as_slice(), 0)
    );
    assert_eq!(call.task, "formula");
    // The task is given the whole program, and the arguments by name.
    assert_eq!(call.item.get("arguments").unwrap().int("pieces"), Ok(1));
    assert!(call.item.text("source").unwrap().starts_with("import time"));
}

#[test]
fn the_first_look_at_the_entries_may_come_after_the_first_press() {
    let mut lab = lab();
    let asked = press(lab.as_mut(), "call");
    let number = call(&asked).number;
    lab.update(listing(Vec::new()));
    assert!(!lab.is_ready());
    assert_eq!(
        lab.update(called(number, CallOrigin::Store)),
        [Effect::Memory(MemoryAction::Entries)]
    );
    lab.update(listing(vec![entry("a", 9.0)]));
    assert!(lab.is_ready());
    assert_eq!(
        status(lab.as_ref()),
        "Done: remembered. It came from the store in 500 µs; computing it took 300 ms."
    );
    assert!(html(lab.as_ref()).contains("A warning."));
}

#[test]
fn while_something_is_done_nothing_else_is_begun_and_nothing_large_is_shown() {
    let mut lab = lab();
    lab.update(listing(vec![entry("a", 9.0)]));
    let asked = press(lab.as_mut(), "call");
    assert!(press(lab.as_mut(), "call").is_empty() && press(lab.as_mut(), "clear").is_empty());
    assert_eq!(status(lab.as_ref()), "Working …");
    assert!(!html(lab.as_ref()).contains("ci-entries"));
    lab.update(called(call(&asked).number, CallOrigin::Tier));
    lab.update(listing(vec![entry("a", 9.0)]));
    assert!(html(lab.as_ref()).contains("data-press=\"corrupt-1\""));
    assert!(!page(&lab.view(Detail::Brief)).contains("ci-entries"));
}

#[test]
fn stop_lets_go_of_what_is_done_and_late_answers_change_nothing() {
    let mut lab = lab();
    lab.update(listing(Vec::new()));
    let asked = press(lab.as_mut(), "call");
    let stopped = press(lab.as_mut(), "stop");
    assert_eq!(
        stopped,
        [Effect::Stop, Effect::Memory(MemoryAction::Entries)]
    );
    assert!(lab.is_ready());
    assert_eq!(
        status(lab.as_ref()),
        "Stopped. What was computed until then is remembered."
    );
    assert!(
        lab.update(called(call(&asked).number, CallOrigin::Computed))
            .is_empty()
    );
    assert_eq!(lab.facts().runs(), 0);
}

#[test]
fn what_cannot_be_done_is_said_and_ends_it() {
    let mut lab = lab();
    lab.update(listing(vec![entry("a", 9.0)]));
    assert_eq!(
        press(lab.as_mut(), "corrupt-1"),
        [Effect::Fault(MemoryFault::Corrupt {
            key: "a".to_owned()
        })]
    );
    lab.update(Input::Faulted(Err("There is no such entry.".to_owned())));
    lab.update(listing(Vec::new()));
    assert_eq!(status(lab.as_ref()), "Not done. There is no such entry.");
    // Nor can it be when what is remembered cannot be read.
    press(lab.as_mut(), "clear");
    lab.update(failed("The store failed."));
    lab.update(failed("The store failed again."));
    assert!(lab.is_ready());
    assert_eq!(status(lab.as_ref()), "Not done. The store failed.");
    assert!(html(lab.as_ref()).contains("The store failed again."));
}

#[test]
fn no_entry_is_harmed_whose_number_nothing_has() {
    let mut lab = lab();
    lab.update(listing(vec![entry("a", 9.0)]));
    for control in ["age-2", "delete-", "corrupt-x", "nothing", "burn-1"] {
        assert!(press(lab.as_mut(), control).is_empty(), "{control}");
        assert!(lab.is_ready());
    }
}

#[test]
fn room_is_given_back_behind_a_full_store() {
    let mut lab = lab();
    lab.update(listing(Vec::new()));
    let mut asked = press(lab.as_mut(), "fill");
    let mut seen = Vec::new();
    while let [effect, ..] = asked.as_slice() {
        seen.extend(asked.clone());
        asked = match effect {
            Effect::Memory(MemoryAction::Entries) => lab.update(listing(Vec::new())),
            Effect::Memory(_) => lab.update(Input::Memory(MemoryAnswer::Freed {
                entries: 0.0,
                bytes: 0.0,
            })),
            Effect::Fault(_) => lab.update(Input::Faulted(Ok(widgets::Faulted::Rationed))),
            Effect::Call(call) => lab.update(called(call.number, CallOrigin::Computed)),
            other => panic!("{other:?}"),
        };
    }
    assert_eq!(
        seen.last(),
        Some(&Effect::Fault(MemoryFault::Ration { bytes: None }))
    );
    assert_eq!(
        seen.iter()
            .filter(|effect| matches!(effect, Effect::Call(_)))
            .count(),
        8
    );
}

#[test]
fn the_tables_are_named_and_their_buttons_say_what_they_are_about() {
    let mut lab = lab();
    lab.update(listing(vec![entry("b", 1_500.0)]));
    let asked = press(lab.as_mut(), "check");
    lab.update(Input::Now(1e12 + 65_000.0));
    lab.update(called(call(&asked).number, CallOrigin::Store));
    lab.update(listing(vec![entry("b", 1_500.0)]));
    let html = html(lab.as_ref());
    let (_, table) = html.split_once("<table class=\"ci-entries\">").unwrap();
    insta::assert_snapshot!(
        table
            .split_once("</table>")
            .unwrap()
            .0
            .replace("><", ">\n<")
    );
}
