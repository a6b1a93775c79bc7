//! An example around a lab that is acted, and a visitor's hand on it.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each file of tests uses some of it"
)]

use std::collections::BTreeMap;

use lessons::example::Example;
use lessons::example_file::ReadyExample;
use maud::{Markup, html};
use protocol::LabEvent;
use serde_json::json;
use widgets::{Detail, Facts, Found, Heard, Lab, Shown};

/// Hears of visitors and of nothing else, but for where it runs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Input {
    Machine,
    Visitor(LabEvent),
}

impl Heard for Input {
    fn of_visitor(event: LabEvent) -> Self {
        Self::Visitor(event)
    }

    fn visitor(&self) -> Option<&LabEvent> {
        match self {
            Self::Visitor(event) => Some(event),
            Self::Machine => None,
        }
    }
}

/// A lab that finds what its field says: `run` finds `a.size` and, unless it is stopped, `a.name`.
#[derive(Default)]
pub(crate) struct Acted {
    pub(crate) heard: Vec<String>,
    pub(crate) size: i64,
    pub(crate) facts: Facts,
    /// Whether it is still at something.
    is_busy: bool,
}

impl Lab for Acted {
    type Input = Input;
    type Effect = String;

    fn update(&mut self, input: Input) -> Vec<String> {
        match input {
            Input::Machine => {
                self.is_busy = false;
                self.heard.push("machine".to_owned());
            }
            Input::Visitor(LabEvent::Press { control }) => {
                self.heard.push(control.clone());
                let mut found = Found::default();
                if control == "run" {
                    found.count("a.size", self.size.unsigned_abs());
                    found.count("b.size", 100);
                    found.text("a.name", if self.size < 50 { "small" } else { "large" });
                    found.whether("a.so", true);
                }
                if control == "run" || control == "stopped-run" {
                    self.facts.finish(found);
                }
                return vec![control];
            }
            Input::Visitor(LabEvent::Change { control, value }) => {
                self.heard.push(format!("{control}={value}"));
                if control == "size" {
                    self.size = value.parse().unwrap();
                    // As a lab that does its work by itself when something is chosen.
                    self.is_busy = self.size == 81;
                    if self.is_busy {
                        self.facts.finish(Found::default());
                    }
                }
                return vec![format!("changed {control}")];
            }
            Input::Visitor(LabEvent::Files { .. }) => self.heard.push("files".to_owned()),
        }
        Vec::new()
    }

    fn view(&self, detail: Detail) -> Vec<(&'static str, Markup)> {
        match detail {
            Detail::Full => vec![("lab", html! { p { "size " (self.size) } })],
            Detail::Brief => vec![("progress", html! { "…" })],
        }
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn is_ready(&self) -> bool {
        !self.is_busy
    }
}

pub(crate) fn example() -> serde_json::Value {
    json!({
        "id": "a-course/a-lesson/an-example",
        "start": [{ "change": "size", "to": "80" }],
        "solution": [{ "change": "size", "to": "20" }, { "press": "run" }],
        "example": {
            "goal": "See <em>how large</em> it is.",
            "lab": "acted",
            "run": ["run", "stopped-run"],
            "prediction": {
                "kind": "number",
                "question": "How large?",
                "actual": "a.size",
                "unit": "bytes",
                "why": "<p>Because of its size.</p>",
            },
            "task": {
                "text": "<p>Make it smaller.</p>",
                "hints": ["<p>one</p>", "<p>two</p>", "<p>three</p>"],
                "solution": "<p>Set the size to 20.</p>",
                "check": [
                    { "fact": "a.size", "is": "<", "to": 50, "message": "It is still 50 or more." },
                    { "fact": "a.size", "is": "<", "to": { "fact": "first.a.size" }, "message": "It is no smaller than at first." },
                ],
            },
            "why": {
                "question": "Why?",
                "answers": [
                    { "text": "So.", "right": true, "explanation": "<p>Just so.</p>" },
                    { "text": "Not so.", "explanation": "<p>No, not so.</p>" },
                ],
            },
        },
    })
}

pub(crate) fn choice() -> serde_json::Value {
    let mut example = example();
    example["example"]["prediction"] = json!({
        "kind": "choice",
        "question": "How is it?",
        "choices": ["small it is", "large it is"],
        "values": ["small", "large"],
        "actual": "a.name",
        "why": "",
    });
    example
}

pub(crate) fn bars(most: Option<f64>) -> serde_json::Value {
    let mut example = example();
    example["example"]["prediction"] = json!({
        "kind": "bars",
        "question": "How long are they?",
        "choices": ["A", "B"],
        "actual": ["a.size", "b.size"],
        "why": "",
    });
    if let Some(most) = most {
        example["example"]["prediction"]["most"] = json!(most);
    }
    example
}

pub(crate) struct Visit {
    pub(crate) example: Example<Acted>,
    pub(crate) shown: Shown,
    pub(crate) page: BTreeMap<String, String>,
    pub(crate) effects: Vec<String>,
}

pub(crate) fn ready(value: serde_json::Value) -> ReadyExample {
    serde_json::from_value(value).unwrap()
}

impl Visit {
    pub(crate) fn new(value: serde_json::Value) -> Self {
        Self::resumed(value, None)
    }

    /// With what was kept on an earlier visit.
    pub(crate) fn resumed(value: serde_json::Value, kept: Option<&str>) -> Self {
        let lab = Box::new(Acted::default());
        let mut example = Example::new(ready(value), "acted", lab).unwrap();
        if let Some(kept) = kept {
            example.resume(kept);
        }
        let mut visit = Self {
            example,
            shown: Shown::default(),
            page: BTreeMap::new(),
            effects: Vec::new(),
        };
        visit.hear(Input::Machine);
        visit
    }

    /// What is to be kept now.
    pub(crate) fn kept(&self) -> String {
        self.example.kept().unwrap()
    }

    pub(crate) fn hear(&mut self, input: Input) {
        self.effects = self.example.update(input);
        for region in self.shown.changed(self.example.view(Detail::Full)) {
            self.page.insert(region.name, region.html);
        }
    }

    pub(crate) fn press(&mut self, control: &str) {
        let control = control.to_owned();
        self.hear(Input::Visitor(LabEvent::Press { control }));
    }

    pub(crate) fn change(&mut self, control: &str, value: &str) {
        self.hear(Input::Visitor(LabEvent::Change {
            control: control.to_owned(),
            value: value.to_owned(),
        }));
    }

    pub(crate) fn text(&self, region: &str) -> String {
        let (mut text, mut inside) = (String::new(), false);
        for c in self.page.get(region).unwrap().chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside => text.push(c),
                _ => {}
            }
        }
        text
    }

    pub(crate) fn says(&self) -> String {
        self.text("example-status")
    }

    pub(crate) fn predict(&mut self, number: &str) {
        self.change("example-guess", number);
        self.press("example-predict");
    }
}
