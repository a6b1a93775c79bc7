//! The lab *SQL or files*, as a visitor works with it. Jobs are done at a bench with a simulated clock; CPython's sqlite3
//! stands for the SQLite worker, so `python3`, 3.11 or later, is needed.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../engines/tests/double/mod.rs"]
mod double;
mod german;

use std::cell::Cell;
use std::collections::VecDeque;

use double::Double;
use engines::questions::registry;
use engines::sql::{SqlReply, SqlRequest};
use experiments::{Bench, Failure, Job, Material, Outcome, Source};
use german::{choose_silence, words};
use language::choose;
use protocol::LabEvent;
use storage_labs::{Effect, Input, Machine, SqlAnswer, SqlQuestion, StorageLab, create};
use widgets::{Detail, page};

struct Visit {
    lab: Box<StorageLab>,
    bench: Bench,
    sqlite: Option<Double>,
    clock: Cell<f64>,
    effects: VecDeque<Effect>,
    done: Vec<(Job, Result<Outcome, Failure>)>,
    /// What SQLite was asked for.
    asked: Vec<SqlRequest>,
    stops: usize,
}

impl Visit {
    fn new() -> Self {
        let mut visit = Self {
            lab: create("sql-or-files").unwrap(),
            bench: Bench::default(),
            sqlite: None,
            clock: Cell::new(0.0),
            effects: VecDeque::new(),
            done: Vec::new(),
            asked: Vec::new(),
            stops: 0,
        };
        visit.hear(Input::Machine(Machine {
            cores: 2,
            timer_resolution_us: 5.0,
        }));
        visit
    }

    fn hear(&mut self, input: Input) {
        self.effects.extend(self.lab.update(input));
    }

    fn press(&mut self, control: &str) {
        self.hear(Input::Visitor(LabEvent::Press {
            control: control.to_owned(),
        }));
    }

    fn change(&mut self, control: &str, value: &str) {
        self.hear(Input::Visitor(LabEvent::Change {
            control: control.to_owned(),
            value: value.to_owned(),
        }));
    }

    fn predict(&mut self, few: &str, many: &str) {
        self.change("few", few);
        self.change("many", many);
    }

    /// Carries out one effect; whether there was one.
    fn step(&mut self) -> bool {
        match self.effects.pop_front() {
            None => return false,
            Some(Effect::Work(number, job)) => self.work(number, *job),
            Some(Effect::Sql(number, question)) => self.sql(number, &question),
            Some(Effect::Stop) => {
                self.stops += 1;
                self.effects.clear();
                self.sqlite = None;
            }
            Some(other) => panic!("{other:?}"),
        }
        true
    }

    fn work(&mut self, number: u32, mut job: Job) {
        // A hundred thousand people take long in a test: a thousand stand for them.
        if let Job::Ask(ask) = &mut job
            && ask.source == Source::People(registry(100_000))
        {
            ask.source = Source::People(registry(1_000));
        }
        let clock = &self.clock;
        let now = || {
            clock.set(clock.get() + 2.5);
            clock.get()
        };
        // With this clock a job that is done again gives the same again.
        let known = self.done.iter().find(|(done, _)| *done == job);
        let outcome = if let Some((_, outcome)) = known {
            outcome.clone()
        } else {
            let done = self
                .bench
                .run(1, job.clone(), Material::default(), &now)
                .map(|(outcome, _)| outcome);
            self.done.push((job, done.clone()));
            done
        };
        self.hear(Input::Took(number, 20.0));
        self.hear(Input::Done(number, Box::new(outcome)));
    }

