//! Where the records of a pickle are: what was put into the collection at the bottom of the stack.

use core::ops::Range;

use super::graph::{Id, Node, Nodes, Part};
use crate::reading::Reading;

/// The node at the bottom of the stack, and where its parts are.
#[derive(Debug, Default)]
pub(super) struct Records {
    node: Option<Id>,
    spans: Vec<Range<usize>>,
}

impl Records {
    /// Adds the parts of a node that began at these places; what fills it stands at `end`. `in_pairs` if it is a map.
    pub(super) fn add(&mut self, node: Id, places: &[usize], end: usize, in_pairs: bool) {
        if self.node != Some(node) {
            self.node = Some(node);
            self.spans.clear();
        }
        let each = if in_pairs { 2 } else { 1 };
        let starts = places.iter().step_by(each).copied();
        let ends = starts.clone().skip(1).chain([end]);
        self.spans
            .extend(starts.zip(ends).map(|(start, end)| start..end));
    }

    /// Tells the reading where they are, if the root is that node; else the root is one record, up to `end`.
    pub(super) fn tell(self, root: &Part, nodes: &Nodes, end: usize, reading: &mut Reading<'_>) {
        if let Part::Node(id) = root {
            if self.node == Some(*id) {
                return self.spans.into_iter().for_each(|span| reading.record(span));
            }
            if let Node::List(parts) | Node::Tuple(parts) | Node::Set(parts) | Node::Map(parts) =
                nodes.get(*id)
                && parts.is_empty()
            {
                return;
            }
        }
        reading.record(0..end);
    }
}
