//! Which worker works for which run, and how long it is kept.

use core::time::Duration;
use std::collections::BTreeMap;
use std::rc::Rc;

use browser::{PoolEvent, TaskFailure, Timer};
use parallel::{Input, Loss, WorkerId};
use protocol::{ErrorInfo, Reply, WorkerInfo};
use values::Digest;

use super::run::failure_info;
use super::{Kernel, RunKey};

/// So many workers in a row may fail to start before a run is told that there are none to be had.
const MOST_FAILED_STARTS: u32 = 3;

/// What is known of the workers.
#[derive(Debug, Default)]
pub(super) struct Workers {
    known: BTreeMap<WorkerId, Worker>,
    /// How many workers failed to start since one did.
    failed_starts: u32,
    /// Ends those that have had no work for long.
    idle: Option<Timer>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Worker {
    pub(super) started: bool,
    run: Option<RunKey>,
    /// Whether it is one of a team of threads.
    is_thread: bool,
    /// What it did before its first task.
    initialized: Option<Digest>,
    /// Whether it is doing that.
    initializing: bool,
    /// How many tasks it has done.
    tasks: u32,
    /// How large its memory is, in bytes, as it last said.
    memory: u64,
    /// Since when it works for nobody, in milliseconds since 1970.
    idle_since: f64,
}

impl Worker {
    /// One of a team of threads that has just been started for this run.
    pub(super) fn thread(run: RunKey) -> Self {
        Self {
            run: Some(run),
            is_thread: true,
            ..Self::default()
        }
    }

    /// Whether it is of the pool, and works for nobody.
    const fn is_free(&self) -> bool {
        self.run.is_none() && !self.is_thread
    }
}

/// A worker that was found for a run.
enum Found {
    /// It can take a batch.
    Ready(WorkerId),
    /// It has started, and must do what the run wants done first.
    ToInitialize(WorkerId),
    /// It will be heard of when it has started.
    Starting,
}

impl Workers {
    pub(super) fn add(&mut self, id: WorkerId, worker: Worker) {
        self.known.insert(id, worker);
    }

    /// The threads that work for a run, or for nobody.
    pub(super) fn threads_of(&self, run: Option<RunKey>) -> impl Iterator<Item = WorkerId> {
        let threads = self.known.iter();
        threads
            .filter(move |(_, worker)| worker.is_thread && worker.run == run)
            .map(|(id, _)| *id)
    }

    /// From now on a worker works for this run.
    pub(super) fn give(&mut self, id: WorkerId, run: RunKey) -> Option<Worker> {
        let worker = self.known.get_mut(&id)?;
        worker.run = Some(run);
        Some(*worker)
    }

    fn of(&self, run: RunKey) -> usize {
        self.known
            .values()
            .filter(|worker| worker.run == Some(run))
            .count()
    }

    /// A worker that works for nobody and has done first what this run wants done first, or nothing yet. One that needs
    /// nothing more comes first. From now on it works for this run.
    fn take_free(&mut self, run: RunKey, wanted: Option<Digest>) -> Option<Found> {
        let free = self.known.iter_mut().filter(|(_, worker)| {
            worker.is_free()
                && (worker.initialized == wanted
                    || worker.initialized.is_none() && worker.tasks == 0)
        });
        let (id, worker) =
            free.max_by_key(|(_, worker)| (worker.initialized == wanted, worker.started))?;
        worker.run = Some(run);
        Some(if !worker.started {
            Found::Starting
        } else if worker.initialized == wanted {
            Found::Ready(*id)
        } else {
            worker.initializing = true;
            Found::ToInitialize(*id)
        })
    }

    /// A worker that works for nobody, whatever it has done.
    fn any_idle(&self) -> Option<WorkerId> {
        let mut idle = self.known.iter().filter(|(_, worker)| worker.is_free());
        idle.next().map(|(id, _)| *id)
    }
}

impl Kernel {
    /// Gives a run as many workers as it can use, those that there are first.
    pub(super) fn provide_workers(self: &Rc<Self>, key: RunKey) {
        loop {
            let (wanted, first) = match self.runs.borrow().get(&key) {
                Some(run) if !run.ended => (
                    run.workers_wanted(),
                    run.initializer.as_ref().map(|first| first.digest),
                ),
                _ => return,
            };
            if wanted > 0 && self.runs_on_threads(key) {
                self.provide_team(key);
                return;
            }
            if self.workers.borrow().of(key) >= wanted {
                return;
            }
            let found = self.workers.borrow_mut().take_free(key, first);
            match found {
                Some(Found::Ready(worker)) => self.tell(key, Input::WorkerReady(worker)),
                Some(Found::ToInitialize(worker)) => self.initialize(key, worker),
                Some(Found::Starting) => {}
                None => {
                    // Those that are left have done something else first: new ones take their place.
                    let other = self.workers.borrow().any_idle();
                    if let Some(other) = other {
                        self.end_worker(other);
                    }
                    self.start_worker(Some(key));
                }
            }
        }
    }

