//! Which backend a call runs on and with how many workers, by joblib's rules: what the call says goes before what its context
//! says, and that before the defaults (`_get_active_backend`, `Parallel.__init__`, `parallel_config` in `parallel.py`, 1.6.0).
//!
//! All of it is values: a [`Context`] is never changed, and [`Context::with`] makes another, so leaving a context is going on
//! with the one before, whatever went wrong meanwhile. [`Current`] holds the context that is in force where that is one place.
//!
//! # How another engineer adds a backend
//!
//! 1. Implement [`Backend`](crate::Backend): carry batches to workers, end workers, answer with [`Input`](crate::Input)s.
//! 2. Run [`breaches`](crate::breaches) on a log of what passed in a few runs: a finished batch, a failing task, a lost worker,
//!    an ended worker. `examples/threads.rs` is a whole backend on native threads, with such a check.
//! 3. Register what it can do under a name ([`Backends::register`]); from then on the name can be asked for.

mod backends;
mod choose;
mod context;
mod error;
mod nesting;

pub use backends::{Availability, BackendProperties, Backends, WorkerKind};
pub use choose::{Call, Choice, choose};
pub use context::{Context, Current, Jobs, Prefer, Require, Settings};
pub use error::{ConfigError, Warning};
pub use nesting::{MAX_NESTING, Rung, inner_workers, rung};
