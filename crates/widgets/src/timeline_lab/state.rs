//! What the lab knows.

use std::collections::{BTreeMap, VecDeque};

use protocol::{ErrorInfo, ProgressInfo};

use crate::facts::Facts;
use crate::lab::Machine;
use crate::measure::Samples;
use crate::status::Status;
use crate::timeline::Timeline;

/// How often each number of workers is measured for the curve.
pub(super) const ROUNDS: usize = 3;

/// The lab's state.
#[derive(Clone, Debug, Default)]
pub(crate) struct TimelineLab {
    pub(super) machine: Machine,
    /// From when and where, if what is shown was recorded and not measured here.
    pub(super) recorded: Option<String>,
    /// Whether a run has begun here; before that the page keeps showing what was recorded.
    pub(super) begun: bool,
    /// The fields that the visitor has changed.
    pub(super) values: BTreeMap<&'static str, String>,
    /// As many rounds does the task compute in a millisecond; nothing before that was measured.
    pub(super) rate: f64,
    /// What is still to be run, and what is running.
    pub(super) plan: VecDeque<Step>,
    pub(super) running: Option<Running>,
    /// What the run that is shown works on.
    pub(super) work: Work,
    /// How many workers it has.
    pub(super) workers: u32,
    /// As many rounds did tasks of the run that is shown compute in a millisecond.
    pub(super) rates: Vec<f64>,
    pub(super) timeline: Timeline,
    pub(super) progress: ProgressInfo,
    /// Why the run ended before its time.
    pub(super) error: Option<ErrorInfo>,
    /// Whether the run that is shown is over.
    pub(super) ended: bool,
    pub(super) curve: Option<Curve>,
    pub(super) status: Status,
    pub(super) facts: Facts,
}

/// What a run is made of, in milliseconds on one core.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Work {
    /// What must be done first; 0 for nothing.
    pub(super) first: f64,
    /// What can be done side by side.
    pub(super) rest: Vec<f64>,
    /// The task that something goes wrong with, and what.
    pub(super) fault: Option<(usize, String)>,
}

/// One run of the plan.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) part: Part,
    /// For the curve: with so many workers, and whether it counts.
    pub(super) curve: Option<(u32, bool)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// How fast this machine is.
    Rate,
    /// What must be done first.
    First,
    /// What can be done side by side.
    Rest,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Running {
    pub(super) step: Step,
    pub(super) stopping: bool,
}

/// How fast the same work is on more and more workers.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Curve {
    /// Workers, and the times of whole runs.
    pub(super) points: Vec<(u32, Samples)>,
    /// The part that must be done first, from 0 to 1.
    pub(super) serial: f64,
    /// What the part before the one that is running took, in milliseconds.
    #[serde(skip)]
    pub(super) first_ms: f64,
    pub(super) cores: u32,
}

impl TimelineLab {
    pub(super) fn is_busy(&self) -> bool {
        self.running.is_some() || !self.plan.is_empty()
    }
}
