//! Reading, writing and reading again: toml.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::decoder("toml", bytes));
