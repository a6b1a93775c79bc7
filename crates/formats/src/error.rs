//! What can be wrong with bytes or with a value, and where.

use core::fmt;

/// A place in the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Bytes before it.
    pub offset: u64,
    /// Its line, from 1; none where the format has no lines.
    pub line: Option<u64>,
    /// Characters of the line up to and including it, from 1; none where that is not known.
    pub column: Option<u64>,
}

impl Position {
    /// A place in bytes that have no lines.
    pub const fn offset(offset: usize) -> Self {
        Self {
            offset: offset as u64,
            line: None,
            column: None,
        }
    }

    /// The place of that offset in a text; bytes that are not UTF-8 count as a character each.
    pub fn in_text(bytes: &[u8], offset: usize) -> Self {
        let offset = offset.min(bytes.len());
        let before = &bytes[..offset];
        let start = before
            .iter()
            .rposition(|&b| b == b'\n')
            .map_or(0, |i| i + 1);
        let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
        let continues = |b: &u8| (0x80..0xc0).contains(b);
        let column = before[start..].iter().filter(|b| !continues(b)).count() + 1;
        Self {
            offset: offset as u64,
            line: Some(line as u64),
            column: Some(column as u64),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(f, "line {line}, column {column}"),
            (Some(line), None) => write!(f, "line {line}"),
            _ => write!(f, "byte {}", self.offset),
        }
    }
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes break the format's rules.
    Malformed,
    /// The bytes end too early.
    Truncated,
    /// A text is not UTF-8.
    Encoding,
    /// A key or a column name stands twice where it may stand once.
    Duplicate,
    /// A number or a date is outside what this program holds.
    Range,
    /// A cell is not of the type that was declared for its column.
    Type,
    /// The bytes would import or call something.
    Forbidden,
    /// The bytes use a part of the format that this program does not read.
    Unsupported,
    /// The format cannot hold the value.
    Unfit,
    /// More bytes than allowed.
    LimitBytes,
    /// Deeper nesting than allowed.
    LimitDepth,
    /// More rows than allowed.
    LimitRows,
    /// More columns than allowed.
    LimitColumns,
    /// More values than allowed.
    LimitItems,
    /// A number of more digits than allowed.
    LimitDigits,
    /// The options contradict each other or the data.
    Options,
}

impl ErrorKind {
    /// A stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Truncated => "truncated",
            Self::Encoding => "encoding",
            Self::Duplicate => "duplicate",
            Self::Range => "range",
            Self::Type => "type",
            Self::Forbidden => "forbidden",
            Self::Unsupported => "unsupported",
            Self::Unfit => "unfit",
            Self::LimitBytes => "limit_bytes",
            Self::LimitDepth => "limit_depth",
            Self::LimitRows => "limit_rows",
            Self::LimitColumns => "limit_columns",
            Self::LimitItems => "limit_items",
            Self::LimitDigits => "limit_digits",
            Self::Options => "options",
        }
    }
}

/// Why bytes could not be read, or a value could not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormatError {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The same in a sentence, without the place.
    pub message: String,
    /// Where, if it is in the bytes.
    pub position: Option<Position>,
    /// What the bytes look like instead, if not like what they were said to be.
    pub looks_like: Option<&'static str>,
}

impl FormatError {
    /// An error without a place.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            position: None,
            looks_like: None,
        }
    }

    /// The same at a place.
    #[must_use]
    pub fn at(mut self, position: Position) -> Self {
        self.position = Some(position);
        self
    }

    /// The stable name of what is wrong.
    pub const fn code(&self) -> &'static str {
        self.kind.code()
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(position) = &self.position {
            write!(f, " ({position})")?;
        }
        match self.looks_like {
            Some(other) => write!(f, " It looks like {other}."),
            None => Ok(()),
        }
    }
}

impl core::error::Error for FormatError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_counts_characters() {
        let text = "a\nü🙂x".as_bytes();
        let position = Position::in_text(text, text.len() - 1);
        assert_eq!(
            (position.line, position.column, position.offset),
            (Some(2), Some(3), 8)
        );
    }
}
