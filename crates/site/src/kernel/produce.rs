//! Taking tasks from a run's source, and looking up which of them are already known.

use std::collections::VecDeque;
use std::rc::Rc;

use browser::{JsBuffer, Values, pause, read_bundle};
use memory::{Arguments as CallArguments, Call, Departure, Hit};
use parallel::{Input, Produced};
use protocol::{ErrorInfo, Reply};
use values::Parcel;
use wasm_bindgen_futures::spawn_local;
use widgets::TextRef;

use super::run::{Run, Source, TaskResult};
use super::runs::duplicate;
use super::{Flight, Kernel, RunKey, error_info};

/// After so many bytes of arguments the kernel listens to the page again before it digests more.
const DIGEST_AT_ONCE: usize = 8 << 20;

/// So many tasks are looked up at once where the source has them at hand.
const AHEAD: usize = 256;

/// After so many bytes of texts no more are read ahead.
const READ_AHEAD_BYTES: usize = 32 << 20;

type Arguments = Result<Parcel<browser::JsBuffer>, ErrorInfo>;

/// A task that was taken from the source and looked up in the memory, and that the dispatcher has not asked for yet.
#[derive(Debug)]
pub(super) struct Ahead {
    arguments: Arguments,
    /// Who computes it is expected to tell the memory.
    flight: Option<Flight>,
    known: Option<TaskResult>,
}

impl Kernel {
    /// The dispatcher wants at most so many tasks.
    pub(super) fn pull(self: &Rc<Self>, key: RunKey, count: usize) {
        if let Some(run) = self.runs.borrow_mut().get_mut(&key) {
            run.wanted = count;
        }
        self.feed(key);
    }

    /// Gives the dispatcher the tasks it waits for, or asks the source for more. The caller pumps afterwards.
    fn feed(self: &Rc<Self>, key: RunKey) {
        let (produced, ended, ask) = match self.runs.borrow_mut().get_mut(&key) {
            Some(run) if run.wanted > 0 => {
                let count = run.wanted.min(run.ahead.len());
                let tasks: Vec<_> = run.ahead.drain(..count).collect();
                let produced: Vec<_> = tasks.into_iter().map(|task| run.take(task)).collect();
                let ended = run.source_dry && run.ahead.is_empty();
                let ask = if produced.is_empty() && !ended {
                    Some(run.wanted)
                } else {
                    None
                };
                if ask.is_none() {
                    run.wanted = 0;
                }
                (produced, ended, ask)
            }
            _ => return,
        };
        if let Some(count) = ask {
            self.ask_source(key, count);
            return;
        }
        if !produced.is_empty() {
            self.tell(key, Input::Produced(produced));
        }
        // In this order the dispatcher knows that these are the last before it cuts batches.
        if ended {
            self.tell(key, Input::SourceEnded);
        }
        self.provide_workers(key);
    }

    fn ask_source(self: &Rc<Self>, key: RunKey, count: usize) {
        let (serial, count, texts) = match self.runs.borrow_mut().get_mut(&key) {
            // Those that are being looked up come first.
            Some(run) if run.arriving => return,
            Some(run) => {
                let count = if run.at_hand { count.max(AHEAD) } else { count };
                let texts = match &mut run.source {
                    Source::Page => None,
                    Source::Texts(texts) => Some(core::mem::take(texts)),
                    Source::Parcels(parcels) => {
                        let arguments: Vec<_> = parcels.drain(..).map(Ok).collect();
                        let (kernel, serial) = (Rc::clone(self), run.serial);
                        spawn_local(async move {
                            kernel.arrived(key, serial, arguments, true).await;
                        });
                        return;
                    }
                    Source::Values(values) => {
                        let taken = values.drain(..count.min(values.len()));
                        let arguments = taken.map(|value| Ok(to_buffers(Parcel::pack(value))));
                        let (arguments, ended) = (arguments.collect::<Vec<_>>(), values.is_empty());
                        let (kernel, serial) = (Rc::clone(self), run.serial);
                        spawn_local(async move {
                            kernel.arrived(key, serial, arguments, ended).await;
                        });
                        return;
                    }
                };
                (run.serial, count, texts)
            }
            None => return,
        };
        match (texts, key) {
            (Some(texts), RunKey::Lab(lab)) => {
                let kernel = Rc::clone(self);
                spawn_local(async move { kernel.read_texts(lab, serial, texts, count).await });
            }
            (_, RunKey::Page(run)) => self.page.send(&Reply::NeedItems {
                run,
                count: u32::try_from(count).unwrap_or(u32::MAX),
            }),
            (_, RunKey::Lab(_) | RunKey::Call(_)) => {}
        }
    }

