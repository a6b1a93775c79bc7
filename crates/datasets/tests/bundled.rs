//! The bundled data, as the build puts it into the site. `cargo xtask test` runs this after the build:
//! `cargo test -p datasets --test bundled -- --ignored`.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use datasets::{as_table, bundled, read};

fn site() -> PathBuf {
    match std::env::var_os("JOBLET_DIST") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../dist")),
    }
}

#[test]
#[ignore = "needs the built site"]
fn the_files_are_as_the_catalogue_says() {
    for set in bundled() {
        let file = site().join(set.file);
        let bytes = std::fs::read(&file).unwrap();
        assert!(bytes.len() < 4_000_000, "{}: {}", set.name, bytes.len());
        let datum = read(set.name, &bytes).unwrap();
        let table = as_table(&datum).unwrap();
        assert_eq!(table.records.len(), set.rows, "{}", set.name);
        assert!(set.rows >= 10_000);
        let licence = std::fs::read_to_string(file.with_file_name("LICENCE.txt")).unwrap();
        assert!(licence.contains(set.source), "{}", set.name);
        match set.name {
            "bird-strikes" => {
                assert!(table.is_flat());
                assert_eq!(table.columns.len(), 14);
            }
            _ => {
                // A record, its support, the statements of a browser, a statement, its flags, one of them.
                assert!(table.depth >= 3, "{}", table.depth);
                assert!(table.missing > 0);
            }
        }
    }
}
