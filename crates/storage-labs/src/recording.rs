//! What the labs show before anything has run.

use std::collections::VecDeque;

use experiments::{Bench, Material};

use crate::lab::{Effect, Input, Machine, StorageLab, create};

/// What the lab of that name shows before anything has run.
///
/// It has done here what it does first on a page, so that its first view there is the same, and nothing moves under the
/// visitor's hand.
pub fn recorded(name: &str) -> Option<String> {
    let mut lab: Box<StorageLab> = match name {
        "formats" => Box::new(crate::formats_lab::recorded()),
        _ => create(name)?,
    };
    settle(&mut *lab);
    Some(widgets::page(&lab.view(widgets::Detail::Full)))
}

/// Lets the lab do what it does first. Nothing of it is measured, so it is the same everywhere.
fn settle(lab: &mut StorageLab) {
    let mut bench = Bench::default();
    let mut effects = VecDeque::from(lab.update(Input::Machine(Machine::default())));
    while let Some(effect) = effects.pop_front() {
        if let Effect::Work(number, job) = effect {
            let done = bench.run(1, *job, Material::default(), &|| 0.0);
            let outcome = done.map(|(outcome, _)| outcome);
            effects.extend(lab.update(Input::Done(number, Box::new(outcome))));
        }
    }
}
