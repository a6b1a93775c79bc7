//! One file per format.

pub mod csv;
pub mod ini;
pub mod json;
pub mod json_lines;
pub mod messagepack;
pub mod pickle;
pub mod postcard;
pub mod toml;
pub mod yaml;
