//! Teams of threads: workers with one memory between them, under a coordinator, and what comes back from them.
//!
//! A team is to the kernel so many workers with numbers of their own, each of which takes a batch at a time, as those of the
//! [`Pool`](crate::Pool) do. But they live and die together: threads cannot be ended one by one, and a trap leaves the
//! memory that all share in an unknown state. So to end one is to end its team, and when one is lost all are.
//!
//! **Boundary:** as with the pool, every worker of a team that was started either answers, or is reported as lost with the
//! reason. Where it is known who brought that about, the others are lost as [`Loss::Collateral`].

pub(crate) mod message;
#[cfg(feature = "threads")]
pub(crate) mod team_side;

use core::cell::{Cell, RefCell};
use core::num::NonZeroUsize;
use core::time::Duration;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::rc::Rc;

use js_sys::{Array, Object, Reflect};
use parallel::{BatchId, Loss, WorkerId};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use self::message::{FromTeam, ToTeam};
use crate::pool::message::{Batch, Call, ToWorker, decode, encode, put_parcel};
use crate::pool::{Handler, event_of, message_of, random_name, when_free};
use crate::{Job, Outer, PoolEvent, Timer};

/// A team that has not started within this time is given up: the module is loaded, and each thread.
const HANDSHAKE: Duration = Duration::from_secs(20);

/// Teams of threads.
#[derive(Clone)]
pub struct Threads(Rc<Inner>);

struct Inner {
    script: String,
    /// The compiled module, which the first team that works gives back.
    module: RefCell<JsValue>,
    /// Makes the names of the locks unique to these teams.
    prefix: String,
    handler: RefCell<Option<Handler>>,
    teams: RefCell<BTreeMap<u32, Team>>,
    next: Cell<u32>,
    /// Who is lost and not told of yet.
    lost: RefCell<VecDeque<(WorkerId, Loss, String)>>,
}

struct Team {
    coordinator: Worker,
    workers: Vec<WorkerId>,
    last_words: Option<String>,
    /// The shared buffers that it has.
    keeps: HashSet<u64>,
    handshake: Option<Timer>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl core::fmt::Debug for Threads {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Threads")
            .field("teams", &self.0.teams.borrow().len())
            .finish()
    }
}

impl Threads {
    /// No team yet; they will be started from this script.
    pub fn new(script: String) -> Self {
        Self(Rc::new(Inner {
            script,
            module: RefCell::new(JsValue::NULL),
            prefix: random_name(),
            handler: RefCell::new(None),
            teams: RefCell::default(),
            next: Cell::new(0),
            lost: RefCell::default(),
        }))
    }

    /// Calls `handle` with everything that is heard, from now on.
    pub fn on_event(&self, handle: impl Fn(PoolEvent) + 'static) {
        *self.0.handler.borrow_mut() = Some(Rc::new(handle));
    }

    /// Starts a team of so many threads; `number` gives each a number. Each is heard of again: as ready, or as lost.
    pub fn start(
        &self,
        threads: NonZeroUsize,
        mut number: impl FnMut() -> WorkerId,
    ) -> Vec<WorkerId> {
        let workers: Vec<_> = (0..threads.get()).map(|_| number()).collect();
        if let Err(thrown) = self.try_start(workers.clone()) {
            let message = crate::describe::describe(&thrown);
            self.mourn(&workers, None, Loss::LoadFailed, &message);
            // Not from within this call: the caller does not know the numbers yet.
            self.tell_losses_soon();
        }
        workers
    }

