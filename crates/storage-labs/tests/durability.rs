//! The lab *durability*, as a visitor works with it. The writer is acted here; the workbench is the real one.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, VecDeque};

use experiments::{Bench, Material};
use protocol::{LabEvent, Way, WriterOrder, WriterReport, WriterRun};
use storage_labs::{Effect, Input, Machine, StorageLab, WriterEffect, WriterInput, create};
use widgets::{Detail, page};

/// A page of the acted database.
const PAGE: usize = 4096;

/// A visit, with files that stay when a writer is ended.
struct Visit {
    lab: Box<StorageLab>,
    bench: Bench,
    /// What the lab wants done.
    wanted: VecDeque<Effect>,
    writer: bool,
    held: bool,
    /// The files of each way, by name.
    files: BTreeMap<(Way, String), Vec<u8>>,
    run: Option<WriterRun>,
    /// What each writer says is its chance.
    chances: Vec<f64>,
    /// So many more pieces are written before the end of a writer comes true.
    late: u32,
    /// What orders of this kind are answered instead.
    faults: BTreeMap<&'static str, (&'static str, &'static str)>,
    other_tab: bool,
    started: u32,
}

impl Visit {
    fn new() -> Self {
        let mut visit = Self {
            lab: create("durability").unwrap(),
            bench: Bench::default(),
            wanted: VecDeque::new(),
            writer: false,
            held: false,
            files: BTreeMap::new(),
            run: None,
            chances: vec![0.5],
            late: 0,
            faults: BTreeMap::new(),
            other_tab: false,
            started: 0,
        };
        visit.reload();
        visit.change("records", "1000");
        visit
    }

    /// The page anew; the files stay.
    fn reload(&mut self) {
        self.lab = create("durability").unwrap();
        self.wanted.clear();
        (self.writer, self.held) = (false, false);
        self.hear(Input::Machine(Machine::default()));
        self.go_on();
    }

    fn hear(&mut self, input: Input) {
        let effects = self.lab.update(input);
        self.wanted.extend(effects);
    }

    fn say(&mut self, report: WriterReport, bytes: Vec<Vec<u8>>) {
        self.hear(Input::Writer(WriterInput::Said(report, bytes)));
    }

    fn press(&mut self, control: &str) {
        self.hear(Input::Visitor(LabEvent::Press {
            control: control.to_owned(),
        }));
        self.go_on();
    }

    fn change(&mut self, control: &str, value: &str) {
        self.hear(Input::Visitor(LabEvent::Change {
            control: control.to_owned(),
            value: value.to_owned(),
        }));
    }

    fn text(&self) -> String {
        page(&self.lab.view(Detail::Full))
    }

    fn status(&self) -> String {
        let text = self.text();
        let status = text.split("role=\"status\">").nth(1).unwrap();
        let status = status.split("</p>").next().unwrap();
        let mut plain = String::new();
        let mut inside = true;
        for letter in status.chars() {
            match letter {
                '<' => inside = false,
                '>' => inside = true,
                _ if inside => plain.push(letter),
                _ => {}
            }
        }
        plain
    }

    /// Does what the lab wants until it wants nothing more.
    fn go_on(&mut self) {
        while let Some(effect) = self.wanted.pop_front() {
            self.one(effect);
        }
    }

    fn one(&mut self, effect: Effect) {
        match effect {
            Effect::Work(number, job) => {
                let done = self.bench.run(1, *job, Material::default(), &|| 0.0);
                let done = done.map(|(outcome, _)| outcome);
                self.hear(Input::Done(number, Box::new(done)));
            }
            Effect::Sql(..) => panic!("not of this lab"),
            Effect::Writer(WriterEffect::Hold) => {
                self.held = !self.other_tab;
                self.hear(Input::Writer(WriterInput::Held(!self.other_tab)));
            }
            Effect::Writer(WriterEffect::Release) => self.held = false,
            Effect::Writer(WriterEffect::Start) => {
                self.writer = true;
                self.started += 1;
                let chance = self.chances[self.started as usize % self.chances.len()];
                self.say(WriterReport::Ready { chance }, Vec::new());
            }
            Effect::Writer(WriterEffect::End) => self.writer = false,
            Effect::Writer(WriterEffect::Order(order, bytes)) => {
                assert!(self.writer, "asked of no writer: {order:?}");
                self.order(order, bytes.into_iter().next().unwrap_or_default());
            }
            Effect::Stop => {}
            Effect::Download { .. } => panic!("{effect:?}"),
        }
    }

