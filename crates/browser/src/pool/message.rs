//! What the kernel and its pool workers say to each other.
//!
//! A message is `[bytes, buffers]`: the typed part in postcard, and the long parts of arguments or results, handed over
//! without being copied.

use js_sys::{Array, Uint8Array};
use serde::{Deserialize, Serialize};
use values::Parcel;
use wasm_bindgen::{JsCast, JsValue};

use crate::JsBuffer;

/// From the kernel to a worker.
#[derive(Serialize, Deserialize)]
pub(crate) enum ToWorker {
    /// Run these, one after the other.
    Batch(Batch),
}

/// Tasks that travel together.
#[derive(Serialize, Deserialize)]
pub(crate) struct Batch {
    pub(crate) number: u32,
    pub(crate) task: String,
    pub(crate) calls: Vec<Call>,
}

/// One call: its number, and its arguments.
#[derive(Serialize, Deserialize)]
pub(crate) struct Call {
    pub(crate) number: u32,
    pub(crate) arguments: Packed,
}

/// A parcel whose buffers travel beside the message: the head, and how many of them are its own.
#[derive(Serialize, Deserialize)]
pub(crate) struct Packed {
    #[serde(with = "serde_bytes")]
    pub(crate) head: Vec<u8>,
    pub(crate) buffers: u32,
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
    },
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

/// A message under way: its typed part and its buffers.
pub(crate) fn encode(message: &impl Serialize, buffers: &Array) -> Array {
    // Writing to a growing vector cannot fail; an empty message would be refused by the other side.
    let bytes = postcard::to_allocvec(message).unwrap_or_default();
    Array::of2(&Uint8Array::from(&bytes[..]), buffers)
}

/// The typed part and the buffers of a message, if it is one.
pub(crate) fn decode<M: for<'de> Deserialize<'de>>(data: JsValue) -> Option<(M, Vec<JsBuffer>)> {
    let message: Array = data.dyn_into().ok()?;
    let bytes: Uint8Array = message.get(0).dyn_into().ok()?;
    let buffers: Array = message.get(1).dyn_into().ok()?;
    let typed = postcard::from_bytes(&bytes.to_vec()).ok()?;
    let buffers = buffers
        .iter()
        .map(|buffer| buffer.dyn_into().map(JsBuffer::new).ok())
        .collect::<Option<_>>()?;
    Some((typed, buffers))
}

/// Takes a parcel's own buffers from those of the whole message.
pub(crate) fn take_parcel(
    packed: Packed,
    buffers: &mut std::vec::IntoIter<JsBuffer>,
) -> Parcel<JsBuffer> {
    Parcel {
        head: packed.head,
        buffers: buffers.take(packed.buffers as usize).collect(),
    }
}

/// Adds a parcel's buffers to those of the whole message, and to what is handed over.
pub(crate) fn put_parcel(parcel: Parcel<JsBuffer>, buffers: &Array, transfer: &Array) -> Packed {
    for buffer in &parcel.buffers {
        buffers.push(buffer.array());
        transfer.push(&buffer.to_transfer());
    }
    Packed {
        buffers: parcel.buffers.len() as u32,
        head: parcel.head,
    }
}
