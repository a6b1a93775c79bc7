//! Several calls in a row, and what happens between them: lines as a Python program could have them.

use formula::Arguments;
use language::t;
use protocol::{Loose, MemoryAction};
use values::Value;

use super::fields::{FILE, Fields, Written};

/// The most lines.
const MOST_LINES: usize = 30;
/// The longest sleep between two calls, in seconds: a year.
const LONGEST_S: f64 = 366.0 * 86_400.0;

/// What a line does.
#[derive(Clone, Debug)]
pub(super) enum Line {
    /// Makes this call, with the fields as they are then.
    Call(Box<Fields>, Written),
    /// Lets so many milliseconds pass.
    Pass(f64),
    /// Asks this of the memory.
    Ask(MemoryAction),
}

impl Fields {
    /// The lines of the field of calls. A line calls the function, or does one of these before the next call: it gives a
    /// constant of the program another value (`RATE = 0.25`), writes a function of the program anew (`def` and the indented
    /// lines below it), writes the file, sleeps, or removes results as joblib's `Memory` does.
    ///
    /// # Errors
    /// A sentence about the first line that does nothing of this.
    pub(super) fn series(&self) -> Result<Vec<Line>, String> {
        let is_empty = |line: &str| line.trim().is_empty() || line.starts_with('#');
        let lines: Vec<_> = self.calls.lines().collect();
        let count = lines.iter().filter(|line| !is_empty(line)).count();
        if count == 0 || count > MOST_LINES {
            return Err(t!(
                "Write from 1 to {most} calls, one on each line.",
                most = MOST_LINES
            ));
        }
        let mut fields = self.clone();
        let mut done = Vec::new();
        let mut rest = lines.as_slice();
        while let Some((line, after)) = rest.split_first() {
            rest = after;
            if is_empty(line) {
                continue;
            }
            if line.starts_with("def ") {
                let inner = rest.iter().take_while(|line| is_inner(line)).count();
                let text: Vec<_> = core::iter::once(line).chain(&rest[..inner]).collect();
                rest = &rest[inner..];
                let text = text.into_iter().copied().collect::<Vec<_>>().join("\n");
                let source = with_function(&fields.source, text.trim_end());
                fields.become_program(source, line)?;
            } else {
                done.extend(fields.line(line.trim())?);
            }
        }
        Ok(done)
    }

    /// What one line does; nothing if it only changes what the next calls find.
    fn line(&mut self, line: &str) -> Result<Option<Line>, String> {
        let name = self.program()?.function().name.clone();
        let within = |begin: &str| {
            let rest = line.strip_prefix(begin)?.trim_start();
            rest.strip_prefix('(')?.strip_suffix(')')
        };
        let unknown = || t!("“{line}” is no call of {name}.", line, name);
        if let Some(arguments) = within(&name) {
            let call = self.written(arguments)?;
            return Ok(Some(Line::Call(Box::new(self.clone()), call)));
        }
        if let Some(given) = within("time.sleep") {
            return match self.given(given)?.positional.pop() {
                Some(Value::Int(seconds)) => pass(seconds as f64).map(Some),
                Some(Value::Float(seconds)) => pass(seconds).map(Some),
                _ => Err(unknown()),
            };
        }
        if let Some(given) = within("memory.reduce_size") {
            let action = reduced(self.given(given)?).ok_or_else(unknown)?;
            return Ok(Some(Line::Ask(action)));
        }
        if line == "memory.clear()" {
            return Ok(Some(Line::Ask(MemoryAction::Clear)));
        }
        if line == format!("{name}.clear()") {
            let action = MemoryAction::ClearFunction { function: name };
            return Ok(Some(Line::Ask(action)));
        }
        if let Some(given) = within(&format!("open(\"{FILE}\", \"w\").write")) {
            match self.given(given)?.positional.pop() {
                Some(Value::Str(text)) => self.write_file(text),
                _ => return Err(unknown()),
            }
            return Ok(None);
        }
        let constant = line
            .split_once('=')
            .map(|(constant, _)| constant.trim_end());
        let source = constant.and_then(|constant| with_constant(&self.source, constant, line));
        self.become_program(source, line)?;
        Ok(None)
    }

    /// Has another source from now on.
    fn become_program(&mut self, source: Option<String>, line: &str) -> Result<(), String> {
        let name = self.program()?.function().name.clone();
        let source = source.ok_or_else(|| t!("“{line}” is no call of {name}.", line, name))?;
        self.change("source", &source, 0.0);
        self.program().map(|_| ())
    }

    /// What stands between parentheses.
    fn given(&self, given: &str) -> Result<Arguments, String> {
        let arguments = self.program()?.arguments(given);
        arguments.map_err(|error| t!("The arguments cannot be read. {why}", why = error))
    }
}

fn pass(seconds: f64) -> Result<Line, String> {
    if (0.0..=LONGEST_S).contains(&seconds) {
        Ok(Line::Pass(seconds * 1000.0))
    } else {
        Err(t!("Between two calls at most a year can pass."))
    }
}

/// What is asked by `memory.reduce_size` with these arguments; nothing if it has no such arguments.
fn reduced(arguments: Arguments) -> Option<MemoryAction> {
    let names = ["bytes_limit", "items_limit"].map(str::to_owned);
    if arguments.positional.len() > names.len() {
        return None;
    }
    let positional = names.into_iter().zip(arguments.positional);
    let (mut bytes_limit, mut items_limit) = (None, None);
    for (name, value) in positional.chain(arguments.keyword) {
        match (name.as_str(), value) {
            (_, Value::Null) => {}
            ("bytes_limit", Value::Int(bytes)) => bytes_limit = Some(Loose::Number(bytes as f64)),
            ("bytes_limit", Value::Str(bytes)) => bytes_limit = Some(Loose::Text(bytes)),
            ("items_limit", Value::Int(items)) => items_limit = Some(items as f64),
            _ => return None,
        }
    }
    Some(MemoryAction::ReduceSize {
        bytes_limit,
        items_limit,
        age_limit_seconds: None,
    })
}

/// Whether a line belongs to the function above it.
fn is_inner(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with([' ', '\t'])
}

/// The source with another text for the function of its name; nothing if it has no such function.
fn with_function(source: &str, text: &str) -> Option<String> {
    let (head, _) = text.split_once('(')?;
    let lines: Vec<_> = source.lines().collect();
    let is_head = |line: &&str| line.split_once('(').is_some_and(|(other, _)| other == head);
    let from = lines.iter().position(is_head)?;
    let inner = lines[from + 1..]
        .iter()
        .take_while(|line| is_inner(line))
        .count();
    let (before, after) = (&lines[..from], &lines[from + 1 + inner..]);
    let gap = lines[from + 1..from + 1 + inner]
        .iter()
        .rev()
        .take_while(|line| line.trim().is_empty());
    let gap = vec![""; gap.count()];
    let all = [before, &[text], &gap, after].concat();
    Some(all.join("\n") + "\n")
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
