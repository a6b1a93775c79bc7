//! A run of the measurement: one step after the other, each a job or a question to SQLite.

use std::collections::VecDeque;

use engines::adapters::sqlite::{self, plan};
use engines::questions::{Answer, Asked, Question, registry};
use engines::sql::{Parameters, Rows, SqlReply, SqlRequest, SqlValue};
use experiments::{Answered, Ask, Job, Shown, Source, Table, Wanted};
use language::t;

use super::state::{ROUNDS, SIZES, SizeResult, SqlOrFiles, Way};
use crate::lab::{Effect, SqlAnswer, SqlQuestion};

/// The statements' numbers in SQLite.
const CITY: u32 = 1;
const PERSON: u32 = 2;
const ASKED: u32 = 3;

/// No more values of answers travel in one message from SQLite.
const MOST_VALUES: u32 = 5_000;
/// No measurement asks SQLite more often than this.
const MOST_TIMES: u32 = 500;

/// A step of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Begins a size: rows of this table are made.
    Rows(u32, Table),
    /// The tables are loaded into SQLite.
    Load,
    /// Indexes are made.
    Index,
    /// The plan and the file.
    Look(Way),
    /// The question for the first time: its answer, and how often it has to be asked to be measured.
    First(Way),
    /// One measurement.
    Measure(Way),
    /// The file is opened, and the question asked once.
    Open(Way),
    /// The question is asked, and the file looked at afterwards.
    After(Way),
    /// The pages are counted.
    Pages(Way),
}

/// A run.
#[derive(Clone, Debug, Default)]
pub(super) struct Run {
    question: Question,
    steps: VecDeque<Step>,
    pub(super) total: usize,
    /// The step that is being done, and the number of its job or question.
    pub(super) now: Option<(Step, u32)>,
    pub(super) people: u32,
    /// How long the job whose outcome comes next took with its way, in milliseconds.
    pub(super) took: Option<f64>,
    cities_json: Vec<u8>,
    people_json: Vec<u8>,
    added_json: Vec<u8>,
    /// How often SQLite is asked for one measurement.
    times: u32,
    plan: Vec<plan::Line>,
    before: Vec<u8>,
    after: Option<Vec<u8>>,
}

impl Run {
    pub(super) fn new(question: Question) -> Self {
        let mut steps = VecDeque::new();
        for people in SIZES {
            steps.extend([
                Step::Rows(people, Table::Cities),
                Step::Rows(people, Table::People),
            ]);
            if question == Question::Add {
                steps.push_back(Step::Rows(people, Table::Added));
            }
            steps.extend([
                Step::Load,
                Step::Look(Way::Sqlite),
                Step::First(Way::Sqlite),
            ]);
            for _ in 0..ROUNDS {
                steps.extend([Way::Csv, Way::Json, Way::Sqlite].map(Step::Measure));
            }
            after(&mut steps, Way::Sqlite, question);
            if question.index_matters() {
                steps.extend([
                    Step::Index,
                    Step::Look(Way::Indexed),
                    Step::First(Way::Indexed),
                ]);
                steps.extend([Step::Measure(Way::Indexed); ROUNDS]);
                after(&mut steps, Way::Indexed, question);
            }
        }
        Self {
            question,
            total: steps.len(),
            steps,
            ..Self::default()
        }
    }

    pub(super) fn done(&self) -> usize {
        self.total - self.steps.len() - usize::from(self.now.is_some())
    }

    const fn asked(&self) -> Asked {
        Asked {
            question: self.question,
            people: self.people,
        }
    }

