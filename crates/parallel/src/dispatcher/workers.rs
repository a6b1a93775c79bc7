//! The workers that can take a batch, and those that are gone.

use std::collections::BTreeSet;

use crate::WorkerId;

/// Workers by what is known of them; the busy ones are with their batches.
#[derive(Debug, Default)]
pub(super) struct Workers {
    idle: BTreeSet<WorkerId>,
    /// Kept so that a late message cannot bring one back.
    gone: BTreeSet<WorkerId>,
}

impl Workers {
    /// Takes note of a worker that is not busy; false if it is known already.
    pub(super) fn ready(&mut self, worker: WorkerId) -> bool {
        !self.gone.contains(&worker) && self.idle.insert(worker)
    }

    pub(super) fn idle(&mut self, worker: WorkerId) {
        self.idle.insert(worker);
    }

    pub(super) fn busy(&mut self, worker: WorkerId) {
        self.idle.remove(&worker);
    }

    /// The lowest number first, so that a run that needs few workers stays with the same ones.
    pub(super) fn first_idle(&self) -> Option<WorkerId> {
        self.idle.first().copied()
    }

    pub(super) fn idle_count(&self) -> usize {
        self.idle.len()
    }

    /// Takes note that a worker is gone; false if that is known already.
    pub(super) fn bury(&mut self, worker: WorkerId) -> bool {
        self.idle.remove(&worker);
        self.gone.insert(worker)
    }
}
