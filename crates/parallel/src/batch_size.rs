//! How many tasks go to a worker at once: fixed, or adapted to how long batches take.

use core::num::NonZeroUsize;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::OptionsError;

/// How many tasks go to a worker at once.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BatchSize {
    /// Adapted to how long batches take; see [`AutoBatchSize`].
    Auto,
    /// Always this many, but for the last ones of a source.
    Fixed(NonZeroUsize),
}

impl BatchSize {
    /// A batch size from text: `auto` or a whole number.
    ///
    /// # Errors
    ///
    /// [`OptionsError::BatchSize`] for other text, and for numbers below 1.
    pub fn parse(text: &str) -> Result<Self, OptionsError> {
        match text.trim() {
            "auto" => Ok(Self::Auto),
            number => number
                .parse()
                .map(Self::Fixed)
                .map_err(|_| OptionsError::BatchSize),
        }
    }

    /// A batch size from a number, which must be whole.
    ///
    /// # Errors
    ///
    /// [`OptionsError::BatchSize`] for fractions, and for numbers below 1.
    pub fn from_number(number: f64) -> Result<Self, OptionsError> {
        if number.fract() != 0.0 || !(1.0..=f64::from(u32::MAX)).contains(&number) {
            return Err(OptionsError::BatchSize);
        }
        NonZeroUsize::new(number as usize)
            .map(Self::Fixed)
            .ok_or(OptionsError::BatchSize)
    }
}

/// joblib's automatic batch size (`AutoBatchingMixin` in `_parallel_backends.py`, 1.6.0).
///
/// The size starts at 1. The durations of batches of the current size are smoothed: 0.8 of the old mean and 0.2 of the
/// new duration. A mean below [`MIN_SECONDS`](Self::MIN_SECONDS) doubles the size; one above
/// [`MAX_SECONDS`](Self::MAX_SECONDS) shrinks it so that a batch takes about twice the minimum. A new size forgets the
/// mean.
///
/// One deviation: the size does not grow beyond [`MAX_SIZE`](Self::MAX_SIZE), so that the memory of a run is bounded
/// whatever a clock shows, and no message keeps a thread busy for long. At that size the sending of a batch costs a task a few
/// nanoseconds.
#[derive(Clone, PartialEq, Debug)]
pub struct AutoBatchSize {
    size: usize,
    mean: Option<f64>,
}

impl AutoBatchSize {
    /// Seconds below which a batch is too short to be worth sending.
    pub const MIN_SECONDS: f64 = 0.2;
    /// Seconds above which a batch may leave other workers without work.
    pub const MAX_SECONDS: f64 = 2.0;
    /// Tasks in a batch at most. joblib has no such bound.
    pub const MAX_SIZE: usize = 1 << 14;

    /// The rule at its start: batches of one task.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            size: 1,
            mean: None,
        }
    }

    /// Tells how long a batch of this many tasks took, from when it was put in line for a worker (joblib counts the time in
    /// line, too) to its end. Only batches of the current size count.
    pub fn record(&mut self, size: usize, duration: Duration) {
        if size != self.size {
            return;
        }
        // A coarse clock shows 0 for the shortest batches, which joblib would take for "nothing measured yet".
        let seconds = duration.max(Duration::from_nanos(1)).as_secs_f64();
        self.mean = Some(self.mean.map_or(seconds, |mean| 0.8 * mean + 0.2 * seconds));
    }

    /// Adapts the size to what was recorded, and says why. joblib reconsiders whenever it dispatches a batch, so a reason may
    /// be given more than once, and need not come with another size.
    pub fn adapt(&mut self) -> Adapted {
        let Some(seconds) = self.mean else {
            return Adapted::Fits;
        };
        // Whole numbers of tasks, rounded down, as by joblib's `int`.
        let ideal = (self.size as f64 * Self::MIN_SECONDS / seconds) as usize;
        let adapted = if seconds < Self::MIN_SECONDS {
            let size = ideal
                .saturating_mul(2)
                .min(self.size * 2)
                .clamp(1, Self::MAX_SIZE);
            Adapted::TooFast { seconds, size }
        } else if seconds > Self::MAX_SECONDS && self.size >= 2 {
            let size = (ideal * 2).max(1);
            Adapted::TooSlow { seconds, size }
        } else {
            Adapted::Fits
        };
        if let Some(size) = adapted.size().filter(|&size| size != self.size) {
            *self = Self { size, mean: None };
        }
        adapted
    }

    /// The current size, in tasks.
    pub const fn size(&self) -> usize {
        self.size
    }
}

/// What came of reconsidering the automatic batch size.
#[derive(Copy, Clone, PartialEq, Debug)]
pub enum Adapted {
    /// It stays: batches take neither too long nor too short, or none was measured.
    Fits,
    /// Batches are too short to be worth sending.
    TooFast {
        /// How long a batch takes, smoothed, in seconds.
        seconds: f64,
        /// The size from now on, in tasks.
        size: usize,
    },
    /// Batches are so long that other workers may be left without work.
    TooSlow {
        /// How long a batch takes, smoothed, in seconds.
        seconds: f64,
        /// The size from now on, in tasks.
        size: usize,
    },
}

impl Adapted {
    /// The size from now on, in tasks, if there was a reason to reconsider it.
    pub const fn size(self) -> Option<usize> {
        match self {
            Self::Fits => None,
            Self::TooFast { size, .. } | Self::TooSlow { size, .. } => Some(size),
        }
    }
}

impl Default for AutoBatchSize {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: BatchSize = BatchSize::Fixed(NonZeroUsize::MIN.saturating_add(1));

    #[test]
    fn auto_and_whole_numbers_from_one_are_allowed() {
        assert_eq!(BatchSize::parse("auto"), Ok(BatchSize::Auto));
        assert_eq!(BatchSize::parse("2"), Ok(TWO));
        assert_eq!(BatchSize::from_number(2.0), Ok(TWO));
    }

    #[test]
    fn zero_negative_numbers_fractions_and_other_text_are_rejected() {
        for text in ["0", "-1", "1.42", "", "wrong"] {
            assert_eq!(
                BatchSize::parse(text),
                Err(OptionsError::BatchSize),
                "{text}"
            );
        }
        for number in [0.0, -1.0, 1.42, f64::NAN, f64::INFINITY] {
            assert_eq!(
                BatchSize::from_number(number),
                Err(OptionsError::BatchSize),
                "{number}"
            );
        }
    }
}
