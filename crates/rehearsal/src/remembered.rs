//! Remembered calls, acted by the real memory over a store that lasts as long as the rehearsal, and a clock of our own.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::collections::VecDeque;

use memory::{
    Arguments, Call, Departure, Entry, Flight, Freed, Function, Hit, InMemory, Key, Limits, Memory,
    Origin, Parameter, ParameterKind, Rationed, Rules, Source, Stamp, Store, Stored, Unlocked,
    bytes_from_text, verbose,
};
use protocol::{
    CallMode, CallOrigin, ErrorInfo, Loose, MemoryAction, MemoryAnswer, MemoryEntry,
    ParameterKind as Kind,
};
use values::{Parcel, Value};
use widgets::{Called, Effect, Faulted, Input, LabCall, MemoryFault};

type Buffer = Vec<u8>;

/// The name of the memory.
const LOCATION: &str = "lab";
/// The begin of the clock: 2026-11-23.
const BEGIN_MS: f64 = 1_795_392_000_000.0;
/// As long takes everything but computing.
const STEP_MS: f64 = 1_000.0;
const TIER_MS: f64 = 0.02;
const STORE_MS: f64 = 0.3;
/// As long takes a computation, besides what it sleeps.
const COMPUTE_MS: f64 = 0.2;
/// The function under which the writer that is killed writes.
const WRITER: &str = "writer";

/// A memory, its store and its clock.
pub(crate) struct Remembered {
    memory: Memory<Buffer, Rationed<InMemory<Buffer>>, Unlocked>,
    now: f64,
}

impl Remembered {
    pub(crate) fn new() -> Self {
        Self {
            memory: Memory::new(Rationed::default(), Unlocked),
            now: BEGIN_MS,
        }
    }

    /// Does what is asked of the memory, and what the lab hears then; nothing of other effects. Calls that are asked for together
    /// are made at the same time.
    pub(crate) fn act(&mut self, effect: Effect, next: &mut VecDeque<Effect>) -> Vec<Input> {
        match effect {
            Effect::Call(call) => {
                let mut calls = vec![*call];
                while let Some(effect) = next.pop_front() {
                    match effect {
                        Effect::Call(call) => calls.push(*call),
                        other => {
                            next.push_front(other);
                            break;
                        }
                    }
                }
                self.now += STEP_MS;
                let called = self.call(&calls).into_iter();
                called
                    .map(|called| Input::Called(Box::new(called)))
                    .collect()
            }
            Effect::Memory(action) => {
                let answer = self.answer(action);
                vec![Input::Now(self.now), Input::Memory(answer)]
            }
            Effect::Fault(fault) => vec![Input::Faulted(self.harm(&fault))],
            _ => Vec::new(),
        }
    }

    /// Makes calls at the same time.
    fn call(&self, calls: &[LabCall]) -> Vec<Called> {
        let mut answers: Vec<Option<Called>> = calls.iter().map(|_| None).collect();
        let mut waiting = Vec::new();
        let mut flights = Vec::new();
        for (at, of) in calls.iter().enumerate() {
            match self.begin(of) {
                Begun::Answered(called) => answers[at] = Some(called),
                Begun::Flies(flight) => flights.push((at, flight)),
                Begun::Waits(call) => waiting.push((at, call)),
            }
        }
        let now = self.now;
        let wait = |(at, call): (usize, Call)| {
            let rules = rules(&calls[at]);
            let departure =
                async move { self.memory.wait::<Hit<Buffer>>(call, &rules, || now).await };
            (at, Box::pin(departure))
        };
        let mut waiting: Vec<_> = waiting.into_iter().map(wait).collect();
        for (_, departure) in &mut waiting {
            // It hears of the flight's end only if it waits before that.
            let _ = ready(departure.as_mut());
        }
        let mut took = 0.0_f64;
        for (at, flight) in flights {
            let called = self.compute(&calls[at], flight);
            took = took.max(called.took_ms);
            answers[at] = Some(called);
        }
        for (at, departure) in waiting {
            let of = &calls[at];
            answers[at] = Some(match ready(departure) {
                Some(Departure::Found(hit)) => Called {
                    took_ms: took,
                    ..self.found(of, &hit, false)
                },
                Some(Departure::Compute(flight)) => self.compute(of, flight),
                _ => refused(
                    of,
                    "rehearsal",
                    "This call waits for something that never comes.",
                ),
            });
        }
        ready(self.memory.flush(self.now));
        let mut warnings: Vec<_> = self
            .memory
            .take_warnings()
            .iter()
            .map(ToString::to_string)
            .collect();
        let mut answers: Vec<_> = answers.into_iter().flatten().collect();
        if let Some(first) = answers.first_mut() {
            first.warnings.append(&mut warnings);
        }
        answers
    }

