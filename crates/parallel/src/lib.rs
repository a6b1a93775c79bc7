//! What runs where and when: a dispatcher without threads and without input or output.
//!
//! A [`Dispatcher`] carries out one run of joblib's `Parallel` by the rules of joblib 1.6. It knows tasks, workers and
//! batches only by number; arguments, results, workers and the clock stay with the *driver*, which tells it what happened
//! ([`Input`]) and does what it asks for ([`Output`]):
//!
//! 1. call [`Dispatcher::next_output`] until it returns `None`, and carry out each output; then
//! 2. wait for a message of a worker, for the source, or for [`Dispatcher::next_deadline`], and tell the dispatcher with
//!    [`Dispatcher::handle`].
//!
//! **Invariant:** no I/O, no threads, no clock, no randomness: the same inputs give the same outputs.
//! **Boundary:** the driver's own promises are in [`Input`] and [`Backend`]; what breaks them is ignored or ends a worker,
//! but never panics and never loses a task.
//!
//! ```
//! use core::num::NonZeroUsize;
//! use core::time::Duration;
//! use parallel::{Dispatcher, Ended, Input, Options, Outcome, Output, Produced, Report, WorkerId};
//!
//! let mut dispatcher = Dispatcher::new(Options::new(NonZeroUsize::MIN), Duration::ZERO);
//! let mut now = Duration::ZERO;
//! let mut source = 0..3;
//! let mut yielded = Vec::new();
//! dispatcher.handle(now, Input::WorkerReady(WorkerId(0)));
//! while let Some(output) = dispatcher.next_output() {
//!     match output {
//!         Output::Pull(most) => match source.by_ref().take(most).count() {
//!             0 => dispatcher.handle(now, Input::SourceEnded),
//!             some => dispatcher.handle(now, Input::Produced(vec![Produced::Pending; some])),
//!         },
//!         Output::Send { batch, tasks, .. } => {
//!             let started = now;
//!             now += Duration::from_millis(1);
//!             let report = |task| Report { task, started, ended: now, failed: false };
//!             let reports = tasks.into_iter().map(report).collect();
//!             dispatcher.handle(now, Input::Reported { batch, reports });
//!             dispatcher.handle(now, Input::BatchEnded { batch });
//!         }
//!         Output::Yield { task, outcome } => yielded.push((task.0, outcome)),
//!         Output::Finished(ended) => assert_eq!(ended, Ended::Completed),
//!         Output::EndWorker(_) | Output::Event(_) | Output::Print(_) => {}
//!     }
//! }
//! assert_eq!(yielded, [(0, Outcome::Ok), (1, Outcome::Ok), (2, Outcome::Ok)]);
//! assert!(dispatcher.is_finished());
//! ```

mod backend;
mod batch_size;
mod config;
mod dispatcher;
mod event;
mod ids;
mod instance;
mod message;
mod n_jobs;
mod options;
mod pre_dispatch;
mod progress;
mod verbose;

pub use backend::contract::{Breach, Exchange, breaches};
pub use backend::recording::{Recording, Script};
pub use backend::sequential::{Sequential, run_sequential};
pub use backend::{Backend, Polled};
pub use batch_size::{Adapted, AutoBatchSize, BatchSize};
pub use config::{
    Availability, BackendProperties, Backends, Call, Choice, ConfigError, Context, Current, Jobs,
    MAX_NESTING, Prefer, Require, Rung, Settings, Warning, WorkerKind, choose, inner_workers, rung,
};
pub use dispatcher::Dispatcher;
pub use event::{Event, EventKind};
pub use ids::{BatchId, TaskId, WorkerId};
pub use instance::{AlreadyRunning, Instance, RunningCall};
pub use message::{Ended, Input, Loss, Outcome, Output, Produced, Report};
pub use n_jobs::{effective_n_jobs, n_jobs_from_number, parse_n_jobs};
pub use options::{OnError, OnTimeout, Options, OptionsError, Order, PreDispatch};
pub use pre_dispatch::{MAX_PRE_DISPATCH_DEPTH, MAX_PRE_DISPATCH_LENGTH, parse_pre_dispatch};
pub use progress::Progress;
pub use verbose::{Line, Stream, Verbosity};
