//! Behaviours, each shown on a simulated clock. Where joblib has a test of the same behaviour, its name is given.
#![allow(clippy::unwrap_used)]

mod cancelling;
mod losses;
mod reading;
mod results;
mod timeouts;

use core::num::NonZeroUsize;

use super::*;
use crate::{Loss, OnError, OnTimeout, Order, PreDispatch, WorkerId};

const SECOND: Duration = Duration::from_secs(1);

fn whole(number: usize) -> NonZeroUsize {
    NonZeroUsize::new(number).unwrap()
}

/// Two workers, batches of this size, this many tasks ahead, and errors are collected.
fn options(batch_size: usize, pre_dispatch: usize) -> Options {
    Options {
        batch_size: BatchSize::Fixed(whole(batch_size)),
        pre_dispatch: PreDispatch::Tasks(whole(pre_dispatch)),
        on_error: OnError::Collect,
        ..Options::new(whole(2))
    }
}

/// A run with a source of so many tasks, which answers at once, and what came out of it so far.
struct Run {
    dispatcher: Dispatcher,
    now: Duration,
    left: usize,
    pulls: Vec<usize>,
    sent: Vec<(u32, Vec<u32>)>,
    ended_workers: Vec<u32>,
    yielded: Vec<(u32, Outcome)>,
    finished: Option<Ended>,
    events: Vec<Event>,
    printed: Vec<crate::Line>,
}

impl Run {
    /// With two workers, 0 and 1, ready from the start.
    fn new(options: Options, tasks: usize) -> Self {
        let dispatcher = Dispatcher::new(options, Duration::ZERO);
        let mut run = Self {
            dispatcher,
            now: Duration::ZERO,
            left: tasks,
            pulls: vec![],
            sent: vec![],
            ended_workers: vec![],
            yielded: vec![],
            finished: None,
            events: vec![],
            printed: vec![],
        };
        run.tell(Input::WorkerReady(WorkerId(0)));
        run.tell(Input::WorkerReady(WorkerId(1)));
        run
    }

    fn tell(&mut self, input: Input) {
        self.dispatcher.handle(self.now, input);
        while let Some(output) = self.dispatcher.next_output() {
            match output {
                Output::Pull(most) => {
                    self.pulls.push(most);
                    let some = most.min(self.left);
                    self.left -= some;
                    let answer = if some == 0 {
                        Input::SourceEnded
                    } else {
                        Input::Produced(vec![Produced::Pending; some])
                    };
                    self.dispatcher.handle(self.now, answer);
                }
                Output::Send { worker, tasks, .. } => self
                    .sent
                    .push((worker.0, tasks.iter().map(|task| task.0).collect())),
                Output::EndWorker(worker) => self.ended_workers.push(worker.0),
                Output::Yield { task, outcome } => self.yielded.push((task.0, outcome)),
                Output::Event(event) => self.events.push(event),
                Output::Print(line) => self.printed.push(line),
                Output::Finished(ended) => self.finished = Some(ended),
            }
        }
    }

    /// These tasks of a batch end one second after the one before.
    fn report(&mut self, batch: u32, tasks: &[u32], failed: bool) {
        let reports = tasks.iter().map(|&task| {
            let started = self.now;
            self.now += SECOND;
            Report {
                task: TaskId(task),
                started,
                ended: self.now,
                failed,
            }
        });
        let reports = reports.collect();
        self.tell(Input::Reported {
            batch: BatchId(batch),
            reports,
        });
    }

    fn done(&mut self, batch: u32, tasks: &[u32]) {
        self.report(batch, tasks, false);
        self.tell(Input::BatchEnded {
            batch: BatchId(batch),
        });
    }

    fn lose(&mut self, worker: u32) {
        self.tell(Input::WorkerLost {
            worker: WorkerId(worker),
            loss: Loss::Trapped,
        });
    }

    fn ready(&mut self, worker: u32) {
        self.tell(Input::WorkerReady(WorkerId(worker)));
    }

    fn wait(&mut self, time: Duration) {
        self.now += time;
        self.tell(Input::Tick);
    }

    fn last_sent(&self) -> (u32, &[u32]) {
        let (worker, tasks) = self.sent.last().unwrap();
        (*worker, tasks)
    }

    fn kinds(&self) -> Vec<EventKind> {
        self.events.iter().map(|event| event.kind).collect()
    }
}
