//! Asking a storage engine.
//!
//! One module per engine that runs in a worker of its own: its protocol, in types that know no browser. The worker and its
//! client on the page are TypeScript (www/engines), whose types are made from here.

pub mod sql;
