//! Tasks `count_primes` on rayon's threads.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::Instant;

use anyhow::{Result, bail};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use serde_json::{Value as Json, json};
use values::{Parcel, Value};

use crate::call::{call, task, unpacked};

/// A pool for each number of threads; kept, as the browser's workers are.
#[derive(Default)]
pub(crate) struct Pools(BTreeMap<usize, ThreadPool>);

impl Pools {
    /// Runs so many tasks, each taken by itself by whichever thread is free.
    pub(crate) fn run(&mut self, limit: u64, tasks: u64, threads: u64) -> Result<Json> {
        let pool = self.pool(usize::try_from(threads)?)?;
        let task = task("count_primes")?;
        let limit = i64::try_from(limit)?;
        let arguments = Parcel::pack(Value::map([("limit", Value::Int(limit))]));
        let count = usize::try_from(tasks)?;
        let start = Instant::now();
        let results: Vec<_> = pool.install(|| {
            (0..count)
                .into_par_iter()
                .with_max_len(1)
                .map(|_| call(task, &arguments))
                .collect::<Result<_>>()
        })?;
        let elapsed = start.elapsed();
        let mut sum = 0;
        for result in &results {
            match unpacked(result)? {
                Value::Int(count) => sum += count,
                other => bail!("the task gave {}", other.kind()),
            }
        }
        Ok(json!({ "milliseconds": elapsed.as_secs_f64() * 1000.0, "sum": sum }))
    }

    fn pool(&mut self, threads: usize) -> Result<&ThreadPool> {
        if threads == 0 {
            bail!("`threads` must be a whole number from 1");
        }
        Ok(match self.0.entry(threads) {
            Entry::Occupied(kept) => kept.into_mut(),
            Entry::Vacant(place) => {
                place.insert(ThreadPoolBuilder::new().num_threads(threads).build()?)
            }
        })
    }
}
