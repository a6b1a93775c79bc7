//! Pickle: Python's own format, as data only.
//!
//! A pickle is a program for a small stack machine, and its instructions can import and call anything. Here it runs on a
//! machine that cannot: a pickle that would import something not on the list in [`calls`](self) is refused with its name.
//! Reads protocols 0 to 5 and writes the one chosen. The instructions are those of CPython's Lib/pickletools.py.
//!
//! Sets and frozen sets, bytes and byte arrays, ordered and plain dicts become the same, which a note says.

mod calls;
mod graph;
mod input;
mod machine;
mod memo;
mod moments;
mod op;
mod records;
mod scalars;
mod stack;
mod text;
mod writer;

use crate::reading::Reading;
use crate::{Datum, DecodeOptions, Decoded, EncodeOptions, Encoded, Format, FormatError};

/// Python's pickle.
#[derive(Clone, Copy, Debug)]
pub struct Pickle;

impl Format for Pickle {
    fn name(&self) -> &'static str {
        "pickle"
    }

    fn title(&self) -> &'static str {
        "pickle"
    }

    fn media_type(&self) -> &'static str {
        "application/x-python-pickle"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["pickle", "pkl"]
    }

    fn specification(&self) -> &'static str {
        "https://docs.python.org/3/library/pickle.html"
    }

    fn holds(&self) -> &'static str {
        "All of Python's values: numbers of any size, text, bytes, dates, lists, tuples, sets, maps by any key; and calls of any code, which are refused here."
    }

    fn is_text(&self) -> bool {
        false
    }

    fn encode(&self, datum: &Datum, options: &EncodeOptions) -> Result<Encoded, FormatError> {
        writer::write(datum, options)
    }

    fn read(&self, bytes: &[u8], options: &DecodeOptions) -> Result<Decoded, FormatError> {
        let mut reading = Reading::new(options);
        let (nodes, root) = machine::run(bytes, &mut reading)?;
        let datum = graph::datum(nodes, root, &mut reading)?;
        Ok(reading.finish(datum))
    }
}
