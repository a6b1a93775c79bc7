//! What the machine builds: nodes that name each other, made into one tree at the end.

use super::calls::Callable;
use crate::reading::{Reading, twice};
use crate::{Datum, ErrorKind, FormatError, Position};

/// The place of a node.
pub(super) type Id = usize;

/// A value, or the node that it is.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Leaf(Datum),
    Node(Id),
}

/// A value whose parts may still grow, or that may be used more than once.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Leaf(Datum),
    List(Vec<Part>),
    Tuple(Vec<Part>),
    Set(Vec<Part>),
    /// Keys and values in turn.
    Map(Vec<Part>),
    /// Something that may be called.
    Callable(Callable),
    /// Days, seconds and microseconds: `datetime.timedelta`.
    Delta(i64, i64, i64),
    /// Minutes east of UTC: `datetime.timezone`.
    Zone(i16),
}

impl Node {
    fn parts(&self) -> &[Part] {
        match self {
            Self::List(parts) | Self::Tuple(parts) | Self::Set(parts) | Self::Map(parts) => parts,
            _ => &[],
        }
    }
}

/// All nodes, and where each was made.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    nodes: Vec<Node>,
    places: Vec<usize>,
}

impl Nodes {
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Adds a node that is made by the instruction at that place.
    #[inline]
    pub(super) fn add(&mut self, node: Node, place: usize) -> Id {
        self.nodes.push(node);
        self.places.push(place);
        self.nodes.len() - 1
    }

    pub(super) fn get(&self, id: Id) -> &Node {
        &self.nodes[id]
    }

    pub(super) fn get_mut(&mut self, id: Id) -> &mut Node {
        &mut self.nodes[id]
    }

    /// The node that a part is.
    pub(super) fn node(&self, part: &Part) -> Option<&Node> {
        match part {
            Part::Leaf(_) => None,
            Part::Node(id) => self.nodes.get(*id),
        }
    }

    /// The value of a part, if it is no collection, function or the like.
    pub(super) fn leaf<'n>(&'n self, part: &'n Part) -> Option<&'n Datum> {
        match part {
            Part::Leaf(datum) => Some(datum),
            Part::Node(id) => match &self.nodes[*id] {
                Node::Leaf(datum) => Some(datum),
                _ => None,
            },
        }
    }
}

/// The tree of that root. A node that is used more than once is copied, within the limits of values and bytes.
pub(super) fn datum(
    nodes: Nodes,
    root: Part,
    reading: &mut Reading<'_>,
) -> Result<Datum, FormatError> {
    let mut uses = vec![0_u32; nodes.len()];
    let parts = nodes.nodes.iter().flat_map(Node::parts);
    for part in parts.chain([&root]) {
        if let Part::Node(id) = part {
            uses[*id] = uses[*id].saturating_add(1);
        }
    }
    let open = vec![false; nodes.len()];
    let mut tree = Tree {
        nodes,
        uses,
        open,
        copied: 0,
        reading,
    };
    tree.build(root, 1, false)
}

struct Tree<'a, 'b> {
    nodes: Nodes,
    uses: Vec<u32>,
    /// The nodes that are being built.
    open: Vec<bool>,
    /// Bytes of texts copied.
    copied: usize,
    reading: &'a mut Reading<'b>,
}

impl Tree<'_, '_> {
    /// The value of a part. `is_copy` if it is within a node that is needed again.
    #[inline]
    fn build(&mut self, part: Part, depth: usize, is_copy: bool) -> Result<Datum, FormatError> {
        self.reading.item()?;
        match part {
            Part::Leaf(datum) => {
                if is_copy {
                    self.copy(&datum)?;
                }
                Ok(datum)
            }
            Part::Node(id) => self
                .node(id, depth, is_copy)
                .map_err(|error| match error.position {
                    Some(_) => error,
                    None => error.at(Position::offset(self.nodes.places[id])),
                }),
        }
    }

