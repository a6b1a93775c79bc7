//! Measures what the dispatcher itself costs: time per task, and memory for runs of different lengths.
//! `cargo run --release -p parallel --example overhead`.
//!
//! Time is that of this thread on its core, where Linux tells it, so that other programs do not count. Memory is the largest resident size of a process that does nothing but one run, as Linux counts it.
#![allow(clippy::expect_used)]

use core::num::NonZeroUsize;
use core::time::Duration;
use std::collections::VecDeque;
use std::process::Command;
use std::time::Instant;

use parallel::{BatchSize, Dispatcher, Input, Options, Order, Output, Produced, Report, WorkerId};

const TASKS: usize = 1_000_000;
const RUNS: usize = 7;

/// How many tasks were yielded and how many batches sent.
fn run(options: Options, tasks: usize) -> (usize, u64) {
    let workers = options.n_jobs.get() as u32;
    let mut dispatcher = Dispatcher::new(options, Duration::ZERO);
    let (mut now, mut left, mut yielded, mut batches) = (Duration::ZERO, tasks, 0, 0);
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
                    let answer = match some {
                        0 => Input::SourceEnded,
                        _ => Input::Produced(vec![Produced::Pending; some]),
                    };
                    dispatcher.handle(now, answer);
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
        let reports = tasks.into_iter().map(report).collect();
        dispatcher.handle(now, Input::Reported { batch, reports });
        dispatcher.handle(now, Input::BatchEnded { batch });
    }
}

fn options(batch_size: BatchSize, order: Order, events: bool) -> Options {
    Options {
        batch_size,
        order,
        events,
        ..Options::new(NonZeroUsize::MIN.saturating_add(3))
    }
}

/// Time spent on a core by this thread, or else time passed.
fn spent(since: Instant) -> u128 {
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse().ok())
        .unwrap_or_else(|| since.elapsed().as_nanos())
}

fn main() {
    const ONE: BatchSize = BatchSize::Fixed(NonZeroUsize::MIN);
    if let Some(tasks) = std::env::args().nth(1) {
        let tasks = tasks.parse().expect("a number of tasks");
        run(options(BatchSize::Auto, Order::Submission, false), tasks);
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        return println!("{}", peak.unwrap_or("unknown").trim());
    }
    let origin = Instant::now();
    for (name, options) in [
        ("auto", options(BatchSize::Auto, Order::Submission, false)),
        (
            "auto, unordered",
            options(BatchSize::Auto, Order::Completion, false),
        ),
        (
            "auto, events",
            options(BatchSize::Auto, Order::Submission, true),
        ),
        ("batch of 1", options(ONE, Order::Submission, false)),
        ("batch of 1, events", options(ONE, Order::Submission, true)),
    ] {
        let mut batches = 0;
        let mut times: Vec<_> = (0..RUNS)
            .map(|_| {
                let before = spent(origin);
                let (yielded, sent) = run(options.clone(), TASKS);
                assert_eq!(yielded, TASKS);
                batches = sent;
                (spent(origin) - before) / TASKS as u128
            })
            .collect();
        times.sort_unstable();
        let [low, .., high] = times[..] else { return };
        let middle = times[RUNS / 2];
        println!(
            "{name}: {middle} ns per task (from {low} to {high}, n={RUNS}), {batches} batches"
        );
    }
    let me = std::env::current_exe().expect("this program");
    for tasks in [10_000, 100_000, TASKS, 10 * TASKS] {
        let peak = Command::new(&me).arg(tasks.to_string()).output();
        let peak = peak.expect("another of this program").stdout;
        println!(
            "{tasks} tasks: peak resident {}",
            String::from_utf8_lossy(&peak).trim()
        );
    }
}
