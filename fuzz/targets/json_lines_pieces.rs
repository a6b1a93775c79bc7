//! JSON Lines in pieces, against the whole.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::json_lines_pieces(bytes));
