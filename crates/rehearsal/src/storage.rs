//! The labs about storage: the workbench is the real one.

use core::cell::Cell;
use std::collections::VecDeque;

use engines::questions::registry;
use engines::sql::{SqlReply, SqlRequest};
use experiments::{Bench, Failure, Job, Material, Outcome, Source};
use lessons::example::Example;
use storage_labs::{Effect, Input, Machine, SqlAnswer, SqlQuestion, StorageLab};

use crate::Files;
use crate::double::Double;
use crate::writer::ActedWriter;

/// As long as each look at the clock takes, in milliseconds.
const LOOK_MS: f64 = 2.5;
/// As long as each execution in SQLite takes, in milliseconds.
const EXECUTION_MS: f64 = 0.25;
/// So many people are too many for a rehearsal; as many stand for them.
const MOST_PEOPLE: (u32, u32) = (100_000, 5_000);

pub(crate) struct Stage<'a> {
    example: Example<StorageLab>,
    effects: VecDeque<Effect>,
    bench: Bench,
    /// The data set whose bytes the bench has.
    loaded: Option<Source>,
    files: Files<'a>,
    sqlite: Option<Double>,
    writer: ActedWriter,
    clock: Cell<f64>,
    /// Jobs that were done, with what came of them: with this clock the same job gives the same again.
    done: Vec<(Job, Outcome)>,
}

impl<'a> Stage<'a> {
    pub(crate) fn new(example: Example<StorageLab>, files: Files<'a>) -> Self {
        Self {
            example,
            effects: VecDeque::new(),
            bench: Bench::default(),
            loaded: None,
            files,
            sqlite: None,
            writer: ActedWriter::default(),
            clock: Cell::new(0.0),
            done: Vec::new(),
        }
    }

    fn one(&mut self, effect: Effect) -> Result<(), String> {
        use crate::Stage as _;
        match effect {
            Effect::Work(number, job) => {
                let outcome = self.work(*job)?;
                self.hear(Input::Took(number, LOOK_MS));
                self.hear(Input::Done(number, Box::new(outcome)));
            }
            Effect::Sql(number, question) => {
                let answer = self.ask(&question);
                self.hear(Input::Sql(number, Box::new(Ok(answer))));
            }
            Effect::Writer(effect) => {
                let is_ended = |effects: &VecDeque<Effect>| {
                    let is_end = |effect: &Effect| {
                        matches!(effect, Effect::Writer(storage_labs::WriterEffect::End))
                    };
                    effects.iter().any(is_end)
                };
                let example = &mut self.example;
                let effects = &mut self.effects;
                self.writer.take(effect, &mut |input| {
                    effects.extend(widgets::Lab::update(example, Input::Writer(input)));
                    is_ended(effects)
                });
            }
            Effect::Stop => {
                self.effects.clear();
                self.bench = Bench::default();
                self.loaded = None;
                self.sqlite = None;
            }
            Effect::Download { .. } => {}
        }
        Ok(())
    }

    fn work(&mut self, mut job: Job) -> Result<Result<Outcome, Failure>, String> {
        if let Job::Ask(ask) = &mut job
            && ask.source == Source::People(registry(MOST_PEOPLE.0))
        {
            ask.source = Source::People(registry(MOST_PEOPLE.1));
        }
        if let Some((_, outcome)) = self.done.iter().find(|(done, _)| *done == job) {
            return Ok(Ok(outcome.clone()));
        }
        let source = job.source().cloned();
        let wanted = source
            .clone()
            .filter(|source| source.needs_bytes() && self.loaded.as_ref() != Some(source));
        let bytes = match wanted {
            Some(Source::Bundled(name)) => {
                let set = datasets::find(&name)
                    .ok_or_else(|| format!("there is no data set `{name}`"))?;
                Some((self.files)(set.file)?)
            }
            Some(_) => return Err("there is no visitor with a file of their own".to_owned()),
            None => None,
        };
        let clock = &self.clock;
        let now = || {
            clock.set(clock.get() + LOOK_MS);
            clock.get()
        };
        let material = Material { bytes, value: None };
        let outcome = self.bench.run(1, job.clone(), material, &now);
        let outcome = outcome.map(|(outcome, _)| outcome);
        if outcome.is_err() {
            self.loaded = None;
        } else if source.is_some() {
            self.loaded = source;
        }
        if let (Job::Ask(_), Ok(outcome)) = (&job, &outcome) {
            self.done.push((job, outcome.clone()));
        }
        Ok(outcome)
    }

    fn ask(&mut self, question: &SqlQuestion) -> SqlAnswer {
        let sqlite = self.sqlite.get_or_insert_with(Double::start);
        let (mut replies, buffers) = sqlite.ask(&question.requests, &question.buffers);
        for (request, reply) in question.requests.iter().zip(&mut replies) {
            let executions = match request {
                SqlRequest::Execute { parameters, .. } => parameters.count,
                _ => 1,
            };
            if let SqlReply::Executed { elapsed_ms, .. }
            | SqlReply::Done { elapsed_ms, .. }
            | SqlReply::Script { elapsed_ms, .. }
            | SqlReply::File { elapsed_ms, .. } = reply
            {
                *elapsed_ms = EXECUTION_MS * f64::from(executions);
            }
        }
        SqlAnswer {
            replies,
            buffers,
            milliseconds: 130.0,
        }
    }
}

impl crate::Stage for Stage<'_> {
    type Input = Input;
    type Effect = Effect;
    type Within = StorageLab;

    fn example(&self) -> &Example<StorageLab> {
        &self.example
    }

    fn begin(&mut self) {
        self.hear(Input::Machine(Machine {
            cores: 2,
            timer_resolution_us: 5.0,
        }));
    }

    fn hear(&mut self, input: Input) {
        self.effects
            .extend(widgets::Lab::update(&mut self.example, input));
    }

    fn finish(&mut self, is_stopped_next: bool) -> Result<(), String> {
        if is_stopped_next {
            // What is asked for is stopped before any of it is done.
            return Ok(());
        }
        while let Some(effect) = self.effects.pop_front() {
            self.one(effect)?;
        }
        Ok(())
    }
}
