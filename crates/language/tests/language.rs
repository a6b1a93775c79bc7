//! Texts in English and in another language.

use language::{Catalogue, CatalogueError, choose, mark, number, t, text};
use proptest::prelude::*;

fn german() -> Catalogue {
    let pairs = [
        ("1,234.5", "1.234,5"),
        ("Stop", "Anhalten"),
        ("{rows} rows of {name}", "{name}: {rows} Zeilen"),
    ];
    Catalogue::new(pairs.map(|(english, german)| (english.to_owned(), german.to_owned())))
}

#[test]
fn without_a_catalogue_everything_is_english() {
    choose(None);
    let rows = 3;
    assert_eq!(t!("Stop"), "Stop");
    assert_eq!(
        t!("{rows} rows of {name}", rows, name = "people"),
        "3 rows of people"
    );
    assert_eq!(number("1,234.5"), "1,234.5");
}

#[test]
fn with_one_its_texts_are_shown_and_english_where_it_has_none() {
    choose(Some(german()));
    let rows = number("12,345.25");
    assert_eq!(t!("Stop"), "Anhalten");
    assert_eq!(
        t!("{rows} rows of {name}", rows, name = "people"),
        "people: 12.345,25 Zeilen"
    );
    assert_eq!(text(mark!("Stop")), "Anhalten");
    assert_eq!(t!("Run"), "Run");
    choose(None);
}

#[test]
fn a_value_is_put_in_as_it_is() {
    choose(None);
    let name = "{rows}";
    assert_eq!(
        t!("{rows} rows of {name}", rows = 1, name),
        "1 rows of {rows}"
    );
    assert_eq!(
        t!("{{rows}} {rows} } {other}", rows = 1),
        "{rows} 1 } {other}"
    );
}

#[test]
fn a_line_that_is_no_pair_is_named() {
    let error = Catalogue::unpacked("a\tb\nc\n");
    assert_eq!(error, Err(CatalogueError { line: 2 }));
}

proptest! {
    #[test]
    fn what_is_packed_is_unpacked(pairs in prop::collection::hash_map(".*|[a\\\\\t\n\r]*", ".*|[a\\\\\t\n\r]*", 0..9)) {
        let catalogue = Catalogue::new(pairs);
        prop_assert_eq!(Catalogue::unpacked(&catalogue.packed()), Ok(catalogue));
    }
}