    fn order(&mut self, order: WriterOrder, bytes: Vec<u8>) {
        let kind = match &order {
            WriterOrder::Look => "look",
            WriterOrder::Prepare { .. } => "prepare",
            WriterOrder::Write { .. } => "write",
            WriterOrder::Inspect { .. } => "inspect",
            WriterOrder::Recover => "recover",
            WriterOrder::Clean => "clean",
        };
        if let Some((code, why)) = self.faults.get(kind) {
            let (code, why) = ((*code).to_owned(), (*why).to_owned());
            return self.say(WriterReport::Failed { code, why }, Vec::new());
        }
        match order {
            WriterOrder::Look => {
                let mut ways: Vec<_> = self.files.keys().map(|(way, _)| *way).collect();
                ways.dedup();
                let run = self.run.clone();
                self.say(WriterReport::Found { run, ways }, Vec::new());
            }
            WriterOrder::Prepare { way, run } => {
                self.run = Some(run);
                self.files.retain(|(of, _), _| *of != way);
                if way == Way::Transaction {
                    let mut image = bytes;
                    image.resize(image.len().next_multiple_of(PAGE), 0);
                    self.put(way, "people.sqlite-before", image.clone());
                    self.put(way, "people.sqlite", image);
                } else {
                    self.put(way, "people", bytes);
                }
                self.say(WriterReport::Prepared, Vec::new());
            }
            WriterOrder::Write { way, pieces, .. } => self.write(way, pieces, &bytes),
            WriterOrder::Inspect { way } => {
                let files = self.files.iter().filter(|((of, _), _)| *of == way);
                let (names, bytes) = files
                    .map(|((_, name), bytes)| (name.clone(), bytes.clone()))
                    .unzip();
                self.say(WriterReport::Files { names }, bytes);
            }
            WriterOrder::Recover => {
                // A transaction that was not committed has a journal.
                let journal = self
                    .files
                    .remove(&(Way::Transaction, "people.sqlite-journal".to_owned()));
                let database = self.file(Way::Transaction, "people.sqlite");
                let before = self.file(Way::Transaction, "people.sqlite-before");
                let is_old = journal.is_some() || database == before;
                let records = self.run.as_ref().unwrap().records;
                if journal.is_some() {
                    self.put(Way::Transaction, "people.sqlite", before);
                }
                let report = WriterReport::Recovered {
                    integrity: "ok".to_owned(),
                    old: if is_old { records } else { 0 },
                    new: if is_old { 0 } else { records },
                    journal: false,
                };
                self.say(report, Vec::new());
            }
            WriterOrder::Clean => {
                self.files.clear();
                self.run = None;
                self.say(WriterReport::Cleaned, Vec::new());
            }
        }
    }

    fn put(&mut self, way: Way, name: &str, bytes: Vec<u8>) {
        self.files.insert((way, name.to_owned()), bytes);
    }

    fn file(&self, way: Way, name: &str) -> Vec<u8> {
        self.files.get(&(way, name.to_owned())).unwrap().clone()
    }

    /// Writes piece by piece, until the lab wants the end.
    fn write(&mut self, way: Way, pieces: u32, new: &[u8]) {
        let mut left = None;
        for done in 0..=pieces {
            if left.is_none() {
                self.say(WriterReport::Progress { done, of: pieces }, Vec::new());
                let ended = |effect: &Effect| matches!(effect, Effect::Writer(WriterEffect::End));
                left = self.wanted.iter().any(ended).then_some(self.late);
            }
            let end = new.len() * done as usize / pieces as usize;
            self.reach(way, &new[..end]);
            match &mut left {
                Some(0) => return,
                Some(more) => *more -= 1,
                None => {}
            }
        }
        match way {
            Way::Plain => {
                self.put(way, "people", new.to_vec());
            }
            Way::Rename => {
                let whole = self.files.remove(&(way, "people.new".to_owned())).unwrap();
                self.put(way, "people", whole);
            }
            Way::Transaction => {
                self.files
                    .remove(&(way, "people.sqlite-journal".to_owned()));
            }
        }
        if left.is_none() {
            self.say(WriterReport::Written, Vec::new());
        }
    }

    /// The files when so much of the new version is written.
    fn reach(&mut self, way: Way, new: &[u8]) {
        match way {
            Way::Plain => {
                let mut file = self.file(way, "people");
                let from = file.len().min(new.len());
                file.splice(..from, new.iter().copied());
                self.put(way, "people", file);
            }
            Way::Rename => self.put(way, "people.new", new.to_vec()),
            Way::Transaction if new.is_empty() => {}
            Way::Transaction => {
                let mut file = self.file(way, "people.sqlite");
                let end = file.len().min(new.len());
                file[..end].copy_from_slice(&new[..end]);
                self.put(way, "people.sqlite", file);
                self.put(way, "people.sqlite-journal", vec![1; 5000]);
            }
        }
    }
}

