//! The team's side: the coordinator, which hears the kernel, and the threads, which do the tasks.
//!
//! All of them are workers with one memory between them. The coordinator hands a batch to rayon, whose threads sleep until
//! there is one; a thread puts what it has done into [`DONE`] and rings, by a message to its parent, if nobody has rung for
//! what is there yet.

use core::cell::Cell;
use core::time::Duration;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use js_sys::{Array, Object, Reflect};
use tasks::{Host, Task};
use values::{Buffer, Parcel};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::MessageEvent;

// Links the exports with which www/threads-worker.ts starts the threads.
pub use wasm_bindgen_rayon::init_thread_pool;

use super::message::{FromTeam, ToTeam};
use crate::host::WorkerHost;
use crate::pool::message::{
    Batch, Call, FromWorker, TaskFailure, ToWorker, WireReport, decode, encode, put_parcel,
    take_parcel,
};
use crate::pool::worker_side::{FindTask, call, memory_bytes, scope};
use crate::{Clock, JsBuffer};

/// A task that a thread has done.
struct Done {
    slot: u32,
    batch: u32,
    number: u32,
    started: f64,
    ended: f64,
    result: Result<Parcel<Vec<u8>>, TaskFailure>,
    /// Whether it is the last of its batch.
    last: bool,
}

/// What is done and not yet collected.
static DONE: Mutex<Vec<Done>> = Mutex::new(Vec::new());

/// Bytes in the shared memory. They are read from JavaScript's memory once, whoever of the threads uses them.
#[derive(Clone)]
struct SharedBytes(Arc<Vec<u8>>);

impl SharedBytes {
    fn copy_of(buffer: &JsBuffer) -> Self {
        Self(Arc::new(buffer.to_vec()))
    }
}

impl Buffer for SharedBytes {
    fn byte_length(&self) -> usize {
        self.0.len()
    }

    fn to_vec(&self) -> Vec<u8> {
        self.0.to_vec()
    }

    fn read(&self, take: &mut dyn FnMut(&[u8])) {
        take(&self.0);
    }
}

/// A call whose arguments are in the shared memory.
struct SharedCall {
    number: u32,
    arguments: Parcel<SharedBytes>,
}

/// Makes this worker the coordinator: from now on it gives the batches that it is sent to the threads. They have started.
pub fn start_team(find: FindTask) {
    let Some(scope) = scope() else { return };
    std::panic::set_hook(Box::new(|panic| {
        let said = Object::new();
        let _ = Reflect::set(&said, &"panicked".into(), &panic.to_string().into());
        say(&said);
    }));
    let mut shared = SharedArguments::default();
    let closure = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some((ToTeam { slot, told }, buffers)) = decode(event.data()) {
            // If the memory is too small for it, it is this one's doing.
            THREAD.with(|thread| thread.slot.set(Some(slot)));
            match told {
                ToWorker::Batch(batch) => hand_over(find, slot, batch, buffers, &mut shared),
                ToWorker::Forget(numbers) => shared.forget(&numbers),
                // Threads share their memory: there is nothing for each of them to do first.
                ToWorker::Initialize { .. } => {}
            }
            THREAD.with(|thread| thread.slot.set(None));
        }
    });
    scope.set_onmessage(Some(closure.as_ref().unchecked_ref()));
    closure.forget();
}

/// Buffers that several tasks are given, by their numbers: in JavaScript's memory as they came, and in the shared memory.
#[derive(Default)]
struct SharedArguments {
    kept: HashMap<u64, JsBuffer>,
    copied: HashMap<u64, SharedBytes>,
}

impl SharedArguments {
    fn copy_of(&mut self, buffer: &JsBuffer) -> SharedBytes {
        let Some(number) = buffer.number() else {
            return SharedBytes::copy_of(buffer);
        };
        let copied = self.copied.entry(number);
        copied
            .or_insert_with(|| SharedBytes::copy_of(buffer))
            .clone()
    }

    fn forget(&mut self, numbers: &[u64]) {
        for number in numbers {
            self.kept.remove(number);
            self.copied.remove(number);
        }
    }
}

