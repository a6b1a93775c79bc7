//! One run: its dispatcher, and what the dispatcher does not keep: arguments, results, and what is still to be told.

use core::time::Duration;
use std::collections::VecDeque;

use browser::{Clock, JsBuffer, TaskFailure, TaskReport, Timer};
use memory::{Function, Rules, Stamp};
use parallel::{Dispatcher, Event, EventKind, Loss, Options, Outcome, TaskId, WorkerId};
use protocol::{ErrorInfo, EventInfo, Position, ProgressInfo, RunEnd, TaskOutcome, TaskStatus};
use rustc_hash::FxHashMap;
use values::{Digest, Parcel, Value};
use widgets::TextRef;

use super::events::{Parts, loss_name};
use super::produce::Ahead;
use super::{Flight, error_info};
use crate::options::Recycling;

/// Where a run's tasks come from.
#[derive(Debug)]
pub(super) enum Source {
    /// The page sends them when asked.
    Page,
    /// A lab's texts.
    Texts(VecDeque<TextRef>),
    /// A lab's values.
    Values(VecDeque<Value>),
    /// A call's arguments.
    Parcels(VecDeque<Parcel<JsBuffer>>),
}

/// What is known of a task's result.
#[derive(Debug)]
pub(super) struct TaskResult {
    pub(super) result: Result<Parcel<JsBuffer>, ErrorInfo>,
    pub(super) duration_ms: f64,
}

/// What each worker does before its first task.
#[derive(Clone, Debug)]
pub(super) struct Initializer {
    pub(super) task: String,
    pub(super) arguments: Parcel<JsBuffer>,
    /// Of both: a worker that has done the same before need not do it again.
    pub(super) digest: Digest,
}

/// One run.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is about something else"
)]
pub(super) struct Run {
    /// Unlike its key, never used again: what was begun for a run that has ended is told apart by it.
    pub(super) serial: u64,
    pub(super) dispatcher: Dispatcher,
    pub(super) task: String,
    /// The name of the memory that remembers its results.
    pub(super) location: Option<String>,
    pub(super) source: Source,
    /// When it began, in milliseconds since 1970; the dispatcher's time counts from here.
    pub(super) origin: f64,
    pub(super) n_jobs: usize,
    /// The name of the backend that does the work.
    pub(super) backend: String,
    pub(super) arguments: FxHashMap<u32, Parcel<JsBuffer>>,
    /// Tasks whose results are to be remembered.
    pub(super) flights: FxHashMap<u32, Flight>,
    /// How results are remembered, and of what.
    pub(super) rules: Rules,
    pub(super) function: Function,
    pub(super) files: Vec<Stamp>,
    /// Whether tasks from the source are being looked up; no more are asked for meanwhile, for they come in order.
    pub(super) arriving: bool,
    pub(super) results: FxHashMap<u32, TaskResult>,
    /// Whether the source has its tasks at hand, so that more of them can be taken than are needed now.
    pub(super) at_hand: bool,
    /// How many tasks the dispatcher waits for.
    pub(super) wanted: usize,
    /// Tasks from the source that the dispatcher has not asked for yet.
    pub(super) ahead: VecDeque<Ahead>,
    /// Whether the source has no more.
    pub(super) source_dry: bool,
    /// How many tasks the dispatcher was given.
    pub(super) taken: u32,
    /// How many of these have to be computed.
    pub(super) to_compute: usize,
    /// Results that are to be told, in the order in which they were yielded.
    pub(super) outcomes: Vec<(TaskOutcome, Option<Parcel<JsBuffer>>)>,
    pub(super) events: Vec<Event>,
    /// Buffers that several tasks are given.
    pub(super) shared: Vec<JsBuffer>,
    /// What each worker does before its first task.
    pub(super) initializer: Option<Initializer>,
    pub(super) recycling: Recycling,
    /// How often a task that was alone on a lost worker is sent again.
    pub(super) retries: u32,
    /// What the caller should know although the run can be carried out.
    pub(super) warnings: Vec<String>,
    /// Why the source or the initializer failed, where the dispatcher cannot know.
    pub(super) source_error: Option<ErrorInfo>,
    last_loss: Option<String>,
    pub(super) deadline: Option<Timer>,
    pub(super) telling: Option<Timer>,
    pub(super) telling_outcomes: Option<Timer>,
    /// When outcomes were last told, in milliseconds since 1970.
    pub(super) told_outcomes: f64,
    pub(super) ended: bool,
}

