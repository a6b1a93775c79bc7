//! Carrying out what the dispatchers ask for.

use core::time::Duration;
use std::rc::Rc;

use browser::{Clock, Job, JsBuffer, Outer, TaskReport, Timer, Values, read_bundle};
use parallel::{BatchId, Ended, Input, Line, Output, Report, Stream, TaskId, WorkerId};
use protocol::{ErrorInfo, ParallelOptions, PrintedLine, ProgressInfo, Reply, RunEnd};
use values::{BundleWriter, Digester};
use wasm_bindgen_futures::spawn_local;
use widgets::Input as LabInput;

use super::run::{Initializer, Run, Source};
use super::{Kernel, RunKey, error_info, events};
use crate::options;

/// Events are told at most this often, so that the page is not kept busy by them.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// Results are told at most this often, in milliseconds.
const TELL_OUTCOMES_EVERY: f64 = 3.0;

impl Kernel {
    pub(super) fn begin_page_run(
        self: &Rc<Self>,
        run: u32,
        given: &ParallelOptions,
        at_hand: bool,
        values: &Values,
    ) {
        let prepared = self
            .prepare(given, Source::Page)
            .and_then(|prepared| Self::with_initializer(prepared, given, values));
        match prepared {
            Ok(mut prepared) => {
                prepared.at_hand = at_hand;
                self.begin(RunKey::Page(run), prepared);
            }
            Err(error) => self.page.send(&Reply::Ended {
                run,
                end: failed_to_begin(error),
            }),
        }
    }

    /// A run with these options, if they can be.
    pub(super) fn prepare(
        &self,
        given: &ParallelOptions,
        source: Source,
    ) -> Result<Run, ErrorInfo> {
        let checked = options::check(given, self.cores.get(), &self.known_backends())?;
        let retries = checked.options.retries;
        let warnings = checked.warnings();
        let version = tasks::find(&given.task).map_or(0, tasks::Task::version);
        let location = given.memory.clone().filter(|name| !name.is_empty());
        let serial = self.next_serial.get();
        self.next_serial.set(serial + 1);
        let mut run = Run::new(
            serial,
            checked.options,
            &given.task,
            version,
            location,
            source,
            self.clock.now(),
        );
        if let Some(rules) = &given.memory_rules {
            run.rules = super::calls::rules_of(rules, false);
            run.files = super::calls::stamps(&rules.files);
        }
        run.warnings = warnings;
        run.backend = checked.choice.backend;
        run.retries = retries;
        run.recycling = checked.recycling;
        Ok(run)
    }

    /// The same run with what each of its workers does first, if that was asked for.
    fn with_initializer(
        mut run: Run,
        given: &ParallelOptions,
        values: &Values,
    ) -> Result<Run, ErrorInfo> {
        let Some(task) = given.initializer.clone() else {
            return Ok(run);
        };
        let mut shared = Vec::new();
        let arguments = read_bundle(values, 0, &mut shared, || 0)
            .ok()
            .and_then(|mut parcels| parcels.pop())
            .ok_or_else(|| {
                error_info(
                    "bad-request",
                    "The arguments of the initializer cannot be read.",
                )
            })?;
        let mut digester = Digester::new();
        digester.part(task.as_bytes());
        arguments.digest_into(&mut digester);
        run.initializer = Some(Initializer {
            task,
            arguments,
            digest: digester.finish(),
        });
        Ok(run)
    }

    pub(super) fn begin(self: &Rc<Self>, key: RunKey, run: Run) {
        self.runs.borrow_mut().insert(key, run);
        self.pump(key);
    }

    pub(super) fn cancel(self: &Rc<Self>, key: RunKey) {
        self.tell(key, Input::Cancel);
        self.pump(key);
    }

    pub(super) fn source_failed(self: &Rc<Self>, key: RunKey, error: Option<ErrorInfo>) {
        if let Some(run) = self.runs.borrow_mut().get_mut(&key) {
            run.source_error = error;
        }
        self.tell(key, Input::SourceFailed);
        self.pump(key);
    }

    /// Tells a run's dispatcher what happened; the caller pumps afterwards.
    pub(super) fn tell(&self, key: RunKey, input: Input) {
        if let Some(run) = self.runs.borrow_mut().get_mut(&key) {
            let now = self.clock.since(run.origin);
            run.dispatcher.handle(now, input);
        }
    }

    /// Does everything that a run's dispatcher asks for, until it asks for nothing more.
    pub(super) fn pump(self: &Rc<Self>, key: RunKey) {
        loop {
            let output = match self.runs.borrow_mut().get_mut(&key) {
                Some(run) if !run.ended => run.dispatcher.next_output(),
                _ => return,
            };
            match output {
                Some(output) => self.carry_out(key, output),
                None => break,
            }
        }
        self.tell_outcomes_soon(key);
        self.tell_events_soon(key);
        self.set_deadline(key);
    }

