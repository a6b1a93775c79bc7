//! What the lab knows.

use language::mark;

use super::measured::Measured;
use super::plan::Plan;
use crate::facts::Facts;
use crate::lab::Machine;
use crate::status::Status;

/// The lengths of a task to choose from, in microseconds.
pub(super) const LENGTHS: [u64; 16] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000,
];
/// The numbers of tasks to choose from.
pub(super) const TASKS: [u64; 10] = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

/// A way to get the work done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// One call that does everything.
    Loop,
    /// Async functions on one thread.
    Promises,
    /// The engine with one worker.
    Sequential,
    /// The engine with workers to which messages are passed.
    Loky,
    /// The engine with threads over one memory.
    Threading,
}

impl Way {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Loop => "loop",
            Self::Promises => "promises",
            Self::Sequential => "sequential",
            Self::Loky => "loky",
            Self::Threading => "threading",
        }
    }

    /// What it is called; marked for the catalogues, as are the others.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Loop => mark!("plain loop"),
            Self::Promises => mark!("promises"),
            Self::Sequential => "sequential",
            Self::Loky => "loky",
            Self::Threading => "threading",
        }
    }

    /// What it is, in a few words.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Loop => mark!("one call does everything"),
            Self::Promises => mark!("async functions, one thread"),
            Self::Sequential => mark!("one worker, one task at a time"),
            Self::Loky => mark!("workers, messages between them"),
            Self::Threading => mark!("threads, one memory for all"),
        }
    }

    /// Whether it has workers that have to be started.
    pub(super) const fn has_workers(self) -> bool {
        matches!(self, Self::Sequential | Self::Loky | Self::Threading)
    }

    /// Whether tasks run side by side.
    pub(super) const fn is_parallel(self) -> bool {
        matches!(self, Self::Loky | Self::Threading)
    }
}

/// A row of the table: a way, and whether its workers are started for each run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) way: Way,
    pub(super) cold: bool,
}

const fn row(way: Way, cold: bool) -> Row {
    Row { way, cold }
}

/// All rows. A cold run is followed by the warm one, which finds the workers that it started.
pub(super) const ROWS: [Row; 8] = [
    row(Way::Loop, false),
    row(Way::Promises, false),
    row(Way::Sequential, true),
    row(Way::Sequential, false),
    row(Way::Loky, true),
    row(Way::Loky, false),
    row(Way::Threading, true),
    row(Way::Threading, false),
];
/// The places of rows that are spoken of.
pub(super) const LOOP: usize = 0;
pub(super) const LOKY_COLD: usize = 4;
pub(super) const LOKY: usize = 5;
pub(super) const THREADING: usize = 7;

/// What is measured: whoever changes it begins anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    /// How many tasks.
    pub(super) tasks: u64,
    /// How many workers, as the visitor wrote it.
    pub(super) n_jobs: String,
    /// Whether each task travels alone.
    pub(super) alone: bool,
}

/// The lab's state.
#[derive(Clone, Debug)]
pub(crate) struct Overheads {
    pub(super) machine: Machine,
    /// From when and where, if what is shown was recorded and not measured here.
    pub(super) recorded: Option<String>,
    /// Whether a measurement has begun here; before that the page keeps showing what was recorded.
    pub(super) begun: bool,
    pub(super) setting: Setting,
    /// How long a task is, in microseconds.
    pub(super) length: u64,
    pub(super) plan: Option<Plan>,
    /// What was measured, and with what it was.
    pub(super) measured: Option<(Setting, Measured)>,
    pub(super) status: Status,
    pub(super) facts: Facts,
}

impl Default for Overheads {
    fn default() -> Self {
        Self {
            machine: Machine::default(),
            recorded: None,
            begun: false,
            setting: Setting {
                tasks: 200,
                n_jobs: "-1".to_owned(),
                alone: false,
            },
            length: 1_000,
            plan: None,
            measured: None,
            status: Status::Idle,
            facts: Facts::none(),
        }
    }
}

impl Overheads {
    pub(super) const fn is_busy(&self) -> bool {
        self.plan.is_some()
    }

    /// Why threads cannot be had here; nothing if they can.
    pub(super) fn no_threads(&self) -> Option<&str> {
        let of = |backend: &&protocol::BackendInfo| backend.name == "threading";
        match self.machine.backends.iter().find(of) {
            Some(backend) if backend.available => None,
            Some(backend) => Some(&backend.why),
            None => Some(""),
        }
    }
}
