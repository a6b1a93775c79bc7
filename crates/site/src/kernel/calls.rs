//! Remembered calls: one of a function of the page or of a task, and how it goes on.

use core::time::Duration;
use std::collections::BTreeMap;
use std::rc::Rc;

use browser::{JsBuffer, Values, read_bundle, sleep};
use futures_channel::oneshot;
use futures_util::future::{Either, select};
use memory::{
    Arguments, Call, Departure, Entry, Function, Key, Parameter, ParameterKind, Rules, Source,
    Stamp, Wanted, verbose,
};
use protocol::{CallAnswer, CallMode, CallOrigin, CallRules, ErrorInfo, FunctionInfo, StampInfo};
use values::Parcel;
use wasm_bindgen_futures::spawn_local;

use super::call_tasks::Computed;
use super::callers::{Caller, Told, told_entry};
use super::runs::duplicate;
use super::{Flight, Kernel, KernelMemory, error_info};

/// Whoever waits for longer than this for somebody else's result computes it, so that nobody waits forever.
const WAIT_AT_MOST: Duration = Duration::from_secs(300);

/// A function whose calls are remembered.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) location: String,
    pub(super) function: Function,
    pub(super) rules: Rules,
    pub(super) files: Vec<Stamp>,
    pub(super) by: By,
    /// How much is printed of its calls.
    pub(super) verbose: u32,
    /// When it became known, in milliseconds since 1970.
    pub(super) since: f64,
}

/// Who computes what is not remembered.
#[derive(Clone, Debug)]
pub(super) enum By {
    /// The page.
    Page,
    /// The task of the function's name, from the call's arguments.
    Task,
    /// A task, from this.
    LabTask {
        task: String,
        item: Parcel<JsBuffer>,
    },
}

/// The calls that are under way.
#[derive(Debug, Default)]
pub(super) struct Calls {
    functions: BTreeMap<u32, Rc<Known>>,
    computing: BTreeMap<u32, oneshot::Sender<Option<Computed>>>,
    validating: BTreeMap<u32, oneshot::Sender<bool>>,
}

/// One call on its way.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) caller: Caller,
    pub(super) known: Rc<Known>,
    pub(super) mode: CallMode,
    pub(super) arguments: Parcel<JsBuffer>,
    /// The files that this call's result is made from, besides the function's.
    pub(super) files: Vec<Stamp>,
}

impl Kernel {
    /// From now on the page calls this function by its number.
    pub(super) fn know_function(
        &self,
        number: u32,
        location: String,
        info: FunctionInfo,
        rules: &CallRules,
        by_page: bool,
        values: &Values,
    ) {
        let defaults = read_bundle(values, 0, &mut Vec::new(), || 0).unwrap_or_default();
        let by = if by_page { By::Page } else { By::Task };
        let known = self.known(location, info, rules, by, defaults);
        self.calls
            .borrow_mut()
            .functions
            .insert(number, Rc::new(known));
    }

    pub(super) fn known(
        &self,
        location: String,
        info: FunctionInfo,
        rules: &CallRules,
        by: By,
        defaults: Vec<Parcel<JsBuffer>>,
    ) -> Known {
        Known {
            location,
            rules: rules_of(rules, !info.dependencies.is_empty()),
            files: stamps(&rules.files),
            function: function_of(info, defaults.into_iter()),
            by,
            verbose: rules.verbose,
            since: self.clock.now(),
        }
    }

    pub(super) fn call(
        self: &Rc<Self>,
        request: u32,
        function: u32,
        mode: CallMode,
        files: &[StampInfo],
        values: &Values,
    ) {
        let caller = Caller::page(request);
        let known = self.calls.borrow().functions.get(&function).cloned();
        let arguments = read_bundle(values, 0, &mut Vec::new(), || 0)
            .ok()
            .and_then(|mut parcels| parcels.pop());
        let (Some(known), Some(arguments)) = (known, arguments) else {
            let error = error_info("bad-request", "The arguments of a call cannot be read.");
            self.tell_caller(&caller, CallAnswer::Failed { error }, None);
            return;
        };
        self.begin_call(Asked {
            caller,
            known,
            mode,
            arguments,
            files: stamps(files),
        });
    }

