//! What happened in a run, as a block of bytes for the page: www/events.ts reads it.
//!
//! For each event: the number of its kind, when (milliseconds since the run began, as a little-endian double), and then the
//! task, the worker, the batch, and the size or the loss, each as postcard's variable-length number plus one, or 0 for none.

use parallel::{Event, EventKind, Loss};

/// The names of the kinds, by their numbers.
const KINDS: [&str; 15] = [
    "submitted",
    "dispatched",
    "started",
    "finished",
    "failed",
    "timed-out",
    "from-cache",
    "unreadable",
    "requeued",
    "cancelled",
    "worker-ready",
    "worker-ended",
    "worker-lost",
    "batch-ended",
    "batch-size",
];

/// All losses, by their numbers.
const LOSSES: [Loss; 8] = [
    Loss::Trapped,
    Loss::Threw,
    Loss::Ended,
    Loss::HandshakeTimeout,
    Loss::LoadFailed,
    Loss::TimedOut,
    Loss::Recycled,
    Loss::Collateral,
];

/// The names of the kinds, by their numbers.
pub(super) fn kind_names() -> Vec<String> {
    KINDS.map(str::to_owned).to_vec()
}

/// The names of the losses, by their numbers.
pub(super) fn loss_names() -> Vec<String> {
    LOSSES.map(|loss| loss_name(loss).to_owned()).to_vec()
}

/// What a loss is called.
pub(super) const fn loss_name(loss: Loss) -> &'static str {
    match loss {
        Loss::Trapped => "trapped",
        Loss::Threw => "threw",
        Loss::Ended => "ended",
        Loss::HandshakeTimeout => "handshake-timeout",
        Loss::LoadFailed => "load-failed",
        Loss::TimedOut => "timed-out",
        Loss::Recycled => "recycled",
        Loss::Collateral => "collateral",
    }
}

/// An event taken apart.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parts {
    kind: u8,
    pub(super) task: Option<u32>,
    pub(super) worker: Option<u32>,
    pub(super) batch: Option<u32>,
    pub(super) size: Option<u32>,
    pub(super) loss: Option<Loss>,
}

impl Parts {
    /// The name of its kind.
    pub(super) fn kind(&self) -> &'static str {
        KINDS[usize::from(self.kind)]
    }

    pub(super) fn of(kind: EventKind) -> Self {
        let none = Self::default();
        let task = |kind, task: parallel::TaskId| Self {
            kind,
            task: Some(task.0),
            ..none
        };
        let on = |kind, at: parallel::TaskId, worker: parallel::WorkerId| Self {
            worker: Some(worker.0),
            ..task(kind, at)
        };
        let worker = |kind, worker: parallel::WorkerId| Self {
            kind,
            worker: Some(worker.0),
            ..none
        };
        match kind {
            EventKind::Submitted { task: at } => task(0, at),
            EventKind::Dispatched {
                task,
                worker,
                batch,
            } => Self {
                batch: Some(batch.0),
                ..on(1, task, worker)
            },
            EventKind::Started { task, worker } => on(2, task, worker),
            EventKind::Finished { task, worker } => on(3, task, worker),
            EventKind::Failed { task, worker } => on(4, task, worker),
            EventKind::TimedOut { task, worker } => on(5, task, worker),
            EventKind::FromCache { task: at } => task(6, at),
            EventKind::Unreadable { task: at } => task(7, at),
            EventKind::Requeued { task: at } => task(8, at),
            EventKind::Cancelled { task: at } => task(9, at),
            EventKind::WorkerReady { worker: at } => worker(10, at),
            EventKind::WorkerEnded { worker: at } => worker(11, at),
            EventKind::WorkerLost { worker: at, loss } => Self {
                loss: Some(loss),
                ..worker(12, at)
            },
            EventKind::BatchEnded { batch, worker: at } => Self {
                batch: Some(batch.0),
                ..worker(13, at)
            },
            EventKind::BatchSize { size } => Self {
                kind: 14,
                size: Some(size),
                ..none
            },
        }
    }
}

/// A block of these events.
pub(super) fn block(events: &[Event]) -> Vec<u8> {
    let mut block = Vec::with_capacity(events.len() * 16);
    for event in events {
        let parts = Parts::of(event.kind);
        block.push(parts.kind);
        block.extend((event.at.as_secs_f64() * 1000.0).to_le_bytes());
        let loss = parts
            .loss
            .and_then(|loss| LOSSES.iter().position(|other| *other == loss));
        let last = parts.size.or(loss.map(|at| at as u32));
        for number in [parts.task, parts.worker, parts.batch, last] {
            put(&mut block, number.map_or(0, |number| u64::from(number) + 1));
        }
    }
    block
}

fn put(block: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        block.push(number as u8 | 0x80);
        number >>= 7;
    }
    block.push(number as u8);
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use parallel::{TaskId, WorkerId};

    use super::*;

    #[test]
    fn a_block_holds_what_happened_in_the_order_given() {
        let event = |at, kind| Event {
            at: Duration::from_millis(at),
            kind,
        };
        let (task, worker) = (TaskId(200), WorkerId(0));
        let block = block(&[
            event(2, EventKind::Started { task, worker }),
            event(
                0,
                EventKind::WorkerLost {
                    worker,
                    loss: Loss::Ended,
                },
            ),
        ]);
        let mut expected = vec![2];
        expected.extend(2.0_f64.to_le_bytes());
        expected.extend([201, 1, 1, 0, 0]);
        expected.push(12);
        expected.extend(0.0_f64.to_le_bytes());
        expected.extend([0, 1, 0, 3]);
        assert_eq!(block, expected);
    }
}
