//! An example at work: a lab with a goal, a prediction, a task and a question around it.
//!
//! [`Example`] is itself a lab, of the same inputs and effects as the one within: it runs where that runs. Controls whose
//! names begin with `example-` are its own, all others are the lab's; its regions are before and after those of the lab.

mod checks;
mod error;
mod gate;
mod guess;
mod outcome;
mod resume;
mod scope;
mod tame;
mod update;
mod view;

use std::collections::VecDeque;

use widgets::{Facts, Heard, Lab};

pub use error::ExampleError;
pub use gate::{MOST_BYTES, address};

use self::checks::Progress;
use self::guess::Draft;
use self::outcome::{Actual, Outcome};
use crate::example_file::{Check, ReadyExample};

/// What begins the name of each control and region of an example.
pub const PREFIX: &str = "example-";

/// A lab with an example around it.
pub struct Example<L: Lab + ?Sized> {
    ready: ReadyExample,
    visit: Visit,
    is_set_up: bool,
    /// What is to be done to the lab when it is ready: to set it up, and what the visitor did meanwhile.
    pending: VecDeque<L::Input>,
    lab: Box<L>,
}

/// What the visitor has done in an example.
#[derive(Clone, Debug, Default)]
struct Visit {
    draft: Draft,
    stage: Stage,
    /// Whether the lab was run since the prediction was made or skipped.
    is_run: bool,
    /// As many runs of the lab had finished when it was looked at last.
    runs: u32,
    /// As many have finished since the prediction, in this visit and those before.
    finished: u32,
    /// What the prediction came to.
    outcome: Option<Outcome>,
    /// The facts of the first run that was compared in this visit.
    first: Option<Facts>,
    progress: Progress,
    /// Whether the task was solved at any time.
    was_solved: bool,
    /// The answer to the why-question, by its place.
    answer: Option<usize>,
    said: Said,
}

/// How far the prediction is.
#[derive(Clone, Debug, Default, PartialEq)]
enum Stage {
    /// It can be made.
    #[default]
    Open,
    /// The visitor would rather not.
    Skipped,
    /// It is made.
    Made(guess::Made),
}

/// What was said last, and whether it is a fault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Said {
    text: String,
    is_fault: bool,
}

impl<L: Lab + ?Sized> core::fmt::Debug for Example<L> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Example")
            .field("id", &self.ready.id)
            .field("visit", &self.visit)
            .finish_non_exhaustive()
    }
}

impl<L: Lab + ?Sized> Example<L>
where
    L::Input: Heard,
{
    /// The new lab of that name, which has heard nothing yet, with the example around it.
    ///
    /// # Errors
    /// When the example is for another lab, or is not as it has to be: see [`ExampleError`].
    pub fn new(ready: ReadyExample, name: &str, lab: Box<L>) -> Result<Self, ExampleError> {
        gate::check(&ready, name)?;
        Ok(Self {
            ready,
            visit: Visit::default(),
            is_set_up: false,
            pending: VecDeque::new(),
            lab,
        })
    }

    /// The first check of the task that does not hold of the lab's last run; none if all hold, or nothing has run.
    pub fn failing(&self) -> Option<&Check> {
        let checks = &self.ready.example.task.checks;
        checks::failing(checks, self.lab.facts(), self.visit.first.as_ref())
    }

    /// Whether a prediction could be compared with what was found.
    pub const fn is_compared(&self) -> bool {
        self.visit.outcome.is_some()
    }

    /// Whether what was found is one of the choices, where there are any.
    pub fn is_among_choices(&self) -> bool {
        let outcome = self.visit.outcome.as_ref();
        outcome.is_some_and(|outcome| !matches!(outcome.actual, Actual::Choice(_, None)))
    }

    /// Whether the task is solved.
    pub const fn is_solved(&self) -> bool {
        self.visit.progress.is_solved()
    }
}

/// An example on a page before anything is loaded: its regions around what the page shows of the lab.
///
/// # Errors
/// When the example is not as it has to be.
pub fn page(ready: &ReadyExample, lab: &str) -> Result<String, ExampleError> {
    gate::check(ready, &ready.example.lab)?;
    let visit = Visit::default();
    let before = widgets::page(&view::before(ready, &visit));
    let after = widgets::page(&view::after(ready, &visit));
    let lab = scope::scoped(lab, &ready.id).0;
    Ok(format!("{before}{lab}{after}"))
}

/// What the page is told when there can be no example: the region to show anew, and its content.
pub fn refusal(why: &str) -> (&'static str, String) {
    (view::STATUS, view::refusal(why).into_string())
}
