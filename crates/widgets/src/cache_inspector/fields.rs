//! What the visitor fills in.

use std::collections::BTreeMap;

use formula::{Arguments, FormulaError, Program, written};
use language::{number, t};
use protocol::{CallRules, Loose, MemoryAction, StampInfo};
use values::Value;

/// The program at first.
pub(super) const SOURCE: &str = "import time

RATE = 0.19

def price(net, pieces=1, note=\"\"):
    time.sleep(0.3)
    return round(net * (1 + RATE) * pieces, 2)
";
/// The calls at first.
pub(super) const CALLS: &str = "price(100)
price(net=100)
price(100, 1)
price(100.0)
price(100, 2)
price(100)
";
/// The name of the file that a program may read, and what is in it at first.
pub(super) const FILE: &str = "rate.txt";
pub(super) const FILE_TEXT: &str = "0.19";
/// When the file was last changed, at first: 2026-01-01.
const FILE_MADE: f64 = 1_767_225_600_000.0;
/// As many callers at once.
const MOST_CALLERS: u32 = 4;

/// What the visitor has filled in.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    pub(super) source: String,
    /// The source as a program, or why it is none.
    pub(super) program: Result<Program, FormulaError>,
    pub(super) arguments: String,
    pub(super) calls: String,
    /// As many make each call of the series at the same time.
    pub(super) callers: u32,
    pub(super) file: String,
    /// When the file was last changed, in milliseconds since 1970.
    pub(super) file_changed: f64,
    pub(super) ignore: String,
    pub(super) version: String,
    pub(super) expires: String,
    pub(super) stale: String,
    pub(super) verbose: u32,
    pub(super) compress: bool,
    /// Whether an edit of what the function uses makes a call another call.
    pub(super) watch_uses: bool,
    /// Whether results are void when the file has changed.
    pub(super) watch_file: bool,
    pub(super) bytes_limit: String,
    pub(super) items_limit: String,
    pub(super) age_limit: String,
}

impl Default for Fields {
    fn default() -> Self {
        Self {
            source: SOURCE.to_owned(),
            program: Program::parse(SOURCE),
            arguments: "100".to_owned(),
            calls: CALLS.to_owned(),
            callers: 1,
            file: FILE_TEXT.to_owned(),
            file_changed: FILE_MADE,
            ignore: String::new(),
            version: String::new(),
            expires: String::new(),
            stale: String::new(),
            verbose: 2,
            compress: false,
            watch_uses: false,
            watch_file: false,
            bytes_limit: "1K".to_owned(),
            items_limit: String::new(),
            age_limit: String::new(),
        }
    }
}

/// A call that the visitor has written.
#[derive(Clone, Debug)]
pub(super) struct Written {
    /// As it is written.
    pub(super) text: String,
    pub(super) arguments: Arguments,
    /// By the names of the parameters.
    pub(super) bound: Vec<(String, Value)>,
}

impl Fields {
    /// Takes in what was filled in. `now` is the time, in milliseconds since 1970, as far as it is known.
    pub(super) fn change(&mut self, control: &str, value: &str, now: f64) {
        let trimmed = value.trim();
        match control {
            "source" => {
                value.clone_into(&mut self.source);
                self.program = Program::parse(value);
            }
            "calls" => value.clone_into(&mut self.calls),
            "file" if value != self.file => {
                value.clone_into(&mut self.file);
                self.file_changed = now.max(self.file_changed + 1.0);
            }
            "callers" => {
                self.callers = trimmed
                    .parse()
                    .map_or(1, |callers: u32| callers.clamp(1, MOST_CALLERS));
            }
            "arguments" => trimmed.clone_into(&mut self.arguments),
            "ignore" => trimmed.clone_into(&mut self.ignore),
            "version" => trimmed.clone_into(&mut self.version),
            "expires" => trimmed.clone_into(&mut self.expires),
            "stale" => trimmed.clone_into(&mut self.stale),
            "bytes-limit" => trimmed.clone_into(&mut self.bytes_limit),
            "items-limit" => trimmed.clone_into(&mut self.items_limit),
            "age-limit" => trimmed.clone_into(&mut self.age_limit),
            "verbose" => self.verbose = trimmed.parse().unwrap_or_default(),
            "compress" => self.compress = value == "true",
            "watch-uses" => self.watch_uses = value == "true",
            "watch-file" => self.watch_file = value == "true",
            _ => {}
        }
    }

    /// Writes the file. That it has changed is known even if the text is the same.
    pub(super) fn write_file(&mut self, text: String) {
        self.file = text;
        self.file_changed += 1.0;
    }

