//! `fail`: fails, so that one can see what a failure does to a run.

use values::Value;

use crate::{Host, Parameter, Task, TaskError};

pub(super) struct Fail;

impl Task for Fail {
    fn name(&self) -> &'static str {
        "fail"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "Fails with the message it was given."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter {
            name: "message",
            help: "what the error says",
        }]
    }

    fn run(&self, arguments: Value, _: &dyn Host) -> Result<Value, TaskError> {
        Err(TaskError::Asked(arguments.text("message")?.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TestHost;

    #[test]
    fn the_error_says_what_it_was_told_to_say() {
        let arguments = Value::map([("message", Value::from("out of paper"))]);
        let error = Fail.run(arguments, &TestHost::default()).err();
        assert_eq!(error.map(|e| e.to_string()), Some("out of paper".into()));
    }
}
