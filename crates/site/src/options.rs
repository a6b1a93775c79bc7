//! A run's options as the caller wrote them, checked.

use core::num::NonZeroUsize;
use core::time::Duration;

use parallel::{
    Backends, BatchSize, Call, Choice, ConfigError, Context, Jobs, OnError, OnTimeout, Options,
    OptionsError, Order, PreDispatch, Prefer, Require, Settings, Verbosity, Warning, choose,
    n_jobs_from_number, parse_n_jobs, parse_pre_dispatch,
};
use protocol::{ContextInfo, ErrorInfo, Loose, ParallelOptions};

/// More workers than this are more than any machine's browser has room for.
const MOST_WORKERS: usize = 64;

/// When a worker is replaced by a new one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Recycling {
    /// After so many tasks.
    pub(crate) tasks: Option<u32>,
    /// Once its memory has more bytes, which never become fewer.
    pub(crate) bytes: Option<u64>,
}

/// The options of a run, checked.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    /// What the dispatcher goes by.
    pub(crate) options: Options,
    /// What the run gets, which is not always what it asked for.
    pub(crate) choice: Choice,
    /// When workers are replaced.
    pub(crate) recycling: Recycling,
}

impl Checked {
    /// What the caller should know of the choice, in sentences.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let warnings = self.choice.warnings.iter();
        warnings
            .filter(|warning| {
                // A worker can be ended even if it is the only one; what runs in turn keeps none, as in joblib.
                !matches!(warning, Warning::TimeoutNotKept { .. })
                    || self.choice.backend == "sequential"
            })
            .map(ToString::to_string)
            .chain(self.not_for_threads())
            .collect()
    }

    /// What was asked for and cannot be had of threads.
    fn not_for_threads(&self) -> Option<String> {
        let Recycling { tasks, bytes } = self.recycling;
        let is_asked = tasks.is_some() || bytes.is_some();
        (self.choice.backend == "threading" && is_asked).then(|| {
            "recycleAfterTasks and memoryLimit are for workers with a memory of their own: threads are not replaced one by one."
                .to_owned()
        })
    }
}

/// The options of a run, checked.
///
/// # Errors
/// What is wrong with the first option that cannot be, and what is allowed.
pub(crate) fn check(
    given: &ParallelOptions,
    cores: NonZeroUsize,
    backends: &Backends,
) -> Result<Checked, ErrorInfo> {
    known_task("task", &given.task)?;
    if let Some(first) = &given.initializer {
        known_task("initializer", first)?;
    }
    let mut context = Context::default();
    for around in given.contexts.iter().flatten() {
        context = context
            .with(&settings(around)?, backends)
            .map_err(|error| misconfigured(&error))?;
    }
    let call = Call {
        settings: settings(&ContextInfo {
            backend: given.backend.clone(),
            n_jobs: given.n_jobs.clone(),
            verbose: given.verbose.clone(),
            prefer: given.prefer.clone(),
            require: given.require.clone(),
        })?,
        timeout: timeout(given.timeout_seconds.as_ref())?,
        fallback: given.fallback.unwrap_or(false),
    };
    let choice = choose(&call, &context, backends, cores).map_err(|error| misconfigured(&error))?;
    if choice.backend == "threading" && given.initializer.is_some() {
        let message = "initializer is for workers with a memory of their own: threads share one. Leave it out, or use loky.";
        return Err(error("initializer", message.to_owned()));
    }
    Ok(Checked {
        options: dispatching(given, &choice)?,
        choice,
        recycling: Recycling {
            tasks: given
                .recycle_after_tasks
                .as_ref()
                .map(|given| whole("recycleAfterTasks", "recycle-after-tasks", given))
                .transpose()?,
            bytes: given.memory_limit.as_ref().map(bytes).transpose()?,
        },
    })
}

/// That there is a task of this name.
fn known_task(option: &str, name: &str) -> Result<(), ErrorInfo> {
    if tasks::find(name).is_some() {
        return Ok(());
    }
    let names: Vec<_> = tasks::all().iter().map(|task| task.name()).collect();
    Err(error(
        "unknown-task",
        format!(
            "There is no task `{name}`, which `{option}` names. There are: {}.",
            names.join(", ")
        ),
    ))
}

