//! What is left of half-written files, and what the workbench says of it.

#![allow(clippy::unwrap_used, clippy::panic)]

use experiments::{
    Bench, BothVersions, ComparePages, Job, Leftover, LeftoverFound, Material, Outcome,
    PagesCompared, Verdict, Versions,
};

fn run(job: Job) -> Outcome {
    let done = Bench::default().run(1, job, Material::default(), &|| 0.0);
    done.unwrap().0
}

fn versions(records: u32, format: &str) -> Versions {
    Versions {
        records,
        format: format.to_owned(),
    }
}

fn both(records: u32, format: &str) -> BothVersions {
    match run(Job::Versions(versions(records, format))) {
        Outcome::Versions(both) => both,
        other => panic!("{other:?}"),
    }
}

fn left(records: u32, format: &str, found: Vec<u8>) -> LeftoverFound {
    let versions = versions(records, format);
    match run(Job::Leftover(Leftover { versions, found })) {
        Outcome::Leftover(found) => found,
        other => panic!("{other:?}"),
    }
}

/// The old file after so many bytes of the new one were written over it.
fn torn(both: &BothVersions, at: usize) -> Vec<u8> {
    let mut found = both.old.clone();
    found.resize(found.len().max(at), 0);
    found[..at].copy_from_slice(&both.new[..at]);
    found
}

#[test]
fn both_versions_have_the_same_records_and_other_lengths() {
    for format in ["csv", "json"] {
        let made = both(50, format);
        assert_eq!(made, both(50, format), "the same each time");
        assert_ne!(made.old.len(), made.new.len());
        assert_eq!(both(50, "json").old_json, both(50, "json").old);
        assert_eq!(made.old_json, both(50, "json").old);
        assert_eq!(made.new_json, both(50, "json").new);
    }
}

#[test]
fn whole_files_are_told_from_torn_ones() {
    for format in ["csv", "json"] {
        let both = both(100, format);
        let old = left(100, format, both.old.clone());
        assert_eq!((old.verdict, old.old, old.new), (Verdict::AllOld, 100, 0));
        assert_eq!(old.reading, Ok(100));
        let new = left(100, format, both.new.clone());
        assert_eq!((new.verdict, new.old, new.new), (Verdict::AllNew, 0, 100));
        for found in [&old, &new] {
            assert_eq!((found.broken, found.missing, found.twice), (0, 0, 0));
            assert_eq!(found.torn, None);
        }
    }
}

#[test]
fn wherever_it_is_torn_every_record_is_accounted_for() {
    for format in ["csv", "json"] {
        let both = both(12, format);
        for at in 1..both.new.len() {
            let found = left(12, format, torn(&both, at));
            let whole = found.old + found.new - found.twice;
            assert_eq!(whole + found.missing, 12, "{format} torn at {at}");
            match found.verdict {
                Verdict::Mixture => assert!(found.reading.is_ok()),
                Verdict::Unreadable => assert!(found.reading.is_err()),
                // What was written so far is the same in both.
                Verdict::AllOld | Verdict::AllNew => assert_eq!(found.broken, 0),
            }
            if matches!(found.verdict, Verdict::Mixture | Verdict::Unreadable) {
                // As many bytes as were written, and those after them that are the same by chance.
                assert!(found.new_bytes >= at as u64, "{format} torn at {at}");
            }
            if let Some(torn) = found.torn {
                assert_eq!(torn.offset, found.new_bytes);
            }
        }
    }
}

#[test]
fn some_torn_files_are_read_without_complaint_and_some_are_not() {
    for format in ["csv", "json"] {
        let both = both(40, format);
        let places = (50..both.old.len()).step_by(17);
        let verdicts: Vec<_> = places
            .map(|at| left(40, format, torn(&both, at)).verdict)
            .collect();
        for verdict in [Verdict::Mixture, Verdict::Unreadable] {
            assert!(verdicts.contains(&verdict), "{format}: never {verdict:?}");
        }
    }
}

#[test]
fn an_error_has_its_place() {
    let both = both(40, "json");
    let found = (0..40)
        .map(|step| left(40, "json", torn(&both, both.old.len() / 2 + step)))
        .find(|found| found.verdict == Verdict::Unreadable)
        .unwrap();
    let failure = found.reading.unwrap_err();
    assert!(failure.place.is_some_and(|place| place.offset > 0));
    assert!(found.torn.is_some());
}

#[test]
fn an_empty_file_has_lost_every_record() {
    let found = left(40, "json", Vec::new());
    assert_eq!((found.verdict, found.missing), (Verdict::Unreadable, 40));
}

fn compared(before: Vec<u8>, found: Vec<u8>, journal: Option<Vec<u8>>) -> PagesCompared {
    match run(Job::ComparePages(ComparePages {
        before,
        found,
        journal,
    })) {
        Outcome::PagesCompared(pages) => pages,
        other => panic!("{other:?}"),
    }
}

/// A database whose head says that its pages are of 512 bytes.
fn database(pages: usize) -> Vec<u8> {
    let mut bytes = vec![0; pages * 512];
    bytes[16..18].copy_from_slice(&[2, 0]);
    bytes
}

/// A part of a journal as SQLite's file format has it, with sectors of 1,024 bytes.
fn part(pages: u32) -> Vec<u8> {
    let mut bytes = vec![0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    for number in [pages, 7, 4, 1024, 512] {
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    bytes.resize(1024 + pages as usize * 520, 0xaa);
    bytes
}

#[test]
fn pages_that_differ_and_pages_that_are_new_count_as_changed() {
    let before = database(4);
    let mut found = database(5);
    found[2 * 512 + 10] = 1;
    let pages = compared(before, found, None);
    assert_eq!((pages.page_bytes, pages.before), (512, 4));
    assert_eq!(pages.changed, [false, false, true, false, true]);
    assert_eq!((pages.journal_bytes, pages.journal_pages), (None, 0));
}

#[test]
fn the_parts_of_a_journal_are_counted_up_to_the_first_that_is_not_whole() {
    let mut journal = part(3);
    journal.resize(journal.len().next_multiple_of(1024), 0);
    journal.extend(part(2));
    let whole = compared(database(4), database(4), Some(journal.clone()));
    assert_eq!(whole.journal_pages, 5);
    assert_eq!(whole.journal_bytes, Some(journal.len() as u64));
    journal.truncate(journal.len() - 1);
    let cut = compared(database(4), database(4), Some(journal));
    assert_eq!(cut.journal_pages, 3);
    for noise in [vec![], vec![0; 2000], part(0)] {
        assert_eq!(compared(vec![], vec![], Some(noise)).journal_pages, 0);
    }
    let mut absurd = part(0);
    absurd[8..12].copy_from_slice(&[0xff; 4]);
    absurd[24..28].copy_from_slice(&[0xff; 4]);
    assert_eq!(compared(vec![], vec![], Some(absurd)).journal_pages, 0);
}
