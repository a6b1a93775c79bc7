//! What the lab does with what it hears.

use std::collections::{BTreeMap, VecDeque};

use experiments::{ComparePages, Failure, Job, Leftover, Outcome, Versions};
use language::t;
use protocol::{LabEvent, Way, WriterOrder, WriterReport, WriterRun};
use widgets::{Detail, Facts, Lab, Status};

use super::state::{Aim, Durability, End, Found, Recovered, Results, Step, Turn, WAYS, Work};
use super::view;
use super::words;
use crate::lab::{Effect, Input, WriterEffect, WriterInput};

/// The names of files, as the writer has them.
pub(super) const FILE: &str = "people";
pub(super) const TEMPORARY: &str = "people.new";
pub(super) const DATABASE: &str = "people.sqlite";
pub(super) const JOURNAL: &str = "people.sqlite-journal";
const IMAGE: &str = "people.sqlite-before";

/// A write by itself is in so many pieces, with so long a rest after each in milliseconds: slow enough to be watched.
pub(super) const SLOW: (u32, u32) = (100, 15);
/// One of many.
pub(super) const QUICK: (u32, u32) = (50, 4);

/// The lab's only jobs; one is asked for at a time.
const JOB: u32 = 1;

impl Lab for Durability {
    type Input = Input;
    type Effect = Effect;

    fn update(&mut self, input: Input) -> Vec<Effect> {
        match input {
            // What an earlier visit left behind is said before anything is done.
            Input::Machine(_) => vec![Effect::Writer(WriterEffect::Start)],
            Input::Visitor(LabEvent::Press { control }) => self.press(&control),
            Input::Visitor(LabEvent::Change { control, value }) => {
                self.change(&control, &value);
                Vec::new()
            }
            Input::Visitor(LabEvent::Files { .. }) | Input::Took(..) | Input::Sql(..) => Vec::new(),
            Input::Done(_, outcome) => self.done(*outcome),
            Input::Writer(WriterInput::Held(held)) => self.held(held),
            Input::Writer(WriterInput::Said(report, bytes)) => self.said(report, bytes),
            Input::Writer(WriterInput::Lost(why)) => self.fail(t!(
                "The worker that writes could not be started, or was lost: {why}",
                why
            )),
        }
    }

    fn view(&self, _detail: Detail) -> Vec<(&'static str, maud::Markup)> {
        view::regions(self)
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }
}

fn start() -> Effect {
    Effect::Writer(WriterEffect::Start)
}

fn order(order: WriterOrder, bytes: Vec<Vec<u8>>) -> Vec<Effect> {
    vec![Effect::Writer(WriterEffect::Order(order, bytes))]
}

fn work(job: Job) -> Vec<Effect> {
    vec![Effect::Work(JOB, Box::new(job))]
}

impl Durability {
    fn press(&mut self, control: &str) -> Vec<Effect> {
        if control == "stop" {
            return self.stop();
        }
        if self.work.is_some() || self.refused.is_some() {
            return Vec::new();
        }
        match control {
            "run" => self.begin(Aim::Write),
            "look" if self.known().is_some() => self.begin(Aim::Look),
            "restore" if self.known().is_some() => self.begin(Aim::Restore),
            "clean" => self.begin(Aim::Clean),
            _ => Vec::new(),
        }
    }

    /// What the files that are there hold, and of which ways there are any.
    pub(super) fn known(&self) -> Option<(WriterRun, Vec<Way>)> {
        let shown = self.results.as_ref().map(|results| {
            let ways: Vec<_> = results.found.keys().copied().collect();
            (results.run.clone(), ways)
        });
        let known = self.earlier.clone().or(shown);
        known.filter(|(_, ways)| !ways.is_empty())
    }

