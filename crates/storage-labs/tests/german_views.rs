//! The labs *formats* and *SQL or files* as they are shown in German before anything is done.
#![allow(clippy::unwrap_used)]

mod german;

use german::{choose_german, choose_silence, left_in_english, words};
use language::choose;
use storage_labs::{Input, Machine, create};
use widgets::{Detail, page};

const LABS: [&str; 2] = ["formats", "sql-or-files"];

/// The view before anything is done, and the recorded one where it is there.
fn views(lab: &str) -> Vec<String> {
    let mut first = create(lab).unwrap();
    first.update(Input::Machine(Machine::default()));
    let first = page(&first.view(Detail::Full));
    #[cfg(feature = "recorded")]
    return vec![first, storage_labs::recorded(lab).unwrap()];
    #[cfg(not(feature = "recorded"))]
    vec![first]
}

#[test]
fn in_german_nothing_is_left_in_english() {
    for lab in LABS {
        choose(None);
        let english: Vec<_> = views(lab)
            .iter()
            .map(|view| left_in_english(view))
            .collect();
        choose_german();
        let german: Vec<_> = views(lab)
            .iter()
            .map(|view| left_in_english(view))
            .collect();
        choose(None);
        for (english, german) in english.iter().zip(german) {
            assert!(english.len() >= 10, "{lab}: {english:?}");
            assert_eq!(german, [""; 0], "{lab}");
        }
    }
}

#[test]
fn every_text_goes_through_the_catalogue() {
    for lab in LABS {
        choose_silence();
        let left: Vec<_> = views(lab).iter().map(|view| words(view)).collect();
        choose(None);
        for left in left {
            assert_eq!(left, [""; 0], "{lab}");
        }
    }
}
