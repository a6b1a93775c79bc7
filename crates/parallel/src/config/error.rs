//! What is wrong with a call's settings, and what a caller should know although the call can be carried out.

use core::fmt;
use core::num::NonZeroUsize;
use core::time::Duration;

use super::nesting::MAX_NESTING;
use crate::OptionsError;

/// Why a call cannot be carried out with its settings. [`Display`](fmt::Display) says it in a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ConfigError {
    /// There is no backend of that name.
    UnknownBackend {
        /// The name.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// The backend cannot be had here, and no other is allowed.
    BackendUnavailable {
        /// Its name.
        name: String,
        /// Why not.
        reason: String,
    },
    /// The hint `prefer` is neither `processes` nor `threads`.
    Prefer {
        /// What it is.
        found: String,
    },
    /// The constraint `require` is not `sharedmem`.
    Require {
        /// What it is.
        found: String,
    },
    /// Processes are preferred, but shared memory is required, which processes do not have.
    Inconsistent,
    /// Shared memory is required of a backend that does not have it.
    NoSharedMemory {
        /// The backend.
        name: String,
    },
    /// The number of workers cannot be.
    Jobs(OptionsError),
    /// So many calls are within each other that it looks like a call that calls itself without end.
    NestingTooDeep,
}

impl ConfigError {
    /// A name for this kind of error that stays the same from version to version.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownBackend { .. } => "unknown-backend",
            Self::BackendUnavailable { .. } => "backend-unavailable",
            Self::Prefer { .. } => "prefer",
            Self::Require { .. } => "require",
            Self::Inconsistent => "prefer-and-require",
            Self::NoSharedMemory { .. } => "no-shared-memory",
            Self::Jobs(error) => error.code(),
            Self::NestingTooDeep => "nesting-too-deep",
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownBackend { name, known } => {
                write!(f, "There is no backend `{name}`. There are: {}.", known.join(", "))
            }
            Self::BackendUnavailable { name, reason } => {
                write!(f, "The backend `{name}` cannot be had here. {reason}")
            }
            Self::Prefer { found } => {
                write!(f, "prefer is `{found}`, but it must be `processes` or `threads`, or left out.")
            }
            Self::Require { found } => {
                write!(f, "require is `{found}`, but it must be `sharedmem`, or left out.")
            }
            Self::Inconsistent => f.write_str(
                "prefer is `processes` and require is `sharedmem`, but processes do not share memory: leave out one of them.",
            ),
            Self::NoSharedMemory { name } => write!(
                f,
                "require is `sharedmem`, but the workers of the backend `{name}` do not share memory: name another backend, \
                 or none."
            ),
            Self::Jobs(error) => error.fmt(f),
            Self::NestingTooDeep => write!(
                f,
                "This call is within {MAX_NESTING} others, so it looks like a task that calls itself without end."
            ),
        }
    }
}

impl core::error::Error for ConfigError {}

impl From<OptionsError> for ConfigError {
    fn from(error: OptionsError) -> Self {
        Self::Jobs(error)
    }
}

/// What a caller should know about a call that is carried out. [`Display`](fmt::Display) says it in a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Warning {
    /// The backend cannot be had here, so another is taken.
    TakenInstead {
        /// What was asked for.
        wanted: String,
        /// What is taken.
        taken: String,
        /// Why.
        reason: String,
    },
    /// The backend is another name for the one that does its work.
    StandsFor {
        /// What was asked for.
        wanted: String,
        /// What does the work.
        taken: String,
    },
    /// The context's backend does not share memory as the call requires, so another is taken.
    SharesMemory {
        /// The context's backend.
        wanted: String,
        /// What is taken.
        taken: String,
    },
    /// The backend cannot be had within a task, so the call runs in place.
    WithinTask {
        /// What was asked for.
        wanted: String,
    },
    /// Fewer workers than asked for, so that no more run at once than there are cores or the outermost call asked for.
    FewerWorkers {
        /// What was asked for.
        asked: NonZeroUsize,
        /// What it gets.
        given: NonZeroUsize,
    },
    /// A plain loop cannot give up a task, so the timeout is not kept.
    TimeoutNotKept {
        /// The timeout.
        timeout: Duration,
    },
}

impl Warning {
    /// A name for this kind of warning that stays the same from version to version.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TakenInstead { .. } => "backend-taken-instead",
            Self::StandsFor { .. } => "backend-stands-for",
            Self::SharesMemory { .. } => "backend-shares-memory",
            Self::WithinTask { .. } => "backend-within-task",
            Self::FewerWorkers { .. } => "fewer-workers",
            Self::TimeoutNotKept { .. } => "timeout-not-kept",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TakenInstead {
                wanted,
                taken,
                reason,
            } => write!(
                f,
                "The backend `{wanted}` cannot be had here, so `{taken}` is taken instead. {reason}"
            ),
            Self::StandsFor { wanted, taken } => write!(
                f,
                "The backend `{wanted}` is another name for `{taken}` here: both are workers with memories of their own."
            ),
            Self::SharesMemory { wanted, taken } => write!(
                f,
                "The workers of `{wanted}` do not share memory as this call requires, so `{taken}` is taken instead."
            ),
            Self::WithinTask { wanted } => write!(
                f,
                "The backend `{wanted}` cannot be had within a task, so this call runs its tasks one after the other."
            ),
            Self::FewerWorkers { asked, given } => write!(
                f,
                "This call is within another and asks for {asked} workers, but gets {given}, so that no more run at once than \
                 there are cores or were asked for outside."
            ),
            Self::TimeoutNotKept { timeout } => write!(
                f,
                "A timeout of {} s is given, but tasks that run one after the other in place cannot be given up, so it is not \
                 kept.",
                timeout.as_secs_f64()
            ),
        }
    }
}
