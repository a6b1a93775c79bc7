//! Tokens become code: steps for a machine with a stack, so that computing needs no recursion.

use values::Value;

use crate::error::{FormulaError, Kind, Place};
use crate::limits;
use crate::operators::Binary;
use crate::tokens::{Placed, Token};

/// A step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Puts a value on the stack.
    Value(Value),
    /// Puts on the stack what a name stands for.
    Load(String),
    /// Takes one value, and puts it there with a sign before it: whether that is a minus.
    Signed(bool),
    /// Takes two values, and puts there what the operator makes of them.
    Binary(Binary),
    /// Takes so many values, of which the last have these names, and puts there what the function makes of them.
    Call(String, usize, Vec<String>),
}

/// An expression.
pub(crate) type Code = Vec<(Step, Place)>;

/// Reads the tokens of a line, one after the other.
pub(crate) struct Reader {
    tokens: std::vec::IntoIter<Placed>,
    /// Where the line ends.
    end: Place,
    depth: u32,
}

impl Reader {
    pub(crate) fn new(tokens: Vec<Placed>, end: Place) -> Self {
        let tokens = tokens.into_iter();
        Self {
            tokens,
            end,
            depth: 0,
        }
    }

    pub(crate) fn place(&self) -> Place {
        let first = self.tokens.as_slice().first();
        first.map_or(self.end, |(_, place)| *place)
    }

    pub(crate) fn peek(&self) -> Option<&Token> {
        self.tokens.as_slice().first().map(|(token, _)| token)
    }

    pub(crate) fn second(&self) -> Option<&Token> {
        self.tokens.as_slice().get(1).map(|(token, _)| token)
    }

    pub(crate) fn next(&mut self) -> Option<Token> {
        self.tokens.next().map(|(token, _)| token)
    }

    pub(crate) fn is_at(&self, wanted: &str) -> bool {
        match self.peek() {
            Some(Token::Sign(sign)) => *sign == wanted,
            Some(Token::Name(name)) => name == wanted,
            _ => false,
        }
    }

    /// Whether this comes next; then it is passed over.
    pub(crate) fn takes(&mut self, wanted: &str) -> bool {
        let found = self.is_at(wanted);
        if found {
            self.next();
        }
        found
    }

    pub(crate) fn wants(&mut self, wanted: &str) -> Result<(), FormulaError> {
        if self.takes(wanted) {
            return Ok(());
        }
        Err(self.fault(&format!("Here should be {wanted}")))
    }

    /// A name that somebody may give to something.
    pub(crate) fn name(&mut self) -> Result<String, FormulaError> {
        match self.peek() {
            Some(Token::Name(name)) if is_word(name) => {
                let message = format!("{name} is a word of Python’s own, and no name");
                Err(self.fault(&message))
            }
            Some(Token::Name(name)) => {
                let name = name.clone();
                self.next();
                Ok(name)
            }
            _ => Err(self.fault("Here should be a name")),
        }
    }

    pub(crate) fn ends(&mut self) -> Result<(), FormulaError> {
        match self.peek() {
            None => Ok(()),
            Some(Token::Name(name)) if is_word(name) => {
                let message = format!("{name} is not part of this page’s Python");
                Err(self.fault(&message))
            }
            Some(_) => Err(self.fault("The line should end here")),
        }
    }

    /// A fault at what comes next.
    pub(crate) fn fault(&self, message: &str) -> FormulaError {
        let found = match self.peek() {
            None => ", but the line ends.".to_owned(),
            Some(Token::Sign(sign)) => format!(", not {sign}."),
            Some(Token::Name(_) | Token::Value(_)) => ".".to_owned(),
        };
        FormulaError::new(Kind::Syntax, self.place(), format!("{message}{found}"))
    }

    /// An expression.
    pub(crate) fn expression(&mut self, code: &mut Code) -> Result<(), FormulaError> {
        self.deeper(|reader| reader.sum(code))
    }

    fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, FormulaError>,
    ) -> Result<T, FormulaError> {
        if self.depth == limits::DEPTH {
            let message = "This is nested too deeply for this page.";
            return Err(FormulaError::new(Kind::Limit, self.place(), message));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn sum(&mut self, code: &mut Code) -> Result<(), FormulaError> {
        self.product(code)?;
        loop {
            let place = self.place();
            let operator = if self.takes("+") {
                Binary::Add
            } else if self.takes("-") {
                Binary::Subtract
            } else {
                return Ok(());
            };
            self.product(code)?;
            code.push((Step::Binary(operator), place));
        }
    }

    fn product(&mut self, code: &mut Code) -> Result<(), FormulaError> {
        self.factor(code)?;
        loop {
            let place = self.place();
            let signs = [
                ("*", Binary::Multiply),
                ("/", Binary::Divide),
                ("//", Binary::FloorDivide),
                ("%", Binary::Remainder),
            ];
            let Some((sign, operator)) = signs.into_iter().find(|(sign, _)| self.is_at(sign))
            else {
                return Ok(());
            };
            self.takes(sign);
            self.factor(code)?;
            code.push((Step::Binary(operator), place));
        }
    }

    /// A sign binds less tightly than a power before it, and more than one within its exponent.
    fn factor(&mut self, code: &mut Code) -> Result<(), FormulaError> {
        let place = self.place();
        let is_minus = self.is_at("-");
        if is_minus || self.is_at("+") {
            self.next();
            self.deeper(|reader| reader.factor(code))?;
            code.push((Step::Signed(is_minus), place));
            return Ok(());
        }
        self.atom(code)?;
        let place = self.place();
        if self.takes("**") {
            self.deeper(|reader| reader.factor(code))?;
            code.push((Step::Binary(Binary::Power), place));
        }
        Ok(())
    }

    fn atom(&mut self, code: &mut Code) -> Result<(), FormulaError> {
        let place = self.place();
        if self.takes("(") {
            self.expression(code)?;
            if self.is_at(",") {
                return Err(
                    self.fault("Tuples are not part of this page’s Python: here should be )")
                );
            }
            return self.wants(")");
        }
        let step = match self.peek() {
            Some(Token::Value(value)) => Step::Value(value.clone()),
            Some(Token::Name(name)) => match name.as_str() {
                "None" => Step::Value(Value::Null),
                "True" => Step::Value(Value::Bool(true)),
                "False" => Step::Value(Value::Bool(false)),
                word if is_word(word) => {
                    let message = format!("{word} is not part of this page’s Python");
                    return Err(self.fault(&message));
                }
                _ => return self.name_or_call(code),
            },
            _ => return Err(self.fault("Here should be a value")),
        };
        self.next();
        code.push((step, place));
        Ok(())
    }

    fn name_or_call(&mut self, code: &mut Code) -> Result<(), FormulaError> {
        let place = self.place();
        let mut name = self.name()?;
        if name == "time" && self.is_at(".") {
            self.next();
            self.wants("sleep")?;
            "time.sleep".clone_into(&mut name);
        }
        if !self.is_at("(") {
            if self.is_at(".") {
                return Err(self.fault("Only time.sleep(…) and open(…).read() have a point: here should be something else"));
            }
            code.push((Step::Load(name), place));
            return Ok(());
        }
        let (count, names) = self.arguments(code)?;
        if name == "open" {
            for part in [".", "read", "(", ")"] {
                self.wants(part)?;
            }
            "open.read".clone_into(&mut name);
        }
        code.push((Step::Call(name, count, names), place));
        Ok(())
    }

    /// Arguments within parentheses: how many, and the names of the last of them.
    pub(crate) fn arguments(
        &mut self,
        code: &mut Code,
    ) -> Result<(usize, Vec<String>), FormulaError> {
        self.wants("(")?;
        let (mut count, mut names) = (0, Vec::new());
        while !self.is_at(")") {
            if matches!(
                (self.peek(), self.second()),
                (Some(Token::Name(_)), Some(Token::Sign("=")))
            ) {
                let place = self.place();
                let name = self.name()?;
                if names.contains(&name) {
                    let message = format!("The argument {name} is given twice.");
                    return Err(FormulaError::new(Kind::Syntax, place, message));
                }
                names.push(name);
                self.wants("=")?;
            } else if !names.is_empty() {
                return Err(self.fault("After an argument with a name, all have to have one"));
            }
            self.expression(code)?;
            count += 1;
            if !self.takes(",") {
                break;
            }
        }
        self.wants(")")?;
        Ok((count, names))
    }
}

/// The words that no name can be, known to this part of Python or not.
fn is_word(name: &str) -> bool {
    const WORDS: [&str; 35] = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class",
        "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global",
        "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return",
        "try", "while", "with", "yield",
    ];
    WORDS.contains(&name)
}
