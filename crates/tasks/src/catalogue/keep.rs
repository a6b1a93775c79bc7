//! `keep` and `kept`: something that a worker keeps from one task to the next, as an initializer leaves it there.

use values::Value;

use crate::{Host, Parameter, Task, TaskError};

pub(super) struct Keep;

impl Task for Keep {
    fn name(&self) -> &'static str {
        "keep"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "Has its worker keep what it is given, for tasks `kept` that run there later."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[]
    }

    fn run(&self, arguments: Value, host: &dyn Host) -> Result<Value, TaskError> {
        host.keep(arguments);
        Ok(Value::Null)
    }
}

pub(super) struct Kept;

impl Task for Kept {
    fn name(&self) -> &'static str {
        "kept"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "Gives back what its worker keeps: what the task `keep` was given there last, or nothing."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[]
    }

    fn run(&self, _: Value, host: &dyn Host) -> Result<Value, TaskError> {
        Ok(host.kept())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TestHost;

    #[test]
    fn what_was_kept_last_is_given_back() {
        let host = TestHost::default();
        assert_eq!(Kept.run(Value::Null, &host), Ok(Value::Null));
        for value in [Value::Int(1), Value::from("two")] {
            assert_eq!(Keep.run(value.clone(), &host), Ok(Value::Null));
            assert_eq!(Kept.run(Value::Null, &host), Ok(value));
        }
    }
}