    /// Has a worker do what its run wants done first.
    fn initialize(&self, key: RunKey, worker: WorkerId) {
        let first = match self.runs.borrow().get(&key) {
            Some(run) => run.initializer.clone(),
            None => return,
        };
        if let Some(first) = first {
            let arguments = super::runs::duplicate(&first.arguments);
            self.pool.initialize(worker, &first.task, arguments);
        }
    }

    /// Starts as many workers as there are cores, so that they are ready when a run begins that is about to.
    pub(super) fn warm_up(self: &Rc<Self>) {
        let known = {
            let workers = self.workers.borrow();
            let pool = workers.known.values().filter(|worker| !worker.is_thread);
            pool.count()
        };
        for _ in known..self.cores.get().get() {
            self.start_worker(None);
        }
        self.watch_idle();
    }

    fn start_worker(&self, run: Option<RunKey>) {
        let id = self.pool.start();
        let worker = Worker {
            run,
            idle_since: self.clock.now(),
            ..Worker::default()
        };
        self.workers.borrow_mut().known.insert(id, worker);
    }

    /// Ends all workers that work for nobody.
    pub(super) fn end_idle_workers(&self) {
        self.end_workers_where(|_| true);
    }

    fn end_workers_where(&self, is_due: impl Fn(&Worker) -> bool) {
        let due: Vec<_> = {
            let workers = self.workers.borrow();
            let due = workers
                .known
                .iter()
                .filter(|(_, worker)| worker.run.is_none() && is_due(worker));
            due.map(|(id, _)| *id).collect()
        };
        for worker in due {
            self.end_worker(worker);
        }
    }

    pub(super) fn end_worker(&self, worker: WorkerId) {
        if !self.threads.end(worker) {
            self.pool.end(worker);
        }
        self.workers.borrow_mut().known.remove(&worker);
    }

    /// From now on there are so many cores; workers without work beyond that are ended.
    pub(super) fn resize(&self, cores: core::num::NonZeroUsize) {
        self.cores.set(cores);
        self.end_surplus();
    }

    /// The run needs its workers no more. They are kept warm for the next one, as many as there are cores.
    pub(super) fn release_workers(self: &Rc<Self>, key: RunKey) {
        let now = self.clock.now();
        let mut unfit = Vec::new();
        for (id, worker) in &mut self.workers.borrow_mut().known {
            if worker.run == Some(key) {
                worker.run = None;
                worker.idle_since = now;
                // What it does first was for a run that is over, and nobody will wait for it.
                if worker.initializing {
                    unfit.push(*id);
                }
            }
        }
        for worker in unfit {
            self.end_worker(worker);
        }
        self.end_surplus();
        self.watch_idle();
    }

    fn end_surplus(&self) {
        let surplus: Vec<_> = {
            let workers = self.workers.borrow();
            let idle = workers.known.iter().filter(|(_, worker)| worker.is_free());
            idle.skip(self.cores.get().get())
                .map(|(id, _)| *id)
                .collect()
        };
        for worker in surplus {
            self.end_worker(worker);
        }
    }

    /// Ends workers that have had no work for as long as they are kept.
    fn watch_idle(self: &Rc<Self>) {
        let keep = self.idle_milliseconds.get();
        if !keep.is_finite() {
            return;
        }
        let now = self.clock.now();
        // A timer that comes a little early would only mean a second one.
        self.end_workers_where(|worker| now - worker.idle_since >= keep - 1.0);
        let next = {
            let workers = self.workers.borrow();
            let idle = workers.known.values().filter(|worker| worker.run.is_none());
            idle.map(|worker| worker.idle_since + keep)
                .min_by(f64::total_cmp)
        };
        let timer = next.map(|next| {
            let kernel = Rc::clone(self);
            let wait = Duration::from_secs_f64((next - now).max(0.0) / 1000.0);
            Timer::after(wait, move || kernel.watch_idle())
        });
        self.workers.borrow_mut().idle = timer;
    }

    /// Replaces a worker that has just ended a batch, if the run wants that by now.
    pub(super) fn recycle(self: &Rc<Self>, key: RunKey, id: WorkerId) {
        let Some(worker) = self.workers.borrow().known.get(&id).copied() else {
            return;
        };
        if worker.is_thread {
            return;
        }
        let is_due = match self.runs.borrow().get(&key) {
            Some(run) => {
                run.recycling.tasks.is_some_and(|most| worker.tasks >= most)
                    || run.recycling.bytes.is_some_and(|most| worker.memory > most)
            }
            None => false,
        };
        if is_due {
            self.end_worker(id);
            let loss = Loss::Recycled;
            self.tell(key, Input::WorkerLost { worker: id, loss });
            self.provide_workers(key);
        }
    }

