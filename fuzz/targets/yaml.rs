//! Reading, writing and reading again: yaml.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::decoder("yaml", bytes));
