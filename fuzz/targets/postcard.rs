//! Reading, writing and reading again: postcard.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::decoder("postcard", bytes));
