//! A visit to the lab: what it asks for is acted.

use protocol::{ErrorInfo, LabEvent, ProgressInfo, RunEnd, TaskOutcome, TaskStatus};
use values::Value;
use widgets::{
    CollectionText, Detail, Effect, Input, Items, Machine, RunRequest, TextRef, create, page,
};

pub(crate) struct Visit {
    pub(crate) lab: Box<widgets::WorkLab>,
    pub(crate) effects: Vec<Effect>,
}

impl Visit {
    pub(crate) fn new() -> Self {
        let mut visit = Self {
            lab: create("word-frequencies").unwrap(),
            effects: Vec::new(),
        };
        visit.hear(Input::Machine(Machine {
            cores: 2,
            timer_resolution_us: 5.0,
            storage: "indexeddb".to_owned(),
            storage_why: "Results are kept in this browser.".to_owned(),
            backends: Vec::new(),
        }));
        visit
    }

    pub(crate) fn hear(&mut self, input: Input) {
        self.effects = self.lab.update(input);
    }

    pub(crate) fn press(&mut self, control: &str) {
        self.hear(Input::Visitor(LabEvent::Press {
            control: control.to_owned(),
        }));
    }

    pub(crate) fn change(&mut self, control: &str, value: &str) {
        self.hear(Input::Visitor(LabEvent::Change {
            control: control.to_owned(),
            value: value.to_owned(),
        }));
    }

    pub(crate) fn choose(&mut self, names: &[&str]) {
        self.hear(Input::Visitor(LabEvent::Files {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            sizes: vec![1000; names.len()],
        }));
    }

    pub(crate) fn collection(&mut self, titles: &[&str]) {
        let text = |title: &&str| CollectionText {
            title: (*title).to_owned(),
            bytes: 5000,
        };
        self.hear(Input::Collection(Ok(titles.iter().map(text).collect())));
    }

    /// The run that was asked for.
    pub(crate) fn run(&self) -> &RunRequest {
        match &self.effects[..] {
            [Effect::Run(request)] => request,
            other => panic!("{other:?}"),
        }
    }

    /// What it works on.
    pub(crate) fn texts(&self) -> &[TextRef] {
        match &self.run().items {
            Items::Texts(texts) => texts,
            Items::Values(values) => panic!("{values:?}"),
        }
    }

    pub(crate) fn done(&mut self, task: u32, words: i64, status: TaskStatus) {
        let value = Value::map([
            ("name", Value::from("a")),
            ("word_count", Value::Int(words)),
            (
                "top_words",
                Value::List(vec![Value::List(vec![
                    Value::from("the"),
                    Value::Int(words / 2),
                ])]),
            ),
        ]);
        self.hear(Input::Outcomes(vec![(
            outcome(task, status, None),
            Some(value),
        )]));
    }

    pub(crate) fn end(&mut self, done: u32, cached: u32, failed: u32) {
        let progress = ProgressInfo {
            submitted: done,
            total: Some(done),
            done,
            failed,
            cached,
            elapsed_ms: 100.0,
            remaining_ms: None,
        };
        self.hear(Input::Ended(RunEnd {
            error: None,
            warnings: Vec::new(),
            progress,
        }));
    }

    pub(crate) fn html(&self) -> String {
        page(&self.lab.view(Detail::Full))
    }

    pub(crate) fn status(&self) -> String {
        let html = self.html();
        let status = html.split("role=\"status\">").nth(1).unwrap();
        text(status.split("</p>").next().unwrap())
    }
}

pub(crate) fn outcome(task: u32, status: TaskStatus, error: Option<&str>) -> TaskOutcome {
    TaskOutcome {
        task,
        status,
        duration_ms: 1.5,
        error: error.map(|message| ErrorInfo {
            code: "not-text".to_owned(),
            message: message.to_owned(),
            task: Some(task),
            position: None,
        }),
    }
}

/// HTML without its tags.
pub(crate) fn text(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text
}

pub(crate) fn ran() -> Visit {
    let mut visit = Visit::new();
    visit.choose(&["a.txt", "b.txt"]);
    visit.press("run");
    visit.hear(Input::Begun { workers: 2 });
    visit
}
