//! What an author writes about an example, as it is in `<example>.toml`, and the same ready for a page.

mod literal;
mod prediction;
#[cfg(feature = "pages")]
pub(crate) mod read;
mod set_up;

use serde::{Deserialize, Serialize};

pub use literal::{Literal, Operand, Relation};
pub use prediction::{Bar, Choice, Guess, Prediction};
pub use set_up::{SetUp, Step};

/// How many hints a task has.
pub const HINTS: usize = 3;

/// Markdown, as an author writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Markdown(pub String);

/// HTML made from Markdown at build time; to be put into a page as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Html(pub String);

/// An example: a lab, set up, with a goal, a prediction, a task and a question.
///
/// `T` is [`Markdown`] as written, and [`Html`] on a page. What is said to be inline has no paragraph around it then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    bound(
        serialize = "T: Clone + Serialize",
        deserialize = "T: Deserialize<'de>"
    )
)]
pub struct ExampleFile<T = Markdown> {
    /// What the visitor will know afterwards, in one sentence; inline.
    pub goal: T,
    /// The lab's name, as in `<joblet-lab name="…">`.
    pub lab: String,
    /// The lab's presses that count as running it: they are locked until a prediction is made or skipped.
    pub run: Vec<String>,
    /// What is to be predicted.
    pub prediction: Prediction<T>,
    /// What is to be done.
    pub task: Task<T>,
    /// What is to be understood.
    pub why: WhyQuestion<T>,
}

/// One thing to change, so that something holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task<T = Markdown> {
    /// What to do, and when it is done.
    pub text: T,
    /// Exactly [`HINTS`], from light to strong.
    pub hints: Vec<T>,
    /// What to do, and why that does it.
    pub solution: T,
    /// What has to hold of the last finished run, all of it; at least one. The first that does not is told.
    #[serde(rename = "check")]
    pub checks: Vec<Check>,
}

/// One thing that has to hold: a fact of the lab compared with something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The fact's name, such as `formats.csv.bytes`.
    pub fact: String,
    /// How it compares.
    pub is: Relation,
    /// What it is compared with.
    pub to: Operand,
    /// What is said when it does not hold, in a sentence. Text, not Markdown.
    pub message: String,
}

/// A question with several answers, one of which is right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhyQuestion<T = Markdown> {
    /// The question; inline.
    pub question: T,
    /// At least two; exactly one is right.
    pub answers: Vec<Answer<T>>,
}

/// An answer to choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer<T = Markdown> {
    /// The answer; inline.
    pub text: T,
    /// Whether it is right.
    #[serde(default)]
    pub right: bool,
    /// Why it is right, or not.
    pub explanation: T,
}

/// An example ready for a page: what `data-example` of a `<joblet-lab>` leads to, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadyExample {
    /// Course, lesson and example, with slashes between; what progress is kept under.
    pub id: String,
    /// What is done to the lab before the visitor comes: changes only.
    pub start: Vec<Step>,
    /// What solves the task.
    pub solution: Vec<Step>,
    /// The example itself.
    pub example: ExampleFile<Html>,
}
