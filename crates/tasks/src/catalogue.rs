//! All tasks there are. A new task is a file here, and a line in each of the two lists.

mod count_primes;
mod crash;
mod echo;
mod fail;
mod formula;
mod keep;
mod length;
mod nested;
mod sleep;
mod word_frequencies;
mod work;

pub use work::compute;

use crate::Task;

/// All tasks, in the order in which they are listed to a visitor.
pub fn all() -> &'static [&'static dyn Task] {
    &[
        &word_frequencies::WordFrequencies,
        &count_primes::CountPrimes,
        &sleep::Sleep,
        &work::Work,
        &echo::Echo,
        &length::Length,
        &formula::Formula,
        &fail::Fail,
        &keep::Keep,
        &keep::Kept,
        &nested::Nested,
        &crash::Crash,
    ]
}

/// The task of that name.
pub fn find(name: &str) -> Option<&'static dyn Task> {
    all().iter().copied().find(|task| task.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_every_task_is_found_by_its_name() {
        for task in all() {
            assert!(find(task.name()).is_some_and(
                |found| core::ptr::addr_eq(found, *task) || found.name() == task.name()
            ));
            assert_eq!(
                all()
                    .iter()
                    .filter(|other| other.name() == task.name())
                    .count(),
                1
            );
            assert!(task.summary().ends_with('.'));
        }
        assert!(find("no such task").is_none());
    }
}
