//! Reading, writing and reading again: ini.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::decoder("ini", bytes));
