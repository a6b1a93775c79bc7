//! What is printed.

use std::collections::BTreeSet;

use parallel::{Options, Stream, Verbosity};

use crate::jobs;
use crate::simulated::{Run, millis};

/// Progress lines of equal width.
#[test]
fn b25_parallel_pretty_print() {
    for n_jobs in [1, 2_u32] {
        let verbose = Verbosity {
            level: 10_000,
            n_jobs: i64::from(n_jobs),
            backend: "ThreadingBackend".to_owned(),
            length: Some(100),
        };
        let options = Options {
            verbose: Some(verbose),
            ..jobs(n_jobs as usize)
        };
        let run = Run::new(options, (0..100).map(|_| millis(300))).finish();
        let mut widths = BTreeSet::new();
        let mut progress = 0;
        for line in &run.printed {
            assert_eq!(line.stream, Stream::Output);
            let (before, after) = line.text.split_once("]: ").unwrap();
            assert_eq!(before, format!("[Parallel(n_jobs={n_jobs})"));
            if after.starts_with("Done") {
                widths.insert(after.find('|').unwrap());
                progress += 1;
            }
        }
        assert_eq!(widths.len(), 1, "{:?}", run.printed);
        assert!(progress >= 99, "{progress} lines for 100 tasks");
    }
}
