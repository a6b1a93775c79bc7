//! What a timeline adds up to.

use super::{Lane, State, Timeline};

/// What a timeline adds up to. Times are in milliseconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sums {
    /// In tasks that came to an end by themselves.
    pub(crate) busy: f64,
    /// In tasks that were ended, or lost with their worker.
    pub(crate) lost: f64,
    /// Until workers could take tasks.
    pub(crate) starting: f64,
    /// The mean time from when a task could be had to when it began.
    pub(crate) queueing: f64,
    /// The longest task.
    pub(crate) longest: f64,
    /// Workers that were started.
    pub(crate) started: u64,
    /// Workers that went by themselves.
    pub(crate) lost_workers: u64,
    /// Tasks that ended by themselves; those of them with a result; and tasks that took too long and were given up.
    pub(crate) ended: u64,
    pub(crate) finished: u64,
    pub(crate) timed_out: u64,
    /// Tasks that began, each counted once.
    pub(crate) began: u64,
    /// How often a task had to be given out again.
    pub(crate) retried: u64,
    /// Batches, and the tasks of the largest one.
    pub(crate) batches: (u64, u64),
    /// By lane.
    pub(crate) lanes: Vec<LaneSums>,
}

/// What a lane adds up to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LaneSums {
    pub(crate) ended: u64,
    pub(crate) busy: f64,
    pub(crate) starting: f64,
    pub(crate) started: u64,
    pub(crate) lost_workers: u64,
}

impl Timeline {
    pub(crate) fn sums(&self) -> Sums {
        let mut sums = Sums {
            retried: u64::from(self.requeued),
            ..Sums::default()
        };
        let mut begun = std::collections::BTreeSet::new();
        let mut waits = 0;
        for lane in &self.lanes {
            let of_lane = lane.sums();
            sums.busy += of_lane.busy;
            sums.starting += of_lane.starting;
            sums.started += of_lane.started;
            sums.lost_workers += of_lane.lost_workers;
            sums.ended += of_lane.ended;
            sums.lanes.push(of_lane);
            sums.batches.0 += lane.batches.len() as u64;
            let mut batch = (0, 0);
            for block in &lane.blocks {
                batch = (
                    block.batch,
                    if block.batch == batch.0 {
                        batch.1 + 1
                    } else {
                        1
                    },
                );
                sums.batches.1 = sums.batches.1.max(batch.1);
                if matches!(block.state, State::Sent | State::Requeued) {
                    continue;
                }
                begun.insert(block.task);
                sums.finished += u64::from(block.state == State::Finished);
                sums.timed_out += u64::from(block.state == State::TimedOut);
                waits += 1;
                sums.queueing += block.from - block.submitted;
                let took = block.to.unwrap_or(self.end) - block.from;
                match block.state {
                    State::Finished | State::Failed => sums.longest = sums.longest.max(took),
                    _ => sums.lost += took,
                }
            }
        }
        sums.began = begun.len() as u64;
        sums.queueing /= f64::from(waits.max(1));
        sums
    }

    /// The part of the workers' time that went into tasks, from 0 to 1.
    pub(crate) fn utilisation(&self) -> Option<f64> {
        let used = self.lanes.iter().filter(|lane| !lane.blocks.is_empty());
        let workers = used.count();
        let busy = self.sums().busy;
        (workers > 0 && self.end > 0.0).then(|| (busy / (workers as f64 * self.end)).min(1.0))
    }
}

impl Lane {
    fn sums(&self) -> LaneSums {
        let mut sums = LaneSums::default();
        for block in &self.blocks {
            if let (State::Finished | State::Failed, Some(to)) = (block.state, block.to) {
                sums.ended += 1;
                sums.busy += to - block.from;
            }
        }
        for start in self.started() {
            sums.started += 1;
            sums.starting += start.to.unwrap_or(start.from) - start.from;
        }
        sums.lost_workers = self.ends.iter().filter(|(_, is_lost)| *is_lost).count() as u64;
        sums
    }
}
