//! What the lab does with what it hears.

use language::t;
use protocol::{CallMode, CallRules, LabEvent, MemoryAction, MemoryAnswer};

use super::action::{Did, Doing, Planned, Step};
use super::calls::{LARGE_BYTES, LARGE_CALLS, LARGE_NAME};
use super::series::Line;
use super::state::{CacheInspector, named};
use super::{fields, view};
use crate::facts::Facts;
use crate::lab::{Detail, Effect, Faulted, Input, Lab, MemoryFault};
use crate::status::Status;

/// As much older an entry is made, in milliseconds.
const OLDER_MS: f64 = 3_600_000.0;
/// As many entries of so many bytes the writer is to write that is ended.
pub(super) const KILLED_ENTRIES: u32 = 20;
const KILLED_BYTES: u32 = 100_000;

impl Lab for CacheInspector {
    type Input = Input;
    type Effect = Effect;

    fn update(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Machine(machine) => {
                self.machine = machine;
                return vec![self.list()];
            }
            Input::Now(now) => self.now = now,
            Input::Visitor(LabEvent::Press { control }) => return self.press(&control),
            Input::Visitor(LabEvent::Change { control, value }) => {
                self.fields.change(&control, &value, self.now);
            }
            Input::Called(called) => {
                let is_done = self.answered(*called);
                return if is_done { self.next() } else { Vec::new() };
            }
            Input::Memory(answer) => return self.hear(answer),
            Input::Faulted(result) => return self.faulted(result),
            _ => {}
        }
        Vec::new()
    }

    fn view(&self, detail: Detail) -> Vec<(&'static str, maud::Markup)> {
        view::regions(self, detail)
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn is_ready(&self) -> bool {
        !self.is_busy()
    }
}

impl CacheInspector {
    fn press(&mut self, control: &str) -> Vec<Effect> {
        if control == "stop" {
            return self.stop();
        }
        if self.is_busy() {
            return Vec::new();
        }
        self.is_harm = view::HARM.contains(&control);
        let planned = match control {
            "edit" => return self.edit(),
            "move" => return self.set_source(&format!("\n{}", self.fields.source)),
            "first-text" => return self.set_source(fields::SOURCE),
            "call" => self.one(Did::Call, CallMode::Cached),
            "keyword" => self.one(Did::Keyword, CallMode::Cached),
            "other" => self.one(Did::Other, CallMode::Cached),
            "force" => self.one(Did::Force, CallMode::Forced),
            "check" => self.one(Did::Check, CallMode::Check),
            "two" => self.one(Did::Two, CallMode::Cached),
            "series" => self.series(),
            "forget" => self.forget(),
            "clear" => Ok(self.doing(
                Did::Clear,
                String::new(),
                [Step::Memory(MemoryAction::Clear)],
            )),
            "reduce" => self
                .fields
                .limits()
                .map(|limits| self.doing(Did::Reduce, String::new(), [Step::Memory(limits)])),
            "reopen" => Ok(self.doing(
                Did::Reopen,
                String::new(),
                [Step::Fault(MemoryFault::Reopen)],
            )),
            "kill" => {
                let fault = MemoryFault::KillWriter {
                    entries: KILLED_ENTRIES,
                    bytes: KILLED_BYTES,
                };
                Ok(self.doing(Did::Kill, String::new(), [Step::Fault(fault)]))
            }
            "fill" => Ok(self.fill()),
            _ => match self.of_entry(control) {
                Some(doing) => Ok(doing),
                None => return Vec::new(),
            },
        };
        match planned {
            Ok(doing) => {
                self.begun = true;
                self.recorded = None;
                self.notices.clear();
                self.status = Status::Idle;
                self.doing = Some(doing);
                self.next()
            }
            Err(why) => {
                self.status = Status::fault(why);
                Vec::new()
            }
        }
    }

    fn doing(&self, did: Did, about: String, steps: impl IntoIterator<Item = Step>) -> Doing {
        Doing::new(did, about, self.entries.clone(), steps)
    }

    /// What is done to one entry.
    fn of_entry(&self, control: &str) -> Option<Doing> {
        let (what, number) = control.split_once('-')?;
        let entry = self.entry(number)?;
        let key = entry.key.clone();
        let (did, step) = match what {
            "age" => (
                Did::Age,
                Step::Fault(MemoryFault::Age {
                    key,
                    by_ms: OLDER_MS,
                }),
            ),
            "corrupt" => (Did::Corrupt, Step::Fault(MemoryFault::Corrupt { key })),
            "delete" => (Did::Delete, Step::Memory(MemoryAction::Delete { key })),
            _ => return None,
        };
        Some(self.doing(did, named(entry), [step]))
    }