    fn begin(&self, of: &LabCall) -> Begun {
        let rules = rules(of);
        let function = function(of);
        ready(self.memory.register(LOCATION, &function));
        let begun = match prepared(of, &function, &rules) {
            Err(called) => Begun::Answered(*called),
            Ok(call) => match of.mode {
                CallMode::Forced => match self.memory.force(vec![call], &rules).pop() {
                    Some(flight) => Begun::Flies(flight),
                    None => Begun::Answered(refused(of, "rehearsal", "There is no flight.")),
                },
                CallMode::Check => {
                    let known = ready(self.memory.probe(&[call], &rules, self.now));
                    let is_known = known.and_then(|mut known| known.pop().flatten()).is_some();
                    Begun::Answered(Called {
                        result: Ok(Value::Bool(is_known)),
                        ..refused(of, "", "")
                    })
                }
                CallMode::Cached | CallMode::Shelve => {
                    let departures = ready(self.memory.take_off(vec![call], &rules, self.now));
                    match departures.and_then(|mut departures| departures.pop()) {
                        Some(Departure::Found(hit)) => Begun::Answered(self.found(of, &hit, false)),
                        Some(Departure::Stale(hit, flight)) => {
                            let called = self.found(of, &hit, true);
                            if let Some(flight) = flight {
                                self.compute(of, flight);
                            }
                            Begun::Answered(called)
                        }
                        Some(Departure::Compute(flight)) => Begun::Flies(flight),
                        Some(Departure::Wait(call)) => Begun::Waits(call),
                        _ => Begun::Answered(refused(of, "rehearsal", "Nobody answers this call.")),
                    }
                }
            },
        };
        self.memory.unregister(LOCATION, &function);
        begun
    }

    fn found(&self, of: &LabCall, hit: &Hit<Buffer>, is_stale: bool) -> Called {
        let (origin, took_ms) = match hit.origin {
            Origin::Memory => (CallOrigin::Tier, TIER_MS),
            Origin::Store => (CallOrigin::Store, STORE_MS),
            Origin::Flight => (CallOrigin::Shared, TIER_MS),
        };
        let function = function(of);
        let key = prepared(of, &function, &rules(of)).map(|call| call.key);
        let mut lines = Vec::new();
        if let Ok(key) = &key
            && of.rules.verbose > 1
        {
            lines.push(verbose::loading(
                of.rules.verbose,
                self.now - BEGIN_MS,
                &function,
                key,
                None,
            ));
        }
        Called {
            number: of.number,
            key: key.map(|key| key.storage_key()).unwrap_or_default(),
            origin: Some(if is_stale { CallOrigin::Stale } else { origin }),
            result: hit
                .value
                .clone()
                .unpack()
                .map_err(|error| told(error.code(), &error.to_string())),
            took_ms,
            computed_ms: hit.entry.duration,
            lines,
            warnings: Vec::new(),
        }
    }

    fn compute(&self, of: &LabCall, flight: Flight<Buffer, ()>) -> Called {
        let host = tasks::TestHost::default();
        let result = match tasks::find(&of.task) {
            Some(task) => task
                .run(of.item.clone(), &host)
                .map_err(|error| told(error.code(), &error.to_string())),
            None => Err(told("unknown-task", "There is no such task.")),
        };
        let took_ms = host.slept.get().as_secs_f64() * 1000.0 + COMPUTE_MS;
        let key = flight.call().key.storage_key();
        let function = function(of);
        let mut lines = Vec::new();
        if let Ok(value) = &result {
            if of.rules.verbose > 0 {
                lines.extend(
                    verbose::calling(&function, &arguments(of))
                        .lines()
                        .map(str::to_owned),
                );
                lines.push(verbose::called(&function, took_ms));
            }
            self.memory
                .land(flight, Parcel::pack(value.clone()), took_ms, self.now);
        }
        Called {
            number: of.number,
            key,
            origin: result.is_ok().then_some(CallOrigin::Computed),
            result,
            took_ms,
            computed_ms: took_ms,
            lines,
            warnings: Vec::new(),
        }
    }

