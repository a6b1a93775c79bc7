//! Measures what the dispatcher itself costs per task: `cargo run --release -p parallel --example overhead`.

use core::num::NonZeroUsize;
use core::time::Duration;
use std::collections::VecDeque;
use std::time::Instant;

use parallel::{BatchSize, Dispatcher, Input, Options, Order, Output, Produced, Report, WorkerId};

const TASKS: usize = 1_000_000;

fn run(options: Options) -> (usize, u64) {
    let workers = options.n_jobs.get() as u32;
    let mut dispatcher = Dispatcher::new(options, Duration::ZERO);
    let (mut now, mut left, mut yielded, mut batches) = (Duration::ZERO, TASKS, 0, 0);
    let mut running = VecDeque::new();
    for worker in 0..workers {
        dispatcher.handle(now, Input::WorkerReady(WorkerId(worker)));
    }
    loop {
        while let Some(output) = dispatcher.next_output() {
            match output {
                Output::Pull(most) => {
                    let some = most.min(left);
                    left -= some;
                    let produced = Input::Produced(vec![Produced::Pending; some]);
                    dispatcher.handle(
                        now,
                        if some == 0 {
                            Input::SourceEnded
                        } else {
                            produced
                        },
                    );
                }
                Output::Send { batch, tasks, .. } => {
                    batches += 1;
                    running.push_back((batch, tasks));
                }
                Output::Yield { .. } => yielded += 1,
                _ => {}
            }
        }
        let Some((batch, tasks)) = running.pop_front() else {
            return (yielded, batches);
        };
        // On the simulated clock a task takes a microsecond and a batch fifty more.
        now += Duration::from_micros(50 + tasks.len() as u64);
        let report = |task| Report {
            task,
            started: now,
            ended: now,
            failed: false,
        };
        dispatcher.handle(
            now,
            Input::Reported {
                batch,
                reports: tasks.into_iter().map(report).collect(),
            },
        );
        dispatcher.handle(now, Input::BatchEnded { batch });
    }
}

fn main() {
    let jobs = NonZeroUsize::MIN.saturating_add(3);
    let auto = Options::new(jobs);
    let single = Options {
        batch_size: BatchSize::Fixed(NonZeroUsize::MIN),
        ..auto.clone()
    };
    let unordered = Options {
        order: Order::Completion,
        ..auto.clone()
    };
    for (name, options) in [
        ("auto", auto),
        ("auto, unordered", unordered),
        ("one by one", single),
    ] {
        let mut times: Vec<_> = (0..7)
            .map(|_| {
                let start = Instant::now();
                let (yielded, batches) = run(options.clone());
                assert_eq!(yielded, TASKS);
                (start.elapsed().as_nanos() / TASKS as u128, batches)
            })
            .collect();
        times.sort_unstable();
        let (low, middle, high) = (times.first(), times.get(3), times.last());
        println!(
            "{name}: ns per task and batches: median {middle:?}, from {low:?} to {high:?}, n=7"
        );
    }
}