    /// What asks SQLite so many times, as prepared statements.
    fn asking(&self, times: u32) -> (Vec<SqlRequest>, Vec<Vec<u8>>) {
        let statement = sqlite::statement(self.asked());
        let mut requests = vec![prepare(ASKED, statement.sql)];
        let mut buffers = Vec::new();
        if self.question == Question::Add {
            requests.push(SqlRequest::RowsJson {
                statement: ASKED,
                buffer: 0,
            });
            buffers.push(self.added_json.clone());
        } else {
            let values = statement.parameters;
            requests.push(SqlRequest::Execute {
                statement: ASKED,
                rows: if self.question.writes() {
                    Rows::None
                } else {
                    Rows::All
                },
                together: false,
                parameters: Parameters {
                    count: times,
                    names: Vec::new(),
                    values: std::iter::repeat_n(values, times as usize)
                        .flatten()
                        .collect(),
                    packed: None,
                },
            });
        }
        requests.push(SqlRequest::Finalize { statement: ASKED });
        (requests, buffers)
    }

    /// What takes back what was written, if it has to be.
    fn undo(&self) -> Option<SqlRequest> {
        sqlite::undo(self.asked()).map(|undo| query(undo.sql, undo.parameters))
    }

    /// What the step asks for.
    fn effect(&self, step: Step, number: u32, least_us: u32) -> Effect {
        let ask = |wanted| {
            Effect::Work(
                number,
                Box::new(Job::Ask(Ask {
                    source: Source::People(registry(self.people)),
                    wanted,
                })),
            )
        };
        let mut buffers = Vec::new();
        let requests = match step {
            Step::Rows(_, table) => return ask(Wanted::Rows(table)),
            Step::Measure(way) if way.is_file() => {
                return ask(Wanted::File {
                    engine: way.name().to_owned(),
                    question: self.question,
                    least_us,
                });
            }
            Step::Pages(_) => {
                return ask(Wanted::Pages {
                    plan: self.plan.clone(),
                    question: self.question,
                    before: self.before.clone(),
                    after: self.after.clone(),
                });
            }
            Step::Load => {
                buffers = vec![self.cities_json.clone(), self.people_json.clone()];
                loading()
            }
            Step::Index => vec![script(sqlite::INDEXES)],
            Step::Look(_) => {
                let (sql, parameters) = sqlite::explain(self.asked());
                vec![query(&sql, parameters), SqlRequest::Export]
            }
            Step::First(_) | Step::Measure(_) | Step::After(_) => {
                let times = if matches!(step, Step::Measure(_)) {
                    self.times
                } else {
                    1
                };
                let (mut requests, beside) = self.asking(times);
                buffers = beside;
                match step {
                    Step::First(_) => {
                        let back = sqlite::read_back(self.asked());
                        requests.extend(back.map(|back| query(back.sql, back.parameters)));
                    }
                    Step::After(_) => requests.push(SqlRequest::Export),
                    _ => {}
                }
                requests.extend(self.undo());
                requests
            }
            Step::Open(_) => {
                let (asking, beside) = self.asking(1);
                buffers = beside;
                let mut requests = vec![SqlRequest::Import {
                    buffer: buffers.len() as u32,
                }];
                buffers.push(self.before.clone());
                requests.extend(asking);
                requests.extend(self.undo());
                requests
            }
        };
        Effect::Sql(number, Box::new(SqlQuestion { requests, buffers }))
    }
}

/// What comes after the measurements of a way of SQLite.
fn after(steps: &mut VecDeque<Step>, way: Way, question: Question) {
    steps.extend([Step::Open(way); ROUNDS]);
    if question.writes() {
        steps.push_back(Step::After(way));
    }
    steps.push_back(Step::Pages(way));
}

fn prepare(statement: u32, sql: &str) -> SqlRequest {
    SqlRequest::Prepare {
        connection: 0,
        statement,
        sql: sql.to_owned(),
    }
}

fn script(sql: &str) -> SqlRequest {
    SqlRequest::Script {
        connection: 0,
        sql: sql.to_owned(),
    }
}

fn query(sql: &str, parameters: Vec<SqlValue>) -> SqlRequest {
    SqlRequest::Query {
        connection: 0,
        sql: sql.to_owned(),
        rows: Rows::All,
        parameters: Parameters::once(parameters),
    }
}

