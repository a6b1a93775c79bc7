//! Lines become a program.

use crate::error::{FormulaError, Kind, Place};
use crate::limits;
use crate::parse::{Code, Reader};
use crate::program::{Constant, Function, Parameter, Program, Statement, Still};
use crate::tokens::{Placed, Token, tokens};

/// A line with something on it.
struct Line<'a> {
    text: &'a str,
    /// Spaces before it.
    indent: usize,
    place: Place,
    tokens: Vec<Placed>,
}

impl Line<'_> {
    fn reader(&self) -> Reader {
        let end = Place {
            offset: self.place.offset + self.text.len(),
            line: self.place.line,
            column: self.place.column + self.text.chars().count() as u32,
        };
        Reader::new(self.tokens.clone(), end)
    }

    fn fault(&self, message: impl Into<String>) -> FormulaError {
        FormulaError::new(Kind::Syntax, self.place, message)
    }
}

/// A function whose lines are being read.
struct Begun {
    function: Function,
    /// Spaces before the lines of its body; none before the first of them.
    indent: Option<usize>,
    /// Where it begins and where its last line ends, in bytes.
    from: usize,
    to: usize,
}

impl Program {
    /// Reads a program.
    ///
    /// # Errors
    /// If it is not one.
    pub fn parse(source: &str) -> Result<Self, FormulaError> {
        if source.len() > limits::SOURCE {
            let message = format!("A program has at most {} bytes here.", limits::SOURCE);
            return Err(FormulaError::new(Kind::Limit, Place::default(), message));
        }
        let mut program = Self::default();
        let mut begun: Option<Begun> = None;
        for line in lines(source)? {
            if line.indent > 0 {
                match &mut begun {
                    Some(begun) => begun.take(&line, source)?,
                    None => {
                        return Err(
                            line.fault("This line is indented, but belongs to no function.")
                        );
                    }
                }
                continue;
            }
            program.end(begun.take())?;
            match line.tokens.first() {
                Some((Token::Name(word), _)) if word == "def" => {
                    begun = Some(program.begin(&line)?);
                }
                Some((Token::Name(word), _)) if word == "import" => {
                    let mut reader = line.reader();
                    reader.next();
                    reader.wants("time")?;
                    reader.ends()?;
                }
                _ => program.constant(&line)?,
            }
        }
        program.end(begun.take())?;
        if program.functions.is_empty() {
            let end = source.lines().count().max(1) as u32;
            let place = Place {
                offset: source.len(),
                line: end,
                column: 1,
            };
            let message = "There is no function: write one, beginning with def.";
            return Err(FormulaError::new(Kind::Syntax, place, message));
        }
        Ok(program)
    }

    fn begin(&mut self, line: &Line<'_>) -> Result<Begun, FormulaError> {
        let mut reader = line.reader();
        reader.next();
        let name = reader.name()?;
        if self.functions.iter().any(|function| function.name == name) {
            return Err(line.fault(format!("There are two functions {name}.")));
        }
        let parameters = self.parameters(&mut reader)?;
        reader.wants(":")?;
        if reader.peek().is_some() {
            return Err(reader.fault("The body of a function begins on its own line here"));
        }
        Ok(Begun {
            function: Function {
                name,
                parameters,
                body: Vec::new(),
                source: String::new(),
                first_line: line.place.line,
            },
            indent: None,
            from: line.place.offset,
            to: line.place.offset + line.text.len(),
        })
    }

    fn parameters(&self, reader: &mut Reader) -> Result<Vec<Parameter>, FormulaError> {
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut keyword_only = false;
        reader.wants("(")?;
        while !reader.is_at(")") {
            if reader.is_at("*") && !keyword_only {
                reader.next();
                keyword_only = true;
                if !reader.is_at(",") {
                    return Err(
                        reader.fault("*args is not part of this page’s Python: here should be ,")
                    );
                }
                reader.next();
                if reader.is_at(")") {
                    return Err(reader.fault("After * there should be a parameter"));
                }
                continue;
            }
            if reader.is_at("**") {
                return Err(reader.fault(
                    "**kwargs is not part of this page’s Python: here should be a parameter",
                ));
            }
            let place = reader.place();
            let name = reader.name()?;
            if parameters.iter().any(|parameter| parameter.name == name) {
                let message = format!("There are two parameters {name}.");
                return Err(FormulaError::new(Kind::Syntax, place, message));
            }
            let default = if reader.takes("=") {
                let mut code = Code::new();
                reader.expression(&mut code)?;
                Some(self.constant_value(&code)?)
            } else if !keyword_only && parameters.iter().any(|before| before.default.is_some()) {
                let message = format!("{name} has to have a default, since one before it has.");
                return Err(FormulaError::new(Kind::Syntax, place, message));
            } else {
                None
            };
            parameters.push(Parameter {
                name,
                keyword_only,
                default,
            });
            if !reader.takes(",") {
                break;
            }
        }
        reader.wants(")")?;
        Ok(parameters)
    }