    fn begin(&mut self, aim: Aim) -> Vec<Effect> {
        let settings = &self.settings;
        let chosen = WriterRun {
            records: settings.records,
            format: settings.format.clone(),
        };
        let (run, ways) = match aim {
            Aim::Look => self.known().unwrap_or((chosen, Vec::new())),
            Aim::Restore => (self.known().map_or(chosen, |(run, _)| run), WAYS.to_vec()),
            Aim::Write => (chosen, WAYS.to_vec()),
            Aim::Clean => (chosen, Vec::new()),
        };
        let rounds = match (aim, settings.end) {
            (Aim::Write, End::Random) => settings.rounds,
            _ => 1,
        };
        let turns =
            (0..rounds).flat_map(|round| ways.iter().map(move |way| Turn { way: *way, round }));
        self.work = Some(Work {
            aim,
            run,
            end: settings.end,
            percent: settings.percent,
            versions: experiments::BothVersions::default(),
            turns: turns.collect::<VecDeque<_>>(),
            turn: None,
            step: Step::Holding,
            found: Found::default(),
            kill_at: None,
        });
        self.status = Status::Idle;
        vec![Effect::Writer(WriterEffect::Hold)]
    }

    fn held(&mut self, held: bool) -> Vec<Effect> {
        let Some(work_now) = &mut self.work else {
            return vec![Effect::Writer(WriterEffect::Release)];
        };
        if !held {
            return self.fail(t!(
                "Another tab is at work with this lab. The files can be used by one at a time: wait until it is done, or close it."
            ));
        }
        if matches!(work_now.aim, Aim::Clean | Aim::Write) {
            work_now.step = Step::Cleaning;
            return vec![start()];
        }
        work_now.step = Step::Making;
        make(&work_now.run)
    }

    fn done(&mut self, outcome: Result<Outcome, Failure>) -> Vec<Effect> {
        let Some(work_now) = &mut self.work else {
            return Vec::new();
        };
        match outcome {
            Ok(Outcome::Versions(versions)) => {
                work_now.versions = versions;
                self.earlier = None;
                self.results = Some(Results {
                    aim: work_now.aim,
                    run: work_now.run.clone(),
                    end: work_now.end,
                    predictions: match work_now.aim {
                        Aim::Write => self.predictions.clone(),
                        _ => BTreeMap::new(),
                    },
                    found: BTreeMap::new(),
                    tally: BTreeMap::new(),
                });
                self.next_turn()
            }
            Ok(Outcome::Leftover(found)) => {
                work_now.found.leftover = Some(found);
                self.turn_done()
            }
            Ok(Outcome::PagesCompared(pages)) => {
                work_now.found.pages = Some(pages);
                self.turn_done()
            }
            Ok(_) => Vec::new(),
            Err(failure) => self.fail(failure.message),
        }
    }

    fn next_turn(&mut self) -> Vec<Effect> {
        let Some(work_now) = &mut self.work else {
            return Vec::new();
        };
        let Some(turn) = work_now.turns.pop_front() else {
            return self.finished();
        };
        work_now.turn = Some(turn);
        work_now.found = Found {
            new_bytes: work_now.versions.new.len() as u64,
            ..Found::default()
        };
        work_now.step = match work_now.aim {
            Aim::Look => Step::StartingAgain,
            _ => Step::Starting,
        };
        vec![start()]
    }

    fn turn_done(&mut self) -> Vec<Effect> {
        if let (Some(work_now), Some(results)) = (&mut self.work, &mut self.results)
            && let Some(turn) = work_now.turn
        {
            let found = core::mem::take(&mut work_now.found);
            if let Some(verdict) = found.verdict(work_now.run.records) {
                *results.tally.entry((turn.way, verdict)).or_default() += 1;
            }
            results.found.insert(turn.way, found);
        }
        self.next_turn()
    }