    /// Tells results at once if none were told just now, else those of the next few milliseconds together: a message for each
    /// tiny task would cost the page and the kernel more than the task.
    fn tell_outcomes_soon(self: &Rc<Self>, key: RunKey) {
        let now = self.clock.now();
        let wait = match self.runs.borrow().get(&key) {
            Some(run) if run.outcomes.is_empty() || run.telling_outcomes.is_some() => return,
            Some(run) => TELL_OUTCOMES_EVERY - (now - run.told_outcomes),
            None => return,
        };
        if wait <= 0.0 {
            self.tell_outcomes(key);
            return;
        }
        let kernel = Rc::clone(self);
        let timer = Timer::after(Duration::from_secs_f64(wait / 1000.0), move || {
            kernel.tell_outcomes(key);
        });
        if let Some(run) = self.runs.borrow_mut().get_mut(&key) {
            run.telling_outcomes = Some(timer);
        }
    }

    fn carry_out(self: &Rc<Self>, key: RunKey, output: Output) {
        match output {
            Output::Pull(count) => self.pull(key, count),
            Output::Send {
                worker,
                batch,
                tasks,
            } => self.send(key, worker, batch, &tasks),
            Output::EndWorker(worker) => {
                self.end_worker(worker);
                self.provide_workers(key);
            }
            Output::Yield { task, outcome } => {
                if let Some(run) = self.runs.borrow_mut().get_mut(&key) {
                    run.settle(task, outcome);
                }
            }
            Output::Event(event) => {
                if let Some(run) = self.runs.borrow_mut().get_mut(&key) {
                    run.note_event(event);
                }
            }
            Output::Print(line) => self.print(key, line),
            Output::Finished(ended) => self.finish(key, ended),
        }
    }

    /// Tells the page a line of a run of its own; labs show progress in their own way.
    fn print(&self, key: RunKey, line: Line) {
        let RunKey::Page(run) = key else { return };
        let stream = match line.stream {
            Stream::Error => "stderr",
            Stream::Output => "stdout",
        };
        self.page.send(&Reply::Printed {
            run,
            lines: vec![PrintedLine {
                stream: stream.to_owned(),
                text: line.text,
            }],
        });
    }

    fn send(&self, key: RunKey, worker: WorkerId, batch: BatchId, tasks: &[TaskId]) {
        let (task, outer, jobs) = {
            let mut runs = self.runs.borrow_mut();
            let Some(run) = runs.get_mut(&key) else {
                return;
            };
            // A task that is alone is never sent twice, so its buffers can be handed over. One of several may have to be
            // sent again if its worker is lost, so its buffers are kept and a copy is sent.
            // But a thread may be lost through another's doing, and its task be sent again.
            let alone = tasks.len() == 1 && run.retries == 0 && !run.is_on_threads();
            let jobs = tasks
                .iter()
                .filter_map(|id| {
                    let arguments = if alone {
                        run.arguments.remove(&id.0)
                    } else {
                        run.arguments.get(&id.0).map(duplicate)
                    };
                    Some(Job {
                        number: *id,
                        arguments: arguments?,
                    })
                })
                .collect();
            let outer = Outer {
                backend: run.backend.clone(),
                workers: run.n_jobs as u32,
                cores: self.cores.get().get() as u32,
            };
            (run.task.clone(), outer, jobs)
        };
        if self.threads.team_of(worker).is_some() {
            self.threads.send(worker, batch, &task, &outer, jobs);
        } else {
            self.pool.send(worker, batch, &task, &outer, jobs);
        }
    }

    pub(super) fn reported(
        self: &Rc<Self>,
        key: RunKey,
        worker: WorkerId,
        batch: BatchId,
        reports: Vec<TaskReport>,
        ended: bool,
    ) {
        let reports: Vec<_> = {
            let mut runs = self.runs.borrow_mut();
            let Some(run) = runs.get_mut(&key) else {
                return;
            };
            reports
                .into_iter()
                .map(|report| {
                    let told = Report {
                        task: TaskId(report.number),
                        started: Clock::span(run.origin, report.started),
                        ended: Clock::span(run.origin, report.ended),
                        failed: report.result.is_err(),
                    };
                    run.note_report(report);
                    told
                })
                .collect()
        };
        self.remember(key, &reports);
        self.tell(key, Input::Reported { batch, reports });
        if ended {
            self.tell(key, Input::BatchEnded { batch });
            self.recycle(key, worker);
        }
        self.pump(key);
    }

    fn set_deadline(self: &Rc<Self>, key: RunKey) {
        let mut runs = self.runs.borrow_mut();
        let Some(run) = runs.get_mut(&key) else {
            return;
        };
        run.deadline = run.dispatcher.next_deadline().map(|deadline| {
            let kernel = Rc::clone(self);
            Timer::after(
                deadline.saturating_sub(self.clock.since(run.origin)),
                move || {
                    kernel.tell(key, Input::Tick);
                    kernel.pump(key);
                },
            )
        });
    }

