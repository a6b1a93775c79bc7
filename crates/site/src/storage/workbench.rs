//! The workbench's one task: a job of crate `experiments`, in and out of parcels.

use core::cell::RefCell;

use browser::{Clock, JsBuffer};
use experiments::{Bench, Failure, Job, Material, Outcome};
use serde::{Deserialize, Serialize};
use tasks::{Host, Parameter, Task, TaskError};
use values::{Buffer, OUT_OF_LINE_BYTES, Parcel, Skeleton, Value};

/// The name of the one task.
pub(super) const EXPERIMENT: &str = "experiment";

/// The task of that name; what the workbench's workers are started with.
pub fn find_experiment(name: &str) -> Option<&'static dyn Task> {
    (name == EXPERIMENT).then_some(&Experiment)
}

/// What travels to the workbench, but for long bytes and values.
#[derive(Serialize, Deserialize)]
struct Order {
    lab: u32,
    job: Job,
}

/// A job with what it needs, as the arguments of the task.
pub(super) fn order(
    lab: u32,
    job: &Job,
    bytes: Option<JsBuffer>,
    value: Option<Parcel<JsBuffer>>,
) -> Result<Parcel<JsBuffer>, Failure> {
    let damaged = |why: String| Failure::new("bad-message", why);
    let order = Order {
        lab,
        job: job.clone(),
    };
    let order = postcard::to_allocvec(&order).map_err(|error| damaged(error.to_string()))?;
    let mut fields = vec![("order".to_owned(), Skeleton::Bytes(order))];
    let mut buffers = Vec::new();
    // The value first: its skeleton counts its buffers from nought.
    if let Some(value) = value {
        let skeleton = value
            .skeleton()
            .map_err(|error| damaged(error.to_string()))?;
        fields.push(("value".to_owned(), skeleton));
        buffers = value.buffers;
    }
    if let Some(bytes) = bytes {
        let skeleton = if bytes.byte_length() >= OUT_OF_LINE_BYTES {
            buffers.push(bytes);
            Skeleton::LongBytes(buffers.len() as u32 - 1)
        } else {
            Skeleton::Bytes(bytes.to_vec())
        };
        fields.push(("bytes".to_owned(), skeleton));
    }
    Ok(Parcel::from_skeleton(&Skeleton::Map(fields), buffers))
}

/// What came of a job.
pub(super) struct Answer {
    pub(super) outcome: Result<Outcome, Failure>,
    /// The value that was read for the page.
    pub(super) value: Option<Parcel<JsBuffer>>,
    /// From when it was sent until this was here, if it was sent.
    pub(super) milliseconds: Option<f64>,
}

impl Answer {
    /// It was not done.
    pub(super) const fn failed(failure: Failure) -> Self {
        Self {
            outcome: Err(failure),
            value: None,
            milliseconds: None,
        }
    }
}

/// What the task's result says.
pub(super) fn answer(result: &Parcel<JsBuffer>) -> Answer {
    let damaged = |why: String| Answer::failed(Failure::new("bad-message", why));
    let fields = match result.skeleton() {
        Ok(Skeleton::Map(fields)) => fields,
        Ok(_) => return damaged("The workbench's answer is not a map.".to_owned()),
        Err(error) => return damaged(error.to_string()),
    };
    let mut outcome = None;
    let mut value = None;
    for (name, skeleton) in fields {
        match name.as_str() {
            "outcome" => outcome = Some(Parcel::from_skeleton(&skeleton, result.buffers.clone())),
            _ => value = Some(Parcel::from_skeleton(&skeleton, result.buffers.clone())),
        }
    }
    let outcome = match outcome.map(|parcel| parcel.unpack()) {
        Some(Ok(Value::Bytes(bytes))) => postcard::from_bytes(&bytes)
            .map_err(|error| Failure::new("bad-message", error.to_string()))
            .and_then(|outcome| outcome),
        _ => Err(Failure::new(
            "bad-message",
            "The workbench's answer is damaged.",
        )),
    };
    Answer {
        outcome,
        value,
        milliseconds: None,
    }
}

struct Experiment;

thread_local! {
    /// What the workbench keeps between jobs, for as long as the worker lives.
    static BENCH: RefCell<Bench> = RefCell::default();
}

impl Task for Experiment {
    fn name(&self) -> &'static str {
        EXPERIMENT
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "Does a job of the labs on storage."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[]
    }

    fn run(&self, arguments: Value, _host: &dyn Host) -> Result<Value, TaskError> {
        let (outcome, value) = match run(arguments) {
            Ok((outcome, value)) => (Ok(outcome), value),
            Err(failure) => (Err(failure), None),
        };
        let outcome = postcard::to_allocvec(&outcome).unwrap_or_default();
        let mut fields = vec![("outcome".to_owned(), Value::Bytes(outcome))];
        fields.extend(value.map(|value| ("value".to_owned(), value)));
        Ok(Value::Map(fields))
    }
}

fn run(arguments: Value) -> Result<(Outcome, Option<Value>), Failure> {
    let damaged = || Failure::new("bad-message", "The workbench could not read its order.");
    let Value::Map(fields) = arguments else {
        return Err(damaged());
    };
    let mut material = Material::default();
    let mut order = None;
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("order", Value::Bytes(bytes)) => order = postcard::from_bytes(&bytes).ok(),
            ("bytes", Value::Bytes(bytes)) => material.bytes = Some(bytes),
            (_, value) => material.value = Some(value),
        }
    }
    let Order { lab, job } = order.ok_or_else(damaged)?;
    let clock = Clock::default();
    BENCH.with_borrow_mut(|bench| bench.run(lab, job, material, &|| clock.now()))
}
