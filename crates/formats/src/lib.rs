//! Bytes and values: one file per storage format.
//!
//! A [`Format`] of the catalogue ([`all`], [`find`], [`guess`]) writes a [`Datum`] and reads it back, within limits, with
//! errors that say where. What a format cannot hold is refused or changed, and a change is always noted.
//!
//! ```
//! use formats::{Datum, DecodeOptions, EncodeOptions};
//! let rows = Datum::List(vec![Datum::map([("name", "Ada".into()), ("born", Datum::Int(1815))])]);
//! let csv = formats::find("csv").unwrap();
//! let written = csv.encode(&rows, &EncodeOptions::default()).unwrap();
//! assert_eq!(written.bytes, b"name,born\r\nAda,1815\r\n");
//! assert_eq!(csv.decode(&written.bytes, &DecodeOptions::default()).unwrap().datum, rows);
//! ```

mod catalogue;
mod convert;
mod datum;
mod error;
pub mod fidelity;
pub mod formats;
mod guess;
mod key_cache;
mod map;
mod moment;
mod notes;
mod options;
mod reading;
pub mod sample;
mod shapes;
mod writing;

pub use catalogue::{Decoded, Encoded, Format, all, find};
pub use convert::NotAValue;
pub use datum::{Datum, Text};
pub use error::{ErrorKind, FormatError, Position};
pub use formats::csv::{CsvDecoder, CsvEncoder, Row, sniff};
pub use formats::json_lines::{JsonLinesDecoder, JsonLinesEncoder};
pub use guess::{guess, looks_like};
pub use map::{IntoIter, Iter, Map};
pub use moment::{Date, DateTime, Time};
pub use notes::Note;
pub use num_bigint::BigInt;
pub use options::{
    ColumnType, CsvDialect, CsvTypes, DecodeOptions, Duplicates, EncodeOptions, Limits, LineEnding,
    MAX_DEPTH, Misfit, Quoting,
};