/// A whole number from 1.
fn whole(option: &str, code: &str, given: &Loose) -> Result<u32, ErrorInfo> {
    let number = match given {
        Loose::Number(number) => Some(*number),
        Loose::Text(text) => text.trim().parse().ok(),
    };
    number
        .filter(|number| number.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(number))
        .map(|number| number as u32)
        .ok_or_else(|| error(code, format!("{option} must be a whole number from 1.")))
}

/// A size in bytes: a number, or a number with K, M or G, of which each is 1024 times the one before, as joblib reads sizes.
fn bytes(given: &Loose) -> Result<u64, ErrorInfo> {
    let number = match given {
        Loose::Number(number) => Some(*number),
        Loose::Text(text) => {
            let text = text.trim();
            let (digits, unit) = match text.char_indices().last() {
                Some((at, 'K')) => (&text[..at], 1024.0),
                Some((at, 'M')) => (&text[..at], 1_048_576.0),
                Some((at, 'G')) => (&text[..at], 1_073_741_824.0),
                _ => (text, 1.0),
            };
            digits.parse::<f64>().ok().map(|number| number * unit)
        }
    };
    number
        .filter(|number| number.is_finite() && *number >= 1.0)
        .map(|number| number as u64)
        .ok_or_else(|| {
            error(
                "memory-limit",
                "memoryLimit must be a number of bytes from 1, or such as \"64M\".".to_owned(),
            )
        })
}

/// The options that the dispatcher goes by, but for those of the choice of the backend.
fn dispatching(given: &ParallelOptions, choice: &Choice) -> Result<Options, ErrorInfo> {
    let n_jobs = choice.workers;
    if n_jobs.get() > MOST_WORKERS {
        return Err(error(
            "n-jobs-too-many",
            format!("n_jobs is {n_jobs}: at most {MOST_WORKERS} workers are started in one tab."),
        ));
    }
    let asked = batch_size(given.batch_size.as_ref())?;
    let options = Options {
        batch_size: match asked {
            BatchSize::Auto if !choice.batches_grow => BatchSize::Fixed(NonZeroUsize::MIN),
            asked => asked,
        },
        pre_dispatch: pre_dispatch(given.pre_dispatch.as_ref(), n_jobs)?,
        order: order(given.return_as.as_deref())?,
        on_error: on_error(given.on_error.as_deref())?,
        timeout: timeout(given.timeout_seconds.as_ref())?,
        on_timeout: on_timeout(given.on_timeout.as_deref())?,
        events: given.events.unwrap_or(true),
        retries: retries(given.retries.as_ref())?,
        verbose: (choice.verbose > 0).then(|| Verbosity {
            level: choice.verbose,
            n_jobs: choice.n_jobs,
            backend: choice.class.clone(),
            length: given.length.map(|length| length as usize),
        }),
        ..Options::new(n_jobs)
    };
    // One after the other, but in a worker all the same: what cannot be ended does not run here.
    Ok(if choice.backend == "sequential" {
        options.one_at_a_time()
    } else {
        options
    })
}

/// What a call or a context says of its backend.
fn settings(given: &ContextInfo) -> Result<Settings, ErrorInfo> {
    Ok(Settings {
        backend: given.backend.clone(),
        n_jobs: given.n_jobs.as_ref().map(jobs).transpose()?,
        verbose: given.verbose.as_ref().map(verbose).transpose()?,
        prefer: given
            .prefer
            .as_deref()
            .map(Prefer::parse)
            .transpose()
            .map_err(|error| misconfigured(&error))?,
        require: given
            .require
            .as_deref()
            .map(Require::parse)
            .transpose()
            .map_err(|error| misconfigured(&error))?,
    })
}

fn jobs(given: &Loose) -> Result<Jobs, ErrorInfo> {
    match given {
        Loose::Number(number) if number.fract() != 0.0 => Err(OptionsError::JobsNotWhole),
        Loose::Number(number) => n_jobs_from_number(*number),
        Loose::Text(text) => parse_n_jobs(text),
    }
    .map(Jobs::Count)
    .map_err(|error| refused(&error))
}

