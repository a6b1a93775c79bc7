//! What can be said of what was left.

use experiments::Verdict;
use widgets::Found;

use super::state::{Aim, Durability, End, Found as Left, Results, WAYS};
use super::words::{VERDICTS, key, verdict_key};

impl Durability {
    /// All ways were tried, or looked at.
    pub(super) fn found(&mut self, aim: Aim) {
        let mut found = Found::default();
        let did = match aim {
            Aim::Write => "write",
            Aim::Look => "look",
            Aim::Restore => "restore",
            Aim::Clean => "clean",
        };
        found.text("durability.did", did);
        if let Some(results) = &self.results {
            tell(&mut found, results);
        }
        self.facts.finish(found);
    }
}

fn tell(found: &mut Found, results: &Results) {
    if results.aim == Aim::Write {
        let end = match results.end {
            End::Killed => "killed",
            End::Finished => "finished",
            End::Random => "random",
        };
        found.text("durability.end", end);
    }
    found.count("durability.records", u64::from(results.run.records));
    found.text("durability.format", results.run.format.clone());
    let mut all_torn = 0;
    for way in WAYS {
        let name = |what: &str| format!("durability.{}.{what}", key(way));
        for verdict in VERDICTS {
            let count = results.count(way, verdict);
            found.count(name(verdict_key(verdict)), u64::from(count));
        }
        let torn = results.count(way, Verdict::Mixture) + results.count(way, Verdict::Unreadable);
        found.count(name("torn"), u64::from(torn));
        all_torn += torn;
        if let Some(verdict) = results.verdict(way) {
            found.text(name("left"), verdict_key(verdict));
        }
        if let Some(left) = results.found.get(&way) {
            tell_of_last(found, left, &name);
        }
    }
    found.count("durability.torn", u64::from(all_torn));
}

/// The last time that this way was tried.
fn tell_of_last(found: &mut Found, left: &Left, name: &dyn Fn(&str) -> String) {
    let bytes = left.files.iter().map(|(_, bytes)| bytes).sum();
    found.count(name("files"), left.files.len() as u64);
    found.count(name("bytes"), bytes);
    let (old, new) = match (&left.leftover, &left.recovered) {
        (Some(leftover), _) => {
            found.whether(name("readable"), leftover.reading.is_ok());
            (leftover.old, leftover.new)
        }
        (None, Some(Ok(recovered))) => {
            found.whether(name("readable"), recovered.integrity == "ok");
            (recovered.old, recovered.new)
        }
        (None, Some(Err(_))) => return found.whether(name("readable"), false),
        (None, None) => return,
    };
    found.count(name("records_old"), u64::from(old));
    found.count(name("records_new"), u64::from(new));
}
