//! What joblib prints about a run, to the byte (`Parallel._print`, `print_progress` and `AutoBatchingMixin`, 1.6.0).
//!
//! The lines depend on which batches joblib would have in line when, so the queue cuts and dispatches as joblib does. What differs:
//! - A task that fails in a plain loop prints nothing more. joblib prints that 0 out of 1 are done, or, if a task was done before,
//!   fails with an `AttributeError` of its own in the place of the task's error.
//! - Where the whole source is read at once, automatic batches grow here and do not in joblib, so there are other batches to tell
//!   of. They grow up to [`AutoBatchSize::MAX_SIZE`](crate::AutoBatchSize::MAX_SIZE).
//! - joblib knows no tasks that are cached, cancelled or given up; these count as done, and a line may follow them as a batch.

use core::fmt;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Adapted, Options, PreDispatch};

/// How much is printed about a run, and what the lines name. The counterpart of joblib's `verbose`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verbosity {
    /// joblib's `verbose`: 0 for nothing, above 10 for a line after each batch, from 50 on to [`Stream::Output`].
    pub level: u32,
    /// `n_jobs` as the caller gave it, for the prefix of each line: `-1` and not the number of cores.
    pub n_jobs: i64,
    /// joblib's class of the backend, such as `LokyBackend`.
    pub backend: String,
    /// How many tasks the source has, if that is known before it is read.
    pub length: Option<usize>,
}

/// A line to print.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// Where to.
    pub stream: Stream,
    /// What, without the end of the line.
    pub text: String,
}

/// Where a line is printed to.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stream {
    /// Standard error, or what stands for it: joblib's choice below `verbose` 50.
    Error,
    /// Standard output, or what stands for it.
    Output,
}

/// What joblib counts in a run.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Counted {
    /// Tasks of batches that ended.
    pub(crate) completed: usize,
    /// Tasks put in line for a worker; while the source is open this is not looked at.
    pub(crate) dispatched: usize,
    /// Batches put in line for a worker.
    pub(crate) batches: usize,
    pub(crate) stage: Stage,
}

/// How joblib sees the source.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    /// There may be more to dispatch.
    Open,
    /// All was dispatched.
    Drained,
    /// All was dispatched and has ended.
    Complete,
}

impl Verbosity {
    pub(crate) fn begin(&self, n_jobs: usize) -> Option<Line> {
        self.line(format_args!(
            "Using backend {} with {n_jobs} concurrent workers.",
            self.backend
        ))
    }

    /// What is printed after a batch, or after the last task of a plain loop.
    pub(crate) fn progress(
        &self,
        counted: Counted,
        options: &Options,
        elapsed: Duration,
    ) -> Option<Line> {
        if self.level == 0 {
            return None;
        }
        let width = match self.length {
            Some(length) if length > 0 => length.ilog10() as usize + 1,
            _ => 3,
        };
        let seconds = elapsed.as_secs_f64();
        let time = short_time(seconds);
        let done = counted.completed;
        self.line(match counted.stage {
            Stage::Complete => {
                format!("Done {done:width$} out of {done:width$} | elapsed: {time} finished")
            }
            Stage::Open => {
                if self.skips(counted.batches) {
                    return None;
                }
                match self.length {
                    Some(length) => {
                        format!("Done {done:width$} out of {length:width$} | elapsed: {time}")
                    }
                    None => format!(
                        "Done {done:width$} tasks {:pad$}| elapsed: {time}",
                        "",
                        pad = width + 2
                    ),
                }
            }
            Stage::Drained => {
                let total = counted.dispatched;
                if done != 0 && self.skips_of_last(done, total, options) {
                    return None;
                }
                let left = total.saturating_sub(done) as f64;
                let remaining = short_time(seconds / done.max(1) as f64 * left);
                format!(
                    "Done {done:width$} out of {total:width$} | elapsed: {time} remaining: {remaining}"
                )
            }
        })
    }

    /// What is printed when the automatic batch size was reconsidered.
    pub(crate) fn adapted(&self, adapted: Adapted) -> Option<Line> {
        if self.level < 10 {
            return None;
        }
        let (pace, seconds) = match adapted {
            Adapted::TooFast { seconds, .. } => ("fast", seconds),
            Adapted::TooSlow { seconds, .. } => ("slow", seconds),
            Adapted::Fits => return None,
        };
        let size = adapted.size()?;
        let seconds = python_float(seconds);
        self.line(format_args!(
            "Batch computation too {pace} ({seconds}s.) Setting batch_size={size}."
        ))
    }

    /// joblib's `_verbosity_filter`: the further a run has come, the further apart are the lines.
    fn skips(&self, batches: usize) -> bool {
        if self.level > 10 || batches == 0 {
            return self.level <= 10;
        }
        let scale = 0.5 * f64::from(11 - self.level).powi(2);
        let step = |index: usize| (index as f64 / scale).sqrt() as u64;
        step(batches + 1) == step(batches)
    }

    /// joblib's choice of lines once all is dispatched.
    fn skips_of_last(&self, done: usize, total: usize, options: &Options) -> bool {
        let pre_dispatch = match options.pre_dispatch {
            PreDispatch::All => 0,
            PreDispatch::Tasks(tasks) => tasks.get(),
        };
        let every = total / (self.level as usize).max(1) + 1;
        // joblib's cursor may be below zero; only its distance from a multiple of `every` matters.
        let cursor = (total + 1).saturating_sub(done).abs_diff(pre_dispatch);
        done + 1 == total || !cursor.is_multiple_of(every)
    }

    fn line(&self, text: impl fmt::Display) -> Option<Line> {
        let stream = if self.level < 50 {
            Stream::Error
        } else {
            Stream::Output
        };
        let text = format!("[Parallel(n_jobs={})]: {text}", self.n_jobs);
        (self.level > 0).then_some(Line { stream, text })
    }
}

/// joblib's `short_format_time`.
fn short_time(seconds: f64) -> String {
    if seconds > 60.0 {
        format!("{:4.1}min", seconds / 60.0)
    } else {
        format!(" {seconds:5.1}s")
    }
}

/// A number as Python's `repr` writes it: the fewest digits that mean it, with an exponent if it is small or large.
fn python_float(number: f64) -> String {
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..16).contains(&exponent) {
        let fixed = number.to_string();
        return if fixed.contains('.') {
            fixed
        } else {
            fixed + ".0"
        };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Python 3.11 prints them.
    #[test]
    fn numbers_are_written_as_python_writes_them() {
        for (number, text) in [
            (0.0001, "0.0001"),
            (0.00009, "9e-05"),
            (1.5e-7, "1.5e-07"),
            (0.001_953_125, "0.001953125"),
            (3.0, "3.0"),
            (1e16, "1e+16"),
            (123_456.75, "123456.75"),
        ] {
            assert_eq!(python_float(number), text);
        }
    }

    /// As Python's `%5.1f` rounds: what lies in the middle, to the even digit.
    #[test]
    fn times_are_rounded_as_python_rounds_them() {
        for (seconds, text) in [
            (0.0, "   0.0s"),
            (0.25, "   0.2s"),
            (0.75, "   0.8s"),
            (60.0, "  60.0s"),
            (60.5, " 1.0min"),
            (7230.0, "120.5min"),
        ] {
            assert_eq!(short_time(seconds), text);
        }
    }
}
