//! Tasks that are run for one remembered call each.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use browser::JsBuffer;
use futures_channel::oneshot;
use protocol::{ErrorInfo, ParallelOptions, TaskOutcome, TaskStatus};
use values::Parcel;

use super::run::Source;
use super::{Kernel, RunKey, error_info};

/// A result that was computed, and how long that took in milliseconds.
pub(super) type Computed = (Parcel<JsBuffer>, f64);

/// What a task computed, or why it did not.
pub(super) type TaskEnd = Result<Computed, ErrorInfo>;

/// The tasks that are under way, and those that wait.
#[derive(Debug, Default)]
pub(super) struct CallTasks {
    /// Who waits for the end of a task.
    waiting: BTreeMap<u32, oneshot::Sender<TaskEnd>>,
    next: u32,
    /// Tasks that wait until another one is done: no more run at once than there are cores.
    queue: VecDeque<oneshot::Sender<()>>,
    running: usize,
}

impl Kernel {
    /// Runs one task in the pool.
    pub(super) async fn compute_task(
        self: &Rc<Self>,
        task: &str,
        item: Parcel<JsBuffer>,
    ) -> TaskEnd {
        let turn = {
            let mut tasks = self.call_tasks.borrow_mut();
            if tasks.running < self.cores.get().get() {
                tasks.running += 1;
                None
            } else {
                let (told, hears) = oneshot::channel();
                tasks.queue.push_back(told);
                Some(hears)
            }
        };
        if let Some(turn) = turn {
            let _ = turn.await;
        }
        let end = self.run_task(task, item).await;
        let mut tasks = self.call_tasks.borrow_mut();
        loop {
            match tasks.queue.pop_front() {
                // The turn goes on to the next one.
                Some(next) => {
                    if next.send(()).is_ok() {
                        break;
                    }
                }
                None => {
                    tasks.running -= 1;
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
        let run = self.prepare(&options, Source::Parcels(VecDeque::from([item])))?;
        let (told, hears) = oneshot::channel();
        let number = {
            let mut tasks = self.call_tasks.borrow_mut();
            let number = tasks.next;
            tasks.next = number.wrapping_add(1);
            tasks.waiting.insert(number, told);
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
        outcome: TaskOutcome,
        value: Option<Parcel<JsBuffer>>,
    ) {
        let Some(told) = self.call_tasks.borrow_mut().waiting.remove(&number) else {
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
        if let Some(told) = self.call_tasks.borrow_mut().waiting.remove(&number) {
            let error = error.unwrap_or_else(|| error_info("task-failed", "The task failed."));
            let _ = told.send(Err(error));
        }
    }
}
