//! SQLite for this side: the same worker, and the same protocol, as the page API has.
//!
//! **Boundary:** every request is answered, or fails with the reason: SQLite's error, or that the worker is gone.

mod answer;

use core::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use engines::sql::{Parameters, Persistence, Rows, SqlReply, SqlRequest, SqlValue};
use futures_channel::oneshot;
use js_sys::{Array, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType};

pub use self::answer::{Changed, Rowset, SqliteFailure};
use self::answer::{changed, unexpected};
use crate::JsBuffer;
use crate::describe::describe;

/// The answer to a message: one reply per request, and the buffers they name.
pub type Answer = (Vec<SqlReply>, Vec<JsBuffer>);
type Waiting = oneshot::Sender<Result<Answer, SqliteFailure>>;

/// A database in a worker of its own. Dropping it ends the worker.
pub struct Sqlite {
    inner: Rc<Inner>,
    /// SQLite's version.
    pub version: String,
    /// Where the database is kept.
    pub persistence: Persistence,
}

struct Inner {
    worker: Worker,
    waiting: RefCell<BTreeMap<u32, Waiting>>,
    next: Cell<u32>,
    lost: RefCell<Option<String>>,
    handlers: RefCell<Option<Handlers>>,
}

struct Handlers {
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl core::fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Sqlite")
            .field("version", &self.version)
            .field("waiting", &self.inner.waiting.borrow().len())
            .finish_non_exhaustive()
    }
}

impl Sqlite {
    /// Starts a worker from the script at this address, and opens a database in it, with the connection 0.
    ///
    /// # Errors
    /// When the worker cannot be started, or the database not be opened.
    pub async fn open(script: &str, name: &str, persistent: bool) -> Result<Self, SqliteFailure> {
        let inner =
            Inner::start(script).map_err(|thrown| SqliteFailure::Lost(describe(&thrown)))?;
        let request = SqlRequest::Open {
            name: name.to_owned(),
            persistent,
            mirror: false,
            restore: None,
        };
        match inner.one(request, Vec::new()).await {
            Ok((
                SqlReply::Opened {
                    version,
                    persistence,
                },
                _,
            )) => Ok(Self {
                inner,
                version,
                persistence,
            }),
            Ok((other, _)) => {
                inner.end("it was not opened");
                Err(unexpected(&other))
            }
            Err(failure) => {
                inner.end("it was not opened");
                Err(failure)
            }
        }
    }

    /// A number for a connection or statement that has not been used before; never 0.
    pub fn number(&self) -> u32 {
        self.inner.number()
    }

    /// Asks several things in one message. Replies may say that a request failed.
    ///
    /// # Errors
    /// When the worker is gone.
    pub async fn ask(
        &self,
        requests: &[SqlRequest],
        buffers: Vec<JsBuffer>,
    ) -> Result<Answer, SqliteFailure> {
        self.inner.ask(requests, buffers).await
    }

    /// Executes a script of statements.
    ///
    /// # Errors
    /// SQLite's, of the first statement that fails.
    pub async fn script(&self, connection: u32, sql: &str) -> Result<Vec<Rowset>, SqliteFailure> {
        let sql = sql.to_owned();
        let request = SqlRequest::Script { connection, sql };
        match self.inner.one(request, Vec::new()).await?.0 {
            SqlReply::Script {
                error: Some(error), ..
            } => Err(SqliteFailure::Refused(error)),
            SqlReply::Script {
                results,
                elapsed_ms,
                ..
            } => Ok(results
                .into_iter()
                .map(|result| Rowset {
                    columns: result.columns,
                    values: result.values,
                    elapsed_ms,
                })
                .collect()),
            other => Err(unexpected(&other)),
        }
    }

    /// Executes one statement, and gives back its rows.
    ///
    /// # Errors
    /// SQLite's.
    pub async fn query(
        &self,
        connection: u32,
        sql: &str,
        values: Vec<SqlValue>,
    ) -> Result<Rowset, SqliteFailure> {
        let request = SqlRequest::Query {
            connection,
            sql: sql.to_owned(),
            rows: Rows::All,
            parameters: Parameters::once(values),
        };
        match self.inner.one(request, Vec::new()).await?.0 {
            SqlReply::Executed {
                columns,
                values,
                elapsed_ms,
                ..
            } => Ok(Rowset {
                columns,
                values,
                elapsed_ms,
            }),
            other => Err(unexpected(&other)),
        }
    }