/// joblib's `verbose`, of which only the whole part matters.
fn verbose(given: &Loose) -> Result<u32, ErrorInfo> {
    let number = match given {
        Loose::Number(number) => Some(*number),
        Loose::Text(text) => text.trim().parse().ok(),
    };
    number
        .filter(|number| (0.0..=1e9).contains(number))
        .map(|number| number as u32)
        .ok_or_else(|| error("verbose", "verbose must be a number from 0.".to_owned()))
}

fn retries(given: Option<&Loose>) -> Result<u32, ErrorInfo> {
    let number = match given {
        None => return Ok(0),
        Some(Loose::Number(number)) => Some(*number),
        Some(Loose::Text(text)) => text.trim().parse().ok(),
    };
    number
        .filter(|number| number.fract() == 0.0 && (0.0..=1e6).contains(number))
        .map(|number| number as u32)
        .ok_or_else(|| {
            error(
                "retries",
                "retries must be a whole number from 0.".to_owned(),
            )
        })
}

fn misconfigured(cause: &ConfigError) -> ErrorInfo {
    error(cause.code(), cause.to_string())
}

fn batch_size(given: Option<&Loose>) -> Result<BatchSize, ErrorInfo> {
    match given {
        None => Ok(BatchSize::Auto),
        Some(Loose::Number(number)) => BatchSize::from_number(*number),
        Some(Loose::Text(text)) => BatchSize::parse(text),
    }
    .map_err(|error| refused(&error))
}

fn pre_dispatch(given: Option<&Loose>, n_jobs: NonZeroUsize) -> Result<PreDispatch, ErrorInfo> {
    let text = match given {
        None => "2*n_jobs".to_owned(),
        Some(Loose::Number(number)) => number.to_string(),
        Some(Loose::Text(text)) => text.clone(),
    };
    parse_pre_dispatch(&text, n_jobs).map_err(|error| refused(&error))
}

fn order(given: Option<&str>) -> Result<Order, ErrorInfo> {
    match given.unwrap_or("list") {
        "list" | "generator" => Ok(Order::Submission),
        "generator_unordered" => Ok(Order::Completion),
        other => Err(choice(
            "return-as",
            "returnAs",
            other,
            "list, generator, generator_unordered",
        )),
    }
}

fn on_error(given: Option<&str>) -> Result<OnError, ErrorInfo> {
    match given.unwrap_or("raise") {
        "raise" => Ok(OnError::Raise),
        "collect" => Ok(OnError::Collect),
        other => Err(choice("on-error", "onError", other, "raise, collect")),
    }
}

fn on_timeout(given: Option<&str>) -> Result<OnTimeout, ErrorInfo> {
    match given.unwrap_or("raise") {
        "raise" => Ok(OnTimeout::Raise),
        "skip" => Ok(OnTimeout::Skip),
        other => Err(choice("on-timeout", "onTimeout", other, "raise, skip")),
    }
}

fn timeout(given: Option<&Loose>) -> Result<Option<Duration>, ErrorInfo> {
    let seconds = match given {
        None => return Ok(None),
        Some(Loose::Number(number)) => Some(*number),
        Some(Loose::Text(text)) => text.trim().parse().ok(),
    };
    seconds
        .filter(|seconds| *seconds > 0.0)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .map(Some)
        .ok_or_else(|| {
            error(
                "timeout",
                "timeoutSeconds must be a number of seconds above 0.".to_owned(),
            )
        })
}

fn choice(code: &str, name: &str, found: &str, allowed: &str) -> ErrorInfo {
    error(
        code,
        format!("{name} is `{found}`, but it must be one of: {allowed}."),
    )
}

fn refused(cause: &OptionsError) -> ErrorInfo {
    error(cause.code(), cause.to_string())
}

