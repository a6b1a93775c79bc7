//! What can be said of a run.

use super::curve::speed_up;
use super::state::TimelineLab;
use crate::facts::Found;
use crate::timeline::{State, Sums};

/// What a run comes to.
pub(super) struct Balance {
    pub(super) sums: Sums,
    /// Of the whole run, in milliseconds.
    pub(super) wall: f64,
    /// What the tasks that ended take one after the other.
    pub(super) alone: f64,
    /// What the workers had in all.
    pub(super) offered: f64,
}

impl Balance {
    pub(super) fn speed_up(&self) -> f64 {
        self.alone / self.wall.max(f64::MIN_POSITIVE)
    }

    /// The part of the workers' time that went into tasks, in percent.
    pub(super) fn utilisation(&self) -> f64 {
        percent(self.sums.busy, self.offered)
    }

    pub(super) fn overhead(&self) -> f64 {
        (self.offered - self.sums.busy).max(0.0)
    }
}

/// A part in percent, with one decimal; never more than all.
pub(super) fn percent(part: f64, of: f64) -> f64 {
    ((part / of.max(f64::MIN_POSITIVE)).min(1.0) * 1000.0).round() / 10.0
}

impl TimelineLab {
    /// What the run that is shown comes to so far.
    pub(super) fn balance(&self) -> Balance {
        let sums = self.timeline.sums();
        let wall = self.timeline.end();
        let workers = self.workers.max(sums.lanes.len() as u32);
        // Tasks that share a core take longer: then what counts is what they take alone.
        let alone = if workers > self.cores() {
            let blocks = self.timeline.lanes().iter().flat_map(|lane| &lane.blocks);
            let ended =
                blocks.filter(|block| matches!(block.state, State::Finished | State::Failed));
            let asked: f64 = ended.map(|block| self.work.of(block.task)).sum();
            asked.min(sums.busy)
        } else {
            sums.busy
        };
        Balance {
            alone,
            offered: wall * f64::from(workers),
            wall,
            sums,
        }
    }

    /// As many tasks as can run at once here.
    pub(super) fn at_once(&self) -> f64 {
        f64::from(self.workers.min(self.cores()).max(1))
    }

    /// What was found in the run that has just ended.
    pub(super) fn found(&self) -> Found {
        let balance = self.balance();
        let sums = &balance.sums;
        let mut found = Found::default();
        let status = match &self.error {
            None => "done",
            Some(error) if error.code == "cancelled" => "stopped",
            Some(_) => "failed",
        };
        found.text("timeline.status", status);
        if let Some(error) = &self.error {
            found.text("timeline.error", error.code.clone());
        }
        found.text("timeline.backend", self.value("backend"));
        let before = u64::from(self.work.before());
        let tasks = self.work.rest.len() as u64 + before;
        let (amdahl, bound) = self.work.bounds(self.at_once());
        for (name, count) in [
            ("tasks", tasks),
            ("workers", u64::from(self.workers)),
            ("done_tasks", sums.finished),
            ("failed_tasks", u64::from(self.progress.failed)),
            ("timed_out_tasks", sums.timed_out),
            ("tasks_not_run", tasks.saturating_sub(sums.began)),
            ("retried_tasks", sums.retried),
            ("batches", sums.batches.0),
            ("largest_batch", sums.batches.1),
            ("lost_workers", sums.lost_workers),
            ("started_workers", sums.started),
        ] {
            found.count(format!("timeline.{name}"), count);
        }
        for (name, number) in [
            ("wall_ms", balance.wall),
            ("tasks_ms", sums.busy),
            ("asked_ms", self.work.sum()),
            ("longest_ms", sums.longest),
            ("queueing_ms", sums.queueing),
            ("overhead_ms", balance.overhead()),
            ("starting_ms", sums.starting),
            ("lost_ms", sums.lost),
            ("speed_up", balance.speed_up()),
            ("utilisation", balance.utilisation()),
            (
                "longest_percent",
                percent(self.work.longest(), self.work.sum()),
            ),
            ("amdahl", amdahl),
            ("bound", bound),
        ] {
            found.number(format!("timeline.{name}"), number);
        }
        found
    }

    /// What was found by measuring the curve.
    pub(super) fn found_by_curve(&self) -> Found {
        let mut found = Found::default();
        found.text("timeline.status", "measured");
        let Some(curve) = &self.curve else {
            return found;
        };
        found.count("curve.cores", u64::from(curve.cores));
        let mut best = (0, 0.0);
        for (workers, _) in &curve.points {
            if let Some((_, up, _)) = speed_up(curve, *workers) {
                found.number(format!("curve.speed_up_{workers}"), up);
                if up > best.1 {
                    best = (*workers, up);
                }
            }
        }
        found.count("curve.best_workers", u64::from(best.0));
        found.number("curve.best_speed_up", best.1);
        if let Some(serial) = curve.fitted() {
            found.number("curve.fitted_serial", serial * 100.0);
        }
        found
    }
}
