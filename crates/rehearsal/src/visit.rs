//! A visit to a lab whose calls are remembered, without a lesson around it.

use std::collections::VecDeque;

use protocol::LabEvent;
use values::Value;
use widgets::{Detail, Effect, Input, Machine, WorkLab, page};

use crate::remembered::Remembered;

/// A visit to a lab whose calls are remembered: the lab is the real one, and so is the memory; its store and the clock are acted.
pub struct Visit {
    lab: Box<WorkLab>,
    effects: VecDeque<Effect>,
    remembered: Remembered,
}

impl Visit {
    /// A visit to this lab.
    pub fn new(lab: Box<WorkLab>) -> Self {
        let mut visit = Self {
            lab,
            effects: VecDeque::new(),
            remembered: Remembered::new(),
        };
        visit.hear(Input::Machine(Machine {
            cores: 2,
            timer_resolution_us: 5.0,
            storage: "indexeddb".to_owned(),
            ..Machine::default()
        }));
        visit.finish();
        visit
    }

    /// The visitor presses a button, and all that this asks for is done.
    pub fn press(&mut self, control: &str) {
        let control = control.to_owned();
        self.hear(Input::Visitor(LabEvent::Press { control }));
        self.finish();
    }

    /// The visitor fills in a field.
    pub fn change(&mut self, control: &str, value: &str) {
        self.hear(Input::Visitor(LabEvent::Change {
            control: control.to_owned(),
            value: value.to_owned(),
        }));
        self.finish();
    }

    /// What the page shows.
    pub fn html(&self) -> String {
        page(&self.lab.view(Detail::Full))
    }

    /// What can be said of what was done last.
    pub fn fact(&self, name: &str) -> Option<Value> {
        self.lab.facts().get(name).cloned()
    }

    fn hear(&mut self, input: Input) {
        self.effects.extend(self.lab.update(input));
    }

    fn finish(&mut self) {
        while let Some(effect) = self.effects.pop_front() {
            for input in self.remembered.act(effect, &mut self.effects) {
                self.hear(input);
            }
        }
    }
}
