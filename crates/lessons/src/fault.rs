//! What an author got wrong, and where.

use std::fmt;

/// Something wrong in the content, with the place to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, from the root of the checkout.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// A file or folder cannot be read, for this reason.
    Unreadable(String),
    /// A key that means nothing, or a value that does not fit; in TOML's words.
    Toml(String),
}

impl Problem {
    /// A stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::Toml(_) => "toml",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(to, "it cannot be read: {why}"),
            Self::Toml(why) => to.write_str(why),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            problem,
        } = self;
        write!(to, "{file}:{line}:{column}: {problem} ({})", problem.code())
    }
}

impl std::error::Error for Fault {}
