//! Measures what the dispatcher itself costs: `cargo run --release -p parallel --example overhead`; with `-- --json` for
//! `cargo xtask bench dispatcher`.
//!
//! Time: a run of 1,000,000 tasks, everything around the dispatcher included, over the number of tasks; that of the thread on
//! its core, where that is told. Memory: the most that a process ever had that has run so many tasks and done nothing else; for
//! that the program starts itself anew. Only Linux tells either.

use core::fmt::Write as _;
use core::num::NonZeroUsize;
use core::time::Duration;
use std::collections::VecDeque;
use std::process::Command;
use std::time::Instant;

use parallel::{BatchSize, Dispatcher, Input, Options, Order, Output, Produced, Report, WorkerId};
use serde_json::json;

const TASKS: usize = 1_000_000;
/// How often each time is measured.
const ROUNDS: usize = 7;
/// How many tasks the processes run whose memory is looked at.
const SIZES: [usize; 4] = [10_000, 100_000, TASKS, 4 * TASKS];
/// How often each of them is started.
const STARTS: usize = 3;

/// What was measured.
struct Row {
    figure: String,
    unit: &'static str,
    samples: Vec<f64>,
}

fn run(options: Options, tasks: usize) {
    let workers = options.n_jobs.get() as u32;
    let mut dispatcher = Dispatcher::new(options, Duration::ZERO);
    let (mut now, mut left, mut yielded) = (Duration::ZERO, tasks, 0);
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
                Output::Send { batch, tasks, .. } => running.push_back((batch, tasks)),
                Output::Yield { .. } => yielded += 1,
                _ => {}
            }
        }
        let Some((batch, tasks)) = running.pop_front() else {
            break;
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
    assert_eq!(yielded, tasks, "every task is yielded once");
}

/// What is run: its name, and its options.
fn kinds() -> [(&'static str, Options); 4] {
    let events = Options::new(NonZeroUsize::MIN.saturating_add(1));
    let auto = Options {
        events: false,
        ..events.clone()
    };
    let single = Options {
        batch_size: BatchSize::Fixed(NonZeroUsize::MIN),
        ..auto.clone()
    };
    let unordered = Options {
        order: Order::Completion,
        ..auto.clone()
    };
    [
        ("auto batches", auto),
        ("auto batches, unordered", unordered),
        ("batches of 1", single),
        ("auto batches, with events", events),
    ]
}

/// Seconds that this thread was on a core, where Linux tells it, so that other programs do not count; else seconds passed.
fn seconds_spent(origin: Instant) -> f64 {
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse::<f64>().ok())
        .map_or_else(
            || origin.elapsed().as_secs_f64(),
            |nanoseconds| nanoseconds / 1e9,
        )
}

fn times() -> Vec<Row> {
    let origin = Instant::now();
    kinds()
        .into_iter()
        .map(|(name, options)| {
            let samples = (0..ROUNDS).map(|_| {
                let before = seconds_spent(origin);
                run(options.clone(), TASKS);
                (seconds_spent(origin) - before) * 1e6 / TASKS as f64
            });
            Row {
                figure: format!("{name}, {TASKS} tasks, each"),
                unit: "µs",
                samples: samples.collect(),
            }
        })
        .collect()
}

/// The most memory that this process ever had, in kB; `None` where nobody tells.
fn most_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// What a process of its own had at most that ran so many tasks of the kind at this place.
fn memory_of(kind: usize, tasks: usize) -> Option<f64> {
    let output = Command::new(std::env::current_exe().ok()?)
        .args(["--memory", &kind.to_string(), &tasks.to_string()])
        .output()
        .ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn memory() -> Vec<Row> {
    let mut rows = Vec::new();
    // Two kinds will do: with batches of 1 nothing may grow; automatic ones grow themselves, up to their largest size.
    for (kind, (name, _)) in kinds().into_iter().enumerate().step_by(2) {
        for tasks in SIZES {
            rows.push(Row {
                figure: format!("peak memory of a process that ran {tasks} tasks, {name}"),
                unit: "MB",
                samples: (0..STARTS)
                    .filter_map(|_| Some(memory_of(kind, tasks)? / 1000.0))
                    .collect(),
            });
        }
    }
    rows.retain(|row| !row.samples.is_empty());
    rows
}

/// As `cargo xtask bench` reads it.
fn json(rows: &[Row]) -> serde_json::Value {
    let rows: Vec<_> = rows
        .iter()
        .map(
            |Row {
                 figure,
                 unit,
                 samples,
             }| json!({ "figure": figure, "unit": unit, "samples": samples }),
        )
        .collect();
    json!({ "rows": rows })
}

/// For people.
fn table(rows: Vec<Row>) -> String {
    let mut text = String::new();
    for Row {
        figure,
        unit,
        mut samples,
    } in rows
    {
        samples.sort_unstable_by(f64::total_cmp);
        let middle = samples.get(samples.len() / 2);
        if let (Some(low), Some(middle), Some(high)) = (samples.first(), middle, samples.last()) {
            let n = samples.len();
            let _ = writeln!(
                text,
                "{figure}: median {middle:.3} {unit}, from {low:.3} to {high:.3}, n={n}"
            );
        }
    }
    text
}

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let [flag, kind, tasks] = &arguments[..]
        && flag == "--memory"
    {
        let kind = kind
            .parse()
            .ok()
            .and_then(|kind: usize| kinds().into_iter().nth(kind));
        if let (Some((_, options)), Ok(tasks)) = (kind, tasks.parse()) {
            run(options, tasks);
        }
        if let Some(kilobytes) = most_memory() {
            println!("{kilobytes}");
        }
        return;
    }
    let mut rows = times();
    rows.extend(memory());
    if arguments.first().is_some_and(|flag| flag == "--json") {
        println!("{}", json(&rows));
    } else {
        print!("{}", table(rows));
    }
}
