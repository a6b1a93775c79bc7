//! SQLite among the formats.

use engines::sql::SqlError;

use crate::visit::{Visit, small, text};

/// Only SQLite takes part.
fn only_sqlite() -> Visit {
    let mut visit = small();
    for format in ["csv", "json", "pickle"] {
        visit.change(&format!("format-{format}"), "false");
    }
    visit.change("format-sqlite", "true");
    visit
}

#[test]
fn sqlite_stores_the_same_records_in_a_table() {
    let mut visit = only_sqlite();
    visit.change("nesting", "1");
    visit.press("measure");
    visit.work_all();
    assert_eq!(visit.status(), "Done: 1 format measured.");
    assert_eq!(
        visit.sqlite.scripts[0],
        "CREATE TABLE records (\"id\" INTEGER, \"name\" TEXT, \"quantity\" INTEGER, \"price\" REAL, \"details\" TEXT)"
    );
    assert_eq!(visit.sqlite.rows.len(), 20);
    let losses = text(visit.region("losses"));
    assert!(
        losses.contains("SQLite: 20 of 100 values changed"),
        "{losses}"
    );
    assert!(losses.contains("20 × a map → a text"), "{losses}");
    assert!(text(visit.region("sizes")).contains("4.1 kB"));
    // Creating and filling, a millisecond each; dropping the former table is not counted.
    let table = text(visit.region("table"));
    assert!(
        table.contains("2.00 ms2.00 ms to 2.00 msn = 2first 2.00 ms"),
        "{table}"
    );
    assert!(!table.contains("worker already warm"), "{table}");
    visit.press("measure");
    visit.work_all();
    assert!(text(visit.region("table")).contains("worker already warm"));
}

#[test]
fn what_sqlite_refuses_is_said_in_its_words() {
    let mut visit = only_sqlite();
    visit.sqlite.error = Some(SqlError {
        code: "SQLITE_ERROR".to_owned(),
        extended_code: "SQLITE_ERROR".to_owned(),
        message: "duplicate column name: A".to_owned(),
        position: None,
    });
    visit.press("measure");
    visit.work_all();
    let sizes = text(visit.region("sizes"));
    assert!(
        sizes.contains("SQLiteCannot. SQLite says: duplicate column name: A."),
        "{sizes}"
    );

    visit.choose("app.toml", b"port = 80\n");
    visit.press("measure");
    visit.work_all();
    let sizes = text(visit.region("sizes"));
    assert!(
        sizes.contains("SQLite holds tables, and this is not a list of records."),
        "{sizes}"
    );
}

#[test]
fn sqlite_is_cold_again_when_it_was_stopped_in_its_work() {
    let mut visit = only_sqlite();
    visit.press("measure");
    while visit.asked_sql.is_empty() {
        visit.work();
    }
    visit.press("stop");
    assert!(visit.asked_sql.is_empty());
    visit.press("measure");
    visit.work_all();
    assert!(!text(visit.region("table")).contains("worker already warm"));
}
