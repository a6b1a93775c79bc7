//! What is said to the SQLite worker, and what it says.
//!
//! A message is `[number, requests, buffers]`, where `number` is the asker's and the requests are served in their order;
//! its answer is `[number, replies, buffers, changes]` with one reply per request. `buffers` are `Uint8Array`s that are
//! handed over and not copied; requests and replies name them by their place. Unasked, the worker sends [`SqlNotice`]s.
//! Connections and statements are numbered by the asker, so it need not wait for one answer to send the next request.

mod changes;
mod parameters;
mod reply;
mod request;
mod typescript;
mod value;

pub use changes::{Block, Changes};
pub use parameters::Parameters;
pub use reply::{
    ExecutionError, Persistence, PersistenceKind, ResultSet, SqlError, SqlNotice, SqlPosition,
    SqlReply,
};
pub use request::{Rows, SqlRequest};
pub use typescript::typescript;
pub use value::SqlValue;