    fn constant(&mut self, line: &Line<'_>) -> Result<(), FormulaError> {
        let mut reader = line.reader();
        let name = reader.name()?;
        if !reader.takes("=") {
            return Err(reader.fault("Outside of functions there are only constants, as in RATE = 0.19, and import time: here should be ="));
        }
        let mut code = Code::new();
        reader.expression(&mut code)?;
        reader.ends()?;
        let value = self.constant_value(&code)?;
        self.constants.retain(|constant| constant.name != name);
        self.constants.push(Constant {
            name,
            value,
            source: line.text.to_owned(),
        });
        Ok(())
    }

    /// What an expression outside of functions comes to.
    fn constant_value(&self, code: &Code) -> Result<values::Value, FormulaError> {
        let known = Self {
            constants: self.constants.clone(),
            functions: Vec::new(),
        };
        known.value(code, &mut Still::default())
    }

    fn end(&mut self, begun: Option<Begun>) -> Result<(), FormulaError> {
        let Some(mut begun) = begun else {
            return Ok(());
        };
        let place = Place {
            line: begun.function.first_line,
            column: 1,
            offset: begun.from,
        };
        if !matches!(begun.function.body.last(), Some(Statement::Return(_))) {
            let message = format!(
                "{} has no line with return at its end.",
                begun.function.name
            );
            return Err(FormulaError::new(Kind::Syntax, place, message));
        }
        begun.function.source.push('\n');
        self.functions.push(begun.function);
        Ok(())
    }
}

impl Begun {
    fn take(&mut self, line: &Line<'_>, source: &str) -> Result<(), FormulaError> {
        let indent = *self.indent.get_or_insert(line.indent);
        if indent != line.indent {
            let message = format!(
                "This line is indented by {}, the first of its function by {indent}.",
                line.indent
            );
            return Err(line.fault(message));
        }
        if matches!(self.function.body.last(), Some(Statement::Return(_))) {
            return Err(line.fault("After return nothing of a function is done any more."));
        }
        let mut reader = line.reader();
        let mut code = Code::new();
        let statement = if reader.takes("return") {
            reader.expression(&mut code)?;
            Statement::Return(code)
        } else if matches!(
            (reader.peek(), reader.second()),
            (Some(Token::Name(_)), Some(Token::Sign("=")))
        ) {
            let name = reader.name()?;
            reader.wants("=")?;
            reader.expression(&mut code)?;
            Statement::Assign(name, code)
        } else {
            reader.expression(&mut code)?;
            Statement::Do(code)
        };
        reader.ends()?;
        self.function.body.push(statement);
        self.to = line.place.offset + line.text.len();
        source[self.from..self.to].clone_into(&mut self.function.source);
        Ok(())
    }
}

/// The lines with something other than a comment on them.
fn lines(source: &str) -> Result<Vec<Line<'_>>, FormulaError> {
    let mut found = Vec::new();
    let mut offset = 0;
    for (at, whole) in source.split_inclusive('\n').enumerate() {
        let text = whole.trim_end();
        let indent = text.len() - text.trim_start_matches(' ').len();
        let place = Place {
            offset: offset + indent,
            line: at as u32 + 1,
            column: indent as u32 + 1,
        };
        let text = &text[indent..];
        let tokens = tokens(text, place)?;
        if !tokens.is_empty() {
            found.push(Line {
                text,
                indent,
                place,
                tokens,
            });
        }
        offset += whole.len();
    }
    Ok(found)
}
