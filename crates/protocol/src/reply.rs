//! What the kernel tells the page.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    CallAnswer, ErrorInfo, LocalStorageQuestion, MemoryAnswer, NoteInfo, PrintedLine, ProgressInfo,
    Region, RunEnd,
};

/// What the kernel tells the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum Reply {
    /// The kernel has started.
    Ready {
        /// What it is and can.
        info: EngineInfo,
        /// The tasks it knows.
        tasks: Vec<TaskInfo>,
        /// The kinds of events, by their numbers in a block of events.
        event_kinds: Vec<String>,
        /// The ways in which workers go, by their numbers in a block of events.
        losses: Vec<String>,
    },
    /// To `ping`.
    Pong,
    /// To `close`: nothing waits to be written any more.
    Closed,
    /// A run wants items: at most this many, as soon as there are some.
    NeedItems {
        /// The run.
        run: u32,
        /// The most that are wanted.
        count: u32,
    },
    /// Tasks of a run are done. The values are a block of parcels (`values::BundleReader`) with what became of each as its
    /// mark, and their buffers.
    Results {
        /// The run.
        run: u32,
        /// Why there is no result, of those that have none, in order.
        errors: Vec<ErrorInfo>,
    },
    /// What happened in a run, in the order in which the kernel heard of it. The value is a block of events.
    Events {
        /// The run.
        run: u32,
        /// How far the run is.
        progress: ProgressInfo,
    },
    /// What a run says of its progress.
    Printed {
        /// The run.
        run: u32,
        /// The lines.
        lines: Vec<PrintedLine>,
    },
    /// The answer to `workers`.
    Workers {
        /// The page's number for its question.
        request: u32,
        /// The workers.
        workers: Vec<WorkerInfo>,
        /// How large the kernel's own memory has grown, in bytes.
        kernel_bytes: f64,
    },
    /// A run has ended.
    Ended {
        /// The run.
        run: u32,
        /// How.
        end: RunEnd,
    },
    /// The answer about a memory.
    Memory {
        /// The page's number for its question.
        request: u32,
        /// The answer.
        answer: MemoryAnswer,
    },
    /// How a remembered call goes on. The values are a block with the result, where there is one.
    Called {
        /// The page's number for the call.
        request: u32,
        /// How.
        answer: CallAnswer,
        /// What is printed.
        lines: Vec<PrintedLine>,
        /// What else the caller should know, in sentences.
        warnings: Vec<String>,
    },
    /// Parts of a lab to show anew.
    View {
        /// The lab.
        lab: u32,
        /// The parts that changed.
        regions: Vec<Region>,
    },
    /// What is to be kept of a lab's example has changed.
    Kept {
        /// The lab.
        lab: u32,
        /// What is to be kept, in one line (docs/progress-format.md); empty when the example begins anew.
        record: String,
    },
    /// The answer to `encode` and `decode`. The value is the bytes, or what was read; nothing where there is an error.
    Coded {
        /// The page's number for its question.
        request: u32,
        /// What was changed or looks dangerous.
        notes: Vec<NoteInfo>,
        /// Why it was not done.
        error: Option<ErrorInfo>,
    },
    /// A lab gives the visitor a file to keep. The value is its bytes.
    Download {
        /// The lab.
        lab: u32,
        /// What the file is called.
        name: String,
        /// What kind of file it is.
        media_type: String,
    },
    /// A question for the page's localStorage.
    LocalStorage {
        /// The kernel's number for its question.
        request: u32,
        /// The question.
        question: LocalStorageQuestion,
    },
    /// The kernel could not read or serve a request.
    Refused {
        /// Why.
        error: ErrorInfo,
    },
}

/// What the engine is and can.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EngineInfo {
    /// The version of the engine.
    pub version: String,
    /// How many workers "all cores" means.
    pub cores: u32,
    /// Whether the page is cross-origin isolated.
    pub isolated: bool,
    /// The ways to run.
    pub backends: Vec<BackendInfo>,
    /// Where results are remembered.
    pub storage: StorageInfo,
    /// The smallest step of the clock, in microseconds.
    pub timer_resolution_us: f64,
}

/// A way to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackendInfo {
    /// Its name.
    pub name: String,
    /// Whether it can be used here.
    pub available: bool,
    /// Why not, or what it is.
    pub why: String,
}

/// A worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WorkerInfo {
    /// Its number, which no other worker has had.
    pub worker: u32,
    /// `"starting"`, `"busy"` (it works for a run) or `"idle"`.
    pub state: String,
    /// How many tasks it has done.
    pub tasks: u32,
    /// How large its memory has grown, in bytes, as it last said; it never shrinks.
    pub memory_bytes: f64,
}

/// Where results are remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StorageInfo {
    /// `"indexeddb"`, `"localstorage"` or `"memory"`.
    pub kind: String,
    /// Why it is this one.
    pub why: String,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TaskInfo {
    /// Its name.
    pub name: String,
    /// What it does.
    pub summary: String,
    /// What it takes.
    pub parameters: Vec<ParameterInfo>,
}

/// A parameter of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ParameterInfo {
    /// Its name.
    pub name: String,
    /// What it takes.
    pub help: String,
}
