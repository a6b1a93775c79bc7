//! `count_primes`: pure work for the processor, of a length that is easy to choose.

use values::Value;

use crate::{Host, Parameter, Task, TaskError};

pub(super) struct CountPrimes;

/// The largest limit that is accepted; it takes some seconds.
const MOST: i64 = 100_000_000;

impl Task for CountPrimes {
    fn name(&self) -> &'static str {
        "count_primes"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "Counts the prime numbers up to a limit, by trial division."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter {
            name: "limit",
            help: "a whole number from 0 to 100,000,000",
        }]
    }

    fn run(&self, arguments: Value, _: &dyn Host) -> Result<Value, TaskError> {
        let limit = arguments.int("limit")?;
        if !(0..=MOST).contains(&limit) {
            return Err(TaskError::OutOfRange {
                name: "limit",
                allowed: "from 0 to 100,000,000",
            });
        }
        Ok(Value::Int(count_primes(limit as u32)))
    }
}

/// Trial division by the primes found so far: work that grows faster than the limit, and hardly touches memory.
fn count_primes(limit: u32) -> i64 {
    if limit < 2 {
        return 0;
    }
    let mut divisors: Vec<u32> = Vec::new();
    let mut count = 1;
    for candidate in (3..=limit).step_by(2) {
        let is_prime = divisors
            .iter()
            .take_while(|divisor| {
                u64::from(**divisor) * u64::from(**divisor) <= u64::from(candidate)
            })
            .all(|divisor| candidate % divisor != 0);
        if is_prime {
            count += 1;
            if u64::from(candidate) * u64::from(candidate) <= u64::from(limit) {
                divisors.push(candidate);
            }
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TestHost;

    #[test]
    fn counts_agree_with_the_published_ones() {
        // https://oeis.org/A006880, and the small cases by hand.
        for (limit, count) in [
            (0, 0),
            (1, 0),
            (2, 1),
            (3, 2),
            (10, 4),
            (100, 25),
            (1000, 168),
            (10_000, 1229),
            (100_000, 9592),
            (1_000_000, 78_498),
        ] {
            assert_eq!(count_primes(limit), count, "up to {limit}");
        }
    }

    #[test]
    fn a_limit_outside_the_range_is_refused() {
        for limit in [-1, MOST + 1] {
            let arguments = Value::map([("limit", Value::Int(limit))]);
            let error = CountPrimes.run(arguments, &TestHost::default()).err();
            assert_eq!(error.map(|e| e.code()), Some("task-out-of-range"));
        }
    }
}
