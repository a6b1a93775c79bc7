//! joblib's digests, recorded by fixtures/joblib.py.

#![allow(clippy::unwrap_used, clippy::panic)]

mod trees;

#[test]
fn recorded_objects_have_joblibs_digests() {
    let lines: Vec<_> = include_str!("fixtures/joblib.txt").lines().collect();
    let faults: Vec<_> = lines
        .iter()
        .filter_map(|line| trees::compare(line).err())
        .collect();
    assert!(
        faults.is_empty(),
        "{} of {}: {:.2000}",
        faults.len(),
        lines.len(),
        faults.join("\n")
    );
    assert!(lines.len() > 1000);
}