    /// Prepares a statement, and gives back its number.
    ///
    /// # Errors
    /// SQLite's.
    pub async fn prepare(&self, connection: u32, sql: &str) -> Result<u32, SqliteFailure> {
        let statement = self.number();
        let request = SqlRequest::Prepare {
            connection,
            statement,
            sql: sql.to_owned(),
        };
        match self.inner.one(request, Vec::new()).await?.0 {
            SqlReply::Prepared { .. } => Ok(statement),
            other => Err(unexpected(&other)),
        }
    }

    /// Executes a statement once per parameter set, as one deed.
    ///
    /// # Errors
    /// SQLite's; then nothing has happened.
    pub async fn run_many(
        &self,
        statement: u32,
        parameters: Parameters,
    ) -> Result<Changed, SqliteFailure> {
        let request = SqlRequest::Execute {
            statement,
            rows: Rows::None,
            together: true,
            parameters,
        };
        changed(self.inner.one(request, Vec::new()).await?.0)
    }

    /// Executes a statement once per row of a JSON text (an array of arrays), as one deed. The buffer is handed over; the
    /// text is parsed in SQLite's worker.
    ///
    /// # Errors
    /// SQLite's, or `rows-json` when the text is none; then nothing has happened.
    pub async fn rows_json(
        &self,
        statement: u32,
        json: JsBuffer,
    ) -> Result<Changed, SqliteFailure> {
        let request = SqlRequest::RowsJson {
            statement,
            buffer: 0,
        };
        changed(self.inner.one(request, vec![json]).await?.0)
    }

    /// The database file, as last committed.
    ///
    /// # Errors
    /// `SQLITE_BUSY` while a transaction keeps readers out.
    pub async fn export(&self) -> Result<JsBuffer, SqliteFailure> {
        match self.inner.one(SqlRequest::Export, Vec::new()).await? {
            (SqlReply::File { buffer, .. }, mut buffers) if (buffer as usize) < buffers.len() => {
                Ok(buffers.swap_remove(buffer as usize))
            }
            (other, _) => Err(unexpected(&other)),
        }
    }

    /// Replaces the content of the database by that of a file, which is handed over.
    ///
    /// # Errors
    /// SQLite's, when it is no sound database; then the content stays.
    pub async fn import(&self, file: JsBuffer) -> Result<(), SqliteFailure> {
        self.done(SqlRequest::Import { buffer: 0 }, vec![file])
            .await
    }

    /// Waits until everything that was committed is stored.
    ///
    /// # Errors
    /// `storage-full` and others; the data in memory is not touched.
    pub async fn save(&self) -> Result<(), SqliteFailure> {
        self.done(SqlRequest::Save, Vec::new()).await
    }

    /// Does what is answered by a mere `done`: begins, commits, connects and so on.
    ///
    /// # Errors
    /// SQLite's.
    pub async fn done(
        &self,
        request: SqlRequest,
        buffers: Vec<JsBuffer>,
    ) -> Result<(), SqliteFailure> {
        match self.inner.one(request, buffers).await?.0 {
            SqlReply::Done { .. } => Ok(()),
            other => Err(unexpected(&other)),
        }
    }

    /// Ends the worker at once, whatever it does. What waits fails; what was not stored is lost.
    pub fn end(&self) {
        self.inner.end("it was ended");
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.end();
    }
}

