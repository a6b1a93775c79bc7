//! The backends there are, by name, and what each can do.

use core::fmt;

/// What is known of a backend before it runs anything. The counterpart of the class attributes of joblib's backends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BackendProperties {
    /// By which it is asked for, such as `loky`.
    pub name: String,
    /// joblib's class, which its printed lines name, such as `LokyBackend`.
    pub class: String,
    /// What its workers are.
    pub workers: WorkerKind,
    /// Whether a task that takes too long can be given up.
    pub keeps_timeouts: bool,
    /// Whether batches may grow by themselves; else a batch has one task unless the caller says how many.
    pub batches_grow: bool,
    /// How many calls may be around one that uses it: 0 if tasks cannot use it.
    pub deepest_level: u32,
    /// The backend that does its work, if it is only another name.
    pub stands_for: Option<String>,
    /// Whether it can be had here.
    pub availability: Availability,
}

/// What the workers of a backend are.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum WorkerKind {
    /// Workers with memories of their own: what joblib calls processes.
    Processes,
    /// Workers that share the caller's memory: threads, or the caller itself.
    Threads,
}

/// Whether a backend can be had here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Availability {
    /// It can.
    Here,
    /// It cannot.
    Missing {
        /// Why not, and what to do about it, as whole sentences.
        reason: String,
    },
}

impl fmt::Display for Availability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here => f.write_str("available"),
            Self::Missing { reason } => f.write_str(reason),
        }
    }
}

impl BackendProperties {
    /// A backend of workers with memories of their own, like joblib's loky.
    #[must_use]
    pub fn of_processes(name: &str, class: &str) -> Self {
        Self {
            name: name.to_owned(),
            class: class.to_owned(),
            workers: WorkerKind::Processes,
            keeps_timeouts: true,
            batches_grow: true,
            deepest_level: 0,
            stands_for: None,
            availability: Availability::Here,
        }
    }

    /// A backend of workers that share one memory, like joblib's threading.
    #[must_use]
    pub fn of_threads(name: &str, class: &str) -> Self {
        Self {
            workers: WorkerKind::Threads,
            batches_grow: false,
            deepest_level: u32::MAX,
            ..Self::of_processes(name, class)
        }
    }

    /// The same, but it cannot be had here, for this reason.
    #[must_use]
    pub fn missing(self, reason: &str) -> Self {
        let reason = reason.to_owned();
        Self {
            availability: Availability::Missing { reason },
            ..self
        }
    }
}

/// All backends, and which of them is taken if none is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Backends {
    all: Vec<BackendProperties>,
    default: String,
}

/// The name of the backend without workers, which there always is.
pub(super) const SEQUENTIAL: &str = "sequential";
/// joblib's default for workers that share one memory.
pub(super) const THREADING: &str = "threading";
/// joblib's default for workers with memories of their own, and of all.
pub(super) const LOKY: &str = "loky";

impl Backends {
    /// joblib's own: `loky`, which is the default, `threading`, `multiprocessing`, which here is another name for loky, and
    /// `sequential`. All of them can be had; [`set_availability`](Self::set_availability) says otherwise.
    #[must_use]
    pub fn new() -> Self {
        let sequential = BackendProperties {
            keeps_timeouts: false,
            ..BackendProperties::of_threads(SEQUENTIAL, "SequentialBackend")
        };
        let multiprocessing = BackendProperties {
            stands_for: Some(LOKY.to_owned()),
            ..BackendProperties::of_processes("multiprocessing", "MultiprocessingBackend")
        };
        Self {
            all: vec![
                BackendProperties::of_processes(LOKY, "LokyBackend"),
                BackendProperties::of_threads(THREADING, "ThreadingBackend"),
                multiprocessing,
                sequential,
            ],
            default: LOKY.to_owned(),
        }
    }

    /// Adds a backend, or puts it in the place of one of the same name. The counterpart of joblib's
    /// `register_parallel_backend`.
    pub fn register(&mut self, backend: BackendProperties, make_default: bool) {
        if make_default {
            self.default.clone_from(&backend.name);
        }
        match self.all.iter_mut().find(|other| other.name == backend.name) {
            Some(other) => *other = backend,
            None => self.all.push(backend),
        }
    }

    /// Says whether a backend can be had here. False if there is none of that name.
    pub fn set_availability(&mut self, name: &str, availability: Availability) -> bool {
        let found = self.all.iter_mut().find(|backend| backend.name == name);
        let known = found.is_some();
        if let Some(backend) = found {
            backend.availability = availability;
        }
        known
    }

    /// The backend of this name.
    pub fn get(&self, name: &str) -> Option<&BackendProperties> {
        self.all.iter().find(|backend| backend.name == name)
    }

    /// All of them, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &BackendProperties> {
        self.all.iter()
    }

    /// The name of the backend that is taken if none is asked for.
    pub fn default_name(&self) -> &str {
        &self.default
    }

    /// What is taken in the place of a backend that cannot be had: what comes nearest, and in the end no workers at all.
    pub(super) fn substitute(&self, shared_memory: bool) -> Option<&BackendProperties> {
        [THREADING, LOKY, SEQUENTIAL]
            .into_iter()
            .filter_map(|name| self.get(name))
            .find(|backend| {
                backend.availability == Availability::Here
                    && (backend.workers == WorkerKind::Threads || !shared_memory)
            })
    }
}

impl Default for Backends {
    fn default() -> Self {
        Self::new()
    }
}
