//! Remembering the results of pure calls.
//!
//! [`Memory`] decides (what is the key, is the entry sound, when is it written, what goes when space is short); where
//! entries are kept is behind the port [`Store`]. Time is an argument everywhere, in milliseconds since 1970.
//!
//! What is *absent*: a clock, an executor, and any knowledge of who computes the results.

pub mod contract;
mod entry;
mod evict;
mod frame;
mod front;
mod journal;
mod locks;
mod store;

pub use entry::{Entry, FunctionRecord, Key, Milliseconds, Stamp, Stored, Use};
pub use evict::{Limits, to_evict};
pub use frame::{Form, Frame, MOST_INLINE_BYTES, Place};
pub use front::{Freed, Lookup, Memory, Stats, Warning};
pub use journal::{Journal, plan};
pub use locks::Locks;
pub use store::in_memory::InMemory;
pub use store::wire::Damaged;
pub use store::{Store, StoreError};
