//! JSON Lines: one JSON value per line.

use super::json::{self, Writer};
use crate::reading::{Reading, utf8};
use crate::{
    Datum, DecodeOptions, Decoded, EncodeOptions, Encoded, ErrorKind, Format, FormatError, Note,
    Position,
};

/// JSON Lines, also called NDJSON: a list, one value a line.
#[derive(Clone, Copy, Debug)]
pub struct JsonLines;

impl Format for JsonLines {
    fn name(&self) -> &'static str {
        "json_lines"
    }

    fn title(&self) -> &'static str {
        "JSON Lines"
    }

    fn media_type(&self) -> &'static str {
        "application/jsonl"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["jsonl", "ndjson"]
    }

    fn specification(&self) -> &'static str {
        "https://jsonlines.org"
    }

    fn holds(&self) -> &'static str {
        "A list whose values are as in JSON; lines can be appended, and one is read without the others."
    }

    fn encode(&self, datum: &Datum, options: &EncodeOptions) -> Result<Encoded, FormatError> {
        let (Datum::List(items) | Datum::Tuple(items)) = datum else {
            let message = format!("JSON Lines holds a list, not {}.", datum.kind());
            return Err(FormatError::new(ErrorKind::Unfit, message));
        };
        let mut encoder = JsonLinesEncoder::new(options);
        if matches!(datum, Datum::Tuple(_)) {
            let writing = &mut encoder.0.writing;
            writing.change("tuple_as_list", datum.kind(), "a list")?;
        }
        items.iter().try_for_each(|item| encoder.item(item))?;
        Ok(encoder.finish())
    }

    fn read(&self, bytes: &[u8], options: &DecodeOptions) -> Result<Decoded, FormatError> {
        let mut decoder = JsonLinesDecoder::new(options);
        decoder.is_whole = true;
        let mut items = Vec::new();
        let mut each = |item| items.push(item);
        decoder.push(bytes, &mut each)?;
        decoder.finish(&mut each)?;
        Ok(decoder.reading.finish(Datum::List(items)))
    }
}

/// Writes JSON Lines value by value; what is written so far can be taken away with [`JsonLinesEncoder::take`].
///
/// ```
/// use formats::{Datum, EncodeOptions, formats::json_lines::JsonLinesEncoder};
/// let options = EncodeOptions::default();
/// let mut encoder = JsonLinesEncoder::new(&options);
/// encoder.item(&Datum::map([("id", Datum::Int(1))]))?;
/// assert_eq!(encoder.take(), b"{\"id\":1}\n");
/// encoder.item(&Datum::Null)?;
/// assert_eq!(encoder.finish().bytes, b"null\n");
/// # Ok::<(), formats::FormatError>(())
/// ```
#[derive(Debug)]
pub struct JsonLinesEncoder<'a>(Writer<'a>);

impl<'a> JsonLinesEncoder<'a> {
    /// An encoder with these options; an indentation is ignored.
    pub fn new(options: &'a EncodeOptions) -> Self {
        Self(Writer::in_one_line("JSON Lines", options))
    }

    /// Writes a value as a line. If that fails, nothing of it is written.
    ///
    /// # Errors
    /// [`ErrorKind::Unfit`] if JSON cannot hold the value, [`ErrorKind::LimitDepth`].
    pub fn item(&mut self, item: &Datum) -> Result<(), FormatError> {
        let before = self.0.bytes.len();
        if let Err(error) = self.0.datum(item, 0) {
            self.0.bytes.truncate(before);
            return Err(error);
        }
        self.0.bytes.push(b'\n');
        Ok(())
    }

    /// What is written since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.0.bytes)
    }

    /// What was changed so far.
    pub fn notes(&self) -> &[Note] {
        self.0.writing.notes.list()
    }

    /// What is written since the last [`JsonLinesEncoder::take`], and all notes.
    pub fn finish(self) -> Encoded {
        self.0.finish()
    }
}

