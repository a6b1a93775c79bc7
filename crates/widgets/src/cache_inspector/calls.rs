//! Calls: how they are asked for, and what becomes of them.

use formula::{Program, Still, written};
use protocol::{CallMode, CallRules, Dependency, FunctionInfo, FunctionParameter, ParameterKind};
use values::Value;

use super::action::Planned;
use super::fields::{Fields, Written};
use super::state::{CacheInspector, MOST_SHOWN, Made};
use crate::lab::{Called, LabCall};

/// What a long answer is cut to.
const MOST_ANSWER: usize = 60;
/// The program that gives large results.
const LARGE: &str = "def page(number, size=100000):
    return \"x\" * size
";
/// How many large results, and their size in bytes.
pub(super) const LARGE_CALLS: i64 = 8;
pub(super) const LARGE_BYTES: u64 = 100_000;
/// The name of the function that gives them.
pub(super) const LARGE_NAME: &str = "page";
/// The file in which the visitor's program stands, and that of large results.
const PROGRAM: &str = "program";
const LARGE_FILE: &str = "large";

impl CacheInspector {
    /// A call of the visitor's function, with these fields.
    pub(super) fn plan(
        &mut self,
        fields: &Fields,
        call: &Written,
        rules: &CallRules,
        mode: CallMode,
    ) -> Result<Planned, String> {
        let program = fields.program()?;
        let files = fields.files();
        let mut world = Still {
            files: files.clone(),
            ..Still::default()
        };
        let right = program.call(&call.bound, &mut world).ok();
        let mut function = function_info(program, PROGRAM);
        if fields.watch_uses {
            let uses = program.dependencies().into_iter();
            function.dependencies = uses
                .map(|(name, source)| Dependency { name, source })
                .collect();
        }
        let files = files
            .into_iter()
            .map(|(name, text)| (name, Value::Str(text)));
        let item = Value::map([
            ("source", Value::from(fields.source.as_str())),
            ("arguments", Value::Map(call.bound.clone())),
            ("files", Value::Map(files.collect())),
        ]);
        let asked = LabCall {
            number: self.next_call,
            function,
            defaults: defaults(program),
            positional: call.arguments.positional.clone(),
            keyword: call.arguments.keyword.clone(),
            rules: rules.clone(),
            mode,
            task: "formula".to_owned(),
            item,
        };
        self.next_call += 1;
        Ok(Planned {
            call: asked,
            text: call.text.clone(),
            right,
        })
    }

    /// Calls with large results.
    pub(super) fn plan_large(&mut self) -> Vec<Planned> {
        let Ok(program) = Program::parse(LARGE) else {
            return Vec::new();
        };
        let mut planned = Vec::new();
        for number in 1..=LARGE_CALLS {
            let argument = Value::Int(number);
            let arguments = Value::map([("number", argument.clone())]);
            let item = Value::map([("source", Value::from(LARGE)), ("arguments", arguments)]);
            planned.push(Planned {
                text: format!("{LARGE_NAME}({number})"),
                right: None,
                call: LabCall {
                    number: self.next_call,
                    function: function_info(&program, LARGE_FILE),
                    defaults: defaults(&program),
                    positional: vec![argument],
                    keyword: Vec::new(),
                    rules: CallRules::default(),
                    mode: CallMode::Cached,
                    task: "formula".to_owned(),
                    item,
                },
            });
            self.next_call += 1;
        }
        planned
    }

    /// Takes in what became of a call; whether all that were made at the same time have been answered.
    pub(super) fn answered(&mut self, called: Called) -> bool {
        let Some(doing) = &mut self.doing else {
            return false;
        };
        let Some(at) = doing
            .planned
            .iter()
            .position(|planned| planned.call.number == called.number)
        else {
            return false;
        };
        let planned = doing.planned.remove(at);
        if !called.key.is_empty() && !doing.keys.contains(&called.key) {
            doing.keys.push(called.key.clone());
        }
        for warning in &called.warnings {
            if !self.notices.contains(warning) {
                self.notices.push(warning.clone());
            }
        }
        if planned.call.mode == CallMode::Check {
            match called.result {
                Ok(known) => doing.known = Some(known == Value::Bool(true)),
                Err(error) => doing.error = Some((error.code, error.message)),
            }
            return doing.planned.is_empty();
        }
        if let Err(error) = &called.result
            && doing.error.is_none()
        {
            doing.error = Some((error.code.clone(), error.message.clone()));
        }
        let right = planned
            .right
            .filter(|right| called.result.as_ref().is_ok_and(|value| value != right));
        let made = Made {
            call: planned.text,
            answer: called
                .result
                .map(|value| short(&value))
                .map_err(|error| error.message),
            origin: called.origin,
            took_ms: called.took_ms,
            computed_ms: called.computed_ms,
            now: right.as_ref().map(short),
            lines: called.lines,
            warnings: called.warnings,
        };
        self.totals.add(&made);
        self.made.insert(0, made.clone());
        self.made.truncate(MOST_SHOWN);
        doing.made.push(made);
        doing.planned.is_empty()
    }
}

fn function_info(program: &Program, file: &str) -> FunctionInfo {
    let function = program.function();
    let parameter = |parameter: &formula::Parameter| FunctionParameter {
        name: parameter.name.clone(),
        kind: if parameter.keyword_only {
            ParameterKind::KeywordOnly
        } else {
            ParameterKind::Plain
        },
        has_default: parameter.default.is_some(),
    };
    FunctionInfo {
        name: function.name.clone(),
        source: Some(function.source.clone()),
        file: Some(file.to_owned()),
        first_line: Some(function.first_line),
        parameters: Some(function.parameters.iter().map(parameter).collect()),
        dependencies: Vec::new(),
    }
}

fn defaults(program: &Program) -> Vec<Value> {
    let parameters = program.function().parameters.iter();
    parameters
        .filter_map(|parameter| parameter.default.clone())
        .collect()
}

/// A value as Python writes it, cut short.
fn short(value: &Value) -> String {
    let text = written(value);
    if text.chars().count() <= MOST_ANSWER {
        return text;
    }
    let begin: String = text.chars().take(MOST_ANSWER / 2).collect();
    format!(
        "{begin}… ({})",
        crate::format::plural(text.chars().count() as u64 - 2, "character")
    )
}
