//! Remembered calls: one of a function of the page or of a task, and how it goes on.

use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use browser::{JsBuffer, Values, read_bundle, sleep};
use futures_channel::oneshot;
use futures_util::future::{Either, select};
use memory::{
    Arguments, Call, Departure, Entry, Function, Hit, Key, Origin, Parameter, ParameterKind,
    Reference, Rules, Source, Stamp, Wanted,
};
use protocol::{
    CallAnswer, CallMode, CallOrigin, CallRules, ErrorInfo, FunctionInfo, MemoryEntry,
    ParallelOptions, Reply, StampInfo, TaskStatus,
};
use values::{BundleWriter, Parcel};
use wasm_bindgen_futures::spawn_local;

use super::memories::entry_info;
use super::run::Source as RunSource;
use super::runs::duplicate;
use super::{Flight, Kernel, KernelMemory, RunKey, error_info};

/// Whoever waits for longer than this for somebody else's result computes it, so that nobody waits forever.
const WAIT_AT_MOST: Duration = Duration::from_secs(300);

/// A result that was computed, and how long that took in milliseconds.
type Computed = (Parcel<JsBuffer>, f64);

/// What a task computed, or why it did not.
pub(super) type TaskEnd = Result<Computed, ErrorInfo>;

/// A function whose calls are remembered.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) location: String,
    pub(super) function: Function,
    pub(super) rules: Rules,
    pub(super) files: Vec<Stamp>,
    /// Whether the page computes it; if not, the task of its name does.
    by_page: bool,
}

/// The calls that are under way.
#[derive(Debug, Default)]
pub(super) struct Calls {
    functions: BTreeMap<u32, Rc<Known>>,
    computing: BTreeMap<u32, oneshot::Sender<Option<Computed>>>,
    validating: BTreeMap<u32, oneshot::Sender<bool>>,
    /// Who waits for the end of a task.
    tasks: BTreeMap<u32, oneshot::Sender<TaskEnd>>,
    next_task: u32,
    /// Tasks that wait until another one is done: no more run at once than there are cores.
    queue: VecDeque<oneshot::Sender<()>>,
    running: usize,
}

/// What is told of a result that was found.
trait Told: Wanted<JsBuffer> + 'static {
    fn answer(self, entry: MemoryEntry, stale: bool) -> (CallAnswer, Option<Parcel<JsBuffer>>);
}

impl Told for Hit<JsBuffer> {
    fn answer(self, entry: MemoryEntry, stale: bool) -> (CallAnswer, Option<Parcel<JsBuffer>>) {
        let origin = match self.origin {
            _ if stale => CallOrigin::Stale,
            Origin::Memory => CallOrigin::Tier,
            Origin::Store => CallOrigin::Store,
            Origin::Flight => CallOrigin::Shared,
        };
        let value = if self.shared {
            duplicate(&self.value)
        } else {
            self.value
        };
        (CallAnswer::Value { origin, entry }, Some(value))
    }
}