impl Inner {
    fn start(script: &str) -> Result<Rc<Self>, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name("joblet sqlite");
        let inner = Rc::new(Self {
            worker: Worker::new_with_options(script, &options)?,
            waiting: RefCell::default(),
            next: Cell::new(1),
            lost: RefCell::new(None),
            handlers: RefCell::new(None),
        });
        let hears: Weak<Self> = Rc::downgrade(&inner);
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(inner) = hears.upgrade() {
                inner.hear(&event.data());
            }
        });
        let fails: Weak<Self> = Rc::downgrade(&inner);
        let on_error = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            event.prevent_default();
            if let Some(inner) = fails.upgrade() {
                let message = Reflect::get(&event, &"message".into()).ok();
                let message = message.and_then(|message| message.as_string());
                inner.end(
                    message
                        .as_deref()
                        .unwrap_or("its script could not be loaded"),
                );
            }
        });
        inner
            .worker
            .set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        inner
            .worker
            .set_onerror(Some(on_error.as_ref().unchecked_ref()));
        *inner.handlers.borrow_mut() = Some(Handlers {
            _on_message: on_message,
            _on_error: on_error,
        });
        Ok(inner)
    }

    fn number(&self) -> u32 {
        let number = self.next.get();
        self.next.set(number + 1);
        number
    }

    /// Asks one thing, and takes a failure out of the reply.
    async fn one(
        &self,
        request: SqlRequest,
        buffers: Vec<JsBuffer>,
    ) -> Result<(SqlReply, Vec<JsBuffer>), SqliteFailure> {
        let (mut replies, buffers) = self.ask(&[request], buffers).await?;
        match replies.pop() {
            Some(SqlReply::Failed { error, .. }) => Err(SqliteFailure::Refused(error)),
            Some(reply) => Ok((reply, buffers)),
            None => Err(SqliteFailure::Unexpected("nothing".to_owned())),
        }
    }

    async fn ask(
        &self,
        requests: &[SqlRequest],
        buffers: Vec<JsBuffer>,
    ) -> Result<Answer, SqliteFailure> {
        if let Some(why) = &*self.lost.borrow() {
            return Err(SqliteFailure::Lost(why.clone()));
        }
        let number = self.number();
        let (sender, receiver) = oneshot::channel();
        self.waiting.borrow_mut().insert(number, sender);
        if let Err(why) = self.post(number, requests, &buffers) {
            self.waiting.borrow_mut().remove(&number);
            return Err(SqliteFailure::Unexpected(why));
        }
        receiver
            .await
            .unwrap_or_else(|_| Err(SqliteFailure::Lost("it was ended".to_owned())))
    }

    fn post(
        &self,
        number: u32,
        requests: &[SqlRequest],
        buffers: &[JsBuffer],
    ) -> Result<(), String> {
        let serializer = serde_wasm_bindgen::Serializer::new()
            .serialize_missing_as_null(true)
            .serialize_large_number_types_as_bigints(true);
        let requests = requests
            .serialize(&serializer)
            .map_err(|error| error.to_string())?;
        let (arrays, transfer) = (Array::new(), Array::new());
        for buffer in buffers {
            arrays.push(buffer.array());
            transfer.push(&buffer.to_transfer());
        }
        let message = Array::of3(&number.into(), &requests, &arrays);
        self.worker
            .post_message_with_transfer(&message, &transfer)
            .map_err(|thrown| describe(&thrown))
    }

    fn hear(&self, data: &JsValue) {
        // What is said unasked is no list: that it listens, that something was stored.
        let Some(message) = data.dyn_ref::<Array>() else {
            return;
        };
        let number = message.get(0).as_f64().unwrap_or_default() as u32;
        let Some(sender) = self.waiting.borrow_mut().remove(&number) else {
            return;
        };
        let buffers = message
            .get(2)
            .dyn_into::<Array>()
            .map(|buffers| {
                buffers
                    .iter()
                    .filter_map(|buffer| buffer.dyn_into::<Uint8Array>().ok())
                    .map(JsBuffer::new)
                    .collect()
            })
            .unwrap_or_default();
        let answer = serde_wasm_bindgen::from_value(message.get(1))
            .map(|replies| (replies, buffers))
            .map_err(|error| SqliteFailure::Unexpected(error.to_string()));
        // Whoever asked may not be interested any more.
        let _ = sender.send(answer);
    }

    fn end(&self, why: &str) {
        if self.lost.borrow().is_some() {
            return;
        }
        *self.lost.borrow_mut() = Some(why.to_owned());
        self.worker.terminate();
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        let waiting = core::mem::take(&mut *self.waiting.borrow_mut());
        for sender in waiting.into_values() {
            let _ = sender.send(Err(SqliteFailure::Lost(why.to_owned())));
        }
    }
}
