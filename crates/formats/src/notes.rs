//! What was changed without being refused.

use crate::Position;

/// Something that was changed, left out or looks dangerous; as many of a kind as there are make one note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// A stable name.
    pub code: &'static str,
    /// What it is, in a sentence, said of the first of them.
    pub message: String,
    /// How many there are.
    pub count: u64,
    /// Where the first is, if it is in bytes.
    pub position: Option<Position>,
}

/// Notes, one of a kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes(Vec<Note>);

impl Notes {
    /// Adds one of that kind; the sentence and the place are made for the first only.
    pub(crate) fn add(
        &mut self,
        code: &'static str,
        first: impl FnOnce() -> (String, Option<Position>),
    ) {
        if let Some(note) = self.0.iter_mut().find(|note| note.code == code) {
            note.count += 1;
            return;
        }
        let (message, position) = first();
        self.0.push(Note {
            code,
            message,
            count: 1,
            position,
        });
    }

    pub(crate) fn into_vec(self) -> Vec<Note> {
        self.0
    }

    /// Those so far.
    pub(crate) fn list(&self) -> &[Note] {
        &self.0
    }
}
