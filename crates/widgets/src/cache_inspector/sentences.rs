//! What is said of what was done: what happened, and what happens next.

use language::t;
use protocol::{CallOrigin, MemoryEntry};

use super::action::{Did, Doing};
use super::calls::{LARGE_CALLS, LARGE_NAME};
use super::state::{CacheInspector, Made, Totals, named};
use super::update::KILLED_ENTRIES;
use crate::format;
use crate::lab::Faulted;
use crate::status::Status;

/// As many entries are named in a sentence.
const MOST_NAMED: usize = 3;

impl CacheInspector {
    /// What is said at the end.
    pub(super) fn said(&self, doing: &Doing) -> Status {
        if let Some((_, message)) = &doing.error
            && (doing.did != Did::Series || doing.is_broken_off)
        {
            return Status::fault(message.clone());
        }
        let about = &doing.about;
        let (entries, bytes) = doing.freed.unwrap_or_default();
        let (results, size) = (format::plural(entries, "result"), format::size(bytes));
        Status::said(match doing.did {
            Did::Call | Did::Keyword | Did::Other | Did::Force => self.of_call(doing),
            Did::Two => of_two(&doing.made),
            Did::Series => of_series(doing),
            Did::Check => match doing.known {
                Some(true) => t!(
                    "Done: {about} is remembered. Nothing was computed to find that out.",
                    about
                ),
                _ => t!(
                    "Done: {about} is not remembered. Nothing was computed to find that out.",
                    about
                ),
            },
            Did::Fill => self.of_fill(doing),
            Did::Kill => of_kill(doing.faulted.as_ref()),
            Did::Reopen => t!(
                "Done: the kernel’s own memory is empty, as after closing the page. What is in the store is still there: the next call reads it."
            ),
            Did::Age => t!(
                "Done: {about} is an hour older. Without a time limit that makes no difference; with one, the next call finds it too old.",
                about
            ),
            Did::Corrupt => t!(
                "Done: one byte of {about} is another one now. Nobody knows yet. The next call will see that the checksum does not fit, warn, compute it anew and write over it.",
                about
            ),
            Did::Delete => t!("Done: {about} is gone. The next call computes it.", about),
            Did::Forget => t!(
                "Done: all of {about} is forgotten: {results}, {size}. Other functions keep theirs.",
                about,
                results,
                size
            ),
            Did::Clear => t!(
                "Done: everything is forgotten: {results}, {size}.",
                results,
                size
            ),
            Did::Reduce if entries == 0 => t!("Done: nothing had to go."),
            Did::Reduce => t!(
                "Done: {results} had to go, {size}: those that were used least recently.",
                results,
                size
            ),
        })
    }

    fn of_call(&self, doing: &Doing) -> String {
        let Some(made) = doing.made.last() else {
            return String::new();
        };
        let mut said = answer(made, doing.did == Did::Force);
        let mut add = |sentence: String| {
            said.push(' ');
            said.push_str(&sentence);
        };
        let gone = doing.gone(&self.entries);
        let name = made.call.split('(').next().unwrap_or_default();
        let (own, others): (Vec<_>, Vec<_>) = gone.iter().partition(|entry| entry.function == name);
        if doing.edited && !own.is_empty() {
            add(t!(
                "The function had been edited: what was remembered of its old text is gone ({results}).",
                results = format::plural(own.len() as u64, "result")
            ));
        }
        if !others.is_empty() {
            add(t!(
                "To make room, {entries} had to go.",
                entries = list(&others)
            ));
        }
        if let Some(line) = doing.moved_from {
            let now = self.called.as_ref().map_or(0, |called| called.1);
            add(t!(
                "It begins at line {now} now, not at line {line}. Its text is the same, so what is remembered of it still counts.",
                now,
                line
            ));
        }
        if let Some(right) = &made.now {
            add(t!(
                "This answer is wrong: computed now, it would be {right}. Something has changed that is no part of the key.",
                right
            ));
        }
        said
    }

    fn of_fill(&self, doing: &Doing) -> String {
        let totals = Totals::of(&doing.made);
        let arrived = totals.calls - totals.failed;
        let kept = self
            .entries
            .iter()
            .filter(|entry| entry.function == LARGE_NAME)
            .count();
        let dropped = LARGE_CALLS.unsigned_abs().saturating_sub(kept as u64);
        let gone = doing.gone(&self.entries);
        let gone: Vec<_> = gone.iter().collect();
        let mut said = t!(
            "Done: there was room for about five results of 100 kB, and eight were computed. {arrived} arrived at their caller; {kept} are remembered.",
            arrived,
            kept
        );
        if dropped > 0 || !gone.is_empty() {
            said.push(' ');
            said.push_str(&t!("When the store had no more room, what was used least recently went, and the write was tried once more."));
        }
        if !gone.is_empty() {
            said.push(' ');
            said.push_str(&t!(
                "Of what was there before, {entries} went.",
                entries = list(&gone)
            ));
        }
        said
    }
}

