//! Composition root: the kernel, which joins the dispatcher, the memory, the pool and the labs.
//!
//! The kernel runs in a worker of its own, one per page. It hears the page ([`protocol::Request`]) and the pool
//! ([`browser::PoolEvent`]), tells each run's dispatcher, and carries out what the dispatcher asks for.

mod collection;
mod kernel;
mod options;

pub use kernel::Kernel;
