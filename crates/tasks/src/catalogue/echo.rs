//! `echo`: gives back what it was given, to measure what the journey costs.

use values::Value;

use crate::{Host, Parameter, Task, TaskError};

pub(super) struct Echo;

impl Task for Echo {
    fn name(&self) -> &'static str {
        "echo"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "Gives back what it was given."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[]
    }

    fn run(&self, arguments: Value, _: &dyn Host) -> Result<Value, TaskError> {
        Ok(arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TestHost;

    #[test]
    fn it_gives_back_what_it_was_given() {
        let value = Value::List(vec![Value::Null, Value::Float(-0.0)]);
        assert_eq!(Echo.run(value.clone(), &TestHost::default()), Ok(value));
    }
}
