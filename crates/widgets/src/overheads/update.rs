//! What the lab does with what it hears.

use language::{mark, t};
use protocol::{EventInfo, LabEvent, Loose, ParallelOptions, ProgressInfo, RunEnd};
use values::Value;

use super::measured::{Measured, Time, milliseconds};
use super::plan::{self, MOST_MS, Plan, Step};
use super::state::{LENGTHS, Overheads, ROWS, TASKS, Way};
use super::view;
use crate::facts::Facts;
use crate::format;
use crate::lab::{Detail, Effect, Input, Items, Lab, RunRequest};
use crate::status::Status;

/// What is computed to see how fast the machine is: at first so many rounds, and then as many as take so long.
const FIRST_ROUNDS: u64 = 20_000;
const CALIBRATE_MS: f64 = 30.0;
/// A promise takes about as long at least, in microseconds.
const PROMISE_US: f64 = 0.1;

impl Lab for Overheads {
    type Input = Input;
    type Effect = Effect;

    fn update(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Machine(machine) => self.machine = machine,
            Input::Visitor(LabEvent::Press { control }) => return self.press(&control),
            Input::Visitor(LabEvent::Change { control, value }) => {
                self.change(&control, value.trim());
            }
            Input::Begun { workers } => self.begun(workers),
            Input::Outcomes(outcomes) => {
                if let (Some(plan), Some((first, _))) = (&mut self.plan, outcomes.first())
                    && first.task == 0
                {
                    plan.first_took = first.duration_ms;
                }
            }
            Input::Events(events, progress) => self.heard(&events, progress),
            Input::Ended(end) => return self.ended(end),
            Input::Promises(result) => return self.promised(result),
            _ => {}
        }
        Vec::new()
    }

    fn view(&self, detail: Detail) -> Vec<(&'static str, maud::Markup)> {
        // Between the runs of a measurement nothing large is shown either: the next one has already begun.
        view::regions(self, detail == Detail::Full && !self.is_busy())
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }
}

impl Overheads {
    fn press(&mut self, control: &str) -> Vec<Effect> {
        match control {
            "measure" if !self.is_busy() => {
                let takes = milliseconds(self.length) * self.setting.tasks as f64;
                if takes > MOST_MS {
                    self.status = Status::fault(t!(
                        "{tasks} of {length} are {time} of work, and all of it is done many times: choose fewer or shorter tasks, of {most} together at most.",
                        tasks = format::plural(self.setting.tasks, "task"),
                        length = format::short_time(milliseconds(self.length)),
                        time = format::short_time(takes),
                        most = format::short_time(MOST_MS)
                    ));
                    return Vec::new();
                }
                self.begin(&[self.length])
            }
            "curve" if !self.is_busy() => self.begin(&plan::curve(self.setting.tasks, self.length)),
            "stop" => self.stop(),
            _ => Vec::new(),
        }
    }

    fn change(&mut self, control: &str, value: &str) {
        if self.is_busy() {
            return;
        }
        let step = value.parse().unwrap_or(0_usize);
        let setting = &mut self.setting;
        match control {
            "length" => self.length = LENGTHS[step.min(LENGTHS.len() - 1)],
            "tasks" => setting.tasks = TASKS[step.min(TASKS.len() - 1)],
            "workers" => value.clone_into(&mut setting.n_jobs),
            "batch" => setting.alone = value == "1",
            _ => {}
        }
    }

    fn begin(&mut self, lengths: &[u64]) -> Vec<Effect> {
        self.begun = true;
        self.recorded = None;
        self.status = Status::Idle;
        let mut measured = Measured {
            tasks: self.setting.tasks,
            cores: self.machine.cores,
            clock_us: self.machine.timer_resolution_us,
            ..Measured::default()
        };
        if let Some((setting, kept)) = self.measured.take()
            && setting == self.setting
        {
            // What is measured again is measured anew; other lengths stay.
            measured.times = kept.times;
            measured.times.retain(|time| {
                time.length > 0 && !time.is_start && !lengths.contains(&time.length)
            });
        }
        self.measured = Some((self.setting.clone(), measured));
        self.plan = Some(Plan::new(lengths, self.no_threads().is_none()));
        self.next()
    }

    /// The next run, or the end of the measurement.
    fn next(&mut self) -> Vec<Effect> {
        let Some(step) = self.plan.as_mut().and_then(Plan::next) else {
            return self.finish();
        };
        let (tasks, clock) = (self.setting.tasks, self.machine.timer_resolution_us);
        let Some(plan) = &self.plan else {
            return Vec::new();
        };
        match step {
            Step::WarmUp(row) => vec![self.engine(ROWS[row].way, tasks, 0, false)],
            Step::Calibrate => {
                let rounds = (plan.rounds_per_ms * CALIBRATE_MS) as u64;
                vec![self.in_one_go(rounds.max(FIRST_ROUNDS), 1)]
            }
            Step::Run(row, length) => {
                let (row, work) = (ROWS[row], plan.work(length));
                match row.way {
                    Way::Loop => {
                        let times = Plan::together(tasks, clock, length as f64);
                        vec![self.in_one_go(work, times)]
                    }
                    Way::Promises => {
                        let count = Plan::together(tasks, clock, length as f64 + PROMISE_US);
                        vec![Effect::Promises {
                            count: count as u32,
                            rounds: work,
                        }]
                    }
                    way if row.cold => {
                        vec![Effect::EndWorkers, self.engine(way, tasks, work, true)]
                    }
                    way => vec![self.engine(way, tasks, work, false)],
                }
            }
            Step::RoundDone => Vec::new(),
        }
    }

