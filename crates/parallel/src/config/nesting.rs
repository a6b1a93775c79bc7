//! Calls within tasks of other calls.

use core::num::NonZeroUsize;

use super::backends::{SEQUENTIAL, THREADING};

/// How many calls may be within each other. joblib has no such number: there a task that calls itself ends with Python's
/// `RecursionError`.
pub const MAX_NESTING: u32 = 32;

/// Where a call stands that names no backend, if other calls are around it.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Rung {
    /// The backend.
    pub backend: &'static str,
    /// How many calls with workers are around it.
    pub level: u32,
}

/// joblib's ladder (`get_nested_backend`): within a task of a call at this level, calls run on threads; deeper, in place.
///
/// Only calls with several workers make a level: what runs in place changes nothing for the calls within it.
#[must_use]
pub const fn rung(outer_level: u32) -> Rung {
    let level = outer_level.saturating_add(1);
    Rung {
        backend: if level > 1 { SEQUENTIAL } else { THREADING },
        level,
    }
}

/// How many workers a call within a task may use, if it asks for so many, so that no more than `limit` run at once: while it
/// runs, so may one in each of the `outer` workers around it, and these only wait.
///
/// This is joblib's own rule for the thread pools of libraries within its workers (`cpu_count() // n_jobs`, at least 1), which it
/// does not hold itself to.
///
/// ```
/// # use core::num::NonZeroUsize;
/// let [two, four, eight] = [2, 4, 8].map(|n| NonZeroUsize::new(n).unwrap());
/// assert_eq!(parallel::inner_workers(eight, eight, two), four);
/// assert_eq!(parallel::inner_workers(two, eight, two), two);
/// assert_eq!(parallel::inner_workers(two, four, eight).get(), 1);
/// ```
#[must_use]
pub fn inner_workers(
    asked: NonZeroUsize,
    limit: NonZeroUsize,
    outer: NonZeroUsize,
) -> NonZeroUsize {
    let share = NonZeroUsize::new(limit.get() / outer).unwrap_or(NonZeroUsize::MIN);
    asked.min(share)
}
