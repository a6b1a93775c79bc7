//! Asking a storage engine.
//!
//! [`questions`] are the same for every engine; [`adapters`] say how each engine answers them: files by reading and writing
//! their bytes, SQLite by statements. [`sql`] is the protocol of the engine that runs in a worker of its own, in types that
//! know no browser; the worker and its client on the page are TypeScript (www/engines), whose types are made from here.

pub mod adapters;
mod catalogue;
pub mod questions;
pub mod sql;

pub use catalogue::{FileEngine, Files, Step, Told, Touched, all, answer, find};
