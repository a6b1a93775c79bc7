//! The team's side: the coordinator, which hears the kernel, and the threads, which do the tasks.
//!
//! All of them are workers with one memory between them. The coordinator hands a batch to rayon, whose threads sleep until
//! there is one; a thread puts what it has done into [`DONE`] and rings, by a message to its parent, if nobody has rung for
//! what is there yet.

use core::cell::Cell;
use core::time::Duration;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use js_sys::{Array, Object, Reflect};
use tasks::Host;
use values::{Buffer, Parcel, Value};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::MessageEvent;

// Links the exports with which www/threads-worker.ts starts the threads.
pub use wasm_bindgen_rayon::init_thread_pool;

use super::message::{FromTeam, ToTeam};
use crate::host::WorkerHost;
use crate::nested::Nested;
use crate::pool::message::{
    Batch, Call, FromWorker, Packed, Place, TaskFailure, ToWorker, WireReport, decode, encode,
};
use crate::pool::worker_side::{FindTask, call, memory_bytes, put_result, scope};
use crate::{Clock, JsBuffer, Outer};

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

/// Makes this worker the coordinator: from now on it gives what it is sent to the threads. They have started.
pub fn start_team(find: FindTask) {
    let Some(scope) = scope() else { return };
    std::panic::set_hook(Box::new(|panic| {
        let said = Object::new();
        let _ = Reflect::set(&said, &"panicked".into(), &panic.to_string().into());
        say(&said);
    }));
    let mut kept = HashMap::new();
    let closure = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some((ToTeam { slot, told }, buffers)) = decode(event.data()) {
            // If the memory is too small for it, it is this one's doing.
            THREAD.with(|thread| thread.slot.set(Some(slot)));
            hand_over(find, slot, told, &mut buffers.into_iter(), &mut kept);
            THREAD.with(|thread| thread.slot.set(None));
        }
    });
    scope.set_onmessage(Some(closure.as_ref().unchecked_ref()));
    closure.forget();
}

fn hand_over(
    find: FindTask,
    slot: u32,
    told: ToWorker,
    beside: &mut std::vec::IntoIter<JsBuffer>,
    kept: &mut HashMap<u64, SharedBytes>,
) {
    match told {
        ToWorker::Batch(Batch {
            number,
            task: name,
            outer,
            calls,
        }) => {
            let calls: Vec<_> = calls
                .into_iter()
                .map(|Call { number, arguments }| SharedCall {
                    number,
                    arguments: take_shared(arguments, beside, kept),
                })
                .collect();
            rayon::spawn(move || run(find, &name, &outer, slot, number, calls));
        }
        // Threads share their memory: there is nothing for each of them to do first, and no run may ask for it.
        ToWorker::Initialize { .. } => {}
        ToWorker::Forget(numbers) => kept.retain(|number, _| !numbers.contains(number)),
    }
}

/// Takes a parcel's own buffers into the shared memory, each once however many tasks are given it.
fn take_shared(
    packed: Packed,
    beside: &mut std::vec::IntoIter<JsBuffer>,
    kept: &mut HashMap<u64, SharedBytes>,
) -> Parcel<SharedBytes> {
    let find = |place| match place {
        Place::Beside => beside.next().map(|buffer| SharedBytes::copy_of(&buffer)),
        Place::Keep(number) => beside.next().map(|buffer| {
            let bytes = SharedBytes::copy_of(&buffer);
            kept.insert(number, bytes.clone());
            bytes
        }),
        Place::Kept(number) => kept.get(&number).cloned(),
    };
    Parcel {
        buffers: packed.buffers.into_iter().filter_map(find).collect(),
        head: packed.head,
    }
}

/// Does a batch, on a thread.
fn run(find: FindTask, name: &str, outer: &Outer, slot: u32, batch: u32, calls: Vec<SharedCall>) {
    THREAD.with(|thread| {
        thread.slot.set(Some(slot));
        let task = find(name);
        let host = Nested::new(thread, find, outer, true);
        let count = calls.len();
        let mut started = thread.clock.now();
        for (SharedCall { number, arguments }, position) in calls.into_iter().zip(1..) {
            let result = call(task, name, &arguments, &host);
            drop(arguments);
            let ended = thread.clock.now();
            put(Done {
                slot,
                batch,
                number,
                started,
                ended,
                result,
                last: position == count,
            });
            started = ended;
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
    let done = core::mem::take(&mut *DONE.lock().unwrap_or_else(PoisonError::into_inner));
    let (buffers, transfer) = (Array::new(), Array::new());
    let tell = |done: Done| {
        let report = WireReport {
            number: done.number,
            started: done.started,
            ended: done.ended,
            result: done
                .result
                .map(|parcel| put_result(parcel, &buffers, &transfer)),
        };
        let reports = FromWorker::Reports {
            batch: done.batch,
            reports: vec![report],
            ended: done.last,
            memory: memory_bytes(),
        };
        (done.slot, reports)
    };
    let told: Vec<_> = done.into_iter().map(tell).collect();
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

    fn keep(&self, value: Value) {
        self.host.keep(value);
    }

    fn kept(&self) -> Value {
        self.host.kept()
    }
}
