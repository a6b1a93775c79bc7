//! What the lab does with what it hears.

use language::{mark, t};
use protocol::{LabEvent, Loose, ParallelOptions, RunEnd, TaskOutcome, TaskStatus};

use super::state::{Curve, Part, ROUNDS, Running, Step, TimelineLab};
use super::{view, work};
use crate::facts::Facts;
use crate::format;
use crate::lab::{Detail, Effect, Input, Items, Lab, RunRequest};
use crate::measure::Samples;
use crate::status::Status;
use crate::timeline::Timeline;

/// How fast the machine is, is found by so many tasks, one after the other, of so many rounds each; the fastest counts.
const RATE_TASKS: usize = 8;
const RATE_ROUNDS: f64 = 50_000.0;
/// A run whose tasks are so much faster than the machine was thought to be says how fast it is: by now the browser has
/// translated the loop better.
const FASTER: f64 = 1.25;
/// Each of up to so many workers is measured for the curve.
const EACH: u32 = 8;
/// At least up to so many workers are measured.
const LEAST: u32 = 4;

impl Lab for TimelineLab {
    type Input = Input;
    type Effect = Effect;

    fn update(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Machine(machine) => self.machine = machine,
            Input::Visitor(LabEvent::Press { control }) => return self.press(&control),
            Input::Visitor(LabEvent::Change { control, value }) => self.change(&control, &value),
            Input::Begun { workers } if self.is_shown() => self.workers = workers,
            Input::Outcomes(outcomes) => {
                for (outcome, _) in outcomes {
                    self.outcome(&outcome);
                }
            }
            Input::Events(events, progress) if self.is_shown() => {
                self.timeline.add(&events);
                self.timeline.set_now(progress.elapsed_ms);
                self.progress = progress;
            }
            Input::Ended(end) => return self.ended(end),
            _ => {}
        }
        Vec::new()
    }

    fn view(&self, detail: Detail) -> Vec<(&'static str, maud::Markup)> {
        // Between the runs that are measured nothing large is shown.
        if detail == Detail::Brief || (self.is_busy() && !self.is_shown()) {
            view::brief_regions(self)
        } else {
            view::regions(self)
        }
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }
}

impl TimelineLab {
    /// Whether what is running is shown as it goes on.
    pub(super) fn is_shown(&self) -> bool {
        let shown =
            |running: &Running| running.step.curve.is_none() && running.step.part != Part::Rate;
        self.running.as_ref().is_some_and(shown)
    }

