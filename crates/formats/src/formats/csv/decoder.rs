//! Reading CSV in pieces, in bounded memory.

use core::ops::Range;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::cell;
use crate::notes::Notes;
use crate::reading::{clip, not_utf8};
use crate::{
    ColumnType, CsvTypes, Datum, DecodeOptions, ErrorKind, FormatError, Limits, Note, Position,
};

/// The cells of a row.
pub type Row = Vec<Datum>;

/// The byte-order mark of UTF-8, which `csv-core` skips if it comes in one piece.
const MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// Reads CSV from pieces of any size. What it keeps is one row, at most [`Limits::row_bytes`].
///
/// Empty lines are skipped. A row that is too short is filled up with nothing, and noted; one that is too long is refused.
///
/// ```
/// use formats::{DecodeOptions, formats::csv::CsvDecoder};
/// let mut decoder = CsvDecoder::new(&DecodeOptions::default())?;
/// let mut rows = Vec::new();
/// for piece in ["a,b\n1,", "two\n3,fo", "ur"] {
///     decoder.push(piece.as_bytes(), &mut |row| rows.push(row))?;
/// }
/// decoder.finish(&mut |row| rows.push(row))?;
/// assert_eq!(rows.len(), 2);
/// # Ok::<(), formats::FormatError>(())
/// ```
#[derive(Debug)]
pub struct CsvDecoder {
    reader: Reader,
    types: CsvTypes,
    limits: Limits,
    has_header: bool,
    header: Option<Vec<String>>,
    columns: Option<usize>,
    cells: Vec<u8>,
    filled: usize,
    ends: Vec<usize>,
    found: usize,
    rows: usize,
    items: usize,
    /// The first bytes, until there are enough of them to tell what they begin with.
    head: Vec<u8>,
    has_begun: bool,
    /// Bytes taken so far, and those before the row that is being read.
    taken: u64,
    start: u64,
    /// Whether nothing of that row was read yet.
    is_fresh: bool,
    /// Where each row is, if asked for.
    pub(super) spans: Option<Vec<Range<usize>>>,
    notes: Notes,
}

impl CsvDecoder {
    /// A decoder with these limits, dialect and types.
    ///
    /// # Errors
    /// [`ErrorKind::Options`] if delimiter and quote are the same, a line's end or not ASCII.
    pub fn new(options: &DecodeOptions) -> Result<Self, FormatError> {
        let dialect = &options.csv;
        check(dialect.delimiter, dialect.quote)?;
        let reader = ReaderBuilder::new()
            .delimiter(dialect.delimiter)
            .quote(dialect.quote)
            .build();
        Ok(Self {
            reader,
            types: options.csv_types.clone(),
            limits: options.limits.clone(),
            has_header: dialect.header,
            header: None,
            columns: None,
            cells: vec![0; 1024],
            filled: 0,
            ends: vec![0; 32],
            found: 0,
            rows: 0,
            items: 0,
            head: Vec::new(),
            has_begun: false,
            taken: 0,
            start: 0,
            is_fresh: true,
            spans: None,
            notes: Notes::default(),
        })
    }

    /// Takes a piece and gives every row that it completes.
    ///
    /// # Errors
    /// What is wrong with the bytes, and where; nothing more can be read after that.
    pub fn push(&mut self, piece: &[u8], each: &mut dyn FnMut(Row)) -> Result<(), FormatError> {
        if self.has_begun {
            return self.parse(piece, each);
        }
        // The mark at the beginning may come in pieces too.
        self.head.extend_from_slice(piece);
        if self.head.len() < MARK.len() {
            return Ok(());
        }
        let head = core::mem::take(&mut self.head);
        self.begin(&head, each)
    }

