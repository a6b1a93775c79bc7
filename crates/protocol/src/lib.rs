//! What the page and the kernel say to each other.
//!
//! [`Request`] and [`Reply`] are the whole protocol. Each travels as `[message, values]`, where `values` is a list of
//! JavaScript values (arguments, results, files) that Rust's types need not know. The TypeScript types of both are made
//! from here by [`typescript`].

mod codec;
mod lab;
mod local_storage;
mod memory;
mod parallel;
mod reply;
mod request;
mod typescript;
mod writer;

pub use codec::{CodecOptions, NoteInfo};
pub use lab::{LabEvent, Region};
pub use local_storage::{LocalStorageAnswer, LocalStorageQuestion};
pub use memory::{
    CallAnswer, CallMode, CallOrigin, CallRules, Dependency, FunctionInfo, FunctionParameter,
    MemoryAction, MemoryAnswer, MemoryEntry, ParameterKind, StampInfo,
};
pub use parallel::{
    ContextInfo, ErrorInfo, EventInfo, Loose, ParallelOptions, Position, PrintedLine, ProgressInfo,
    RunEnd, TaskOutcome, TaskStatus,
};
pub use reply::{BackendInfo, EngineInfo, ParameterInfo, Reply, StorageInfo, TaskInfo, WorkerInfo};
pub use request::Request;
pub use typescript::typescript;
pub use writer::{Way, WriterOrder, WriterReport, WriterRun};
