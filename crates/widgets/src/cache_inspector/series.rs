//! Several calls in a row, and what happens between them: lines as a Python program could have them.

use formula::Program;
use language::t;
use values::Value;

use super::fields::{FILE, Fields, Written};

/// The most lines.
const MOST_LINES: usize = 20;
/// The longest sleep between two calls, in seconds: a year.
const LONGEST_S: f64 = 366.0 * 86_400.0;

/// What one line does.
#[derive(Clone, Debug)]
pub(super) enum Line {
    /// Makes this call, with the fields as they are then.
    Call(Box<Fields>, Written),
    /// Lets so many milliseconds pass.
    Pass(f64),
}

impl Fields {
    /// The lines of the field of calls. A line calls the function, or does one of these before the next call: it gives a
    /// constant of the program another value (`RATE = 0.25`), writes the file, or sleeps.
    ///
    /// # Errors
    /// A sentence about the first line that does nothing of this.
    pub(super) fn series(&self) -> Result<Vec<Line>, String> {
        let name = self.program()?.function().name.clone();
        let lines = self.calls.lines().map(str::trim);
        let lines: Vec<_> = lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .collect();
        if lines.is_empty() || lines.len() > MOST_LINES {
            return Err(t!(
                "Write from 1 to {most} calls, one on each line.",
                most = MOST_LINES
            ));
        }
        let mut fields = self.clone();
        let mut done = Vec::new();
        for line in lines {
            let within = |begin: &str| {
                let rest = line.strip_prefix(begin)?.trim_start();
                rest.strip_prefix('(')?.strip_suffix(')')
            };
            if let Some(arguments) = within(&name) {
                let call = fields.written(arguments)?;
                done.push(Line::Call(Box::new(fields.clone()), call));
            } else if let Some(given) = within("time.sleep") {
                match fields.single(given)? {
                    Value::Int(seconds) => done.push(pass(seconds as f64)?),
                    Value::Float(seconds) => done.push(pass(seconds)?),
                    _ => return Err(t!("“{line}” is no call of {name}.", line, name)),
                }
            } else if let Some(given) = within(&format!("open(\"{FILE}\", \"w\").write")) {
                match fields.single(given)? {
                    Value::Str(text) => fields.change("file", &text, self.file_changed + 1.0),
                    _ => return Err(t!("“{line}” is no call of {name}.", line, name)),
                }
            } else {
                let constant = line
                    .split_once('=')
                    .map(|(constant, _)| constant.trim_end());
                let source =
                    constant.and_then(|constant| with_constant(&fields.source, constant, line));
                let source =
                    source.ok_or_else(|| t!("“{line}” is no call of {name}.", line, name))?;
                fields.change("source", &source, 0.0);
                fields.program()?;
            }
        }
        Ok(done)
    }

    /// The one argument of a call.
    fn single(&self, given: &str) -> Result<Value, String> {
        let program: &Program = self.program()?;
        let mut arguments = program
            .arguments(given)
            .map_err(|error| t!("The arguments cannot be read. {why}", why = error))?;
        Ok(arguments.positional.pop().unwrap_or(Value::Null))
    }
}

fn pass(seconds: f64) -> Result<Line, String> {
    if (0.0..=LONGEST_S).contains(&seconds) {
        Ok(Line::Pass(seconds * 1000.0))
    } else {
        Err(t!("Between two calls at most a year can pass."))
    }
}

/// The source with another line for this constant; nothing if it has no such constant.
fn with_constant(source: &str, constant: &str, line: &str) -> Option<String> {
    let is_it = |other: &&str| {
        let rest = other.strip_prefix(constant).map(str::trim_start);
        rest.is_some_and(|rest| rest.starts_with('='))
    };
    let old = source
        .lines()
        .find(is_it)
        .filter(|_| !constant.is_empty())?;
    let lines = source
        .lines()
        .map(|other| if other == old { line } else { other });
    Some(lines.collect::<Vec<_>>().join("\n") + "\n")
}