    fn sql(&mut self, number: u32, question: &SqlQuestion) {
        self.asked.extend(question.requests.iter().cloned());
        let sqlite = self.sqlite.get_or_insert_with(Double::start);
        let (mut replies, buffers) = sqlite.ask(&question.requests, &question.buffers);
        for (request, reply) in question.requests.iter().zip(&mut replies) {
            // As long as it takes to read, not as long as this machine took.
            let executions = match request {
                SqlRequest::Execute { parameters, .. } => parameters.count,
                _ => 1,
            };
            if let SqlReply::Executed { elapsed_ms, .. }
            | SqlReply::Done { elapsed_ms, .. }
            | SqlReply::Script { elapsed_ms, .. } = reply
            {
                *elapsed_ms = 0.25 * f64::from(executions);
            }
        }
        let answer = SqlAnswer {
            replies,
            buffers,
            milliseconds: 130.0,
        };
        self.hear(Input::Sql(number, Box::new(Ok(answer))));
    }

    /// Carries out everything that is asked for.
    fn finish(&mut self) {
        while self.step() {}
    }

    fn html(&self) -> String {
        page(&self.lab.view(Detail::Full))
    }

    fn region(&self, name: &str) -> String {
        let regions = self.lab.view(Detail::Full);
        let found = regions.into_iter().find(|(region, _)| *region == name);
        text(
            &found
                .map(|(_, html)| html.into_string())
                .unwrap_or_default(),
        )
    }

    fn own(&mut self, sql: &str) -> String {
        self.change("sql", sql);
        self.press("sql-run");
        self.finish();
        self.region("status")
    }
}

