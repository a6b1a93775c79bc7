//! What can be said of a run.

use super::state::{RowResult, Running, Way, WordFrequencies};
use crate::facts::Found;
use crate::measure::Samples;

impl WordFrequencies {
    /// What was found in the run that has just ended.
    pub(super) fn found(&self, running: &Running) -> Found {
        let mut found = Found::default();
        if running.way == Way::Asked {
            found.text("run.status", "done");
            self.tell_of_run(&mut found, running);
        } else {
            found.text("run.status", "compared");
            self.tell_of_comparison(&mut found);
        }
        found
    }

    /// What was found until the run was stopped.
    pub(super) fn found_until_stopped(&self) -> Found {
        let mut found = Found::default();
        found.text("run.status", "stopped");
        found.count("stopped.tasks", self.rows.len() as u64);
        let is_done = |result: &RowResult| matches!(result, RowResult::Done { .. });
        let done = self.rows.iter().filter(|row| is_done(&row.result)).count();
        found.count("stopped.done", done as u64);
        found
    }

    fn tell_of_run(&self, found: &mut Found, running: &Running) {
        let progress = &self.progress;
        let evaluations = progress.done.saturating_sub(progress.cached);
        found.count("run.tasks", self.rows.len() as u64);
        found.count("run.evaluations", u64::from(evaluations));
        found.count("run.hits", u64::from(progress.cached));
        found.count("run.failed", u64::from(progress.failed));
        found.count("run.workers", u64::from(running.workers.unwrap_or(1)));
        found.text("run.backend", running.backend.name());
        found.number("run.ms", progress.elapsed_ms);
        let counted = |result: &RowResult| match result {
            RowResult::Done { words, .. } => Some(*words),
            _ => None,
        };
        let words = self.rows.iter().filter_map(|row| counted(&row.result));
        found.count("run.words", words.sum());
        let longest = self.rows.iter().max_by_key(|row| counted(&row.result));
        if let Some(longest) = longest.filter(|row| counted(&row.result).is_some()) {
            found.text("run.longest", longest.name.clone());
        }
        if self.was_stopped {
            found.count("resumed.evaluations", u64::from(evaluations));
            found.count("resumed.hits", u64::from(progress.cached));
        }
    }

    fn tell_of_comparison(&self, found: &mut Found) {
        let comparison = &self.comparison;
        found.count("comparison.tasks", comparison.texts);
        found.count("comparison.workers", u64::from(comparison.workers));
        let median = |samples: &Samples| samples.spread().map(|(_, median, _)| median);
        let of = [
            ("sequential", median(&comparison.sequential)),
            ("parallel", median(&comparison.parallel)),
            ("cached", median(&comparison.cached)),
        ];
        for (name, milliseconds) in of {
            if let Some(milliseconds) = milliseconds {
                found.number(format!("comparison.{name}_ms"), milliseconds);
            }
        }
        let [(_, sequential), (_, parallel), (_, cached)] = of;
        for (name, other) in [("speed_up", parallel), ("cached_speed_up", cached)] {
            if let (Some(slow), Some(fast)) = (sequential, other)
                && fast > 0.0
            {
                found.number(format!("comparison.{name}"), slow / fast);
            }
        }
        let fastest = of
            .into_iter()
            .filter_map(|(name, milliseconds)| Some((name, milliseconds?)))
            .min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((name, _)) = fastest {
            found.text("comparison.fastest", name);
        }
    }
}