/// Where an answer came from, and how long that took.
fn answer(made: &Made, forced: bool) -> String {
    let (took, computed) = (
        format::short_time(made.took_ms),
        format::short_time(made.computed_ms),
    );
    match made.origin {
        Some(CallOrigin::Computed) | None if forced => {
            t!(
                "Done: computed in {computed}, whether it was remembered or not; what was remembered is replaced.",
                computed
            )
        }
        Some(CallOrigin::Computed) | None => {
            t!(
                "Done: computed in {computed}, and remembered from now on.",
                computed
            )
        }
        Some(CallOrigin::Tier) => {
            t!(
                "Done: remembered. It came from the kernel’s own memory in {took}; computing it took {computed}.",
                took,
                computed
            )
        }
        Some(CallOrigin::Store) => {
            t!(
                "Done: remembered. It came from the store in {took}; computing it took {computed}.",
                took,
                computed
            )
        }
        Some(CallOrigin::Stale) => {
            t!(
                "Done: the old answer came after {took}, though it is past its time. Behind it, a new one is computed for the next caller.",
                took
            )
        }
        Some(CallOrigin::Shared) => {
            t!(
                "Done: somebody else was computing the same. This call waited, and got the same answer after {took}.",
                took
            )
        }
    }
}

fn of_two(made: &[Made]) -> String {
    let totals = Totals::of(made);
    if totals.computed == 1 && totals.hits == 1 {
        t!(
            "Done: two callers asked for the same at the same time. One computed it, the other waited and got the same answer. joblib would have computed it twice."
        )
    } else {
        t!(
            "Done: two callers asked for the same at the same time; {computed} computed it, {hits} did not have to.",
            computed = totals.computed,
            hits = totals.hits
        )
    }
}

fn of_series(doing: &Doing) -> String {
    let totals = Totals::of(&doing.made);
    let mut said = t!(
        "Done: {calls} calls, beginning with nothing remembered. {computed} were computed, {hits} remembered.",
        calls = totals.calls,
        computed = totals.computed,
        hits = totals.hits
    );
    let mut add = |sentence: String| {
        said.push(' ');
        said.push_str(&sentence);
    };
    if totals.shared > 0 {
        add(t!(
            "Waited for somebody who was computing the same: {shared}.",
            shared = totals.shared
        ));
    }
    if totals.stale > 0 {
        add(t!(
            "Old answers, given past their time while a new one was computed: {stale}.",
            stale = totals.stale
        ));
    }
    if let Some((entries, bytes)) = doing.freed.filter(|(entries, _)| *entries > 0) {
        add(t!(
            "Removed in between: {results}, {size}.",
            results = format::plural(entries, "result"),
            size = format::size(bytes)
        ));
    }
    if totals.wrong > 0 {
        add(t!(
            "Wrong answers: {wrong}. Something had changed that is no part of the key.",
            wrong = totals.wrong
        ));
    }
    if totals.failed > 0 {
        add(t!(
            "{failed} failed, which is never remembered.",
            failed = totals.failed
        ));
    }
    said
}

fn of_kill(faulted: Option<&Faulted>) -> String {
    let Some(Faulted::Killed {
        before,
        written,
        unsound,
    }) = faulted
    else {
        return String::new();
    };
    let mut said = t!(
        "Done: another worker began to write {all} entries, and was ended in the middle. {written} of them are there, and all {before} that were there before.",
        all = KILLED_ENTRIES,
        written,
        before
    );
    said.push(' ');
    said.push_str(&match unsound {
        0 => t!("None is cut short or altered: an entry is written whole or not at all."),
        unsound => t!("{unsound} are cut short or altered; they will be noticed by their checksums, and computed anew.", unsound),
    });
    said
}

/// Entries by name, the first of them.
fn list(entries: &[&MemoryEntry]) -> String {
    let names: Vec<_> = entries
        .iter()
        .take(MOST_NAMED)
        .map(|entry| named(entry))
        .collect();
    let names = names.join(", ");
    match entries.len().saturating_sub(MOST_NAMED) {
        0 => names,
        more => t!("{names} and {more} more", names, more),
    }
}
