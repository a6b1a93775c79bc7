//! Reading, writing and reading again: csv.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::decoder("csv", bytes));