    /// Answers a question.
    fn answer(&mut self, action: MemoryAction) -> MemoryAnswer {
        ready(self.memory.flush(self.now));
        let freed = |freed: Freed| MemoryAnswer::Freed {
            entries: freed.entries as f64,
            bytes: freed.bytes as f64,
        };
        let memory = &self.memory;
        let answer = match action {
            MemoryAction::Entries => ready(memory.entries(LOCATION)).map(|entries| {
                entries.map(|entries| MemoryAnswer::Entries {
                    entries: entries
                        .into_iter()
                        .map(|(key, entry)| listed(&key, entry))
                        .collect(),
                })
            }),
            MemoryAction::Clear => ready(memory.clear(LOCATION, None)).map(|done| done.map(freed)),
            MemoryAction::ClearFunction { function } => {
                ready(memory.clear(LOCATION, Some(&function))).map(|done| done.map(freed))
            }
            MemoryAction::Delete { key } => {
                let Some(key) = Key::from_storage_key(&key) else {
                    return failed("bad-key", "This is no key of an entry.");
                };
                let entries = ready(memory.entries(LOCATION))
                    .and_then(Result::ok)
                    .unwrap_or_default();
                let bytes = entries
                    .iter()
                    .find(|(other, _)| *other == key)
                    .map(|(_, entry)| entry.bytes);
                let gone = Freed {
                    entries: u64::from(bytes.is_some()),
                    bytes: bytes.unwrap_or_default(),
                };
                ready(memory.delete(&[key])).map(|done| done.map(|()| freed(gone)))
            }
            MemoryAction::ReduceSize {
                bytes_limit,
                items_limit,
                age_limit_seconds,
            } => match limits(bytes_limit, items_limit, age_limit_seconds) {
                Ok(limits) => ready(memory.reduce_size(LOCATION, limits, self.now))
                    .map(|done| done.map(freed)),
                Err(answer) => return answer,
            },
            _ => return failed("memory-action", "This is not rehearsed."),
        };
        match answer {
            Some(Ok(answer)) => answer,
            Some(Err(error)) => failed(error.code(), &error.to_string()),
            None => failed("rehearsal", "This waits for something that never comes."),
        }
    }

    /// Does some harm.
    fn harm(&mut self, fault: &MemoryFault) -> Result<Faulted, String> {
        ready(self.memory.flush(self.now));
        let store = self.memory.store();
        match fault {
            MemoryFault::Age { key, by_ms } => {
                let mut stored = self.stored(key)?;
                stored.entry.created -= by_ms;
                stored.entry.last_used -= by_ms;
                self.replace(stored)?;
                Ok(Faulted::Aged)
            }
            MemoryFault::Corrupt { key } => {
                let mut stored = self.stored(key)?;
                stored.entry.checksum ^= 1;
                self.replace(stored)?;
                Ok(Faulted::Corrupted)
            }
            MemoryFault::Ration { bytes } => {
                store.set_room(LOCATION, bytes.map(|bytes| bytes as u64));
                Ok(Faulted::Rationed)
            }
            MemoryFault::Reopen => {
                self.memory.forget(LOCATION, None);
                Ok(Faulted::Reopened)
            }
            MemoryFault::KillWriter { entries, bytes } => {
                let before = ready(store.entries(LOCATION))
                    .and_then(Result::ok)
                    .unwrap_or_default()
                    .len();
                let written = entries / 3;
                for number in 0..written {
                    let arguments =
                        Parcel::pack(Value::map([("number", Value::Int(i64::from(number)))]));
                    let key = Key::of_call(LOCATION, WRITER, 1, &arguments);
                    let value = Parcel::pack(Value::Str("x".repeat(*bytes as usize)));
                    let stored = Stored::new(key, value, 0.0, self.now);
                    ready(store.put(&[stored]))
                        .and_then(Result::ok)
                        .ok_or("The writer could not write.")?;
                }
                Ok(Faulted::Killed {
                    before: before as u32,
                    written,
                    unsound: 0,
                })
            }
        }
    }

    fn stored(&self, key: &str) -> Result<Stored<Buffer>, String> {
        let key = Key::from_storage_key(key).ok_or("This is no key of an entry.")?;
        let found = ready(self.memory.store().get(&[key])).and_then(Result::ok);
        let found = found.and_then(|mut found| found.pop().flatten());
        found.ok_or_else(|| "There is no such entry.".to_owned())
    }

    fn replace(&self, stored: Stored<Buffer>) -> Result<(), String> {
        let key = stored.key.clone();
        ready(self.memory.store().put(&[stored]))
            .and_then(Result::ok)
            .ok_or("It could not be written.")?;
        self.memory.forget(LOCATION, Some(&[key]));
        Ok(())
    }
}

/// How a call begins.
enum Begun {
    Answered(Called),
    Flies(Flight<Buffer, ()>),
    Waits(Call),
}

/// What comes of a future that waits for nobody; nothing if it does.
fn ready<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

