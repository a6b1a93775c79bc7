//! How each engine answers the questions: one file each.

pub mod csv;
pub mod json;
mod reckoning;
pub mod sqlite;

pub(crate) use reckoning::read_back;

use formats::{Datum, EncodeOptions, ErrorKind, FormatError};

/// The bytes of a value in the format of that name.
fn encoded(format: &str, datum: &Datum) -> Result<Vec<u8>, FormatError> {
    let format = formats::find(format)
        .ok_or_else(|| FormatError::new(ErrorKind::Options, "There is no such format."))?;
    Ok(format.encode(datum, &EncodeOptions::default())?.bytes)
}