    /// The program.
    ///
    /// # Errors
    /// A sentence, if the source is none.
    pub(super) fn program(&self) -> Result<&Program, String> {
        self.program
            .as_ref()
            .map_err(|error| t!("The program cannot be read. {why}", why = error))
    }

    /// The files that a program may read.
    pub(super) fn files(&self) -> BTreeMap<String, String> {
        BTreeMap::from([(FILE.to_owned(), self.file.clone())])
    }

    /// The call with these arguments, as they stand between its parentheses.
    ///
    /// # Errors
    /// A sentence, if there can be no such call.
    pub(super) fn written(&self, arguments: &str) -> Result<Written, String> {
        let program = self.program()?;
        let wrong = |error: FormulaError| t!("The arguments cannot be read. {why}", why = error);
        let arguments = program.arguments(arguments).map_err(wrong)?;
        self.call(arguments)
    }

    /// The call with these arguments.
    pub(super) fn call(&self, arguments: Arguments) -> Result<Written, String> {
        let program = self.program()?;
        let bound = program.bind(&arguments.positional, &arguments.keyword);
        let bound = bound.map_err(|error| error.to_string())?;
        Ok(Written {
            text: format!("{}({})", program.function().name, listed(&arguments)),
            arguments,
            bound,
        })
    }

    /// The same call with all arguments by name.
    pub(super) fn by_name(&self, call: &Written) -> Result<Written, String> {
        let parameters = &self.program()?.function().parameters;
        let names = parameters.iter().map(|parameter| parameter.name.clone());
        let positional = call.arguments.positional.iter().cloned();
        let mut keyword: Vec<_> = names.zip(positional).collect();
        keyword.extend(call.arguments.keyword.iter().cloned());
        self.call(Arguments {
            positional: Vec::new(),
            keyword,
        })
    }

    /// A call whose first argument is the next one.
    pub(super) fn next(&self, call: &Written) -> Result<Written, String> {
        let mut arguments = call.arguments.clone();
        let first = arguments.positional.first_mut();
        let first = first.or_else(|| arguments.keyword.first_mut().map(|(_, value)| value));
        match first {
            Some(Value::Int(number)) => *number = number.wrapping_add(1),
            Some(Value::Float(number)) => *number += 1.0,
            Some(Value::Str(text)) => text.push('x'),
            Some(other) => *other = Value::Int(1),
            None => return Err(t!("There is no argument that could be another one.")),
        }
        self.call(arguments)
    }

    /// How calls are remembered.
    ///
    /// # Errors
    /// A sentence about the first field that is not a number.
    pub(super) fn rules(&self) -> Result<CallRules, String> {
        let ignore = self.ignore.split(',').map(str::trim);
        let version = Some(&self.version).filter(|version| !version.is_empty());
        let stamp = StampInfo {
            name: FILE.to_owned(),
            modified: self.file_changed,
            bytes: self.file.len() as f64,
        };
        Ok(CallRules {
            ignore: ignore
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
            version: version.cloned().map(Loose::Text),
            expires_after_seconds: amount(&self.expires)?,
            stale_while_revalidate_seconds: amount(&self.stale)?,
            validate: false,
            compress: self.compress,
            verbose: self.verbose,
            files: self.watch_file.then_some(stamp).into_iter().collect(),
        })
    }

    /// What is to be removed so that the rest is within the limits.
    ///
    /// # Errors
    /// A sentence about the first field that is not a number.
    pub(super) fn limits(&self) -> Result<MemoryAction, String> {
        let bytes = &self.bytes_limit;
        let bytes_limit = match bytes.parse() {
            _ if bytes.is_empty() => None,
            Ok(number) => Some(Loose::Number(number)),
            Err(_) => Some(Loose::Text(bytes.clone())),
        };
        Ok(MemoryAction::ReduceSize {
            bytes_limit,
            items_limit: amount(&self.items_limit)?,
            age_limit_seconds: amount(&self.age_limit)?,
        })
    }
}

/// Arguments as they stand between parentheses.
pub(super) fn listed(arguments: &Arguments) -> String {
    let positional = arguments.positional.iter().map(written);
    let keyword = arguments.keyword.iter();
    let keyword = keyword.map(|(name, value)| format!("{name}={}", written(value)));
    positional.chain(keyword).collect::<Vec<_>>().join(", ")
}

fn amount(text: &str) -> Result<Option<f64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<f64>() {
        Ok(amount) if amount.is_finite() => Ok(Some(amount)),
        _ => Err(t!(
            "“{text}” is not a number such as {example}.",
            text,
            example = number("1.5")
        )),
    }
}