#[test]
fn killed_half_way_the_plain_file_is_torn_and_the_others_are_old() {
    for format in ["csv", "json"] {
        for percent in ["30", "70"] {
            let mut visit = Visit::new();
            visit.change("records", "1000");
            visit.change("format", format);
            visit.change("percent", percent);
            visit.press("run");
            let status = visit.status();
            assert!(
                status.starts_with("Done. Written over in place: "),
                "{status}"
            );
            assert!(
                status.contains("place: a mixture") || status.contains("place: unreadable"),
                "{status}"
            );
            assert!(
                status.contains("renamed: all old; SQLite transaction: all old."),
                "{status}"
            );
            assert!(!visit.writer && !visit.held, "nothing goes on");
            let text = visit.text();
            assert!(text.contains(&format!("It was to be killed at {percent} %")));
            assert!(text.contains("The torn place, after byte"));
            assert!(text.contains("Left lying about: the other file"));
            assert!(text.contains("rollback journal"));
        }
    }
}

#[test]
fn the_finished_view() {
    let mut visit = Visit::new();
    visit.change("records", "1000");
    visit.change("percent", "40");
    visit.change("plain", "unreadable");
    visit.change("rename", "old");
    visit.late = 3;
    visit.press("run");
    insta::assert_snapshot!(visit.text().replace("><", ">\n<"));
}

#[test]
fn a_writer_that_goes_on_after_its_end_is_reported_as_it_was() {
    let mut visit = Visit::new();
    visit.change("percent", "99");
    visit.late = 10;
    visit.press("run");
    let status = visit.status();
    assert_eq!(
        status,
        "Done. Written over in place: all new; Written beside, then renamed: all new; SQLite transaction: all new."
    );
    assert!(visit.text().contains("It was to be killed at 99 %"));
}

#[test]
fn let_finish_everything_is_new() {
    let mut visit = Visit::new();
    visit.change("end", "finished");
    visit.change("plain", "new");
    visit.change("rename", "old");
    visit.press("run");
    assert_eq!(
        visit.status(),
        "Done. Written over in place: all new; Written beside, then renamed: all new; SQLite transaction: all new."
    );
    let text = visit.text();
    assert!(text.contains("It was not killed."));
    assert_eq!(text.matches("✓ yes").count(), 1);
    assert_eq!(text.matches("✗ no").count(), 1);
}

#[test]
fn killed_at_the_very_start_everything_is_old() {
    let mut visit = Visit::new();
    visit.change("percent", "0");
    visit.press("run");
    assert_eq!(
        visit.status(),
        "Done. Written over in place: all old; Written beside, then renamed: all old; SQLite transaction: all old."
    );
}

#[test]
fn many_kills_are_counted() {
    let mut visit = Visit::new();
    visit.change("records", "1000");
    visit.change("end", "random");
    visit.change("rounds", "10");
    visit.chances = vec![0.02, 0.4, 0.6, 0.9, 0.97];
    visit.press("run");
    let status = visit.status();
    assert!(
        status.contains("renamed: all old (10 of 10); SQLite transaction: all old (10 of 10)"),
        "{status}"
    );
    let text = visit.text();
    assert!(text.contains("10 all old, 0 all new, 0 torn"), "{text}");
    assert!(text.contains("0 all old, 0 all new, 10 torn"), "{text}");
    assert!(text.contains("n = 10 kills of each way"));
}

#[test]
fn the_prediction_is_locked_while_it_is_tried() {
    let mut visit = Visit::new();
    visit.change("plain", "old");
    visit.hear(Input::Visitor(LabEvent::Press {
        control: "run".to_owned(),
    }));
    visit.change("plain", "mixture");
    visit.change("records", "9000");
    visit.go_on();
    let text = visit.text();
    assert!(text.contains("<td>all old</td>"), "{text}");
    assert!(text.contains("value=\"1000\""));
}

