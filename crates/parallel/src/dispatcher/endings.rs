//! Everything that does not go as planned: lost workers, tasks that run too long, cancelling, and the end of a run.

use super::tasks::Tasks;
use super::{Dispatcher, Running};
use crate::{
    Ended, EventKind, Loss, OnError, OnTimeout, Options, Outcome, Output, TaskId, WorkerId,
};

impl Options {
    /// Whether a task with this outcome ends the run.
    pub(super) fn raises(&self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Ok | Outcome::Cached | Outcome::Cancelled => false,
            Outcome::Failed | Outcome::WorkerLost(_) => self.on_error == OnError::Raise,
            Outcome::TimedOut => self.on_timeout == OnTimeout::Raise,
        }
    }
}

impl Dispatcher {
    pub(super) fn lost(&mut self, worker: WorkerId, loss: Loss) {
        if !self.workers.bury(worker) {
            return;
        }
        self.event(EventKind::WorkerLost { worker, loss });
        if let Some(running) = self.batches.remove_of(worker) {
            self.give_back(running, loss);
        }
    }

    /// The unreported tasks of a batch whose worker is gone. The culprit may be any of them, so each is run again, alone;
    /// a task that was alone is the culprit. So no task is run more than twice on this path. If the worker went only because
    /// another did, none is to blame.
    pub(super) fn give_back(&mut self, running: Running, loss: Loss) {
        let Some(task) = running.current() else {
            return;
        };
        if loss == Loss::Collateral {
            self.requeued(&running.rest);
            self.queue.push_again(running.rest, self.now);
        } else if running.size == 1 && self.retry(task) {
            self.requeued(&running.rest);
            self.queue.push_alone(&running.rest);
        } else if running.size == 1 {
            self.event(EventKind::Failed {
                task,
                worker: running.worker,
            });
            self.complete(task, Outcome::WorkerLost(loss));
            self.print_progress();
        } else {
            self.requeued(&running.rest);
            self.queue.push_alone(&running.rest);
        }
    }

    /// Whether a task that was alone on a lost worker is to be run again; counts that.
    fn retry(&mut self, task: TaskId) -> bool {
        let tried = self.retried.entry(task).or_insert(0);
        let again = *tried < self.options.retries;
        *tried += u32::from(again);
        again
    }

    /// Gives up the tasks whose time is over.
    pub(super) fn expire(&mut self) {
        let Some(timeout) = self.options.timeout else {
            return;
        };
        while self.finished.is_none() {
            let Some(mut running) = self.batches.remove_expired(self.now, timeout) else {
                return;
            };
            let Some(task) = running.rest.pop() else {
                continue;
            };
            let worker = running.worker;
            self.event(EventKind::TimedOut { task, worker });
            self.end_worker(worker);
            self.give_up(task, Outcome::TimedOut, running.rest);
        }
    }

    pub(super) fn cancel_task(&mut self, task: TaskId) {
        if self.queue.remove(task) {
            self.event(EventKind::Cancelled { task });
            self.complete(task, Outcome::Cancelled);
            self.print_progress();
        } else if let Some(mut running) = self.batches.remove_with(task) {
            self.event(EventKind::Cancelled { task });
            self.end_worker(running.worker);
            running.rest.remove(task);
            self.give_up(task, Outcome::Cancelled, running.rest);
        }
    }

    pub(super) fn cancel(&mut self) {
        let mut tasks = self.queue.drain();
        for running in self.batches.drain() {
            tasks.extend(running.rest.iter());
            self.end_worker(running.worker);
        }
        tasks.sort_unstable();
        for task in tasks {
            self.event(EventKind::Cancelled { task });
            self.complete(task, Outcome::Cancelled);
        }
        self.finish(Ended::Cancelled);
    }

    /// Ends the run before its time, together with the workers that are busy with it.
    pub(super) fn stop(&mut self, ended: Ended) {
        for running in self.batches.drain() {
            self.end_worker(running.worker);
        }
        self.finish(ended);
    }

    pub(super) fn finish(&mut self, ended: Ended) {
        if self.finished.is_some() {
            return;
        }
        self.finished = Some(self.now);
        self.queue.drain();
        self.outputs.push_back(Output::Finished(ended));
    }

    pub(super) fn end_worker(&mut self, worker: WorkerId) {
        if self.workers.bury(worker) {
            self.event(EventKind::WorkerEnded { worker });
            self.outputs.push_back(Output::EndWorker(worker));
        }
    }

    /// Settles one task of a batch whose worker was ended, and queues the others again: they have done nothing wrong.
    fn give_up(&mut self, task: TaskId, outcome: Outcome, rest: Tasks) {
        if !rest.is_empty() && !self.options.raises(outcome) {
            self.requeued(&rest);
            self.queue.push_again(rest, self.now);
        }
        self.complete(task, outcome);
        self.print_progress();
    }

    fn requeued(&mut self, tasks: &Tasks) {
        if self.options.events {
            for task in tasks.iter() {
                self.event(EventKind::Requeued { task });
            }
        }
    }
}
