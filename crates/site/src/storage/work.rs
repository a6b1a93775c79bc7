//! One job after the other, in one worker that can be ended.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use browser::{Clock, Job as PoolJob, JsBuffer, Outer, PoolEvent, TaskReport};
use experiments::{Failure, Job, Source};
use parallel::{BatchId, TaskId, WorkerId};
use values::Parcel;
use wasm_bindgen_futures::spawn_local;

use super::StorageKernel;
use super::workbench::{self, Answer, EXPERIMENT};

/// So many workers in a row may fail to start before jobs fail for it.
const MOST_FAILED_STARTS: u32 = 3;

/// Jobs of the page's own belong to no lab; labs are numbered from 1.
pub(super) const PAGE: u32 = 0;

/// Something asked for, with what it needs that cannot be had again.
pub(super) struct Asked {
    /// The lab, or [`PAGE`].
    pub(super) lab: u32,
    /// The asker's number for it.
    pub(super) number: u32,
    pub(super) job: Job,
    pub(super) bytes: Option<JsBuffer>,
    pub(super) value: Option<Parcel<JsBuffer>>,
}

/// What is asked of the workbench, and what it has.
#[derive(Default)]
pub(super) struct Work {
    queue: VecDeque<Asked>,
    /// The lab and its number of the job that is being done.
    running: Option<(u32, u32)>,
    worker: Option<WorkerId>,
    started: bool,
    failed_starts: u32,
    /// The data set of each lab that the worker has.
    loaded: BTreeMap<u32, Source>,
    /// When the running job was sent, in milliseconds since 1970.
    sent: f64,
    /// Raised with every job that is sent, so that what is heard late is known to be late.
    serial: u32,
}

impl StorageKernel {
    /// Has this done after what was asked for before.
    pub(super) fn ask(self: &Rc<Self>, asked: Asked) {
        self.work.borrow_mut().queue.push_back(asked);
        self.advance();
    }

    /// Forgets what a lab asked for; what is being done for it is ended at once.
    pub(super) fn stop_work(self: &Rc<Self>, lab: u32) {
        let ended = {
            let mut work = self.work.borrow_mut();
            work.queue.retain(|asked| asked.lab != lab);
            if work.running.is_some_and(|(running, _)| running == lab) {
                work.forget_worker()
            } else {
                None
            }
        };
        if let Some(worker) = ended {
            self.pool.end(worker);
        }
        self.advance();
    }

    /// Forgets the data set that the workbench has of a lab, since its bytes are others now.
    pub(super) fn forget_data(&self, lab: u32) {
        self.work.borrow_mut().loaded.remove(&lab);
    }

    /// Starts a worker or the next job, where there is something to do.
    fn advance(self: &Rc<Self>) {
        let asked = {
            let mut work = self.work.borrow_mut();
            if work.running.is_some() || work.queue.is_empty() {
                return;
            }
            if work.worker.is_none() {
                work.worker = Some(self.pool.start());
            }
            if !work.started {
                return;
            }
            let Some(asked) = work.queue.pop_front() else {
                return;
            };
            work.running = Some((asked.lab, asked.number));
            work.serial += 1;
            asked
        };
        let serial = self.work.borrow().serial;
        let kernel = Rc::clone(self);
        spawn_local(async move { kernel.send(asked, serial).await });
    }

    /// Gets the bytes a job needs, and sends it.
    async fn send(self: Rc<Self>, asked: Asked, serial: u32) {
        let Asked {
            lab,
            job,
            bytes,
            value,
            ..
        } = asked;
        let wanted = job.source().filter(|source| {
            source.needs_bytes() && self.work.borrow().loaded.get(&lab) != Some(*source)
        });
        let read = match (bytes, wanted) {
            (None, Some(source)) => self.source_bytes(lab, source).await.map(Some),
            (bytes, _) => Ok(bytes),
        };
        let order = read.and_then(|bytes| workbench::order(lab, &job, bytes, value));
        // It may have been stopped meanwhile.
        let worker = {
            let mut work = self.work.borrow_mut();
            if work.serial != serial || work.running.is_none() {
                return;
            }
            if let (Ok(_), Some(source)) = (&order, job.source()) {
                work.loaded.insert(lab, source.clone());
            }
            work.worker
        };
        match (order, worker) {
            (Ok(arguments), Some(worker)) => {
                let job = PoolJob {
                    number: TaskId(0),
                    arguments,
                };
                self.work.borrow_mut().sent = Clock::default().now();
                self.pool.send(
                    worker,
                    BatchId(serial),
                    EXPERIMENT,
                    &Outer::default(),
                    vec![job],
                );
            }
            (Err(failure), _) => self.done(Answer::failed(failure)),
            (Ok(_), None) => self.done(Answer::failed(Failure::new(
                "worker-lost",
                "The worker is gone.",
            ))),
        }
    }

    /// The running job is done; the next one begins.
    fn done(self: &Rc<Self>, answer: Answer) {
        let running = {
            let mut work = self.work.borrow_mut();
            let running = work.running.take();
            // Of a data set that could not be read the worker has nothing.
            if let (Some((lab, _)), Err(_)) = (running, &answer.outcome) {
                work.loaded.remove(&lab);
            }
            running
        };
        if let Some((lab, number)) = running {
            self.answered(lab, number, answer);
        }
        self.advance();
    }

    pub(super) fn hear_pool(self: &Rc<Self>, event: PoolEvent) {
        match event {
            PoolEvent::Ready(worker) => {
                {
                    let mut work = self.work.borrow_mut();
                    if work.worker != Some(worker) {
                        return;
                    }
                    work.started = true;
                    work.failed_starts = 0;
                }
                self.advance();
            }
            PoolEvent::Reports { batch, reports, .. } => {
                let arrived = Clock::default().now();
                if batch.0 == self.work.borrow().serial {
                    for report in reports {
                        let milliseconds = arrived - self.work.borrow().sent;
                        self.done(Answer {
                            milliseconds: Some(milliseconds),
                            ..read(report)
                        });
                    }
                }
            }
            // A workbench has nothing to do before its first job.
            PoolEvent::Initialized { .. } => {}
            PoolEvent::Lost {
                worker, message, ..
            } => self.lost(worker, &message),
        }
    }

    /// The worker is gone. The job it did fails; the others are done by another worker, if one can be had.
    fn lost(self: &Rc<Self>, worker: WorkerId, message: &str) {
        let failed = {
            let mut work = self.work.borrow_mut();
            if work.worker != Some(worker) {
                return;
            }
            let running = work.running;
            if !work.started {
                work.failed_starts += 1;
            }
            work.forget_worker();
            let mut failed: Vec<_> = running.into_iter().collect();
            if work.failed_starts >= MOST_FAILED_STARTS {
                work.failed_starts = 0;
                failed.extend(work.queue.drain(..).map(|asked| (asked.lab, asked.number)));
            }
            failed
        };
        for (lab, number) in failed {
            let message = format!("The worker that did this was lost: {message}");
            self.answered(
                lab,
                number,
                Answer::failed(Failure::new("worker-lost", message)),
            );
        }
        self.advance();
    }
}

impl Work {
    /// Forgets the worker and all it had; gives it back, so that it can be ended.
    fn forget_worker(&mut self) -> Option<WorkerId> {
        self.running = None;
        self.started = false;
        self.loaded.clear();
        self.serial += 1;
        self.worker.take()
    }
}

fn read(report: TaskReport) -> Answer {
    match report.result {
        Ok(parcel) => workbench::answer(&parcel),
        Err(failure) => Answer::failed(Failure::new(&failure.code, failure.message)),
    }
}