    fn said(&mut self, report: WriterReport, bytes: Vec<Vec<u8>>) -> Vec<Effect> {
        let Some(work_now) = &mut self.work else {
            return self.looked(report);
        };
        let turn = work_now.turn;
        match (report, work_now.step, turn.map(|turn| turn.way)) {
            (WriterReport::Ready { .. }, Step::Cleaning, _) => {
                order(WriterOrder::Clean, Vec::new())
            }
            (WriterReport::Cleaned, Step::Cleaning, _) => {
                self.results = None;
                self.earlier = None;
                if work_now.aim == Aim::Clean {
                    return self.finished();
                }
                work_now.step = Step::Making;
                make(&work_now.run)
            }
            (report, Step::Starting | Step::Preparing | Step::Writing, Some(way))
                if !matches!(report, WriterReport::Failed { .. }) =>
            {
                self.writing(&report, way)
            }
            (WriterReport::Ready { .. }, Step::StartingAgain, Some(way)) => {
                work_now.step = Step::Inspecting;
                order(WriterOrder::Inspect { way }, Vec::new())
            }
            (WriterReport::Files { names }, Step::Inspecting, Some(way)) => {
                self.inspected(way, names, bytes)
            }
            (
                WriterReport::Recovered {
                    integrity,
                    old,
                    new,
                    journal,
                },
                Step::Recovering,
                _,
            ) => {
                work_now.found.recovered = Some(Ok(Recovered {
                    integrity,
                    old,
                    new,
                    journal,
                }));
                compare(work_now)
            }
            // That SQLite cannot open the database is no failure of the lab but what is left.
            (WriterReport::Failed { code, why }, Step::Recovering, _) if code == "failed" => {
                work_now.found.recovered = Some(Err(why));
                compare(work_now)
            }
            (WriterReport::Failed { code, why }, ..) => {
                if ["no-storage", "refused"].contains(&code.as_str()) {
                    self.refused = Some(words::fault(&code, &why));
                }
                self.fail(words::fault(&code, &why))
            }
            _ => Vec::new(),
        }
    }

    /// What the writer that is to be killed says.
    fn writing(&mut self, report: &WriterReport, way: Way) -> Vec<Effect> {
        let Some(work_now) = &mut self.work else {
            return Vec::new();
        };
        match (report, work_now.step) {
            (WriterReport::Ready { chance }, Step::Starting) => {
                work_now.kill_at = match work_now.end {
                    End::Killed => Some(f64::from(work_now.percent)),
                    End::Finished => None,
                    End::Random => Some(chance * 100.0),
                };
                work_now.step = Step::Preparing;
                let run = work_now.run.clone();
                let old = match way {
                    Way::Transaction => work_now.versions.old_json.clone(),
                    _ => work_now.versions.old.clone(),
                };
                order(WriterOrder::Prepare { way, run }, vec![old])
            }
            (WriterReport::Prepared, Step::Preparing) if work_now.aim == Aim::Restore => {
                work_now.step = Step::StartingAgain;
                vec![start()]
            }
            (WriterReport::Prepared, Step::Preparing) => {
                work_now.step = Step::Writing;
                work_now.found.kill_at = work_now.kill_at;
                work_now.found.end = Some(End::Finished);
                let (pieces, pause_ms) = match work_now.end {
                    End::Random => QUICK,
                    _ => SLOW,
                };
                let new = match way {
                    Way::Transaction => work_now.versions.new_json.clone(),
                    _ => work_now.versions.new.clone(),
                };
                order(
                    WriterOrder::Write {
                        way,
                        pieces,
                        pause_ms,
                    },
                    vec![new],
                )
            }
            (WriterReport::Progress { done, of }, Step::Writing) => {
                work_now.found.heard = Some((*done, *of));
                let part = f64::from(*done) / f64::from((*of).max(1)) * 100.0;
                if work_now.kill_at.is_none_or(|kill_at| part < kill_at) {
                    return Vec::new();
                }
                work_now.found.end = Some(End::Killed);
                work_now.step = Step::StartingAgain;
                vec![Effect::Writer(WriterEffect::End), start()]
            }
            (WriterReport::Written, Step::Writing) => {
                work_now.step = Step::StartingAgain;
                vec![start()]
            }
            _ => Vec::new(),
        }
    }

