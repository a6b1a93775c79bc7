//! The labs about work. Runs of texts are done one after the other, on texts made up here; runs of values are in
//! `acted.rs`.

use std::collections::{BTreeMap, VecDeque};

use crate::acted::{self, CORES};
use crate::options;
use crate::remembered::Remembered;
use lessons::example::Example;
use protocol::{ErrorInfo, Loose, ProgressInfo, RunEnd, TaskOutcome, TaskStatus};
use values::Value;
use widgets::{CollectionText, Effect, Input, Items, Machine, RunRequest, TextRef, WorkLab};

/// As many texts as the bundled collection has.
const TEXTS: usize = 123;
/// As long takes each task, in milliseconds.
const TASK_MS: f64 = 2.0;
/// As long takes a promise, besides what it computes.
const PROMISE_MS: f64 = 0.000_2;

/// A text, by its place, how often it was changed, and whether it is bundled.
type Key = (usize, u32, bool);

pub(crate) struct Stage {
    example: Example<WorkLab>,
    effects: VecDeque<Effect>,
    /// What is remembered.
    memory: BTreeMap<Key, Value>,
    run: Option<Run>,
    /// A run of values.
    acted: Option<acted::Run>,
    workers: acted::Workers,
    /// What the calls of the lab cache inspector are remembered in.
    remembered: Remembered,
}

/// A run of texts.
struct Run {
    request: RunRequest,
    next: usize,
    workers: u32,
    progress: ProgressInfo,
}

impl Stage {
    pub(crate) fn new(example: Example<WorkLab>) -> Self {
        Self {
            example,
            effects: VecDeque::new(),
            memory: BTreeMap::new(),
            run: None,
            acted: None,
            workers: acted::Workers::default(),
            remembered: Remembered::new(),
        }
    }

    fn one(&mut self, effect: Effect) {
        use crate::Stage as _;
        match effect {
            Effect::LoadCollection => {
                let texts = (0..TEXTS).map(|at| CollectionText {
                    title: title(at),
                    bytes: text(at, 0).len() as u64,
                });
                self.hear(Input::Collection(Ok(texts.collect())));
            }
            Effect::Run(request) => self.begin_run(*request),
            Effect::Stop => {
                if let Some(run) = &mut self.acted {
                    run.cancel(&mut self.workers);
                    self.tell_acted();
                }
                if let Some(run) = self.run.take() {
                    let error = error("cancelled", "Stopped.");
                    self.end(&run, Some(error));
                }
            }
            Effect::ClearMemory => {
                let freed = self.held();
                self.memory.clear();
                self.hear(Input::Cleared(Ok(freed)));
            }
            Effect::EndWorkers => self.workers.end(),
            Effect::Call(_) | Effect::Memory(_) | Effect::Fault(_) => {
                for input in self.remembered.act(effect, &mut self.effects) {
                    self.hear(input);
                }
            }
            Effect::Promises { count, rounds } => {
                let each = rounds as f64 * acted::ROUND_S * 1000.0 + PROMISE_MS;
                self.hear(Input::Promises(Ok(f64::from(count) * each)));
            }
            Effect::ReadMemory => {
                let held = self.held();
                self.hear(Input::Stored(Ok(held)));
            }
        }
    }

    /// Entries and about as many bytes as they have.
    fn held(&self) -> (u64, u64) {
        let entries = self.memory.len() as u64;
        (entries, entries * 500)
    }

    fn begin_run(&mut self, request: RunRequest) {
        use crate::Stage as _;
        let cores = core::num::NonZeroUsize::new(CORES).unwrap_or(core::num::NonZeroUsize::MIN);
        if let Items::Values(values) = request.items {
            match options::check(&request.options, cores, &parallel::Backends::new()) {
                Ok(checked) => {
                    let task = &request.options.task;
                    let run = acted::Run::new(task, checked.options, values);
                    let workers = run.n_jobs();
                    self.acted = Some(run);
                    self.hear(Input::Begun { workers });
                }
                Err(error) => self.hear(Input::Ended(RunEnd {
                    error: Some(error),
                    warnings: Vec::new(),
                    progress: ProgressInfo::default(),
                })),
            }
            return;
        }
        let requested = match &request.options.n_jobs {
            None => Ok(None),
            Some(Loose::Number(number)) => parallel::n_jobs_from_number(*number).map(Some),
            Some(Loose::Text(text)) => parallel::parse_n_jobs(text).map(Some),
        };
        let wanted = requested.and_then(|n_jobs| parallel::effective_n_jobs(n_jobs, cores));
        let workers = match (&wanted, request.options.backend.as_deref()) {
            (Ok(_), Some("sequential")) => 1,
            (Ok(n_jobs), _) => n_jobs.get() as u32,
            (Err(why), _) => {
                let end = RunEnd {
                    error: Some(error("bad-options", &why.to_string())),
                    warnings: Vec::new(),
                    progress: ProgressInfo::default(),
                };
                return self.hear(Input::Ended(end));
            }
        };
        self.hear(Input::Begun { workers });
        self.run = Some(Run {
            request,
            next: 0,
            workers,
            progress: ProgressInfo::default(),
        });
    }

