//! Why an example is refused.

use core::fmt;

use language::t;

/// Why an example is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExampleError {
    /// This is no address of an example below the site's root.
    Address(String),
    /// It is for this lab, and not for the one on the page.
    OtherLab(String),
    /// It does not say which presses run the lab, or names one that is not the lab's.
    Run,
    /// Before the visitor comes something would be done to the lab that is no change of one of its fields.
    Start(String),
    /// The task has as many hints.
    Hints(usize),
    /// The task has nothing that is checked, or too much.
    Checks,
    /// A check names this fact, which is a time: machines differ.
    Time(String),
    /// The why-question has too few or too many answers, or not exactly one that is right.
    Answers,
    /// The prediction has too few or too many to choose from or to draw, or a scale that is no positive number.
    Prediction,
    /// A text is longer than any text of a lesson.
    TooLong,
    /// A text holds markup that no lesson needs; this is where it begins.
    Markup(String),
}

impl ExampleError {
    /// A stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Address(_) => "example-address",
            Self::OtherLab(_) => "example-other-lab",
            Self::Run => "example-run",
            Self::Start(_) => "example-start",
            Self::Hints(_) => "example-hints",
            Self::Checks => "example-checks",
            Self::Time(_) => "example-time",
            Self::Answers => "example-answers",
            Self::Prediction => "example-prediction",
            Self::TooLong => "example-too-long",
            Self::Markup(_) => "example-markup",
        }
    }
}

impl fmt::Display for ExampleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self {
            Self::Address(address) => {
                t!(
                    "“{address}” is no address of an example on this site.",
                    address
                )
            }
            Self::OtherLab(lab) => t!("It is for the lab “{lab}”.", lab),
            Self::Run => t!("It does not say which buttons of the lab run it."),
            Self::Start(control) => {
                t!(
                    "“{control}” is no field that can be set in advance.",
                    control
                )
            }
            Self::Hints(count) => t!("A task has three hints; this one has {count}.", count),
            Self::Checks => t!("A task has from 1 to 20 checks."),
            Self::Time(fact) => t!(
                "A check cannot go by “{fact}”: that is a time, and machines differ.",
                fact
            ),
            Self::Answers => {
                t!("A question has from 2 to 10 answers, of which exactly one is right.")
            }
            Self::Prediction => t!(
                "A prediction has from 2 to 12 choices or bars, on a scale that is a positive number."
            ),
            Self::TooLong => t!("A text of it is too long."),
            Self::Markup(start) => {
                t!(
                    "A text of it holds markup that is not allowed: “{start}”.",
                    start
                )
            }
        };
        f.write_str(&why)
    }
}

impl core::error::Error for ExampleError {}
