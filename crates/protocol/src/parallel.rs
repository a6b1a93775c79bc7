//! Runs: how to run, what became of each task, and what happened when.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::CallRules;

/// An option as the caller wrote it, checked by the kernel so that the error can say what is allowed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum Loose {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

/// How to run. What is left out has joblib's default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(optional_fields)]
pub struct ParallelOptions {
    /// The name of the task.
    pub task: String,
    /// How many workers: a whole number but 0; -1 means all cores, -2 all but one. Default 1.
    pub n_jobs: Option<Loose>,
    /// `"loky"` (workers), `"threading"` (threads over one memory), `"multiprocessing"` (the same as loky here) or
    /// `"sequential"`. Default: what `prefer` and `require` ask for, else `"loky"`.
    pub backend: Option<String>,
    /// `"processes"` or `"threads"`: which kind of workers to take if no backend is named.
    pub prefer: Option<String>,
    /// `"sharedmem"`: only workers that share one memory will do.
    pub require: Option<String>,
    /// Whether another backend may be taken if the one asked for cannot be had. Default `false`.
    pub fallback: Option<bool>,
    /// How much is told while it runs, as joblib's `verbose`: 0 nothing, above 10 every batch. Default 0.
    pub verbose: Option<Loose>,
    /// How many tasks travel together: a whole number from 1, or `"auto"`. Default `"auto"`.
    pub batch_size: Option<Loose>,
    /// How many tasks are taken from the source ahead of time: a whole number, `"all"`, or arithmetic in `n_jobs`.
    /// Default `"2*n_jobs"`.
    pub pre_dispatch: Option<Loose>,
    /// `"list"`, `"generator"` or `"generator_unordered"`. Default `"list"`.
    pub return_as: Option<String>,
    /// `"raise"` (the first error ends the run) or `"collect"` (each error stands in its task's place).
    /// Default `"raise"`.
    pub on_error: Option<String>,
    /// How long a task may take, in seconds. Default: as long as it likes.
    pub timeout_seconds: Option<Loose>,
    /// `"raise"` (a task that takes too long ends the run) or `"skip"` (the task is given up, the run goes on).
    /// Default `"raise"`.
    pub on_timeout: Option<String>,
    /// The name of the memory in which results are remembered. Default: none.
    pub memory: Option<String>,
    /// How they are remembered.
    pub memory_rules: Option<CallRules>,
    /// The task that each worker runs once before its first task; its arguments are the first value beside the message.
    pub initializer: Option<String>,
    /// After so many tasks a worker is replaced by a new one. Default: never.
    pub recycle_after_tasks: Option<Loose>,
    /// A worker whose memory has grown beyond this is replaced, in bytes or as `"64M"`. Default: never.
    pub memory_limit: Option<Loose>,
    /// How often a task is run again whose worker was lost while it was alone on it. Default 0.
    pub retries: Option<Loose>,
    /// Whether all that happens is told, task by task. Default `true`.
    pub events: Option<bool>,
    /// How many items there are, if that is known before they are read.
    pub length: Option<u32>,
    /// What holds around the call, from the outside in.
    pub contexts: Option<Vec<ContextInfo>>,
}

/// What holds for calls that do not say otherwise: the counterpart of joblib's `parallel_config`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(optional_fields)]
pub struct ContextInfo {
    /// The backend.
    pub backend: Option<String>,
    /// How many workers.
    pub n_jobs: Option<Loose>,
    /// How much is told.
    pub verbose: Option<Loose>,
    /// `"processes"` or `"threads"`.
    pub prefer: Option<String>,
    /// `"sharedmem"`.
    pub require: Option<String>,
}

/// Where in an input a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    /// In bytes from the start.
    pub offset: u32,
    /// From 1, where the input has lines.
    pub line: Option<u32>,
    /// From 1, where the input has lines.
    pub column: Option<u32>,
}

/// What went wrong, for a program and for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ErrorInfo {
    /// The stable name of the error.
    pub code: String,
    /// A sentence for a person.
    pub message: String,
    /// The task it happened in, by its position in the source.
    pub task: Option<u32>,
    /// Where in the task's input.
    pub position: Option<Position>,
}

/// What became of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum TaskStatus {
    /// It was computed.
    Ok,
    /// Its result came from the memory.
    Cached,
    /// It failed.
    Failed,
    /// It was stopped before it ended.
    Cancelled,
}

/// What became of one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TaskOutcome {
    /// Its position in the source.
    pub task: u32,
    /// What became of it.
    pub status: TaskStatus,
    /// How long it took in its worker, in milliseconds; when it came from the memory, how long it took then.
    pub duration_ms: f64,
    /// Why there is no result, if there is none.
    pub error: Option<ErrorInfo>,
}

/// One thing that happened in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EventInfo {
    /// When, in milliseconds since the run began.
    pub at: f64,
    /// What: `submitted`, `dispatched`, `started`, `finished`, `failed`, `from-cache`, `requeued`, `timed-out`,
    /// `cancelled`, `unreadable`, `worker-ready`, `worker-ended`, `worker-lost`, `batch-ended`, `batch-size`.
    pub kind: String,
    /// The task it concerns.
    pub task: Option<u32>,
    /// The worker it concerns.
    pub worker: Option<u32>,
    /// The batch it concerns.
    pub batch: Option<u32>,
    /// The new size of batches, for `batch-size`.
    pub size: Option<u32>,
    /// Why a worker was lost, for `worker-lost`.
    pub why: Option<String>,
}

/// A line that a run says of its progress, as joblib prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PrintedLine {
    /// `"stdout"` or `"stderr"`.
    pub stream: String,
    /// The line, without its end.
    pub text: String,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProgressInfo {
    /// Tasks taken from the source.
    pub submitted: u32,
    /// All tasks, once the source has ended.
    pub total: Option<u32>,
    /// Tasks that are done, in whatever way.
    pub done: u32,
    /// Of these, the ones that failed.
    pub failed: u32,
    /// Of these, the ones whose result came from the memory.
    pub cached: u32,
    /// Since the run began, in milliseconds.
    pub elapsed_ms: f64,
    /// An estimate of the time left, in milliseconds.
    pub remaining_ms: Option<f64>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunEnd {
    /// Why it did not end well, if so.
    pub error: Option<ErrorInfo>,
    /// What went wrong without costing a result, in sentences.
    pub warnings: Vec<String>,
    /// The last progress.
    pub progress: ProgressInfo,
}
