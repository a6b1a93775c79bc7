//! Remembering the results of pure calls, as joblib's `Memory` (<https://joblib.readthedocs.io/en/stable/memory.html>).
//!
//! [`Memory`] decides (what is the key, is the entry valid and sound, who computes it, when is it written, what goes when space
//! is short); where entries are kept is behind the port [`Store`], and what keeps workers and tabs apart behind the port
//! [`Locks`]. Time is an argument everywhere, in milliseconds since 1970.
//!
//! What is *absent*: a clock, an executor, and any knowledge of who computes the results.
//!
//! # How it is driven
//!
//! Whoever computes says first which functions it has, once each: [`Memory::register`].
//!
//! **A batch of tasks.** Make a [`Call`] of each ([`Arguments::of_task`], [`Function::call`]); [`Memory::take_off`] asks for all
//! of them at once. Of each [`Departure`]:
//!
//! - `Found` and `Stale` hold the result; a flight beside a stale one is computed like any other, behind it.
//! - `Compute` holds a [`Flight`]: compute the call, then [`Memory::land`] the flight with the result. If the computation fails,
//!   drop the flight: the next one who waits for it computes it.
//! - `Wait`: somebody else is about it. Compute the others first, or at the same time; [`Memory::wait`] gives the result, or a
//!   flight if it is this caller's turn.
//! - `Ask`, only if the rules say so: [`Memory::answer`].
//!
//! **One call** is a batch of one. `call_and_shelve` is [`Memory::shelve`] and [`Memory::get`], `check_call_in_cache` is
//! [`Memory::probe`], `call` is [`Memory::force`] and [`Memory::land`].
//!
//! **From time to time**: [`Memory::flush`] whenever [`Memory::flush_due`] says so (what [`Memory::has_waiting`], waits), and before
//! the end; [`Memory::take_warnings`] for whoever should see them. What another tab announces is passed on to [`Memory::forget`]
//! and [`Memory::cleared_elsewhere`].
//!
//! **As one file**: [`Memory::export`] and [`Memory::import`].
//!
//! Results that are found may share their buffers with the memory ([`Hit::shared`]), and those that are landed do: who hands
//! buffers over gives a duplicate.

mod bind;
mod call;
pub mod contract;
mod departures;
mod entry;
mod evict;
mod flights;
mod frame;
mod front;
mod function;
mod journal;
mod landing;
mod limits;
mod locks;
mod look_up;
mod lru;

mod pretty;
pub mod python;
mod rules;
mod snapshot;
mod sources;
mod store;
mod upkeep;
pub mod verbose;
mod wanted;
mod warning;

pub use bind::{Arguments, BindError, Bound};
pub use call::Call;
pub use entry::{Entry, FunctionRecord, Key, Metadata, Milliseconds, Stamp, Stored, Use};
pub use evict::{Limits, to_evict};
pub use flights::{Answer, Departure, Flight, Hit, Origin, Question};
pub use frame::{Form, Frame, MOST_INLINE_BYTES, Place};
pub use front::{Memory, TierLimits};
pub use function::{Function, Parameter, ParameterKind, Source};
pub use journal::{Journal, plan};
pub use locks::{Locks, Unlocked};
pub use rules::{LimitError, Rules, Span, bytes_from_text, expires_after};
pub use snapshot::{Imported, Snapshot, SnapshotError};
pub use store::in_memory::InMemory;
pub use store::rationed::Rationed;
pub use store::wire::Damaged;
pub use store::{Store, StoreError};
pub use upkeep::{Freed, Stats};
pub use wanted::{Reference, ReferenceError, Wanted};
pub use warning::Warning;
