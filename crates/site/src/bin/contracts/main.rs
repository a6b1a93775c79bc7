//! The stores of the browser by themselves: their contract suites ([`suites`]), and a store in the hands of a script
//! ([`shelf`]), for tests; what is measured of it ([`measure`]).

mod bench;
mod digest;
mod locking;
mod measure;
mod shelf;
mod suites;

fn main() {}
