//! What the visitor chooses.

use super::state::{Durability, End, RECORDS, ROUNDS, WAYS};
use super::words::{VERDICTS, key, verdict_key};

impl Durability {
    /// Takes over the value of a field. Nothing can be chosen while something is being done.
    pub(super) fn change(&mut self, control: &str, value: &str) {
        if self.work.is_some() {
            return;
        }
        let settings = &mut self.settings;
        match control {
            "records" => {
                if let Ok(records) = value.parse::<u32>() {
                    settings.records = records.clamp(RECORDS.0, RECORDS.1);
                }
            }
            "format" if ["csv", "json"].contains(&value) => value.clone_into(&mut settings.format),
            "end" => {
                settings.end = match value {
                    "finished" => End::Finished,
                    "random" => End::Random,
                    _ => End::Killed,
                }
            }
            "percent" => {
                if let Ok(percent) = value.parse::<u32>() {
                    settings.percent = percent.min(99);
                }
            }
            "rounds" => {
                if let Some(rounds) = value.parse().ok().filter(|rounds| ROUNDS.contains(rounds)) {
                    settings.rounds = rounds;
                }
            }
            _ => {
                let way = WAYS.into_iter().find(|way| control == key(*way));
                let verdict = VERDICTS
                    .into_iter()
                    .find(|verdict| value == verdict_key(*verdict));
                match (way, verdict) {
                    (Some(way), Some(verdict)) => {
                        self.predictions.insert(way, verdict);
                    }
                    (Some(way), None) => {
                        self.predictions.remove(&way);
                    }
                    _ => {}
                }
            }
        }
    }
}