    /// One call, or two at the same time.
    fn one(&mut self, did: Did, mode: CallMode) -> Result<Doing, String> {
        let mut call = self.fields.written(&self.fields.arguments)?;
        if did == Did::Keyword {
            call = self.fields.by_name(&call)?;
        }
        if matches!(did, Did::Other | Did::Two) {
            call = self.fields.next(&call)?;
            self.fields.arguments = fields::listed(&call.arguments);
        }
        let rules = self.fields.rules()?;
        let fields = self.fields.clone();
        let mut planned = vec![self.plan(&fields, &call, &rules, mode)?];
        if did == Did::Two {
            planned.push(self.plan(&fields, &call, &rules, mode)?);
        }
        let mut doing = self.doing(did, call.text, [Step::Calls(planned)]);
        self.note_source(&mut doing)?;
        Ok(doing)
    }

    fn series(&mut self) -> Result<Doing, String> {
        let lines = self.fields.series()?;
        let rules = self.fields.rules()?;
        let function = self.fields.program()?.function().name.clone();
        let mut steps = vec![Step::Memory(MemoryAction::ClearFunction {
            function: function.clone(),
        })];
        for line in lines {
            steps.push(match line {
                Line::Pass(milliseconds) => Step::Pass(milliseconds),
                Line::Ask(action) => Step::Memory(action),
                Line::Call(fields, call) => {
                    let rules = CallRules {
                        files: fields.rules()?.files,
                        ..rules.clone()
                    };
                    let calls = 0..self.fields.callers;
                    let planned =
                        calls.map(|_| self.plan(&fields, &call, &rules, CallMode::Cached));
                    Step::Calls(planned.collect::<Result<_, _>>()?)
                }
            });
        }
        let mut doing = self.doing(Did::Series, function, steps);
        self.note_source(&mut doing)?;
        Ok(doing)
    }

    /// Notes whether the function was edited or moved since it was last called.
    fn note_source(&mut self, doing: &mut Doing) -> Result<(), String> {
        let function = self.fields.program()?.function();
        let now = (function.source.clone(), function.first_line);
        if let Some((source, line)) = &self.called {
            doing.edited = *source != now.0;
            doing.moved_from = (*source == now.0 && *line != now.1).then_some(*line);
        }
        self.called = Some(now);
        Ok(())
    }

    fn forget(&mut self) -> Result<Doing, String> {
        let function = self.fields.program()?.function().name.clone();
        let step = Step::Memory(MemoryAction::ClearFunction {
            function: function.clone(),
        });
        Ok(self.doing(Did::Forget, function, [step]))
    }

    fn fill(&mut self) -> Doing {
        let others = self
            .entries
            .iter()
            .filter(|entry| entry.function != LARGE_NAME);
        let held: f64 = others.map(|entry| entry.bytes).sum();
        // Room for about five of eight.
        let room = held + (LARGE_BYTES * LARGE_CALLS.unsigned_abs() * 5 / 8) as f64;
        let function = LARGE_NAME.to_owned();
        let mut steps = vec![
            Step::Memory(MemoryAction::ClearFunction { function }),
            Step::Fault(MemoryFault::Ration { bytes: Some(room) }),
        ];
        steps.extend(
            self.plan_large()
                .into_iter()
                .map(|planned| Step::Calls(vec![planned])),
        );
        let mut doing = self.doing(Did::Fill, String::new(), steps);
        doing.before.retain(|entry| entry.function != LARGE_NAME);
        doing
    }

    /// Adds a comment to the function: another text, of the same meaning.
    fn edit(&mut self) -> Vec<Effect> {
        let Ok(program) = self.fields.program() else {
            self.status = Status::fault(t!("The program cannot be read: mend it first."));
            return Vec::new();
        };
        let function = program.function().source.trim_end().to_owned();
        let Some((before, last)) = function.rsplit_once('\n') else {
            return Vec::new();
        };
        let indent = &last[..last.len() - last.trim_start().len()];
        let edited = format!("{before}\n{indent}# edited\n{last}");
        let source = self.fields.source.replacen(&function, &edited, 1);
        self.set_source(&source)
    }

