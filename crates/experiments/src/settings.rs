//! How to write and to read, as it is asked for from outside.

use formats::{CsvTypes, DecodeOptions, Duplicates, EncodeOptions, Misfit};
use serde::{Deserialize, Serialize};

use crate::Failure;

/// How to write and to read. What is not given is the format's usual way.
#[allow(clippy::struct_excessive_bools)] // Each is a setting of its own, as the page gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Between the cells of CSV; one character of ASCII.
    pub delimiter: Option<String>,
    /// Whether the first row of CSV names the columns; it does if nothing is said.
    pub header: Option<bool>,
    /// Where the types of CSV's cells come from: `"guess"` or `"text"`.
    pub types: Option<String>,
    /// Put an apostrophe before texts of CSV that a spreadsheet would run.
    pub neutralise: bool,
    /// Spaces for each level of JSON; in one line if nothing is said.
    pub indent: Option<u8>,
    /// Write and read `NaN` and `Infinity` in JSON.
    pub non_finite: bool,
    /// Pickle's protocol, from 0 to 5.
    pub protocol: Option<u8>,
    /// Refuse what the format cannot hold, where it would be changed.
    pub refuse_misfits: bool,
    /// Refuse a key that stands twice, where the last would be kept.
    pub refuse_duplicates: bool,
}

impl Settings {
    /// For writing.
    ///
    /// # Errors
    /// `"options"`, naming the setting that means nothing.
    pub fn for_writing(&self) -> Result<EncodeOptions, Failure> {
        let mut options = EncodeOptions {
            json_indent: self.indent,
            json_non_finite: self.non_finite,
            ..EncodeOptions::default()
        };
        if self.refuse_misfits {
            options.misfit = Misfit::Refuse;
        }
        if let Some(protocol) = self.protocol {
            options.pickle_protocol = protocol;
        }
        options.csv.neutralise = self.neutralise;
        options.csv.header = self.header.unwrap_or(true);
        options.csv.delimiter = self.delimiter()?.unwrap_or(options.csv.delimiter);
        Ok(options)
    }

    /// For reading.
    ///
    /// # Errors
    /// `"options"`, naming the setting that means nothing.
    pub fn for_reading(&self) -> Result<DecodeOptions, Failure> {
        let mut options = DecodeOptions {
            json_non_finite: self.non_finite,
            ..DecodeOptions::default()
        };
        if self.refuse_duplicates {
            options.duplicates = Duplicates::Refuse;
        }
        options.csv.header = self.header.unwrap_or(true);
        options.csv.delimiter = self.delimiter()?.unwrap_or(options.csv.delimiter);
        options.csv_types = match self.types.as_deref() {
            None | Some("guess") => CsvTypes::Guessed,
            Some("text") => CsvTypes::Text,
            Some(other) => {
                return Err(Failure::new(
                    "options",
                    format!("`types` is \"guess\" or \"text\", not `{other}`."),
                ));
            }
        };
        Ok(options)
    }

    fn delimiter(&self) -> Result<Option<u8>, Failure> {
        match self.delimiter.as_deref().map(str::as_bytes) {
            None => Ok(None),
            Some([byte]) if byte.is_ascii() => Ok(Some(*byte)),
            Some(_) => Err(Failure::new(
                "options",
                "`delimiter` is one character of ASCII.",
            )),
        }
    }
}
