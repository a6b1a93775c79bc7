//! Where the records of a YAML text are, from the places of the parser's events.

use core::ops::Range;

use granit_parser::Event;

use crate::reading::Reading;

/// Follows the events of a text. The parts of the top list, map or set are its records; with several documents, these are.
#[derive(Debug, Default)]
pub(super) struct Records {
    documents: Vec<Range<usize>>,
    parts: Vec<Range<usize>>,
    /// Where the text before the next part begins, and where the last content ended.
    from: usize,
    end: usize,
    /// Where the document and the part began.
    document: usize,
    part: usize,
    /// Whether the top value is a map or a set, of which two nodes make a part; nodes that it has had.
    in_pairs: bool,
    nodes: usize,
    is_collection: bool,
}

impl Records {
    /// Takes an event that stands there, with the depth before it and after it.
    pub(super) fn follow(
        &mut self,
        event: &Event<'_>,
        text: &str,
        place: Range<usize>,
        (before, after): (usize, usize),
    ) {
        let begins = matches!(
            event,
            Event::Scalar(..)
                | Event::Alias(_)
                | Event::SequenceStart(..)
                | Event::MappingStart(..)
        );
        let is_leaf = matches!(event, Event::Scalar(..) | Event::Alias(_));
        let ends = matches!(event, Event::SequenceEnd | Event::MappingEnd);
        if begins && before == 0 {
            self.document = self.begin(text, place.start);
            self.is_collection = !is_leaf;
            self.in_pairs = matches!(event, Event::MappingStart(..));
            self.nodes = 0;
            self.from = place.start;
        } else if begins && before == 1 && !(self.in_pairs && self.nodes % 2 == 1) {
            self.part = self.begin(text, place.start);
        }
        // The end of a list without brackets is where the next thing begins.
        if is_leaf || ends && !place.is_empty() {
            self.end = self.end.max(place.end);
        }
        if !(is_leaf || ends) {
            return;
        }
        if after == 1 {
            self.nodes += 1;
            if !(self.in_pairs && self.nodes % 2 == 1) {
                self.parts.push(self.part..self.end);
                self.from = self.end;
            }
        } else if after == 0 {
            self.documents.push(self.document..self.end);
            self.from = self.end;
        }
    }

    /// Where a part begins of which the first node stands there: at its dash or question mark, if it has one.
    fn begin(&self, text: &str, node: usize) -> usize {
        let Some(between) = text.as_bytes().get(self.from..node) else {
            return node;
        };
        let mut in_comment = false;
        let skipped = between.iter().take_while(|&&byte| {
            in_comment = byte == b'#' || in_comment && byte != b'\n';
            in_comment || byte.is_ascii_whitespace() || matches!(byte, b',' | b'[' | b'{')
        });
        self.from + skipped.count()
    }

    /// Tells the reading where they are.
    pub(super) fn tell(self, reading: &mut Reading<'_>) {
        let spans = if self.documents.len() == 1 && self.is_collection {
            self.parts
        } else {
            self.documents
        };
        for span in spans {
            reading.record(span);
        }
    }
}
