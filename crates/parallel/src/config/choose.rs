//! The choice itself.

use core::num::NonZeroUsize;
use core::time::Duration;

use super::backends::{
    Availability, BackendProperties, Backends, LOKY, SEQUENTIAL, THREADING, WorkerKind,
};
use super::context::{Context, Jobs, Prefer, Require, Settings, unknown};
use super::error::{ConfigError, Warning};
use super::nesting::{MAX_NESTING, inner_workers, rung};
use crate::effective_n_jobs;

/// What one call asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Call {
    /// What it says itself.
    pub settings: Settings,
    /// How long a task may take.
    pub timeout: Option<Duration>,
    /// Whether another backend may be taken if the one asked for cannot be had. joblib does so for its own backends.
    pub fallback: bool,
}

/// What one call gets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// The name of the backend that does the work; with one worker, joblib runs tasks in place whatever this says.
    pub backend: String,
    /// joblib's class of the backend asked for, which printed lines name.
    pub class: String,
    /// How many calls with workers are around it.
    pub level: u32,
    /// `n_jobs` as asked for, by the call, its context or the default.
    pub n_jobs: i64,
    /// How many workers that means here.
    pub workers: NonZeroUsize,
    /// joblib's `verbose`.
    pub verbose: u32,
    /// Whether batches may grow by themselves; else automatic batches have one task.
    pub batches_grow: bool,
    /// What the caller should know.
    pub warnings: Vec<Warning>,
    /// What holds for calls made within its tasks.
    pub inner: Context,
}

/// What a call in this context gets on a machine with so many cores.
///
/// Where joblib only differs is written at [`inner_workers`] (fewer workers within tasks) and [`MAX_NESTING`]; and a backend that
/// cannot be had is an error here unless [`Call::fallback`] allows another, except that a hint is only a hint.
///
/// # Errors
/// Every [`ConfigError`] but those of reading texts.
pub fn choose(
    call: &Call,
    context: &Context,
    backends: &Backends,
    cores: NonZeroUsize,
) -> Result<Choice, ConfigError> {
    if context.depth >= MAX_NESTING {
        return Err(ConfigError::NestingTooDeep);
    }
    let mut warnings = Vec::new();
    let settings = &call.settings;
    let active = active(settings, context, backends, &mut warnings)?;
    let asked = match &settings.backend {
        None => active.backend,
        Some(name) => {
            // What the context's backend lacks does not matter if the call names its own.
            warnings.clear();
            backends.get(name).ok_or_else(|| unknown(name, backends))?
        }
    };
    // As in joblib, a call says nothing by asking for the default.
    let of_call = settings.n_jobs.filter(|jobs| *jobs != Jobs::Default);
    let n_jobs = match of_call.or(active.n_jobs) {
        Some(Jobs::Count(count)) => count,
        Some(Jobs::Default) | None => 1,
    };
    let shared = settings.require == Some(Require::SharedMemory);
    if shared && asked.workers == WorkerKind::Processes {
        return Err(ConfigError::NoSharedMemory {
            name: asked.name.clone(),
        });
    }
    let may_differ = call.fallback || (active.is_soft && settings.backend.is_none());
    let shared = shared || (active.is_shared && settings.backend.is_none());
    let taken = available(asked, may_differ, shared, backends, &mut warnings)?;
    let mut workers = effective_n_jobs(Some(n_jobs), cores)?;
    if taken.name == SEQUENTIAL {
        workers = NonZeroUsize::MIN;
    }
    let level = context.level;
    if level > taken.deepest_level && workers > NonZeroUsize::MIN {
        let wanted = asked.name.clone();
        warnings.push(Warning::WithinTask { wanted });
        workers = NonZeroUsize::MIN;
    }
    let limit = context.share.unwrap_or_else(|| cores.max(workers));
    let given = inner_workers(workers, limit, NonZeroUsize::MIN);
    if given < workers {
        let asked = workers;
        warnings.push(Warning::FewerWorkers { asked, given });
        workers = given;
    }
    let in_place = workers == NonZeroUsize::MIN;
    if let Some(timeout) = call.timeout
        && (in_place || !taken.keeps_timeouts)
    {
        warnings.push(Warning::TimeoutNotKept { timeout });
    }
    Ok(Choice {
        backend: taken.name.clone(),
        class: if taken.name == asked.name || asked.stands_for.is_some() {
            asked.class.clone()
        } else {
            taken.class.clone()
        },
        level,
        n_jobs,
        workers,
        verbose: settings.verbose.or(context.verbose).unwrap_or(0),
        batches_grow: taken.batches_grow,
        warnings,
        inner: if in_place {
            context.within_plain_loop()
        } else {
            context.within_worker(rung(level), inner_workers(limit, limit, workers))
        },
    })
}

