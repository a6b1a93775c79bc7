//! Reading, writing and reading again: messagepack.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::decoder("messagepack", bytes));