    /// Before anything was asked for: whether there is a place for files, and what is in it.
    fn looked(&mut self, report: WriterReport) -> Vec<Effect> {
        match report {
            WriterReport::Ready { .. } => return order(WriterOrder::Look, Vec::new()),
            WriterReport::Found { run, ways } => {
                self.earlier = run
                    .map(|run| (run, ways))
                    .filter(|(_, ways)| !ways.is_empty());
            }
            WriterReport::Failed { code, why } => {
                if ["no-storage", "refused"].contains(&code.as_str()) {
                    self.refused = Some(words::fault(&code, &why));
                }
            }
            _ => return Vec::new(),
        }
        vec![Effect::Writer(WriterEffect::End)]
    }

    fn inspected(&mut self, way: Way, names: Vec<String>, bytes: Vec<Vec<u8>>) -> Vec<Effect> {
        let Some(work_now) = &mut self.work else {
            return Vec::new();
        };
        let mut files: BTreeMap<String, Vec<u8>> = names.into_iter().zip(bytes).collect();
        work_now.found.files = files
            .iter()
            .filter(|(name, _)| *name != IMAGE)
            .map(|(name, bytes)| (name.clone(), bytes.len() as u64))
            .collect();
        let mut take = |name: &str| files.remove(name);
        if way == Way::Transaction {
            work_now.found.raw = Some(ComparePages {
                before: take(IMAGE).unwrap_or_default(),
                found: take(DATABASE).unwrap_or_default(),
                journal: take(JOURNAL),
            });
            work_now.step = Step::Recovering;
            return order(WriterOrder::Recover, Vec::new());
        }
        work_now.step = Step::Analysing;
        work(Job::Leftover(Leftover {
            versions: versions(&work_now.run),
            found: take(FILE).unwrap_or_default(),
        }))
    }

    fn finished(&mut self) -> Vec<Effect> {
        let aim = self.work.take().map(|work_now| work_now.aim);
        if let Some(aim) = aim.filter(|aim| *aim != Aim::Clean) {
            self.found(aim);
        }
        let text = match (aim, &self.results) {
            (Some(Aim::Clean), _) => t!("Cleaned up: all files of this lab are removed."),
            (Some(aim), Some(results)) => view::summary(aim, results),
            _ => String::new(),
        };
        self.status = Status::said(text);
        let_go()
    }

    fn stop(&mut self) -> Vec<Effect> {
        if self.work.is_none() {
            return Vec::new();
        }
        let mut effects =
            self.give_up(t!("Stopped. The files are as the writer left them."), false);
        effects.push(Effect::Stop);
        effects
    }

    fn fail(&mut self, text: String) -> Vec<Effect> {
        self.give_up(text, true)
    }

    /// Ends the work where it is. The files stay as the writer left them, and can be looked at.
    fn give_up(&mut self, text: String, fault: bool) -> Vec<Effect> {
        if let Some(work_now) = self.work.take()
            && let Some(turn) = work_now.turn
        {
            let begun = WAYS
                .into_iter()
                .filter(|way| turn.round > 0 || *way <= turn.way);
            self.earlier = Some((work_now.run, begun.collect()));
            // What was found before holds no longer of the way that was being written.
            if let Some(results) = &mut self.results {
                results.found.remove(&turn.way);
            }
        }
        self.status = Status::Said { text, fault };
        let_go()
    }
}

/// Ends the writer, and lets the other tabs in.
fn let_go() -> Vec<Effect> {
    vec![
        Effect::Writer(WriterEffect::End),
        Effect::Writer(WriterEffect::Release),
    ]
}

fn versions(run: &WriterRun) -> Versions {
    Versions {
        records: run.records,
        format: run.format.clone(),
    }
}

fn make(run: &WriterRun) -> Vec<Effect> {
    work(Job::Versions(versions(run)))
}

fn compare(work_now: &mut Work) -> Vec<Effect> {
    work_now.step = Step::Analysing;
    match work_now.found.raw.take() {
        Some(pages) => work(Job::ComparePages(pages)),
        None => Vec::new(),
    }
}
