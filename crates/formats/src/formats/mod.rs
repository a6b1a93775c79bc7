//! One file per format.

pub mod csv;
pub mod json;
pub mod json_lines;
