//! What the lab does with what it hears.

use std::collections::HashSet;

use language::{mark, t};
use protocol::{LabEvent, Loose, ParallelOptions, RunEnd, TaskOutcome, TaskStatus};
use values::Value;

use super::state::{
    Backend, Collection, Comparison, OwnFile, Pending, ROUNDS, Row, RowResult, Running, Source,
    Way, WordFrequencies,
};
use super::view;
use crate::facts::Facts;
use crate::format;
use crate::lab::{Detail, Effect, Input, Items, Lab, RunRequest};
use crate::status::Status;
use crate::timeline::Timeline;

impl Lab for WordFrequencies {
    type Input = Input;
    type Effect = Effect;

    fn update(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Machine(machine) => {
                self.machine = machine;
                vec![Effect::ReadMemory]
            }
            Input::Visitor(event) => self.visitor(event),
            Input::Collection(texts) => self.collection_read(texts),
            Input::Begun { workers } => {
                if let Some(running) = &mut self.running {
                    running.workers = Some(workers);
                }
                Vec::new()
            }
            Input::Outcomes(outcomes) => {
                for (outcome, value) in outcomes {
                    self.outcome(outcome, value.as_ref());
                }
                Vec::new()
            }
            Input::Events(events, progress) => {
                self.timeline.add(&events);
                self.timeline.set_now(progress.elapsed_ms);
                self.progress = progress;
                Vec::new()
            }
            Input::Ended(end) => self.ended(end),
            Input::Stored(stored) => {
                self.stored = Some(stored);
                Vec::new()
            }
            Input::Cleared(freed) => {
                self.say_cleared(freed);
                vec![Effect::ReadMemory]
            }
            Input::Promises(_)
            | Input::Called(_)
            | Input::Memory(_)
            | Input::Faulted(_)
            | Input::Now(_) => Vec::new(),
        }
    }

    fn view(&self, detail: Detail) -> Vec<(&'static str, maud::Markup)> {
        // Between the runs of a comparison nothing large is shown either: the next one has already begun.
        if detail == Detail::Brief || (self.is_busy() && self.plan_is_measured()) {
            view::brief_regions(self)
        } else {
            view::regions(self)
        }
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }
}

impl WordFrequencies {
    fn visitor(&mut self, event: LabEvent) -> Vec<Effect> {
        match event {
            LabEvent::Press { control } => self.press(&control),
            LabEvent::Change { control, value } => self.change(&control, &value),
            LabEvent::Files { names, sizes } => {
                self.choose_files(names, &sizes);
                Vec::new()
            }
        }
    }

