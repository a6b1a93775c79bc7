//! The only crate that names the browser.
//!
//! Adapters for the ports of the pure crates (the stores of `memory`, the host of `tasks`), the pool of workers, teams of
//! threads, SQLite's worker, and the two sides of every message. It decides nothing about runs or caches.

mod buffer;
mod clock;
#[cfg(feature = "kernel")]
mod convert;
mod describe;
#[cfg(feature = "kernel")]
mod entry_writer;
#[cfg(feature = "kernel")]
mod fetch;
mod host;
mod hush;
#[cfg(feature = "kernel")]
mod lock;
mod nested;
#[cfg(feature = "kernel")]
mod page;
mod pool;
#[cfg(feature = "kernel")]
mod promises;
#[cfg(feature = "kernel")]
mod sqlite_worker;
#[cfg(feature = "kernel")]
mod stores;
mod threads;
mod timer;
#[cfg(feature = "kernel")]
mod writer;

pub use buffer::JsBuffer;
pub use clock::{Clock, timer_resolution_us};
#[cfg(feature = "kernel")]
pub use convert::{ConvertError, from_parcel, read_bundle, to_parcel};
#[cfg(feature = "kernel")]
pub use entry_writer::{EntryWriter, EntryWriterEvent, write_entries};
#[cfg(feature = "kernel")]
pub use fetch::{FetchError, FileHandle, fetch_bytes, fetch_json, files};
#[cfg(feature = "kernel")]
pub use lock::{Lock, Locks, try_lock};
pub use nested::Outer;
#[cfg(feature = "kernel")]
pub use page::{Page, Values, bytes, is_isolated, log_panics};
pub use pool::message::{TaskFailure, TaskReport};
pub use pool::worker_side::{FindTask, memory_bytes, start_pool_worker};
pub use pool::{Job, Pool, PoolEvent};
#[cfg(feature = "kernel")]
pub use promises::Promises;
#[cfg(feature = "kernel")]
pub use sqlite_worker::{SqliteEvent, SqliteWorker};
#[cfg(feature = "kernel")]
pub use stores::{AnyStore, Ask, IndexedDb, LocalStorage, open_store};
pub use threads::Threads;
#[cfg(feature = "threads")]
pub use threads::team_side::{collect_reports, current_slot, init_thread_pool, start_team};
pub use timer::{Timer, pause, sleep};
#[cfg(feature = "kernel")]
pub use writer::{Writer, WriterEvent};
