//! The kernel: hears the page and the pool, and joins dispatchers, memory, pool and labs.
//!
//! Everything runs on one thread; no borrow of a cell is held across an await or a call out of this module.

mod call_tasks;
mod callers;
mod calls;
mod events;
mod lab_memory;
mod labs;
mod listing;
mod memories;
mod produce;
mod promises;
mod run;
mod runs;
mod threads;
mod workers;

use core::cell::{Cell, RefCell};
use core::num::NonZeroUsize;
use core::pin::Pin;
use std::collections::BTreeMap;
use std::rc::Rc;

use browser::{
    AnyStore, Ask, Clock, JsBuffer, Locks, Page, Pool, Threads, Values, open_store,
    timer_resolution_us,
};
use futures_channel::oneshot;
use memory::{Memory, Rationed};
use parallel::{Availability, BackendProperties, Backends, Input, TaskId};
use protocol::{
    BackendInfo, EngineInfo, ErrorInfo, LocalStorageAnswer, LocalStorageQuestion, ParameterInfo,
    Reply, Request, StorageInfo, TaskInfo,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

pub(crate) use self::lab_memory::WRITER;
use self::labs::MountedLab;
use self::run::Run;
use self::workers::Workers;
use crate::examples::Waiting;

/// The memory of a page.
pub(crate) type KernelMemory = Memory<JsBuffer, Rationed<AnyStore>, Locks>;
/// A result that is being computed for it.
pub(crate) type Flight = memory::Flight<JsBuffer, browser::Lock>;

/// The kernel of a page.
pub struct Kernel {
    page: Page,
    clock: Clock,
    pool: Pool,
    promises: promises::PromisesWorkers,
    threads: Threads,
    /// Whether the site was built with threads.
    has_threads: bool,
    cores: Cell<NonZeroUsize>,
    /// How long a worker without work is kept.
    idle_milliseconds: Cell<f64>,
    memory: RefCell<Option<Rc<KernelMemory>>>,
    /// Whether somebody sees to it that what waits is written.
    is_writing: Cell<bool>,
    calls: RefCell<calls::Calls>,
    call_tasks: RefCell<call_tasks::CallTasks>,
    storage: RefCell<Option<StorageInfo>>,
    timer_resolution_us: Cell<f64>,
    workers: RefCell<Workers>,
    runs: RefCell<BTreeMap<RunKey, Run>>,
    labs: RefCell<BTreeMap<u32, MountedLab>>,
    waiting: Waiting,
    questions: RefCell<BTreeMap<u32, oneshot::Sender<LocalStorageAnswer>>>,
    next_question: Cell<u32>,
    next_serial: Cell<u64>,
}

/// Whose run it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RunKey {
    /// The page's, by the page's number for it.
    Page(u32),
    /// A lab's; each has one at a time.
    Lab(u32),
    /// That of a remembered call, with one task.
    Call(u32),
}

impl core::fmt::Debug for Kernel {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Kernel")
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}

