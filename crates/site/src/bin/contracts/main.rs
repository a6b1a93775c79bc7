//! The stores of the browser by themselves: their contract suites ([`suites`]), and a store in the hands of a script
//! ([`shelf`]), for tests; what is measured of it ([`measure`]).

#![allow(
    unreachable_pub,
    reason = "what is exported is reached from JavaScript"
)]

mod bench;
mod digest;
mod locking;
mod measure;
mod shelf;
mod suites;

fn main() {}
