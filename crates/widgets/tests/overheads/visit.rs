//! A visit to the lab: what it asks for is acted, on a machine that takes as long for everything as it is told here.

use protocol::{
    BackendInfo, ErrorInfo, EventInfo, LabEvent, Loose, ProgressInfo, RunEnd, TaskOutcome,
    TaskStatus,
};
use values::Value;
use widgets::{Detail, Effect, Input, Items, Machine, RunRequest, create, page};

/// What the machine takes, in milliseconds.
#[derive(Clone, Copy)]
pub(crate) struct Speed {
    pub(crate) round: f64,
    pub(crate) promise: f64,
    pub(crate) task: f64,
    pub(crate) start: f64,
    pub(crate) clock_us: f64,
}

pub(crate) const SPEED: Speed = Speed {
    round: 2e-4,
    promise: 0.001,
    task: 0.01,
    start: 50.0,
    clock_us: 5.0,
};

pub(crate) struct Visit {
    pub(crate) lab: Box<widgets::WorkLab>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) speed: Speed,
    /// How many workers a run has.
    pub(crate) workers: u32,
    cold: bool,
    /// All that was asked for.
    pub(crate) asked: Vec<Effect>,
}

impl Visit {
    pub(crate) fn new(threads: bool) -> Self {
        Self::with(threads, SPEED)
    }

    pub(crate) fn with(threads: bool, speed: Speed) -> Self {
        let mut visit = Self {
            lab: create("overheads").unwrap(),
            effects: Vec::new(),
            speed,
            workers: 2,
            cold: true,
            asked: Vec::new(),
        };
        visit.hear(Input::Machine(Machine {
            cores: 2,
            timer_resolution_us: speed.clock_us,
            backends: vec![BackendInfo {
                name: "threading".to_owned(),
                available: threads,
                why: "This page is not isolated.".to_owned(),
            }],
            ..Machine::default()
        }));
        visit
    }

    pub(crate) fn hear(&mut self, input: Input) {
        self.effects = self.lab.update(input);
        self.asked.extend(self.effects.clone());
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

    /// Does what was asked for last, until nothing is asked for any more.
    pub(crate) fn act(&mut self) {
        while self.step() {}
    }

    /// Does what was asked for last; whether there was something to do.
    pub(crate) fn step(&mut self) -> bool {
        let effects = core::mem::take(&mut self.effects);
        let mut done = false;
        for effect in effects {
            match effect {
                Effect::EndWorkers => self.cold = true,
                Effect::Promises { count, rounds } => {
                    let each = rounds as f64 * self.speed.round + self.speed.promise;
                    self.hear(Input::Promises(Ok(f64::from(count) * each)));
                    done = true;
                }
                Effect::Run(request) => {
                    self.run(&request);
                    done = true;
                }
                other => panic!("{other:?}"),
            }
        }
        done
    }

    fn run(&mut self, request: &RunRequest) {
        let Items::Values(items) = &request.items else {
            panic!("{:?}", request.items);
        };
        let Speed {
            round, task, start, ..
        } = self.speed;
        let is_one = request.options.backend.as_deref() == Some("sequential");
        let workers = if is_one { 1 } else { self.workers };
        let took = |item: &Value| {
            let times = item.int("times").unwrap_or(1);
            (item.int("rounds").unwrap() * times) as f64 * round
        };
        let start = if self.cold { start } else { 0.0 };
        self.cold = false;
        let first = took(&items[0]);
        let work: f64 = items.iter().map(took).sum();
        let elapsed = start + items.len() as f64 * task + work / f64::from(workers);
        let progress = ProgressInfo {
            done: items.len() as u32,
            elapsed_ms: elapsed,
            ..ProgressInfo::default()
        };
        self.hear(Input::Begun { workers });
        if request.options.events != Some(false) {
            let finished = EventInfo {
                at: start + first,
                kind: "finished".to_owned(),
                task: Some(0),
                worker: Some(0),
                batch: None,
                size: None,
                why: None,
            };
            self.hear(Input::Events(vec![finished], progress));
        }
        let outcome = TaskOutcome {
            task: 0,
            status: TaskStatus::Ok,
            duration_ms: first,
            error: None,
        };
        self.hear(Input::Outcomes(vec![(outcome, Some(Value::Null))]));
        self.end(progress, None);
    }

    pub(crate) fn end(&mut self, progress: ProgressInfo, error: Option<&str>) {
        self.hear(Input::Ended(RunEnd {
            error: error.map(|code| ErrorInfo {
                code: code.to_owned(),
                message: "It went wrong.".to_owned(),
                task: None,
                position: None,
            }),
            warnings: Vec::new(),
            progress,
        }));
    }

    /// The runs that were asked for, with their ways and how many tasks they have.
    pub(crate) fn runs(&self) -> Vec<(&str, usize)> {
        let run = |effect: &'_ Effect| match effect {
            Effect::Run(request) => Some(request.items.len()),
            _ => None,
        };
        let names = self.asked.iter().filter_map(|effect| match effect {
            Effect::Run(request) => request.options.backend.as_deref(),
            _ => None,
        });
        names.zip(self.asked.iter().filter_map(run)).collect()
    }

    /// The run that was asked for last.
    pub(crate) fn last(&self) -> &RunRequest {
        match self.effects.last() {
            Some(Effect::Run(request)) => request,
            other => panic!("{other:?}"),
        }
    }

    /// With how many workers it is to run, as it was written.
    pub(crate) fn n_jobs(&self) -> &Loose {
        self.last().options.n_jobs.as_ref().unwrap()
    }

    pub(crate) fn html(&self) -> String {
        page(&self.lab.view(Detail::Full))
    }

    pub(crate) fn status(&self) -> String {
        let html = self.html();
        let (_, rest) = html.split_once("role=\"status\">").unwrap();
        words(rest.split_once("</p>").unwrap().0)
    }

    /// The rows of the table of ways, as they are read.
    pub(crate) fn rows(&self) -> Vec<String> {
        let html = self.html();
        let Some((_, table)) = html.split_once("<table class=\"oh-ways\">") else {
            return Vec::new();
        };
        let table = table.split_once("</table>").unwrap().0;
        table
            .split("<tr")
            .skip(2)
            .map(|row| words(&format!("<tr{row}")))
            .collect()
    }

    pub(crate) fn fact(&self, name: &str) -> Option<Value> {
        self.lab.facts().get(name).cloned()
    }

    pub(crate) fn number(&self, name: &str) -> f64 {
        match self.fact(name) {
            Some(Value::Float(number)) => number,
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// What is read of a piece of HTML.
pub(crate) fn words(html: &str) -> String {
    let parts = html
        .split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    let text: Vec<_> = parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    text.join(" ").replace("&amp;", "&")
}
