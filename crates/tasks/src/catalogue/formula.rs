//! `formula`: computes a small Python program, so that one can watch what a cache does when the program is edited.

use core::time::Duration;
use std::collections::BTreeMap;

use formula::{Program, World};
use values::Value;

use crate::{Host, Parameter, Task, TaskError};

pub(super) struct Formula;

impl Task for Formula {
    fn name(&self) -> &'static str {
        "formula"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "Computes a program in a small part of Python: its last function, for these arguments."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[
            Parameter {
                name: "source",
                help: "the program, a text of at most 20,000 bytes",
            },
            Parameter {
                name: "arguments",
                help: "its arguments by name; those with a default may be left out",
            },
            Parameter {
                name: "files",
                help: "the texts of the files that it may read, by name; none if it is left out",
            },
        ]
    }

    fn run(&self, arguments: Value, host: &dyn Host) -> Result<Value, TaskError> {
        let program = Program::parse(arguments.text("source")?)?;
        let given = match arguments.get("arguments") {
            Some(Value::Map(given)) => given.as_slice(),
            None | Some(Value::Null) => &[],
            Some(_) => return Err(refused("arguments")),
        };
        let mut files = BTreeMap::new();
        match arguments.get("files") {
            Some(Value::Map(given)) => {
                for (name, text) in given {
                    let Value::Str(text) = text else {
                        return Err(refused("files"));
                    };
                    files.insert(name.as_str(), text.as_str());
                }
            }
            None | Some(Value::Null) => {}
            Some(_) => return Err(refused("files")),
        }
        Ok(program.call(given, &mut Worker { host, files })?)
    }
}

const fn refused(name: &'static str) -> TaskError {
    TaskError::OutOfRange {
        name,
        allowed: "a map by name",
    }
}

/// The worker that a program is computed in.
struct Worker<'a> {
    host: &'a dyn Host,
    files: BTreeMap<&'a str, &'a str>,
}

impl World for Worker<'_> {
    fn sleep(&mut self, seconds: f64) {
        self.host.sleep(Duration::from_secs_f64(seconds));
    }

    fn read(&mut self, file: &str) -> Option<String> {
        self.files.get(file).map(|text| (*text).to_owned())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::TestHost;

    fn run(source: &str, arguments: Value) -> Result<Value, TaskError> {
        let item = Value::map([
            ("source", Value::from(source)),
            ("arguments", arguments),
            ("files", Value::map([("rate.txt", Value::from("0.5"))])),
        ]);
        Formula.run(item, &TestHost::default())
    }

    #[test]
    fn a_program_is_computed_with_its_files_and_takes_its_time() {
        let source = "def f(net, pieces=2):\n    time.sleep(0.25)\n    return net * pieces * float(open(\"rate.txt\").read())\n";
        let host = TestHost::default();
        let item = Value::map([
            ("source", Value::from(source)),
            ("arguments", Value::map([("net", Value::Int(3))])),
            ("files", Value::map([("rate.txt", Value::from("0.5"))])),
        ]);
        assert_eq!(Formula.run(item, &host), Ok(Value::Float(3.0)));
        assert_eq!(host.slept.get(), Duration::from_millis(250));
    }

    #[test]
    fn a_fault_says_where_it_is() {
        let error = run(
            "def f(a):\n    return a / 0\n",
            Value::map([("a", Value::Int(1))]),
        );
        let error = error.unwrap_err();
        assert_eq!(error.code(), "formula-arithmetic");
        assert_eq!(
            error.to_string(),
            "Line 2, column 14: This divides by zero."
        );
        assert_eq!(error.position(), Some((23, 2)));
        let error = run(
            "def f(a):\n    return a\n",
            Value::map([("b", Value::Int(1))]),
        );
        let error = error.unwrap_err();
        assert_eq!(
            (error.code(), error.position()),
            ("formula-arguments", None)
        );
    }

    #[test]
    fn arguments_that_are_no_maps_are_refused() {
        let error = run("def f():\n    return 1\n", Value::Int(1));
        assert_eq!(error.unwrap_err().code(), "task-out-of-range");
        assert!(Formula.run(Value::Null, &TestHost::default()).is_err());
    }
}