    fn tell_outcomes(self: &Rc<Self>, key: RunKey) {
        let outcomes = match self.runs.borrow_mut().get_mut(&key) {
            Some(run) => {
                run.telling_outcomes = None;
                run.told_outcomes = self.clock.now();
                core::mem::take(&mut run.outcomes)
            }
            None => return,
        };
        if outcomes.is_empty() {
            return;
        }
        match key {
            RunKey::Page(run) => {
                let mut block = BundleWriter::default();
                let (mut buffers, mut errors) = (Vec::new(), Vec::new());
                for (outcome, parcel) in outcomes {
                    let (head, own) = match &parcel {
                        Some(parcel) => (&parcel.head[..], parcel.buffers.len()),
                        None => (&[][..], 0),
                    };
                    block.add(outcome.status as u8, own, head);
                    buffers.extend(parcel.into_iter().flat_map(|parcel| parcel.buffers));
                    errors.extend(outcome.error);
                }
                let told = Reply::Results { run, errors };
                self.page.send_block(&told, &block.finish(), &buffers);
            }
            RunKey::Lab(lab) => {
                let outcomes = outcomes
                    .into_iter()
                    .map(|(outcome, parcel)| {
                        (outcome, parcel.and_then(|parcel| parcel.unpack().ok()))
                    })
                    .collect();
                self.update_lab(lab, LabInput::Outcomes(outcomes));
            }
            RunKey::Call(call) => {
                for (outcome, value) in outcomes {
                    self.task_done(call, outcome, value);
                }
            }
        }
    }

    fn tell_events_soon(self: &Rc<Self>, key: RunKey) {
        let mut runs = self.runs.borrow_mut();
        let Some(run) = runs.get_mut(&key) else {
            return;
        };
        if run.telling.is_none() && !run.ended {
            let kernel = Rc::clone(self);
            run.telling = Some(Timer::after(TELL_EVERY, move || {
                kernel.tell_events(key);
                // While the run goes on the page is told that time passes, even if nothing else happens.
                kernel.tell_events_soon(key);
            }));
        }
    }

    fn tell_events(self: &Rc<Self>, key: RunKey) {
        let (events, progress) = match self.runs.borrow_mut().get_mut(&key) {
            Some(run) => {
                run.telling = None;
                let progress = run.progress(&self.clock);
                if let RunKey::Page(number) = key {
                    let events = core::mem::take(&mut run.events);
                    let told = Reply::Events {
                        run: number,
                        progress,
                    };
                    self.page.send_block(&told, &events::block(&events), &[]);
                    return;
                }
                (run.take_event_infos(), progress)
            }
            None => return,
        };
        match key {
            RunKey::Page(_) | RunKey::Call(_) => {}
            RunKey::Lab(lab) => {
                self.update_lab(lab, LabInput::Events(events, progress));
                self.show_lab_running(lab);
            }
        }
    }

    /// The run is over. What it remembered is written before the end is told, so that whoever hears of the end can rely
    /// on it.
    fn finish(self: &Rc<Self>, key: RunKey, ended: Ended) {
        let (remembers, mut warnings) = match self.runs.borrow_mut().get_mut(&key) {
            Some(run) => {
                run.ended = true;
                run.deadline = None;
                (run.location.is_some(), core::mem::take(&mut run.warnings))
            }
            None => return,
        };
        self.release_workers(key);
        self.tell_outcomes(key);
        self.tell_events(key);
        let kernel = Rc::clone(self);
        spawn_local(async move {
            if let (true, Some(memory)) = (remembers, kernel.memory()) {
                memory.flush(kernel.clock.now()).await;
                warnings.extend(memory.take_warnings().iter().map(ToString::to_string));
            }
            kernel.tell_end(key, ended, warnings);
        });
    }

    fn tell_end(self: &Rc<Self>, key: RunKey, ended: Ended, warnings: Vec<String>) {
        let Some(mut run) = self.runs.borrow_mut().remove(&key) else {
            return;
        };
        let shared: Vec<_> = run.shared.iter().filter_map(JsBuffer::number).collect();
        self.pool.forget(&shared);
        self.threads.forget(&shared);
        let end = run.end(ended, &self.clock, warnings);
        match key {
            RunKey::Page(run) => self.page.send(&Reply::Ended { run, end }),
            RunKey::Lab(lab) => {
                self.update_lab(lab, LabInput::Ended(end));
                self.show_lab(lab);
            }
            RunKey::Call(call) => self.task_over(call, end.error),
        }
    }
}

pub(super) fn duplicate(
    parcel: &values::Parcel<browser::JsBuffer>,
) -> values::Parcel<browser::JsBuffer> {
    values::Parcel {
        head: parcel.head.clone(),
        buffers: parcel
            .buffers
            .iter()
            .map(browser::JsBuffer::duplicate)
            .collect(),
    }
}

/// The end of a run that could not begin.
pub(super) fn failed_to_begin(error: ErrorInfo) -> RunEnd {
    RunEnd {
        error: Some(error),
        warnings: Vec::new(),
        progress: ProgressInfo::default(),
    }
}
