//! How many workers a request for `n_jobs` means.

use core::num::NonZeroUsize;

use crate::OptionsError;

/// How many workers may be busy at once for a requested `n_jobs` on a machine with this many cores.
///
/// joblib's rule: nothing requested means 1, -1 means one per core, -2 all but one core, and so on down to 1; more than
/// there are cores is allowed.
///
/// # Errors
///
/// [`OptionsError::JobsZero`] for 0.
///
/// ```
/// # use core::num::NonZeroUsize;
/// let cores = NonZeroUsize::new(8).unwrap();
/// assert_eq!(parallel::effective_n_jobs(Some(-2), cores).unwrap().get(), 7);
/// ```
pub fn effective_n_jobs(
    requested: Option<i64>,
    cores: NonZeroUsize,
) -> Result<NonZeroUsize, OptionsError> {
    let Some(requested) = requested else {
        return Ok(NonZeroUsize::MIN);
    };
    let size = usize::try_from(requested.unsigned_abs()).unwrap_or(usize::MAX);
    let jobs = if requested >= 0 {
        size
    } else {
        cores.get().saturating_add(1).saturating_sub(size).max(1)
    };
    NonZeroUsize::new(jobs).ok_or(OptionsError::JobsZero)
}

/// A requested `n_jobs` from a number that may have a fraction, which is dropped as by Python's `int`.
///
/// # Errors
///
/// [`OptionsError::JobsNotWhole`] for a number that is not finite, [`OptionsError::JobsZero`] if nothing is left.
pub fn n_jobs_from_number(number: f64) -> Result<i64, OptionsError> {
    if !number.is_finite() {
        return Err(OptionsError::JobsNotWhole);
    }
    match number.trunc() as i64 {
        0 => Err(OptionsError::JobsZero),
        jobs => Ok(jobs),
    }
}

/// A requested `n_jobs` from text: a whole number, with blanks around it allowed, as Python's `int` reads it.
///
/// # Errors
///
/// [`OptionsError::JobsNotWhole`] for other text, such as `2.3`; [`OptionsError::JobsZero`] for 0.
pub fn parse_n_jobs(text: &str) -> Result<i64, OptionsError> {
    match text.trim().parse() {
        Ok(0) => Err(OptionsError::JobsZero),
        Ok(jobs) => Ok(jobs),
        Err(_) => Err(OptionsError::JobsNotWhole),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn on_four_cores(requested: Option<i64>) -> usize {
        effective_n_jobs(requested, NonZeroUsize::new(4).unwrap())
            .unwrap()
            .get()
    }

    #[test]
    fn nothing_requested_is_one_worker() {
        assert_eq!(on_four_cores(None), 1);
    }

    #[test]
    fn a_positive_request_is_taken_as_it_is_even_above_the_cores() {
        assert_eq!([1, 3, 100].map(|n| on_four_cores(Some(n))), [1, 3, 100]);
    }

    #[test]
    fn a_negative_request_counts_down_from_all_cores_to_one() {
        assert_eq!(
            [-1, -2, -4, -5, -100, i64::MIN].map(|n| on_four_cores(Some(n))),
            [4, 3, 1, 1, 1, 1]
        );
    }

    #[test]
    fn zero_a_half_and_text_with_a_fraction_are_rejected() {
        assert_eq!(
            effective_n_jobs(Some(0), NonZeroUsize::MIN),
            Err(OptionsError::JobsZero)
        );
        assert_eq!(n_jobs_from_number(0.5), Err(OptionsError::JobsZero));
        assert_eq!(
            n_jobs_from_number(f64::NAN),
            Err(OptionsError::JobsNotWhole)
        );
        assert_eq!(parse_n_jobs("2.3"), Err(OptionsError::JobsNotWhole));
        assert_eq!(parse_n_jobs("0"), Err(OptionsError::JobsZero));
        assert_eq!(parse_n_jobs(" -1 "), Ok(-1));
        assert_eq!(n_jobs_from_number(2.3), Ok(2));
    }
}
