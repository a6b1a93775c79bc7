//! What an example does with what it hears.

use language::t;
use protocol::LabEvent;
use widgets::{Detail, Facts, Heard, Lab};

use super::checks::Progress;
use super::outcome::Outcome;
use super::{Example, PREFIX, Said, Stage, Visit, checks, scope, view};
use crate::example_file::Step;

impl<L: Lab + ?Sized> Lab for Example<L>
where
    L::Input: Heard,
{
    type Input = L::Input;
    type Effect = L::Effect;

    fn update(&mut self, input: L::Input) -> Vec<L::Effect> {
        let is_first = !core::mem::replace(&mut self.is_set_up, true);
        let input = match input.visitor() {
            Some(LabEvent::Press { control }) => {
                if let Some(own) = control.strip_prefix(PREFIX) {
                    let own = own.to_owned();
                    return self.press(&own);
                }
                if self.visit.stage == Stage::Open && self.ready.example.run.contains(control) {
                    self.fault(t!("First say what you expect, or press “I would rather not guess”. Then it can run."));
                    return Vec::new();
                }
                self.when_ready(input)
            }
            Some(LabEvent::Change { control, value }) => {
                if let Some(own) = control.strip_prefix(PREFIX) {
                    let (own, value) = (own.to_owned(), value.clone());
                    self.change(&own, &value);
                    return Vec::new();
                }
                self.when_ready(input)
            }
            Some(LabEvent::Files { .. }) => self.when_ready(input),
            None => Some(input),
        };
        let mut effects = input.map_or_else(Vec::new, |input| self.forward(input));
        self.look();
        // What a lab hears first is where it runs; only after that it can be set up.
        if is_first {
            self.set_up();
        }
        effects.extend(self.go_on());
        effects
    }

    fn view(&self, detail: Detail) -> Vec<(&'static str, maud::Markup)> {
        let mut regions = Vec::new();
        if detail == Detail::Full {
            regions = view::before(&self.ready, &self.visit);
        }
        let of_lab = self.lab.view(detail).into_iter();
        regions.extend(
            of_lab.map(|(name, content)| (name, scope::scoped(&content.0, &self.ready.id))),
        );
        if detail == Detail::Full {
            regions.extend(view::after(&self.ready, &self.visit));
        }
        regions
    }

    fn facts(&self) -> &Facts {
        self.lab.facts()
    }

    fn is_ready(&self) -> bool {
        self.pending.is_empty() && self.lab.is_ready()
    }

    fn kept(&self) -> Option<String> {
        Some(self.record().line())
    }
}

impl<L: Lab + ?Sized> Example<L>
where
    L::Input: Heard,
{
    /// Has the lab set up as the visitor is to find it.
    fn set_up(&mut self) {
        let steps = self.ready.start.iter().filter_map(|step| match step {
            Step::Change { control, to } => Some(LabEvent::Change {
                control: control.clone(),
                value: to.clone(),
            }),
            Step::Press { .. } => None,
        });
        self.pending.extend(steps.map(L::Input::of_visitor));
    }

    /// Keeps what the visitor did for later if the lab is still being set up; gives it back if it can be done now.
    fn when_ready(&mut self, input: L::Input) -> Option<L::Input> {
        if self.pending.is_empty() {
            return Some(input);
        }
        self.pending.push_back(input);
        None
    }

    /// Lets the lab hear it.
    fn forward(&mut self, input: L::Input) -> Vec<L::Effect> {
        if let Some(LabEvent::Press { control }) = input.visitor()
            && self.ready.example.run.contains(control)
        {
            self.visit.is_run = true;
        }
        self.lab.update(input)
    }

    /// Goes on with what is still to be done to the lab, as far as it is ready for it.
    fn go_on(&mut self) -> Vec<L::Effect> {
        let mut effects = Vec::new();
        while self.lab.is_ready()
            && let Some(input) = self.pending.pop_front()
        {
            effects.extend(self.forward(input));
            self.look();
        }
        effects
    }

    fn press(&mut self, control: &str) -> Vec<L::Effect> {
        match control {
            "predict" if self.visit.stage == Stage::Open => {
                match self.visit.draft.make(&self.ready.example.prediction) {
                    Ok(made) => {
                        self.visit.stage = Stage::Made(made);
                        self.say(t!("Your prediction is locked. Now run the lab below."));
                    }
                    Err(missing) => self.fault(missing),
                }
            }
            "skip" if self.visit.stage == Stage::Open => {
                self.visit.stage = Stage::Skipped;
                self.say(t!("No prediction this time. Now run the lab below."));
            }
            "reset" => {
                self.visit = Visit {
                    runs: self.visit.runs,
                    ..Visit::default()
                };
                self.say(t!("This example is as it was at the beginning."));
                self.set_up();
                return self.go_on();
            }
            _ => {}
        }
        Vec::new()
    }

    fn change(&mut self, control: &str, value: &str) {
        match control {
            "answer" => self.choose_answer(value.parse().ok()),
            _ if self.visit.stage == Stage::Open => self.visit.draft.change(control, value),
            _ => {}
        }
    }

    fn choose_answer(&mut self, at: Option<usize>) {
        let answers = &self.ready.example.why.answers;
        let Some(answer) = at.and_then(|at| answers.get(at)) else {
            return;
        };
        let is_right = answer.right;
        // A page that comes to life tells again what is chosen.
        if self.visit.answer == at {
            return;
        }
        self.visit.answer = at;
        self.say(if is_right {
            t!("That is right. Why is said below the question.")
        } else {
            t!("That is not it. Why is said below the question.")
        });
    }

    /// Looks whether a run of the lab has finished.
    fn look(&mut self) {
        let runs = self.lab.facts().runs();
        if runs == self.visit.runs {
            return;
        }
        self.visit.runs = runs;
        if self.visit.is_run && self.visit.stage != Stage::Open {
            self.finished();
        }
    }

    fn finished(&mut self) {
        let prediction = &self.ready.example.prediction;
        let mut told = String::new();
        self.visit.finished = self.visit.finished.saturating_add(1);
        if self.visit.outcome.is_none() {
            let made = match &self.visit.stage {
                Stage::Made(made) => Some(made.clone()),
                _ => None,
            };
            if let Some(outcome) = Outcome::new(prediction, made, self.lab.facts()) {
                told = outcome.sentence(prediction);
                self.visit.outcome = Some(outcome);
            }
        }
        // What was first in an earlier visit is not known any more: the first in this one stands for it.
        if self.visit.outcome.is_some() && self.visit.first.is_none() {
            self.visit.first = Some(self.lab.facts().clone());
        }
        let first = self.visit.first.as_ref();
        let checks = &self.ready.example.task.checks;
        let failing = checks::failing(checks, self.lab.facts(), first);
        self.visit.progress = match failing {
            None => Progress::Solved,
            Some(check) => Progress::Failing(check.message.clone()),
        };
        self.visit.was_solved |= failing.is_none();
        // Of the run that was predicted, what it came to is told: the task begins after it.
        let of_task = match failing {
            None => t!("The task is solved."),
            Some(check) if told.is_empty() => {
                t!("The task is not solved yet: {why}", why = check.message)
            }
            Some(_) => t!("Below the lab you find why, and a task."),
        };
        if !told.is_empty() {
            told.push(' ');
        }
        told.push_str(&of_task);
        self.say(told);
    }

    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.visit.said = Said {
            text: text.into(),
            is_fault: false,
        };
    }

    fn fault(&mut self, text: impl Into<String>) {
        self.visit.said = Said {
            text: text.into(),
            is_fault: true,
        };
    }
}
