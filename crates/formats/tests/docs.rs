//! docs/formats.md says what is so.

use formats::{DecodeOptions, EncodeOptions, all, fidelity};

const DOCS: &str = include_str!("../../../docs/formats.md");

#[test]
fn the_table_of_what_is_kept_is_the_one_found() {
    let findings = fidelity::table(&EncodeOptions::default(), &DecodeOptions::default());
    let table = fidelity::markdown(&findings);
    assert!(
        DOCS.contains(&table),
        "put what `cargo run -p formats --example fidelity` prints into docs/formats.md"
    );
}

#[test]
fn every_format_is_described() {
    for format in all() {
        assert!(
            DOCS.contains(&format!("| `{}` |", format.name())),
            "{}",
            format.name()
        );
        assert!(format.specification().starts_with("https://"));
    }
}