/// What makes both tables and fills them from buffers 0 (cities) and 1 (people). The version comes last.
pub(super) fn loading() -> Vec<SqlRequest> {
    vec![
        // The visitor may have left a transaction open.
        SqlRequest::Rollback { connection: 0 },
        script(sqlite::TABLES),
        prepare(CITY, sqlite::INSERT_CITY),
        SqlRequest::RowsJson {
            statement: CITY,
            buffer: 0,
        },
        SqlRequest::Finalize { statement: CITY },
        prepare(PERSON, sqlite::INSERT_PERSON),
        SqlRequest::RowsJson {
            statement: PERSON,
            buffer: 1,
        },
        SqlRequest::Finalize { statement: PERSON },
        query("SELECT sqlite_version()", Vec::new()),
    ]
}

/// The time a reply says was spent in SQLite.
const fn elapsed(reply: &SqlReply) -> f64 {
    match reply {
        SqlReply::Done { elapsed_ms, .. }
        | SqlReply::Executed { elapsed_ms, .. }
        | SqlReply::Script { elapsed_ms, .. }
        | SqlReply::File { elapsed_ms, .. } => *elapsed_ms,
        _ => 0.0,
    }
}

/// The first thing that went wrong.
pub(super) fn fault(replies: &[SqlReply]) -> Option<String> {
    replies.iter().find_map(|reply| match reply {
        SqlReply::Failed { error, .. }
        | SqlReply::Script {
            error: Some(error), ..
        } => Some(error.message.clone()),
        SqlReply::Executed { errors, .. } => {
            errors.first().map(|failed| failed.error.message.clone())
        }
        _ => None,
    })
}

/// SQLite's version, among the replies to [`loading`].
pub(super) fn version(replies: &[SqlReply]) -> Option<String> {
    match replies.last() {
        Some(SqlReply::Executed { values, .. }) => match values.first() {
            Some(SqlValue::Text(version)) => Some(version.clone()),
            _ => None,
        },
        _ => None,
    }
}

impl SqlOrFiles {
    /// As long one measurement lasts at least, in microseconds: 20 steps of the clock.
    fn least_us(&self) -> u32 {
        (self.machine.timer_resolution_us * 20.0).clamp(2_000.0, 50_000.0) as u32
    }

    /// Begins the next step of the run; none if it is over.
    pub(super) fn step(&mut self) -> Vec<Effect> {
        let (number, least) = (self.next_number(), self.least_us());
        let Some(run) = &mut self.run else {
            return Vec::new();
        };
        let Some(step) = run.steps.pop_front() else {
            let question = run.question;
            self.run = None;
            self.found(question);
            self.say(t!("Done."));
            return Vec::new();
        };
        if let Step::Rows(people, _) = step
            && run.people != people
        {
            run.people = people;
            self.results
                .entry(run.question)
                .or_default()
                .push(SizeResult {
                    people,
                    ..SizeResult::default()
                });
        }
        let Some(run) = &mut self.run else {
            return Vec::new();
        };
        run.now = Some((step, number));
        vec![run.effect(step, number, least)]
    }

    /// A job of the run is done.
    pub(super) fn answered(&mut self, answered: Answered) -> Vec<Effect> {
        let Some(run) = &mut self.run else {
            return Vec::new();
        };
        let Some((step, _)) = run.now.take() else {
            return Vec::new();
        };
        let took = run.took.take();
        let result = self
            .results
            .get_mut(&run.question)
            .and_then(|sizes| sizes.last_mut());
        match (step, answered, result) {
            (Step::Rows(_, Table::Cities), Answered::Rows(rows), _) => run.cities_json = rows,
            (Step::Rows(_, Table::People), Answered::Rows(rows), _) => run.people_json = rows,
            (Step::Rows(_, Table::Added), Answered::Rows(rows), _) => run.added_json = rows,
            (Step::Measure(way), Answered::File(measured), Some(result)) => {
                let result = result.ways.entry(way).or_default();
                result.times.add(measured.milliseconds);
                if let Some(took) = took {
                    result
                        .trips
                        .add((took - measured.job_milliseconds).max(0.0));
                }
                result.each = measured.times;
                result.touched = Some(measured.touched);
                result.steps = measured.steps;
                result.stored = measured.stored;
                result.shown = measured.shown;
            }
            (Step::Pages(way), Answered::Pages(touched), Some(result)) => {
                result.ways.entry(way).or_default().touched = touched;
                run.after = None;
            }
            _ => {}
        }
        self.step()
    }

