//! The tables, a row at a time: whatever else the visitor wants comes between two rows.

use experiments::{Append, Failure, File, Inspect, Inspected, Read, Survive};
use language::t;

use super::sentences;
use super::state::{Asked, Bytes, Document, Row, Table};
use crate::lab::Effect;

impl Bytes {
    pub(super) fn stop(&mut self) -> Vec<Effect> {
        if self.asked.is_empty() && self.plan.is_empty() {
            return Vec::new();
        }
        if self.is_busy() {
            self.say(t!("Stopped. The file is as it was."));
        } else {
            self.say(t!("Stopped."));
        }
        self.again = false;
        self.asked.clear();
        self.plan.clear();
        stop_rows(&mut self.survival);
        stop_rows(&mut self.appended);
        stop_rows(&mut self.others);
        vec![Effect::Stop]
    }

    pub(super) fn plan_survival(&mut self) {
        self.survival = self.table();
        self.plan
            .retain(|asked| !matches!(asked, Asked::SurvivalRow(_)));
        self.plan
            .extend((0..self.survival.rows.len()).map(Asked::SurvivalRow));
    }

    pub(super) fn plan_appended(&mut self) {
        self.appended = self.table();
        self.plan
            .retain(|asked| !matches!(asked, Asked::AppendedRow(_)));
        self.plan
            .extend((0..self.appended.rows.len()).map(Asked::AppendedRow));
    }

    pub(super) fn plan_others(&mut self) {
        let can_be_read = |shown: &Document| shown.file.is_whole() || shown.is_opened;
        if !self.shown.as_ref().is_some_and(can_be_read) {
            self.others = Table::default();
            return;
        }
        self.others = self.table();
        self.plan
            .retain(|asked| !matches!(asked, Asked::OthersRow(_)));
        self.plan
            .extend((0..self.others.rows.len()).map(Asked::OthersRow));
    }

    /// A table in which nothing is found yet.
    pub(super) fn table<T>(&self) -> Table<T> {
        let Some(shown) = &self.shown else {
            return Table::default();
        };
        Table {
            of: sentences::of(shown),
            rows: formats::all().iter().map(|_| Row::Waiting).collect(),
        }
    }

    /// Asks for the next row of a table, if nothing else is being done.
    pub(super) fn next_row(&mut self) -> Vec<Effect> {
        if !self.asked.is_empty() {
            return Vec::new();
        }
        let (Some(asked), Some(shown)) = (self.plan.pop_front(), &self.shown) else {
            return Vec::new();
        };
        let name = |at: usize| {
            formats::all()
                .get(at)
                .map_or("", |format| format.name())
                .to_owned()
        };
        let (source, first) = (shown.source.clone(), shown.first);
        let settings = super::state::Choice::settings(&self.choice);
        let job = match asked {
            Asked::SurvivalRow(at) => Inspect::Survive(Survive {
                source,
                first,
                format: name(at),
                settings,
            }),
            Asked::AppendedRow(at) => Inspect::Append(Append {
                source,
                first,
                format: name(at),
                settings,
            }),
            Asked::OthersRow(at) => Inspect::Read(Read {
                file: if shown.file.is_whole() {
                    File::Bytes(shown.file.bytes.clone())
                } else {
                    File::Own(source)
                },
                format: Some(name(at)),
                settings: shown.settings.clone(),
                original: shown.original(),
            }),
            _ => return Vec::new(),
        };
        self.ask(asked, job)
    }
}

pub(super) fn fill<T>(
    table: &mut Table<T>,
    at: usize,
    outcome: Result<Option<Inspected>, Failure>,
    of: impl FnOnce(Inspected) -> Option<T>,
) {
    let unexpected = || Failure::new("unexpected", t!("The workbench answered something else."));
    let found = outcome.and_then(|found| found.and_then(of).ok_or_else(unexpected));
    if let Some(row) = table.rows.get_mut(at) {
        *row = Row::Done(found);
    }
}

fn stop_rows<T>(table: &mut Table<T>) {
    for row in &mut table.rows {
        if matches!(row, Row::Waiting) {
            *row = Row::Stopped;
        }
    }
}
