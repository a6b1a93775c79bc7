//! `crash`: takes its worker down, so that one can see how the pool mends itself.

use core::time::Duration;

use values::Value;

use crate::{Host, Parameter, Task, TaskError};

pub(super) struct Crash;

impl Task for Crash {
    fn name(&self) -> &'static str {
        "crash"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "Takes its worker down: by a trap, by ending it without a word, or by never coming back."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter {
            name: "how",
            help: "\"trap\", \"end\" or \"hang\"",
        }]
    }

    fn run(&self, arguments: Value, host: &dyn Host) -> Result<Value, TaskError> {
        crash(arguments.text("how")?, host).unwrap_or(Err(TaskError::OutOfRange {
            name: "how",
            allowed: "\"trap\", \"end\" or \"hang\"",
        }))
    }
}

/// Takes the worker down in this way, if it is one.
pub(super) fn crash(how: &str, host: &dyn Host) -> Option<Result<Value, TaskError>> {
    match how {
        "trap" => Some(trap()),
        "end" => {
            host.end_worker();
            Some(Ok(Value::Null))
        }
        "hang" => loop {
            host.sleep(Duration::from_secs(1));
        },
        _ => None,
    }
}

#[expect(clippy::panic, reason = "the point of this task")]
fn trap() -> Result<Value, TaskError> {
    panic!("The task was asked to trap.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TestHost;

    #[test]
    #[should_panic(expected = "asked to trap")]
    fn a_trap_is_a_panic() {
        let arguments = Value::map([("how", Value::from("trap"))]);
        let _ = Crash.run(arguments, &TestHost::default());
    }

    #[test]
    fn an_end_ends_the_worker_and_an_unknown_way_is_refused() {
        let host = TestHost::default();
        let how = |how: &str| Value::map([("how", Value::from(how))]);
        assert!(Crash.run(how("gently"), &host).is_err());
        assert!(!host.ended.get());
        assert!(Crash.run(how("end"), &host).is_ok());
        assert!(host.ended.get());
    }
}