    /// Does the next task of the run; whether there is another.
    fn task(&mut self) -> Result<bool, String> {
        use crate::Stage as _;
        let Some(mut run) = self.run.take() else {
            return Ok(false);
        };
        let of = match &run.request.items {
            Items::Texts(texts) => texts.get(run.next).cloned(),
            Items::Values(_) => None,
        };
        let Some(of) = of else {
            self.end(&run, None);
            return Ok(false);
        };
        let key = (of.position, of.changes, of.bundled);
        let known = self
            .memory
            .get(&key)
            .filter(|_| run.request.memory)
            .cloned();
        let status = if known.is_some() {
            run.progress.cached += 1;
            TaskStatus::Cached
        } else {
            TaskStatus::Ok
        };
        let value = match known {
            Some(value) => value,
            None => count(&of)?,
        };
        if run.request.memory {
            self.memory.insert(key, value.clone());
        }
        let outcome = TaskOutcome {
            task: run.next as u32,
            status,
            duration_ms: TASK_MS,
            error: None,
        };
        run.next += 1;
        run.progress.done += 1;
        run.progress.elapsed_ms += TASK_MS / f64::from(run.workers);
        self.run = Some(run);
        self.hear(Input::Outcomes(vec![(outcome, Some(value))]));
        Ok(true)
    }

    /// Tells what has happened in a run of values, and its end.
    fn tell_acted(&mut self) {
        use crate::Stage as _;
        let Some(run) = &mut self.acted else { return };
        let (told, progress, end) = (run.take_told(), run.progress(), run.end());
        if !told.outcomes.is_empty() {
            self.hear(Input::Outcomes(told.outcomes));
        }
        if !told.events.is_empty() {
            self.hear(Input::Events(told.events, progress));
        }
        if let Some(end) = end {
            self.acted = None;
            self.hear(Input::Ended(end));
        }
    }

    fn end(&mut self, run: &Run, error: Option<ErrorInfo>) {
        use crate::Stage as _;
        self.hear(Input::Ended(RunEnd {
            error,
            warnings: Vec::new(),
            progress: run.progress,
        }));
    }
}

impl crate::Stage for Stage {
    type Input = Input;
    type Effect = Effect;
    type Within = WorkLab;

    fn example(&self) -> &Example<WorkLab> {
        &self.example
    }

    fn begin(&mut self) {
        self.hear(Input::Machine(Machine {
            cores: CORES as u32,
            timer_resolution_us: 5.0,
            storage: "indexeddb".to_owned(),
            storage_why: String::new(),
            backends: Vec::new(),
        }));
    }

    fn hear(&mut self, input: Input) {
        self.effects
            .extend(widgets::Lab::update(&mut self.example, input));
    }

    fn finish(&mut self, is_stopped_next: bool) -> Result<(), String> {
        loop {
            if let Some(effect) = self.effects.pop_front() {
                self.one(effect);
                continue;
            }
            if let Some(run) = &mut self.acted {
                if is_stopped_next && run.is_half() {
                    return Ok(());
                }
                match run.step(&mut self.workers) {
                    // It hangs until it is stopped.
                    Err(_) if is_stopped_next => return Ok(()),
                    Err(why) => return Err(why),
                    Ok(()) => self.tell_acted(),
                }
                continue;
            }
            let half = self.run.as_ref().map(|run| run.request.items.len() / 2);
            let is_half = self.run.as_ref().map(|run| run.next) >= half;
            if self.run.is_none() || is_stopped_next && is_half {
                return Ok(());
            }
            self.task()?;
        }
    }
}

fn error(code: &str, message: &str) -> ErrorInfo {
    ErrorInfo {
        code: code.to_owned(),
        message: message.to_owned(),
        task: None,
        position: None,
    }
}

fn title(at: usize) -> String {
    format!("Text {}", at + 1)
}

/// A text with more words the later it comes.
fn text(at: usize, changes: u32) -> String {
    let line = "one word follows another and then the next\n";
    line.repeat(at + 2 + changes as usize)
}

fn count(of: &TextRef) -> Result<Value, String> {
    let task = tasks::find("word_frequencies").ok_or("there is no task `word_frequencies`")?;
    let text = text(of.position, of.changes);
    let arguments = Value::map([
        ("name", Value::from(of.name.as_str())),
        ("text", Value::Bytes(text.into_bytes())),
    ]);
    task.run(arguments, &tasks::TestHost::default())
        .map_err(|error| error.to_string())
}
