//! The only crate that names the browser.
//!
//! Adapters for the ports of the pure crates (the stores of `memory`, the host of `tasks`), the pool of workers,
//! SQLite's worker, and the two sides of every message. It decides nothing about runs or caches.

mod buffer;
mod clock;
mod convert;
mod describe;
mod fetch;
mod host;
mod lock;
mod page;
mod pool;
mod promises;
mod sqlite_worker;
mod stores;
mod timer;
mod writer;

pub use buffer::JsBuffer;
pub use clock::{Clock, timer_resolution_us};
pub use convert::{ConvertError, from_parcel, read_bundle, to_parcel};
pub use fetch::{FetchError, FileHandle, fetch_bytes, fetch_json, files};
pub use lock::{Lock, try_lock};
pub use page::{Page, Values, is_isolated, log_panics};
pub use pool::message::{TaskFailure, TaskReport};
pub use pool::worker_side::{FindTask, memory_bytes, start_pool_worker};
pub use pool::{Job, Pool, PoolEvent};
pub use promises::Promises;
pub use sqlite_worker::{SqliteEvent, SqliteWorker};
pub use stores::{AnyStore, Ask, IndexedDb, LocalStorage, open_store};
pub use timer::{Timer, pause, sleep};
pub use writer::{Writer, WriterEvent};
