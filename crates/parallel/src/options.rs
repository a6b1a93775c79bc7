//! How a run is to be carried out, and what is wrong with options that cannot be.

use core::fmt;
use core::num::NonZeroUsize;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{BatchSize, Verbosity};

/// How one run is carried out. The counterpart of the parameters of joblib's `Parallel`, already checked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Options {
    /// How many workers may be busy at once; see [`effective_n_jobs`](crate::effective_n_jobs).
    pub n_jobs: NonZeroUsize,
    /// How many tasks go to a worker at once.
    pub batch_size: BatchSize,
    /// How far the source is read ahead of the results.
    pub pre_dispatch: PreDispatch,
    /// In which order results are yielded.
    pub order: Order,
    /// What a failed task, or one whose worker was lost, means for the run.
    pub on_error: OnError,
    /// How long one task may run, or `None` for as long as it likes.
    ///
    /// Measured from the start of the task, which is taken to be the end of the task reported before it in the same
    /// batch, or the sending of the batch. joblib measures from when the caller begins to *wait* for a result, so there
    /// a task that hangs is blamed only once all before it are done, and a task that merely queues may be blamed
    /// instead. Here it is the task that hangs which is named, and queueing costs nothing.
    pub timeout: Option<Duration>,
    /// What a task that ran longer than [`timeout`](Self::timeout) means for the run.
    pub on_timeout: OnTimeout,
    /// How often a task is run again whose worker was lost while the task was alone on it. Before that, each task of a batch
    /// whose worker was lost is run again alone in any case. joblib has no such number: there a lost worker ends the run.
    pub retries: u32,
    /// What is printed about the run ([`Output::Print`](crate::Output::Print)), or `None` for nothing.
    pub verbose: Option<Verbosity>,
    /// Whether what happens to each task and batch is told ([`Output::Event`](crate::Output::Event)). What happens to workers
    /// is told in any case. For runs of very many tasks, which otherwise are mostly telling.
    pub events: bool,
}

impl Options {
    /// joblib's defaults for this many workers: automatic batches, `2 * n_jobs` tasks ahead, submission order, the first
    /// error ends the run, no timeout, no retries, nothing printed, all events
    /// told.
    #[must_use]
    pub fn new(n_jobs: NonZeroUsize) -> Self {
        Self {
            n_jobs,
            batch_size: BatchSize::Auto,
            pre_dispatch: PreDispatch::Tasks(
                n_jobs.saturating_mul(NonZeroUsize::MIN.saturating_add(1)),
            ),
            order: Order::Submission,
            on_error: OnError::Raise,
            timeout: None,
            on_timeout: OnTimeout::Raise,
            retries: 0,
            verbose: None,
            events: true,
        }
    }

    /// The same run as a plain loop: one worker, one batch at a time, whose tasks are produced only when the batch before is
    /// done, no timeout. A batch has one task unless the caller says how many. This is what joblib does for `n_jobs=1`.
    #[must_use]
    pub fn one_at_a_time(self) -> Self {
        let size = match self.batch_size {
            BatchSize::Auto => NonZeroUsize::MIN,
            BatchSize::Fixed(size) => size,
        };
        Self {
            n_jobs: NonZeroUsize::MIN,
            batch_size: BatchSize::Fixed(size),
            pre_dispatch: PreDispatch::Tasks(size),
            timeout: None,
            ..self
        }
    }
}

/// How many tasks are taken from the source ahead of the results; see
/// [`parse_pre_dispatch`](crate::parse_pre_dispatch).
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PreDispatch {
    /// The whole source, at once.
    All,
    /// At most this many tasks before the first batch has ended; afterwards as many batches as these tasks made.
    Tasks(NonZeroUsize),
}

/// In which order results are yielded.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// As the source yields the tasks. joblib's `return_as="list"` and `"generator"`.
    Submission,
    /// As the tasks are done. joblib's `return_as="generator_unordered"`.
    Completion,
}

/// What a failed task, or one whose worker was lost, means for the run.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnError {
    /// The first one ends the run, as in joblib.
    Raise,
    /// It is yielded as failed and the run goes on.
    Collect,
}

/// What a task that ran too long means for the run.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnTimeout {
    /// The first one ends the run, as in joblib.
    Raise,
    /// It is given up, its worker is ended, and the run goes on.
    Skip,
}

