//! How long each format takes for records of about 10 MB, or as many bytes as are given:
//! `cargo run --release -p formats --example time -- [NAME] [BYTES] [ROUNDS]`.

use std::time::Instant;

use formats::sample::Sample;
use formats::{FormatError, all};

fn main() -> Result<(), FormatError> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "all".to_owned());
    let mut number = |or: usize| {
        let given = arguments.next().and_then(|text| text.parse().ok());
        given.unwrap_or(or)
    };
    let (bytes, rounds) = (number(10_000_000), number(9));
    let names = all().iter().map(|format| format.name());
    for name in names.filter(|other| name == "all" || name == *other) {
        let sample = Sample::of_bytes(name, bytes)?;
        let (mut writing, mut reading, mut dropping) = (f64::MAX, f64::MAX, f64::MAX);
        let milliseconds = |start: Instant| start.elapsed().as_secs_f64() * 1000.0;
        for _ in 0..rounds {
            let start = Instant::now();
            let written = sample.encode()?;
            writing = writing.min(milliseconds(start));
            drop(written);
            let start = Instant::now();
            let read = sample.decode()?;
            reading = reading.min(milliseconds(start));
            let start = Instant::now();
            drop(read);
            dropping = dropping.min(milliseconds(start));
        }
        println!(
            "{name:12} {:6} records  encode {writing:6.1} ms  decode {reading:6.1} ms  drop {dropping:5.1} ms",
            sample.records()
        );
    }
    Ok(())
}