impl Run {
    pub(super) fn new(
        serial: u64,
        options: Options,
        task: &str,
        version: u32,
        location: Option<String>,
        source: Source,
        now: f64,
    ) -> Self {
        let at_hand = !matches!(source, Source::Page);
        Self {
            serial,
            n_jobs: options.n_jobs.get(),
            backend: String::new(),
            dispatcher: Dispatcher::new(options, Duration::ZERO),
            task: task.to_owned(),
            location,
            source,
            origin: now,
            arguments: FxHashMap::default(),
            flights: FxHashMap::default(),
            rules: Rules::default(),
            function: Function::task(task, version),
            files: Vec::new(),
            arriving: false,
            results: FxHashMap::default(),
            at_hand,
            wanted: 0,
            ahead: VecDeque::new(),
            source_dry: false,
            taken: 0,
            to_compute: 0,
            outcomes: Vec::new(),
            events: Vec::new(),
            shared: Vec::new(),
            initializer: None,
            recycling: Recycling::default(),
            retries: 0,
            warnings: Vec::new(),
            source_error: None,
            last_loss: None,
            deadline: None,
            telling: None,
            telling_outcomes: None,
            told_outcomes: 0.0,
            ended: false,
        }
    }

    /// Whether its workers are a team of threads.
    pub(super) fn is_on_threads(&self) -> bool {
        self.backend == "threading"
    }

    /// No more workers than there is work.
    pub(super) fn workers_wanted(&self) -> usize {
        self.n_jobs.min(self.to_compute)
    }

    pub(super) fn note_loss(&mut self, message: &str) {
        self.last_loss = Some(message.to_owned());
    }

    /// A worker that never started was lost. The dispatcher never heard of it, so it makes no event of it.
    pub(super) fn note_failed_start(&mut self, worker: WorkerId, loss: Loss, clock: &Clock) {
        self.note_event(Event {
            at: clock.since(self.origin),
            kind: EventKind::WorkerLost { worker, loss },
        });
    }

    pub(super) fn note_event(&mut self, event: Event) {
        self.events.push(event);
    }

    /// What happened since this was last asked, as the labs hear of it.
    pub(super) fn take_event_infos(&mut self) -> Vec<EventInfo> {
        let events = core::mem::take(&mut self.events);
        events.iter().map(event_info).collect()
    }

    /// Keeps what a worker reports until the dispatcher yields it.
    pub(super) fn note_report(&mut self, report: TaskReport) {
        let number = report.number;
        let result = report
            .result
            .map_err(|failure| failure_info(failure, Some(number)));
        let duration_ms = report.ended - report.started;
        self.results.insert(
            number,
            TaskResult {
                result,
                duration_ms,
            },
        );
    }

    /// Takes a task that the dispatcher yields to those that are to be told.
    pub(super) fn settle(&mut self, task: TaskId, outcome: Outcome) {
        let known = self.results.remove(&task.0);
        self.arguments.remove(&task.0);
        // What has failed or was given up is nobody's to wait for.
        self.flights.remove(&task.0);
        let (status, error) = match outcome {
            Outcome::Ok => (TaskStatus::Ok, None),
            Outcome::Cached => (TaskStatus::Cached, None),
            Outcome::Cancelled => (TaskStatus::Cancelled, Some(cancelled(Some(task)))),
            Outcome::Failed => (TaskStatus::Failed, None),
            Outcome::TimedOut => (TaskStatus::Failed, Some(timed_out(task))),
            Outcome::WorkerLost(loss) => {
                (TaskStatus::Failed, Some(self.worker_lost(Some(task), loss)))
            }
        };
        let (value, failure, duration_ms) = match known {
            Some(TaskResult {
                result: Ok(value),
                duration_ms,
            }) => (Some(value), None, duration_ms),
            Some(TaskResult {
                result: Err(failure),
                duration_ms,
            }) => (None, Some(failure), duration_ms),
            None => (None, None, 0.0),
        };
        let outcome = TaskOutcome {
            task: task.0,
            status,
            duration_ms,
            error: error.or(failure),
        };
        let value = if outcome.error.is_none() { value } else { None };
        self.outcomes.push((outcome, value));
    }