    fn set_source(&mut self, source: &str) -> Vec<Effect> {
        self.fields.change("source", source, self.now);
        Vec::new()
    }

    fn stop(&mut self) -> Vec<Effect> {
        let Some(doing) = self.doing.take() else {
            return Vec::new();
        };
        self.status = Status::said(t!("Stopped. What was computed until then is remembered."));
        let mut effects = vec![Effect::Stop];
        if doing.did == Did::Fill {
            effects.push(Effect::Fault(MemoryFault::Ration { bytes: None }));
        }
        effects.push(self.list());
        effects
    }

    /// Asks what is remembered.
    fn list(&mut self) -> Effect {
        self.listings += 1;
        Effect::Memory(MemoryAction::Entries)
    }

    /// The next step; behind the last one a look at what is remembered.
    fn next(&mut self) -> Vec<Effect> {
        let Some(doing) = &mut self.doing else {
            return Vec::new();
        };
        if doing.is_broken_off || doing.error.is_some() && doing.did != Did::Series {
            doing.steps.clear();
        }
        match doing.steps.pop_front() {
            Some(Step::Calls(planned)) => {
                let call = |planned: &Planned| Effect::Call(Box::new(planned.call.clone()));
                let effects = planned.iter().map(call).collect();
                doing.planned = planned;
                effects
            }
            Some(Step::Memory(action)) => vec![Effect::Memory(action)],
            Some(Step::Fault(fault)) => vec![Effect::Fault(fault)],
            Some(Step::Pass(by_ms)) => {
                for key in doing.keys.clone() {
                    let fault = MemoryFault::Age { key, by_ms };
                    doing.steps.push_front(Step::Fault(fault));
                }
                self.next()
            }
            None => {
                doing.is_listing = true;
                let room = Effect::Fault(MemoryFault::Ration { bytes: None });
                let room = (doing.did == Did::Fill).then_some(room);
                [self.list()].into_iter().chain(room).collect()
            }
        }
    }

    fn hear(&mut self, answer: MemoryAnswer) -> Vec<Effect> {
        match answer {
            MemoryAnswer::Entries { entries } => {
                self.take_listing(entries);
                self.listed();
                Vec::new()
            }
            MemoryAnswer::Freed { entries, bytes } => {
                // That a series begins with nothing is no loss.
                let is_begin =
                    |doing: &&mut Doing| doing.did == Did::Series && doing.made.is_empty();
                if let Some(doing) = self.doing.as_mut().filter(|doing| !is_begin(doing)) {
                    let (of_entries, of_bytes) = doing.freed.unwrap_or_default();
                    doing.freed = Some((of_entries + entries as u64, of_bytes + bytes as u64));
                }
                self.next()
            }
            MemoryAnswer::Failed { error } => {
                if self.listings > 0 && self.doing.as_ref().is_none_or(|doing| doing.is_listing) {
                    self.unlisted = Some(error.message);
                    self.listed();
                    return Vec::new();
                }
                self.failed(error.code, error.message)
            }
            _ => Vec::new(),
        }
    }

    fn failed(&mut self, code: String, message: String) -> Vec<Effect> {
        if let Some(doing) = &mut self.doing {
            doing.error = Some((code, message));
            doing.is_broken_off = true;
            return self.next();
        }
        Vec::new()
    }

    fn faulted(&mut self, result: Result<Faulted, String>) -> Vec<Effect> {
        let Some(doing) = &mut self.doing else {
            return Vec::new();
        };
        match result {
            // What the last one undoes is nobody's step.
            Ok(Faulted::Rationed) if doing.steps.is_empty() => Vec::new(),
            Ok(faulted) => {
                doing.faulted = Some(faulted);
                self.next()
            }
            // What was removed meanwhile does not grow older.
            Err(_) if doing.did == Did::Series => self.next(),
            Err(why) => self.failed("fault".to_owned(), why),
        }
    }

    /// What is remembered is known, or cannot be; if everything else is done, all is.
    fn listed(&mut self) {
        self.listings = self.listings.saturating_sub(1);
        let is_done =
            self.listings == 0 && self.doing.as_ref().is_some_and(|doing| doing.is_listing);
        if let Some(doing) = self.doing.take_if(|_| is_done) {
            self.facts.finish(self.found(&doing));
            self.status = self.said(&doing);
        }
    }
}
