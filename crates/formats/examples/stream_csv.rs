//! Reads 100 MB of CSV as a stream: `cargo run --release -p formats --example stream_csv`.

use std::time::Instant;

use formats::formats::csv::CsvDecoder;
use formats::{DecodeOptions, FormatError, Limits};

fn main() -> Result<(), FormatError> {
    let options = DecodeOptions {
        limits: Limits {
            items: usize::MAX,
            ..Limits::default()
        },
        ..DecodeOptions::default()
    };
    let mut decoder = CsvDecoder::new(&options)?;
    decoder.push(b"id,name,score,when\n", &mut |_| {})?;
    let (mut bytes, mut rows, mut made) = (0_usize, 0_u64, 0_u64);
    let (mut peak, mut reading) = (0, 0.0);
    while bytes < 100_000_000 {
        let mut piece = Vec::with_capacity(70_000);
        while piece.len() < 65_536 {
            let line = format!("{made},\"Name, {made}\",{}.5,2024-02-29\n", made % 100);
            piece.extend_from_slice(line.as_bytes());
            made += 1;
        }
        let start = Instant::now();
        decoder.push(&piece, &mut |_| rows += 1)?;
        reading += start.elapsed().as_secs_f64();
        bytes += piece.len();
        peak = peak.max(decoder.buffer_bytes());
    }
    decoder.finish(&mut |_| rows += 1)?;
    println!(
        "{bytes} bytes, {rows} rows in {reading:.2} s; at most {peak} bytes kept between pieces of 64 KiB"
    );
    Ok(())
}
