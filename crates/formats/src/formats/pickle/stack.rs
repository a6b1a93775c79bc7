//! The stack of the machine, with its marks.

use super::graph::Part;
use crate::{ErrorKind, FormatError};

/// Parts, each with the place of the bytes from which on it was made.
#[derive(Debug, Default)]
pub(super) struct Stack {
    parts: Vec<Part>,
    places: Vec<usize>,
    /// The height at each mark, and the mark's place.
    marks: Vec<(usize, usize)>,
}

impl Stack {
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    pub(super) fn marks(&self) -> usize {
        self.marks.len()
    }

    #[inline]
    pub(super) fn push(&mut self, part: Part, place: usize) {
        self.parts.push(part);
        self.places.push(place);
    }

    #[inline]
    pub(super) fn push_mark(&mut self, place: usize) {
        self.marks.push((self.parts.len(), place));
    }

    /// Takes the last mark away: the height at it, and its place.
    #[inline]
    pub(super) fn mark(&mut self) -> Result<(usize, usize), FormatError> {
        match self.marks.pop() {
            Some(mark) if mark.0 <= self.parts.len() => Ok(mark),
            _ => Err(FormatError::new(
                ErrorKind::Malformed,
                "An instruction needs a mark that is not there.",
            )),
        }
    }

    /// Whether nothing is on the stack since the last mark.
    pub(super) fn is_at_mark(&self) -> bool {
        matches!(self.marks.last(), Some((height, _)) if *height == self.parts.len())
    }

    /// The height below the topmost so many, which must be above the last mark.
    #[inline]
    pub(super) fn below(&self, count: usize) -> Result<usize, FormatError> {
        let floor = self.marks.last().map_or(0, |(height, _)| *height);
        match self.parts.len().checked_sub(count) {
            Some(height) if height >= floor => Ok(height),
            _ => Err(missing()),
        }
    }

    /// The part under that height, to be filled with those from there on.
    #[inline]
    pub(super) fn under(&self, height: usize) -> Result<&Part, FormatError> {
        let floor = self.marks.last().map_or(0, |(height, _)| *height);
        match height.checked_sub(1) {
            Some(under) if under >= floor => Ok(&self.parts[under]),
            _ => Err(missing()),
        }
    }

    pub(super) fn pop(&mut self) -> Result<Part, FormatError> {
        self.below(1)?;
        self.places.pop();
        self.parts.pop().ok_or_else(missing)
    }

    /// The part on top, to be changed.
    #[inline]
    pub(super) fn top(&mut self) -> Result<&mut Part, FormatError> {
        self.below(1)?;
        self.parts.last_mut().ok_or_else(missing)
    }

    /// The parts from that height on.
    pub(super) fn from(&self, height: usize) -> &[Part] {
        &self.parts[height..]
    }

    /// Their places.
    pub(super) fn places(&self, height: usize) -> &[usize] {
        &self.places[height..]
    }

    pub(super) fn truncate(&mut self, height: usize) {
        self.parts.truncate(height);
        self.places.truncate(height);
    }

    /// Takes the parts from that height on.
    #[inline]
    pub(super) fn drain(&mut self, height: usize) -> impl ExactSizeIterator<Item = Part> {
        self.places.truncate(height);
        self.parts.drain(height..)
    }
}

fn missing() -> FormatError {
    FormatError::new(
        ErrorKind::Malformed,
        "An instruction needs a value that is not there.",
    )
}
