//! What the lab does with what comes of its jobs.

use experiments::{Failure, Inspected, Opened, Outcome, Written};
use language::t;
use protocol::LabEvent;

use super::plan::fill;
use super::sentences;
use super::state::{Asked, Bytes, Document, Draft, Table, Why};
use crate::lab::Effect;

impl Bytes {
    pub(super) fn done(&mut self, asked: Asked, outcome: Result<Outcome, Failure>) -> Vec<Effect> {
        let outcome = outcome.map(|outcome| match outcome {
            Outcome::Inspected(inspected) => Some(*inspected),
            _ => None,
        });
        match (asked, outcome) {
            (Asked::SurvivalRow(at), outcome) => {
                fill(&mut self.survival, at, outcome, |found| match found {
                    Inspected::Survival(found) => Some(found),
                    _ => None,
                });
            }
            (Asked::AppendedRow(at), outcome) => {
                fill(&mut self.appended, at, outcome, |found| match found {
                    Inspected::Appended(found) => Some(found),
                    _ => None,
                });
            }
            (Asked::OthersRow(at), outcome) => {
                fill(&mut self.others, at, outcome, |found| match found {
                    Inspected::Read(mut found) => {
                        found.file.bytes.clear();
                        Some(found)
                    }
                    _ => None,
                });
            }
            (Asked::Write(_), _) if self.again => {
                self.again = false;
                return self.write();
            }
            (Asked::Write(document), Ok(Some(Inspected::Written(written)))) => {
                self.written(document, written);
            }
            (Asked::Open(document), Ok(Some(Inspected::Read(opened)))) => {
                self.opened(document, opened);
            }
            (Asked::Read(why, document, draft), Ok(Some(Inspected::Read(opened)))) => {
                self.was_read(why, document, draft.as_ref(), opened);
            }
            (Asked::Append { anew }, Ok(Some(Inspected::Appended(found)))) => {
                let format = self.shown.as_ref().and_then(|shown| shown.format.clone());
                let too_large = || t!("The file would be too large to be changed here.");
                return if anew {
                    let changed = found.changed;
                    let why = Why::Anew { changed };
                    self.read(why, format, |_| found.anew.ok_or_else(too_large))
                } else {
                    let record = found.record.unwrap_or_default();
                    let bytes = record.len() as u64;
                    self.read(Why::Appended { bytes }, format, |old| {
                        Ok([old, record].concat())
                    })
                };
            }
            (_, Err(failure)) => self.fault(sentences::failure(&failure)),
            (_, Ok(_)) => self.fault(t!("The workbench answered something else.")),
        }
        Vec::new()
    }

    pub(super) fn written(&mut self, mut document: Document, written: Written) {
        document.file = written.file;
        document.remarks = written.remarks;
        document.reading = written.reading;
        let is_first = self.original.is_none();
        self.replace(document);
        if is_first {
            self.sort_what_was_told_early();
        }
        self.status = sentences::written(self.shown.as_ref(), written.records);
        self.found("written");
        self.plan_survival();
        self.plan_appended();
        self.plan_others();
    }

    /// What the page's fields held from the beginning, which is this first file, is nothing that the visitor has done; but it
    /// was told, and perhaps after another format was chosen.
    fn sort_what_was_told_early(&mut self) {
        let so = [("typed", self.typed()), ("cut", self.cut.to_string())];
        self.early.retain(|event| match event {
            LabEvent::Change { control, value } => !so
                .iter()
                .any(|(name, held)| control == name && value == held),
            _ => true,
        });
        // What was typed was typed into this file, whatever was chosen meanwhile.
        let is_typing = |event: &LabEvent| matches!(event, LabEvent::Change { control, .. } if control == "typed" || control == "typing");
        self.early
            .make_contiguous()
            .sort_by_key(|event| !is_typing(event));
    }

    pub(super) fn opened(&mut self, mut document: Document, opened: Opened) {
        document.format = opened.format;
        document.settings.delimiter = Some(opened.delimiter);
        document.file = opened.file;
        document.reading = opened.reading;
        self.replace(document);
        self.status = sentences::opened(self.shown.as_ref());
        self.found("opened");
        (self.survival, self.appended, self.others) = Default::default();
        if self.has_whole() {
            self.plan_others();
        }
    }

    pub(super) fn was_read(
        &mut self,
        why: Why,
        mut document: Document,
        draft: Option<&Draft>,
        opened: Opened,
    ) {
        document.reading = opened.reading;
        if !document.file.is_whole() {
            document.file = opened.file;
        }
        if self.draft.as_ref() == draft {
            self.draft = None;
        }
        self.status = sentences::read(why, &document);
        self.shown = Some(document);
        self.look();
        self.found(match why {
            Why::Edited => "edited",
            Why::Cut { .. } => "cut",
            Why::Appended { .. } => "appended",
            Why::Anew { .. } => "anew",
            Why::OtherFormat => "other-format",
        });
        if self.has_whole() {
            self.plan_others();
        } else {
            self.others = Table::default();
        }
    }
}