impl Kernel {
    /// Makes this worker the page's kernel. `script` is the address of the script that pool workers run, `module` the
    /// compiled engine that each of them is given, `threads` the address of the script of teams of threads, `texts` the packed catalogue of the language the labs speak, if not English.
    pub fn start(script: String, module: JsValue, threads: Option<String>, texts: Option<String>) {
        let Some(page) = Page::new() else { return };
        crate::speak(texts);
        browser::log_panics();
        let kernel = Rc::new(Self {
            promises: promises::PromisesWorkers::new(&script, &module),
            pool: Pool::new(script, module),
            has_threads: threads.is_some(),
            threads: Threads::new(threads.unwrap_or_default()),
            page,
            clock: Clock::default(),
            cores: Cell::new(NonZeroUsize::MIN),
            idle_milliseconds: Cell::new(f64::INFINITY),
            memory: RefCell::default(),
            is_writing: Cell::new(false),
            calls: RefCell::default(),
            call_tasks: RefCell::default(),
            storage: RefCell::default(),
            timer_resolution_us: Cell::new(0.0),
            workers: RefCell::default(),
            runs: RefCell::default(),
            labs: RefCell::default(),
            waiting: Waiting::default(),
            questions: RefCell::default(),
            next_question: Cell::new(0),
            next_serial: Cell::new(0),
        });
        let heard = Rc::clone(&kernel);
        kernel.pool.on_event(move |event| heard.hear_pool(event));
        let heard = Rc::clone(&kernel);
        kernel.threads.on_event(move |event| heard.hear_pool(event));
        let heard = Rc::clone(&kernel);
        kernel.page.on_request(move |request| match request {
            Ok((request, values)) => heard.hear_page(request, &values),
            Err(why) => heard.page.send(&Reply::Refused {
                error: error_info(
                    "bad-request",
                    &format!("The engine could not read a message of the page ({why})."),
                ),
            }),
        });
    }

    fn hear_page(self: &Rc<Self>, request: Request, values: &Values) {
        match request {
            Request::Open {
                cores,
                local_storage,
                idle_seconds,
            } => {
                self.idle_milliseconds.set(idle_seconds * 1000.0);
                self.open(cores, local_storage);
            }
            Request::Parallel {
                run,
                options,
                at_hand,
            } => self.begin_page_run(run, &options, at_hand, values),
            Request::Items { run, shared, ended } => {
                self.items_arrived(run, values, shared as usize, ended);
            }
            Request::SourceFailed { run } => self.source_failed(RunKey::Page(run), None),
            Request::Cancel { run } => self.cancel(RunKey::Page(run)),
            Request::CancelTask { run, task } => {
                self.tell(RunKey::Page(run), Input::CancelTask(TaskId(task)));
                self.pump(RunKey::Page(run));
            }
            Request::Workers { request } => self.tell_workers(request),
            Request::Resize { cores } => {
                self.resize(NonZeroUsize::new(cores as usize).unwrap_or(NonZeroUsize::MIN));
            }
            Request::EndWorkers => self.end_idle_workers(),
            Request::Memory {
                request,
                location,
                action,
            } => self.ask_memory(request, location, action, values),
            Request::Function {
                function,
                location,
                info,
                rules,
                by_page,
            } => self.know_function(function, location, info, &rules, by_page, values),
            Request::Call {
                request,
                function,
                mode,
                files,
            } => self.call(request, function, mode, &files, values),
            Request::Computed {
                request,
                duration_ms,
                failed,
            } => self.computed(request, duration_ms, failed, values),
            Request::Validated { request, valid } => self.validated(request, valid),
            Request::Mount {
                lab,
                name,
                root,
                example,
                kept,
                fields,
            } => self.mount(lab, name, root, example, kept, fields),
            Request::Lab { lab, event } => self.lab_event(lab, event, values),
            Request::Unmount { lab } => self.unmount(lab),
            Request::LocalStorage { request, answer } => {
                let asker = self.questions.borrow_mut().remove(&request);
                if let Some(asker) = asker {
                    // Whoever asked may have given up.
                    let _ = asker.send(answer);
                }
            }
            Request::Flush => {
                if let Some(memory) = self.memory() {
                    let now = self.clock.now();
                    spawn_local(async move { memory.flush(now).await });
                }
            }
            Request::Ping => self.page.send(&Reply::Pong),
            Request::Close => {
                self.pool.end_all();
                self.threads.end_all();
                let (page, now) = (self.page.clone(), self.clock.now());
                let memory = self.memory();
                spawn_local(async move {
                    if let Some(memory) = memory {
                        memory.flush(now).await;
                    }
                    page.send(&Reply::Closed);
                });
            }
            _ => {}
        }
    }