    /// SQLite has answered a step of the run.
    pub(super) fn said(&mut self, answer: SqlAnswer) -> Vec<Effect> {
        if let Some(why) = fault(&answer.replies) {
            self.run = None;
            self.say_fault(t!("SQLite says: {message}.", message = why));
            return Vec::new();
        }
        let least = f64::from(self.least_us()) / 1e3;
        let Some(run) = &mut self.run else {
            return Vec::new();
        };
        let Some((step, _)) = run.now.take() else {
            return Vec::new();
        };
        let Some(result) = self
            .results
            .get_mut(&run.question)
            .and_then(|sizes| sizes.last_mut())
        else {
            return Vec::new();
        };
        let inside: f64 = answer.replies.iter().map(elapsed).sum();
        let trip = (answer.milliseconds - inside).max(0.0);
        // The second reply of those to a question that is asked: the first is of preparing it.
        let asked = answer.replies.get(1).map_or(0.0, elapsed);
        match step {
            Step::Load => self.version = version(&answer.replies),
            Step::Index => result.indexing = Some(inside),
            Step::Look(way) => {
                let mut replies = answer.replies.into_iter();
                if let Some(SqlReply::Executed { values, .. }) = replies.next() {
                    run.plan = plan::lines(&values);
                }
                run.before = answer.buffers.into_iter().next().unwrap_or_default();
                let result = result.ways.entry(way).or_default();
                result.plan.clone_from(&run.plan);
                result.stored = run.before.len() as u64;
            }
            Step::First(way) => {
                let values = first_rows(run.question, &answer.replies);
                let most = MOST_VALUES / (values.len() as u32).max(1);
                let times = (least / asked.max(1e-3)).ceil() as u32;
                run.times = match run.question {
                    Question::Add => 1,
                    _ => times.min(most).clamp(1, MOST_TIMES),
                };
                match Answer::from_sql(run.question, values) {
                    Ok(answer) => {
                        result.ways.entry(way).or_default().shown = Shown::from(&answer);
                    }
                    Err(why) => {
                        self.run = None;
                        self.say_fault(t!("SQLite's answer is not as expected. {why}", why));
                        return Vec::new();
                    }
                }
            }
            Step::Measure(way) => {
                let result = result.ways.entry(way).or_default();
                result.times.add(asked / f64::from(run.times));
                result.trips.add(trip);
                result.each = run.times;
            }
            Step::Open(way) => {
                // Opening, preparing, asking.
                let opening = answer.replies.first().map_or(0.0, elapsed);
                let asked = answer.replies.get(2).map_or(0.0, elapsed);
                let result = result.ways.entry(way).or_default();
                result.opened.add(opening + asked);
            }
            Step::After(_) => run.after = answer.buffers.into_iter().next(),
            Step::Rows(..) | Step::Pages(_) => {}
        }
        self.step()
    }
}

/// The values of the answer: of the question itself, or of what was read back.
fn first_rows(question: Question, replies: &[SqlReply]) -> &[SqlValue] {
    let place = if question.writes() { 3 } else { 1 };
    match replies.get(place) {
        Some(SqlReply::Executed { values, .. }) => values,
        _ => &[],
    }
}
