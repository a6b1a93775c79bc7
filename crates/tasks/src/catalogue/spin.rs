//! `spin`: an amount of work, as `work` is a time.
//!
//! Who waits for the clock cannot work for less than one of its steps, and several who wait for it on one core all seem to
//! work at once. So what handing over costs is measured with this.

use values::Value;

use crate::{Host, Parameter, Task, TaskError};

pub(super) struct Spin;

/// Some minutes.
const MOST_ROUNDS: i64 = 100_000_000_000;

impl Task for Spin {
    fn name(&self) -> &'static str {
        "spin"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "Computes so many rounds, and gives their number back."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[
            Parameter {
                name: "rounds",
                help: "a whole number from 0, of rounds of a few nanoseconds",
            },
            Parameter {
                name: "times",
                help: "how often that is done, in a plain loop; 1 if it is left out. Together at most 100,000,000,000 rounds",
            },
        ]
    }

    fn run(&self, arguments: Value, host: &dyn Host) -> Result<Value, TaskError> {
        let rounds = arguments.int("rounds")?;
        let times = match arguments.get("times") {
            None | Some(Value::Null) => 1,
            Some(_) => arguments.int("times")?,
        };
        let all = rounds
            .checked_mul(times)
            .filter(|_| rounds >= 0 && times >= 0);
        let all = all.filter(|all| *all <= MOST_ROUNDS && times <= MOST_ROUNDS);
        let Some(all) = all else {
            return Err(TaskError::OutOfRange {
                name: "rounds",
                allowed: "from 0 to 100,000,000,000, together with times",
            });
        };
        for _ in 0..times {
            host.spin(rounds.unsigned_abs());
        }
        Ok(Value::Int(all))
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;
    use crate::TestHost;

    fn spin(rounds: i64, times: i64, host: &TestHost) -> Result<Value, TaskError> {
        let arguments = [("rounds", Value::Int(rounds)), ("times", Value::Int(times))];
        Spin.run(Value::map(arguments), host)
    }

    #[test]
    fn it_computes_as_many_rounds_as_it_was_told_and_gives_their_number_back() {
        let host = TestHost::default();
        assert_eq!(spin(500, 4, &host), Ok(Value::Int(2000)));
        assert_eq!(host.computed.get(), Duration::from_micros(2));
        let once = Value::map([("rounds", Value::Int(7))]);
        assert_eq!(Spin.run(once, &host), Ok(Value::Int(7)));
        assert_eq!(spin(0, 10, &host), Ok(Value::Int(0)));
    }

    #[test]
    fn rounds_that_cannot_be_are_refused() {
        let host = TestHost::default();
        for (rounds, times) in [
            (-1, 1),
            (1, -1),
            (-2, -2),
            (i64::MAX, 2),
            (1, i64::MAX),
            (0, i64::MAX),
        ] {
            assert!(spin(rounds, times, &host).is_err(), "{rounds} {times}");
        }
        assert_eq!(host.computed.get(), Duration::ZERO);
    }
}
