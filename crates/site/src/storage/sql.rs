//! SQLite for the labs: each lab that asks has a worker with a database of its own.

use std::collections::BTreeMap;
use std::rc::Rc;

use browser::{Clock, JsBuffer, SqliteEvent, SqliteWorker};
use engines::sql::SqlReply;
use experiments::Failure;
use storage_labs::{Input, SqlAnswer, SqlQuestion};
use values::Buffer as _;

use super::StorageKernel;

/// The labs' databases.
pub(super) struct Sql {
    /// The address of the worker's script.
    script: String,
    databases: BTreeMap<u32, Database>,
    /// Raised with every worker, so that what is heard late is known to be late.
    serial: u32,
}

/// The database of a lab.
struct Database {
    worker: SqliteWorker,
    serial: u32,
    /// The number of the newest message.
    messages: u32,
    /// By the number of the message: the lab's number, and when it was sent, in milliseconds since 1970.
    waiting: BTreeMap<u32, (u32, f64)>,
}

impl Sql {
    pub(super) const fn new(script: String) -> Self {
        Self {
            script,
            databases: BTreeMap::new(),
            serial: 0,
        }
    }
}

impl StorageKernel {
    /// Asks the lab's SQLite, which is started if it does not run.
    pub(super) fn ask_sql(self: &Rc<Self>, lab: u32, number: u32, question: &SqlQuestion) {
        let result = self.send_sql(lab, number, question);
        if let Err(why) = result {
            // Not at once: the lab is being told something already.
            let kernel = Rc::clone(self);
            wasm_bindgen_futures::spawn_local(async move {
                kernel.answered_sql(lab, number, Err(Failure::new("sqlite", why)));
            });
        }
    }

    fn send_sql(
        self: &Rc<Self>,
        lab: u32,
        number: u32,
        question: &SqlQuestion,
    ) -> Result<(), String> {
        let mut sql = self.sql.borrow_mut();
        let database = if let Some(database) = sql.databases.get_mut(&lab) {
            database
        } else {
            sql.serial += 1;
            let (kernel, serial) = (Rc::clone(self), sql.serial);
            let worker = SqliteWorker::start(&sql.script, move |event| {
                kernel.hear_sqlite(lab, serial, event);
            })?;
            sql.databases.entry(lab).or_insert(Database {
                worker,
                serial,
                messages: 0,
                waiting: BTreeMap::new(),
            })
        };
        database.messages += 1;
        let message = database.messages;
        let buffers: Vec<_> = question
            .buffers
            .iter()
            .map(|bytes| JsBuffer::copy_of(bytes))
            .collect();
        let sent = Clock::default().now();
        database
            .worker
            .send(message, &question.requests, &buffers)?;
        database.waiting.insert(message, (number, sent));
        Ok(())
    }

    /// Ends the lab's SQLite if it is doing something.
    pub(super) fn stop_sql(&self, lab: u32) {
        let busy = self
            .sql
            .borrow()
            .databases
            .get(&lab)
            .is_some_and(|database| !database.waiting.is_empty());
        if busy {
            self.end_sql(lab);
        }
    }

    /// Ends the lab's SQLite, and with it its database.
    pub(super) fn end_sql(&self, lab: u32) {
        let database = self.sql.borrow_mut().databases.remove(&lab);
        if let Some(database) = database {
            database.worker.end();
        }
    }

    pub(super) fn end_all_sql(&self) {
        let databases = core::mem::take(&mut self.sql.borrow_mut().databases);
        for database in databases.into_values() {
            database.worker.end();
        }
    }

    fn hear_sqlite(self: &Rc<Self>, lab: u32, serial: u32, event: SqliteEvent) {
        let arrived = Clock::default().now();
        match event {
            SqliteEvent::Answered {
                number,
                replies,
                buffers,
            } => {
                let waiting = {
                    let mut sql = self.sql.borrow_mut();
                    let database = sql
                        .databases
                        .get_mut(&lab)
                        .filter(|database| database.serial == serial);
                    database.and_then(|database| database.waiting.remove(&number))
                };
                if let Some((number, sent)) = waiting {
                    let answer = answer(replies, &buffers, arrived - sent);
                    self.answered_sql(lab, number, Ok(answer));
                }
            }
            SqliteEvent::Lost(why) => {
                let lost = {
                    let mut sql = self.sql.borrow_mut();
                    let is = |database: &Database| database.serial == serial;
                    if sql.databases.get(&lab).is_some_and(is) {
                        sql.databases.remove(&lab)
                    } else {
                        None
                    }
                };
                let Some(lost) = lost else { return };
                lost.worker.end();
                for (number, _) in lost.waiting.into_values() {
                    let failure = Failure::new("worker-lost", format!("SQLite is gone: {why}"));
                    self.answered_sql(lab, number, Err(failure));
                }
            }
        }
    }

    fn answered_sql(self: &Rc<Self>, lab: u32, number: u32, answer: Result<SqlAnswer, Failure>) {
        self.update_lab(lab, Input::Sql(number, Box::new(answer)));
        self.show_lab(lab);
    }
}

fn answer(replies: Vec<SqlReply>, buffers: &[JsBuffer], milliseconds: f64) -> SqlAnswer {
    SqlAnswer {
        replies,
        buffers: buffers.iter().map(JsBuffer::to_vec).collect(),
        milliseconds,
    }
}