    async fn read_texts(
        self: &Rc<Self>,
        lab: u32,
        serial: u64,
        mut texts: VecDeque<TextRef>,
        count: usize,
    ) {
        let key = RunKey::Lab(lab);
        let (mut arguments, mut bytes) = (Vec::new(), 0);
        while arguments.len() < count && bytes < READ_AHEAD_BYTES {
            let Some(text) = texts.pop_front() else { break };
            let read = self.read_text(lab, &text).await;
            bytes += read.as_ref().map_or(0, Parcel::byte_length);
            arguments.push(read);
        }
        let ended = texts.is_empty();
        if let Some(run) = self
            .runs
            .borrow_mut()
            .get_mut(&key)
            .filter(|run| run.serial == serial)
        {
            run.source = Source::Texts(texts);
        }
        self.arrived(key, serial, arguments, ended).await;
    }

    pub(super) fn items_arrived(
        self: &Rc<Self>,
        run: u32,
        values: &Values,
        shared: usize,
        ended: bool,
    ) {
        let key = RunKey::Page(run);
        let (read, serial) = match self.runs.borrow_mut().get_mut(&key) {
            Some(run) => {
                let mut number = (run.serial << 24) + run.shared.len() as u64;
                let next = || {
                    number += 1;
                    number
                };
                (
                    read_bundle(values, shared, &mut run.shared, next),
                    run.serial,
                )
            }
            None => return,
        };
        match read {
            Ok(parcels) => {
                let arguments = parcels.into_iter().map(Ok).collect();
                self.take_in(key, serial, arguments, ended);
            }
            Err(error) => {
                let error = error_info(error.code(), &error.to_string());
                self.source_failed(key, Some(error));
            }
        }
    }

    /// Goes on with these tasks: at once if nothing is remembered, else when the memory has answered.
    fn take_in(self: &Rc<Self>, key: RunKey, serial: u64, arguments: Vec<Arguments>, ended: bool) {
        let remembers = match self.runs.borrow().get(&key) {
            Some(run) => run.location.is_some(),
            None => return,
        };
        if remembers {
            let kernel = Rc::clone(self);
            spawn_local(async move { kernel.arrived(key, serial, arguments, ended).await });
        } else {
            let unknown = |arguments| Ahead {
                arguments,
                flight: None,
                known: None,
            };
            self.go_on(key, serial, arguments.into_iter().map(unknown), ended);
        }
    }

    /// Looks up which of these tasks are already known, in one question to the memory, and goes on with them.
    async fn arrived(
        self: &Rc<Self>,
        key: RunKey,
        serial: u64,
        arguments: Vec<Arguments>,
        ended: bool,
    ) {
        let (function, rules, files, location) = match self
            .runs
            .borrow_mut()
            .get_mut(&key)
            .filter(|run| run.serial == serial)
        {
            Some(run) => {
                run.arriving = true;
                (
                    run.function.clone(),
                    run.rules.clone(),
                    run.files.clone(),
                    run.location.clone(),
                )
            }
            None => return,
        };
        let (Some(location), Some(memory)) = (location, self.memory()) else {
            let unknown = |arguments| Ahead {
                arguments,
                flight: None,
                known: None,
            };
            self.end_arrival(key, serial);
            self.go_on(key, serial, arguments.into_iter().map(unknown), ended);
            return;
        };
        memory.register(&location, &function).await;
        let mut left = VecDeque::with_capacity(arguments.len());
        let mut bytes = 0;
        for arguments in arguments {
            bytes += arguments.as_ref().map_or(0, Parcel::byte_length);
            if bytes >= DIGEST_AT_ONCE {
                bytes = 0;
                // So that the kernel still hears the page.
                pause().await;
            }
            let asked = arguments.and_then(|parcel| {
                let unreadable = |code, why: String| error_info(code, &why);
                let named = CallArguments::of_task(parcel.clone())
                    .map_err(|error| unreadable(error.code(), error.to_string()))?;
                let call = function
                    .call(Some(&location), named, &rules)
                    .map_err(|error| unreadable(error.code(), error.to_string()))?;
                Ok((parcel, call.with_stamps(files.clone())))
            });
            left.push_back(asked);
        }
        while !left.is_empty() {
            let calls: Vec<Call> = left
                .iter()
                .filter_map(|asked| asked.as_ref().ok().map(|(_, call)| call.clone()))
                .collect();
            let departures = memory.take_off(calls, &rules, self.clock.now()).await;
            let mut departures = VecDeque::from(departures);
            let mut tasks = Vec::new();
            let mut waiting = None;
            while waiting.is_none()
                && let Some(asked) = left.pop_front()
            {
                match asked {
                    Err(error) => tasks.push(Ahead {
                        arguments: Err(error),
                        flight: None,
                        known: None,
                    }),
                    Ok((parcel, _)) => match departures.pop_front() {
                        Some(Departure::Wait(call)) => waiting = Some((parcel, call)),
                        departure => tasks.push(ahead(parcel, departure)),
                    },
                }
            }
            // Tasks behind one that is waited for are nobody's meanwhile, lest two runs wait for each other.
            drop(departures);
            let is_all = left.is_empty() && waiting.is_none();
            self.go_on(key, serial, tasks.into_iter(), ended && is_all);
            if let Some((parcel, call)) = waiting {
                let departure = self.wait_for(&memory, call, &rules).await;
                let task = ahead(parcel, Some(departure));
                let is_all = left.is_empty();
                self.go_on(key, serial, core::iter::once(task), ended && is_all);
            }
        }
        self.end_arrival(key, serial);
        self.go_on(key, serial, core::iter::empty(), ended);
    }

