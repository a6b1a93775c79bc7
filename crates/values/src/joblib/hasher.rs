//! The walk over an object: what joblib's `NumpyHasher` writes, in its order.
//!
//! The walk keeps its own stack, so that depth costs no call stack.

mod numpy;
mod order;

use std::collections::HashMap;

use super::stream::{Pass, Stream, TooLong, op};
use super::{HashError, Look, Node, path};
use crate::Digest;

/// Containers are filled in batches of so many (`_BATCHSIZE` of Lib/pickle.py).
const BATCH: usize = 1000;

const CONSISTENT_SET: (&str, &str) = ("joblib.hashing", "_ConsistentSet");
const FROZENSET: (&str, &str) = ("builtins", "frozenset");

/// joblib's digest of an object: `joblib.hash(object)`.
///
/// Neither the stream nor a leaf is kept in memory. Where there are arrays, the tree is walked twice.
///
/// # Errors
/// If something in it has no digest; the error says where.
pub fn hash<N: Node>(node: &N) -> Result<Digest, HashError> {
    let mut hasher = Hasher {
        stream: Stream::new(),
        frames: Vec::new(),
        memo: Memo::default(),
    };
    let outcome = match hasher.walk(node) {
        Err(Fault::Arrays) => {
            hasher.restart(Pass::Arrays);
            hasher.walk(node).and_then(|()| {
                hasher.restart(Pass::Stream);
                hasher.walk(node)
            })
        }
        outcome => outcome,
    };
    match outcome {
        Ok(()) => Ok(hasher.stream.finish()),
        Err(Fault::Error(error)) => Err(error),
        // Both are dealt with before.
        Err(Fault::Arrays | Fault::NoOrder(_)) => Err(HashError::Unordered {
            path: String::new(),
        }),
    }
}

/// Why the walk stops.
enum Fault {
    /// The first array was met, and what goes ahead of the stream has not been hashed.
    Arrays,
    /// Python's `TypeError`, which joblib catches in every dict; with the path, if it comes from the second try.
    NoOrder(Option<String>),
    /// The end.
    Error(HashError),
}

/// What pickle remembers: how many objects, and which of those that can occur again.
#[derive(Default)]
struct Memo {
    count: u32,
    objects: HashMap<u64, u32>,
    classes: Vec<((String, String), u32)>,
}

/// A container that is being written, and how many of its children were begun.
struct Frame<N> {
    of: Container<N>,
    begun: usize,
}

enum Container<N> {
    List {
        items: Items<N>,
        length: usize,
        then: Then,
    },
    Tuple {
        tuple: N,
        length: usize,
    },
    Dict {
        dict: N,
        entries: Vec<(Key<N>, N)>,
        second_try: bool,
    },
}

/// Where the elements of a list come from.
enum Items<N> {
    Of(N),
    Elements(Vec<Key<N>>),
}

/// A key of a dict or an element of a set; or its digest, which joblib puts in its place where they have no order.
#[derive(Clone)]
enum Key<N> {
    Node(N),
    Digest(Digest),
}

/// What a list is a part of.
#[derive(Clone, Copy)]
enum Then {
    Nothing,
    Set,
    FrozenSet(Option<u64>),
}

struct Hasher<N> {
    stream: Stream,
    frames: Vec<Frame<N>>,
    memo: Memo,
}

impl<N: Node> Hasher<N> {
    fn restart(&mut self, pass: Pass) {
        self.stream.restart(pass);
        self.frames.clear();
        self.memo = Memo::default();
    }

    fn walk(&mut self, root: &N) -> Result<(), Fault> {
        self.stream.write(&[op::PROTO, 3]);
        let mut step = self.save(root.clone());
        loop {
            match step {
                Ok(()) if self.frames.is_empty() => break,
                Ok(()) => {}
                Err(Fault::NoOrder(path)) => self.try_again(path)?,
                Err(fault) => return Err(fault),
            }
            step = self.step();
        }
        self.stream.op(op::STOP);
        Ok(())
    }

    /// joblib's `_batch_setitems` catches a `TypeError` from anywhere below, and begins anew with the keys' digests; what was
    /// written remains.
    fn try_again(&mut self, mut path: Option<String>) -> Result<(), Fault> {
        while let Some(frame) = self.frames.last() {
            if let Container::Dict {
                dict,
                second_try: false,
                ..
            } = &frame.of
            {
                let dict = dict.clone();
                match self.entries_by_digest(&dict) {
                    Ok(entries) => {
                        self.frames.pop();
                        self.frames.push(Frame {
                            of: Container::Dict {
                                dict,
                                entries,
                                second_try: true,
                            },
                            begun: 0,
                        });
                        return Ok(());
                    }
                    Err(Fault::NoOrder(deeper)) => path = path.or(deeper),
                    Err(fault) => return Err(fault),
                }
            }
            self.frames.pop();
        }
        Err(Fault::Error(HashError::Unordered {
            path: path.unwrap_or_default(),
        }))
    }