    /// Makes a call; the caller is told of it.
    pub(super) fn begin_call(self: &Rc<Self>, asked: Asked) {
        let kernel = Rc::clone(self);
        spawn_local(async move {
            if let Err(error) = kernel.carry_out_call(&asked).await {
                kernel.tell_caller(&asked.caller, CallAnswer::Failed { error }, None);
            }
        });
    }

    async fn carry_out_call(self: &Rc<Self>, asked: &Asked) -> Result<(), ErrorInfo> {
        let Some(memory) = self.memory() else {
            return Err(error_info("bad-request", "The engine has not been opened."));
        };
        let known = &asked.known;
        let mut files = asked.files.clone();
        files.extend(known.files.iter().cloned());
        let call = known.call(asked.arguments.clone())?.with_stamps(files);
        memory.register(&known.location, &known.function).await;
        let done = self.make_call(&memory, asked, call).await;
        if asked.caller.request().is_none() {
            // A lab's function is another one when it is edited, and what a lab shows is what is stored.
            memory.unregister(&known.location, &known.function);
            memory.flush(self.clock.now()).await;
        }
        done
    }

    async fn make_call(
        self: &Rc<Self>,
        memory: &Rc<KernelMemory>,
        asked: &Asked,
        call: Call,
    ) -> Result<(), ErrorInfo> {
        let rules = &asked.known.rules;
        match asked.mode {
            CallMode::Check => {
                let key = call.key.clone();
                let found = memory.probe(&[call], rules, self.clock.now()).await.pop();
                let mut is_known = false;
                if let Some(entry) = found.flatten() {
                    is_known =
                        !rules.validates || self.ask_whether_valid(asked, &key, &entry).await;
                    if !is_known {
                        // What the page does not want is gone, as in joblib.
                        let _ = memory.delete(&[key]).await;
                    }
                }
                let answer = CallAnswer::Known { known: is_known };
                self.tell_caller(&asked.caller, answer, None);
            }
            CallMode::Forced => {
                if let Some(flight) = memory.force(vec![call], rules).pop() {
                    self.compute(memory, asked, flight).await?;
                }
            }
            CallMode::Cached => {
                let mut departures = memory.take_off(vec![call], rules, self.clock.now()).await;
                if let Some(departure) = departures.pop() {
                    self.go_on_with(memory, asked, departure).await?;
                }
            }
            CallMode::Shelve => {
                let mut departures = memory.shelve(vec![call], rules, self.clock.now()).await;
                if let Some(departure) = departures.pop() {
                    self.go_on_with(memory, asked, departure).await?;
                }
            }
        }
        Ok(())
    }

    async fn go_on_with<T: Told>(
        self: &Rc<Self>,
        memory: &Rc<KernelMemory>,
        asked: &Asked,
        mut departure: Departure<T, JsBuffer, browser::Lock>,
    ) -> Result<(), ErrorInfo> {
        let known = &asked.known;
        let key = known.call(asked.arguments.clone())?.key;
        let began = self.clock.now();
        loop {
            departure = match departure {
                Departure::Found(found) => {
                    self.tell_found(asked, &key, found, false, began);
                    break;
                }
                Departure::Stale(found, flight) => {
                    self.tell_found(asked, &key, found, true, began);
                    if let Some(flight) = flight {
                        self.compute(memory, asked, flight).await?;
                    }
                    break;
                }
                Departure::Compute(flight) => {
                    self.compute(memory, asked, flight).await?;
                    break;
                }
                Departure::Ask(question) => {
                    let valid = self.ask_whether_valid(asked, &key, question.entry()).await;
                    let answers = vec![(question, valid)];
                    let now = self.clock.now();
                    match memory.answer(answers, &known.rules, now).await.pop() {
                        Some(departure) => departure,
                        None => break,
                    }
                }
                Departure::Wait(call) => self.wait_for(memory, call, &known.rules).await,
            };
        }
        self.write_behind();
        Ok(())
    }