/// HTML without its tags.
fn text(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    let words: Vec<_> = text.split_whitespace().collect();
    words
        .join(" ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

#[test]
fn a_new_lab_looks_like_this() {
    insta::assert_snapshot!(Visit::new().html().replace("><", ">\n<"));
}

#[test]
fn before_a_measurement_something_has_to_be_said_in_advance() {
    let mut visit = Visit::new();
    visit.press("measure");
    assert!(visit.effects.is_empty());
    assert!(visit.region("status").starts_with("Not done. First say"));
    visit.change("few", "csv");
    visit.press("measure");
    assert!(visit.effects.is_empty());
    visit.change("many", "sqlite");
    visit.press("measure");
    assert_eq!(visit.effects.len(), 1);
    // What was said stands.
    visit.change("few", "json");
    assert!(
        visit
            .html()
            .contains("value=\"csv\" data-change=\"few\" checked disabled")
    );
    assert!(visit.region("prediction").contains("it stands"));
    // Of another question nothing has been said.
    visit.press("stop");
    visit.finish();
    visit.change("question", "join");
    assert!(!visit.region("prediction").contains("it stands"));
}

#[test]
fn a_finished_measurement_looks_like_this() {
    let mut visit = Visit::new();
    visit.change("question", "group");
    visit.predict("csv", "sqlite");
    visit.press("measure");
    visit.finish();
    assert_eq!(visit.region("status"), "Done.");
    let answer = visit.region("answer");
    assert!(
        answer.contains("All 4 ways gave the same answer, compared row by row"),
        "{answer}"
    );
    let verdict = visit.region("verdict");
    assert!(
        verdict.contains("SQLite was faster than CSV at every size."),
        "{verdict}"
    );
    assert!(
        verdict.contains("With 100 people you said CSV : not so."),
        "{verdict}"
    );
    assert!(
        verdict.contains("With 100,000 people you said SQLite : right."),
        "{verdict}"
    );
    let html = visit.html();
    let measured = html
        .split("<div data-region=\"verdict\"")
        .nth(1)
        .unwrap()
        .split("<div data-region=\"own\"")
        .next()
        .unwrap();
    insta::assert_snapshot!(measured.replace("><", ">\n<"));
}

/// What a question says of itself with 1,000 people, before more are asked about.
fn with_a_thousand(question: &str) -> Visit {
    let mut visit = Visit::new();
    visit.change("question", question);
    visit.predict("json", "sqlite");
    visit.press("measure");
    while !visit.region("status").contains("10,000 people") && visit.step() {}
    visit.press("stop");
    visit.finish();
    visit
}

#[test]
fn every_question_is_answered_alike_by_all_ways() {
    for (question, ways, plan) in [
        ("find", 3, "SEARCH people USING INTEGER PRIMARY KEY"),
        ("filter", 4, "SEARCH people USING INDEX people_born"),
        ("join", 4, "SEARCH cities USING INTEGER PRIMARY KEY"),
        ("update", 3, "SEARCH people USING INTEGER PRIMARY KEY"),
    ] {
        let visit = with_a_thousand(question);
        let answer = visit.region("answer");
        assert!(
            answer.contains(&format!("All {ways} ways gave the same answer")),
            "{question}: {answer}"
        );
        let plans = visit.region("plans");
        assert!(plans.contains(plan), "{question}: {plans}");
        assert_eq!(visit.region("status"), "Stopped.");
    }
}

#[test]
fn what_one_question_touches_is_told_of_each_way() {
    let find = with_a_thousand("find");
    let touched = find.region("touched");
    // The root of the tree and one leaf, of a database of a good dozen pages; CSV about half of its file, JSON all.
    assert!(touched.contains("8.2 kB –"), "{touched}");
    let plans = find.region("plans");
    assert!(plans.contains("and stopped after"), "{plans}");
}

#[test]
fn what_was_added_is_taken_back_before_it_is_added_again() {
    let add = with_a_thousand("add");
    let answer = add.region("answer");
    assert!(
        answer.contains("All 4 ways gave the same answer when read back afterwards"),
        "{answer}"
    );
    assert!(add.region("plans").contains("SQLite has no plan to tell"));
    let touched = add.region("touched");
    assert!(touched.contains("0 bytes"), "{touched}");
    assert!(add.region("plans").contains("after the end of the file"));
    let undone = |request: &SqlRequest| matches!(request, SqlRequest::Query { sql, .. } if sql.starts_with("DELETE"));
    assert!(add.asked.iter().any(undone));
}

#[test]
fn short_questions_are_asked_many_times_in_one_message() {
    let visit = with_a_thousand("find");
    let most = visit.asked.iter().filter_map(|request| match request {
        SqlRequest::Execute { parameters, .. } => Some(parameters.count),
        _ => None,
    });
    // Two milliseconds, of a quarter each.
    assert_eq!(most.max(), Some(8));
    let times = visit.region("times");
    assert!(times.contains("250 µs 250 µs to 250 µs 5 8 ×"), "{times}");
}

#[test]
fn opening_is_counted_when_the_visitor_says_so() {
    let mut visit = with_a_thousand("find");
    let before = visit.region("times");
    visit.change("opening", "true");
    let after = visit.region("times");
    assert_ne!(before, after);
    // Opening, and asking once.
    assert!(after.contains("500 µs 500 µs to 500 µs 5 1 ×"), "{after}");
    assert!(after.contains("nothing to open"));
}

#[test]
fn a_measurement_can_be_stopped_and_begun_again() {
    let mut visit = Visit::new();
    visit.predict("csv", "csv");
    visit.press("measure");
    for _ in 0..10 {
        visit.step();
    }
    assert!(
        visit
            .region("status")
            .starts_with("Measuring with 100 people")
    );
    assert!(visit.region("progress").contains("steps"));
    visit.press("stop");
    visit.finish();
    assert_eq!(
        (visit.stops, visit.region("status").as_str()),
        (1, "Stopped.")
    );
    // What comes late is not heard.
    visit.hear(Input::Sql(7, Box::new(Ok(SqlAnswer::default()))));
    assert!(visit.effects.is_empty());
    visit.press("measure");
    assert_eq!(visit.effects.len(), 1);
}

#[test]
fn a_worker_that_is_lost_ends_the_measurement_with_the_reason() {
    let mut visit = Visit::new();
    visit.predict("csv", "csv");
    visit.press("measure");
    let Some(Effect::Work(number, _)) = visit.effects.pop_front() else {
        panic!("a job")
    };
    let failure = Failure::new("worker-lost", "The worker that did this was lost.");
    visit.hear(Input::Done(number, Box::new(Err(failure))));
    assert_eq!(
        visit.region("status"),
        "Not done. The worker that did this was lost."
    );
    assert!(visit.html().contains("data-press=\"measure\">"));
}

#[test]
fn a_statement_of_the_visitors_own_is_answered_with_its_plan() {
    let mut visit = Visit::new();
    visit.change("sql-people", "1000");
    let status = visit.own("SELECT name, born FROM people WHERE id < 4;");
    assert_eq!(status, "Done.");
    let shown = visit.region("own-rows");
    assert!(
        shown.contains(": 3 rows") && shown.contains("name born"),
        "{shown}"
    );
    assert!(
        shown.contains("SEARCH people USING INTEGER PRIMARY KEY (rowid<?)"),
        "{shown}"
    );
    // With more rows than are shown.
    assert_eq!(visit.own("SELECT * FROM people"), "Done.");
    assert!(visit.region("own-rows").contains("the first 50 rows"));
    // A query without an end gives its first rows.
    let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n -- for ever";
    assert_eq!(visit.own(endless), "Done.");
    assert!(visit.region("own-rows").contains("RECURSIVE STEP"));
    let loads = visit
        .asked
        .iter()
        .filter(|request| matches!(request, SqlRequest::RowsJson { .. }));
    assert_eq!(loads.count(), 2, "the tables are loaded once");
}

#[test]
fn what_a_statement_changes_stays_until_the_tables_are_put_back() {
    let mut visit = Visit::new();
    visit.change("sql-people", "100");
    visit.own("DELETE FROM people WHERE id > 10");
    let shown = visit.region("own-rows");
    assert!(shown.contains("changed"), "{shown}");
    visit.own("CREATE INDEX by_name ON people (name)");
    visit.own("SELECT COUNT(*) AS n FROM people WHERE name > 'A'");
    let shown = visit.region("own-rows");
    assert!(
        shown.contains("n 10") && shown.contains("by_name"),
        "{shown}"
    );
    visit.press("sql-reset");
    visit.own("SELECT COUNT(*) AS n FROM people");
    let shown = visit.region("own-rows");
    assert!(shown.contains("n 100"), "{shown}");
}

#[test]
fn a_wrong_statement_is_told_as_sqlite_tells_it() {
    let mut visit = Visit::new();
    visit.change("sql-people", "100");
    let status = visit.own("SELECT age FROM people");
    assert_eq!(status, "Not done. SQLite says: no such column: age.");
    assert!(visit.region("own-rows").contains("SQLITE_ERROR"));
    assert!(
        visit
            .own("   ")
            .starts_with("Not done. There is no statement")
    );
    // And the next one is answered.
    assert_eq!(visit.own("VALUES (1), (2)"), "Done.");
}

#[test]
fn every_text_of_a_measurement_goes_through_the_catalogue() {
    choose_silence();
    let mut texts = Vec::new();
    for question in ["group", "add"] {
        let mut visit = Visit::new();
        visit.press("measure");
        texts.extend(words(&visit.html()));
        visit.change("question", question);
        visit.predict("csv", "sqlite");
        visit.press("measure");
        visit.step();
        texts.extend(words(&visit.html()));
        while !visit.region("status").contains("10,000") && visit.step() {}
        texts.extend(words(&visit.html()));
        visit.press("stop");
        visit.finish();
        visit.change("opening", "true");
        texts.extend(words(&visit.html()));
        visit.change("sql-people", "100");
        for sql in [
            "SELECT 1",
            "SELECT name FROM people ORDER BY born",
            "SELECT name FROM cities WHERE id IN (SELECT city_id FROM people)",
            "DELETE FROM people WHERE id > 10",
            "",
        ] {
            visit.own(sql);
            texts.extend(words(&visit.html()));
        }
        visit.press("sql-reset");
        texts.extend(words(&visit.html()));
    }
    choose(None);
    assert_eq!(texts, [""; 0]);
}