fn hand_over(
    find: FindTask,
    slot: u32,
    batch: Batch,
    buffers: Vec<JsBuffer>,
    shared: &mut SharedArguments,
) {
    let mut buffers = buffers.into_iter();
    let calls: Vec<_> = batch
        .calls
        .into_iter()
        .map(|Call { number, arguments }| {
            let parcel = take_parcel(arguments, &mut buffers, &mut shared.kept);
            SharedCall {
                number,
                arguments: Parcel {
                    head: parcel.head,
                    buffers: parcel
                        .buffers
                        .iter()
                        .map(|buffer| shared.copy_of(buffer))
                        .collect(),
                },
            }
        })
        .collect();
    let task = find(&batch.task);
    rayon::spawn(move || run(task, slot, batch.number, &batch.task, calls));
}

/// Does a batch, on a thread.
fn run(task: Option<&'static dyn Task>, slot: u32, batch: u32, name: &str, calls: Vec<SharedCall>) {
    THREAD.with(|thread| {
        thread.slot.set(Some(slot));
        let count = calls.len();
        for (SharedCall { number, arguments }, position) in calls.into_iter().zip(1..) {
            let started = thread.clock.now();
            let result = call(task, name, &arguments, thread);
            drop(arguments);
            put(Done {
                slot,
                batch,
                number,
                started,
                ended: thread.clock.now(),
                result,
                last: position == count,
            });
        }
        thread.slot.set(None);
    });
}

/// Leaves what was done to the coordinator.
fn put(done: Done) {
    let first = {
        let mut all = DONE.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(done);
        all.len() == 1
    };
    if first {
        say(&JsValue::NULL);
    }
}

/// Tells the kernel of all that was done.
pub fn collect_reports() {
    let mut done = core::mem::take(&mut *DONE.lock().unwrap_or_else(PoisonError::into_inner));
    let (buffers, transfer) = (Array::new(), Array::new());
    let mut told: BTreeMap<u32, (u32, Vec<WireReport>, bool)> = BTreeMap::new();
    // By who did them, since buffers travel in the order in which they are named.
    done.sort_by_key(|done| done.slot);
    for done in done {
        let result = done.result.map(|parcel| {
            let parcel = Parcel {
                head: parcel.head,
                buffers: parcel
                    .buffers
                    .iter()
                    .map(|bytes| JsBuffer::copy_of(bytes))
                    .collect(),
            };
            put_parcel(parcel, &buffers, &transfer, &mut HashSet::new())
        });
        let (batch, reports, ended) = told.entry(done.slot).or_default();
        *batch = done.batch;
        *ended |= done.last;
        reports.push(WireReport {
            number: done.number,
            started: done.started,
            ended: done.ended,
            result,
        });
    }
    let told: Vec<_> = told
        .into_iter()
        .map(|(slot, (batch, reports, ended))| {
            (
                slot,
                FromWorker::Reports {
                    batch,
                    reports,
                    ended,
                    memory: memory_bytes(),
                },
            )
        })
        .collect();
    let Some(scope) = scope() else { return };
    if !told.is_empty() {
        let message: JsValue = encode(&FromTeam(told), &buffers, &transfer).into();
        let _ = scope.post_message_with_transfer(&message, &transfer);
    }
}

/// Which of the team this thread is working as, if it is.
pub fn current_slot() -> Option<u32> {
    THREAD.with(|thread| thread.slot.get())
}

/// Tells whoever started this worker.
fn say(what: &JsValue) {
    if let Some(scope) = scope() {
        let _ = scope.post_message(what);
    }
}

/// The thread that a task runs on.
struct Thread {
    clock: Clock,
    host: WorkerHost,
    slot: Cell<Option<u32>>,
}

thread_local! {
    static THREAD: Thread = Thread { clock: Clock::default(), host: WorkerHost::new(), slot: Cell::new(None) };
}

impl Host for Thread {
    fn sleep(&self, duration: Duration) {
        self.host.sleep(duration);
    }

    fn compute(&self, duration: Duration) {
        self.host.compute(duration);
    }

    /// A thread cannot be ended by itself: the whole team is.
    fn end_worker(&self) {
        say(&self.slot.get().map_or(JsValue::NULL, JsValue::from));
        loop {
            self.host.sleep(Duration::from_secs(3600));
        }
    }
}
