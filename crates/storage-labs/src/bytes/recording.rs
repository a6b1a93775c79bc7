//! What the lab shows before anything has run: its first file. Nothing in it is measured, so it is the same everywhere.

use std::collections::VecDeque;

use experiments::{Bench, Material};

use crate::lab::{Effect, Input, Machine, StorageLab};

/// Lets the lab do what it does first.
pub(crate) fn settle(lab: &mut StorageLab) {
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