/// What the context offers a call that names no backend.
struct Active<'a> {
    backend: &'a BackendProperties,
    n_jobs: Option<Jobs>,
    /// Whether nobody named it, so that another will do.
    is_soft: bool,
    /// Whether its workers must share one memory.
    is_shared: bool,
}

/// joblib's `_get_active_backend`.
fn active<'a>(
    settings: &Settings,
    context: &Context,
    backends: &'a Backends,
    warnings: &mut Vec<Warning>,
) -> Result<Active<'a>, ConfigError> {
    let prefer = settings.prefer.or(context.prefer).unwrap_or_default();
    let require = settings.require.or(context.require).unwrap_or_default();
    let shared = require == Require::SharedMemory;
    if prefer == Prefer::Processes && shared {
        return Err(ConfigError::Inconsistent);
    }
    let named = |name: &str| backends.get(name).ok_or_else(|| unknown(name, backends));
    let (backend, explicit) = match &context.backend {
        Some(name) => (named(name)?, true),
        None => (named(backends.default_name())?, false),
    };
    let uses_threads = backend.workers == WorkerKind::Threads;
    let force_threads =
        (shared && !uses_threads) || (!explicit && prefer == Prefer::Threads && !uses_threads);
    let force_processes = !explicit && prefer == Prefer::Processes && uses_threads;
    if force_threads {
        let threads = named(THREADING)?;
        if explicit {
            warnings.push(Warning::SharesMemory {
                wanted: backend.name.clone(),
                taken: threads.name.clone(),
            });
        }
        return Ok(Active {
            backend: threads,
            n_jobs: Some(Jobs::Count(1)),
            is_soft: !shared,
            is_shared: shared,
        });
    }
    Ok(Active {
        backend: if force_processes {
            named(LOKY)?
        } else {
            backend
        },
        n_jobs: context.n_jobs,
        is_soft: !explicit,
        is_shared: shared,
    })
}

/// The backend that does the work of the one asked for.
fn available<'a>(
    asked: &'a BackendProperties,
    may_differ: bool,
    shared: bool,
    backends: &'a Backends,
    warnings: &mut Vec<Warning>,
) -> Result<&'a BackendProperties, ConfigError> {
    let stands_for = asked.stands_for.as_deref();
    let works = match stands_for {
        None => asked,
        Some(name) => {
            let works = backends.get(name).ok_or_else(|| unknown(name, backends))?;
            warnings.push(Warning::StandsFor {
                wanted: asked.name.clone(),
                taken: works.name.clone(),
            });
            works
        }
    };
    let Availability::Missing { reason } = &works.availability else {
        return Ok(works);
    };
    match backends.substitute(shared).filter(|_| may_differ) {
        Some(taken) => {
            warnings.push(Warning::TakenInstead {
                wanted: asked.name.clone(),
                taken: taken.name.clone(),
                reason: reason.clone(),
            });
            Ok(taken)
        }
        None => Err(ConfigError::BackendUnavailable {
            name: asked.name.clone(),
            reason: reason.clone(),
        }),
    }
}
