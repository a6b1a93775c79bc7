//! The worker of SQLite, seen from a kernel: one database in memory, one message after the other.
//!
//! **Boundary:** the protocol is `engines::sql`. Every message is answered, or the worker is reported as lost with the
//! reason. After it was reported as lost, or was ended, nothing more is heard of it.

use core::cell::{Cell, RefCell};
use core::time::Duration;
use std::rc::Rc;

use engines::sql::{SqlReply, SqlRequest};
use js_sys::{Array, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::describe::describe;
use crate::{JsBuffer, Timer};

/// A worker that does not open its database within this time is given up.
const START_WITHIN: Duration = Duration::from_secs(20);

/// The number of the first message, which opens the database.
const OPENING: u32 = 0;

/// What is heard of the worker.
#[derive(Debug)]
pub enum SqliteEvent {
    /// The answer to the message of that number: a reply for each request, and the buffers they name.
    Answered {
        /// The message's number.
        number: u32,
        /// The replies.
        replies: Vec<SqlReply>,
        /// The buffers.
        buffers: Vec<JsBuffer>,
    },
    /// It is gone, or could not be started; why.
    Lost(String),
}

/// A worker that serves one database in memory.
pub struct SqliteWorker {
    worker: Worker,
    state: Rc<State>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

struct State {
    handle: Box<dyn Fn(SqliteEvent)>,
    /// Until it has opened its database.
    starting: RefCell<Option<Timer>>,
    over: Cell<bool>,
}

impl core::fmt::Debug for SqliteWorker {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SqliteWorker")
            .field("over", &self.state.over.get())
            .finish_non_exhaustive()
    }
}

impl SqliteWorker {
    /// Starts a worker from this script, and calls `handle` with everything that is heard of it. Messages can be sent at
    /// once: they wait in the worker until its database is open.
    ///
    /// # Errors
    /// In words, if there can be no worker here.
    pub fn start(script: &str, handle: impl Fn(SqliteEvent) + 'static) -> Result<Self, String> {
        let state = Rc::new(State {
            handle: Box::new(handle),
            starting: RefCell::new(None),
            over: Cell::new(false),
        });
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name("joblet sqlite");
        let worker =
            Worker::new_with_options(script, &options).map_err(|thrown| describe(&thrown))?;
        let hears = Rc::clone(&state);
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            hears.hear(&event.data());
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let fails = Rc::clone(&state);
        let on_error = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            event.prevent_default();
            fails.lose(crate::pool::message_of(&event));
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let late = Rc::clone(&state);
        let timer = Timer::after(START_WITHIN, move || {
            late.lose(format!(
                "SQLite did not start within {} s.",
                START_WITHIN.as_secs()
            ));
        });
        *state.starting.borrow_mut() = Some(timer);
        let started = Self {
            worker,
            state,
            _on_message: on_message,
            _on_error: on_error,
        };
        let open = SqlRequest::Open {
            name: "lab".to_owned(),
            persistent: false,
            mirror: false,
            restore: None,
        };
        started.send(OPENING, &[open], &[])?;
        Ok(started)
    }

    /// Sends a message; its number is not 0. The buffers are handed over and not copied.
    ///
    /// # Errors
    /// In words, if the message cannot be made.
    pub fn send(
        &self,
        number: u32,
        requests: &[SqlRequest],
        buffers: &[JsBuffer],
    ) -> Result<(), String> {
        let serializer = serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);
        let requests = requests
            .serialize(&serializer)
            .map_err(|error| error.to_string())?;
        let (beside, transfer) = (Array::new(), Array::new());
        for buffer in buffers {
            beside.push(buffer.array());
            transfer.push(&buffer.to_transfer());
        }
        let message = Array::of3(&number.into(), &requests, &beside);
        self.worker
            .post_message_with_transfer(&message, &transfer)
            .map_err(|thrown| describe(&thrown))
    }

    /// Ends the worker at once, whatever it does.
    pub fn end(self) {
        self.state.over.set(true);
        crate::hush::end(&self.worker);
        // One of its closures may be what is running now.
        wasm_bindgen_futures::spawn_local(async move { drop(self) });
    }
}

impl State {
    fn hear(&self, data: &JsValue) {
        if self.over.get() {
            return;
        }
        // What it says unasked (that it listens) is no array.
        let Some(message) = data.dyn_ref::<Array>() else {
            return;
        };
        let number = message.get(0).as_f64().unwrap_or_default() as u32;
        let replies: Vec<SqlReply> = match serde_wasm_bindgen::from_value(message.get(1)) {
            Ok(replies) => replies,
            Err(error) => return self.lose(format!("SQLite's answer cannot be read ({error}).")),
        };
        if number == OPENING {
            self.starting.borrow_mut().take();
            match replies.into_iter().next() {
                Some(SqlReply::Failed { error, .. }) => self.lose(error.message),
                _ => return,
            }
            return;
        }
        let buffers = Array::from(&message.get(2));
        let buffers = buffers
            .iter()
            .map(|buffer| JsBuffer::new(Uint8Array::from(buffer)));
        (self.handle)(SqliteEvent::Answered {
            number,
            replies,
            buffers: buffers.collect(),
        });
    }

    fn lose(&self, why: String) {
        if !self.over.replace(true) {
            (self.handle)(SqliteEvent::Lost(why));
        }
    }
}
