//! What can be said of a measurement, and of a statement of the visitor's own.

use engines::adapters::sqlite::plan::Line;
use engines::questions::Question;
use engines::sql::SqlError;
use widgets::Found;

use super::own::Rowset;
use super::state::{SizeResult, SqlOrFiles, Way};
use super::verdict;

impl SqlOrFiles {
    /// A measurement has ended.
    pub(super) fn found(&mut self, question: Question) {
        let mut found = Found::default();
        found.text("sql.question", question.name());
        if let Some(sizes) = self.results.get(&question) {
            if let (Some(few), Some(many)) = (sizes.first(), sizes.last()) {
                self.tell(&mut found, "few", few);
                self.tell(&mut found, "many", many);
            }
            let ways = sizes.last().map(|size| &size.ways);
            if let Some(rows) = ways.and_then(|ways| ways.get(&Way::Sqlite)) {
                found.count("sql.rows", rows.shown.total);
            }
        }
        self.facts.finish(found);
    }

    fn tell(&self, found: &mut Found, part: &str, size: &SizeResult) {
        let name = |what: &str| format!("sql.{part}.{what}");
        found.count(name("people"), u64::from(size.people));
        if let Some([(winner, best), _, (last, worst)]) = verdict::ranking(self, size) {
            found.text(name("winner"), winner.name());
            found.text(name("slowest"), last.name());
            if best > 0.0 {
                found.number(name("times_slower"), worst / best);
            }
        }
        for (way, result) in &size.ways {
            let name = |what: &str| format!("sql.{part}.{}.{what}", way.name());
            if let Some((_, median, _)) = result.times.spread() {
                found.number(name("ms"), median);
            }
            if let Some(touched) = result.touched {
                found.count(name("touched_bytes"), touched.read + touched.written);
                found.count(name("read_bytes"), touched.read);
                found.count(name("written_bytes"), touched.written);
            }
            found.count(name("stored_bytes"), result.stored);
            if !way.is_file() {
                found.whether(name("uses_index"), uses_index(&result.plan));
            }
        }
    }

    /// A statement of the visitor's own was answered.
    pub(super) fn found_own(&mut self, shown: &Result<Rowset, SqlError>) {
        let mut found = Found::default();
        found.whether("sql.own.fails", shown.is_err());
        match shown {
            Ok(rows) => {
                found.count("sql.own.columns", rows.columns.len() as u64);
                found.count("sql.own.rows", rows.rows.len() as u64);
                found.whether("sql.own.more", rows.more);
                if let Some(changed) = rows.changed {
                    found.count("sql.own.changed", changed.max(0.0) as u64);
                }
                found.whether("sql.own.uses_index", uses_index(&rows.plan));
                found.count("sql.own.scans", scans(&rows.plan));
                found.number("sql.own.ms", rows.milliseconds);
                if let Some(first) = rows.rows.first().and_then(|row| row.first()) {
                    found.text("sql.own.first_cell", first.clone());
                }
            }
            Err(error) => found.text("sql.own.error", error.code.clone()),
        }
        self.facts.finish(found);
    }
}

/// Whether SQLite goes by an index or by the primary key anywhere in the plan, instead of looking at every row.
fn uses_index(plan: &[Line]) -> bool {
    plan.iter().any(|line| line.detail.starts_with("SEARCH"))
}

/// How many tables or indexes are read from end to end.
fn scans(plan: &[Line]) -> u64 {
    let is_scan = |line: &&Line| line.detail.starts_with("SCAN");
    plan.iter().filter(is_scan).count() as u64
}
