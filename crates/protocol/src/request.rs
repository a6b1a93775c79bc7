//! What the page asks of the kernel.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    CallMode, CallRules, CodecOptions, FunctionInfo, LabEvent, LocalStorageAnswer, MemoryAction,
    ParallelOptions, StampInfo,
};

/// What the page asks of the kernel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum Request {
    /// The first request: what the page knows of where it runs. Answered by `ready`.
    Open {
        /// How many workers "all cores" means.
        cores: u32,
        /// Whether the page can keep small values in localStorage for the kernel.
        local_storage: bool,
        /// After so many seconds without work a worker is ended.
        idle_seconds: f64,
    },
    /// Starts a run. Its items are asked for by `need-items`. If it names an initializer, the values are a block with its
    /// arguments and their buffers.
    Parallel {
        /// The page's number for this run; not used before.
        run: u32,
        /// How to run.
        options: Box<ParallelOptions>,
        /// Whether all items are there already, so that asking for more than are needed now has no effect to be seen.
        at_hand: bool,
    },
    /// Items of a run. The values are a block of parcels (`values::BundleReader`), their buffers, and those buffers that
    /// this and later blocks share.
    Items {
        /// The run.
        run: u32,
        /// How many of the values, the last ones, are buffers to be shared.
        shared: u32,
        /// Whether these are the last.
        ended: bool,
    },
    /// The source of a run's items threw.
    SourceFailed {
        /// The run.
        run: u32,
    },
    /// Stops a run.
    Cancel {
        /// The run.
        run: u32,
    },
    /// Gives up one task of a run.
    CancelTask {
        /// The run.
        run: u32,
        /// The task, by its position in the source.
        task: u32,
    },
    /// Asks for what is known of the workers. Answered by `workers`.
    Workers {
        /// The page's number for this question.
        request: u32,
    },
    /// From now on "all cores" means so many workers, and idle ones beyond that are ended.
    Resize {
        /// How many.
        cores: u32,
    },
    /// Ends the workers that work for nobody.
    EndWorkers,
    /// Asks something of a memory. Answered by `memory`.
    Memory {
        /// The page's number for this question.
        request: u32,
        /// The memory's name.
        location: String,
        /// What is asked. The value beside `import` is the file.
        action: MemoryAction,
    },
    /// From now on calls of this function are remembered under the page's number for it. The values are a block of parcels:
    /// what its parameters are that may be left out, in order.
    Function {
        /// The page's number for it; not used before.
        function: u32,
        /// The memory's name.
        location: String,
        /// What it is.
        info: FunctionInfo,
        /// How its calls are remembered.
        rules: CallRules,
        /// Whether the page computes what is not remembered. If not, the task of that name does.
        by_page: bool,
    },
    /// Calls such a function. The value in the block is a list of the arguments by position and a map of those by name; for a
    /// task it is what the task is given. Answered by `called`, once or more.
    Call {
        /// The page's number for this call.
        request: u32,
        /// The function.
        function: u32,
        /// What is wanted of it.
        mode: CallMode,
        /// The files that this call's result is made from, in addition to the function's.
        files: Vec<StampInfo>,
    },
    /// What the page computed when told to `compute`. The values are a block with the result, unless that failed.
    Computed {
        /// The call.
        request: u32,
        /// How long that took, in milliseconds.
        duration_ms: f64,
        /// Whether there is no result.
        failed: bool,
    },
    /// Whether the page will have the entry that it was told to `validate`.
    Validated {
        /// The call.
        request: u32,
        /// Whether it will.
        valid: bool,
    },
    /// A lab appears on the page. Answered by `view`.
    Mount {
        /// The page's number for this lab.
        lab: u32,
        /// Which lab it is.
        name: String,
        /// Where the site's files are, as an absolute address.
        root: String,
        /// The example that is around it, if there is one: the address of its file as seen from there.
        example: Option<String>,
        /// What was kept of that example: the `record` of an earlier `kept`.
        kept: Option<String>,
        /// What the visitor has already filled in, and what the browser restored: the first view is of that.
        fields: Vec<LabEvent>,
    },
    /// The visitor did something in a lab. The values are files, where there are any.
    Lab {
        /// The lab.
        lab: u32,
        /// What the visitor did.
        event: LabEvent,
    },
    /// The lab is gone from the page.
    Unmount {
        /// The lab.
        lab: u32,
    },
    /// Writes a value, which travels along. Answered by `coded` with the bytes.
    Encode {
        /// The page's number for this question.
        request: u32,
        /// The format's name.
        format: String,
        /// How.
        options: CodecOptions,
    },
    /// Reads bytes, which travel along. Answered by `coded` with the value.
    Decode {
        /// The page's number for this question.
        request: u32,
        /// The format's name.
        format: String,
        /// How.
        options: CodecOptions,
    },
    /// The answer to `local-storage`.
    LocalStorage {
        /// The kernel's number for its question.
        request: u32,
        /// The answer.
        answer: LocalStorageAnswer,
    },
    /// The page may go away soon: write what waits to be written.
    Flush,
    /// Are you there? Answered by `pong`.
    Ping,
    /// Ends all workers, and writes what waits to be written. Answered by `closed`, after which this kernel can be ended.
    Close,
}
