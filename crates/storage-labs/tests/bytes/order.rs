//! What comes early, late, or not at all.

use experiments::{Failure, Material};
use protocol::LabEvent;
use storage_labs::{Effect, Input, Machine};
use widgets::Detail;

use crate::visitor::Visitor;

#[test]
fn stop_ends_what_goes_on_and_what_comes_late_is_not_heard() {
    let mut visitor = Visitor::new();
    visitor.set("format", "json");
    let (number, job) = visitor.waiting.front().cloned().unwrap();
    let before = visitor.region("views");
    visitor.press("stop");
    assert_eq!(
        (visitor.stops, visitor.says().as_str()),
        (1, "Stopped. The file is as it was.")
    );
    let late = visitor
        .bench
        .run(1, job, Material::default(), &|| 0.0)
        .unwrap()
        .0;
    visitor.tell(Input::Done(number, Box::new(Ok(late))));
    assert_eq!(visitor.region("views"), before);
    visitor.press("write");
    assert!(
        visitor.says().starts_with("Written as JSON"),
        "{}",
        visitor.says()
    );
}

#[test]
fn a_worker_that_is_lost_loses_nothing() {
    let mut visitor = Visitor::new();
    visitor.change("typed", "a\n1\n");
    visitor.set("other", "json");
    visitor.tell(Input::Visitor(LabEvent::Press {
        control: "read-back".to_owned(),
    }));
    let (number, _) = visitor.waiting.pop_front().unwrap();
    let lost = Failure::new("worker-lost", "The worker that did this was lost.");
    visitor.tell(Input::Done(number, Box::new(Err(lost))));
    assert_eq!(
        visitor.says(),
        "Not done. The worker that did this was lost."
    );
    assert_eq!(visitor.typed(), "a\n1\n");
    visitor.press("read-back");
    assert!(
        visitor.says().starts_with("Read back: 1 record"),
        "{}",
        visitor.says()
    );
}

#[test]
fn what_was_done_before_there_was_a_file_is_done_then_and_in_order() {
    let early = |events: &[(&str, Option<&str>)]| {
        let mut visitor = Visitor::new();
        let mut lab = storage_labs::create("bytes").unwrap();
        let effects = lab.update(Input::Machine(Machine::default()));
        let shown = lab.view(Detail::Full);
        assert!(
            shown.iter().all(|(name, _)| *name != "edit"),
            "the field that is on the page is left alone"
        );
        visitor.lab = lab;
        for effect in effects {
            if let Effect::Work(number, job) = effect {
                visitor.waiting.push_back((number, *job));
            }
        }
        for (control, value) in events {
            match value {
                Some(value) => visitor.set(control, value),
                None => visitor.tell(Input::Visitor(LabEvent::Press {
                    control: (*control).to_owned(),
                })),
            }
        }
        visitor.work();
        visitor
    };
    let visitor = early(&[("typed", Some("a\n1\n")), ("format", Some("json"))]);
    assert_eq!(visitor.typed(), "a\n1\n", "typing came first");
    let shown = early(&[]).typed();
    let visitor = early(&[("typed", Some(&shown)), ("format", Some("json"))]);
    assert!(
        visitor.says().starts_with("Written as JSON: "),
        "{}",
        visitor.says()
    );
    let visitor = early(&[
        ("typed", Some("a\n1\n")),
        ("read-back", None),
        ("append", None),
    ]);
    assert!(
        visitor.says().contains("This row has 8 cells"),
        "{}",
        visitor.says()
    );
    let visitor = early(&[("append", None), ("stop", None)]);
    assert_eq!(visitor.stops, 1);
}
