//! Writing CSV row by row.

use super::cell;
use super::decoder::check;
use crate::formats::json;
use crate::map::Keys;
use crate::reading::clip;
use crate::writing::Writing;
use crate::{Datum, EncodeOptions, Encoded, FormatError, LineEnding, Map, Note, Quoting};

/// Writes CSV row by row; what is written so far can be taken away with [`CsvEncoder::take`].
#[derive(Debug)]
pub struct CsvEncoder<'a> {
    writing: Writing<'a>,
    /// The names of the columns, if rows are maps.
    columns: Vec<String>,
    /// The keys of the last map that were the columns in their order.
    in_order: Option<Keys>,
    bytes: Vec<u8>,
}

impl<'a> CsvEncoder<'a> {
    /// An encoder in the dialect of these options.
    ///
    /// # Errors
    /// [`ErrorKind::Options`](crate::ErrorKind::Options) if delimiter and quote cannot be told apart.
    pub fn new(options: &'a EncodeOptions) -> Result<Self, FormatError> {
        check(options.csv.delimiter, options.csv.quote)?;
        Ok(Self {
            writing: Writing::new("CSV", options),
            columns: Vec::new(),
            in_order: None,
            bytes: Vec::new(),
        })
    }

    /// Names the columns, and writes their names if the dialect has a header.
    ///
    /// # Errors
    /// [`ErrorKind::Unfit`](crate::ErrorKind::Unfit) if a name stands twice.
    pub fn columns<N: Into<String>>(
        &mut self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<(), FormatError> {
        self.columns = names.into_iter().map(Into::into).collect();
        self.in_order = None;
        self.writing
            .distinct(self.columns.iter().map(String::as_str))?;
        if self.writing.options.csv.header {
            let names = core::mem::take(&mut self.columns);
            for (place, name) in names.iter().enumerate() {
                self.text(place, name);
            }
            self.end(names.len(), names.iter().all(String::is_empty));
            self.columns = names;
        } else if !self.columns.is_empty() {
            self.writing.change(
                "names_lost",
                "the names of columns without a header",
                "nothing",
            )?;
        }
        Ok(())
    }

    /// Names the columns as the maps among these rows do, in the order in which they appear.
    pub(super) fn columns_of(&mut self, rows: &[Datum]) -> Result<(), FormatError> {
        let mut names: Vec<String> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        let mut maps = false;
        let mut last = None;
        for row in rows {
            let Datum::Map(entries) = row else { continue };
            maps = true;
            let keys = entries.shared_keys();
            if last.replace(keys) == Some(keys) {
                continue;
            }
            for (key, _) in entries {
                if !matches!(key, Datum::Str(name) if seen.contains(name.as_str())) {
                    let name = self.writing.key(key)?;
                    if seen.insert(name.clone().into_owned()) {
                        names.push(name.into_owned());
                    }
                }
            }
        }
        if maps { self.columns(names) } else { Ok(()) }
    }

    /// Writes a row: a map from the columns' names, or a list or a tuple of cells.
    ///
    /// # Errors
    /// [`ErrorKind::Unfit`](crate::ErrorKind::Unfit) if it is neither, or has a name that is no column's.
    pub fn row(&mut self, row: &Datum) -> Result<(), FormatError> {
        let (count, empty) = match row {
            Datum::List(cells) | Datum::Tuple(cells) => {
                let mut empty = true;
                for (place, cell) in cells.iter().enumerate() {
                    empty &= self.cell(place, cell)?;
                }
                (cells.len(), empty)
            }
            Datum::Map(entries) => self.map(entries)?,
            other => {
                return Err(self
                    .writing
                    .unfit(&format!("{} where a row should be", other.kind())));
            }
        };
        if count == 0 {
            return Err(self.writing.unfit("a row without cells"));
        }
        self.end(count, empty);
        Ok(())
    }

    /// What is written since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.bytes)
    }

    /// What was changed so far.
    pub fn notes(&self) -> &[Note] {
        self.writing.notes.list()
    }

    /// What is written since the last [`CsvEncoder::take`], and all notes.
    pub fn finish(self) -> Encoded {
        Encoded {
            bytes: self.bytes,
            notes: self.writing.notes.into_vec(),
        }
    }