    fn open(self: &Rc<Self>, cores: u32, local_storage: bool) {
        let cores = NonZeroUsize::new(cores as usize).unwrap_or(NonZeroUsize::MIN);
        self.cores.set(cores);
        let kernel = Rc::clone(self);
        spawn_local(async move {
            let ask = local_storage.then(|| kernel.asker());
            let (store, storage) = open_store(ask).await;
            *kernel.memory.borrow_mut() = Some(Rc::new({
                let locks = Locks::of(&store);
                Memory::new(Rationed::new(store), locks)
            }));
            *kernel.storage.borrow_mut() = Some(storage.clone());
            kernel.timer_resolution_us.set(timer_resolution_us());
            kernel.page.send(&Reply::Ready {
                info: kernel.info(storage),
                tasks: task_infos(),
                event_kinds: events::kind_names(),
                losses: events::loss_names(),
            });
        });
    }

    /// How localStorage is asked: by way of the page.
    fn asker(self: &Rc<Self>) -> Ask {
        let kernel = Rc::clone(self);
        Rc::new(move |question: LocalStorageQuestion| {
            let request = kernel.next_question.get();
            kernel.next_question.set(request + 1);
            let (sender, receiver) = oneshot::channel();
            kernel.questions.borrow_mut().insert(request, sender);
            kernel.page.send(&Reply::LocalStorage { request, question });
            let answer: Pin<Box<dyn Future<Output = LocalStorageAnswer>>> = Box::pin(async move {
                receiver
                    .await
                    .unwrap_or_else(|_| LocalStorageAnswer::Failed {
                        why: "the page did not answer".to_owned(),
                    })
            });
            answer
        })
    }

    fn info(&self, storage: StorageInfo) -> EngineInfo {
        EngineInfo {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            cores: self.cores.get().get() as u32,
            isolated: browser::is_isolated(),
            backends: self.backends(),
            storage,
            timer_resolution_us: self.timer_resolution_us.get(),
        }
    }

    /// The backends, and which of them can be had here.
    pub(crate) fn known_backends(&self) -> Backends {
        let mut backends = Backends::new();
        if let Some(reason) = self.no_threads() {
            let reason = reason.to_owned();
            backends.set_availability("threading", Availability::Missing { reason });
        }
        backends
    }

    /// The ways to run, and whether each can be had here.
    pub(crate) fn backends(&self) -> Vec<BackendInfo> {
        let about = |backend: &BackendProperties| match (&backend.availability, &*backend.name) {
            (Availability::Missing { reason }, _) => (false, reason.clone()),
            (Availability::Here, name) => (true, what_it_is(name).to_owned()),
        };
        let info = |backend: &BackendProperties| {
            let (available, why) = about(backend);
            BackendInfo {
                name: backend.name.clone(),
                available,
                why,
            }
        };
        self.known_backends().iter().map(info).collect()
    }

    pub(crate) fn memory(&self) -> Option<Rc<KernelMemory>> {
        self.memory.borrow().clone()
    }
}

/// A backend that can be had, in a sentence.
fn what_it_is(name: &str) -> &'static str {
    match name {
        "loky" => "Workers with a memory of their own, to which messages are passed.",
        "threading" => "Threads over one memory, which tasks share.",
        "multiprocessing" => "The same as loky: a browser has no processes to fork.",
        _ => "One task after the other, in one worker.",
    }
}

fn task_infos() -> Vec<TaskInfo> {
    tasks::all()
        .iter()
        .map(|task| TaskInfo {
            name: task.name().to_owned(),
            summary: task.summary().to_owned(),
            parameters: task
                .parameters()
                .iter()
                .map(|parameter| ParameterInfo {
                    name: parameter.name.to_owned(),
                    help: parameter.help.to_owned(),
                })
                .collect(),
        })
        .collect()
}

pub(crate) fn error_info(code: &str, message: &str) -> ErrorInfo {
    ErrorInfo {
        code: code.to_owned(),
        message: message.to_owned(),
        task: None,
        position: None,
    }
}
