//! What can be hashed: the view that the hasher has of somebody else's objects.

use super::{ArrayView, DType};
use crate::Buffer;

/// An object of Python, as the hasher sees it: a handle that is cheap to clone.
///
/// Whoever has objects of their own implements this, and nothing is copied: long leaves are borrowed, children asked for one
/// by one.
///
/// ```
/// use values::joblib::{Leaf, Look, Node, hash};
///
/// #[derive(Clone)]
/// enum Mine<'a> { Word(&'a str), Words(&'a [&'a str]) }
///
/// impl Node for Mine<'_> {
///     fn look(&self) -> Look<'_> {
///         match self {
///             Self::Word(word) => Look::Str(Leaf::Slice(word.as_bytes())),
///             Self::Words(words) => Look::List(words.len()),
///         }
///     }
///     fn item(&self, index: usize) -> Option<Self> {
///         let Self::Words(words) = self else { return None };
///         words.get(index).map(|word| Mine::Word(word))
///     }
/// }
///
/// // joblib.hash(["a", "b"])
/// assert_eq!(hash(&Mine::Words(&["a", "b"])).unwrap().to_string(), "da6072bf74939429fbad2c7adae45971");
/// ```
pub trait Node: Clone {
    /// What this object is.
    fn look(&self) -> Look<'_>;

    /// What tells this object from equal ones, as Python's `id`: joblib's digest depends on which lists, tuples, dicts and
    /// frozensets occur several times, and on which NaN is which. `None` for what occurs once.
    fn id(&self) -> Option<u64> {
        None
    }

    /// The element of a list or tuple at this position; `None` if there is none.
    fn item(&self, _index: usize) -> Option<Self> {
        None
    }

    /// Keys and values of a dict, in the order in which Python goes through them.
    fn entries(&self) -> Vec<(Self, Self)> {
        Vec::new()
    }

    /// The elements of a set or frozenset, in the order in which Python goes through them.
    fn elements(&self) -> Vec<Self> {
        Vec::new()
    }
}

/// What an object is, with its leaf borrowed.
#[derive(Clone, Copy, Debug)]
pub enum Look<'a> {
    /// `None`.
    None,
    /// `bool`.
    Bool(bool),
    /// `int`, if 64 bits hold it.
    Int(i64),
    /// `int` of any size, as two's complement with the lowest byte first (`int.to_bytes(…, "little", signed=True)`).
    BigInt(&'a [u8]),
    /// `float`; every bit counts.
    Float(f64),
    /// `str`, as Python's `encode("utf-8", "surrogatepass")`: a lone surrogate has three bytes.
    Str(Leaf<'a>),
    /// `bytes`.
    Bytes(Leaf<'a>),
    /// `list` of so many elements: [`Node::item`].
    List(usize),
    /// `tuple` of so many elements: [`Node::item`].
    Tuple(usize),
    /// `dict`: [`Node::entries`].
    Dict,
    /// `set`: [`Node::elements`].
    Set,
    /// `frozenset`: [`Node::elements`]. joblib does not sort these: the digest depends on their order.
    FrozenSet,
    /// `numpy.ndarray`.
    Array(ArrayView<'a>),
    /// `numpy.dtype`.
    DType(&'a DType),
    /// A scalar of NumPy, such as `numpy.float64`: its type and its bytes in memory.
    Scalar(&'a DType, &'a [u8]),
    /// What has no digest, in words: "a function".
    Refused(&'a str),
}

/// A text or bytes: in this module's memory, or elsewhere and read in pieces.
#[derive(Clone, Copy)]
pub enum Leaf<'a> {
    /// In this memory.
    Slice(&'a [u8]),
    /// Read when it is hashed.
    Pieces(&'a dyn Pieces),
}

/// Bytes that are read in pieces; every [`Buffer`] is.
pub trait Pieces {
    /// The length in bytes.
    fn byte_length(&self) -> usize;
    /// Hands the bytes to `take` in pieces, in order.
    fn read(&self, take: &mut dyn FnMut(&[u8]));
}

impl<B: Buffer> Pieces for B {
    fn byte_length(&self) -> usize {
        Buffer::byte_length(self)
    }

    fn read(&self, take: &mut dyn FnMut(&[u8])) {
        Buffer::read(self, take);
    }
}

impl<'a> Leaf<'a> {
    /// The length in bytes.
    pub fn byte_length(self) -> usize {
        match self {
            Self::Slice(bytes) => bytes.len(),
            Self::Pieces(pieces) => pieces.byte_length(),
        }
    }

    /// Hands the bytes to `take`, in order.
    pub fn read(self, take: &mut dyn FnMut(&[u8])) {
        match self {
            Self::Slice(bytes) => take(bytes),
            Self::Pieces(pieces) => pieces.read(take),
        }
    }

    /// The bytes in one piece: for keys, which are compared.
    pub(super) fn whole(self) -> std::borrow::Cow<'a, [u8]> {
        match self {
            Self::Slice(bytes) => bytes.into(),
            Self::Pieces(pieces) => {
                let mut whole = Vec::with_capacity(pieces.byte_length());
                pieces.read(&mut |bytes| whole.extend_from_slice(bytes));
                whole.into()
            }
        }
    }
}

impl core::fmt::Debug for Leaf<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Leaf({} bytes)", self.byte_length())
    }
}