/// What is wrong with an option. [`Display`](fmt::Display) says it in a sentence that names what is allowed.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum OptionsError {
    /// `n_jobs` is 0, or is 0 once its fraction is dropped.
    JobsZero,
    /// `n_jobs` is not a whole number.
    JobsNotWhole,
    /// `batch_size` is neither `auto` nor a whole number of at least 1.
    BatchSize,
    /// `pre_dispatch` is longer than [`MAX_PRE_DISPATCH_LENGTH`](crate::MAX_PRE_DISPATCH_LENGTH).
    PreDispatchTooLong {
        /// How many characters it has.
        length: usize,
    },
    /// `pre_dispatch` nests more than [`MAX_PRE_DISPATCH_DEPTH`](crate::MAX_PRE_DISPATCH_DEPTH) deep.
    PreDispatchTooDeep {
        /// Where, counted in characters from 1.
        column: usize,
    },
    /// `pre_dispatch` is not arithmetic in `n_jobs`.
    PreDispatchSyntax {
        /// Where, counted in characters from 1.
        column: usize,
    },
    /// `pre_dispatch` divides by zero.
    PreDispatchDivision {
        /// Where the divisor begins, counted in characters from 1.
        column: usize,
    },
    /// A number in `pre_dispatch`, or a result on the way, is beyond a million either way (joblib's bound).
    PreDispatchTooLarge {
        /// Where, counted in characters from 1.
        column: usize,
    },
    /// `pre_dispatch` comes to less than one task.
    PreDispatchTooSmall,
}

impl OptionsError {
    /// A name for this kind of error that stays the same from version to version.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::JobsZero => "n-jobs-zero",
            Self::JobsNotWhole => "n-jobs-not-whole",
            Self::BatchSize => "batch-size",
            Self::PreDispatchTooLong { .. } => "pre-dispatch-too-long",
            Self::PreDispatchTooDeep { .. } => "pre-dispatch-too-deep",
            Self::PreDispatchSyntax { .. } => "pre-dispatch-syntax",
            Self::PreDispatchDivision { .. } => "pre-dispatch-division",
            Self::PreDispatchTooLarge { .. } => "pre-dispatch-too-large",
            Self::PreDispatchTooSmall => "pre-dispatch-too-small",
        }
    }

    /// Where in the text the error is, counted in characters from 1, if it was found in a text.
    pub const fn column(&self) -> Option<usize> {
        match self {
            Self::PreDispatchTooDeep { column }
            | Self::PreDispatchSyntax { column }
            | Self::PreDispatchDivision { column }
            | Self::PreDispatchTooLarge { column } => Some(*column),
            _ => None,
        }
    }
}

impl fmt::Display for OptionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::JobsZero => f.write_str(
                "n_jobs is 0, which has no meaning: give a number of workers from 1, or -1 for one per core.",
            ),
            Self::JobsNotWhole => f.write_str("n_jobs is not a whole number: give one such as 2, or -1 for one per core."),
            Self::BatchSize => f.write_str("batch_size must be 'auto' or a whole number of at least 1."),
            Self::PreDispatchTooLong { length } => write!(
                f,
                "pre_dispatch has {length} characters: at most {} are allowed.",
                crate::MAX_PRE_DISPATCH_LENGTH
            ),
            Self::PreDispatchTooDeep { column } => write!(
                f,
                "pre_dispatch nests too deeply at column {column}: at most {} levels are allowed.",
                crate::MAX_PRE_DISPATCH_DEPTH
            ),
            Self::PreDispatchSyntax { column } => write!(
                f,
                "pre_dispatch cannot be read at column {column}: it must be 'all', a number, or arithmetic in n_jobs \
                 with + - * / // % ** and parentheses, such as 2 * n_jobs."
            ),
            Self::PreDispatchDivision { column } => {
                write!(f, "pre_dispatch divides by zero at column {column}: the divisor must not be 0.")
            }
            Self::PreDispatchTooLarge { column } => write!(
                f,
                "pre_dispatch goes beyond a million at column {column}: no number in it may."
            ),
            Self::PreDispatchTooSmall => {
                f.write_str("pre_dispatch comes to less than one task: it must be 'all' or at least 1.")
            }
        }
    }
}

impl core::error::Error for OptionsError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_own_code_and_a_sentence_that_begins_with_the_option() {
        let column = 3;
        let errors = [
            OptionsError::JobsZero,
            OptionsError::JobsNotWhole,
            OptionsError::BatchSize,
            OptionsError::PreDispatchTooLong { length: 101 },
            OptionsError::PreDispatchTooDeep { column },
            OptionsError::PreDispatchSyntax { column },
            OptionsError::PreDispatchDivision { column },
            OptionsError::PreDispatchTooLarge { column },
            OptionsError::PreDispatchTooSmall,
        ];
        let codes: std::collections::BTreeSet<_> = errors.iter().map(OptionsError::code).collect();
        assert_eq!(codes.len(), errors.len());
        for error in errors {
            let text = error.to_string();
            let option = text.split(' ').next().unwrap_or_default().replace('_', "-");
            assert!(error.code().starts_with(&option), "{text}");
            assert!(text.ends_with('.'));
        }
    }
}
