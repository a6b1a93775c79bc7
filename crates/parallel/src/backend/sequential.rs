//! Running tasks in place, one after the other.

use core::cell::{Cell, RefCell};
use core::time::Duration;
use std::collections::VecDeque;

use super::{Backend, Polled};
use crate::{
    BatchId, Dispatcher, Ended, Input, OnError, Options, Output, Produced, Report, TaskId, WorkerId,
};

/// A backend without workers: a batch is run when it is sent, whatever worker it is for.
///
/// `run` returns whether the task has a result; `clock` returns the time since the origin of the run.
#[derive(Debug)]
pub struct Sequential<F, C> {
    run: F,
    clock: C,
    answers: VecDeque<(Duration, WorkerId, Input)>,
}

impl<F: FnMut(TaskId) -> bool, C: FnMut() -> Duration> Sequential<F, C> {
    /// A backend that runs tasks by this function and reads this clock.
    pub const fn new(run: F, clock: C) -> Self {
        Self {
            run,
            clock,
            answers: VecDeque::new(),
        }
    }
}

impl<F: FnMut(TaskId) -> bool, C: FnMut() -> Duration> Backend for Sequential<F, C> {
    fn send(&mut self, worker: WorkerId, batch: BatchId, tasks: &[TaskId]) {
        let mut ended = (self.clock)();
        for &task in tasks {
            let started = ended;
            let failed = !(self.run)(task);
            ended = (self.clock)();
            let reports = vec![Report {
                task,
                started,
                ended,
                failed,
            }];
            self.answers
                .push_back((ended, worker, Input::Reported { batch, reports }));
        }
        self.answers
            .push_back((ended, worker, Input::BatchEnded { batch }));
    }

    fn end_worker(&mut self, worker: WorkerId) {
        self.answers.retain(|&(_, of, _)| of != worker);
    }
}

impl<F: FnMut(TaskId) -> bool, C: FnMut() -> Duration> Polled for Sequential<F, C> {
    fn next_input(&mut self) -> Option<(Duration, Input)> {
        self.answers.pop_front().map(|(at, _, input)| (at, input))
    }
}