    fn press(&mut self, control: &str) -> Vec<Effect> {
        match control {
            "run" if !self.is_busy() => self.begin(false),
            "curve" if !self.is_busy() => self.begin(true),
            "cold" if !self.is_busy() => {
                self.status = Status::said(t!(
                    "The workers are ended: the next run has to start new ones."
                ));
                vec![Effect::EndWorkers]
            }
            "stop" => {
                self.plan.clear();
                match &mut self.running {
                    Some(running) => {
                        running.stopping = true;
                        vec![Effect::Stop]
                    }
                    None => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }

    fn begin(&mut self, is_curve: bool) -> Vec<Effect> {
        let work = match self.asked() {
            Ok(work) => work,
            Err(why) => {
                self.status = Status::fault(why);
                return Vec::new();
            }
        };
        self.begun = true;
        self.work = work;
        if self.rate == 0.0 {
            self.plan.push_back(Step {
                part: Part::Rate,
                curve: None,
            });
        }
        if is_curve {
            let points = self.points();
            self.curve = Some(Curve {
                points: points
                    .iter()
                    .map(|workers| (*workers, Samples::default()))
                    .collect(),
                serial: self.work.serial(),
                first_ms: 0.0,
                cores: self.cores(),
            });
            // The first run of all, on all cores, warms up, and does not count.
            self.plan_run(Some((self.cores(), false)));
            for _ in 0..ROUNDS {
                for workers in &points {
                    self.plan_run(Some((*workers, true)));
                }
            }
        } else {
            self.timeline = Timeline::default();
            self.rates.clear();
            self.error = None;
            self.ended = false;
            self.workers = 0;
            self.progress = protocol::ProgressInfo::default();
            self.plan_run(None);
        }
        self.next()
    }

    pub(super) fn cores(&self) -> u32 {
        self.machine.cores.max(1)
    }

    /// The numbers of workers that are measured.
    fn points(&self) -> Vec<u32> {
        let most = self.cores().max(LEAST);
        let is_one = |workers: &u32| {
            *workers <= EACH || workers.is_multiple_of(EACH / 2) || *workers == most
        };
        (1..=most).filter(is_one).collect()
    }

    fn plan_run(&mut self, curve: Option<(u32, bool)>) {
        if self.work.first > 0.0 {
            self.plan.push_back(Step {
                part: Part::First,
                curve,
            });
        }
        self.plan.push_back(Step {
            part: Part::Rest,
            curve,
        });
    }

    /// Begins what comes next in the plan, if anything does.
    fn next(&mut self) -> Vec<Effect> {
        let Some(step) = self.plan.pop_front() else {
            return Vec::new();
        };
        self.status = Status::Working(match (step.part, step.curve) {
            (Part::Rate, _) => mark!("Measuring how fast this machine is …"),
            (_, Some(_)) => mark!("Measuring the same work on more and more workers …"),
            _ => mark!("Working …"),
        });
        let is_rest = step.part == Part::Rest;
        let values = match step.part {
            Part::Rate => vec![work::item(RATE_ROUNDS, "finish"); RATE_TASKS],
            Part::First => vec![work::item(self.work.first * self.rate, "finish")],
            Part::Rest => self.work.items(self.rate, step.curve.is_none()),
        };
        let text = |name: &str| Some(self.value(name).to_owned());
        let loose = |name: &str| text(name).filter(|said| !said.is_empty()).map(Loose::Text);
        let mut options = ParallelOptions {
            task: "work".to_owned(),
            n_jobs: Some(Loose::Number(1.0)),
            backend: text("backend"),
            ..ParallelOptions::default()
        };
        if is_rest {
            options.n_jobs = loose("workers");
            options.batch_size = loose("batch-size");
            options.pre_dispatch = loose("pre-dispatch");
        }
        match step.curve {
            Some((workers, _)) => {
                options.n_jobs = is_rest.then(|| Loose::Number(f64::from(workers)));
            }
            None if is_rest => {
                options.on_error = text("on-error");
                options.timeout_seconds = loose("timeout");
                options.on_timeout = text("on-timeout");
            }
            None => {}
        }
        if step.part == Part::Rate {
            options.batch_size = Some(Loose::Number(1.0));
            options.backend = Some("sequential".to_owned());
        }
        self.running = Some(Running {
            step,
            stopping: false,
        });
        let request = RunRequest {
            options,
            memory: false,
            items: Items::Values(values),
        };
        vec![Effect::Run(Box::new(request))]
    }

    fn outcome(&mut self, outcome: &TaskOutcome) {
        let Some(running) = &self.running else { return };
        if outcome.status != TaskStatus::Ok || outcome.duration_ms <= 0.0 {
            return;
        }
        match running.step.part {
            Part::Rate => self.rate = self.rate.max(RATE_ROUNDS / outcome.duration_ms),
            Part::Rest if running.step.curve.is_none() => {
                let duration = self.work.rest.get(outcome.task as usize);
                self.rates
                    .extend(duration.map(|duration| duration * self.rate / outcome.duration_ms));
            }
            _ => {}
        }
    }

    fn ended(&mut self, end: RunEnd) -> Vec<Effect> {
        let Some(Running { step, stopping }) = self.running.take() else {
            return Vec::new();
        };
        let elapsed = end.progress.elapsed_ms;
        if step.curve.is_none() && step.part != Part::Rate {
            self.timeline.set_now(elapsed);
            self.progress = end.progress;
        }
        if let Some(error) = end.error {
            self.plan.clear();
            self.ended = true;
            let time = format::time(self.timeline.end());
            self.status = if stopping || error.code == "cancelled" {
                Status::said(t!("Stopped after {time}.", time))
            } else {
                Status::fault(error.message.clone())
            };
            if step.curve.is_some() {
                self.curve = None;
            } else if step.part != Part::Rate {
                self.error = Some(error);
                self.facts.finish(self.found());
            }
            return Vec::new();
        }
        match (step.part, step.curve, &mut self.curve) {
            (Part::Rate, ..) => {}
            (Part::First, None, _) => self.timeline.follow(1),
            (Part::Rest, None, _) => {
                self.ended = true;
                self.mend_rate();
                self.facts.finish(self.found());
                self.status = self.summary();
            }
            (Part::First, Some(_), Some(curve)) => curve.first_ms = elapsed,
            (_, Some((workers, counts)), Some(curve)) => {
                let whole = elapsed + core::mem::take(&mut curve.first_ms);
                let point = curve
                    .points
                    .iter_mut()
                    .find(|point| counts && point.0 == workers);
                if let Some((_, samples)) = point {
                    samples.add(whole);
                }
                if self.plan.is_empty() {
                    self.facts.finish(self.found_by_curve());
                    self.status = Status::said(t!("Done: the curve is measured."));
                }
            }
            _ => {}
        }
        self.next()
    }

    fn mend_rate(&mut self) {
        self.rates.sort_by(f64::total_cmp);
        let median = self.rates.get(self.rates.len() / 2);
        if let Some(rate) = median.filter(|rate| **rate > self.rate * FASTER) {
            self.rate = *rate;
        }
    }

    fn summary(&self) -> Status {
        let progress = &self.progress;
        let all = self.work.rest.len() as u32;
        let tasks = format::plural(u64::from(all), "task");
        let time = format::time(self.timeline.end());
        let workers = format::plural(u64::from(self.workers), "worker");
        match progress.failed {
            0 => Status::said(t!(
                "Done: {tasks} in {time} on {workers}.",
                tasks,
                time,
                workers
            )),
            failed => Status::said(t!(
                "Done: {tasks} in {time} on {workers}; {failed} of them without a result.",
                tasks,
                time,
                workers,
                failed
            )),
        }
    }
}
