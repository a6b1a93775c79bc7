//! What the lab does with what it hears.

use engines::questions::Question;
use experiments::{Failure, Outcome};
use language::t;
use maud::Markup;
use protocol::LabEvent;
use widgets::{Detail, Facts, Lab, Status};

use super::own::Doing;
use super::run::Run;
use super::state::{Choice, SIZES, SqlOrFiles};
use super::view;
use crate::lab::{Effect, Input, SqlAnswer};

impl Lab for SqlOrFiles {
    type Input = Input;
    type Effect = Effect;

    fn update(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Machine(machine) => {
                self.machine = machine;
                Vec::new()
            }
            Input::Visitor(LabEvent::Press { control }) => self.press(&control),
            Input::Visitor(LabEvent::Change { control, value }) => {
                self.change(&control, value);
                Vec::new()
            }
            Input::Visitor(_) | Input::Writer(_) => Vec::new(),
            Input::Took(number, milliseconds) => {
                if let Some(run) = &mut self.run
                    && run.now.is_some_and(|(_, waits)| waits == number)
                {
                    run.took = Some(milliseconds);
                }
                Vec::new()
            }
            Input::Done(number, outcome) => self.done(number, *outcome),
            Input::Sql(number, answer) => self.sql(number, *answer),
        }
    }

    fn view(&self, detail: Detail) -> Vec<(&'static str, Markup)> {
        view::regions(self, detail)
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }
}

impl SqlOrFiles {
    fn press(&mut self, control: &str) -> Vec<Effect> {
        match control {
            "measure" if !self.is_busy() => self.begin(),
            "stop" if self.is_busy() => self.stop(),
            "sql-run" if !self.is_busy() => self.run_own(),
            "sql-reset" if !self.is_busy() => {
                self.own.loaded = None;
                self.own.shown = None;
                self.say(t!("The tables are loaded anew with the next statement."));
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn change(&mut self, control: &str, value: String) {
        match control {
            "question" if self.run.is_none() => {
                if let Some(question) = Question::named(&value)
                    && question != self.question
                {
                    self.question = question;
                    self.status = Status::Idle;
                }
            }
            "few" | "many" => {
                let prediction = self.predictions.entry(self.question).or_default();
                if prediction.locked {
                    return;
                }
                let choice = Choice::named(&value);
                if control == "few" {
                    prediction.few = choice;
                } else {
                    prediction.many = choice;
                }
            }
            "opening" => self.opening = value == "true",
            "sql" => self.own.text = Some(value),
            "sql-people" => self.own.people = value.parse().ok().filter(|n| SIZES.contains(n)),
            _ => {}
        }
    }

    fn begin(&mut self) -> Vec<Effect> {
        let question = self.question;
        let prediction = self.predictions.entry(question).or_default();
        if prediction.few.is_none() || prediction.many.is_none() {
            self.say_fault(t!(
                "First say which you think will be fastest, with few people and with many."
            ));
            return Vec::new();
        }
        prediction.locked = true;
        self.results.insert(question, Vec::new());
        // The tables are the measurement's from now on.
        self.own.loaded = None;
        self.own.shown = None;
        self.status = Status::Idle;
        self.run = Some(Run::new(question));
        self.step()
    }

    fn stop(&mut self) -> Vec<Effect> {
        self.run = None;
        self.own.doing = Doing::Nothing;
        self.own.loaded = None;
        self.say(t!("Stopped."));
        vec![Effect::Stop]
    }

    fn done(&mut self, number: u32, outcome: Result<Outcome, Failure>) -> Vec<Effect> {
        let of_run = self.waits_for(number);
        if !of_run && self.own.number() != Some(number) {
            return Vec::new();
        }
        match outcome {
            Ok(Outcome::Answered(answered)) if of_run => self.answered(answered),
            Ok(Outcome::Answered(answered)) => self.own_rows(answered),
            Ok(_) => Vec::new(),
            Err(failure) => self.failed(&failure),
        }
    }

    fn sql(&mut self, number: u32, answer: Result<SqlAnswer, Failure>) -> Vec<Effect> {
        let of_run = self.waits_for(number);
        if !of_run && self.own.number() != Some(number) {
            return Vec::new();
        }
        match answer {
            Ok(answer) if of_run => self.said(answer),
            Ok(answer) => self.own_said(answer),
            Err(failure) => self.failed(&failure),
        }
    }

    /// Whether the run waits for what has this number.
    fn waits_for(&self, number: u32) -> bool {
        let now = self.run.as_ref().and_then(|run| run.now);
        now.is_some_and(|(_, waits)| waits == number)
    }

    fn failed(&mut self, failure: &Failure) -> Vec<Effect> {
        self.run = None;
        self.own.doing = Doing::Nothing;
        self.own.loaded = None;
        self.say_fault(failure.message.clone());
        Vec::new()
    }
}
