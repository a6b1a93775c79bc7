//! Goes through an example as a visitor would, without a browser: the lab is the real one, and so are its jobs.
//!
//! What is *acted*: the clock, which makes each look at it later by the same time; the pool of workers; the writer of the lab
//! durability; the store of what is remembered; and SQLite, for which CPython's stands, so that `python3`, 3.11 or later, is needed. So facts that are times
//! mean nothing here, and examples cannot be checked by them.

mod acted;
mod acts;
#[allow(clippy::unwrap_used, clippy::panic)]
#[path = "../../engines/tests/double/mod.rs"]
mod double;
mod fault;
// What the kernel allows is what is allowed here, even if not all of it is acted.
#[path = "../../site/src/options.rs"]
#[allow(dead_code, reason = "what only matters to real workers")]
mod options;
mod remembered;
mod storage;
mod visit;
mod work;
mod writer;

use lessons::example::Example;
use lessons::example_file::{Guess, ReadyExample, Step};
use protocol::LabEvent;
use widgets::{Detail, Heard, Lab};

pub use fault::Fault;
pub use visit::Visit;

/// Reads a file of the built site, as seen from its root; or says why not.
pub type Files<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, String>;

/// Rehearses an example: set up and run, its task is not solved, and its prediction can be compared; with the solution done
/// after that, the task is solved.
///
/// It is run by the first of its presses. Of a run that is followed by `stop` about half is done before that.
///
/// # Errors
/// The first thing that is not so.
pub fn rehearse(ready: &ReadyExample, files: Files<'_>) -> Result<(), Fault> {
    let name = ready.example.lab.as_str();
    if let Some(lab) = widgets::create(name) {
        let example = Example::new(ready.clone(), name, lab).map_err(Fault::Refused)?;
        acts::play(ready, &mut work::Stage::new(example))
    } else if let Some(lab) = storage_labs::create(name) {
        let example = Example::new(ready.clone(), name, lab).map_err(Fault::Refused)?;
        acts::play(ready, &mut storage::Stage::new(example, files))
    } else {
        Err(Fault::NoLab(name.to_owned()))
    }
}

/// A lab with an example around it, and all that does what it asks for.
trait Stage {
    /// What the lab hears of.
    type Input: Heard;
    /// What it asks for.
    type Effect;
    /// The lab.
    type Within: Lab<Input = Self::Input, Effect = Self::Effect> + ?Sized;

    /// The example.
    fn example(&self) -> &Example<Self::Within>;
    /// The lab hears of where it runs.
    fn begin(&mut self);
    /// The lab hears of something.
    fn hear(&mut self, input: Self::Input);
    /// Does everything that was asked for; or, if it is to be stopped next, only about half of it.
    ///
    /// # Errors
    /// A sentence, if something cannot be done here.
    fn finish(&mut self, is_stopped_next: bool) -> Result<(), String>;

    /// What the page shows.
    fn html(&self) -> String {
        widgets::page(&self.example().view(Detail::Full))
    }
}

/// What the visitor does in a step.
fn event(step: &Step) -> LabEvent {
    match step {
        Step::Change { control, to } => LabEvent::Change {
            control: control.clone(),
            value: to.clone(),
        },
        Step::Press { control } => LabEvent::Press {
            control: control.clone(),
        },
    }
}

/// The facts that a prediction is about.
fn actual(guess: &Guess) -> Vec<&str> {
    match guess {
        Guess::Number { actual, .. } | Guess::Choice { actual, .. } => vec![actual],
        Guess::Bars { bars, .. } => bars.iter().map(|bar| bar.actual.as_str()).collect(),
    }
}
