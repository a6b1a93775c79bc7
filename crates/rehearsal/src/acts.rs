//! The rehearsal, in two acts: as it is set up, and with the solution.

use lessons::example_file::{Guess, ReadyExample, Step};
use protocol::LabEvent;
use widgets::Heard;

use crate::{Fault, Stage, actual, event};

const STOP: &str = "stop";

/// Plays both.
pub(crate) fn play<S: Stage>(ready: &ReadyExample, stage: &mut S) -> Result<(), Fault> {
    stage.begin();
    stage.finish(false).map_err(Fault::Stuck)?;
    for step in &ready.start {
        known(stage, step)?;
    }
    press(stage, "example-skip")?;
    let run = ready.example.run.first().map_or("", String::as_str);
    known(
        stage,
        &Step::Press {
            control: run.to_owned(),
        },
    )?;
    let is_about = |part: &str| {
        let facts = actual(&ready.example.prediction.guess);
        facts.iter().any(|fact| fact.starts_with(part))
    };
    if is_about("resumed.") {
        run_half(stage, run)?;
        press(stage, run)?;
    } else if is_about("stopped.") {
        run_half(stage, run)?;
    } else {
        press(stage, run)?;
    }
    compared(ready, stage)?;
    if stage.example().failing().is_none() {
        return Err(Fault::SolvedAtStart);
    }
    for (at, step) in ready.solution.iter().enumerate() {
        known(stage, step)?;
        let next = ready.solution.get(at + 1);
        let is_stopped_next = matches!(next, Some(Step::Press { control }) if control == STOP);
        take(stage, step, is_stopped_next)?;
    }
    match stage.example().failing() {
        None => Ok(()),
        Some(check) => Err(Fault::Unsolved(check.message.clone())),
    }
}

fn press<S: Stage>(stage: &mut S, control: &str) -> Result<(), Fault> {
    let step = Step::Press {
        control: control.to_owned(),
    };
    take(stage, &step, false)
}

/// Runs, and stops half way.
fn run_half<S: Stage>(stage: &mut S, run: &str) -> Result<(), Fault> {
    let step = Step::Press {
        control: run.to_owned(),
    };
    take(stage, &step, true)?;
    press(stage, STOP)
}

fn take<S: Stage>(stage: &mut S, step: &Step, is_stopped_next: bool) -> Result<(), Fault> {
    stage.hear(S::Input::of_visitor(event(step)));
    stage.finish(is_stopped_next).map_err(Fault::Stuck)
}

/// Whether the page shows what is used in a step.
fn known<S: Stage>(stage: &S, step: &Step) -> Result<(), Fault> {
    let shown = match event(step) {
        LabEvent::Press { control } => format!("data-press=\"{control}\""),
        LabEvent::Change { control, .. } => format!("data-change=\"{control}\""),
        LabEvent::Files { .. } => return Ok(()),
    };
    if stage.html().contains(&shown) {
        Ok(())
    } else {
        Err(Fault::NoControl(shown))
    }
}

/// Whether what the prediction is about was found, and is one of the choices where there are any.
fn compared<S: Stage>(ready: &ReadyExample, stage: &S) -> Result<(), Fault> {
    let guess = &ready.example.prediction.guess;
    let facts = widgets::Lab::facts(stage.example());
    if !stage.example().is_compared() {
        let missing = actual(guess)
            .into_iter()
            .find(|fact| facts.get(fact).is_none());
        let wanted = missing.or_else(|| actual(guess).first().copied());
        return Err(Fault::NotFound(wanted.unwrap_or_default().to_owned()));
    }
    let Guess::Choice { choices, actual } = guess else {
        return Ok(());
    };
    // The clock here is acted: who was the fastest means nothing.
    let by_time = ["fastest", "slowest", "winner"];
    if by_time.iter().any(|part| actual.contains(part)) {
        return Ok(());
    }
    let Some(found) = facts.get(actual) else {
        return Ok(());
    };
    if stage.example().is_among_choices() || choices.is_empty() {
        Ok(())
    } else {
        Err(Fault::NoChoice(format!("{found:?}")))
    }
}
