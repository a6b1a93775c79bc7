//! Why a program could not be read or computed.

use core::fmt;

/// What kind of fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// It is not written as Python wants it, or with something that is not part of this part of Python.
    Syntax,
    /// A name that nothing has.
    Name,
    /// The arguments do not fit the parameters.
    Arguments,
    /// A value of a kind with which that cannot be done.
    Type,
    /// A number that cannot be computed, or does not fit.
    Arithmetic,
    /// A file that is not there.
    File,
    /// More than is allowed.
    Limit,
}

/// Why a program could not be read or computed, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormulaError {
    /// What kind of fault it is.
    pub kind: Kind,
    /// What is wrong, in a sentence.
    pub message: String,
    /// Where: the place in the program. None if the fault is not in the program but in the arguments.
    pub place: Option<Place>,
}

/// A place in a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The bytes before it.
    pub offset: usize,
    /// Its line, from 1.
    pub line: u32,
    /// Its column, from 1, in characters.
    pub column: u32,
}

impl FormulaError {
    pub(crate) fn new(kind: Kind, place: Place, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            place: Some(place),
        }
    }

    pub(crate) fn of_arguments(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Arguments,
            message: message.into(),
            place: None,
        }
    }

    /// The stable name of this error.
    pub const fn code(&self) -> &'static str {
        match self.kind {
            Kind::Syntax => "formula-syntax",
            Kind::Name => "formula-name",
            Kind::Arguments => "formula-arguments",
            Kind::Type => "formula-type",
            Kind::Arithmetic => "formula-arithmetic",
            Kind::File => "formula-file",
            Kind::Limit => "formula-limit",
        }
    }
}

impl fmt::Display for FormulaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(Place { line, column, .. }) => {
                write!(f, "Line {line}, column {column}: {}", self.message)
            }
            None => f.write_str(&self.message),
        }
    }
}

impl core::error::Error for FormulaError {}
