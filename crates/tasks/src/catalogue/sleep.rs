//! `sleep`: waits, like a task that waits for a disk or a network.

use core::time::Duration;

use values::Value;

use crate::{Host, Parameter, Task, TaskError};

pub(super) struct Sleep;

/// One hour.
const MOST_MILLISECONDS: f64 = 3_600_000.0;

impl Task for Sleep {
    fn name(&self) -> &'static str {
        "sleep"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "Waits for some milliseconds, and gives them back."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter {
            name: "milliseconds",
            help: "a number from 0 to 3,600,000",
        }]
    }

    fn run(&self, arguments: Value, host: &dyn Host) -> Result<Value, TaskError> {
        let milliseconds = arguments.number("milliseconds")?;
        if !(0.0..=MOST_MILLISECONDS).contains(&milliseconds) {
            return Err(TaskError::OutOfRange {
                name: "milliseconds",
                allowed: "from 0 to 3,600,000",
            });
        }
        host.sleep(Duration::from_secs_f64(milliseconds / 1000.0));
        Ok(Value::Float(milliseconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TestHost;

    #[test]
    fn it_sleeps_as_long_as_it_was_told() {
        let host = TestHost::default();
        let arguments = Value::map([("milliseconds", Value::Float(12.5))]);
        assert_eq!(Sleep.run(arguments, &host), Ok(Value::Float(12.5)));
        assert_eq!(host.slept.get(), Duration::from_micros(12_500));
    }

    #[test]
    fn times_that_cannot_be_slept_are_refused() {
        for milliseconds in [-1.0, f64::NAN, f64::INFINITY, 1e12] {
            let arguments = Value::map([("milliseconds", Value::Float(milliseconds))]);
            assert!(Sleep.run(arguments, &TestHost::default()).is_err());
        }
    }
}
