//! The pool: workers that are copies of this module, and what comes back from them.
//!
//! **Boundary:** every worker that was started either answers, or is reported as lost with the reason: a script that
//! cannot be loaded, a handshake that does not come in time, an error that was thrown, a trap, or an end without a word.
//! The last is noticed by a lock that the worker holds as long as it lives (Web Locks); where there are no locks, it is
//! not noticed. After a worker was reported as lost, or was ended, nothing more is heard of it.

pub(crate) mod message;
pub(crate) mod worker_side;

use core::cell::{Cell, RefCell};
use core::time::Duration;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use js_sys::{Array, Object, Promise, Reflect};
use parallel::{BatchId, Loss, TaskId, WorkerId};
use values::Parcel;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use self::message::{
    Batch, Call, FromWorker, TaskFailure, TaskReport, ToWorker, decode, encode, put_parcel,
    take_parcel,
};
use crate::{JsBuffer, Outer, Timer};

/// A worker whose engine does not start within this time is given up.
const HANDSHAKE: Duration = Duration::from_secs(10);

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["navigator", "locks"], js_name = request, catch)]
    fn request_lock(name: &str, granted: &js_sys::Function) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = crypto, js_name = randomUUID, catch)]
    fn random_uuid() -> Result<String, JsValue>;
}

/// What is heard of the workers.
#[derive(Debug)]
pub enum PoolEvent {
    /// This one has started and can take a batch.
    Ready(WorkerId),
    /// Tasks of a batch are done.
    Reports {
        /// Who did them.
        worker: WorkerId,
        /// Of which batch they are.
        batch: BatchId,
        /// What became of each.
        reports: Vec<TaskReport>,
        /// Whether these are the last of the batch.
        ended: bool,
        /// How large the worker's memory is, in bytes.
        memory: u64,
    },
    /// The task that comes before all others is done, or has failed.
    Initialized {
        /// Who did it.
        worker: WorkerId,
        /// Whether it went well.
        result: Result<(), TaskFailure>,
    },
    /// This one is gone.
    Lost {
        /// Who.
        worker: WorkerId,
        /// Why.
        loss: Loss,
        /// In words.
        message: String,
    },
}

/// One task of a batch: its number and its arguments.
#[derive(Clone, Debug)]
pub struct Job {
    /// The task's number.
    pub number: TaskId,
    /// Its arguments; their buffers are handed over.
    pub arguments: Parcel<JsBuffer>,
}

pub(crate) type Handler = Rc<dyn Fn(PoolEvent)>;

/// Workers that are copies of this module.
#[derive(Clone)]
pub struct Pool(Rc<Inner>);

struct Inner {
    script: String,
    module: JsValue,
    /// Makes the names of the locks unique to this pool.
    prefix: String,
    handler: RefCell<Option<Handler>>,
    members: RefCell<BTreeMap<WorkerId, Member>>,
    next: Cell<u32>,
}

struct Member {
    worker: Worker,
    last_words: Option<String>,
    /// The shared buffers that it has.
    keeps: HashSet<u64>,
    handshake: Option<Timer>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl core::fmt::Debug for Pool {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Pool")
            .field("workers", &self.0.members.borrow().len())
            .finish()
    }
}

/// What a worker says of its tasks.
pub(crate) fn event_of(
    worker: WorkerId,
    said: FromWorker,
    buffers: &mut std::vec::IntoIter<JsBuffer>,
) -> Option<PoolEvent> {
    match said {
        FromWorker::Reports {
            batch,
            reports,
            ended,
            memory,
        } => {
            let mut none = HashMap::new();
            let reports = reports
                .into_iter()
                .map(|report| TaskReport {
                    number: report.number,
                    started: report.started,
                    ended: report.ended,
                    result: report
                        .result
                        .map(|packed| take_parcel(packed, buffers, &mut none)),
                })
                .collect();
            Some(PoolEvent::Reports {
                worker,
                batch: BatchId(batch),
                reports,
                ended,
                memory,
            })
        }
        FromWorker::Initialized(result) => Some(PoolEvent::Initialized { worker, result }),
        FromWorker::Ready | FromWorker::Panicked(_) => None,
    }
}

/// A name that nobody else has.
pub(crate) fn random_name() -> String {
    random_uuid().unwrap_or_else(|_| js_sys::Math::random().to_string())
}

