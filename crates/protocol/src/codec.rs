//! Writing and reading values for the page.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Position;

/// How to write and to read. What is left out is the format's usual way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(optional_fields)]
pub struct CodecOptions {
    /// CSV: between cells; one character of ASCII. A comma, if left out.
    pub delimiter: Option<String>,
    /// CSV: whether the first row names the columns, so that rows are objects. It does, if left out.
    pub header: Option<bool>,
    /// CSV, when reading: `"guess"` the type of each cell, or leave all as `"text"`. `"guess"`, if left out.
    pub types: Option<String>,
    /// CSV, when writing: put an apostrophe before texts that a spreadsheet would run as a formula.
    pub neutralise: Option<bool>,
    /// JSON, when writing: spaces for each level. In one line, if left out.
    pub indent: Option<u8>,
    /// JSON: write and read `NaN` and `Infinity`, as CPython does and RFC 8259 forbids.
    pub non_finite: Option<bool>,
    /// Pickle, when writing: the protocol, 0 to 5. 4, if left out.
    pub protocol: Option<u8>,
    /// When writing, refuse what the format cannot hold, where it would be changed and noted.
    pub refuse_misfits: Option<bool>,
    /// When reading, refuse a key that stands twice, where the last would be kept.
    pub refuse_duplicates: Option<bool>,
}

/// Something that was changed, left out or looks dangerous.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteInfo {
    /// A stable name.
    pub code: String,
    /// What it is, in a sentence, said of the first.
    pub message: String,
    /// How often.
    pub count: u32,
    /// Where the first is.
    pub position: Option<Position>,
}