/// Runs all tasks in place, as joblib does for `n_jobs=1`: a batch is produced when the one before is done.
///
/// Of the options only [`on_error`](Options::on_error) and a fixed [`batch_size`](Options::batch_size) matter; see [`Options::one_at_a_time`]. Like joblib's plain loop
/// this cannot interrupt a task, so a timeout is not kept: a driver that is given one may want to say so. `clock` returns
/// the time since any origin.
///
/// # Errors
///
/// With [`OnError::Raise`](crate::OnError::Raise), the error of the first task that fails; later tasks are not produced.
/// With [`OnError::Collect`](crate::OnError::Collect) never: each task has its own result.
///
/// ```
/// # use core::num::NonZeroUsize;
/// # use core::time::Duration;
/// let options = parallel::Options::new(NonZeroUsize::MIN);
/// let halves = parallel::run_sequential(options, [2, 4], |n| if n % 2 == 0 { Ok(n / 2) } else { Err("odd") }, || Duration::ZERO);
/// assert_eq!(halves, Ok(vec![Ok(1), Ok(2)]));
/// ```
pub fn run_sequential<T, R, E>(
    options: Options,
    tasks: impl IntoIterator<Item = T>,
    mut run: impl FnMut(T) -> Result<R, E>,
    mut clock: impl FnMut() -> Duration,
) -> Result<Vec<Result<R, E>>, E> {
    let mut source = tasks.into_iter();
    // One worker, so arguments are used and results come in the order of the source.
    let arguments = RefCell::new(VecDeque::new());
    let results = RefCell::new(Vec::new());
    let mut now = clock();
    let stops_at_error = options.on_error == OnError::Raise;
    let failed = Cell::new(false);
    let mut dispatcher = Dispatcher::new(options.one_at_a_time(), now);
    dispatcher.handle(now, Input::WorkerReady(WorkerId(0)));
    let run = |_| {
        // The rest of a batch in which a task has failed.
        if stops_at_error && failed.get() {
            return false;
        }
        let next = arguments.borrow_mut().pop_front();
        let Some(result) = next.map(&mut run) else {
            return false;
        };
        let done = result.is_ok();
        failed.set(!done);
        results.borrow_mut().push(result);
        done
    };
    let mut backend = Sequential::new(run, clock);
    let mut raised = false;
    loop {
        while let Some(output) = dispatcher.next_output() {
            match output {
                Output::Pull(most) => {
                    let mut arguments = arguments.borrow_mut();
                    arguments.extend(source.by_ref().take(most));
                    let answer = match arguments.len() {
                        0 => Input::SourceEnded,
                        some => Input::Produced(vec![Produced::Pending; some]),
                    };
                    dispatcher.handle(now, answer);
                }
                Output::Send {
                    worker,
                    batch,
                    tasks,
                } => backend.send(worker, batch, &tasks),
                Output::EndWorker(worker) => backend.end_worker(worker),
                Output::Finished(ended) => raised = matches!(ended, Ended::Raised { .. }),
                Output::Yield { .. } | Output::Event(_) | Output::Print(_) => {}
            }
        }
        let Some((at, input)) = backend.next_input() else {
            break;
        };
        now = at;
        dispatcher.handle(now, input);
    }
    let mut results = results.into_inner();
    match results.pop() {
        Some(Err(error)) if raised => Err(error),
        last => {
            results.extend(last);
            Ok(results)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use core::num::NonZeroUsize;

    use super::*;
    use crate::BatchSize;

    fn options() -> Options {
        Options::new(NonZeroUsize::new(4).unwrap())
    }

    /// joblib: `dispatch_one_job`.
    #[test]
    fn producing_and_consuming_take_turns() {
        let log = RefCell::new(Vec::new());
        let source = (0..3).inspect(|n| log.borrow_mut().push(format!("produced {n}")));
        let run = |n: i32| {
            log.borrow_mut().push(format!("consumed {n}"));
            Ok::<_, ()>(n * n)
        };
        assert_eq!(
            run_sequential(options(), source, run, || Duration::ZERO),
            Ok(vec![Ok(0), Ok(1), Ok(4)])
        );
        let turns: Vec<_> = (0..3)
            .flat_map(|n| [format!("produced {n}"), format!("consumed {n}")])
            .collect();
        assert_eq!(log.into_inner(), turns);
    }

    #[test]
    fn the_first_error_is_returned_and_stops_the_source() {
        let mut produced = 0;
        let source = (0..10).inspect(|_| produced += 1);
        let run = |n| if n == 3 { Err("three") } else { Ok(n) };
        assert_eq!(
            run_sequential(options(), source, run, || Duration::ZERO),
            Err("three")
        );
        assert_eq!(produced, 4);
    }

    #[test]
    fn a_batch_is_produced_at_once_but_its_first_error_stops_it() {
        let four = NonZeroUsize::new(4).unwrap();
        let options = Options {
            batch_size: BatchSize::Fixed(four),
            ..options()
        };
        let (mut produced, mut run) = (0, vec![]);
        let source = (0..10).inspect(|_| produced += 1);
        let task = |n| {
            run.push(n);
            if n == 5 { Err("five") } else { Ok(n) }
        };
        assert_eq!(
            run_sequential(options, source, task, || Duration::ZERO),
            Err("five")
        );
        assert_eq!((produced, run), (8, vec![0, 1, 2, 3, 4, 5]));
    }

    #[test]
    fn errors_are_collected_in_their_places_if_wanted() {
        let options = Options {
            on_error: OnError::Collect,
            ..options()
        };
        let run = |n| if n == 1 { Err("one") } else { Ok(n) };
        assert_eq!(
            run_sequential(options, 0..3, run, || Duration::ZERO),
            Ok(vec![Ok(0), Err("one"), Ok(2)])
        );
    }

    #[test]
    fn an_empty_source_has_no_results() {
        let none: [u8; 0] = [];
        assert_eq!(
            run_sequential(options(), none, Ok::<_, ()>, || Duration::ZERO),
            Ok(vec![])
        );
    }
}
