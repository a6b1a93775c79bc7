//! The worker's side of the pool.

use std::collections::{HashMap, HashSet};

use js_sys::Array;
use tasks::{Host, Task};
use values::{Buffer, Parcel};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::message::{
    Batch, Call, FromWorker, Packed, TaskFailure, ToWorker, WireReport, decode, encode, put_parcel,
    take_parcel,
};
use crate::host::WorkerHost;
use crate::nested::Nested;
use crate::{Clock, JsBuffer};

/// Results of a batch are reported at the latest after this many milliseconds, so that the kernel knows how far it is.
const REPORT_AFTER: f64 = 8.0;

/// How a task is found by its name.
pub type FindTask = fn(&str) -> Option<&'static dyn Task>;

/// Makes this worker a pool worker: from now on it runs the batches that it is sent, of the tasks that `find` finds.
pub fn start_pool_worker(find: FindTask) {
    let Some(scope) = scope() else { return };
    std::panic::set_hook(Box::new(|panic| {
        post(
            &FromWorker::Panicked(panic.to_string()),
            &Array::new(),
            &Array::new(),
        );
    }));
    let mut worker = PoolWorker {
        find,
        host: WorkerHost::new(),
        clock: Clock::default(),
        kept: HashMap::new(),
    };
    let closure = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some((message, buffers)) = decode(event.data()) {
            worker.hear(message, buffers);
        }
    });
    scope.set_onmessage(Some(closure.as_ref().unchecked_ref()));
    closure.forget();
    post(&FromWorker::Ready, &Array::new(), &Array::new());
}

struct PoolWorker {
    find: FindTask,
    host: WorkerHost,
    clock: Clock,
    /// Buffers that several tasks are given.
    kept: HashMap<u64, JsBuffer>,
}

impl PoolWorker {
    fn hear(&mut self, message: ToWorker, buffers: Vec<JsBuffer>) {
        let buffers = buffers.into_iter();
        match message {
            ToWorker::Batch(batch) => self.run(batch, buffers),
            ToWorker::Initialize { task, arguments } => self.initialize(&task, arguments, buffers),
            ToWorker::Forget(numbers) => self.kept.retain(|number, _| !numbers.contains(number)),
        }
    }

    fn run(&mut self, batch: Batch, mut buffers: std::vec::IntoIter<JsBuffer>) {
        let mut now = self.clock.now();
        let mut outbox = Outbox::new(batch.number, now);
        let task = (self.find)(&batch.task);
        let host = Nested::new(&self.host, self.find, &batch.outer, false);
        for Call { number, arguments } in batch.calls {
            let parcel = take_parcel(arguments, &mut buffers, &mut self.kept);
            let started = now;
            let result = call(task, &batch.task, &parcel, &host);
            if CLOSED.with(core::cell::Cell::get) {
                return;
            }
            // One look at the clock for each task: it costs as much as a small task does.
            now = self.clock.now();
            outbox.add(number, started, now, result);
            if now - outbox.last_post >= REPORT_AFTER {
                outbox.post(false, now);
            }
        }
        outbox.post(true, now);
    }

    fn initialize(
        &mut self,
        name: &str,
        arguments: Packed,
        mut buffers: std::vec::IntoIter<JsBuffer>,
    ) {
        let parcel = take_parcel(arguments, &mut buffers, &mut self.kept);
        let result = call((self.find)(name), name, &parcel, &self.host).map(|_| ());
        if !CLOSED.with(core::cell::Cell::get) {
            post(
                &FromWorker::Initialized(result),
                &Array::new(),
                &Array::new(),
            );
        }
    }
}

/// Does one task.
pub(crate) fn call<B: Buffer>(
    task: Option<&dyn Task>,
    name: &str,
    arguments: &Parcel<B>,
    host: &dyn Host,
) -> Result<Parcel<Vec<u8>>, TaskFailure> {
    let failure = |code: &str, message: String| TaskFailure {
        code: code.to_owned(),
        message,
        position: None,
    };
    let task =
        task.ok_or_else(|| failure("unknown-task", format!("There is no task `{name}`.")))?;
    let arguments = arguments
        .unpack()
        .map_err(|error| failure(error.code(), error.to_string()))?;
    task.run(arguments, host)
        .map(Parcel::pack)
        .map_err(|error| TaskFailure {
            position: error
                .position()
                .map(|(offset, line)| (offset as u32, line as u32)),
            ..failure(error.code(), error.to_string())
        })
}

/// Adds a result's buffers to those of the whole message, and to what is handed over.
pub(crate) fn put_result(parcel: Parcel<Vec<u8>>, buffers: &Array, transfer: &Array) -> Packed {
    let copies = parcel.buffers.iter().map(|bytes| JsBuffer::copy_of(bytes));
    let parcel = Parcel {
        buffers: copies.collect(),
        head: parcel.head,
    };
    put_parcel(parcel, buffers, transfer, &mut HashSet::new())
}

/// Reports that wait to be posted.
struct Outbox {
    batch: u32,
    reports: Vec<WireReport>,
    buffers: Array,
    transfer: Array,
    last_post: f64,
}

impl Outbox {
    fn new(batch: u32, now: f64) -> Self {
        Self {
            batch,
            reports: Vec::new(),
            buffers: Array::new(),
            transfer: Array::new(),
            last_post: now,
        }
    }

    fn add(
        &mut self,
        number: u32,
        started: f64,
        ended: f64,
        result: Result<Parcel<Vec<u8>>, TaskFailure>,
    ) {
        let result = result.map(|parcel| put_result(parcel, &self.buffers, &self.transfer));
        self.reports.push(WireReport {
            number,
            started,
            ended,
            result,
        });
    }

    fn post(&mut self, ended: bool, now: f64) {
        let reports = FromWorker::Reports {
            batch: self.batch,
            reports: core::mem::take(&mut self.reports),
            ended,
            memory: memory_bytes(),
        };
        post(&reports, &self.buffers, &self.transfer);
        self.buffers = Array::new();
        self.transfer = Array::new();
        self.last_post = now;
    }
}

thread_local! {
    static CLOSED: core::cell::Cell<bool> = const { core::cell::Cell::new(false) };
}

/// Ends this worker; it says nothing more.
pub(crate) fn close() {
    CLOSED.with(|closed| closed.set(true));
    if let Some(scope) = scope() {
        scope.close();
    }
}

pub(crate) fn scope() -> Option<DedicatedWorkerGlobalScope> {
    js_sys::global().dyn_into().ok()
}

fn post(message: &FromWorker, buffers: &Array, transfer: &Array) {
    if let Some(scope) = scope() {
        let message: JsValue = encode(message, buffers, transfer).into();
        let _ = scope.post_message_with_transfer(&message, transfer);
    }
}

/// How large this module's memory is, in bytes; it never shrinks.
#[cfg(target_arch = "wasm32")]
pub fn memory_bytes() -> u64 {
    core::arch::wasm32::memory_size(0) as u64 * 65_536
}

/// How large this module's memory is, which is known only of a module.
#[cfg(not(target_arch = "wasm32"))]
pub const fn memory_bytes() -> u64 {
    0
}