    fn press(&mut self, control: &str) -> Vec<Effect> {
        match control {
            "run" if !self.is_busy() => self.begin(Pending::Run),
            "compare" if !self.is_busy() => self.begin(Pending::Compare),
            "stop" => self.stop(),
            "clear" if !self.is_busy() => vec![Effect::ClearMemory],
            "change-text" if !self.is_busy() => {
                self.change_text();
                Vec::new()
            }
            "show-all" => {
                self.show_all = !self.show_all;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn change(&mut self, control: &str, value: &str) -> Vec<Effect> {
        match control {
            "workers" => value.trim().clone_into(&mut self.n_jobs),
            "backend" => {
                self.backend = if value == "sequential" {
                    Backend::Sequential
                } else {
                    Backend::Loky
                };
            }
            "source" if !self.is_busy() => {
                let source = if value == "own" {
                    Source::Own
                } else {
                    Source::Bundled
                };
                if source != self.source {
                    self.source = source;
                    self.changes.clear();
                    self.to_change = 0;
                }
            }
            "text" => self.to_change = value.parse().unwrap_or_default(),
            _ => {}
        }
        Vec::new()
    }

    /// Takes over the files that were chosen. Two of the same name are told apart, so that no result hides another.
    fn choose_files(&mut self, names: Vec<String>, sizes: &[u32]) {
        if self.is_busy() {
            self.notices = vec![t!("Files can be chosen again when the run has ended.")];
            return;
        }
        self.notices.clear();
        let mut taken = HashSet::new();
        self.own = names
            .into_iter()
            .zip(sizes)
            .map(|(name, bytes)| {
                let mut unique = name.clone();
                let mut number = 2;
                while !taken.insert(unique.clone()) {
                    unique = format!("{name} ({number})");
                    number += 1;
                }
                if unique != name {
                    self.notices.push(t!("Two files are called “{name}”; the second is listed as “{unique}”. Both are counted.", name, unique));
                }
                OwnFile {
                    name: unique,
                    bytes: u64::from(*bytes),
                }
            })
            .collect();
        self.source = Source::Own;
        self.changes.clear();
        self.to_change = 0;
        self.status = Status::Idle;
    }

    fn change_text(&mut self) {
        let names = self.names();
        let Some(name) = names
            .get(self.to_change)
            .or_else(|| names.first())
            .map(|name| (*name).to_owned())
        else {
            self.say_fault(t!(
                "There is no text to change yet: run once, or choose files, first."
            ));
            return;
        };
        let position = self
            .names()
            .iter()
            .position(|other| *other == name)
            .unwrap_or_default();
        *self.changes.entry(position).or_default() += 1;
        self.status = Status::said(t!(
            "A line was added to “{name}”. Run again: only this text is computed.",
            name
        ));
    }

    fn begin(&mut self, what: Pending) -> Vec<Effect> {
        if self.source == Source::Bundled && !matches!(self.collection, Collection::Read(_)) {
            self.pending = Some(what);
            self.status = Status::Working(mark!("Reading the bundled collection …"));
            // It may still be being read for a run that was stopped.
            if self.collection == Collection::Reading {
                return Vec::new();
            }
            self.collection = Collection::Reading;
            return vec![Effect::LoadCollection];
        }
        if self.names().is_empty() {
            self.say_fault(t!("There are no texts to work on: choose one or more files, or the bundled collection."));
            return Vec::new();
        }
        match what {
            Pending::Run => self.run(Way::Asked),
            Pending::Compare => {
                self.comparison = Comparison {
                    texts: self.size().0,
                    ..Comparison::default()
                };
                self.plan.push_back(Way::Fill);
                for _ in 0..ROUNDS {
                    self.plan
                        .extend([Way::Sequential, Way::Parallel, Way::Cached]);
                }
                self.next_of_plan()
            }
        }
    }

    fn next_of_plan(&mut self) -> Vec<Effect> {
        self.plan
            .pop_front()
            .map(|way| self.run(way))
            .unwrap_or_default()
    }

    fn run(&mut self, way: Way) -> Vec<Effect> {
        self.begun = true;
        let texts = self.texts();
        self.rows = texts
            .iter()
            .map(|text| Row {
                name: text.name.clone(),
                result: RowResult::Waiting,
            })
            .collect();
        self.timeline = Timeline::default();
        self.progress = protocol::ProgressInfo::default();
        self.notices.clear();
        self.status = Status::Idle;
        let backend = if way == Way::Sequential {
            Backend::Sequential
        } else {
            self.backend
        };
        let backend = if way == Way::Parallel {
            Backend::Loky
        } else {
            backend
        };
        self.running = Some(Running {
            way,
            backend,
            workers: None,
            stopping: false,
        });
        let n_jobs = if self.n_jobs.is_empty() {
            "-1".to_owned()
        } else {
            self.n_jobs.clone()
        };
        vec![Effect::Run(Box::new(RunRequest {
            options: ParallelOptions {
                task: "word_frequencies".to_owned(),
                n_jobs: Some(Loose::Text(n_jobs)),
                backend: Some(backend.name().to_owned()),
                // One task at a time, so that each is seen on its own.
                batch_size: Some(Loose::Number(1.0)),
                on_error: Some("collect".to_owned()),
                ..ParallelOptions::default()
            },
            memory: matches!(way, Way::Asked | Way::Fill | Way::Cached),
            items: Items::Texts(texts),
        }))]
    }

    fn stop(&mut self) -> Vec<Effect> {
        self.plan.clear();
        if self.pending.take().is_some() {
            self.say(t!("Stopped before anything was done."));
        }
        match &mut self.running {
            Some(running) => {
                running.stopping = true;
                vec![Effect::Stop]
            }
            None => Vec::new(),
        }
    }

    fn collection_read(
        &mut self,
        texts: Result<Vec<crate::CollectionText>, String>,
    ) -> Vec<Effect> {
        match texts {
            Ok(texts) => {
                self.collection = Collection::Read(texts);
                match self.pending.take() {
                    Some(what) => self.begin(what),
                    None => Vec::new(),
                }
            }
            Err(why) => {
                self.pending = None;
                self.collection = Collection::Failed(why.clone());
                self.say_fault(t!("The bundled collection could not be read. {why}", why));
                Vec::new()
            }
        }
    }

    fn outcome(&mut self, outcome: TaskOutcome, value: Option<&Value>) {
        let Some(row) = self.rows.get_mut(outcome.task as usize) else {
            return;
        };
        row.result = match (outcome.status, value, outcome.error) {
            (TaskStatus::Cancelled, ..) => RowResult::Stopped,
            (status @ (TaskStatus::Ok | TaskStatus::Cached), Some(value), _) => RowResult::Done {
                words: value.int("word_count").unwrap_or_default().unsigned_abs(),
                top: top_words(value),
                cached: status == TaskStatus::Cached,
                milliseconds: outcome.duration_ms,
            },
            (_, _, error) => RowResult::Failed(error.map_or_else(
                || t!("The result could not be read."),
                |error| error.message,
            )),
        };
    }

    fn ended(&mut self, end: RunEnd) -> Vec<Effect> {
        let Some(running) = self.running.take() else {
            return Vec::new();
        };
        self.timeline.set_now(end.progress.elapsed_ms);
        self.progress = end.progress;
        self.notices.extend(end.warnings);
        if let Some(error) = end.error {
            self.plan.clear();
            self.mark_rest_stopped();
            if running.stopping || error.code == "cancelled" {
                self.facts.finish(self.found_until_stopped());
                self.was_stopped = true;
                let is_done = |row: &&Row| matches!(row.result, RowResult::Done { .. });
                self.say(t!(
                    "Stopped after {time}: {done} of {texts} are done.",
                    time = format::time(self.progress.elapsed_ms),
                    done = self.rows.iter().filter(is_done).count(),
                    texts = format::plural(self.rows.len() as u64, "text")
                ));
            } else {
                self.say_fault(error.message);
            }
            return vec![Effect::ReadMemory];
        }
        self.count_for_comparison(&running);
        if !self.plan.is_empty() {
            return self.next_of_plan();
        }
        self.facts.finish(self.found(&running));
        self.was_stopped = false;
        self.say(self.summary(&running));
        vec![Effect::ReadMemory]
    }

    fn count_for_comparison(&mut self, running: &Running) {
        let elapsed = self.progress.elapsed_ms;
        match running.way {
            Way::Sequential => self.comparison.sequential.add(elapsed),
            Way::Parallel => {
                self.comparison.parallel.add(elapsed);
                self.comparison.workers = running.workers.unwrap_or(1);
            }
            Way::Cached => self.comparison.cached.add(elapsed),
            Way::Asked | Way::Fill => {}
        }
    }

    fn summary(&self, running: &Running) -> String {
        if running.way == Way::Cached {
            return t!("The comparison is done.");
        }
        let progress = &self.progress;
        let texts = format::plural(u64::from(progress.done), "text");
        let time = format::time(progress.elapsed_ms);
        let workers = format::plural(u64::from(running.workers.unwrap_or(1)), "worker");
        let done = match progress.cached {
            cached if cached == progress.done => {
                t!("Done: {texts} in {time}, all from the cache", texts, time)
            }
            0 => t!(
                "Done: {texts} in {time} on {workers}, nothing from the cache",
                texts,
                time,
                workers
            ),
            cached => t!(
                "Done: {texts} in {time} on {workers}, {cached} from the cache",
                texts,
                time,
                workers,
                cached
            ),
        };
        match progress.failed {
            0 => format!("{done}."),
            failed => t!(
                "{done}; {texts} could not be counted, see the table.",
                done,
                texts = format::plural(u64::from(failed), "text")
            ),
        }
    }

    fn mark_rest_stopped(&mut self) {
        for row in &mut self.rows {
            if row.result == RowResult::Waiting {
                row.result = RowResult::Stopped;
            }
        }
    }

    fn say_cleared(&mut self, freed: Result<(u64, u64), String>) {
        match freed {
            Ok((entries, bytes)) => self.say(t!(
                "The cache is empty: {results} and {size} were freed.",
                results = format::plural(entries, "result"),
                size = format::size(bytes)
            )),
            Err(why) => self.say_fault(t!("The cache could not be emptied. {why}", why)),
        }
    }

    fn say(&mut self, text: String) {
        self.status = Status::said(text);
    }

    fn say_fault(&mut self, text: String) {
        self.status = Status::fault(text);
    }
}

fn top_words(value: &Value) -> Vec<(String, u64)> {
    let Some(Value::List(words)) = value.get("top_words") else {
        return Vec::new();
    };
    words
        .iter()
        .filter_map(|pair| match pair {
            Value::List(pair) => match &pair[..] {
                [Value::Str(word), Value::Int(times)] => Some((word.clone(), times.unsigned_abs())),
                _ => None,
            },
            _ => None,
        })
        .collect()
}