    /// Waits for somebody else's result, but not forever.
    pub(super) async fn wait_for<T: Wanted<JsBuffer>>(
        &self,
        memory: &Rc<KernelMemory>,
        call: Call,
        rules: &Rules,
    ) -> Departure<T, JsBuffer, browser::Lock> {
        let clock = self.clock.clone();
        let waiting = core::pin::pin!(memory.wait(call.clone(), rules, move || clock.now()));
        match select(waiting, core::pin::pin!(sleep(WAIT_AT_MOST))).await {
            Either::Left((departure, _)) => departure,
            Either::Right(..) => match memory.force(vec![call.clone()], rules).pop() {
                Some(flight) => Departure::Compute(flight),
                None => Departure::Wait(call),
            },
        }
    }

    fn tell_found<T: Told>(
        self: &Rc<Self>,
        asked: &Asked,
        key: &Key,
        found: T,
        stale: bool,
        began: f64,
    ) {
        let known = &asked.known;
        if T::HAS_VALUE {
            let now = self.clock.now();
            if known.verbose > 1 {
                let since = now - known.since;
                let line = verbose::loading(known.verbose, since, &known.function, key, None);
                asked.caller.print(&line);
            }
            if known.verbose > 4 {
                asked
                    .caller
                    .print(&verbose::loaded(&known.function, now - began));
            }
        }
        let entry = told_entry(key, found.entry());
        let (answer, value) = found.answer(entry, stale);
        self.tell_caller(&asked.caller, answer, value);
    }

    /// Has a call computed, by the page or by a task, and remembers the result.
    async fn compute(
        self: &Rc<Self>,
        memory: &Rc<KernelMemory>,
        asked: &Asked,
        flight: Flight,
    ) -> Result<(), ErrorInfo> {
        let (caller, known) = (&asked.caller, &asked.known);
        let key = flight.call().key.clone();
        if known.verbose > 0
            && let Ok(arguments) = known.arguments(asked.arguments.clone())
        {
            caller.print(&verbose::calling(&known.function, &arguments));
        }
        let (value, duration) = match (&known.by, caller.request()) {
            (By::Page, Some(request)) => {
                let (told, hears) = oneshot::channel();
                self.calls.borrow_mut().computing.insert(request, told);
                self.tell_caller(caller, CallAnswer::Compute, None);
                hears.await.ok().flatten().ok_or_else(|| {
                    error_info("memory-computation", "The function gave no result.")
                })?
            }
            (By::LabTask { task, item }, _) => self.compute_task(task, item.clone()).await?,
            (By::Page | By::Task, _) => {
                self.compute_task(&known.function.name, asked.arguments.clone())
                    .await?
            }
        };
        let entry = memory.land(flight, duplicate(&value), duration, self.clock.now());
        if known.verbose > 10 {
            caller.print(&verbose::persisting(&key));
        }
        if known.verbose > 0 {
            caller.print(&verbose::called(&known.function, duration));
        }
        let entry = told_entry(&key, &entry);
        let origin = CallOrigin::Computed;
        match asked.mode {
            CallMode::Shelve => {
                self.tell_caller(caller, CallAnswer::Shelved { origin, entry }, None);
            }
            _ if matches!(known.by, By::Page) => {
                self.tell_caller(caller, CallAnswer::Remembered { entry }, None);
            }
            _ => self.tell_caller(caller, CallAnswer::Value { origin, entry }, Some(value)),
        }
        self.write_behind();
        Ok(())
    }

