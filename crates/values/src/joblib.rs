//! joblib's digest of Python objects: what `joblib.hash` gives, to the byte.
//!
//! joblib writes an object as a pickle of protocol 3 and takes the MD5 of that (joblib/hashing.py, 1.6.0; the pickler is
//! CPython's Lib/pickle.py). Its own rules on top: texts and bytes are never shared; items of dicts and elements of sets are
//! sorted, by their keys' digests where keys do not compare; the bytes of arrays and their dtypes go into the hash ahead of
//! the stream. The digests are those of CPython 3.8 to 3.13 with NumPy 2; later ones pickle dtypes with another protocol.
//!
//! One difference: joblib gives a digest to some objects that it cannot pickle, since a dict (the arguments of a call are
//! one) tries a second time and finds the half-written list in its memo: `joblib.hash({"a": [generator]})` is the same for
//! all generators. These are refused here.
//!
//! Cycles of lists and dicts have a digest, as in joblib; and what is nested more deeply than Python's limit of recursion
//! has one here.
//!
//! ```
//! use values::{Value, joblib};
//! let value = Value::map([("abcde", Value::Int(123)), ("sadfas", Value::List(vec![
//!     Value::Int(-9999), Value::Int(2), Value::Int(3),
//! ]))]);
//! assert_eq!(joblib::digest(&value).unwrap().to_string(), "aeda150553d4bb5c69f0e69d51b0e2ef");
//! ```

mod array;
mod compare;
mod dtype;
mod error;
mod hasher;
mod node;
mod object;
mod own;
mod path;
mod sort;
mod stream;

pub use array::{ArrayBytes, ArrayView, NDARRAY};
pub use dtype::{DType, DTypeError};
pub use error::HashError;
pub use hasher::hash;
pub use node::{Leaf, Look, Node, Pieces};
pub use object::{Array, Object};
pub use own::{digest, digest_parts};
