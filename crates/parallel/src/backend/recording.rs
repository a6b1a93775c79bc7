//! A backend for tests: nothing is run, everything is written down, and answers follow a script on a simulated clock.

use core::time::Duration;
use std::collections::VecDeque;

use super::{Backend, Polled};
use crate::{BatchId, Exchange, Input, Loss, Report, TaskId, WorkerId};

/// What becomes of a batch that is sent to a [`Recording`].
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Script {
    /// All its tasks have a result.
    Complete,
    /// Its first task fails, the others have a result.
    FailFirst,
    /// Its worker is lost while the first task runs.
    Lose(Loss),
    /// Nothing is ever heard of it.
    Hang,
}

/// A backend that pretends: every task takes the same simulated time.
#[derive(Clone, Debug)]
pub struct Recording {
    task_time: Duration,
    script: VecDeque<Script>,
    now: Duration,
    answers: Vec<(Duration, WorkerId, Input)>,
    log: Vec<Exchange>,
}

impl Recording {
    /// A backend on whose clock each task takes this long, and whose clock begins at zero.
    #[must_use]
    pub const fn new(task_time: Duration) -> Self {
        Self {
            task_time,
            script: VecDeque::new(),
            now: Duration::ZERO,
            answers: Vec::new(),
            log: Vec::new(),
        }
    }

    /// The same with a script for the next batches, in the order in which they will be sent. Batches beyond the script
    /// complete.
    #[must_use]
    pub fn script(mut self, script: impl IntoIterator<Item = Script>) -> Self {
        self.script.extend(script);
        self
    }

    /// All that passed so far.
    pub fn log(&self) -> &[Exchange] {
        &self.log
    }

    fn complete(&self, tasks: &[TaskId], mut fails: bool) -> (Duration, Vec<Report>) {
        let mut ended = self.now;
        let report = |&task| {
            let started = ended;
            ended += self.task_time;
            Report {
                task,
                started,
                ended,
                failed: core::mem::take(&mut fails),
            }
        };
        let reports = tasks.iter().map(report).collect();
        (ended, reports)
    }
}

impl Backend for Recording {
    fn send(&mut self, worker: WorkerId, batch: BatchId, tasks: &[TaskId]) {
        self.log.push(Exchange::Sent {
            worker,
            batch,
            tasks: tasks.to_vec(),
        });
        let script = self.script.pop_front().unwrap_or(Script::Complete);
        match script {
            Script::Complete | Script::FailFirst => {
                let (at, reports) = self.complete(tasks, script == Script::FailFirst);
                self.answers
                    .push((at, worker, Input::Reported { batch, reports }));
                self.answers.push((at, worker, Input::BatchEnded { batch }));
            }
            Script::Lose(loss) => {
                self.answers.push((
                    self.now + self.task_time,
                    worker,
                    Input::WorkerLost { worker, loss },
                ));
            }
            Script::Hang => {}
        }
        // Stable, so that of answers at the same time the one given first comes first.
        self.answers.sort_by_key(|&(at, ..)| at);
    }

    fn end_worker(&mut self, worker: WorkerId) {
        self.log.push(Exchange::EndedWorker(worker));
        self.answers.retain(|&(_, of, _)| of != worker);
    }
}

impl Polled for Recording {
    fn next_input(&mut self) -> Option<(Duration, Input)> {
        if self.answers.is_empty() {
            return None;
        }
        let (at, _, input) = self.answers.remove(0);
        self.now = at;
        self.log.push(Exchange::Heard(input.clone()));
        Some((at, input))
    }
}
