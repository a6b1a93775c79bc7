//! What the machine builds: nodes that name each other, made into one tree at the end.

use super::calls::Callable;
use crate::reading::{Reading, twice};
use crate::{Datum, ErrorKind, FormatError};

/// The place of a node.
pub(super) type Id = usize;

/// A value whose parts may still grow.
#[derive(Debug)]
pub(super) enum Node {
    Leaf(Datum),
    List(Vec<Id>),
    Tuple(Vec<Id>),
    Set(Vec<Id>),
    Map(Vec<(Id, Id)>),
    /// Something that may be called.
    Callable(Callable),
    /// Days, seconds and microseconds: `datetime.timedelta`.
    Delta(i64, i64, i64),
    /// Minutes east of UTC: `datetime.timezone`.
    Zone(i16),
}

/// The tree of that root. A node that is used more than once is copied, within the limits of values and bytes.
pub(super) fn datum(
    nodes: Vec<Node>,
    root: Id,
    reading: &mut Reading<'_>,
) -> Result<Datum, FormatError> {
    let mut uses = vec![0_u32; nodes.len()];
    let mut count = |id: Id| uses[id] = uses[id].saturating_add(1);
    count(root);
    for node in &nodes {
        match node {
            Node::List(ids) | Node::Tuple(ids) | Node::Set(ids) => {
                ids.iter().copied().for_each(&mut count);
            }
            Node::Map(entries) => entries.iter().for_each(|&(key, value)| {
                count(key);
                count(value);
            }),
            _ => {}
        }
    }
    let open = vec![false; nodes.len()];
    let copied = 0;
    Tree {
        nodes,
        uses,
        open,
        copied,
        reading,
    }
    .build(root, 1)
}

struct Tree<'a, 'b> {
    nodes: Vec<Node>,
    uses: Vec<u32>,
    /// The nodes that are being built.
    open: Vec<bool>,
    /// Bytes of texts copied.
    copied: usize,
    reading: &'a mut Reading<'b>,
}

impl Tree<'_, '_> {
    fn build(&mut self, id: Id, depth: usize) -> Result<Datum, FormatError> {
        self.reading.item()?;
        if self.uses[id] == 1 {
            if let Node::Leaf(datum) = &mut self.nodes[id] {
                return Ok(core::mem::replace(datum, Datum::Null));
            }
        } else if let Node::Leaf(datum) = &self.nodes[id] {
            let datum = datum.clone();
            self.copied += match &datum {
                Datum::Str(text) => text.len(),
                Datum::Bytes(bytes) => bytes.len(),
                _ => 0,
            };
            if self.copied > self.reading.options.limits.bytes {
                let message = "The texts that are used more than once are too many bytes.";
                return Err(FormatError::new(ErrorKind::LimitBytes, message));
            }
            return Ok(datum);
        }
        if self.open[id] {
            let message = "A value contains itself, which no other format here can hold.";
            return Err(FormatError::new(ErrorKind::Unsupported, message));
        }
        self.reading.depth(depth)?;
        self.open[id] = true;
        let datum = self.branch(id, depth)?;
        self.open[id] = false;
        Ok(datum)
    }

    fn branch(&mut self, id: Id, depth: usize) -> Result<Datum, FormatError> {
        let what = match &self.nodes[id] {
            Node::Callable(callable) => callable.name(),
            Node::Delta(..) => "datetime.timedelta",
            Node::Zone(_) => "datetime.timezone",
            Node::Map(entries) => {
                let entries = entries.clone();
                let mut pairs = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    self.hashable(key)?;
                    pairs.push((self.build(key, depth + 1)?, self.build(value, depth + 1)?));
                }
                return self.reading.map(pairs, || None);
            }
            Node::List(ids) => {
                let ids = ids.clone();
                return self.many(&ids, depth).map(Datum::List);
            }
            Node::Tuple(ids) => {
                let ids = ids.clone();
                return self.many(&ids, depth).map(Datum::Tuple);
            }
            Node::Set(ids) => {
                let ids = ids.clone();
                let mut items = self.many(&ids, depth)?;
                ids.iter().try_for_each(|&id| self.hashable(id))?;
                if twice(&items, |item| item).is_some() {
                    let mut seen = std::collections::HashSet::new();
                    items.retain(|item| seen.insert(item.clone()));
                }
                return Ok(Datum::Set(items));
            }
            Node::Leaf(_) => return Ok(Datum::Null),
        };
        let message = format!("The pickle holds a `{what}` as a value, which has no place here.");
        Err(FormatError::new(ErrorKind::Unsupported, message))
    }

    fn many(&mut self, ids: &[Id], depth: usize) -> Result<Vec<Datum>, FormatError> {
        ids.iter().map(|&id| self.build(id, depth + 1)).collect()
    }

    /// Refuses a list or a map as a key or in a set, as Python does.
    fn hashable(&self, id: Id) -> Result<(), FormatError> {
        match self.nodes[id] {
            Node::List(_) | Node::Map(_) => Err(FormatError::new(
                ErrorKind::Malformed,
                "A list or a map is used as a key or in a set, which Python does not allow.",
            )),
            _ => Ok(()),
        }
    }
}