    /// Nothing is being looked up any more, so that more can be asked for.
    fn end_arrival(&self, key: RunKey, serial: u64) {
        let mut runs = self.runs.borrow_mut();
        if let Some(run) = runs.get_mut(&key).filter(|run| run.serial == serial) {
            run.arriving = false;
        }
    }

    fn go_on(
        self: &Rc<Self>,
        key: RunKey,
        serial: u64,
        tasks: impl Iterator<Item = Ahead>,
        ended: bool,
    ) {
        // The run may have been stopped, and another begun, while the memory was asked.
        match self.runs.borrow_mut().get_mut(&key) {
            Some(run) if run.serial == serial && !run.ended => {
                run.ahead.extend(tasks);
                run.source_dry = ended;
            }
            _ => return,
        }
        self.feed(key);
        self.pump(key);
    }
}

impl Run {
    /// Numbers a task, and keeps its arguments or its result until they are needed.
    fn take(&mut self, task: Ahead) -> Produced {
        let number = self.taken;
        self.taken += 1;
        let (produced, result) = match (task.arguments, task.known) {
            (Err(error), _) => {
                let failed = TaskResult {
                    result: Err(error),
                    duration_ms: 0.0,
                };
                (Produced::Unreadable, failed)
            }
            (Ok(_), Some(known)) => (Produced::Cached, known),
            (Ok(arguments), None) => {
                self.arguments.insert(number, arguments);
                self.flights
                    .extend(task.flight.map(|flight| (number, flight)));
                self.to_compute += 1;
                return Produced::Pending;
            }
        };
        self.results.insert(number, result);
        produced
    }
}

/// The same with its buffers in JavaScript's memory, from where they can be handed over.
pub(super) fn to_buffers(parcel: Parcel<Vec<u8>>) -> Parcel<JsBuffer> {
    Parcel {
        head: parcel.head,
        buffers: parcel
            .buffers
            .iter()
            .map(|bytes| JsBuffer::copy_of(bytes))
            .collect(),
    }
}

/// What the memory says of a task.
fn ahead(
    arguments: Parcel<JsBuffer>,
    departure: Option<Departure<Hit<JsBuffer>, JsBuffer, browser::Lock>>,
) -> Ahead {
    let (flight, hit) = match departure {
        Some(Departure::Found(hit) | Departure::Stale(hit, None)) => (None, Some(hit)),
        // What is past its time is computed anew: a run has no later callers to do it for.
        Some(Departure::Compute(flight) | Departure::Stale(_, Some(flight))) => {
            (Some(flight), None)
        }
        Some(Departure::Wait(_) | Departure::Ask(_)) | None => (None, None),
    };
    Ahead {
        arguments: Ok(arguments),
        flight,
        known: hit.map(|hit| TaskResult {
            duration_ms: hit.entry.duration,
            result: Ok(if hit.shared {
                duplicate(&hit.value)
            } else {
                hit.value
            }),
        }),
    }
}
