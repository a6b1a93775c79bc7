//! The file and what the visitor does to it by hand: none of which is ever lost.

use language::t;

use super::edit::Typing;
use super::sentences;
use super::state::{Aside, Bytes, Document, Draft, PAGE_BYTES};
use crate::lab::Effect;

impl Bytes {
    /// Another file takes the place of the one shown. What the visitor had changed is set aside.
    pub(super) fn replace(&mut self, document: Document) {
        if self.is_edited()
            && let (Some(shown), Some(original)) = (self.shown.take(), self.original.take())
        {
            self.aside = Some(Aside {
                shown,
                original,
                draft: self.draft.take(),
            });
        }
        self.draft = None;
        self.original = Some(document.clone());
        self.shown = Some(document);
        self.look();
    }

    /// Looks at the file anew: at its error, if it has one, else at its start.
    pub(super) fn look(&mut self) {
        let Some(shown) = &self.shown else { return };
        self.chosen = None;
        self.cut = shown.file.size / 2;
        let error = shown
            .reading
            .failure
            .as_ref()
            .and_then(|failure| failure.place);
        let error = error.map_or(0, |place| place.offset.saturating_sub(shown.file.start));
        self.page =
            error.min((shown.file.bytes.len() as u64).saturating_sub(1)) / PAGE_BYTES * PAGE_BYTES;
    }

    pub(super) fn undo(&mut self) {
        let (Some(original), true) = (self.original.clone(), self.is_changed()) else {
            return;
        };
        let edited = self.is_edited();
        self.replace(original);
        self.say(if edited {
            t!("The file is as it was. Your changes are set aside: “Bring my changes back”.")
        } else {
            t!("The file is read as it was.")
        });
        self.plan_others();
    }

    pub(super) fn bring_back(&mut self) {
        let Some(aside) = self.aside.take() else {
            return;
        };
        self.replace(aside.original.clone());
        self.original = Some(aside.original);
        self.shown = Some(aside.shown);
        self.draft = aside.draft;
        self.look();
        self.say(t!("Your changes are back."));
        self.plan_others();
    }

    pub(super) fn type_in(&mut self, text: String) {
        if self.shown.is_some() && self.typed() != text {
            let typing = self.typing();
            self.draft = Some(Draft { typing, text });
            let is_same = self.bytes().is_ok_and(|bytes| {
                self.shown
                    .as_ref()
                    .is_some_and(|shown| shown.file.bytes == bytes)
            });
            if is_same {
                self.draft = None;
            }
        }
    }

    pub(super) fn change_typing(&mut self, value: &str) {
        let typing = if value == "hex" {
            Typing::Hex
        } else {
            Typing::Text
        };
        let Some(draft) = &self.draft else {
            self.typing = typing;
            return;
        };
        if draft.typing == typing {
            return;
        }
        match draft
            .typing
            .read(&draft.text)
            .map(|bytes| typing.show(&bytes))
        {
            Ok(Some(text)) => {
                self.draft = Some(Draft { typing, text });
                self.typing = typing;
            }
            Ok(None) => self.fault(t!(
                "What you typed is no text in UTF-8: it can be typed as hex only. Nothing is lost."
            )),
            Err(why) => self.fault(t!("{why} Nothing is lost.", why)),
        }
    }

    pub(super) fn choose_record(&mut self, record: Option<u64>) {
        if record == self.chosen {
            self.chosen = None;
            return;
        }
        self.chosen = record;
        let Some(shown) = &self.shown else { return };
        let span = shown
            .reading
            .spans
            .iter()
            .find(|span| Some(span.record) == record);
        if let (Some(span), Some(record)) = (span, record) {
            self.page = span.start.saturating_sub(shown.file.start) / PAGE_BYTES * PAGE_BYTES;
            self.status = sentences::record(record, span, shown.file.size);
        }
    }

    pub(super) fn download(&mut self) -> Vec<Effect> {
        let (Some(shown), bytes) = (&self.shown, self.bytes()) else {
            return Vec::new();
        };
        match bytes {
            Ok(bytes) => vec![Effect::Download {
                name: shown.name.clone(),
                media_type: shown
                    .format()
                    .map_or("application/octet-stream", formats::Format::media_type)
                    .to_owned(),
                bytes,
            }],
            Err(why) => {
                self.fault(why);
                Vec::new()
            }
        }
    }
}
