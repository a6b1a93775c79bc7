//! What computes: a machine with a stack.

use std::collections::BTreeMap;

use values::Value;

use crate::builtins;
use crate::error::{FormulaError, Kind, Place};
use crate::limits;
use crate::operators::signed;
use crate::parse::{Code, Step};
use crate::program::{Function, Program, Statement, World};

/// What computes.
pub(crate) struct Machine<'a> {
    program: &'a Program,
    pub(crate) stack: Vec<Value>,
    steps: u32,
}

impl<'a> Machine<'a> {
    pub(crate) const fn new(program: &'a Program) -> Self {
        Self {
            program,
            stack: Vec::new(),
            steps: 0,
        }
    }

    pub(crate) fn call(
        &mut self,
        function: &Function,
        bound: Vec<(String, Value)>,
        world: &mut dyn World,
        depth: u32,
    ) -> Result<Value, FormulaError> {
        let mut names: BTreeMap<_, _> = bound.into_iter().collect();
        for statement in &function.body {
            let (Statement::Assign(_, code) | Statement::Do(code) | Statement::Return(code)) =
                statement;
            self.run(code, &names, world, depth)?;
            let value = self.stack.pop().unwrap_or(Value::Null);
            match statement {
                Statement::Assign(name, _) => {
                    names.insert(name.clone(), value);
                }
                Statement::Return(_) => return Ok(value),
                Statement::Do(_) => {}
            }
        }
        Ok(Value::Null)
    }

    /// Leaves on the stack what the code comes to.
    pub(crate) fn run(
        &mut self,
        code: &Code,
        names: &BTreeMap<String, Value>,
        world: &mut dyn World,
        depth: u32,
    ) -> Result<(), FormulaError> {
        for (step, place) in code {
            self.steps += 1;
            if self.steps > limits::STEPS {
                let message = "This takes more steps than this page allows.";
                return Err(FormulaError::new(Kind::Limit, *place, message));
            }
            let value = self.step(step, *place, names, world, depth)?;
            self.stack.push(value);
        }
        Ok(())
    }

    fn step(
        &mut self,
        step: &Step,
        place: Place,
        names: &BTreeMap<String, Value>,
        world: &mut dyn World,
        depth: u32,
    ) -> Result<Value, FormulaError> {
        let fault = |(kind, message): (Kind, String)| FormulaError::new(kind, place, message);
        match step {
            Step::Value(value) => Ok(value.clone()),
            Step::Load(name) => {
                let constants = &self.program.constants;
                let constant = || {
                    constants
                        .iter()
                        .find(|constant| constant.name == *name)
                        .map(|constant| &constant.value)
                };
                let found = names.get(name).or_else(constant).cloned();
                found.ok_or_else(|| {
                    fault((Kind::Name, format!("Nothing has the name {name} here.")))
                })
            }
            Step::Signed(is_minus) => {
                let value = self.stack.pop().unwrap_or(Value::Null);
                signed(&value, *is_minus).map_err(fault)
            }
            Step::Binary(operator) => {
                let right = self.stack.pop().unwrap_or(Value::Null);
                let left = self.stack.pop().unwrap_or(Value::Null);
                operator.apply(&left, &right).map_err(fault)
            }
            Step::Call(name, count, given) => {
                let mut positional = self
                    .stack
                    .split_off(self.stack.len().saturating_sub(*count));
                let program = self.program;
                let Some(function) = program
                    .functions
                    .iter()
                    .find(|function| function.name == *name)
                else {
                    if !builtins::NAMES.contains(&name.as_str()) {
                        return Err(fault((
                            Kind::Name,
                            format!("There is no function {name} here."),
                        )));
                    }
                    if !given.is_empty() {
                        return Err(fault((
                            Kind::Arguments,
                            format!("{name}() takes its arguments without names."),
                        )));
                    }
                    return builtins::call(name, &positional, world).map_err(fault);
                };
                if depth == limits::CALLS {
                    return Err(fault((
                        Kind::Limit,
                        "Functions call each other too deeply.".to_owned(),
                    )));
                }
                let keyword = positional.split_off(positional.len() - given.len());
                let keyword: Vec<_> = given.iter().cloned().zip(keyword).collect();
                let bound = function.bind(&positional, &keyword);
                let bound = bound.map_err(|error| fault((error.kind, error.message)))?;
                self.call(function, bound, world, depth + 1)
            }
        }
    }
}
