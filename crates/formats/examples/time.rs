//! How long each format takes for records of about 10 MB (or as many as are given):
//! `cargo run --release -p formats --example time -- [NAME] [RECORDS] [ROUNDS]`.

use std::time::Instant;

use formats::{DecodeOptions, EncodeOptions, FormatError, all, sample};

fn main() -> Result<(), FormatError> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "all".to_owned());
    let mut number = |or: usize| {
        let given = arguments.next().and_then(|text| text.parse().ok());
        given.unwrap_or(or)
    };
    let (count, rounds) = (number(80_000), number(7));
    for format in all()
        .iter()
        .filter(|format| name == "all" || format.name() == name)
    {
        let datum = sample::table(*format, sample::records(count, 1));
        let (encode, decode) = (
            EncodeOptions {
                pickle_protocol: 5,
                ..EncodeOptions::default()
            },
            DecodeOptions::default(),
        );
        let bytes = format.encode(&datum, &encode)?.bytes;
        let (mut writing, mut reading, mut dropping) = (f64::MAX, f64::MAX, f64::MAX);
        let seconds = |start: Instant| start.elapsed().as_secs_f64() * 1000.0;
        for _ in 0..rounds {
            let start = Instant::now();
            let written = format.encode(&datum, &encode)?.bytes;
            writing = writing.min(seconds(start));
            let start = Instant::now();
            let read = format.decode(&written, &decode)?;
            reading = reading.min(seconds(start));
            let start = Instant::now();
            drop(read);
            dropping = dropping.min(seconds(start));
        }
        println!(
            "{:12} {:5.1} MB  encode {writing:7.1} ms  decode {reading:7.1} ms  drop {dropping:6.1} ms",
            format.name(),
            bytes.len() as f64 / 1e6
        );
    }
    Ok(())
}
