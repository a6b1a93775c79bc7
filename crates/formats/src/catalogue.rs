//! The formats there are.

use core::ops::Range;

use crate::formats::{csv, ini, json, json_lines, messagepack, pickle, postcard, toml, yaml};
use crate::reading::not_utf8;
use crate::{Datum, DecodeOptions, EncodeOptions, ErrorKind, FormatError, Note, Position, guess};

/// What writing gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What was changed.
    pub notes: Vec<Note>,
}

/// What reading gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The value.
    pub datum: Datum,
    /// What was changed or looks dangerous.
    pub notes: Vec<Note>,
    /// The bytes of each record, in order, if [`DecodeOptions::spans`] asks for them.
    ///
    /// A record is an element of the list or the tuple or the set that was read, or an entry of the map; in CSV a row but
    /// not the header, in JSON Lines a line, in INI a section, in TOML an entry of the top table or each `[[table]]` of
    /// one; in YAML with several documents, a document. Anything else is one record. Records of CSV, JSON Lines and INI
    /// reach to the end of their last line, those of TOML to where the next begins. In pickle, what is recalled from the
    /// memo is where it is recalled. An entry whose key stands twice is two records.
    pub spans: Vec<Range<usize>>,
}

/// A way to store values as bytes.
pub trait Format: Sync {
    /// A stable name: `json_lines`.
    fn name(&self) -> &'static str;

    /// What people call it: `JSON Lines`.
    fn title(&self) -> &'static str;

    /// Its media type; those that are not registered with IANA begin with `application/x-`.
    fn media_type(&self) -> &'static str;

    /// The usual ends of file names, without the dot, the most usual first.
    fn extensions(&self) -> &'static [&'static str];

    /// A link to its specification.
    fn specification(&self) -> &'static str;

    /// What it can hold, in a sentence.
    fn holds(&self) -> &'static str;

    /// Whether its bytes are text in UTF-8.
    fn is_text(&self) -> bool {
        true
    }

    /// Writes a value.
    ///
    /// # Errors
    /// [`ErrorKind::Unfit`] if it cannot hold the value, [`ErrorKind::LimitDepth`], [`ErrorKind::Options`].
    fn encode(&self, datum: &Datum, options: &EncodeOptions) -> Result<Encoded, FormatError>;

    /// Reads bytes that are within the limit of bytes, and UTF-8 if the format is text. Call [`Format::decode`].
    ///
    /// # Errors
    /// As [`Format::decode`].
    fn read(&self, bytes: &[u8], options: &DecodeOptions) -> Result<Decoded, FormatError>;

    /// Reads a value.
    ///
    /// # Errors
    /// Says what is wrong with the bytes and where, and what they look like if it is another format.
    fn decode(&self, bytes: &[u8], options: &DecodeOptions) -> Result<Decoded, FormatError> {
        let limit = options.limits.bytes;
        if bytes.len() > limit {
            let message = format!(
                "There are {} bytes, more than the {limit} allowed.",
                bytes.len()
            );
            let at = Position::offset(limit);
            return Err(FormatError::new(ErrorKind::LimitBytes, message).at(at));
        }
        let checked = match core::str::from_utf8(bytes) {
            Err(error) if self.is_text() => Err(not_utf8(bytes, error.valid_up_to())),
            _ => Ok(()),
        };
        checked
            .and_then(|()| self.read(bytes, options))
            .map_err(|mut error| {
                if matches!(
                    error.kind,
                    ErrorKind::Malformed | ErrorKind::Encoding | ErrorKind::Truncated
                ) {
                    error.looks_like = guess::other_than(self.name(), bytes);
                }
                error
            })
    }
}

/// All formats, in the order in which they are shown.
pub fn all() -> &'static [&'static dyn Format] {
    &[
        &csv::Csv,
        &json::Json,
        &json_lines::JsonLines,
        &pickle::Pickle,
        &ini::Ini,
        &toml::Toml,
        &yaml::Yaml,
        &messagepack::MessagePack,
        &postcard::Postcard,
    ]
}

/// The format of that name.
pub fn find(name: &str) -> Option<&'static dyn Format> {
    all().iter().copied().find(|format| format.name() == name)
}