    fn begin(&mut self, head: &[u8], each: &mut dyn FnMut(Row)) -> Result<(), FormatError> {
        self.has_begun = true;
        if matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
            return Err(not_utf8(head, 0));
        }
        self.parse(head, each)
    }

    fn parse(&mut self, piece: &[u8], each: &mut dyn FnMut(Row)) -> Result<(), FormatError> {
        let mut piece = piece;
        while !piece.is_empty() {
            let taken = self.step(piece, each)?;
            piece = &piece[taken..];
        }
        Ok(())
    }

    /// Ends the bytes and gives the last row, if no line end was after it.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] if the bytes end within quotes; else as [`CsvDecoder::push`].
    pub fn finish(&mut self, each: &mut dyn FnMut(Row)) -> Result<(), FormatError> {
        if !self.has_begun {
            let head = core::mem::take(&mut self.head);
            self.begin(&head, each)?;
        }
        // A line end ends the row, unless it is within quotes. (A copy of the parser cannot be asked: `csv-core` 0.1.13
        // does not copy all of it.)
        while self.step(b"\n", each)? == 0 {}
        if self.filled == 0 {
            return Ok(());
        }
        let error = FormatError::new(
            ErrorKind::Truncated,
            "The bytes end within quotes that this row opened.",
        );
        Err(error.at(self.row_position()))
    }

    /// The names of the columns, as soon as they were read.
    pub fn header(&self) -> Option<&[String]> {
        self.header.as_deref()
    }

    /// Bytes that the decoder keeps now: it never shrinks, so this is also the most it has kept.
    pub fn buffer_bytes(&self) -> usize {
        self.cells.len() + self.ends.len() * size_of::<usize>()
    }

    /// What was changed or looks dangerous so far.
    pub fn notes(&self) -> &[Note] {
        self.notes.list()
    }

    pub(super) fn into_notes(self) -> Vec<Note> {
        self.notes.into_vec()
    }

    /// One call of the parser; how many bytes it took.
    fn step(&mut self, piece: &[u8], each: &mut dyn FnMut(Row)) -> Result<usize, FormatError> {
        if self.is_fresh {
            let mark = if self.taken == 0 && piece.starts_with(&MARK) {
                MARK.len()
            } else {
                0
            };
            let ends = piece[mark..]
                .iter()
                .take_while(|b| matches!(b, b'\r' | b'\n'));
            let skipped = mark + ends.count();
            self.start = self.taken + skipped as u64;
            self.is_fresh = skipped == piece.len();
        }
        let (result, taken, written, found) = self.reader.read_record(
            piece,
            &mut self.cells[self.filled..],
            &mut self.ends[self.found..],
        );
        self.taken += taken as u64;
        self.filled += written;
        self.found += found;
        match result {
            ReadRecordResult::InputEmpty | ReadRecordResult::End => {
                if result == ReadRecordResult::End {
                    (self.filled, self.found) = (0, 0);
                }
            }
            ReadRecordResult::OutputFull => self.grow_cells()?,
            ReadRecordResult::OutputEndsFull => self.grow_ends()?,
            ReadRecordResult::Record => {
                let ended = taken > 0 && piece[taken - 1] == b'\n';
                self.record(ended, each)?;
                (self.filled, self.found) = (0, 0);
                self.is_fresh = true;
            }
        }
        Ok(taken)
    }

    fn grow_cells(&mut self) -> Result<(), FormatError> {
        if self.cells.len() >= self.limits.row_bytes {
            let limit = self.limits.row_bytes;
            let message = format!("A row has more than {limit} bytes; a quote may be missing.");
            return Err(FormatError::new(ErrorKind::LimitBytes, message).at(self.row_position()));
        }
        let length = (self.cells.len() * 2).min(self.limits.row_bytes);
        self.cells.resize(length, 0);
        Ok(())
    }

    fn grow_ends(&mut self) -> Result<(), FormatError> {
        if self.ends.len() > self.limits.columns {
            return Err(self.too_many_columns(self.row_position()));
        }
        let length = (self.ends.len() * 2).min(self.limits.columns + 1);
        self.ends.resize(length, 0);
        Ok(())
    }

    fn too_many_columns(&self, position: Position) -> FormatError {
        let limit = self.limits.columns;
        FormatError::new(
            ErrorKind::LimitColumns,
            format!("A row has more than {limit} columns."),
        )
        .at(position)
    }

    /// Where the row that is being read began.
    fn row_position(&self) -> Position {
        let lines = self.cells[..self.filled]
            .iter()
            .filter(|&&b| b == b'\n')
            .count();
        self.position(lines, false)
    }

    /// Where the row began whose cells have so many line ends within them.
    fn position(&self, lines: usize, ended: bool) -> Position {
        let line = self
            .reader
            .line()
            .saturating_sub((lines + usize::from(ended)) as u64);
        Position {
            offset: self.start,
            line: Some(line.max(1)),
            column: None,
        }
    }

    fn record(&mut self, ended: bool, each: &mut dyn FnMut(Row)) -> Result<(), FormatError> {
        let bytes = &self.cells[..self.filled];
        let lines = bytes.iter().filter(|&&b| b == b'\n').count();
        let position = self.position(lines, ended);
        let count = self.found;
        if count > self.limits.columns {
            return Err(self.too_many_columns(position));
        }
        let text = core::str::from_utf8(bytes).map_err(|error| {
            let at = self.ends[..count]
                .iter()
                .filter(|&&end| end <= error.valid_up_to())
                .count();
            let mut wrong = not_utf8(bytes, error.valid_up_to());
            wrong.kind = ErrorKind::Encoding;
            wrong.message = format!("{} Cell {} of this row.", wrong.message, at + 1);
            wrong.at(position)
        })?;
        let mut start = 0;
        let cells = self.ends[..count].iter().map(|&end| {
            // An end that splits a character cannot be: delimiters are ASCII.
            let cell = text.get(start..end).unwrap_or_default();
            start = end;
            cell
        });
        if self.has_header && self.header.is_none() {
            let names: Vec<String> = cells.map(str::to_owned).collect();
            for (place, name) in names.iter().enumerate() {
                if names[..place].contains(name) {
                    let message = format!("Two columns are named \"{}\".", clip(name));
                    return Err(FormatError::new(ErrorKind::Duplicate, message).at(position));
                }
            }
            self.columns = Some(names.len());
            self.header = Some(names);
            return Ok(());
        }
        self.rows += 1;
        if let Some(spans) = &mut self.spans {
            spans.push(self.start as usize..self.taken as usize);
        }
        if self.rows > self.limits.rows {
            let message = format!("There are more than {} rows.", self.limits.rows);
            return Err(FormatError::new(ErrorKind::LimitRows, message).at(position));
        }
        let columns = *self.columns.get_or_insert(count);
        if count > columns {
            let message = format!("This row has {count} cells, but there are {columns} columns.");
            return Err(FormatError::new(ErrorKind::Malformed, message).at(position));
        }
        self.items += columns + 1;
        if self.items > self.limits.items {
            let message = format!("There are more than {} values.", self.limits.items);
            return Err(FormatError::new(ErrorKind::LimitItems, message).at(position));
        }
        let mut row = Row::with_capacity(columns);
        for (place, cell) in cells.enumerate() {
            let kind = match &self.types {
                CsvTypes::Guessed => ColumnType::Guess,
                CsvTypes::Text => ColumnType::Text,
                CsvTypes::Declared(kinds) => kinds.get(place).copied().unwrap_or(ColumnType::Text),
            };
            let Some(datum) = cell::read(cell, kind, self.limits.digits) else {
                let message = format!(
                    "Cell {} is \"{}\", not {}.",
                    place + 1,
                    clip(cell),
                    name(kind)
                );
                return Err(FormatError::new(ErrorKind::Type, message).at(position));
            };
            if matches!(datum, Datum::Str(_)) && cell::is_formula(cell) {
                self.notes.add("formula", || {
                    let cell = clip(cell);
                    (
                        format!("A spreadsheet would run the cell \"{cell}\" as a formula."),
                        Some(position),
                    )
                });
            }
            row.push(datum);
        }
        if count < columns {
            self.notes.add("short_row", || {
                let message =
                    format!("This row has {count} of {columns} cells; the rest is nothing.");
                (message, Some(position))
            });
            row.resize(columns, Datum::Null);
        }
        each(row);
        Ok(())
    }
}

fn name(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text | ColumnType::Guess => "a text",
        ColumnType::Int => "a whole number",
        ColumnType::Float => "a number",
        ColumnType::Bool => "true or false",
        ColumnType::Date => "a date",
        ColumnType::Time => "a time of day",
        ColumnType::DateTime => "a date with a time",
        ColumnType::Base64 => "base64",
    }
}

/// Checks that the two bytes can be told apart.
pub(super) fn check(delimiter: u8, quote: u8) -> Result<(), FormatError> {
    let bad = |byte: u8| !byte.is_ascii() || matches!(byte, b'\r' | b'\n');
    if delimiter == quote || bad(delimiter) || bad(quote) {
        return Err(FormatError::new(
            ErrorKind::Options,
            "Delimiter and quote must be two different characters of ASCII that do not end a line.",
        ));
    }
    Ok(())
}
