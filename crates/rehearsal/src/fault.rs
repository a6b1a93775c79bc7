//! What is wrong with an example, found by going through it.

use core::fmt;

use lessons::example::ExampleError;

/// What is wrong with an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// There is no lab of that name.
    NoLab(String),
    /// The page would refuse it.
    Refused(ExampleError),
    /// There is no such field or button in the lab when it would be used.
    NoControl(String),
    /// Something that the lab asked for cannot be done here.
    Stuck(String),
    /// This fact, which the prediction is about, was not found in the run.
    NotFound(String),
    /// What was found is none of the choices.
    NoChoice(String),
    /// The task is solved before anything was changed.
    SolvedAtStart,
    /// After the solution the task is not solved: this is told.
    Unsolved(String),
}

impl Fault {
    /// A stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoLab(_) => "unknown-lab",
            Self::Refused(error) => error.code(),
            Self::NoControl(_) => "no-control",
            Self::Stuck(_) => "stuck",
            Self::NotFound(_) => "fact-not-found",
            Self::NoChoice(_) => "not-among-choices",
            Self::SolvedAtStart => "solved-at-start",
            Self::Unsolved(_) => "unsolved",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLab(name) => write!(f, "there is no lab `{name}`"),
            Self::Refused(error) => write!(f, "the page would refuse it: {error}"),
            Self::NoControl(control) => {
                write!(f, "the lab has no `{control}` when it would be used")
            }
            Self::Stuck(why) => write!(f, "it cannot be gone through here: {why}"),
            Self::NotFound(fact) => write!(f, "the run does not find `{fact}`"),
            Self::NoChoice(found) => write!(f, "none of the choices is what is found: {found}"),
            Self::SolvedAtStart => f.write_str("the task is solved before anything is changed"),
            Self::Unsolved(message) => {
                write!(
                    f,
                    "the solution does not solve the task; it is told: {message}"
                )
            }
        }
    }
}

impl core::error::Error for Fault {}