    /// Asks the page whether an entry is still good.
    async fn ask_whether_valid(self: &Rc<Self>, asked: &Asked, key: &Key, entry: &Entry) -> bool {
        // Only the page has rules that ask.
        let Some(request) = asked.caller.request() else {
            return true;
        };
        let (told, hears) = oneshot::channel();
        self.calls.borrow_mut().validating.insert(request, told);
        let entry = told_entry(key, entry);
        self.tell_caller(&asked.caller, CallAnswer::Validate { entry }, None);
        hears.await.unwrap_or(false)
    }

    pub(super) fn validated(&self, request: u32, valid: bool) {
        if let Some(told) = self.calls.borrow_mut().validating.remove(&request) {
            let _ = told.send(valid);
        }
    }

    pub(super) fn computed(&self, request: u32, duration_ms: f64, failed: bool, values: &Values) {
        let Some(told) = self.calls.borrow_mut().computing.remove(&request) else {
            return;
        };
        let value = if failed {
            None
        } else {
            read_bundle(values, 0, &mut Vec::new(), || 0)
                .ok()
                .and_then(|mut parcels| parcels.pop())
        };
        let _ = told.send(value.map(|value| (value, duration_ms)));
    }
}

impl Known {
    fn call(&self, arguments: Parcel<JsBuffer>) -> Result<Call, ErrorInfo> {
        self.function
            .call(
                Some(&self.location),
                self.arguments(arguments)?,
                &self.rules,
            )
            .map_err(|error| error_info(error.code(), &error.to_string()))
    }

    fn arguments(&self, arguments: Parcel<JsBuffer>) -> Result<Arguments<JsBuffer>, ErrorInfo> {
        match self.by {
            By::Task => Arguments::of_task(arguments),
            By::Page | By::LabTask { .. } => Arguments::of_call(arguments),
        }
        .map_err(|error| error_info(error.code(), &error.to_string()))
    }
}

/// The rules as the memory takes them.
pub(super) fn rules_of(given: &CallRules, dependencies: bool) -> Rules {
    let milliseconds = |seconds: Option<f64>| seconds.map(|seconds| seconds * 1000.0);
    Rules {
        ignore: given.ignore.clone(),
        version: given.version.as_ref().map(|version| match version {
            protocol::Loose::Number(number) => number.to_string(),
            protocol::Loose::Text(text) => text.clone(),
        }),
        dependencies,
        expires_after: milliseconds(given.expires_after_seconds),
        stale_for: milliseconds(given.stale_while_revalidate_seconds).unwrap_or_default(),
        validates: given.validate,
        compress: given.compress,
        ..Rules::default()
    }
}

pub(super) fn stamps(given: &[StampInfo]) -> Vec<Stamp> {
    given
        .iter()
        .map(|stamp| Stamp {
            name: stamp.name.clone(),
            modified: stamp.modified,
            bytes: stamp.bytes as u64,
        })
        .collect()
}

fn function_of(
    info: FunctionInfo,
    mut defaults: impl Iterator<Item = Parcel<JsBuffer>>,
) -> Function {
    let Some(text) = info.source else {
        let version = tasks::find(&info.name).map_or(0, tasks::Task::version);
        return Function::task(info.name, version);
    };
    let mut parameter = |given: protocol::FunctionParameter| Parameter {
        name: given.name,
        default: given
            .has_default
            .then(|| defaults.next().and_then(|parcel| parcel.unpack().ok()))
            .flatten(),
        kind: match given.kind {
            protocol::ParameterKind::Plain => ParameterKind::PositionalOrKeyword,
            protocol::ParameterKind::KeywordOnly => ParameterKind::KeywordOnly,
            protocol::ParameterKind::Rest => ParameterKind::VarPositional,
            protocol::ParameterKind::KeywordRest => ParameterKind::VarKeyword,
        },
    };
    Function {
        name: info.name,
        source: Source::Text {
            text,
            file: info.file,
            first_line: info.first_line,
            whole_file: None,
        },
        parameters: info
            .parameters
            .map(|parameters| parameters.into_iter().map(&mut parameter).collect()),
        dependencies: info
            .dependencies
            .into_iter()
            .map(|dependency| (dependency.name, dependency.source))
            .collect(),
    }
}
