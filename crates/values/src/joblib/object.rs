//! Objects of Python, made in Rust.

use std::cell::RefCell;
use std::rc::Rc;

use super::{ArrayBytes, ArrayView, DType, Leaf, Look, NDARRAY, Node};

/// An object of Python. Clones are the same object, not equal ones: `[a, a]` has another digest than `[a, copy of a]`.
///
/// ```
/// use values::joblib::{Object, hash};
/// let a = || Object::list(vec![Object::int(1)]);
/// let twice = a();
/// let aliased = Object::list(vec![twice.clone(), twice]);
/// let copied = Object::list(vec![a(), a()]);
/// assert_ne!(hash(&aliased), hash(&copied));
/// ```
#[derive(Clone, Debug)]
pub struct Object(Rc<Content>);

#[derive(Debug)]
enum Content {
    None,
    Bool(bool),
    Int(i64),
    BigInt(Vec<u8>),
    Float(f64),
    Str(Vec<u8>),
    Bytes(Vec<u8>),
    List(RefCell<Vec<Object>>),
    Tuple(RefCell<Vec<Object>>),
    Dict(RefCell<Vec<(Object, Object)>>),
    Set(Vec<Object>),
    FrozenSet(Vec<Object>),
    Array(Array),
    DType(DType),
    Scalar(DType, Vec<u8>),
    Refused(String),
}

/// An array of NumPy with a memory of its own.
#[derive(Clone, Debug)]
pub struct Array {
    /// The type of the elements.
    pub dtype: DType,
    /// The length of each axis.
    pub shape: Vec<usize>,
    /// From one element to the next along each axis, in bytes.
    pub strides: Vec<isize>,
    /// The memory.
    pub memory: Vec<u8>,
    /// Where in it the first element begins.
    pub first: usize,
}

impl Object {
    fn new(content: Content) -> Self {
        Self(Rc::new(content))
    }

    /// `None`.
    pub fn none() -> Self {
        Self::new(Content::None)
    }

    /// `True` or `False`.
    pub fn bool(truth: bool) -> Self {
        Self::new(Content::Bool(truth))
    }

    /// A whole number of 64 bits.
    pub fn int(number: i64) -> Self {
        Self::new(Content::Int(number))
    }

    /// A whole number of any size, as two's complement with the lowest byte first; of any length that holds it.
    pub fn big_int(bytes: Vec<u8>) -> Self {
        Self::new(Content::BigInt(bytes))
    }

    /// A float.
    pub fn float(number: f64) -> Self {
        Self::new(Content::Float(number))
    }

    /// A text.
    pub fn str(text: &str) -> Self {
        Self::new(Content::Str(text.as_bytes().to_vec()))
    }

    /// A text of any code points, lone surrogates included: Python's `encode("utf-8", "surrogatepass")`.
    pub fn str_with_surrogates(bytes: Vec<u8>) -> Self {
        Self::new(Content::Str(bytes))
    }

    /// Bytes.
    pub fn bytes(bytes: Vec<u8>) -> Self {
        Self::new(Content::Bytes(bytes))
    }

    /// A list.
    pub fn list(items: Vec<Self>) -> Self {
        Self::new(Content::List(items.into()))
    }

    /// A tuple.
    pub fn tuple(items: Vec<Self>) -> Self {
        Self::new(Content::Tuple(items.into()))
    }

    /// A dict, in this order. Keys are different from each other, as in Python.
    pub fn dict(entries: Vec<(Self, Self)>) -> Self {
        Self::new(Content::Dict(entries.into()))
    }

    /// A set, in this order. Elements are different from each other, as in Python.
    pub fn set(elements: Vec<Self>) -> Self {
        Self::new(Content::Set(elements))
    }

    /// A frozenset, in this order, which is part of joblib's digest.
    pub fn frozen_set(elements: Vec<Self>) -> Self {
        Self::new(Content::FrozenSet(elements))
    }

    /// An array.
    pub fn array(array: Array) -> Self {
        Self::new(Content::Array(array))
    }

    /// A dtype.
    pub fn dtype(dtype: DType) -> Self {
        Self::new(Content::DType(dtype))
    }

    /// A scalar of NumPy: its type and its bytes in memory.
    pub fn scalar(dtype: DType, bytes: Vec<u8>) -> Self {
        Self::new(Content::Scalar(dtype, bytes))
    }

    /// Something that has no digest, in words: "a function".
    pub fn refused(what: &str) -> Self {
        Self::new(Content::Refused(what.to_owned()))
    }

    /// Adds an element to a list, or to a tuple that is still being made, which may hold the list or tuple itself; nothing
    /// happens to other objects.
    pub fn push(&self, item: Self) {
        if let Content::List(items) | Content::Tuple(items) = &*self.0 {
            items.borrow_mut().push(item);
        }
    }

    /// Adds an entry to a dict; nothing happens to other objects.
    pub fn insert(&self, key: Self, value: Self) {
        if let Content::Dict(entries) = &*self.0 {
            entries.borrow_mut().push((key, value));
        }
    }
}

impl Node for Object {
    fn look(&self) -> Look<'_> {
        match &*self.0 {
            Content::None => Look::None,
            Content::Bool(truth) => Look::Bool(*truth),
            Content::Int(number) => Look::Int(*number),
            Content::BigInt(bytes) => Look::BigInt(bytes),
            Content::Float(number) => Look::Float(*number),
            Content::Str(bytes) => Look::Str(Leaf::Slice(bytes)),
            Content::Bytes(bytes) => Look::Bytes(Leaf::Slice(bytes)),
            Content::List(items) => Look::List(items.borrow().len()),
            Content::Tuple(items) => Look::Tuple(items.borrow().len()),
            Content::Dict(_) => Look::Dict,
            Content::Set(_) => Look::Set,
            Content::FrozenSet(_) => Look::FrozenSet,
            Content::Array(array) => Look::Array(ArrayView {
                class: NDARRAY,
                dtype: &array.dtype,
                shape: &array.shape,
                strides: &array.strides,
                bytes: ArrayBytes::Memory(&array.memory, array.first),
            }),
            Content::DType(dtype) => Look::DType(dtype),
            Content::Scalar(dtype, bytes) => Look::Scalar(dtype, bytes),
            Content::Refused(what) => Look::Refused(what),
        }
    }

    fn id(&self) -> Option<u64> {
        Some(Rc::as_ptr(&self.0) as usize as u64)
    }

    fn item(&self, index: usize) -> Option<Self> {
        match &*self.0 {
            Content::List(items) | Content::Tuple(items) => items.borrow().get(index).cloned(),
            _ => None,
        }
    }

    fn entries(&self) -> Vec<(Self, Self)> {
        match &*self.0 {
            Content::Dict(entries) => entries.borrow().clone(),
            _ => Vec::new(),
        }
    }

    fn elements(&self) -> Vec<Self> {
        match &*self.0 {
            Content::Set(elements) | Content::FrozenSet(elements) => elements.clone(),
            _ => Vec::new(),
        }
    }
}
