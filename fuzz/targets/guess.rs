//! Guessing the format of bytes, and reading a file of no known name.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::guess(bytes));
