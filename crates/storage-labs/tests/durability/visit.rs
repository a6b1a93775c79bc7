//! A visit, with files that stay when a writer is ended.

use experiments::{Bench, Material};
use protocol::{LabEvent, Way, WriterOrder, WriterReport, WriterRun};
use std::collections::{BTreeMap, VecDeque};
use storage_labs::{Effect, Input, Machine, StorageLab, WriterEffect, WriterInput, create};
use widgets::{Detail, page};

/// A page of the acted database.
pub(crate) const PAGE: usize = 4096;

/// A visit, with files that stay when a writer is ended.
pub(crate) struct Visit {
    pub(crate) lab: Box<StorageLab>,
    pub(crate) bench: Bench,
    /// What the lab wants done.
    pub(crate) wanted: VecDeque<Effect>,
    pub(crate) writer: bool,
    pub(crate) held: bool,
    /// The files of each way, by name.
    pub(crate) files: BTreeMap<(Way, String), Vec<u8>>,
    pub(crate) run: Option<WriterRun>,
    /// What each writer says is its chance.
    pub(crate) chances: Vec<f64>,
    /// So many more pieces are written before the end of a writer comes true.
    pub(crate) late: u32,
    /// What orders of this kind are answered instead.
    pub(crate) faults: BTreeMap<&'static str, (&'static str, &'static str)>,
    pub(crate) other_tab: bool,
    pub(crate) started: u32,
}

impl Visit {
    pub(crate) fn new() -> Self {
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
    pub(crate) fn reload(&mut self) {
        self.lab = create("durability").unwrap();
        self.wanted.clear();
        (self.writer, self.held) = (false, false);
        self.hear(Input::Machine(Machine::default()));
        self.go_on();
    }

    pub(crate) fn hear(&mut self, input: Input) {
        let effects = self.lab.update(input);
        self.wanted.extend(effects);
    }

    pub(crate) fn say(&mut self, report: WriterReport, bytes: Vec<Vec<u8>>) {
        self.hear(Input::Writer(WriterInput::Said(report, bytes)));
    }

    pub(crate) fn press(&mut self, control: &str) {
        self.hear(Input::Visitor(LabEvent::Press {
            control: control.to_owned(),
        }));
        self.go_on();
    }

    pub(crate) fn change(&mut self, control: &str, value: &str) {
        self.hear(Input::Visitor(LabEvent::Change {
            control: control.to_owned(),
            value: value.to_owned(),
        }));
    }

    pub(crate) fn text(&self) -> String {
        page(&self.lab.view(Detail::Full))
    }

    pub(crate) fn status(&self) -> String {
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
    pub(crate) fn go_on(&mut self) {
        while let Some(effect) = self.wanted.pop_front() {
            self.one(effect);
        }
    }

    pub(crate) fn one(&mut self, effect: Effect) {
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

    pub(crate) fn order(&mut self, order: WriterOrder, bytes: Vec<u8>) {
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

    pub(crate) fn put(&mut self, way: Way, name: &str, bytes: Vec<u8>) {
        self.files.insert((way, name.to_owned()), bytes);
    }

    pub(crate) fn file(&self, way: Way, name: &str) -> Vec<u8> {
        self.files.get(&(way, name.to_owned())).unwrap().clone()
    }

    /// Writes piece by piece, until the lab wants the end.
    pub(crate) fn write(&mut self, way: Way, pieces: u32, new: &[u8]) {
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
    pub(crate) fn reach(&mut self, way: Way, new: &[u8]) {
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
