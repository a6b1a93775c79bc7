//! Prints what each format keeps, as in docs/formats.md: `cargo run -p formats --example fidelity`.

use formats::{DecodeOptions, EncodeOptions, fidelity};

fn main() {
    let (encode, decode) = (EncodeOptions::default(), DecodeOptions::default());
    print!("{}", fidelity::markdown(&fidelity::table(&encode, &decode)));
    println!();
    for found in fidelity::duplicates(&decode) {
        match found.outcome {
            Ok(datum) => println!("{}: a key twice → {datum:?}", found.format),
            Err(error) => println!("{}: a key twice is refused: {}", found.format, error.code()),
        }
    }
}