    fn try_start(&self, workers: Vec<WorkerId>) -> Result<(), JsValue> {
        let id = self.0.next.get();
        self.0.next.set(id + 1);
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(&format!("joblet threads {id}"));
        let coordinator = Worker::new_with_options(&self.0.script, &options)?;
        let threads = self.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            threads.hear(id, event.data());
        });
        coordinator.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let threads = self.clone();
        let on_error = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            event.prevent_default();
            threads.failed(id, &message_of(&event));
        });
        coordinator.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let threads = self.clone();
        let handshake = Timer::after(HANDSHAKE, move || {
            let seconds = HANDSHAKE.as_secs();
            let message = format!("The threads did not start within {seconds} s.");
            threads.lose(id, None, Loss::HandshakeTimeout, &message);
        });
        let start = Object::new();
        Reflect::set(&start, &"role".into(), &"team".into())?;
        Reflect::set(&start, &"threads".into(), &(workers.len() as u32).into())?;
        Reflect::set(&start, &"module".into(), &self.0.module.borrow())?;
        Reflect::set(&start, &"lock".into(), &self.lock_name(id).into())?;
        coordinator.post_message(&start)?;
        self.0.teams.borrow_mut().insert(
            id,
            Team {
                coordinator,
                workers,
                last_words: None,
                keeps: HashSet::new(),
                handshake: Some(handshake),
                _on_message: on_message,
                _on_error: on_error,
            },
        );
        Ok(())
    }

    /// Those of the same team, if this one is of a team that was neither lost nor ended.
    pub fn team_of(&self, worker: WorkerId) -> Option<Vec<WorkerId>> {
        let (id, _) = self.find(worker)?;
        Some(self.0.teams.borrow().get(&id)?.workers.clone())
    }

    /// The team that this worker is of, and which of it.
    fn find(&self, worker: WorkerId) -> Option<(u32, u32)> {
        let teams = self.0.teams.borrow();
        teams.iter().find_map(|(id, team)| {
            let slot = team.workers.iter().position(|other| *other == worker)?;
            Some((*id, slot as u32))
        })
    }

    /// Sends a batch to a worker of a team. The buffers of the arguments are handed over and not copied.
    pub fn send(
        &self,
        worker: WorkerId,
        batch: BatchId,
        task: &str,
        outer: &Outer,
        jobs: Vec<Job>,
    ) {
        let Some((id, slot)) = self.find(worker) else {
            return;
        };
        self.post(id, slot, |keeps, buffers, transfer| {
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

    /// Tells the teams that these shared buffers will not be sent again.
    pub fn forget(&self, numbers: &[u64]) {
        let known: Vec<_> = {
            let mut teams = self.0.teams.borrow_mut();
            let known = teams.iter_mut().map(|(id, team)| {
                let numbers = numbers.iter().copied();
                let known = numbers.filter(|number| team.keeps.remove(number));
                (*id, known.collect::<Vec<_>>())
            });
            known.collect()
        };
        for (id, known) in known {
            if !known.is_empty() {
                self.post(id, 0, |_, _, _| ToWorker::Forget(known));
            }
        }
    }

    /// Says something to one of a team. `make` is given the shared buffers that the team has, the buffers that travel beside
    /// the message, and those of them that are handed over.
    fn post(
        &self,
        id: u32,
        slot: u32,
        make: impl FnOnce(&mut HashSet<u64>, &Array, &Array) -> ToWorker,
    ) {
        let failed = {
            let mut teams = self.0.teams.borrow_mut();
            let Some(team) = teams.get_mut(&id) else {
                return;
            };
            let (buffers, transfer) = (Array::new(), Array::new());
            let told = make(&mut team.keeps, &buffers, &transfer);
            let message = encode(&ToTeam { slot, told }, &buffers, &transfer);
            team.coordinator
                .post_message_with_transfer(&message, &transfer)
                .err()
        };
        if let Some(thrown) = failed {
            let (threads, message) = (self.clone(), crate::describe::describe(&thrown));
            wasm_bindgen_futures::spawn_local(async move {
                threads.lose(id, Some(slot), Loss::Threw, &message);
            });
        }
    }

    /// Ends a worker at once, whatever it does, and with it its team. Nothing more is heard of this one; the others are
    /// reported as lost. Gives `false` if it is of no team, and was not.
    pub fn end(&self, worker: WorkerId) -> bool {
        let waiting = self.0.lost.borrow().len();
        self.0
            .lost
            .borrow_mut()
            .retain(|(lost, ..)| *lost != worker);
        let Some((id, slot)) = self.find(worker) else {
            return self.0.lost.borrow().len() < waiting;
        };
        let workers = self.dissolve(id);
        let others: Vec<_> = workers
            .into_iter()
            .filter(|other| *other != worker)
            .collect();
        let message = format!("Thread {slot} of its team was ended, and so all of them.");
        self.mourn(&others, None, Loss::Collateral, &message);
        self.tell_losses_soon();
        true
    }

    /// Ends all teams. Nothing more is heard of them.
    pub fn end_all(&self) {
        let all: Vec<_> = self.0.teams.borrow().keys().copied().collect();
        for id in all {
            self.dissolve(id);
        }
        self.0.lost.borrow_mut().clear();
    }

    fn hear(&self, id: u32, data: JsValue) {
        if !data.is_instance_of::<Array>() {
            self.hear_team(id, &data);
            return;
        }
        let Some((FromTeam(told), buffers)) = decode::<FromTeam>(data) else {
            let message = "The threads said something that is no message.";
            self.lose(id, None, Loss::Threw, message);
            return;
        };
        let mut buffers = buffers.into_iter();
        for (slot, said) in told {
            // What was told before may have led to the end of the team.
            let Some(worker) = self.worker(id, slot) else {
                return;
            };
            if let Some(event) = event_of(worker, said, &mut buffers) {
                self.tell(event);
            }
        }
    }

    /// Who that is, if the team was neither lost nor ended.
    fn worker(&self, id: u32, slot: u32) -> Option<WorkerId> {
        let teams = self.0.teams.borrow();
        teams.get(&id)?.workers.get(slot as usize).copied()
    }

    /// What is said of the team as a whole; see www/threads-worker.ts.
    fn hear_team(&self, id: u32, said: &JsValue) {
        let get = |name: &str| Reflect::get(said, &name.into()).unwrap_or_default();
        if let Some(reason) = get("panicked").as_string() {
            if let Some(team) = self.0.teams.borrow_mut().get_mut(&id) {
                team.last_words = Some(reason);
            }
            return;
        }
        let module = get("module");
        if !module.is_undefined() {
            *self.0.module.borrow_mut() = module;
            self.ready(id);
            return;
        }
        let loss = match get("loss").as_string().as_deref() {
            Some("ended") => Loss::Ended,
            _ => Loss::Trapped,
        };
        let slot = get("slot").as_f64().map(|slot| slot as u32);
        let message = get("message").as_string().unwrap_or_default();
        let words = self.last_words(id);
        if self.is_starting(id) {
            self.lose(id, None, Loss::LoadFailed, &message);
        } else {
            self.lose(id, slot, loss, &words.unwrap_or(message));
        }
    }

    fn ready(&self, id: u32) {
        let workers = match self.0.teams.borrow_mut().get_mut(&id) {
            Some(team) => {
                team.handshake = None;
                team.workers.clone()
            }
            None => return,
        };
        self.watch(id);
        for worker in workers {
            if self.0.teams.borrow().contains_key(&id) {
                self.tell(PoolEvent::Ready(worker));
            }
        }
    }

    /// Waits for the lock that the coordinator holds: it is granted when it is gone.
    fn watch(&self, id: u32) {
        let threads = self.clone();
        when_free(&self.lock_name(id), move || {
            threads.lose(id, None, Loss::Ended, "The threads ended without a word.");
        });
    }

    /// An error that nobody in the coordinator caught.
    fn failed(&self, id: u32, message: &str) {
        let starting = self.is_starting(id);
        let loss = match self.last_words(id) {
            Some(words) => return self.lose(id, None, Loss::Trapped, &words),
            None if starting => Loss::LoadFailed,
            None => Loss::Threw,
        };
        self.lose(id, None, loss, message);
    }

    fn is_starting(&self, id: u32) -> bool {
        let teams = self.0.teams.borrow();
        teams.get(&id).is_some_and(|team| team.handshake.is_some())
    }

    fn last_words(&self, id: u32) -> Option<String> {
        self.0.teams.borrow_mut().get_mut(&id)?.last_words.take()
    }

    fn lock_name(&self, id: u32) -> String {
        format!("joblet-threads-{}-{id}", self.0.prefix)
    }

    /// A team is gone, by the doing of one of it or of nobody known: then none can be called innocent.
    fn lose(&self, id: u32, slot: Option<u32>, loss: Loss, message: &str) {
        let workers = self.dissolve(id);
        if !workers.is_empty() {
            self.mourn(&workers, slot, loss, message);
            self.tell_losses();
        }
    }

    /// Ends a team's workers; who they were, if they were not ended before.
    fn dissolve(&self, id: u32) -> Vec<WorkerId> {
        // Out of the map first: a team's closures may be running while it is dropped.
        let Some(team) = self.0.teams.borrow_mut().remove(&id) else {
            return Vec::new();
        };
        crate::hush::end(&team.coordinator);
        let workers = team.workers.clone();
        wasm_bindgen_futures::spawn_local(async move { drop(team) });
        workers
    }

    /// Notes who is lost: who brought it about first.
    fn mourn(&self, workers: &[WorkerId], slot: Option<u32>, loss: Loss, message: &str) {
        let culprit = slot.and_then(|slot| workers.get(slot as usize)).copied();
        let mut mourned = self.0.lost.borrow_mut();
        if let Some(culprit) = culprit {
            mourned.push_back((culprit, loss, message.to_owned()));
        }
        for worker in workers.iter().filter(|worker| Some(**worker) != culprit) {
            let loss = if culprit.is_some() {
                Loss::Collateral
            } else {
                loss
            };
            mourned.push_back((*worker, loss, message.to_owned()));
        }
    }

    fn tell_losses_soon(&self) {
        let threads = self.clone();
        wasm_bindgen_futures::spawn_local(async move { threads.tell_losses() });
    }

    fn tell_losses(&self) {
        loop {
            let next = self.0.lost.borrow_mut().pop_front();
            let Some((worker, loss, message)) = next else {
                return;
            };
            self.tell(PoolEvent::Lost {
                worker,
                loss,
                message,
            });
        }
    }

    fn tell(&self, event: PoolEvent) {
        let handler = self.0.handler.borrow().clone();
        if let Some(handler) = handler {
            handler(event);
        }
    }
}
