//! Names and sentences.

use experiments::Verdict;
use language::t;
use protocol::Way;

use super::state::Found;

pub(super) fn title(way: Way) -> String {
    match way {
        Way::Plain => t!("Written over in place"),
        Way::Rename => t!("Written beside, then renamed"),
        Way::Transaction => t!("SQLite transaction"),
    }
}

pub(super) const fn key(way: Way) -> &'static str {
    match way {
        Way::Plain => "plain",
        Way::Rename => "rename",
        Way::Transaction => "transaction",
    }
}

pub(super) const VERDICTS: [Verdict; 4] = [
    Verdict::AllOld,
    Verdict::AllNew,
    Verdict::Mixture,
    Verdict::Unreadable,
];

pub(super) fn left(verdict: Verdict) -> String {
    match verdict {
        Verdict::AllOld => t!("all old"),
        Verdict::AllNew => t!("all new"),
        Verdict::Mixture => t!("a mixture"),
        Verdict::Unreadable => t!("unreadable"),
    }
}

pub(super) const fn verdict_key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::AllOld => "old",
        Verdict::AllNew => "new",
        Verdict::Mixture => "mixture",
        Verdict::Unreadable => "unreadable",
    }
}

/// Why it is so, in a sentence.
pub(super) fn why(way: Way, verdict: Verdict, found: &Found, format: &str) -> String {
    let hot = found
        .pages
        .as_ref()
        .is_some_and(|pages| pages.journal_bytes.is_some());
    match (way, verdict) {
        (Way::Plain, Verdict::AllOld) => t!(
            "The writer was gone before its first piece: nothing of the old file had been written over yet."
        ),
        (Way::Plain, Verdict::AllNew) => t!(
            "The writer had written its last piece: the same way, ended a moment earlier, leaves a file that is neither."
        ),
        (Way::Plain, Verdict::Mixture) => t!(
            "Each piece went over the old bytes at once, so for as long as the writing took the file was partly new and partly old; nothing in it says so, and a program that reads it notices nothing."
        ),
        (Way::Plain, Verdict::Unreadable) if format == "json" => t!(
            "Each piece went over the old bytes at once; where new and old meet, the text is no JSON, and one such place makes the whole file unreadable."
        ),
        (Way::Plain, Verdict::Unreadable) => t!(
            "Each piece went over the old bytes at once; where new and old meet, the line is no row of this table, and the reader stops there."
        ),
        (Way::Rename, Verdict::AllOld) => t!(
            "Nothing was written to the old file: the new bytes went to another one, which never got to take its name."
        ),
        (Way::Rename, Verdict::AllNew) => t!(
            "The new file was whole and flushed before it took the old one’s name, and that is one step: there is no moment at which the name stands for half a file."
        ),
        (Way::Transaction, Verdict::AllOld) if hot => t!(
            "Before SQLite changed a page of the file it had written the page’s old content to the journal and flushed it; whoever opens the database next finds the journal and puts the old pages back."
        ),
        (Way::Transaction, Verdict::AllOld) => t!(
            "There was no journal, so SQLite had nothing to put back: no page had been changed yet, or somebody has opened the database since and it was put back then."
        ),
        (Way::Transaction, Verdict::AllNew) => t!(
            "The transaction had been committed: SQLite had flushed all pages and then removed the journal, and without a journal the new pages hold."
        ),
        (Way::Rename | Way::Transaction, Verdict::Mixture | Verdict::Unreadable) => t!(
            "This should not happen: whatever did this to the file, it was not the end of the writer alone."
        ),
    }
}

/// A fault of the writer in a sentence.
pub(super) fn fault(code: &str, why: &str) -> String {
    match code {
        "no-storage" => t!(
            "This browser gives the page no files of its own (the origin private file system), and without them there is nothing here that could be left half-written ({why}).",
            why
        ),
        "refused" => t!(
            "The browser refuses to keep files for this page: that is so in some private windows, and where storage is blocked for a site ({why}).",
            why
        ),
        "in-use" => t!(
            "The lab’s files are open elsewhere: close other tabs that show this lab, and try again ({why}).",
            why
        ),
        "quota" => t!(
            "There is no room left for the lab’s files: choose fewer records, or clean up ({why}).",
            why
        ),
        "no-move" => t!("This browser cannot rename files of a page ({why}).", why),
        "no-sqlite" => t!("SQLite could not be loaded ({why}).", why),
        _ => t!("The writer failed ({why}).", why),
    }
}
