//! The writer of the lab durability, acted: its files, and what each order makes of them, piece by piece.

use std::collections::BTreeMap;

use protocol::{Way, WriterOrder, WriterReport, WriterRun};
use storage_labs::{WriterEffect, WriterInput};

/// A page of the acted database.
const PAGE: usize = 4096;
/// Where writers that are killed by chance are killed, one after the other.
const CHANCES: [f64; 7] = [0.11, 0.83, 0.37, 0.59, 0.23, 0.71, 0.47];

const PLAIN: &str = "people";
const BESIDE: &str = "people.new";
const DATABASE: &str = "people.sqlite";
const IMAGE: &str = "people.sqlite-before";
const JOURNAL: &str = "people.sqlite-journal";

/// Tells the lab; whether the lab wants the writer to end.
type Tell<'a> = &'a mut dyn FnMut(WriterInput) -> bool;

#[derive(Default)]
pub(crate) struct ActedWriter {
    files: BTreeMap<(Way, &'static str), Vec<u8>>,
    run: Option<WriterRun>,
    started: usize,
}

impl ActedWriter {
    pub(crate) fn take(&mut self, effect: WriterEffect, tell: Tell<'_>) {
        match effect {
            WriterEffect::Hold => {
                tell(WriterInput::Held(true));
            }
            WriterEffect::Release | WriterEffect::End => {}
            WriterEffect::Start => {
                self.started += 1;
                let chance = CHANCES[self.started % CHANCES.len()];
                say(tell, WriterReport::Ready { chance });
            }
            WriterEffect::Order(order, bytes) => {
                self.order(order, bytes.into_iter().next().unwrap_or_default(), tell);
            }
        }
    }

    fn order(&mut self, order: WriterOrder, bytes: Vec<u8>, tell: Tell<'_>) {
        match order {
            WriterOrder::Look => {
                let mut ways: Vec<_> = self.files.keys().map(|(way, _)| *way).collect();
                ways.dedup();
                let run = self.run.clone();
                say(tell, WriterReport::Found { run, ways });
            }
            WriterOrder::Prepare { way, run } => {
                self.run = Some(run);
                self.files.retain(|(of, _), _| *of != way);
                if way == Way::Transaction {
                    let mut image = bytes;
                    image.resize(image.len().next_multiple_of(PAGE), 0);
                    self.files.insert((way, IMAGE), image.clone());
                    self.files.insert((way, DATABASE), image);
                } else {
                    self.files.insert((way, PLAIN), bytes);
                }
                say(tell, WriterReport::Prepared);
            }
            WriterOrder::Write { way, pieces, .. } => self.write(way, pieces, &bytes, tell),
            WriterOrder::Inspect { way } => {
                let files = self.files.iter().filter(|((of, _), _)| *of == way);
                let (names, bytes) = files
                    .map(|((_, name), bytes)| ((*name).to_owned(), bytes.clone()))
                    .unzip();
                tell(WriterInput::Said(WriterReport::Files { names }, bytes));
            }
            WriterOrder::Recover => {
                let report = self.recover();
                say(tell, report);
            }
            WriterOrder::Clean => {
                self.files.clear();
                self.run = None;
                say(tell, WriterReport::Cleaned);
            }
        }
    }

    /// Writes piece by piece, until the lab wants the end.
    fn write(&mut self, way: Way, pieces: u32, new: &[u8], tell: Tell<'_>) {
        for done in 0..=pieces {
            let is_ended = say(tell, WriterReport::Progress { done, of: pieces });
            let end = new.len() * done as usize / pieces.max(1) as usize;
            self.reach(way, &new[..end]);
            if is_ended {
                return;
            }
        }
        match way {
            Way::Plain => {
                self.files.insert((way, PLAIN), new.to_vec());
            }
            Way::Rename => {
                self.files.remove(&(way, BESIDE));
                self.files.insert((way, PLAIN), new.to_vec());
            }
            Way::Transaction => {
                self.files.remove(&(way, JOURNAL));
            }
        }
        say(tell, WriterReport::Written);
    }

    /// The files when so much of the new version is written.
    fn reach(&mut self, way: Way, new: &[u8]) {
        match way {
            Way::Plain => {
                let file = self.files.entry((way, PLAIN)).or_default();
                let from = file.len().min(new.len());
                file.splice(..from, new.iter().copied());
            }
            Way::Rename => {
                self.files.insert((way, BESIDE), new.to_vec());
            }
            Way::Transaction if new.is_empty() => {}
            Way::Transaction => {
                let file = self.files.entry((way, DATABASE)).or_default();
                let end = file.len().min(new.len());
                file[..end].copy_from_slice(&new[..end]);
                self.files.insert((way, JOURNAL), vec![1; 5000]);
            }
        }
    }

    /// What SQLite finds: a transaction that was not committed has a journal, and is undone.
    fn recover(&mut self) -> WriterReport {
        let way = Way::Transaction;
        let journal = self.files.remove(&(way, JOURNAL));
        let before = self.files.get(&(way, IMAGE)).cloned().unwrap_or_default();
        let is_old = journal.is_some() || self.files.get(&(way, DATABASE)) == Some(&before);
        if journal.is_some() {
            self.files.insert((way, DATABASE), before);
        }
        let records = self.run.as_ref().map_or(0, |run| run.records);
        WriterReport::Recovered {
            integrity: "ok".to_owned(),
            old: if is_old { records } else { 0 },
            new: if is_old { 0 } else { records },
            journal: false,
        }
    }
}

fn say(tell: Tell<'_>, report: WriterReport) -> bool {
    tell(WriterInput::Said(report, Vec::new()))
}
