//! The workers that can take a batch, and those that are gone.

use std::collections::BTreeSet;

use crate::WorkerId;

/// Workers by what is known of them; the busy ones are with their batches.
#[derive(Debug, Default)]
pub(super) struct Workers {
    /// Sorted, the highest number first. There are few, so this is quicker than a tree.
    idle: Vec<WorkerId>,
    /// Kept so that a late message cannot bring one back.
    gone: BTreeSet<WorkerId>,
}

impl Workers {
    /// Takes note of a worker that is not busy; false if it is known already.
    pub(super) fn ready(&mut self, worker: WorkerId) -> bool {
        !self.gone.contains(&worker) && self.idle(worker)
    }

    /// Takes note of a worker that is idle again; false if it was.
    pub(super) fn idle(&mut self, worker: WorkerId) -> bool {
        let place = self.idle.partition_point(|&other| other > worker);
        let new = self.idle.get(place) != Some(&worker);
        if new {
            self.idle.insert(place, worker);
        }
        new
    }

    /// Takes an idle worker. The lowest number first, so that a run that needs few workers stays with the same ones.
    pub(super) fn take_idle(&mut self) -> Option<WorkerId> {
        self.idle.pop()
    }

    pub(super) fn idle_count(&self) -> usize {
        self.idle.len()
    }

    /// Takes note that a worker is gone; false if that is known already.
    pub(super) fn bury(&mut self, worker: WorkerId) -> bool {
        self.idle.retain(|&other| other != worker);
        self.gone.insert(worker)
    }
}