    fn step(&mut self) -> Result<(), Fault> {
        let Some(frame) = self.frames.last_mut() else {
            return Ok(());
        };
        let begun = frame.begun;
        frame.begun += 1;
        match &frame.of {
            Container::List {
                items,
                length,
                then,
            } => {
                let then = *then;
                between(&mut self.stream, begun, *length, [op::APPEND, op::APPENDS]);
                if begun == *length {
                    self.frames.pop();
                    self.end_list(then);
                    return Ok(());
                }
                let item = match items {
                    Items::Of(list) => list.item(begun).map(Key::Node),
                    Items::Elements(elements) => elements.get(begun).cloned(),
                };
                self.save_key(item)
            }
            Container::Tuple { tuple, length } => {
                if begun == *length {
                    let (id, length) = (tuple.id(), *length);
                    self.frames.pop();
                    self.end_tuple(id, length);
                    return Ok(());
                }
                let item = tuple.item(begun).map(Key::Node);
                self.save_key(item)
            }
            Container::Dict { entries, .. } => {
                let at = begun / 2;
                if begun.is_multiple_of(2) {
                    between(
                        &mut self.stream,
                        at,
                        entries.len(),
                        [op::SETITEM, op::SETITEMS],
                    );
                }
                match entries.get(at) {
                    None => {
                        self.frames.pop();
                        Ok(())
                    }
                    Some((key, _)) if begun.is_multiple_of(2) => {
                        let key = key.clone();
                        self.save_key(Some(key))
                    }
                    Some((_, value)) => {
                        let value = value.clone();
                        self.save(value)
                    }
                }
            }
        }
    }

    fn save_key(&mut self, key: Option<Key<N>>) -> Result<(), Fault> {
        match key {
            Some(Key::Node(node)) => self.save(node),
            Some(Key::Digest(digest)) => {
                self.stream.str(&digest.to_string());
                Ok(())
            }
            // A list that became shorter while it was hashed.
            None => self.refuse("an object that changes while it is hashed"),
        }
    }

    /// Writes a leaf, or begins a container.
    fn save(&mut self, node: N) -> Result<(), Fault> {
        let look = node.look();
        match look {
            Look::None => self.stream.op(op::NONE),
            Look::Bool(true) => self.stream.op(op::NEWTRUE),
            Look::Bool(false) => self.stream.op(op::NEWFALSE),
            Look::Int(number) => self.stream.int(number),
            Look::BigInt(bytes) => {
                let written = self.stream.big_int(bytes);
                return self.long(written);
            }
            Look::Float(number) => self.stream.float(number),
            Look::Str(text) => {
                let written = self.stream.text(text);
                return self.long(written);
            }
            Look::Bytes(bytes) => {
                let written = self.stream.bytes(bytes);
                return self.long(written);
            }
            Look::Array(array) => return self.save_array(array),
            Look::DType(dtype) => return self.save_dtype(dtype),
            Look::Refused(what) => return self.refuse(what),
            Look::Tuple(0) => self.stream.op(op::EMPTY_TUPLE),
            Look::Set => return self.begin_set(&node),
            Look::List(_) | Look::Tuple(_) | Look::Dict | Look::FrozenSet | Look::Scalar(..) => {
                if let Some(position) = node.id().and_then(|id| self.memo.objects.get(&id)) {
                    self.stream.get(*position);
                } else {
                    return match look {
                        Look::Scalar(dtype, bytes) => self.save_scalar(node.id(), dtype, bytes),
                        Look::List(length) => {
                            self.begin_list(node, length);
                            Ok(())
                        }
                        Look::Tuple(length) => {
                            self.begin_tuple(node, length);
                            Ok(())
                        }
                        Look::FrozenSet => {
                            self.begin_frozen_set(&node);
                            Ok(())
                        }
                        _ => self.begin_dict(node),
                    };
                }
            }
        }
        Ok(())
    }

    fn begin_list(&mut self, list: N, length: usize) {
        self.stream.op(op::EMPTY_LIST);
        self.memoize(list.id());
        self.push(Container::List {
            items: Items::Of(list),
            length,
            then: Then::Nothing,
        });
    }

    fn begin_tuple(&mut self, tuple: N, length: usize) {
        if length > 3 {
            self.stream.op(op::MARK);
        }
        self.push(Container::Tuple { tuple, length });
    }

    fn end_tuple(&mut self, id: Option<u64>, length: usize) {
        // A tuple that is part of itself, by way of a list, was written on the way: what is on the stack is dropped.
        let written = id.and_then(|id| self.memo.objects.get(&id)).copied();
        if let Some(position) = written {
            if length > 3 {
                self.stream.op(op::POP_MARK);
            } else {
                (0..length).for_each(|_| self.stream.op(op::POP));
            }
            self.stream.get(position);
        } else {
            self.stream.op(tuple_op(length));
            self.memoize(id);
        }
    }

