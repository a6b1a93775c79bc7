//! Calls within tasks: what joblib's ladder gives them, carried out in place.
//!
//! A worker is one of as many as were asked for, and it is busy with the task that calls; so a call within runs its tasks in
//! this worker, one after the other, and there are never more workers than the outermost call asked for. What the ladder
//! says is kept all the same: which backend, which level, and where it ends.

use core::num::NonZeroUsize;
use core::time::Duration;

use parallel::{Availability, Backends, Call, Context, Jobs, Settings, choose};
use serde::{Deserialize, Serialize};
use tasks::{Host, InnerCall, InnerRun, TaskError};
use values::Value;

use crate::FindTask;

/// The call that a batch is of, as far as calls within its tasks need to know it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outer {
    /// The backend that does its work.
    pub backend: String,
    /// How many workers it has.
    pub workers: u32,
    /// How many cores there are.
    pub cores: u32,
}

/// A host, and the calls around a task that it runs.
pub(crate) struct Nested<'a> {
    host: &'a dyn Host,
    find: FindTask,
    outer: &'a Outer,
    /// What holds for calls within the task; if not known yet, what the outer call makes of it.
    context: Option<Context>,
    /// Whether its tasks share one memory with those of the other workers.
    shares_memory: bool,
}

impl<'a> Nested<'a> {
    /// For tasks of the outermost call.
    pub(crate) const fn new(
        host: &'a dyn Host,
        find: FindTask,
        outer: &'a Outer,
        shares_memory: bool,
    ) -> Self {
        Self {
            host,
            find,
            outer,
            context: None,
            shares_memory,
        }
    }

    fn cores(&self) -> NonZeroUsize {
        NonZeroUsize::new(self.outer.cores as usize).unwrap_or(NonZeroUsize::MIN)
    }

    /// What holds for calls within the tasks of the outermost call.
    fn outermost(&self) -> Context {
        let call = Call {
            settings: Settings {
                backend: Some(self.outer.backend.clone()),
                n_jobs: Some(Jobs::Count(i64::from(self.outer.workers))),
                ..Settings::default()
            },
            fallback: true,
            timeout: None,
        };
        choose(&call, &Context::default(), &Backends::new(), self.cores())
            .map(|choice| choice.inner)
            .unwrap_or_default()
    }

    /// The backends as they are within a worker.
    fn backends(&self) -> Backends {
        let missing = |reason: &str| Availability::Missing {
            reason: reason.to_owned(),
        };
        let mut backends = Backends::new();
        backends.set_availability(
            "loky",
            missing("All workers there are belong to the calls around this one."),
        );
        if !self.shares_memory {
            backends.set_availability(
                "threading",
                missing("This worker has a memory of its own, which no thread can share."),
            );
        }
        backends
    }
}

impl Host for Nested<'_> {
    fn sleep(&self, duration: Duration) {
        self.host.sleep(duration);
    }

    fn compute(&self, duration: Duration) {
        self.host.compute(duration);
    }

    fn end_worker(&self) {
        self.host.end_worker();
    }

    fn keep(&self, value: Value) {
        self.host.keep(value);
    }

    fn kept(&self) -> Value {
        self.host.kept()
    }

    fn parallel(&self, call: InnerCall<'_>) -> Result<InnerRun, TaskError> {
        let context = match &self.context {
            Some(context) => context.clone(),
            None => self.outermost(),
        };
        let asked = Call {
            settings: Settings {
                n_jobs: Some(Jobs::Count(call.n_jobs)),
                ..Settings::default()
            },
            fallback: true,
            timeout: None,
        };
        let choice = choose(&asked, &context, &self.backends(), self.cores()).map_err(|error| {
            TaskError::Call {
                code: error.code(),
                message: error.to_string(),
            }
        })?;
        let task = (self.find)(call.task).ok_or_else(|| TaskError::Call {
            code: "unknown-task",
            message: format!("There is no task `{}`.", call.task),
        })?;
        let within = Nested {
            context: Some(choice.inner),
            ..*self
        };
        let results = call.items.into_iter().map(|item| task.run(item, &within));
        Ok(InnerRun {
            results: results.collect::<Result<_, _>>()?,
            backend: choice.backend,
            level: choice.level,
            notes: choice.warnings.iter().map(ToString::to_string).collect(),
        })
    }
}
