//! `length`: counts the bytes it was given, to measure what a large argument costs on its way.

use values::Value;

use crate::{Host, Parameter, Task, TaskError};

pub(super) struct Length;

impl Task for Length {
    fn name(&self) -> &'static str {
        "length"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "Counts the bytes it was given."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[Parameter {
            name: "bytes",
            help: "bytes, as many as you like",
        }]
    }

    fn run(&self, arguments: Value, _: &dyn Host) -> Result<Value, TaskError> {
        let length = arguments.bytes("bytes")?.len();
        // No memory is larger than what an i64 counts.
        Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TestHost;

    #[test]
    fn it_counts_the_bytes() {
        for (bytes, length) in [(vec![], 0), (vec![7], 1), (vec![0; 70_000], 70_000)] {
            let arguments = Value::map([("bytes", Value::Bytes(bytes))]);
            let counted = Length.run(arguments, &TestHost::default());
            assert_eq!(counted, Ok(Value::Int(length)));
        }
    }

    #[test]
    fn what_is_not_bytes_is_refused_by_name() {
        let arguments = Value::map([("bytes", Value::from("text"))]);
        let error = Length.run(arguments, &TestHost::default()).err();
        assert_eq!(
            error.map(|error| error.to_string()),
            Some("`bytes` must be bytes, but it is a text.".to_owned())
        );
    }
}
