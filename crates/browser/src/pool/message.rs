//! What the kernel and its pool workers say to each other.
//!
//! A message is `[bytes, buffers]`: the typed part in postcard, and the long parts of arguments or results, handed over
//! without being copied.

use std::collections::{HashMap, HashSet};

use js_sys::{Array, Uint8Array};
use serde::{Deserialize, Serialize};
use values::Parcel;
use wasm_bindgen::{JsCast, JsValue};

use crate::{JsBuffer, Outer};

/// From the kernel to a worker.
#[derive(Serialize, Deserialize)]
pub(crate) enum ToWorker {
    /// Run these, one after the other.
    Batch(Batch),
    /// Run this task before any other, and say when it is done.
    Initialize { task: String, arguments: Packed },
    /// These buffers will not be named again.
    Forget(Vec<u64>),
}

/// Tasks that travel together.
#[derive(Serialize, Deserialize)]
pub(crate) struct Batch {
    pub(crate) number: u32,
    pub(crate) task: String,
    pub(crate) outer: Outer,
    pub(crate) calls: Vec<Call>,
}

/// One call: its number, and its arguments.
#[derive(Serialize, Deserialize)]
pub(crate) struct Call {
    pub(crate) number: u32,
    pub(crate) arguments: Packed,
}

/// A parcel whose buffers travel beside the message: the head, and where each of them is.
#[derive(Serialize, Deserialize)]
pub(crate) struct Packed {
    #[serde(with = "serde_bytes")]
    pub(crate) head: Vec<u8>,
    pub(crate) buffers: Vec<Place>,
}

/// Where a buffer is.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) enum Place {
    /// The next of those that travel beside the message.
    Beside,
    /// The same, and it is kept under this number.
    Keep(u64),
    /// It was kept under this number.
    Kept(u64),
}

/// From a worker to the kernel.
#[derive(Serialize, Deserialize)]
pub(crate) enum FromWorker {
    /// The engine has started.
    Ready,
    /// Tasks of a batch that are done.
    Reports {
        batch: u32,
        reports: Vec<WireReport>,
        ended: bool,
        /// How large the worker's memory is, in bytes.
        memory: u64,
    },
    /// The task that comes before all others is done, or has failed.
    Initialized(Result<(), TaskFailure>),
    /// The engine is about to trap, for this reason.
    Panicked(String),
}

/// What became of one call.
#[derive(Serialize, Deserialize)]
pub(crate) struct WireReport {
    pub(crate) number: u32,
    pub(crate) started: f64,
    pub(crate) ended: f64,
    pub(crate) result: Result<Packed, TaskFailure>,
}

/// Why a call gave no result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskFailure {
    /// The stable name of the error.
    pub code: String,
    /// A sentence for a person.
    pub message: String,
    /// Where in the input: the offset in bytes, and the line from 1.
    pub position: Option<(u32, u32)>,
}

/// What became of one task.
#[derive(Clone, Debug)]
pub struct TaskReport {
    /// The task's number.
    pub number: u32,
    /// When it began, in milliseconds since 1970.
    pub started: f64,
    /// When it ended, in milliseconds since 1970.
    pub ended: f64,
    /// Its result, or why there is none.
    pub result: Result<Parcel<JsBuffer>, TaskFailure>,
}

/// A message under way: its typed part, which is handed over, and its buffers.
pub(crate) fn encode(message: &impl Serialize, buffers: &Array, transfer: &Array) -> Array {
    // Writing to a growing vector cannot fail; an empty message would be refused by the other side.
    let bytes = postcard::to_allocvec(message).unwrap_or_default();
    let bytes = Uint8Array::from(&bytes[..]);
    transfer.push(&bytes.buffer());
    Array::of2(&bytes, buffers)
}

/// The typed part and the buffers of a message, if it is one.
pub(crate) fn decode<M: for<'de> Deserialize<'de>>(data: JsValue) -> Option<(M, Vec<JsBuffer>)> {
    let message: Array = data.dyn_into().ok()?;
    let bytes: Uint8Array = message.get(0).dyn_into().ok()?;
    let buffers: Array = message.get(1).dyn_into().ok()?;
    let typed = postcard::from_bytes(&bytes.to_vec()).ok()?;
    let buffers = buffers
        .iter()
        .map(|buffer| buffer.dyn_into().map(JsBuffer::whole).ok())
        .collect::<Option<_>>()?;
    Some((typed, buffers))
}

/// Takes a parcel's own buffers from those of the whole message, and from those that were kept. One that is nowhere is left
/// out, so that whoever reads the parcel hears that it is missing.
pub(crate) fn take_parcel(
    packed: Packed,
    beside: &mut std::vec::IntoIter<JsBuffer>,
    kept: &mut HashMap<u64, JsBuffer>,
) -> Parcel<JsBuffer> {
    let find = |place| match place {
        Place::Beside => beside.next(),
        Place::Keep(number) => beside.next().inspect(|buffer| {
            kept.insert(number, buffer.clone());
        }),
        Place::Kept(number) => kept.get(&number).cloned(),
    };
    Parcel {
        buffers: packed.buffers.into_iter().filter_map(find).collect(),
        head: packed.head,
    }
}

/// Adds a parcel's buffers to those of the whole message, and to what is handed over. `keeps` are the numbers of the shared
/// buffers that the receiver has already.
pub(crate) fn put_parcel(
    parcel: Parcel<JsBuffer>,
    buffers: &Array,
    transfer: &Array,
    keeps: &mut HashSet<u64>,
) -> Packed {
    let put = |buffer: &JsBuffer| {
        let Some(number) = buffer.number() else {
            buffers.push(buffer.array());
            transfer.push(&buffer.to_transfer());
            return Place::Beside;
        };
        if !keeps.insert(number) {
            return Place::Kept(number);
        }
        buffers.push(buffer.array());
        Place::Keep(number)
    };
    Packed {
        buffers: parcel.buffers.iter().map(put).collect(),
        head: parcel.head,
    }
}
