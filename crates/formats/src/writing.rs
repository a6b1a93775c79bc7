//! What every encoder shares: depth, misfits, notes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::notes::Notes;
use crate::options::MAX_DEPTH;
use crate::{Datum, EncodeOptions, ErrorKind, FormatError, Misfit};

/// One writing: its options and notes.
#[derive(Debug)]
pub(crate) struct Writing<'a> {
    pub(crate) options: &'a EncodeOptions,
    pub(crate) notes: Notes,
    format: &'static str,
}

impl<'a> Writing<'a> {
    pub(crate) fn new(format: &'static str, options: &'a EncodeOptions) -> Self {
        Self {
            options,
            notes: Notes::default(),
            format,
        }
    }

    /// Checks that a list may stand so deep; the outermost has depth 1.
    pub(crate) fn depth(&self, depth: usize) -> Result<(), FormatError> {
        let limit = self.options.depth.min(MAX_DEPTH);
        if depth <= limit {
            return Ok(());
        }
        Err(FormatError::new(
            ErrorKind::LimitDepth,
            format!("The values are nested more than {limit} deep."),
        ))
    }

    /// The error of something that the format cannot hold and that has no near form.
    pub(crate) fn unfit(&self, what: &str) -> FormatError {
        let format = self.format;
        FormatError::new(ErrorKind::Unfit, format!("{format} cannot hold {what}."))
    }

    /// Says that something becomes something else, or refuses it if the options say so.
    pub(crate) fn change(
        &mut self,
        code: &'static str,
        what: &str,
        becomes: &str,
    ) -> Result<(), FormatError> {
        if self.options.misfit == Misfit::Refuse {
            return Err(self.unfit(what));
        }
        let format = self.format;
        self.notes.add(code, || {
            (
                format!("{format} cannot hold {what}; it is written as {becomes}."),
                None,
            )
        });
        Ok(())
    }

    /// The text that stands for a value without a place in the format: numbers, dates, bytes (base64).
    pub(crate) fn as_text(&mut self, datum: &Datum) -> Result<String, FormatError> {
        let (code, text) = match datum {
            Datum::BigInt(number) => ("big_as_text", number.to_string()),
            Datum::Float(number) => ("number_as_text", float(*number)),
            Datum::DateTime(moment) => ("date_as_text", moment.to_string()),
            Datum::Date(date) => ("date_as_text", date.to_string()),
            Datum::Time(time) => ("date_as_text", time.to_string()),
            Datum::Bytes(bytes) => {
                self.change("bytes_as_text", datum.kind(), "text in base64")?;
                return Ok(STANDARD.encode(bytes));
            }
            other => return Err(self.unfit(other.kind())),
        };
        self.change(code, datum.kind(), "text")?;
        Ok(text)
    }

    /// The text that stands for a key, where only text can be a key.
    pub(crate) fn key<'d>(
        &mut self,
        key: &'d Datum,
    ) -> Result<std::borrow::Cow<'d, str>, FormatError> {
        let text = match key {
            Datum::Str(text) => return Ok(text.as_str().into()),
            Datum::Null => "null".to_owned(),
            Datum::Bool(value) => value.to_string(),
            Datum::Int(number) => number.to_string(),
            Datum::BigInt(number) => number.to_string(),
            Datum::Float(number) => float(*number),
            Datum::DateTime(moment) => moment.to_string(),
            Datum::Date(date) => date.to_string(),
            Datum::Time(time) => time.to_string(),
            Datum::Bytes(_) | Datum::List(_) | Datum::Tuple(_) | Datum::Set(_) | Datum::Map(_) => {
                return Err(self.unfit(&format!("{} as a key", key.kind())));
            }
        };
        self.change("key_as_text", &format!("{} as a key", key.kind()), "text")?;
        Ok(text.into())
    }

    /// Refuses a map in which two keys became the same text.
    pub(crate) fn distinct<'k>(
        &self,
        keys: impl Iterator<Item = &'k str>,
    ) -> Result<(), FormatError> {
        let mut seen = std::collections::HashSet::new();
        for key in keys {
            if !seen.insert(key) {
                let key = crate::reading::clip(key);
                return Err(self.unfit(&format!("two keys that are both written as \"{key}\"")));
            }
        }
        Ok(())
    }
}

/// The shortest decimal text that reads back as the same number; `nan`, `inf` and `-inf` as Python writes them.
pub(crate) fn float(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    zmij::Buffer::new().format_finite(number).to_owned()
}
