//! A program: what it has, and what calling it gives.

use std::collections::BTreeMap;

use values::Value;

use crate::error::{FormulaError, Place};
use crate::machine::Machine;
use crate::parse::{Code, Reader, Step};
use crate::tokens::tokens;

/// What a program may ask of the place it is computed in.
pub trait World {
    /// Passes so many seconds.
    fn sleep(&mut self, seconds: f64);
    /// The text of a file; none if there is no such file.
    fn read(&mut self, file: &str) -> Option<String>;
}

/// A world in which nothing takes any time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Still {
    /// The files there are: text by name.
    pub files: BTreeMap<String, String>,
    /// How many seconds would have been slept.
    pub slept: f64,
}

impl World for Still {
    fn sleep(&mut self, seconds: f64) {
        self.slept += seconds;
    }

    fn read(&mut self, file: &str) -> Option<String> {
        self.files.get(file).cloned()
    }
}

/// One line of a function.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Statement {
    Assign(String, Code),
    Do(Code),
    Return(Code),
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Constant {
    pub(crate) name: String,
    pub(crate) value: Value,
    pub(crate) source: String,
}

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Whether it can be given by name only.
    pub keyword_only: bool,
    /// What it is if it is left out, if it may be.
    pub default: Option<Value>,
}

/// A function.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its parameters, in order.
    pub parameters: Vec<Parameter>,
    pub(crate) body: Vec<Statement>,
    /// Its text, from `def` to the end of its last line.
    pub source: String,
    /// The line at which it begins, from 1.
    pub first_line: u32,
}

/// A program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    pub(crate) constants: Vec<Constant>,
    pub(crate) functions: Vec<Function>,
}

/// The arguments of a call, as they are written between its parentheses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    /// By position.
    pub positional: Vec<Value>,
    /// By name.
    pub keyword: Vec<(String, Value)>,
}

impl Program {
    /// The function that is called: the last one.
    pub fn function(&self) -> &Function {
        static NONE: Function = Function {
            name: String::new(),
            parameters: Vec::new(),
            body: Vec::new(),
            source: String::new(),
            first_line: 0,
        };
        self.functions.last().unwrap_or(&NONE)
    }

    /// The functions and constants that the function uses, and those that they use: name and text, in the order of the program.
    pub fn dependencies(&self) -> Vec<(String, String)> {
        let mut used = vec![self.function().name.clone()];
        let mut at = 0;
        while let Some(name) = used.get(at).cloned() {
            if let Some(function) = self.functions.iter().find(|function| function.name == name) {
                for name in function.names() {
                    if !used.contains(&name) {
                        used.push(name);
                    }
                }
            }
            at += 1;
        }
        let constants = self
            .constants
            .iter()
            .map(|constant| (&constant.name, &constant.source));
        let count = self.functions.len().saturating_sub(1);
        let functions = self.functions[..count]
            .iter()
            .map(|function| (&function.name, &function.source));
        let all = constants
            .chain(functions)
            .filter(|(name, _)| used.contains(name));
        all.map(|(name, text)| (name.clone(), text.clone()))
            .collect()
    }

    /// Reads arguments as they are written in a call: `3, height=4`. Constants of the program may be named.
    ///
    /// # Errors
    /// If they are not arguments. The place is one in `text`.
    pub fn arguments(&self, text: &str) -> Result<Arguments, FormulaError> {
        let place = Place {
            offset: 0,
            line: 1,
            column: 1,
        };
        let text = text.replace('\n', " ");
        // In the parentheses that the reader wants, which stand before and behind the text.
        let sign = |sign, place| (crate::tokens::Token::Sign(sign), place);
        let end = Place {
            offset: text.len(),
            column: text.chars().count() as u32 + 1,
            line: 1,
        };
        let mut all = vec![sign("(", place)];
        all.extend(tokens(&text, place)?);
        all.push(sign(")", end));
        let mut reader = Reader::new(all, end);
        let mut code = Code::new();
        let (count, names) = reader.arguments(&mut code)?;
        reader.ends()?;
        let known = Self {
            constants: self.constants.clone(),
            functions: Vec::new(),
        };
        let mut machine = Machine::new(&known);
        machine.run(&code, &BTreeMap::new(), &mut Still::default(), 0)?;
        let mut positional = machine.stack;
        let values = positional.split_off(count - names.len());
        let keyword = names.into_iter().zip(values).collect();
        Ok(Arguments {
            positional,
            keyword,
        })
    }

    /// The arguments of a call of the function by the names of its parameters, in their order; those that are left out are what
    /// their defaults are.
    ///
    /// # Errors
    /// If they do not fit the parameters.
    pub fn bind(
        &self,
        positional: &[Value],
        keyword: &[(String, Value)],
    ) -> Result<Vec<(String, Value)>, FormulaError> {
        self.function().bind(positional, keyword)
    }

    /// Computes the function for these arguments.
    ///
    /// # Errors
    /// If they do not fit its parameters, or something in it cannot be computed.
    pub fn call(
        &self,
        arguments: &[(String, Value)],
        world: &mut dyn World,
    ) -> Result<Value, FormulaError> {
        let bound = self.function().bind(&[], arguments)?;
        Machine::new(self).call(self.function(), bound, world, 0)
    }

    /// What an expression comes to.
    pub(crate) fn value(&self, code: &Code, world: &mut dyn World) -> Result<Value, FormulaError> {
        let mut machine = Machine::new(self);
        machine.run(code, &BTreeMap::new(), world, 0)?;
        Ok(machine.stack.pop().unwrap_or(Value::Null))
    }
}

impl Function {
    /// The names that stand in its body and mean something outside of it, perhaps.
    fn names(&self) -> impl Iterator<Item = String> {
        let codes = self.body.iter().map(|statement| match statement {
            Statement::Assign(_, code) | Statement::Do(code) | Statement::Return(code) => code,
        });
        codes.flatten().filter_map(|(step, _)| match step {
            Step::Load(name) | Step::Call(name, ..) => Some(name.clone()),
            _ => None,
        })
    }

    pub(crate) fn bind(
        &self,
        positional: &[Value],
        keyword: &[(String, Value)],
    ) -> Result<Vec<(String, Value)>, FormulaError> {
        let name = &self.name;
        let fault = |message: String| Err(FormulaError::of_arguments(message));
        let by_position = self
            .parameters
            .iter()
            .filter(|parameter| !parameter.keyword_only)
            .count();
        if positional.len() > by_position {
            let given = positional.len();
            return fault(format!(
                "{name}() takes {by_position} arguments by position, not {given}."
            ));
        }
        if let Some((unknown, _)) = keyword
            .iter()
            .find(|(given, _)| !self.parameters.iter().any(|known| known.name == *given))
        {
            return fault(format!("{name}() has no parameter {unknown}."));
        }
        let mut bound = Vec::with_capacity(self.parameters.len());
        for (at, parameter) in self.parameters.iter().enumerate() {
            let named = keyword.iter().find(|(given, _)| *given == parameter.name);
            let value = match (positional.get(at), named, &parameter.default) {
                (Some(_), Some(_), _) => {
                    return fault(format!("{name}() has been given {} twice.", parameter.name));
                }
                (Some(value), None, _)
                | (None, Some((_, value)), _)
                | (None, None, Some(value)) => value,
                (None, None, None) => {
                    return fault(format!("{name}() needs the argument {}.", parameter.name));
                }
            };
            bound.push((parameter.name.clone(), value.clone()));
        }
        Ok(bound)
    }
}