    fn map(&mut self, entries: &Map) -> Result<(usize, bool), FormatError> {
        if self.in_order.as_ref() == Some(entries.shared_keys()) {
            let mut empty = true;
            for (place, value) in entries.values().iter().enumerate() {
                empty &= self.cell(place, value)?;
            }
            return Ok((entries.len(), empty));
        }
        let columns = core::mem::take(&mut self.columns);
        let keys = entries.keys().iter().map(Datum::as_str);
        if keys.eq(columns.iter().map(|name| Some(name.as_str()))) {
            self.in_order = Some(entries.shared_keys().clone());
        }
        let named = |place: usize, name: &str| {
            // Rows mostly have the same names in the same order.
            match entries.keys().get(place) {
                Some(key) if key.as_str() == Some(name) => entries.values().get(place),
                _ => entries.get(name),
            }
        };
        let (mut used, mut empty) = (0, true);
        for (place, name) in columns.iter().enumerate() {
            let found = match named(place, name) {
                Some(value) => Some(value),
                None => self.other_key(entries, name)?,
            };
            match found {
                Some(value) => {
                    used += 1;
                    empty &= self.cell(place, value)?;
                }
                None => {
                    let what = format!("a row without \"{}\"", clip(name));
                    self.writing
                        .change("missing_as_empty", &what, "an empty cell")?;
                    self.raw(place, "");
                }
            }
        }
        if used < entries.len() {
            return Err(self.writing.unfit("a name that is not among the columns"));
        }
        let count = columns.len();
        self.columns = columns;
        Ok((count, empty))
    }

    /// The value of a key that is not text but is written as that name.
    fn other_key<'d>(
        &mut self,
        entries: &'d Map,
        name: &str,
    ) -> Result<Option<&'d Datum>, FormatError> {
        for (key, value) in entries {
            if !matches!(key, Datum::Str(_)) && self.writing.key(key)? == name {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// Writes a cell; whether it is empty.
    fn cell(&mut self, place: usize, datum: &Datum) -> Result<bool, FormatError> {
        match datum {
            Datum::Null => self.raw(place, ""),
            Datum::Bool(true) => self.raw(place, "True"),
            Datum::Bool(false) => self.raw(place, "False"),
            Datum::Int(number) => self.raw(place, itoa::Buffer::new().format(*number)),
            Datum::BigInt(number) => self.raw(place, &number.to_string()),
            Datum::Float(number) => self.raw(place, &crate::writing::float(*number)),
            Datum::Str(text) => {
                self.text(place, text);
                return Ok(text.is_empty());
            }
            Datum::Date(date) => self.raw(place, &date.to_string()),
            Datum::Time(time) => self.raw(place, &time.to_string()),
            Datum::DateTime(moment) => self.raw(place, &moment.to_string()),
            Datum::Bytes(_) => {
                let text = self.writing.as_text(datum)?;
                self.text(place, &text);
            }
            Datum::List(_) | Datum::Tuple(_) | Datum::Set(_) | Datum::Map(_) => {
                let what = format!("{} in a cell", datum.kind());
                self.writing
                    .change("nested_as_json", &what, "JSON in the cell")?;
                let text = json::text(datum, self.writing.options)?;
                self.text(place, &text);
            }
        }
        Ok(matches!(datum, Datum::Null))
    }

    /// Writes a text, and deals with it if it looks like a formula.
    fn text(&mut self, place: usize, text: &str) {
        if !cell::is_formula(text) {
            return self.raw(place, text);
        }
        let cell = clip(text);
        if self.writing.options.csv.neutralise {
            self.writing.notes.add("neutralised", || {
                (
                    format!(
                        "An apostrophe was put before \"{cell}\", which a spreadsheet would run."
                    ),
                    None,
                )
            });
            self.raw(place, &format!("'{text}"));
        } else {
            self.writing.notes.add("formula", || {
                (
                    format!("A spreadsheet would run the cell \"{cell}\" as a formula."),
                    None,
                )
            });
            self.raw(place, text);
        }
    }

    /// Writes a cell's text, in quotes if it needs them.
    fn raw(&mut self, place: usize, text: &str) {
        let dialect = &self.writing.options.csv;
        let (delimiter, quote) = (dialect.delimiter, dialect.quote);
        if place > 0 {
            self.bytes.push(delimiter);
        }
        let special = |b: u8| b == delimiter || b == quote || b == b'\r' || b == b'\n';
        // A byte-order mark at the very start would be taken for the file's own.
        let mark = self.bytes.is_empty() && text.starts_with('\u{feff}');
        if dialect.quoting == Quoting::Minimal && !mark && !text.bytes().any(special) {
            self.bytes.extend_from_slice(text.as_bytes());
            return;
        }
        self.bytes.push(quote);
        for byte in text.bytes() {
            if byte == quote {
                self.bytes.push(quote);
            }
            self.bytes.push(byte);
        }
        self.bytes.push(quote);
    }

    /// Ends a row of so many cells. A row that is one empty cell is quoted: an empty line is no row.
    fn end(&mut self, count: usize, empty: bool) {
        let dialect = &self.writing.options.csv;
        if count == 1 && empty && dialect.quoting == Quoting::Minimal {
            self.bytes.extend([dialect.quote; 2]);
        }
        let end: &[u8] = match dialect.line_ending {
            LineEnding::Lf => b"\n",
            LineEnding::CrLf => b"\r\n",
        };
        self.bytes.extend_from_slice(end);
    }
}
