//! One call of a task, with the steps that a worker in the browser takes.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use tasks::{Host, Task};
use values::{Parcel, Value};

/// The host of a thread.
struct Native;

impl Host for Native {
    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }

    fn compute(&self, duration: Duration) {
        let start = Instant::now();
        while start.elapsed() < duration {
            std::hint::spin_loop();
        }
    }

    fn end_worker(&self) {}

    // There is no initializer that would leave anything.
    fn keep(&self, _: Value) {}

    fn kept(&self) -> Value {
        Value::Null
    }
}

/// The task of that name.
pub(crate) fn task(name: &str) -> Result<&'static dyn Task> {
    tasks::find(name).with_context(|| format!("there is no task `{name}`"))
}

/// Unpacks the arguments, runs the task, packs the result: what a worker does between "started" and "finished".
pub(crate) fn call(task: &dyn Task, arguments: &Parcel<Vec<u8>>) -> Result<Parcel<Vec<u8>>> {
    let arguments = arguments.unpack().map_err(|error| anyhow!("{error}"))?;
    let result = task
        .run(arguments, &Native)
        .map_err(|error| anyhow!("{error}"))?;
    Ok(Parcel::pack(result))
}

/// The value in a parcel.
pub(crate) fn unpacked(parcel: &Parcel<Vec<u8>>) -> Result<Value> {
    parcel.unpack().map_err(|error| anyhow!("{error}"))
}
