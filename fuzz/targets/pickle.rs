//! Reading, writing and reading again: pickle.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::decoder("pickle", bytes));