/// Reads JSON Lines from pieces of any size. What it keeps is one line, at most
/// [`Limits::row_bytes`](crate::Limits::row_bytes). Lines of blanks are skipped, and noted.
#[derive(Debug)]
pub struct JsonLinesDecoder<'a> {
    reading: Reading<'a>,
    line: Vec<u8>,
    /// Lines so far, and the bytes before the line that is being read.
    lines: u64,
    start: u64,
    rows: usize,
    /// Whether the bytes come in one piece, so that there is room for where each line is.
    is_whole: bool,
}

impl<'a> JsonLinesDecoder<'a> {
    /// A decoder with these limits.
    pub fn new(options: &'a DecodeOptions) -> Self {
        Self {
            reading: Reading::new(options),
            line: Vec::new(),
            lines: 0,
            start: 0,
            rows: 0,
            is_whole: false,
        }
    }

    /// Takes a piece and gives the value of every line that it completes.
    ///
    /// # Errors
    /// What is wrong with the bytes, and where; nothing more can be read after that.
    pub fn push(&mut self, piece: &[u8], each: &mut dyn FnMut(Datum)) -> Result<(), FormatError> {
        let mut rest = piece;
        while let Some(end) = rest.iter().position(|&b| b == b'\n') {
            if self.line.is_empty() {
                self.check_length(end)?;
                self.read(&rest[..end], true, each)?;
            } else {
                self.keep(&rest[..end])?;
                let line = core::mem::take(&mut self.line);
                self.read(&line, true, each)?;
                self.line = line;
                self.line.clear();
            }
            self.start += 1;
            rest = &rest[end + 1..];
        }
        self.keep(rest)
    }

    /// Ends the bytes and gives the value of the last line, if no line end was after it.
    ///
    /// # Errors
    /// As [`JsonLinesDecoder::push`].
    pub fn finish(&mut self, each: &mut dyn FnMut(Datum)) -> Result<(), FormatError> {
        if self.line.is_empty() {
            return Ok(());
        }
        let line = core::mem::take(&mut self.line);
        self.read(&line, false, each)
    }

    /// Bytes that the decoder keeps now: it never shrinks, so this is also the most it has kept.
    pub fn buffer_bytes(&self) -> usize {
        self.line.capacity()
    }

    /// What was changed so far.
    pub fn notes(&self) -> &[Note] {
        self.reading.notes.list()
    }

    fn keep(&mut self, piece: &[u8]) -> Result<(), FormatError> {
        self.check_length(self.line.len() + piece.len())?;
        self.line.extend_from_slice(piece);
        Ok(())
    }

    /// Whether the line after those that were read may be so long.
    fn check_length(&self, bytes: usize) -> Result<(), FormatError> {
        let limit = self.reading.options.limits.row_bytes;
        if bytes <= limit {
            return Ok(());
        }
        let message = format!("A line has more than {limit} bytes.");
        Err(
            FormatError::new(ErrorKind::LimitBytes, message).at(Position {
                offset: self.start,
                line: Some(self.lines + 1),
                column: None,
            }),
        )
    }

    fn read(
        &mut self,
        line: &[u8],
        ended: bool,
        each: &mut dyn FnMut(Datum),
    ) -> Result<(), FormatError> {
        self.lines += 1;
        if line.iter().all(u8::is_ascii_whitespace) {
            let place = self.place(None);
            self.reading.notes.add("blank_line", || {
                ("A line is blank; it was skipped.".to_owned(), Some(place))
            });
        } else {
            self.rows += 1;
            let limit = self.reading.options.limits.rows;
            if self.rows > limit {
                let message = format!("There are more than {limit} rows.");
                return Err(FormatError::new(ErrorKind::LimitRows, message).at(self.place(None)));
            }
            let item = utf8(line)
                .and_then(|_| json::document(line, &mut self.reading, false))
                .map_err(|mut error| {
                    error.position = Some(self.place(error.position));
                    error
                })?;
            each(item);
            if self.is_whole {
                let start = self.start as usize;
                let end = start + line.len() + usize::from(ended);
                self.reading.record(start..end);
            }
        }
        self.start += line.len() as u64;
        Ok(())
    }

    /// A place of the line that is being read, as a place of the whole.
    fn place(&self, within: Option<Position>) -> Position {
        Position {
            offset: self.start + within.map_or(0, |position| position.offset),
            line: Some(self.lines.max(1)),
            column: within.and_then(|position| position.column),
        }
    }
}