    /// How the run ended.
    pub(super) fn end(
        &mut self,
        ended: parallel::Ended,
        clock: &Clock,
        warnings: Vec<String>,
    ) -> RunEnd {
        use parallel::Ended;
        let error = match ended {
            Ended::Completed => None,
            Ended::Cancelled => Some(cancelled(None)),
            Ended::SourceFailed => Some(self.source_error.take().unwrap_or_else(|| {
                error_info(
                    "source-failed",
                    "The source of the run's items threw an error.",
                )
            })),
            Ended::NoWorkers(loss) => Some(
                self.source_error
                    .take()
                    .unwrap_or_else(|| self.no_workers(loss)),
            ),
            Ended::Raised { task, outcome } => Some(self.raised(task, outcome)),
        };
        RunEnd {
            error,
            warnings,
            progress: self.progress(clock),
        }
    }

    fn raised(&mut self, task: TaskId, outcome: Outcome) -> ErrorInfo {
        match outcome {
            Outcome::WorkerLost(loss) => self.worker_lost(Some(task), loss),
            Outcome::TimedOut => timed_out(task),
            _ => match self.results.remove(&task.0) {
                Some(TaskResult {
                    result: Err(error), ..
                }) => error,
                _ => ErrorInfo {
                    task: Some(task.0),
                    ..error_info("task-failed", "The task failed.")
                },
            },
        }
    }

    fn worker_lost(&self, task: Option<TaskId>, loss: Loss) -> ErrorInfo {
        let how = match loss {
            Loss::Trapped => "its engine trapped",
            Loss::Threw => "it threw an error",
            Loss::Ended => "it ended without a word",
            Loss::HandshakeTimeout => "it did not start in time",
            Loss::LoadFailed => "it could not be loaded",
            Loss::TimedOut => "it was ended because it took too long",
            Loss::Recycled => "it was replaced by a new one",
            Loss::Collateral => "it was ended along with another",
        };
        let why = self
            .last_loss
            .as_ref()
            .map(|why| format!(" ({why})"))
            .unwrap_or_default();
        ErrorInfo {
            task: task.map(|task| task.0),
            ..error_info(
                "worker-lost",
                &format!("The worker that ran this task was lost: {how}{why}."),
            )
        }
    }

    fn no_workers(&self, loss: Loss) -> ErrorInfo {
        let ErrorInfo { message, .. } = self.worker_lost(None, loss);
        let message = message.replace(
            "The worker that ran this task was lost",
            "No worker could be started",
        );
        error_info("no-workers", &message)
    }

    pub(super) fn progress(&self, clock: &Clock) -> ProgressInfo {
        let progress = self.dispatcher.progress(clock.since(self.origin));
        ProgressInfo {
            submitted: progress.submitted as u32,
            total: progress.total.map(|total| total as u32),
            done: progress.done as u32,
            failed: progress.failed as u32,
            cached: progress.cached as u32,
            elapsed_ms: milliseconds(progress.elapsed),
            remaining_ms: progress.remaining.map(milliseconds),
        }
    }
}

/// Why a task gave no result, as the page is told.
pub(super) fn failure_info(failure: TaskFailure, task: Option<u32>) -> ErrorInfo {
    ErrorInfo {
        code: failure.code,
        message: failure.message,
        task,
        position: failure.position.map(|(offset, line)| Position {
            offset,
            line: Some(line),
            column: None,
        }),
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn cancelled(task: Option<TaskId>) -> ErrorInfo {
    ErrorInfo {
        task: task.map(|task| task.0),
        ..error_info("cancelled", "The run was stopped before this was done.")
    }
}

fn timed_out(task: TaskId) -> ErrorInfo {
    ErrorInfo {
        task: Some(task.0),
        ..error_info("timeout", "The task took longer than it was allowed to.")
    }
}

/// An event as the labs hear of it.
fn event_info(event: &Event) -> EventInfo {
    let parts = Parts::of(event.kind);
    EventInfo {
        at: milliseconds(event.at),
        kind: parts.kind().to_owned(),
        task: parts.task,
        worker: parts.worker,
        batch: parts.batch,
        size: parts.size,
        why: parts.loss.map(|loss| loss_name(loss).to_owned()),
    }
}