/// Calls `then` when whoever holds this lock is gone. Without locks it is never called.
pub(crate) fn when_free(lock: &str, then: impl FnOnce() + 'static) {
    let granted = Closure::once_into_js(then);
    let _ = request_lock(lock, granted.unchecked_ref()).map(|promise| {
        wasm_bindgen_futures::spawn_local(async move {
            let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
        });
    });
}

/// What an error event says. That of a script that could not be loaded is a plain event, and says nothing.
pub(crate) fn message_of(event: &Event) -> String {
    Reflect::get(event, &"message".into())
        .ok()
        .and_then(|message| message.as_string())
        .unwrap_or_else(|| "Its script could not be loaded.".to_owned())
}

impl Pool {
    /// A pool without workers, that will start them from this script and give each the compiled engine.
    pub fn new(script: String, module: JsValue) -> Self {
        let prefix = random_name();
        Self(Rc::new(Inner {
            script,
            module,
            prefix,
            handler: RefCell::new(None),
            members: RefCell::default(),
            next: Cell::new(0),
        }))
    }

    /// Calls `handle` with everything that is heard, from now on.
    pub fn on_event(&self, handle: impl Fn(PoolEvent) + 'static) {
        *self.0.handler.borrow_mut() = Some(Rc::new(handle));
    }

    /// A number that no worker has had before.
    pub fn number(&self) -> WorkerId {
        let id = WorkerId(self.0.next.get());
        self.0.next.set(id.0 + 1);
        id
    }

    /// Starts a worker. It is heard of again: as ready, or as lost.
    pub fn start(&self) -> WorkerId {
        let id = self.number();
        if let Err(thrown) = self.try_start(id) {
            // Not from within this call: the caller does not know the number yet.
            let (pool, message) = (self.clone(), crate::describe::describe(&thrown));
            wasm_bindgen_futures::spawn_local(async move {
                pool.tell(PoolEvent::Lost {
                    worker: id,
                    loss: Loss::LoadFailed,
                    message,
                });
            });
        }
        id
    }

