//! `nested`: calls itself within itself, so that one can see what becomes of parallel calls within parallel calls.

use values::Value;

use crate::{Host, InnerCall, Parameter, Task, TaskError};

pub(super) struct Nested;

/// More calls within each other than any host allows.
const MOST_LEVELS: i64 = 1000;

impl Task for Nested {
    fn name(&self) -> &'static str {
        "nested"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "Makes a parallel call within itself, so many levels deep, and says how each level was run."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[
            Parameter {
                name: "levels",
                help: "how many calls within each other, a whole number from 0 to 1000",
            },
            Parameter {
                name: "n_jobs",
                help: "how many workers each of them asks for",
            },
        ]
    }

    fn run(&self, arguments: Value, host: &dyn Host) -> Result<Value, TaskError> {
        let levels = arguments.int("levels")?;
        let n_jobs = arguments.int("n_jobs")?;
        if !(0..=MOST_LEVELS).contains(&levels) {
            return Err(TaskError::OutOfRange {
                name: "levels",
                allowed: "from 0 to 1000",
            });
        }
        if levels == 0 {
            return Ok(Value::Null);
        }
        let item = Value::map([
            ("levels", Value::Int(levels - 1)),
            ("n_jobs", Value::Int(n_jobs)),
        ]);
        let run = host.parallel(InnerCall {
            task: self.name(),
            items: vec![item.clone(), item],
            n_jobs,
        })?;
        let notes = run.notes.into_iter().map(Value::Str).collect();
        Ok(Value::map([
            ("backend", Value::Str(run.backend)),
            ("level", Value::Int(i64::from(run.level))),
            ("notes", Value::List(notes)),
            (
                "inner",
                run.results.into_iter().next().unwrap_or(Value::Null),
            ),
        ]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TestHost;

    fn nested(levels: i64) -> Result<Value, TaskError> {
        let arguments = Value::map([("levels", Value::Int(levels)), ("n_jobs", Value::Int(2))]);
        Nested.run(arguments, &TestHost::default())
    }

    #[test]
    fn it_ends_at_the_last_level_and_asks_its_host_before() {
        assert_eq!(nested(0), Ok(Value::Null));
        assert_eq!(nested(1).err().map(|error| error.code()), Some("no-calls"));
        assert!(nested(-1).is_err());
        assert!(nested(1001).is_err());
    }
}
