//! Reading, writing and reading again: json_lines.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::decoder("json_lines", bytes));
