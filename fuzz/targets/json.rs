//! Reading, writing and reading again: json.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::decoder("json", bytes));
