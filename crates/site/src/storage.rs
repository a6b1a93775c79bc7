//! The storage kernel: hears the page and the workbench, and joins the labs on storage with both.
//!
//! Everything runs on one thread; no borrow of a cell is held across an await or a call out of this module.

mod codecs;
mod labs;
mod sql;
mod work;
mod workbench;
mod writer;

use core::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use browser::{Page, Pool, Values, timer_resolution_us};
use protocol::{EngineInfo, Reply, Request, StorageInfo};
use wasm_bindgen::JsValue;

use self::labs::MountedLab;
use self::sql::Sql;
use self::work::Work;
pub use self::workbench::find_experiment;
use self::writer::Writing;
use crate::examples::Waiting;
use crate::kernel::error_info;

/// The storage kernel of a page.
pub struct StorageKernel {
    page: Page,
    pool: Pool,
    cores: Cell<u32>,
    timer_resolution_us: Cell<f64>,
    work: RefCell<Work>,
    writing: Writing,
    sql: RefCell<Sql>,
    labs: RefCell<BTreeMap<u32, MountedLab>>,
    waiting: Waiting,
}

impl core::fmt::Debug for StorageKernel {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("StorageKernel")
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}

impl StorageKernel {
    /// Makes this worker the page's storage kernel. `script` is the address of the script that the workbench runs,
    /// `sqlite` that of SQLite's worker, `writer` that of the lab durability's writers; `module` is the compiled module that
    /// the workbench is given.
    pub fn start(
        script: String,
        sqlite: String,
        writer: String,
        module: JsValue,
        texts: Option<String>,
    ) {
        let Some(page) = Page::new() else { return };
        crate::speak(texts);
        browser::log_panics();
        let kernel = Rc::new(Self {
            pool: Pool::new(script, module),
            page,
            cores: Cell::new(1),
            timer_resolution_us: Cell::new(0.0),
            work: RefCell::default(),
            writing: Writing::new(writer),
            sql: RefCell::new(Sql::new(sqlite)),
            labs: RefCell::default(),
            waiting: Waiting::default(),
        });
        let heard = Rc::clone(&kernel);
        kernel.pool.on_event(move |event| heard.hear_pool(event));
        let heard = Rc::clone(&kernel);
        kernel.page.on_request(move |request| match request {
            Ok((request, values)) => heard.hear_page(request, &values),
            Err(why) => heard.page.send(&Reply::Refused {
                error: error_info(
                    "bad-request",
                    &format!("The storage module could not read a message of the page ({why})."),
                ),
            }),
        });
    }

    fn hear_page(self: &Rc<Self>, request: Request, values: &Values) {
        match request {
            Request::Open { cores, .. } => self.open(cores),
            Request::Mount {
                lab,
                name,
                root,
                example,
                kept,
                fields,
            } => self.mount(lab, name, root, example, kept, fields),
            Request::Lab { lab, event } => self.lab_event(lab, event, values),
            Request::Unmount { lab } => self.unmount(lab),
            Request::Encode {
                request,
                format,
                options,
            } => self.encode(request, format, options, values),
            Request::Decode {
                request,
                format,
                options,
            } => self.decode(request, format, options, values),
            Request::Ping => self.page.send(&Reply::Pong),
            Request::Close => {
                self.pool.end_all();
                self.end_all_sql();
                self.page.send(&Reply::Closed);
            }
            // The others are for the engine's kernel.
            _ => {}
        }
    }

    fn open(&self, cores: u32) {
        self.cores.set(cores.max(1));
        self.timer_resolution_us.set(timer_resolution_us());
        self.page.send(&Reply::Ready {
            event_kinds: Vec::new(),
            losses: Vec::new(),
            info: EngineInfo {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                cores: self.cores.get(),
                isolated: browser::is_isolated(),
                backends: Vec::new(),
                storage: StorageInfo {
                    kind: "memory".to_owned(),
                    why: "The storage module remembers nothing.".to_owned(),
                },
                timer_resolution_us: self.timer_resolution_us.get(),
            },
            tasks: Vec::new(),
        });
    }
}