#[test]
fn what_an_earlier_visit_left_can_be_looked_at_restored_and_removed() {
    let mut visit = Visit::new();
    visit.change("records", "1000");
    visit.press("run");
    visit.reload();
    let text = visit.text();
    assert!(
        text.contains("Files of an earlier run are still here (1,000 records, CSV)"),
        "{text}"
    );
    visit.press("look");
    let status = visit.status();
    assert!(
        status.starts_with("Done. Written over in place: ") && !status.contains("place: all old"),
        "{status}"
    );
    visit.press("restore");
    assert_eq!(
        visit.status(),
        "Version 1 is back. Written over in place: all old; Written beside, then renamed: all old; SQLite transaction: all old."
    );
    assert!(
        !visit
            .files
            .contains_key(&(Way::Rename, "people.new".to_owned()))
    );
    visit.press("clean");
    assert_eq!(
        visit.status(),
        "Cleaned up: all files of this lab are removed."
    );
    assert!(visit.files.is_empty());
    visit.press("look");
    assert_eq!(
        visit.status(),
        "Cleaned up: all files of this lab are removed.",
        "there is nothing to look at"
    );
}

#[test]
fn a_new_run_begins_with_no_files() {
    let mut visit = Visit::new();
    visit.put(Way::Rename, "something", vec![1]);
    visit.press("run");
    assert!(
        !visit
            .files
            .contains_key(&(Way::Rename, "something".to_owned()))
    );
}

#[test]
fn where_there_is_no_place_for_files_the_lab_says_so_and_does_nothing() {
    for code in ["no-storage", "refused"] {
        let mut visit = Visit::new();
        visit.faults.insert("look", (code, "SecurityError: no"));
        visit.reload();
        assert!(
            visit.status().starts_with("Not possible here. "),
            "{}",
            visit.status()
        );
        assert!(visit.status().contains("SecurityError: no"));
        let started = visit.started;
        for control in ["run", "look", "restore", "clean", "stop"] {
            visit.press(control);
        }
        assert_eq!(visit.started, started);
    }
}

#[test]
fn while_another_tab_works_nothing_is_begun() {
    let mut visit = Visit::new();
    visit.other_tab = true;
    visit.press("run");
    assert!(
        visit.status().starts_with("Not done. Another tab"),
        "{}",
        visit.status()
    );
    visit.other_tab = false;
    visit.press("run");
    assert!(visit.status().starts_with("Done."), "{}", visit.status());
}

#[test]
fn faults_are_said_and_the_lab_can_be_used_again() {
    for (order, code, words) in [
        ("prepare", "quota", "no room"),
        ("write", "quota", "no room"),
        ("write", "no-move", "cannot rename"),
        ("inspect", "in-use", "open elsewhere"),
        ("clean", "failed", "The writer failed"),
        ("recover", "no-sqlite", "SQLite could not be loaded"),
    ] {
        let mut visit = Visit::new();
        visit.faults.insert(order, (code, "because"));
        visit.press("run");
        let status = visit.status();
        assert!(
            status.starts_with("Not done. ")
                && status.contains(words)
                && status.contains("because"),
            "{status}"
        );
        assert!(!visit.writer && !visit.held);
        visit.faults.clear();
        visit.press("run");
        assert!(visit.status().starts_with("Done."), "{}", visit.status());
    }
}

#[test]
fn a_writer_that_is_lost_is_said() {
    let mut visit = Visit::new();
    visit.hear(Input::Visitor(LabEvent::Press {
        control: "run".to_owned(),
    }));
    visit.hear(Input::Writer(WriterInput::Lost("no script".to_owned())));
    assert!(
        visit
            .status()
            .starts_with("Not done. The worker that writes"),
        "{}",
        visit.status()
    );
}

#[test]
fn a_database_that_cannot_be_opened_is_what_is_left() {
    let mut visit = Visit::new();
    visit.faults.insert("recover", ("failed", "malformed"));
    visit.press("run");
    assert!(
        visit.status().contains("SQLite transaction: unreadable"),
        "{}",
        visit.status()
    );
    assert!(
        visit
            .text()
            .contains("SQLite could not open it: “malformed”")
    );
}

#[test]
fn stopped_the_files_stay_and_can_be_looked_at() {
    let mut visit = Visit::new();
    visit.hear(Input::Visitor(LabEvent::Press {
        control: "run".to_owned(),
    }));
    // Until the first way is being written.
    while let Some(effect) = visit.wanted.pop_front() {
        if matches!(
            &effect,
            Effect::Writer(WriterEffect::Order(WriterOrder::Write { .. }, _))
        ) {
            break;
        }
        visit.one(effect);
    }
    assert_eq!(visit.status(), "Written over in place: writing version 2 …");
    visit.wanted.clear();
    visit.press("stop");
    assert_eq!(
        visit.status(),
        "Stopped. The files are as the writer left them."
    );
    assert!(!visit.writer && !visit.held);
    visit.press("look");
    assert_eq!(visit.status(), "Done. Written over in place: all old.");
}