    /// Tells the page what is known of the workers.
    pub(super) fn tell_workers(&self, request: u32) {
        let workers = self.workers.borrow();
        let info = |(id, worker): (&WorkerId, &Worker)| WorkerInfo {
            worker: id.0,
            state: match worker {
                Worker { started: false, .. } => "starting",
                Worker { run: Some(_), .. } => "busy",
                _ => "idle",
            }
            .to_owned(),
            tasks: worker.tasks,
            memory_bytes: worker.memory as f64,
        };
        self.page.send(&Reply::Workers {
            request,
            workers: workers.known.iter().map(info).collect(),
            kernel_bytes: browser::memory_bytes() as f64,
        });
    }

    pub(super) fn hear_pool(self: &Rc<Self>, event: PoolEvent) {
        match event {
            PoolEvent::Ready(id) => self.started(id),
            PoolEvent::Initialized { worker, result } => self.initialized(worker, result),
            PoolEvent::Reports {
                worker: id,
                batch,
                reports,
                ended,
                memory,
            } => {
                let run = match self.workers.borrow_mut().known.get_mut(&id) {
                    Some(worker) => {
                        worker.tasks += reports.len() as u32;
                        worker.memory = memory;
                        worker.run
                    }
                    None => None,
                };
                if let Some(key) = run {
                    self.reported(key, id, batch, reports, ended);
                }
            }
            PoolEvent::Lost {
                worker,
                loss,
                message,
            } => self.lost(worker, loss, &message),
        }
    }

    fn started(self: &Rc<Self>, id: WorkerId) {
        let run = {
            let mut workers = self.workers.borrow_mut();
            workers.failed_starts = 0;
            let Some(worker) = workers.known.get_mut(&id) else {
                return;
            };
            worker.started = true;
            worker.run
        };
        let Some(key) = run else { return };
        let has_first = match self.runs.borrow().get(&key) {
            Some(run) => run.initializer.is_some(),
            None => return,
        };
        if has_first {
            if let Some(worker) = self.workers.borrow_mut().known.get_mut(&id) {
                worker.initializing = true;
            }
            self.initialize(key, id);
        } else {
            self.tell(key, Input::WorkerReady(id));
            self.pump(key);
        }
    }

    /// A worker has done what comes first. Where that failed no task can be run as it was meant to: the run fails.
    fn initialized(self: &Rc<Self>, id: WorkerId, result: Result<(), TaskFailure>) {
        let run = match self.workers.borrow_mut().known.get_mut(&id) {
            Some(worker) => {
                worker.initializing = false;
                worker.run
            }
            None => None,
        };
        let Some(key) = run else { return };
        let first = match self.runs.borrow().get(&key) {
            Some(run) => run.initializer.as_ref().map(|first| first.digest),
            None => None,
        };
        match result {
            Ok(()) => {
                if let Some(worker) = self.workers.borrow_mut().known.get_mut(&id) {
                    worker.initialized = first;
                }
                self.tell(key, Input::WorkerReady(id));
            }
            Err(failure) => {
                let cause = failure_info(failure, None);
                if let Some(run) = self.runs.borrow_mut().get_mut(&key) {
                    run.source_error = Some(ErrorInfo {
                        code: "initializer-failed".to_owned(),
                        message: format!("The initializer failed: {}", cause.message),
                        ..cause
                    });
                }
                self.end_worker(id);
                self.tell(key, Input::NoWorkers { loss: Loss::Threw });
            }
        }
        self.pump(key);
    }

    fn lost(self: &Rc<Self>, id: WorkerId, loss: Loss, message: &str) {
        let Some(worker) = self.workers.borrow_mut().known.remove(&id) else {
            return;
        };
        let Some(key) = worker.run else { return };
        // It never did a task for this run: what happened is not the fault of one.
        let never_ready = !worker.started || worker.initializing;
        if let Some(run) = self.runs.borrow_mut().get_mut(&key) {
            // What the loss of another was told with is what matters.
            if loss != Loss::Collateral {
                run.note_loss(message);
            }
            if never_ready {
                run.note_failed_start(id, loss, &self.clock);
            }
        }
        if never_ready {
            let none_to_be_had = {
                let mut workers = self.workers.borrow_mut();
                workers.failed_starts += 1;
                let any_started = workers
                    .known
                    .values()
                    .any(|other| other.started && !other.initializing && other.run == Some(key));
                workers.failed_starts >= MOST_FAILED_STARTS && !any_started
            };
            if none_to_be_had {
                self.workers.borrow_mut().failed_starts = 0;
                self.tell(key, Input::NoWorkers { loss });
            }
        } else {
            self.tell(key, Input::WorkerLost { worker: id, loss });
        }
        self.provide_workers(key);
        self.pump(key);
    }
}