impl Told for Reference {
    fn answer(self, entry: MemoryEntry, stale: bool) -> (CallAnswer, Option<Parcel<JsBuffer>>) {
        let origin = if stale {
            CallOrigin::Stale
        } else {
            CallOrigin::Store
        };
        (CallAnswer::Shelved { origin, entry }, None)
    }
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
        let known = Known {
            location,
            rules: rules_of(rules, !info.dependencies.is_empty()),
            files: stamps(&rules.files),
            function: function_of(info, defaults.into_iter()),
            by_page,
        };
        self.calls
            .borrow_mut()
            .functions
            .insert(number, Rc::new(known));
    }

    pub(super) fn call(
        self: &Rc<Self>,
        request: u32,
        function: u32,
        mode: CallMode,
        files: &[StampInfo],
        values: &Values,
    ) {
        let known = self.calls.borrow().functions.get(&function).cloned();
        let arguments = read_bundle(values, 0, &mut Vec::new(), || 0)
            .ok()
            .and_then(|mut parcels| parcels.pop());
        let (Some(known), Some(arguments)) = (known, arguments) else {
            let error = error_info("bad-request", "The arguments of a call cannot be read.");
            self.tell_call(request, CallAnswer::Failed { error }, None);
            return;
        };
        let files = stamps(files);
        let kernel = Rc::clone(self);
        spawn_local(async move {
            if let Err(error) = kernel
                .carry_out_call(request, &known, mode, files, arguments)
                .await
            {
                kernel.tell_call(request, CallAnswer::Failed { error }, None);
            }
        });
    }

    async fn carry_out_call(
        self: &Rc<Self>,
        request: u32,
        known: &Rc<Known>,
        mode: CallMode,
        mut files: Vec<Stamp>,
        arguments: Parcel<JsBuffer>,
    ) -> Result<(), ErrorInfo> {
        let Some(memory) = self.memory() else {
            return Err(error_info("bad-request", "The engine has not been opened."));
        };
        files.extend(known.files.iter().cloned());
        let call = known.call(arguments.clone())?.with_stamps(files);
        memory.register(&known.location, &known.function).await;
        let rules = &known.rules;
        match mode {
            CallMode::Check => {
                let key = call.key.clone();
                let found = memory.probe(&[call], rules, self.clock.now()).await.pop();
                let mut is_known = false;
                if let Some(entry) = found.flatten() {
                    is_known = !rules.validates || self.ask_page(request, &key, &entry).await;
                    if !is_known {
                        // What the page does not want is gone, as in joblib.
                        let _ = memory.delete(&[key]).await;
                    }
                }
                self.tell_call(request, CallAnswer::Known { known: is_known }, None);
            }
            CallMode::Forced => {
                if let Some(flight) = memory.force(vec![call], rules).pop() {
                    self.compute(&memory, request, known, arguments, flight, mode)
                        .await?;
                }
            }
            CallMode::Cached => {
                let mut departures = memory.take_off(vec![call], rules, self.clock.now()).await;
                if let Some(departure) = departures.pop() {
                    self.go_on_with(&memory, request, known, arguments, departure, mode)
                        .await?;
                }
            }
            CallMode::Shelve => {
                let mut departures = memory.shelve(vec![call], rules, self.clock.now()).await;
                if let Some(departure) = departures.pop() {
                    self.go_on_with(&memory, request, known, arguments, departure, mode)
                        .await?;
                }
            }
        }
        Ok(())
    }

    async fn go_on_with<T: Told>(
        self: &Rc<Self>,
        memory: &Rc<KernelMemory>,
        request: u32,
        known: &Rc<Known>,
        arguments: Parcel<JsBuffer>,
        mut departure: Departure<T, JsBuffer, browser::Lock>,
        mode: CallMode,
    ) -> Result<(), ErrorInfo> {
        let key = known.call(arguments.clone())?.key;
        loop {
            departure = match departure {
                Departure::Found(found) => {
                    self.tell_found(request, &key, found, false);
                    break;
                }
                Departure::Stale(found, flight) => {
                    self.tell_found(request, &key, found, true);
                    if let Some(flight) = flight {
                        self.compute(memory, request, known, arguments, flight, mode)
                            .await?;
                    }
                    break;
                }
                Departure::Compute(flight) => {
                    self.compute(memory, request, known, arguments, flight, mode)
                        .await?;
                    break;
                }
                Departure::Ask(question) => {
                    let valid = self.ask_page(request, &key, question.entry()).await;
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

    fn tell_found<T: Told>(&self, request: u32, key: &Key, found: T, stale: bool) {
        let entry = entry_info(key.clone(), found.entry().clone());
        let (answer, value) = found.answer(entry, stale);
        self.tell_call(request, answer, value);
    }

    /// Has a call computed, by the page or by a task, and remembers the result.
    async fn compute(
        self: &Rc<Self>,
        memory: &Rc<KernelMemory>,
        request: u32,
        known: &Rc<Known>,
        arguments: Parcel<JsBuffer>,
        flight: Flight,
        mode: CallMode,
    ) -> Result<(), ErrorInfo> {
        let key = flight.call().key.clone();
        let (value, duration) =
            if known.by_page {
                let (told, hears) = oneshot::channel();
                self.calls.borrow_mut().computing.insert(request, told);
                self.tell_call(request, CallAnswer::Compute, None);
                hears.await.ok().flatten().ok_or_else(|| {
                    error_info("memory-computation", "The function gave no result.")
                })?
            } else {
                self.compute_task(&known.function.name, arguments).await?
            };
        let entry = memory.land(flight, duplicate(&value), duration, self.clock.now());
        let entry = entry_info(key, entry);
        let origin = CallOrigin::Computed;
        match mode {
            CallMode::Shelve => {
                self.tell_call(request, CallAnswer::Shelved { origin, entry }, None);
            }
            _ if known.by_page => self.tell_call(request, CallAnswer::Remembered { entry }, None),
            _ => self.tell_call(request, CallAnswer::Value { origin, entry }, Some(value)),
        }
        self.write_behind();
        Ok(())
    }

    /// Runs one task in the pool.
    pub(super) async fn compute_task(
        self: &Rc<Self>,
        task: &str,
        item: Parcel<JsBuffer>,
    ) -> TaskEnd {
        let turn = {
            let mut calls = self.calls.borrow_mut();
            if calls.running < self.cores.get().get() {
                calls.running += 1;
                None
            } else {
                let (told, hears) = oneshot::channel();
                calls.queue.push_back(told);
                Some(hears)
            }
        };
        if let Some(turn) = turn {
            let _ = turn.await;
        }
        let end = self.run_task(task, item).await;
        let mut calls = self.calls.borrow_mut();
        loop {
            match calls.queue.pop_front() {
                // The turn goes on to the next one.
                Some(next) => {
                    if next.send(()).is_ok() {
                        break;
                    }
                }
                None => {
                    calls.running -= 1;
                    break;
                }
            }
        }
        end
    }

    async fn run_task(self: &Rc<Self>, task: &str, item: Parcel<JsBuffer>) -> TaskEnd {
        let options = ParallelOptions {
            task: task.to_owned(),
            events: Some(false),
            ..ParallelOptions::default()
        };
        let run = self.prepare(&options, RunSource::Parcels(VecDeque::from([item])))?;
        let (told, hears) = oneshot::channel();
        let number = {
            let mut calls = self.calls.borrow_mut();
            let number = calls.next_task;
            calls.next_task = number.wrapping_add(1);
            calls.tasks.insert(number, told);
            number
        };
        self.begin(RunKey::Call(number), run);
        hears
            .await
            .unwrap_or_else(|_| Err(error_info("cancelled", "The engine was closed.")))
    }

    /// A task of a call has ended, in this way.
    pub(super) fn task_done(
        &self,
        number: u32,
        outcome: protocol::TaskOutcome,
        value: Option<Parcel<JsBuffer>>,
    ) {
        let Some(told) = self.calls.borrow_mut().tasks.remove(&number) else {
            return;
        };
        let end = match (outcome.status, value) {
            (TaskStatus::Ok | TaskStatus::Cached, Some(value)) => Ok((value, outcome.duration_ms)),
            _ => Err(outcome
                .error
                .unwrap_or_else(|| error_info("task-failed", "The task failed."))),
        };
        let _ = told.send(end);
    }

    /// The run of a task of a call is over, perhaps without a result.
    pub(super) fn task_over(&self, number: u32, error: Option<ErrorInfo>) {
        if let Some(told) = self.calls.borrow_mut().tasks.remove(&number) {
            let error = error.unwrap_or_else(|| error_info("task-failed", "The task failed."));
            let _ = told.send(Err(error));
        }
    }

    /// Asks the page whether an entry is still good.
    async fn ask_page(&self, request: u32, key: &Key, entry: &Entry) -> bool {
        let (told, hears) = oneshot::channel();
        self.calls.borrow_mut().validating.insert(request, told);
        let entry = entry_info(key.clone(), entry.clone());
        self.tell_call(request, CallAnswer::Validate { entry }, None);
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

    fn tell_call(&self, request: u32, answer: CallAnswer, value: Option<Parcel<JsBuffer>>) {
        let warnings = self.memory().map_or_else(Vec::new, |memory| {
            memory
                .take_warnings()
                .iter()
                .map(ToString::to_string)
                .collect()
        });
        let told = Reply::Called {
            request,
            answer,
            lines: Vec::new(),
            warnings,
        };
        match value {
            Some(value) => self.send_value(&told, value),
            None => self.page.send(&told),
        }
    }

    /// Tells the page something, with one value beside it.
    pub(super) fn send_value(&self, told: &Reply, value: Parcel<JsBuffer>) {
        let mut block = BundleWriter::default();
        block.add(0, value.buffers.len(), &value.head);
        self.page.send_block(told, &block.finish(), &value.buffers);
    }
}

impl Known {
    fn call(&self, arguments: Parcel<JsBuffer>) -> Result<Call, ErrorInfo> {
        let unreadable = |error: values::ParcelError| error_info(error.code(), &error.to_string());
        let arguments = if self.by_page {
            Arguments::of_call(arguments).map_err(unreadable)?
        } else {
            Arguments::of_task(arguments).map_err(unreadable)?
        };
        self.function
            .call(Some(&self.location), arguments, &self.rules)
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
