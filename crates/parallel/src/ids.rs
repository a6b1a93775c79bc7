//! The numbers by which tasks, workers and batches are known.

use serde::{Deserialize, Serialize};

/// A task, by its position in the source: the first task that the source yields is 0.
#[derive(Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskId(pub u32);

/// A worker, by a number that its owner chooses and never gives out again: the replacement of a worker that was lost or
/// ended has another number.
#[derive(Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkerId(pub u32);

/// A batch of tasks that was sent to one worker. Numbered from 0 within a run, so two runs share numbers.
#[derive(Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatchId(pub u32);
