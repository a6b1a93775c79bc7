//! CPython's sqlite3 in the place of the SQLite worker.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engines::sql::{SqlReply, SqlRequest};
use serde_json::{Value, json};

/// A process that serves one database.
pub(crate) struct Double {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Double {
    pub(crate) fn start() -> Self {
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../engines/tests/double/sqlite.py"
        );
        let mut child = Command::new("python3")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("This test asks CPython, so it needs `python3` (3.11 or later): {error}")
            });
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            input,
            output,
        }
    }

    /// What it says to requests that are JSON already.
    pub(crate) fn say(
        &mut self,
        requests: &Value,
        buffers: &[Vec<u8>],
    ) -> (Vec<Value>, Vec<Vec<u8>>) {
        let buffers: Vec<_> = buffers.iter().map(|bytes| STANDARD.encode(bytes)).collect();
        let message = json!({"requests": requests, "buffers": buffers});
        writeln!(self.input, "{message}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        assert!(
            !line.is_empty(),
            "python3 tests/double/sqlite.py ended; it needs Python 3.11 or later"
        );
        let mut answer: Value = serde_json::from_str(&line).unwrap();
        let buffers = answer["buffers"].as_array().unwrap().iter();
        let buffers = buffers
            .map(|text| STANDARD.decode(text.as_str().unwrap()).unwrap())
            .collect();
        let Value::Array(replies) = answer["replies"].take() else {
            panic!("{answer}")
        };
        (replies, buffers)
    }

    /// What it says to these requests.
    pub(crate) fn ask(
        &mut self,
        requests: &[SqlRequest],
        buffers: &[Vec<u8>],
    ) -> (Vec<SqlReply>, Vec<Vec<u8>>) {
        let (replies, buffers) = self.say(&serde_json::to_value(requests).unwrap(), buffers);
        let replies = replies
            .into_iter()
            .map(|reply| serde_json::from_value(reply).unwrap())
            .collect();
        (replies, buffers)
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
