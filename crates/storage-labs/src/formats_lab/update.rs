//! What the lab does with what it hears.

use experiments::{Failure, Job, Look, Measure, Measured, Outcome, Source, Step, Timed};
use language::t;
use protocol::LabEvent;
use widgets::{Detail, Facts, Lab, Status};

use super::findings::{Finding, Results};
use super::run::{Kind, Next, Run};
use super::sqlite::{self, SQLITE};
use super::state::{Column, FIRST, Formats, MOST_ROUNDS, Origin, OwnFile, Sort, names};
use super::words::{doing, ended, why};
use super::{data, facts, view};
use crate::lab::{Effect, Input, SqlAnswer};

impl Lab for Formats {
    type Input = Input;
    type Effect = Effect;

    fn update(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Machine(machine) => {
                self.machine = machine;
                self.look()
            }
            Input::Visitor(LabEvent::Press { control }) => self.press(&control),
            Input::Visitor(LabEvent::Change { control, value }) => self.change(&control, &value),
            Input::Visitor(LabEvent::Files { names, sizes }) => self.choose_file(names, &sizes),
            Input::Done(number, outcome) => self.done(number, *outcome),
            Input::Sql(number, answer) => self.answered(number, *answer),
            Input::Took(..) | Input::Writer(_) => Vec::new(),
        }
    }

    fn view(&self, _detail: Detail) -> Vec<(&'static str, maud::Markup)> {
        // Large regions are drawn between rounds: within one that would slow down what is being measured.
        match &self.run {
            Some(run) if !run.is_new_round => view::brief_regions(self),
            _ => view::regions(self),
        }
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }
}

impl Formats {
    fn press(&mut self, control: &str) -> Vec<Effect> {
        match control {
            "measure" if !self.is_busy() => return self.begin(),
            "stop" if self.is_busy() => {
                let mut effects = self.stop();
                effects.extend(self.look());
                return effects;
            }
            "save" if !self.is_busy() => return self.save(),
            _ => {}
        }
        if let Some(by) = control.strip_prefix("sort-").and_then(Column::find) {
            self.sort = Sort {
                by,
                is_descending: self.sort.by == by && !self.sort.is_descending,
            };
        }
        Vec::new()
    }

    fn choose_file(&mut self, names: Vec<String>, sizes: &[u32]) -> Vec<Effect> {
        let Some(name) = names.into_iter().next() else {
            return Vec::new();
        };
        // The kernel has only the new file now: what is measured of the old one ends.
        let mut effects = if self.is_busy() {
            self.stop()
        } else {
            Vec::new()
        };
        self.own = Some(OwnFile {
            serial: self.own.as_ref().map_or(1, |own| own.serial + 1),
            name,
            bytes: sizes.first().copied().unwrap_or_default().into(),
        });
        self.origin = Origin::Own;
        effects.extend(self.look());
        effects
    }

    fn ask(&mut self, source: Source, step: Step) -> Effect {
        self.serial += 1;
        let job = Job::Measure(Measure { source, step });
        Effect::Work(self.serial, Box::new(job))
    }

    /// Looks at the chosen data, if it is not what was looked at last. One look at a time: a slider moves faster.
    pub(super) fn look(&mut self) -> Vec<Effect> {
        let Some(source) = self.source_to_look_at() else {
            return Vec::new();
        };
        let is_seen = |(seen, _): &(Source, _)| *seen == source;
        if self.looking.asked.is_some() || self.looking.seen.as_ref().is_some_and(is_seen) {
            return Vec::new();
        }
        let effect = self.ask(source.clone(), Step::Look { first: FIRST });
        self.looking.asked = Some((self.serial, source));
        vec![effect]
    }

    fn done(&mut self, number: u32, outcome: Result<Outcome, Failure>) -> Vec<Effect> {
        let outcome = outcome.and_then(|outcome| match outcome {
            Outcome::Measured(measured) => Ok(measured),
            _ => Err(Failure::new("other", t!("The worker did something else."))),
        });
        if let Some((_, source)) = self.looking.asked.take_if(|(asked, _)| *asked == number) {
            self.looked(source, outcome);
            return self.look();
        }
        match self.run.take_if(|run| run.number == number) {
            Some(run) => self.measured(run, outcome),
            None => Vec::new(),
        }
    }

    fn looked(&mut self, source: Source, outcome: Result<Measured, Failure>) {
        let seen = outcome.map(|measured| match measured {
            Measured::Looked(look) => look,
            _ => Look::default(),
        });
        if self.source_to_look_at().as_ref() == Some(&source) && !self.is_busy() {
            match &seen {
                Ok(_) => self.status = Status::Idle,
                Err(failure) => self.say_fault(data::fault(failure)),
            }
        }
        self.looking.seen = Some((source, seen));
    }

    fn begin(&mut self) -> Vec<Effect> {
        let Some(source) = self.source() else {
            self.say_fault(t!("No file is chosen yet."));
            return Vec::new();
        };
        let rounds = self.rounds.parse().ok();
        let Some(rounds) = rounds.filter(|rounds| (1..=MOST_ROUNDS).contains(rounds)) else {
            self.say_fault(t!(
                "Rounds are a whole number from 1 to {most}, not “{rounds}”.",
                most = MOST_ROUNDS,
                rounds = self.rounds
            ));
            return Vec::new();
        };
        let chosen: Vec<_> = names().filter(|name| self.chosen.contains(name)).collect();
        if chosen.is_empty() {
            self.say_fault(t!("No format takes part: choose at least one."));
            return Vec::new();
        }
        self.recorded = None;
        self.results = Some(Results {
            data: String::new(),
            records: None,
            rounds,
            budget_s: self.budget_s,
            cores: self.machine.cores,
            resolution_us: self.machine.timer_resolution_us,
            guess: self.guess.clone(),
            formats: chosen.iter().map(|name| self.finding(name)).collect(),
        });
        let subjects = chosen.iter().map(|name| self.subject(name)).collect();
        let mut run = Run::new(source.clone(), subjects);
        let effect = self.ask(source, Step::Look { first: FIRST });
        run.number = self.serial;
        run.is_new_round = true;
        self.run = Some(run);
        self.say(t!("Getting the data …"));
        vec![effect]
    }

