//! 100,000 random objects, hashed by joblib now and by this crate. `JOBLET_PYTHON` names a Python with joblib and NumPy;
//! `cargo xtask test` makes one and calls this.

#![allow(clippy::unwrap_used, clippy::panic)]

mod trees;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::thread;

/// So many processes, each with a seed of its own.
const PROCESSES: usize = 2;
const OBJECTS: usize = 100_000;

#[test]
#[ignore = "needs a Python with joblib: JOBLET_PYTHON"]
fn random_objects_have_joblibs_digests() {
    let python = std::env::var("JOBLET_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    // Another first seed tries other objects.
    let seed: usize = std::env::var("JOBLET_SEED").map_or(2, |seed| seed.parse().unwrap());
    let running: Vec<_> = (0..PROCESSES)
        .map(|process| {
            let python = python.clone();
            thread::spawn(move || compare(&python, seed + process, OBJECTS / PROCESSES))
        })
        .collect();
    let faults: Vec<_> = running
        .into_iter()
        .flat_map(|thread| thread.join().unwrap())
        .collect();
    assert!(
        faults.is_empty(),
        "{} of {OBJECTS}: {:.4000}",
        faults.len(),
        faults.join("\n")
    );
}

fn compare(python: &str, seed: usize, count: usize) -> Vec<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/joblib.py");
    let mut child = Command::new(python)
        .args([script, "live", &seed.to_string(), &count.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("JOBLET_PYTHON, {python}, does not start: {error}"));
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut answers = 0;
    let faults = lines
        .inspect(|_| answers += 1)
        .filter_map(|line| trees::compare(&line.unwrap()).err())
        .collect();
    assert!(
        child.wait().unwrap().success(),
        "{python} failed: it needs joblib 1.6.0 and NumPy 2 (pip install joblib==1.6.0 numpy)"
    );
    assert_eq!(answers, count);
    faults
}
