//! What crosses workers, cache and formats: [`Value`], its transferable form [`Parcel`], and the [`Digest`] of both.
//!
//! A [`Value`] is what a task takes and returns. A [`Parcel`] is the same value ready to travel: a small head, and every
//! long text or byte string as a buffer of its own, so that a buffer is handed over and not copied.
//!
//! ```
//! use values::{Parcel, Value};
//! let value = Value::map([("name", Value::from("a.txt")), ("bytes", Value::Bytes(vec![7; 100_000]))]);
//! let parcel = Parcel::pack(value.clone());
//! assert_eq!(parcel.buffers.len(), 1);
//! assert_eq!(parcel.unpack().unwrap(), value);
//! ```

mod access;
mod bundle;
mod digest;
pub mod joblib;
mod parcel;
mod value;

pub use access::AccessError;
pub use bundle::{BundleReader, BundleWriter, Bundled, Place};
pub use digest::{Digest, Digester};
pub use parcel::{Buffer, OUT_OF_LINE_BYTES, Parcel, ParcelError, Skeleton};
pub use value::Value;
