//! How to read and how to write.

/// No nesting deeper than this is read or written, whatever the limits say: 2 MB of stack hold it without optimisation.
pub const MAX_DEPTH: usize = 256;

/// What is read at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole. A streaming decoder does not count them.
    pub bytes: usize,
    /// Bytes of one row (CSV, JSON Lines), which is what a streaming decoder keeps.
    pub row_bytes: usize,
    /// Lists within lists; at most [`MAX_DEPTH`].
    pub depth: usize,
    /// Rows of a table (CSV, JSON Lines).
    pub rows: usize,
    /// Columns of a table (CSV).
    pub columns: usize,
    /// Values of all kinds, keys included.
    pub items: usize,
    /// Decimal digits of a whole number: as many as CPython allows by default (CVE-2020-10735).
    pub digits: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 256 << 20,
            row_bytes: 16 << 20,
            depth: 128,
            rows: 10_000_000,
            columns: 4096,
            items: 20_000_000,
            digits: 4300,
        }
    }
}

impl Limits {
    /// The depth that holds.
    pub(crate) fn depth(&self) -> usize {
        self.depth.min(MAX_DEPTH)
    }
}

/// What to do with a value that the format cannot hold as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Misfit {
    /// Write the nearest that it can hold, and say so in a [`Note`](crate::Note); refuse if there is nothing near.
    #[default]
    Convert,
    /// Refuse.
    Refuse,
}

/// What to do with a key that stands twice, where the format does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// The last one counts, as in CPython, and a [`Note`](crate::Note) says so.
    #[default]
    KeepLast,
    /// Refuse.
    Refuse,
}

/// Which cells of a CSV file are put in quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quoting {
    /// Those that need it.
    #[default]
    Minimal,
    /// All.
    All,
}

/// How the lines of a CSV file end, when writing. Any end is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineEnding {
    /// A line feed.
    Lf,
    /// A carriage return and a line feed, as RFC 4180 and CPython's `csv` have it.
    #[default]
    CrLf,
}

/// The dialect of a CSV file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvDialect {
    /// Between cells; a byte of ASCII.
    pub delimiter: u8,
    /// Around cells; a byte of ASCII. Within, it is doubled.
    pub quote: u8,
    /// Which cells are quoted.
    pub quoting: Quoting,
    /// Whether the first row names the columns: rows are maps then, else lists.
    pub header: bool,
    /// How lines end.
    pub line_ending: LineEnding,
    /// Put an apostrophe before a text that a spreadsheet would run as a formula
    /// (<https://owasp.org/www-community/attacks/CSV_Injection>). Such cells are noted either way.
    pub neutralise: bool,
}

impl Default for CsvDialect {
    fn default() -> Self {
        Self {
            delimiter: b',',
            quote: b'"',
            quoting: Quoting::Minimal,
            header: true,
            line_ending: LineEnding::CrLf,
            neutralise: false,
        }
    }
}

/// What a column of a CSV file holds. An empty cell is nothing in every type but text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnType {
    /// Text, as it stands.
    Text,
    /// Whole numbers of any size.
    Int,
    /// Numbers, `nan` and `inf`.
    Float,
    /// `true` and `false`, in any case, or `1` and `0`.
    Bool,
    /// Days: `2024-02-29`.
    Date,
    /// Times of day: `12:30:00`.
    Time,
    /// RFC 3339, with or without an offset.
    DateTime,
    /// Bytes in base64.
    Base64,
    /// Guessed from each cell.
    Guess,
}

/// Where the types of a CSV file's cells come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CsvTypes {
    /// Guessed from each cell: numbers, true and false, dates; an empty cell is nothing. `007` stays text.
    #[default]
    Guessed,
    /// Given for the columns in order; those after the last are text.
    Declared(Vec<ColumnType>),
    /// All text, as CPython's `csv` reads.
    Text,
}

/// How to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeOptions {
    /// What to do with a value that the format cannot hold.
    pub misfit: Misfit,
    /// Lists within lists; at most [`MAX_DEPTH`].
    pub depth: usize,
    /// CSV's dialect.
    pub csv: CsvDialect,
    /// Spaces per level of JSON; none writes it in one line.
    pub json_indent: Option<u8>,
    /// Write `NaN` and `Infinity` into JSON, as CPython does and RFC 8259 forbids.
    pub json_non_finite: bool,
    /// Pickle's protocol, 0 to 5. CPython's default is 4 up to 3.13 and 5 from 3.14.
    pub pickle_protocol: u8,
}

impl Default for EncodeOptions {
    fn default() -> Self {
        Self {
            misfit: Misfit::default(),
            depth: Limits::default().depth,
            csv: CsvDialect::default(),
            json_indent: None,
            json_non_finite: false,
            pickle_protocol: 4,
        }
    }
}

/// How to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecodeOptions {
    /// What is read at most.
    pub limits: Limits,
    /// What to do with a key that stands twice.
    pub duplicates: Duplicates,
    /// CSV's dialect.
    pub csv: CsvDialect,
    /// Where the types of CSV's cells come from.
    pub csv_types: CsvTypes,
    /// Read `NaN` and `Infinity` in JSON, as CPython does and RFC 8259 forbids.
    pub json_non_finite: bool,
    /// Say where each record is, in [`Decoded::spans`](crate::Decoded::spans).
    pub spans: bool,
}