fn function(of: &LabCall) -> Function {
    let info = &of.function;
    let mut defaults = of.defaults.iter();
    let parameters = info.parameters.iter().flatten().map(|parameter| {
        let default = if parameter.has_default {
            defaults.next().cloned()
        } else {
            None
        };
        let kind = match parameter.kind {
            Kind::Plain => ParameterKind::PositionalOrKeyword,
            Kind::KeywordOnly => ParameterKind::KeywordOnly,
            Kind::Rest => ParameterKind::VarPositional,
            Kind::KeywordRest => ParameterKind::VarKeyword,
        };
        Parameter {
            name: parameter.name.clone(),
            default,
            kind,
        }
    });
    let parameters = parameters.collect();
    let uses = info.dependencies.iter();
    Function {
        source: Source::Text {
            text: info.source.clone().unwrap_or_default(),
            file: info.file.clone(),
            first_line: info.first_line,
            whole_file: None,
        },
        dependencies: uses
            .map(|uses| (uses.name.clone(), uses.source.clone()))
            .collect(),
        ..Function::of_text(info.name.clone(), String::new(), parameters)
    }
}

fn arguments(of: &LabCall) -> Arguments<Buffer> {
    let list = Value::List(of.positional.clone());
    let named = Value::Map(of.keyword.clone());
    let parcel = Parcel::pack(Value::List(vec![list, named]));
    Arguments::of_call(parcel).unwrap_or(Arguments {
        positional: Vec::new(),
        keyword: Vec::new(),
        buffers: Vec::new(),
    })
}

fn prepared(of: &LabCall, function: &Function, rules: &Rules) -> Result<Call, Box<Called>> {
    let stamps = of.rules.files.iter().map(|stamp| Stamp {
        name: stamp.name.clone(),
        modified: stamp.modified,
        bytes: stamp.bytes as u64,
    });
    let call = function.call(Some(LOCATION), arguments(of), rules);
    let call = call.map_err(|error| Box::new(refused(of, error.code(), &error.to_string())))?;
    Ok(call.with_stamps(stamps.collect()))
}

fn rules(of: &LabCall) -> Rules {
    let given = &of.rules;
    let milliseconds = |seconds: Option<f64>| seconds.map(|seconds| seconds * 1000.0);
    Rules {
        ignore: given.ignore.clone(),
        version: given.version.as_ref().map(|version| match version {
            Loose::Number(number) => number.to_string(),
            Loose::Text(text) => text.clone(),
        }),
        dependencies: !of.function.dependencies.is_empty(),
        expires_after: milliseconds(given.expires_after_seconds),
        stale_for: milliseconds(given.stale_while_revalidate_seconds).unwrap_or_default(),
        compress: given.compress,
        ..Rules::default()
    }
}

fn limits(
    bytes: Option<Loose>,
    items: Option<f64>,
    age_seconds: Option<f64>,
) -> Result<Limits, MemoryAnswer> {
    let bytes = match bytes {
        None => None,
        Some(Loose::Number(number)) => Some(number as u64),
        Some(Loose::Text(text)) => {
            Some(bytes_from_text(&text).map_err(|error| failed(error.code(), &error.to_string()))?)
        }
    };
    if items.is_some_and(|items| items < 0.0) || age_seconds.is_some_and(|age| age < 0.0) {
        return Err(failed("limit-negative", "A limit must be a number from 0."));
    }
    Ok(Limits {
        bytes,
        items: items.map(|items| items as u64),
        age: age_seconds.map(|seconds| seconds * 1000.0),
    })
}

fn listed(key: &Key, entry: Entry) -> MemoryEntry {
    MemoryEntry {
        key: key.storage_key(),
        function: key.function.clone(),
        task: key.function.clone(),
        arguments: entry.arguments,
        created: entry.created,
        last_used: entry.last_used,
        duration_ms: entry.duration,
        bytes: entry.bytes as f64,
        hits: entry.hits,
    }
}

fn told(code: &str, message: &str) -> ErrorInfo {
    ErrorInfo {
        code: code.to_owned(),
        message: message.to_owned(),
        task: None,
        position: None,
    }
}

fn refused(of: &LabCall, code: &str, message: &str) -> Called {
    Called {
        number: of.number,
        key: String::new(),
        origin: None,
        result: Err(told(code, message)),
        took_ms: TIER_MS,
        computed_ms: 0.0,
        lines: Vec::new(),
        warnings: Vec::new(),
    }
}

fn failed(code: &str, message: &str) -> MemoryAnswer {
    MemoryAnswer::Failed {
        error: told(code, message),
    }
}
