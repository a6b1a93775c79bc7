//! Which worker works for which run.

use std::collections::BTreeMap;
use std::rc::Rc;

use browser::PoolEvent;
use parallel::{Input, Loss, WorkerId};

use super::{Kernel, RunKey};

/// So many workers in a row may fail to start before a run is told that there are none to be had.
const MOST_FAILED_STARTS: u32 = 3;

/// What is known of the workers.
#[derive(Debug, Default)]
pub(super) struct Workers {
    known: BTreeMap<WorkerId, Worker>,
    /// How many workers failed to start since one did.
    failed_starts: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Worker {
    pub(super) started: bool,
    run: Option<RunKey>,
    /// Whether it is one of a team of threads.
    is_thread: bool,
}

impl Worker {
    /// One of a team of threads that has just been started for this run.
    pub(super) fn thread(run: RunKey) -> Self {
        Self {
            started: false,
            run: Some(run),
            is_thread: true,
        }
    }
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

    /// A worker that works for nobody, one that has started if there is one; from now on it works for this run. Whether it
    /// has started.
    fn take_free(&mut self, run: RunKey) -> Option<(WorkerId, bool)> {
        let free = self
            .known
            .iter_mut()
            .filter(|(_, worker)| worker.run.is_none() && !worker.is_thread);
        let (id, worker) = free.max_by_key(|(_, worker)| worker.started)?;
        worker.run = Some(run);
        Some((*id, worker.started))
    }
}

impl Kernel {
    /// Gives a run as many workers as it can use, those that there are first.
    pub(super) fn provide_workers(self: &Rc<Self>, key: RunKey) {
        loop {
            let wanted = match self.runs.borrow().get(&key) {
                Some(run) if !run.ended => run.workers_wanted(),
                _ => return,
            };
            if wanted > 0 && self.runs_on_threads(key) {
                self.provide_team(key);
                return;
            }
            if self.workers.borrow().of(key) >= wanted {
                return;
            }
            let free = self.workers.borrow_mut().take_free(key);
            match free {
                Some((worker, true)) => self.tell(key, Input::WorkerReady(worker)),
                Some((_, false)) => {}
                None => self.start_worker(Some(key)),
            }
        }
    }

    /// Starts as many workers as there are cores, so that they are ready when a run begins that is about to.
    pub(super) fn warm_up(&self) {
        let known = {
            let workers = self.workers.borrow();
            let pool = workers.known.values().filter(|worker| !worker.is_thread);
            pool.count()
        };
        for _ in known..self.cores.get().get() {
            self.start_worker(None);
        }
    }

    fn start_worker(&self, run: Option<RunKey>) {
        let id = self.pool.start();
        self.workers.borrow_mut().known.insert(
            id,
            Worker {
                started: false,
                run,
                is_thread: false,
            },
        );
    }

    /// Ends all workers that work for nobody.
    pub(super) fn end_idle_workers(&self) {
        let idle: Vec<_> = {
            let workers = self.workers.borrow();
            let idle = workers
                .known
                .iter()
                .filter(|(_, worker)| worker.run.is_none());
            idle.map(|(id, _)| *id).collect()
        };
        for worker in idle {
            self.end_worker(worker);
        }
    }

    pub(super) fn end_worker(&self, worker: WorkerId) {
        if !self.threads.end(worker) {
            self.pool.end(worker);
        }
        self.workers.borrow_mut().known.remove(&worker);
    }

    /// The run needs its workers no more. They are kept warm for the next one, as many as there are cores.
    pub(super) fn release_workers(&self, key: RunKey) {
        let mut surplus = Vec::new();
        {
            let mut workers = self.workers.borrow_mut();
            let mut idle = 0;
            for (id, worker) in &mut workers.known {
                if worker.run == Some(key) {
                    worker.run = None;
                }
                if worker.run.is_none() && !worker.is_thread {
                    idle += 1;
                    if idle > self.cores.get().get() {
                        surplus.push(*id);
                    }
                }
            }
        }
        for worker in surplus {
            self.end_worker(worker);
        }
    }

    pub(super) fn hear_pool(self: &Rc<Self>, event: PoolEvent) {
        match event {
            PoolEvent::Ready(id) => {
                let run = {
                    let mut workers = self.workers.borrow_mut();
                    workers.failed_starts = 0;
                    let Some(worker) = workers.known.get_mut(&id) else {
                        return;
                    };
                    worker.started = true;
                    worker.run
                };
                if let Some(key) = run {
                    self.tell(key, Input::WorkerReady(id));
                    self.pump(key);
                }
            }
            PoolEvent::Reports {
                worker,
                batch,
                reports,
                ended,
            } => {
                let run = self
                    .workers
                    .borrow()
                    .known
                    .get(&worker)
                    .and_then(|worker| worker.run);
                if let Some(key) = run {
                    self.reported(key, batch, reports, ended);
                }
            }
            PoolEvent::Lost {
                worker,
                loss,
                message,
            } => self.lost(worker, loss, &message),
        }
    }

    fn lost(self: &Rc<Self>, id: WorkerId, loss: Loss, message: &str) {
        let Some(worker) = self.workers.borrow_mut().known.remove(&id) else {
            return;
        };
        let Some(key) = worker.run else { return };
        if let Some(run) = self.runs.borrow_mut().get_mut(&key) {
            // What the loss of another was told with is what matters.
            if loss != Loss::Collateral {
                run.note_loss(message);
            }
            if !worker.started {
                run.note_failed_start(id, loss, &self.clock);
            }
        }
        if worker.started {
            self.tell(key, Input::WorkerLost { worker: id, loss });
        } else {
            let none_to_be_had = {
                let mut workers = self.workers.borrow_mut();
                workers.failed_starts += 1;
                let any_started = workers
                    .known
                    .values()
                    .any(|other| other.started && other.run == Some(key));
                workers.failed_starts >= MOST_FAILED_STARTS && !any_started
            };
            if none_to_be_had {
                self.workers.borrow_mut().failed_starts = 0;
                self.tell(key, Input::NoWorkers { loss });
            }
        }
        self.provide_workers(key);
        self.pump(key);
    }
}