    fn finding(&self, name: &str) -> Finding {
        let title = super::state::title(name);
        let title = match name {
            "json" if self.indent => t!("{format}, indented", format = title),
            "pickle" => format!("{title} {}", self.protocol),
            _ => title.to_owned(),
        };
        Finding {
            name: name.to_owned(),
            title,
            ..Finding::default()
        }
    }

    /// Something was measured; the next thing is.
    fn measured(&mut self, mut run: Run, outcome: Result<Measured, Failure>) -> Vec<Effect> {
        let Some(mut results) = self.results.take() else {
            return Vec::new();
        };
        match (run.now, outcome) {
            (None, Ok(Measured::Looked(look))) => {
                results.data = data::sentence(&run.source, &look);
                results.records = look.records;
            }
            (None, Err(failure)) => {
                // Nothing can be measured of data that is not there.
                self.say_fault(data::fault(&failure));
                return Vec::new();
            }
            (Some((at, kind)), outcome) => {
                let is_first = run.round == 0;
                let finding = &mut results.formats[at];
                finding.jobs += 1;
                let taken = outcome.and_then(|measured| match measured {
                    Measured::Rows(rows) => run.table.fill(rows),
                    other => {
                        finding.take(kind, other, is_first);
                        Ok(())
                    }
                });
                if let Err(failure) = taken {
                    finding.failed = Some(why(kind, &failure));
                }
            }
            (None, Ok(_)) => {}
        }
        self.go_on(run, results)
    }

    /// SQLite has answered.
    fn answered(&mut self, number: u32, answer: Result<SqlAnswer, Failure>) -> Vec<Effect> {
        let Some(mut run) = self.run.take_if(|run| run.number == number) else {
            return Vec::new();
        };
        let (Some(mut results), Some((at, kind))) = (self.results.take(), run.now) else {
            return Vec::new();
        };
        let finding = &mut results.formats[at];
        finding.jobs += 1;
        let runs = run.sqlite_runs;
        let is_first = run.round == 0;
        match answer.and_then(|answer| sqlite::answered(kind, runs, answer)) {
            Ok(answered) => {
                let timed = Timed {
                    milliseconds: answered.milliseconds,
                    runs,
                    is_first: !self.sqlite_is_warm,
                };
                finding.add(kind, timed, is_first);
                if is_first && let Some(bytes) = run.table.keep(kind, answered) {
                    finding.size = Some(bytes);
                }
                // The file is the last thing that is asked for the first time.
                self.sqlite_is_warm |= !is_first || kind == Kind::Export;
            }
            Err(failure) => {
                if failure.code == "worker-lost" {
                    self.sqlite_is_warm = false;
                }
                finding.failed = Some(why(kind, &failure));
            }
        }
        self.go_on(run, results)
    }

    /// Asks for the next thing.
    fn go_on(&mut self, mut run: Run, results: Results) -> Vec<Effect> {
        let mut effects = Vec::new();
        match run.advance(&results) {
            Some(next) => {
                self.say(doing(&run, &results));
                effects.push(match next {
                    Next::Work(step) => self.ask(run.source.clone(), step),
                    Next::Sql(question) => {
                        self.serial += 1;
                        Effect::Sql(self.serial, Box::new(question))
                    }
                });
                run.number = self.serial;
                self.run = Some(run);
            }
            None => {
                self.facts.finish(facts::found(&results));
                self.say(ended(&results));
            }
        }
        self.results = Some(results);
        effects
    }

    fn stop(&mut self) -> Vec<Effect> {
        let run = self.run.take();
        let asked = run.and_then(|run| run.now.map(|(at, _)| run.subjects[at].format == SQLITE));
        if asked == Some(true) {
            // It is ended with what it was doing.
            self.sqlite_is_warm = false;
        }
        // A look that was asked for is forgotten with the rest.
        self.looking.asked = None;
        self.say(t!("Stopped. What was measured so far stays."));
        vec![Effect::Stop]
    }

    /// The numbers, as a file for the visitor.
    fn save(&self) -> Vec<Effect> {
        let Some(bytes) = self
            .results
            .as_ref()
            .and_then(|results| serde_json::to_vec_pretty(results).ok())
        else {
            return Vec::new();
        };
        vec![Effect::Download {
            name: "formats-measured.json".to_owned(),
            media_type: "application/json".to_owned(),
            bytes,
        }]
    }
}

impl Finding {
    fn take(&mut self, kind: Kind, measured: Measured, is_first: bool) {
        match measured {
            Measured::Timed { timed, bytes } => {
                self.size = Some(bytes);
                self.add(kind, timed, is_first);
            }
            Measured::Compressed(bytes) => self.compressed = Some(bytes),
            Measured::Compared(losses) => self.losses = Some(losses),
            Measured::Looked(_) | Measured::Rows(_) => {}
        }
    }
}