    fn node(&mut self, id: Id, depth: usize, is_copy: bool) -> Result<Datum, FormatError> {
        if self.open[id] {
            let message = "A value contains itself, which no other format here can hold.";
            return Err(FormatError::new(ErrorKind::Unsupported, message));
        }
        let is_copy = is_copy || self.uses[id] > 1;
        let node = if is_copy {
            self.nodes.nodes[id].clone()
        } else {
            core::mem::replace(&mut self.nodes.nodes[id], Node::Leaf(Datum::Null))
        };
        if let Node::Leaf(datum) = node {
            if is_copy {
                self.copy(&datum)?;
            }
            return Ok(datum);
        }
        self.reading.depth(depth)?;
        self.open[id] = true;
        let datum = self.branch(node, depth, is_copy)?;
        self.open[id] = false;
        Ok(datum)
    }

    fn branch(&mut self, node: Node, depth: usize, is_copy: bool) -> Result<Datum, FormatError> {
        let what = match node {
            Node::Callable(callable) => callable.name(),
            Node::Delta(..) => "datetime.timedelta",
            Node::Zone(_) => "datetime.timezone",
            Node::Map(parts) => return self.map(parts, depth, is_copy),
            Node::List(parts) => return self.many(parts, depth, is_copy).map(Datum::List),
            Node::Tuple(parts) => return self.many(parts, depth, is_copy).map(Datum::Tuple),
            Node::Set(parts) => {
                parts.iter().try_for_each(|part| self.hashable(part))?;
                let mut items = self.many(parts, depth, is_copy)?;
                if twice(&items, |item| item).is_some() {
                    let mut seen = std::collections::HashSet::new();
                    items.retain(|item| seen.insert(item.clone()));
                }
                return Ok(Datum::Set(items));
            }
            Node::Leaf(datum) => return Ok(datum),
        };
        let message = format!("The pickle holds a `{what}` as a value, which has no place here.");
        Err(FormatError::new(ErrorKind::Unsupported, message))
    }

    fn map(&mut self, parts: Vec<Part>, depth: usize, is_copy: bool) -> Result<Datum, FormatError> {
        let mut fields = self.reading.begin_map(depth, parts.len() / 2);
        let mut parts = parts.into_iter();
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            self.hashable(&key)?;
            let key = self.build(key, depth + 1, is_copy)?;
            self.reading.key(&mut fields, key);
            fields.value(self.build(value, depth + 1, is_copy)?);
        }
        self.reading.end_map(fields, || None)
    }

    fn many(
        &mut self,
        parts: Vec<Part>,
        depth: usize,
        is_copy: bool,
    ) -> Result<Vec<Datum>, FormatError> {
        let mut items = Vec::with_capacity(parts.len());
        for part in parts {
            items.push(self.build(part, depth + 1, is_copy)?);
        }
        Ok(items)
    }

    /// Counts what was copied.
    fn copy(&mut self, datum: &Datum) -> Result<(), FormatError> {
        self.copied += match datum {
            Datum::Str(text) => text.len(),
            Datum::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        if self.copied <= self.reading.options.limits.bytes {
            return Ok(());
        }
        Err(too_much())
    }

    /// Refuses a list or a map as a key or in a set, as Python does.
    fn hashable(&self, part: &Part) -> Result<(), FormatError> {
        match part {
            Part::Node(id) if matches!(self.nodes.get(*id), Node::List(_) | Node::Map(_)) => {
                Err(FormatError::new(
                    ErrorKind::Malformed,
                    "A list or a map is used as a key or in a set, which Python does not allow.",
                ))
            }
            _ => Ok(()),
        }
    }
}

/// The error of texts that are repeated until they are too many bytes.
pub(super) fn too_much() -> FormatError {
    let message = "The texts that are used more than once are too many bytes.";
    FormatError::new(ErrorKind::LimitBytes, message)
}