    /// One call that does everything.
    fn in_one_go(&self, rounds: u64, times: u64) -> Effect {
        let item = Value::map([
            ("rounds", Value::Int(rounds.cast_signed())),
            ("times", Value::Int(times.cast_signed())),
        ]);
        self.run(Way::Sequential, vec![item], false)
    }

    /// Tasks that are handed over.
    fn engine(&self, way: Way, tasks: u64, rounds: u64, events: bool) -> Effect {
        let item = Value::map([("rounds", Value::Int(rounds.cast_signed()))]);
        self.run(way, vec![item; tasks as usize], events)
    }

    fn run(&self, way: Way, items: Vec<Value>, events: bool) -> Effect {
        let batch_size = if self.setting.alone { "1" } else { "auto" };
        Effect::Run(Box::new(RunRequest {
            options: ParallelOptions {
                task: "work".to_owned(),
                n_jobs: Some(Loose::Text(self.setting.n_jobs.clone())),
                backend: Some(way.name().to_owned()),
                batch_size: Some(Loose::Text(batch_size.to_owned())),
                events: Some(events),
                ..ParallelOptions::default()
            },
            memory: false,
            items: Items::Values(items),
        }))
    }

    fn begun(&mut self, workers: u32) {
        if let (Some(plan), Some((_, measured))) = (&self.plan, &mut self.measured)
            && let Step::WarmUp(_) = plan.now
        {
            measured.workers = workers;
        }
    }

    fn heard(&mut self, events: &[EventInfo], progress: ProgressInfo) {
        let Some(plan) = &mut self.plan else { return };
        if let Some(finished) = events.iter().find(|event| event.kind == "finished") {
            plan.first_done.get_or_insert(finished.at);
        }
        // All is done, and this is earlier than the word of the end.
        if u64::from(progress.done) == self.setting.tasks {
            plan.elapsed.get_or_insert(progress.elapsed_ms);
        }
    }

    fn ended(&mut self, end: RunEnd) -> Vec<Effect> {
        let Some(plan) = &self.plan else {
            return Vec::new();
        };
        if plan.stopping {
            return self.stopped();
        }
        if let Some(error) = end.error {
            self.plan = None;
            self.status = Status::fault(error.message);
            return Vec::new();
        }
        let elapsed = plan.elapsed.unwrap_or(end.progress.elapsed_ms);
        self.done(elapsed)
    }

    fn promised(&mut self, result: Result<f64, String>) -> Vec<Effect> {
        match (&self.plan, result) {
            (None, _) => Vec::new(),
            (Some(_), Ok(milliseconds)) => self.done(milliseconds),
            (Some(_), Err(why)) => {
                self.plan = None;
                self.status = Status::fault(t!("The promises could not be measured. {why}", why));
                Vec::new()
            }
        }
    }

    /// The run is done, and took so many milliseconds.
    fn done(&mut self, elapsed: f64) -> Vec<Effect> {
        let (Some(plan), Some((setting, measured))) = (&mut self.plan, &mut self.measured) else {
            return Vec::new();
        };
        plan.spent_ms += elapsed;
        match plan.now {
            Step::WarmUp(_) | Step::RoundDone => {}
            Step::Calibrate => {
                let rounds = ((plan.rounds_per_ms * CALIBRATE_MS) as u64).max(FIRST_ROUNDS);
                let took = plan
                    .first_took
                    .max(self.machine.timer_resolution_us / 1e3)
                    .max(1e-3);
                // The fastest counts: whatever comes between makes it only slower.
                plan.rounds_per_ms = plan.rounds_per_ms.max(rounds as f64 / took);
            }
            Step::Run(row, length) => {
                let clock = measured.clock_us;
                let share = |each_us| {
                    setting.tasks as f64 / Plan::together(setting.tasks, clock, each_us) as f64
                };
                let time = match ROWS[row].way {
                    Way::Loop => plan.first_took * share(length as f64),
                    Way::Promises => elapsed * share(length as f64 + PROMISE_US),
                    _ => elapsed,
                };
                let mut add = |is_start, milliseconds| {
                    measured.times.push(Time {
                        row,
                        is_start,
                        length,
                        milliseconds,
                    });
                };
                add(false, time);
                if let Some(first) = plan.first_done.filter(|_| ROWS[row].cold) {
                    add(true, (first - milliseconds(length)).max(0.0));
                }
            }
        }
        self.next()
    }

    fn finish(&mut self) -> Vec<Effect> {
        let rounds = self.plan.take().map_or(0, |plan| plan.rounds);
        self.facts.finish(self.found());
        self.status = Status::said(t!(
            "Done: every way was measured {rounds} times, in turns.",
            rounds
        ));
        Vec::new()
    }

    fn stop(&mut self) -> Vec<Effect> {
        let Some(plan) = &mut self.plan else {
            return Vec::new();
        };
        if plan.stopping {
            return Vec::new();
        }
        plan.stopping = true;
        if let Step::Run(row, _) = plan.now
            && ROWS[row].way == Way::Promises
        {
            // They end without a word.
            self.stopped();
        } else {
            self.status = Status::Working(mark!("Stopping …"));
        }
        vec![Effect::Stop]
    }

    fn stopped(&mut self) -> Vec<Effect> {
        let rounds = self.plan.take().map_or(0, |plan| plan.rounds);
        self.status = Status::said(match rounds {
            0 => t!("Stopped before every way was measured."),
            1 => t!("Stopped after one round: what was measured stays."),
            _ => t!(
                "Stopped after {rounds} rounds: what was measured stays.",
                rounds
            ),
        });
        Vec::new()
    }
}
