//! The stores of the browser by themselves: their contract suites ([`suites`]), and a store in the hands of a script
//! ([`shelf`]), for tests and for measuring.

mod bench;
mod digest;
mod locking;
mod shelf;
mod suites;

fn main() {}