    fn try_start(&self, id: WorkerId) -> Result<(), JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(&format!("joblet worker {}", id.0));
        let worker = Worker::new_with_options(&self.0.script, &options)?;
        let pool = self.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            pool.hear(id, event.data());
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let pool = self.clone();
        let on_error = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            event.prevent_default();
            pool.failed(id, message_of(&event));
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let pool = self.clone();
        let handshake = Timer::after(HANDSHAKE, move || {
            let message = format!("The worker did not start within {} s.", HANDSHAKE.as_secs());
            pool.lose(id, Loss::HandshakeTimeout, message);
        });
        let start = Object::new();
        Reflect::set(&start, &"role".into(), &"pool".into())?;
        Reflect::set(&start, &"module".into(), &self.0.module)?;
        Reflect::set(&start, &"lock".into(), &self.lock_name(id).into())?;
        worker.post_message(&start)?;
        self.0.members.borrow_mut().insert(
            id,
            Member {
                worker,
                last_words: None,
                keeps: HashSet::new(),
                handshake: Some(handshake),
                _on_message: on_message,
                _on_error: on_error,
            },
        );
        Ok(())
    }

    /// Sends a batch to a worker, of this call. The buffers of the arguments are handed over and not copied.
    pub fn send(
        &self,
        worker: WorkerId,
        batch: BatchId,
        task: &str,
        outer: &Outer,
        jobs: Vec<Job>,
    ) {
        self.post(worker, |keeps, buffers, transfer| {
            let call = |job: Job| Call {
                number: job.number.0,
                arguments: put_parcel(job.arguments, buffers, transfer, keeps),
            };
            ToWorker::Batch(Batch {
                number: batch.0,
                task: task.to_owned(),
                outer: outer.clone(),
                calls: jobs.into_iter().map(call).collect(),
            })
        });
    }

    /// Has a worker run a task before all others. It is heard of again: as initialized, or as lost.
    pub fn initialize(&self, worker: WorkerId, task: &str, arguments: Parcel<JsBuffer>) {
        self.post(worker, |keeps, buffers, transfer| ToWorker::Initialize {
            task: task.to_owned(),
            arguments: put_parcel(arguments, buffers, transfer, keeps),
        });
    }

    /// Tells the workers that these shared buffers will not be sent again.
    pub fn forget(&self, numbers: &[u64]) {
        let all: Vec<_> = self.0.members.borrow().keys().copied().collect();
        for worker in all {
            let known = match self.0.members.borrow_mut().get_mut(&worker) {
                Some(member) => numbers
                    .iter()
                    .copied()
                    .filter(|number| member.keeps.remove(number))
                    .collect::<Vec<_>>(),
                None => continue,
            };
            if !known.is_empty() {
                self.post(worker, |_, _, _| ToWorker::Forget(known));
            }
        }
    }

    /// Says something to a worker. `make` is given the shared buffers that it has, the buffers that travel beside the
    /// message, and those of them that are handed over.
    fn post(
        &self,
        worker: WorkerId,
        make: impl FnOnce(&mut HashSet<u64>, &Array, &Array) -> ToWorker,
    ) {
        let failed = {
            let mut members = self.0.members.borrow_mut();
            let Some(member) = members.get_mut(&worker) else {
                return;
            };
            let (buffers, transfer) = (Array::new(), Array::new());
            let message = make(&mut member.keeps, &buffers, &transfer);
            let message = encode(&message, &buffers, &transfer);
            member
                .worker
                .post_message_with_transfer(&message, &transfer)
                .err()
        };
        if let Some(thrown) = failed {
            let (pool, message) = (self.clone(), crate::describe::describe(&thrown));
            wasm_bindgen_futures::spawn_local(
                async move { pool.lose(worker, Loss::Threw, message) },
            );
        }
    }

    /// Ends a worker at once, whatever it does. Nothing more is heard of it.
    pub fn end(&self, worker: WorkerId) {
        // Out of the map first: a member's closures may be running while it is dropped.
        let member = self.0.members.borrow_mut().remove(&worker);
        if let Some(member) = member {
            crate::hush::end(&member.worker);
            wasm_bindgen_futures::spawn_local(async move { drop(member) });
        }
    }

    /// Ends all workers.
    pub fn end_all(&self) {
        let all: Vec<_> = self.0.members.borrow().keys().copied().collect();
        for worker in all {
            self.end(worker);
        }
    }

    fn hear(&self, id: WorkerId, data: JsValue) {
        let Some((message, buffers)) = decode::<FromWorker>(data) else {
            self.lose(
                id,
                Loss::Threw,
                "The worker said something that is no message.".to_owned(),
            );
            return;
        };
        match message {
            FromWorker::Ready => {
                if let Some(member) = self.0.members.borrow_mut().get_mut(&id) {
                    member.handshake = None;
                }
                self.watch(id);
                self.tell_if_member(id, PoolEvent::Ready(id));
            }
            FromWorker::Panicked(reason) => {
                if let Some(member) = self.0.members.borrow_mut().get_mut(&id) {
                    member.last_words = Some(reason);
                }
            }
            said => {
                if let Some(event) = event_of(id, said, &mut buffers.into_iter()) {
                    self.tell_if_member(id, event);
                }
            }
        }
    }

    /// An error that nobody in the worker caught: it could not be loaded, it threw, or its engine trapped.
    fn failed(&self, id: WorkerId, message: String) {
        let (started, last_words) = {
            let mut members = self.0.members.borrow_mut();
            let Some(member) = members.get_mut(&id) else {
                return;
            };
            (member.handshake.is_none(), member.last_words.take())
        };
        let loss = match (&last_words, started) {
            (Some(_), _) => Loss::Trapped,
            (None, true) if message.contains("RuntimeError") || message.contains("unreachable") => {
                Loss::Trapped
            }
            (None, true) => Loss::Threw,
            (None, false) => Loss::LoadFailed,
        };
        self.lose(id, loss, last_words.unwrap_or(message));
    }

    /// Waits for the lock that the worker holds: it is granted when the worker is gone.
    fn watch(&self, id: WorkerId) {
        let pool = self.clone();
        when_free(&self.lock_name(id), move || {
            pool.lose(
                id,
                Loss::Ended,
                "The worker ended without a word.".to_owned(),
            );
        });
    }

    fn lock_name(&self, id: WorkerId) -> String {
        format!("joblet-{}-{}", self.0.prefix, id.0)
    }

    fn lose(&self, id: WorkerId, loss: Loss, message: String) {
        if !self.0.members.borrow().contains_key(&id) {
            return;
        }
        self.end(id);
        self.tell(PoolEvent::Lost {
            worker: id,
            loss,
            message,
        });
    }

    fn tell_if_member(&self, id: WorkerId, event: PoolEvent) {
        if self.0.members.borrow().contains_key(&id) {
            self.tell(event);
        }
    }

    fn tell(&self, event: PoolEvent) {
        let handler = self.0.handler.borrow().clone();
        if let Some(handler) = handler {
            handler(event);
        }
    }
}
