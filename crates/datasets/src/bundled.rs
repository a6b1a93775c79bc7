//! The real data that the site brings along; `cargo xtask build` puts it there.

use core::fmt;

use formats::{Datum, DecodeOptions, FormatError};

/// Real data, a file of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataSet {
    /// A stable name: `bird-strikes`.
    pub name: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it is, in a sentence.
    pub sentence: &'static str,
    /// How many records it has.
    pub rows: usize,
    /// Where its file is, seen from the root of the site; `LICENCE.txt` is beside it.
    pub file: &'static str,
    /// The name of its format.
    pub format: &'static str,
    /// On which terms it may be used.
    pub licence: &'static str,
    /// Who publishes it.
    pub source: &'static str,
}

const BIRD_STRIKES: DataSet = DataSet {
    name: "bird-strikes",
    title: "Bird strikes",
    sentence: "Animals that were hit by aircraft in the United States from 1990 on, as reported to the Federal Aviation \
               Administration: a flat table.",
    rows: 10_000,
    file: "data/bird-strikes/bird-strikes.csv",
    format: "csv",
    licence: "Work of the United States Government, no copyright there",
    source: "https://wildlife.faa.gov",
};

const BROWSER_COMPAT: DataSet = DataSet {
    name: "browser-compat",
    title: "Browser compatibility",
    sentence: "Which version of Chrome, Firefox and Safari brought which part of the web's interfaces, as MDN records it: \
               nested, with fields that some records have and others have not.",
    rows: 10_325,
    file: "data/browser-compat/browser-compat.json",
    format: "json",
    licence: "CC0 1.0",
    source: "https://github.com/mdn/browser-compat-data",
};

/// All of it.
pub const fn bundled() -> &'static [DataSet] {
    &[BIRD_STRIKES, BROWSER_COMPAT]
}

/// The data of that name.
pub fn find(name: &str) -> Option<&'static DataSet> {
    bundled().iter().find(|set| set.name == name)
}

/// Why bundled data could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadError {
    /// There is no data of that name.
    Unknown {
        /// The name.
        name: String,
    },
    /// The bytes are not as they should be.
    Format(FormatError),
    /// The bytes are whole, but of another file.
    Rows {
        /// The records there are.
        found: usize,
        /// The records there should be.
        expected: usize,
    },
}

impl ReadError {
    /// A stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknown_data",
            Self::Format(error) => error.code(),
            Self::Rows { .. } => "rows",
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name } => write!(f, "There is no data named “{name}”."),
            Self::Format(error) => error.fmt(f),
            Self::Rows { found, expected } => {
                write!(f, "The file has {found} records, not {expected}.")
            }
        }
    }
}

impl core::error::Error for ReadError {}

/// Reads the file of the data of that name: a list of maps.
///
/// # Errors
/// [`ReadError`]: the name or the bytes are not as they should be.
pub fn read(name: &str, bytes: &[u8]) -> Result<Datum, ReadError> {
    let unknown = || ReadError::Unknown {
        name: name.to_owned(),
    };
    let set = find(name).ok_or_else(unknown)?;
    let format = formats::find(set.format).ok_or_else(unknown)?;
    let read = format
        .decode(bytes, &DecodeOptions::default())
        .map_err(ReadError::Format)?;
    match &read.datum {
        Datum::List(records) if records.len() != set.rows => Err(ReadError::Rows {
            found: records.len(),
            expected: set.rows,
        }),
        Datum::List(_) => Ok(read.datum),
        _ => Err(ReadError::Rows {
            found: 0,
            expected: set.rows,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_formats_known() {
        for set in bundled() {
            assert_eq!(find(set.name), Some(set));
            assert!(formats::find(set.format).is_some());
            assert!(set.file.starts_with(&format!("data/{}/", set.name)));
        }
    }

    #[test]
    fn another_file_is_told() {
        let code = |name, bytes| read(name, bytes).err().map(|error| error.code());
        assert_eq!(code("birds", b""), Some("unknown_data"));
        assert_eq!(code("bird-strikes", b"a,b\n1,2\n"), Some("rows"));
        assert_eq!(code("browser-compat", b"{}"), Some("rows"));
        assert_eq!(code("browser-compat", b"[{"), Some("truncated"));
    }
}
