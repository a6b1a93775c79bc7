//! `work`: computes for as long or as much as it is told, and ends as it is told, so that a schedule can be watched.
//!
//! A time is over when it is over, however many workers share a core; so many rounds take longer then. Only rounds can
//! show what more workers than cores are worth.

use core::time::Duration;

use values::Value;

use crate::{Host, Parameter, Task, TaskError};

pub(super) struct Work;

/// One hour.
const MOST_MILLISECONDS: f64 = 3_600_000.0;
/// About a day.
const MOST_ROUNDS: f64 = 1e12;
/// More than anybody waits for.
const MOST_TIMES: i64 = 1_000_000_000;
/// Steps of a random number generator in one round: some 0.1 µs.
const STEPS: u32 = 100;

impl Task for Work {
    fn name(&self) -> &'static str {
        "work"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "Computes for some milliseconds or some rounds, and then gives them back, fails, or takes its worker down."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[
            Parameter {
                name: "milliseconds",
                help: "a number from 0 to 3,600,000",
            },
            Parameter {
                name: "rounds",
                help: "how much to compute, in the place of milliseconds: a number from 0 to 10^12",
            },
            Parameter {
                name: "times",
                help: "how often that is done, in a plain loop: a whole number from 0 to 10^9; 1 if it is left out",
            },
            Parameter {
                name: "then",
                help: "\"finish\", \"fail\", \"trap\", \"end\" or \"hang\"; \"finish\" if it is left out",
            },
        ]
    }

    fn run(&self, arguments: Value, host: &dyn Host) -> Result<Value, TaskError> {
        let (name, most, allowed) = match arguments.get("rounds") {
            None | Some(Value::Null) => ("milliseconds", MOST_MILLISECONDS, "from 0 to 3,600,000"),
            Some(_) => ("rounds", MOST_ROUNDS, "from 0 to 10^12"),
        };
        let amount = arguments.number(name)?;
        if !(0.0..=most).contains(&amount) {
            return Err(TaskError::OutOfRange { name, allowed });
        }
        let times = match arguments.get("times") {
            None | Some(Value::Null) => 1,
            Some(_) => arguments.int("times")?,
        };
        if !(0..=MOST_TIMES).contains(&times) {
            return Err(TaskError::OutOfRange {
                name: "times",
                allowed: "from 0 to 10^9",
            });
        }
        let then = match arguments.get("then") {
            None | Some(Value::Null) => "finish",
            Some(_) => arguments.text("then")?,
        };
        for _ in 0..times {
            if name == "rounds" {
                compute(amount as u64);
            } else {
                host.compute(Duration::from_secs_f64(amount / 1000.0));
            }
        }
        match then {
            "finish" => Ok(Value::Float(amount)),
            "fail" => Err(TaskError::Asked("The task was asked to fail.".to_owned())),
            how => super::crash::crash(how, host).unwrap_or(Err(TaskError::OutOfRange {
                name: "then",
                allowed: "\"finish\", \"fail\", \"trap\", \"end\" or \"hang\"",
            })),
        }
    }
}

/// Computes so many rounds of the task `work`, some 0.1 µs each.
///
/// Always the same work: Marsaglia's xorshift (2003), with nothing done with its numbers. It is one function whoever calls it,
/// so that a browser that has made it fast has done so for all.
#[inline(never)]
pub fn compute(rounds: u64) {
    let mut state = core::hint::black_box(0x9e37_79b9_u32);
    for _ in 0..rounds {
        for _ in 0..STEPS {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
        }
    }
    core::hint::black_box(state);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TestHost;

    fn work(milliseconds: f64, then: &str, host: &TestHost) -> Result<Value, TaskError> {
        let arguments = Value::map([
            ("milliseconds", Value::Float(milliseconds)),
            ("then", Value::from(then)),
        ]);
        Work.run(arguments, host)
    }

    #[test]
    fn it_computes_as_long_as_it_was_told_and_gives_that_back() {
        let host = TestHost::default();
        assert_eq!(work(12.5, "finish", &host), Ok(Value::Float(12.5)));
        assert_eq!(host.computed.get(), Duration::from_micros(12_500));
        let arguments = Value::map([("milliseconds", Value::Int(1))]);
        assert_eq!(Work.run(arguments, &host), Ok(Value::Float(1.0)));
    }

    #[test]
    fn rounds_are_computed_whatever_the_clock_says() {
        let host = TestHost::default();
        let rounds = |rounds: f64| Value::map([("rounds", Value::Float(rounds))]);
        assert_eq!(Work.run(rounds(1000.0), &host), Ok(Value::Float(1000.0)));
        assert_eq!(host.computed.get(), Duration::ZERO);
        for refused in [-1.0, f64::NAN, 1e13] {
            assert!(Work.run(rounds(refused), &host).is_err());
        }
    }

    #[test]
    fn it_does_it_as_often_as_it_was_told() {
        let host = TestHost::default();
        let times = |times: i64| {
            let arguments = [
                ("milliseconds", Value::Float(2.0)),
                ("times", Value::Int(times)),
            ];
            Work.run(Value::map(arguments), &host)
        };
        assert_eq!(times(5), Ok(Value::Float(2.0)));
        assert_eq!(host.computed.get(), Duration::from_millis(10));
        for refused in [-1, i64::MAX] {
            assert!(times(refused).is_err());
        }
    }

    #[test]
    fn it_fails_or_ends_its_worker_when_it_has_computed() {
        let host = TestHost::default();
        assert_eq!(
            work(1.0, "fail", &host),
            Err(TaskError::Asked("The task was asked to fail.".to_owned()))
        );
        assert!(!host.ended.get());
        assert!(work(1.0, "end", &host).is_ok());
        assert!(host.ended.get());
        assert_eq!(host.computed.get(), Duration::from_millis(2));
    }

    #[test]
    fn times_and_ends_that_cannot_be_are_refused() {
        let host = TestHost::default();
        for milliseconds in [-1.0, f64::NAN, f64::INFINITY, 1e12] {
            assert!(work(milliseconds, "finish", &host).is_err());
        }
        assert!(work(0.0, "rest", &host).is_err());
    }
}
