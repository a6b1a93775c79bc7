//! MessagePack, the bytes by the crate `rmp`.

mod reader;
mod writer;

use crate::{Datum, DecodeOptions, Decoded, EncodeOptions, Encoded, Format, FormatError};

/// MessagePack.
#[derive(Clone, Copy, Debug)]
pub struct MessagePack;

/// The extension type of timestamps.
const TIMESTAMP: i8 = -1;

impl Format for MessagePack {
    fn name(&self) -> &'static str {
        "messagepack"
    }

    fn title(&self) -> &'static str {
        "MessagePack"
    }

    fn media_type(&self) -> &'static str {
        "application/vnd.msgpack"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["msgpack", "mp"]
    }

    fn specification(&self) -> &'static str {
        "https://github.com/msgpack/msgpack/blob/master/spec.md"
    }

    fn holds(&self) -> &'static str {
        "Nothing, true and false, whole numbers of 64 bits, floats, text, bytes, moments in UTC, lists, and maps by any key. No tuples or sets."
    }

    fn is_text(&self) -> bool {
        false
    }

    fn encode(&self, datum: &Datum, options: &EncodeOptions) -> Result<Encoded, FormatError> {
        writer::write(datum, options)
    }

    fn read(&self, bytes: &[u8], options: &DecodeOptions) -> Result<Decoded, FormatError> {
        reader::read(bytes, options)
    }
}