    fn begin_dict(&mut self, dict: N) -> Result<(), Fault> {
        self.stream.op(op::EMPTY_DICT);
        self.memoize(dict.id());
        let entries = dict.entries();
        self.push(Container::Dict {
            dict,
            entries: Vec::new(),
            second_try: false,
        });
        let sorted = self.entries_by_key(&entries)?;
        if let Some(Frame {
            of: Container::Dict { entries, .. },
            ..
        }) = self.frames.last_mut()
        {
            *entries = sorted;
        }
        Ok(())
    }

    /// joblib's `_ConsistentSet`: an object with the sorted elements, which is a new one each time the set occurs.
    fn begin_set(&mut self, set: &N) -> Result<(), Fault> {
        let elements = self.elements_in_order(set)?;
        self.begin_object(CONSISTENT_SET);
        self.stream.str("_sequence");
        self.begin_elements(elements, Then::Set);
        Ok(())
    }

    fn begin_frozen_set(&mut self, set: &N) {
        self.class(FROZENSET);
        let elements = set.elements().into_iter().map(Key::Node).collect();
        self.begin_elements(elements, Then::FrozenSet(set.id()));
    }

    fn begin_elements(&mut self, elements: Vec<Key<N>>, then: Then) {
        self.stream.op(op::EMPTY_LIST);
        self.memoize(None);
        let length = elements.len();
        self.push(Container::List {
            items: Items::Elements(elements),
            length,
            then,
        });
    }

    fn end_list(&mut self, then: Then) {
        match then {
            Then::Nothing => {}
            Then::Set => self.end_object(),
            Then::FrozenSet(id) => {
                self.stream.op(op::TUPLE1);
                self.memoize(None);
                self.stream.op(op::REDUCE);
                self.memoize(id);
            }
        }
    }

    /// An object of a class, up to the only attribute that it has.
    fn begin_object(&mut self, class: (&str, &str)) {
        self.class(class);
        self.stream.write(&[op::EMPTY_TUPLE, op::NEWOBJ]);
        self.memoize(None);
        self.stream.op(op::EMPTY_DICT);
        self.memoize(None);
    }

    fn end_object(&mut self) {
        self.stream.write(&[op::SETITEM, op::BUILD]);
    }

    fn push(&mut self, of: Container<N>) {
        self.frames.push(Frame { of, begun: 0 });
    }

    fn memoize(&mut self, id: Option<u64>) {
        let position = self.memo.count;
        self.memo.count += 1;
        self.stream.put(position);
        if let Some(id) = id {
            self.memo.objects.insert(id, position);
        }
    }

    fn class(&mut self, (module, name): (&str, &str)) {
        let known = self
            .memo
            .classes
            .iter()
            .find(|((known, of), _)| known == module && of == name);
        if let Some((_, position)) = known {
            self.stream.get(*position);
            return;
        }
        self.stream.global(module, name);
        self.memo
            .classes
            .push(((module.to_owned(), name.to_owned()), self.memo.count));
        self.memoize(None);
    }

    fn refuse(&self, what: &str) -> Result<(), Fault> {
        Err(Fault::Error(HashError::Refused {
            path: self.path(),
            what: what.to_owned(),
        }))
    }

    fn long(&self, written: Result<(), TooLong>) -> Result<(), Fault> {
        written.map_err(|TooLong| Fault::Error(HashError::TooLong { path: self.path() }))
    }

    /// The way to what is being written.
    fn path(&self) -> String {
        let mut written = String::new();
        for frame in &self.frames {
            let Some(at) = frame.begun.checked_sub(1) else {
                continue;
            };
            match &frame.of {
                Container::List {
                    then: Then::Nothing,
                    ..
                }
                | Container::Tuple { .. } => path::index(&mut written, at),
                Container::List { .. } => written.push_str(path::ELEMENT),
                Container::Dict { dict, entries, .. } => match entries.get(at / 2) {
                    Some((Key::Node(key), _)) if !at.is_multiple_of(2) => {
                        path::key(&mut written, key);
                    }
                    // Of a key's digest the key is found again by making all digests.
                    Some((Key::Digest(digest), _)) => {
                        let keys = dict.entries().into_iter().map(|(key, _)| key);
                        match keys.into_iter().find(|key| hash(key) == Ok(*digest)) {
                            Some(key) => path::key(&mut written, &key),
                            None => written.push_str(path::ELEMENT),
                        }
                    }
                    _ => written.push_str(path::ELEMENT),
                },
            }
        }
        written
    }
}

/// What stands between elements: the end of a batch, and the beginning of the next.
fn between(stream: &mut Stream, begun: usize, length: usize, [one, many]: [u8; 2]) {
    if begun > 0 && (begun == length || begun.is_multiple_of(BATCH)) {
        let single = (begun - 1).is_multiple_of(BATCH);
        stream.op(if single { one } else { many });
    }
    if begun.is_multiple_of(BATCH) && length - begun > 1 {
        stream.op(op::MARK);
    }
}

const fn tuple_op(length: usize) -> u8 {
    match length {
        1 => op::TUPLE1,
        2 => op::TUPLE2,
        3 => op::TUPLE3,
        _ => op::TUPLE,
    }
}
