//! Prints what each format keeps, as the table of docs/formats.md: `cargo run -p formats --example fidelity`.

use formats::fidelity::{self, Outcome};
use formats::{DecodeOptions, EncodeOptions, all};

fn main() {
    let (encode, decode) = (EncodeOptions::default(), DecodeOptions::default());
    let findings = fidelity::table(&encode, &decode);
    print!("| value |");
    for format in all() {
        print!(" {} |", format.title());
    }
    println!("\n|---|{}", "---|".repeat(all().len()));
    for probe in fidelity::probes() {
        print!("| {} |", probe.title);
        for format in all() {
            let found = findings
                .iter()
                .find(|f| f.format == format.name() && f.probe == probe.name);
            let shown = match found.map(|found| &found.outcome) {
                Some(Outcome::Kept) => "kept".to_owned(),
                Some(Outcome::Changed(datum)) => format!("→ {}", datum.kind()),
                Some(Outcome::NotWritten(error) | Outcome::NotRead(error)) => {
                    format!("refused: {}", error.code())
                }
                Some(Outcome::Lost) => "left out".to_owned(),
                _ => String::new(),
            };
            print!(" {shown} |");
        }
        println!();
    }
    println!();
    for found in fidelity::duplicates(&decode) {
        match found.outcome {
            Ok(datum) => println!("{}: a key twice → {datum:?}", found.format),
            Err(error) => println!("{}: a key twice is refused: {}", found.format, error.code()),
        }
    }
}
