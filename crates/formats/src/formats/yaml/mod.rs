//! YAML 1.2 with the core schema, the parsing by `granit-parser` (which `serde-saphyr` reads with too).
//!
//! `no`, `on` and `1:30` are texts, as YAML 1.2 has it, and not what PyYAML (YAML 1.1) takes them for. The tags `!!binary`,
//! `!!set` and `!!timestamp` of the tag repository are read and written. Aliases are copied, within the limits.

mod reader;
mod records;
mod scalar;
mod writer;

use crate::reading::{Reading, utf8};
use crate::{Datum, DecodeOptions, Decoded, EncodeOptions, Encoded, Format, FormatError};

/// YAML Ain't Markup Language.
#[derive(Clone, Copy, Debug)]
pub struct Yaml;

impl Format for Yaml {
    fn name(&self) -> &'static str {
        "yaml"
    }

    fn title(&self) -> &'static str {
        "YAML"
    }

    fn media_type(&self) -> &'static str {
        "application/yaml"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["yaml", "yml"]
    }

    fn specification(&self) -> &'static str {
        "https://yaml.org/spec/1.2.2/"
    }

    fn holds(&self) -> &'static str {
        "Nothing, true and false, numbers of any size, text, bytes, dates, lists, sets, and maps by any key. No tuples or times of day."
    }

    fn encode(&self, datum: &Datum, options: &EncodeOptions) -> Result<Encoded, FormatError> {
        writer::write(datum, options)
    }

    fn read(&self, bytes: &[u8], options: &DecodeOptions) -> Result<Decoded, FormatError> {
        let mut reading = Reading::new(options);
        let datum = reader::documents(utf8(bytes)?, &mut reading)?;
        Ok(reading.finish(datum))
    }
}