fn error(code: &str, message: String) -> ErrorInfo {
    ErrorInfo {
        code: code.to_owned(),
        message,
        task: None,
        position: None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const CORES: NonZeroUsize = NonZeroUsize::new(4).unwrap();

    fn given() -> ParallelOptions {
        ParallelOptions {
            task: "echo".to_owned(),
            ..ParallelOptions::default()
        }
    }

    fn code(given: &ParallelOptions) -> String {
        check(given, CORES, &Backends::new()).unwrap_err().code
    }

    fn with_jobs(text: &str) -> ParallelOptions {
        ParallelOptions {
            n_jobs: Some(Loose::Text(text.to_owned())),
            ..given()
        }
    }

    #[test]
    fn what_is_left_out_has_joblibs_default() {
        let options = check(&given(), CORES, &Backends::new()).unwrap().options;
        assert_eq!(options.n_jobs.get(), 1);
        assert_eq!(options.batch_size, BatchSize::Auto);
        assert_eq!(
            options.pre_dispatch,
            PreDispatch::Tasks(NonZeroUsize::new(2).unwrap())
        );
    }

    #[test]
    fn minus_one_means_all_cores_and_sequential_means_one_worker() {
        assert_eq!(
            check(&with_jobs("-1"), CORES, &Backends::new())
                .unwrap()
                .options
                .n_jobs,
            CORES
        );
        let sequential = ParallelOptions {
            backend: Some("sequential".to_owned()),
            ..with_jobs("-1")
        };
        assert_eq!(
            check(&sequential, CORES, &Backends::new())
                .unwrap()
                .options
                .n_jobs
                .get(),
            1
        );
    }

    #[test]
    fn numbers_of_workers_that_cannot_be_are_refused() {
        assert_eq!(code(&with_jobs("0")), "n-jobs-zero");
        assert_eq!(code(&with_jobs("abc")), "n-jobs-not-whole");
        assert_eq!(code(&with_jobs("2.3")), "n-jobs-not-whole");
        assert_eq!(code(&with_jobs("1000")), "n-jobs-too-many");
        for number in [0.5, f64::NAN, f64::INFINITY] {
            let options = ParallelOptions {
                n_jobs: Some(Loose::Number(number)),
                ..given()
            };
            assert!(
                check(&options, CORES, &Backends::new()).is_err(),
                "{number}"
            );
        }
    }

    #[test]
    fn sizes_are_read_as_joblib_reads_them_and_others_are_refused() {
        let limit = |text: &str| bytes(&Loose::Text(text.to_owned())).ok();
        assert_eq!(limit("1M"), Some(1 << 20));
        assert_eq!(limit("1.5K"), Some(1536));
        assert_eq!(limit("2G"), Some(2 << 30));
        assert_eq!(limit("100"), Some(100));
        for text in ["", "M", "12Q", "-1M", "NaN", "0"] {
            assert_eq!(limit(text), None, "{text}");
        }
    }

    #[test]
    fn every_other_option_that_cannot_be_is_refused_by_name() {
        let text = |text: &str| Some(text.to_owned());
        let loose = |text: &str| Some(Loose::Text(text.to_owned()));
        let number = |number: f64| Some(Loose::Number(number));
        assert_eq!(
            code(&ParallelOptions {
                task: "nosuch".to_owned(),
                ..given()
            }),
            "unknown-task"
        );
        assert_eq!(
            code(&ParallelOptions {
                backend: text("dask"),
                ..given()
            }),
            "unknown-backend"
        );
        for size in [number(0.0), number(-1.0), number(1.42), loose("many")] {
            assert_eq!(
                code(&ParallelOptions {
                    batch_size: size,
                    ..given()
                }),
                "batch-size"
            );
        }
        assert_eq!(
            code(&ParallelOptions {
                pre_dispatch: loose("2 * n_job"),
                ..given()
            }),
            "pre-dispatch-syntax"
        );
        assert_eq!(
            code(&ParallelOptions {
                return_as: text("set"),
                ..given()
            }),
            "return-as"
        );
        assert_eq!(
            code(&ParallelOptions {
                on_error: text("shrug"),
                ..given()
            }),
            "on-error"
        );
        assert_eq!(
            code(&ParallelOptions {
                on_timeout: text("wait"),
                ..given()
            }),
            "on-timeout"
        );
        for seconds in [number(0.0), number(-1.0), number(f64::NAN), loose("soon")] {
            assert_eq!(
                code(&ParallelOptions {
                    timeout_seconds: seconds,
                    ..given()
                }),
                "timeout"
            );
        }
    }
}
