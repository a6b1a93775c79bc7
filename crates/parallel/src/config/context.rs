//! What holds for a call unless it says otherwise.

use core::num::NonZeroUsize;

use super::backends::Backends;
use super::error::ConfigError;
use super::nesting::Rung;

/// What a call or a context says; `None` leaves it to the context around.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    /// The name of the backend.
    pub backend: Option<String>,
    /// How many workers.
    pub n_jobs: Option<Jobs>,
    /// joblib's `verbose`.
    pub verbose: Option<u32>,
    /// Which kind of workers to take if no backend is named.
    pub prefer: Option<Prefer>,
    /// What the workers must have.
    pub require: Option<Require>,
}

/// How many workers.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Jobs {
    /// As many as the backend takes by default: one. In a context this is not the same as saying nothing; in a call it is.
    Default,
    /// So many; see [`effective_n_jobs`](crate::effective_n_jobs).
    Count(i64),
}

/// A hint which kind of workers to take.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum Prefer {
    /// Any kind, whatever the context prefers: joblib's `None`.
    #[default]
    Any,
    /// Workers with memories of their own.
    Processes,
    /// Workers that share one memory.
    Threads,
}

impl Prefer {
    /// joblib's texts.
    ///
    /// # Errors
    /// [`ConfigError::Prefer`] for other text.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        match text {
            "processes" => Ok(Self::Processes),
            "threads" => Ok(Self::Threads),
            _ => Err(ConfigError::Prefer {
                found: text.to_owned(),
            }),
        }
    }
}

/// What workers must have.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum Require {
    /// Nothing, whatever the context requires: joblib's `None`.
    #[default]
    Nothing,
    /// One memory.
    SharedMemory,
}

impl Require {
    /// joblib's text.
    ///
    /// # Errors
    /// [`ConfigError::Require`] for other text.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        match text {
            "sharedmem" => Ok(Self::SharedMemory),
            _ => Err(ConfigError::Require {
                found: text.to_owned(),
            }),
        }
    }
}

/// What holds for the calls made in one place. The counterpart of what joblib's `parallel_config` sets.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Context {
    /// The backend, if one was named or the place is within a task.
    pub(super) backend: Option<String>,
    /// How many calls with workers are around.
    pub(super) level: u32,
    pub(super) n_jobs: Option<Jobs>,
    pub(super) verbose: Option<u32>,
    pub(super) prefer: Option<Prefer>,
    pub(super) require: Option<Require>,
    /// How many calls are around, with workers or without.
    pub(super) depth: u32,
    /// How many workers the calls made here may use, if other calls are around.
    pub(super) share: Option<NonZeroUsize>,
}

impl Context {
    /// joblib's `parallel_config`: this context with other settings.
    ///
    /// # Errors
    /// [`ConfigError::UnknownBackend`]. As in joblib, all else is looked at when a call is made.
    pub fn with(&self, settings: &Settings, backends: &Backends) -> Result<Self, ConfigError> {
        if let Some(name) = &settings.backend
            && backends.get(name).is_none()
        {
            return Err(unknown(name, backends));
        }
        Ok(Self {
            backend: settings.backend.clone().or_else(|| self.backend.clone()),
            n_jobs: settings.n_jobs.or(self.n_jobs),
            verbose: settings.verbose.or(self.verbose),
            prefer: settings.prefer.or(self.prefer),
            require: settings.require.or(self.require),
            ..self.clone()
        })
    }

    /// joblib's older `parallel_backend`: this context with another backend, and with all cores unless it is said how many
    /// workers.
    ///
    /// # Errors
    /// [`ConfigError::UnknownBackend`].
    pub fn with_backend(
        &self,
        name: &str,
        n_jobs: Option<Jobs>,
        backends: &Backends,
    ) -> Result<Self, ConfigError> {
        let settings = Settings {
            backend: Some(name.to_owned()),
            n_jobs: Some(n_jobs.unwrap_or(Jobs::Count(-1))),
            ..Settings::default()
        };
        self.with(&settings, backends)
    }

    /// How many calls with workers are around the calls made here.
    pub const fn level(&self) -> u32 {
        self.level
    }

    /// Within a task of a call in this context that runs in place: nothing changes, as in joblib.
    pub(super) fn within_plain_loop(&self) -> Self {
        Self {
            depth: self.depth.saturating_add(1),
            ..self.clone()
        }
    }

    /// Within a task on a worker: joblib's workers know nothing of the contexts around the call, and the number of workers is
    /// the default again.
    pub(super) fn within_worker(&self, rung: Rung, share: NonZeroUsize) -> Self {
        Self {
            backend: Some(rung.backend.to_owned()),
            level: rung.level,
            n_jobs: Some(Jobs::Default),
            depth: self.depth.saturating_add(1),
            share: Some(share),
            ..Self::default()
        }
    }
}

pub(super) fn unknown(name: &str, backends: &Backends) -> ConfigError {
    ConfigError::UnknownBackend {
        name: name.to_owned(),
        known: backends
            .iter()
            .map(|backend| backend.name.clone())
            .collect(),
    }
}

/// The context in force, where calls look it up in one place. What [`within`](Self::within) sets holds until it returns,
/// whether its body returns a result, an error, or panics.
#[derive(Debug, Default)]
pub struct Current {
    context: Context,
}

impl Current {
    /// The context in force.
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// Carries out `body` with other settings in force.
    ///
    /// # Errors
    /// [`ConfigError::UnknownBackend`]; then `body` is not carried out.
    pub fn within<T>(
        &mut self,
        settings: &Settings,
        backends: &Backends,
        body: impl FnOnce(&mut Self) -> T,
    ) -> Result<T, ConfigError> {
        let inner = self.context.with(settings, backends)?;
        let before = core::mem::replace(&mut self.context, inner);
        let restoring = Restoring {
            current: self,
            before,
        };
        Ok(body(restoring.current))
    }
}

/// Puts a context back when it goes.
struct Restoring<'a> {
    current: &'a mut Current,
    before: Context,
}

impl Drop for Restoring<'_> {
    fn drop(&mut self) {
        self.current.context = core::mem::take(&mut self.before);
    }
}
