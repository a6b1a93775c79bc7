//! What the kernel and the coordinator of a team of threads say to each other: what it says to pool workers, and which of the
//! team is meant.
//!
//! As with pool workers a message is `[bytes, buffers]`. What must be told even when the module can do nothing any more is a
//! plain object, made by www/threads-worker.ts.

use serde::{Deserialize, Serialize};

use crate::pool::message::{FromWorker, ToWorker};

/// From the kernel to a team.
#[derive(Serialize, Deserialize)]
pub(crate) struct ToTeam {
    /// Which of the team is told.
    pub(crate) slot: u32,
    pub(crate) told: ToWorker,
}

/// From a team to the kernel: what each of it says.
#[derive(Serialize, Deserialize)]
pub(crate) struct FromTeam(pub(crate) Vec<(u32, FromWorker)>);
