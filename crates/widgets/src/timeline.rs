//! The timeline: one lane per place for a worker, one block per task.

mod drawing;
mod sums;

use std::collections::{BTreeMap, VecDeque};

use language::mark;
use protocol::EventInfo;

pub(crate) use drawing::Names;
pub(crate) use sums::Sums;

/// What a block shows. Class, words and a sign that says the same without a colour are in [`STATES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// In its worker's hands, but behind others of its batch.
    Sent,
    Running,
    Finished,
    Failed,
    TimedOut,
    Cancelled,
    Lost,
    /// Taken back before it began.
    Requeued,
    Cached,
}

/// By [`State`].
const STATES: [(&str, &str, &str); 9] = [
    ("sent", mark!("sent"), ""),
    ("running", mark!("running"), ""),
    ("finished", mark!("finished"), ""),
    ("failed", mark!("failed"), "×"),
    ("timed-out", mark!("took too long"), "…"),
    ("cancelled", mark!("stopped"), "■"),
    ("lost", mark!("lost with its worker"), "†"),
    ("requeued", mark!("taken back"), ""),
    ("cached", mark!("from the cache"), ""),
];

impl State {
    pub(crate) const fn words(self) -> &'static str {
        STATES[self as usize].1
    }
}

/// A task at a worker.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) task: u32,
    pub(crate) batch: u32,
    /// When it was first or again to be had.
    pub(crate) submitted: f64,
    pub(crate) sent: f64,
    pub(crate) from: f64,
    pub(crate) to: Option<f64>,
    pub(crate) state: State,
}

/// A stretch of time of a lane that is no task.
#[derive(Clone, Debug)]
struct Stretch {
    /// The batch, or the worker.
    number: u32,
    from: f64,
    to: Option<f64>,
}

/// A worker, and those that took its place when it was gone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lane {
    /// Who is there now.
    worker: Option<u32>,
    /// Since when nobody was there.
    gone: f64,
    pub(crate) blocks: Vec<Block>,
    /// Places of the blocks that are not closed, in the order in which they run.
    open: VecDeque<usize>,
    batches: Vec<Stretch>,
    starts: Vec<Stretch>,
    /// When a worker went, and whether by itself.
    ends: Vec<(f64, bool)>,
}

/// What happened when, as it is drawn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timeline {
    lanes: Vec<Lane>,
    cached: Vec<Block>,
    /// From when to when each task waited for a worker.
    waiting: BTreeMap<u32, (f64, Option<f64>)>,
    waited: Vec<(f64, f64)>,
    /// The lane and place of the block of each task that is not done.
    open: BTreeMap<u32, (usize, usize)>,
    requeued: u32,
    end: f64,
    /// When the run began whose events are added now, and how many tasks there were before it.
    since: (f64, u32),
}

/// A worker that can take a batch sooner than this, in milliseconds, was there already.
const STARTED: f64 = 3.0;

impl Timeline {
    /// Takes in what happened.
    pub(crate) fn add(&mut self, events: &[EventInfo]) {
        for event in events {
            let at = event.at + self.since.0;
            self.end = self.end.max(at);
            self.add_one(event, at);
        }
    }

    /// Notes how late it is.
    pub(crate) fn set_now(&mut self, milliseconds: f64) {
        self.end = self.end.max(milliseconds + self.since.0);
    }

    /// Another run follows, after so many tasks: its times count from now.
    pub(crate) fn follow(&mut self, tasks: u32) {
        self.since = (self.end, tasks);
        for lane in &mut self.lanes {
            lane.worker = None;
            lane.gone = self.end;
        }
    }

    /// How late it is.
    pub(crate) const fn end(&self) -> f64 {
        self.end
    }

    pub(crate) fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lanes.is_empty() && self.cached.is_empty() && self.waiting.is_empty()
    }

    fn add_one(&mut self, event: &EventInfo, at: f64) {
        let task = event.task.map(|task| task + self.since.1);
        match (event.kind.as_str(), task, event.worker) {
            (kind @ ("submitted" | "requeued"), Some(task), _) => {
                self.requeued += u32::from(kind == "requeued");
                self.close(task, at, State::Requeued);
                self.waiting.insert(task, (at, None));
            }
            ("dispatched", Some(task), Some(worker)) => {
                let submitted = self.wait_is_over(task, at);
                let batch = event.batch.unwrap_or(task);
                self.send(
                    worker,
                    Block {
                        task,
                        batch,
                        submitted,
                        sent: at,
                        from: at,
                        to: None,
                        state: State::Sent,
                    },
                );
            }
            ("started", Some(task), _) => {
                if let Some(block) = self.open_block_of(task) {
                    block.from = at;
                }
            }
            ("finished", Some(task), _) => self.close(task, at, State::Finished),
            ("failed", Some(task), _) => self.close(task, at, State::Failed),
            ("timed-out", Some(task), Some(worker)) => {
                self.close(task, at, State::TimedOut);
                // The others of its batch had not begun.
                self.clear(worker, at, State::Requeued);
            }
            ("cancelled", Some(task), _) => {
                self.wait_is_over(task, at);
                self.close(task, at, State::Cancelled);
            }
            ("from-cache", Some(task), _) => {
                self.waiting.remove(&task);
                self.cached.push(Block {
                    task,
                    batch: task,
                    submitted: at,
                    sent: at,
                    from: at,
                    to: Some(at),
                    state: State::Cached,
                });
            }
            ("worker-ready", _, Some(worker)) => {
                self.lane(worker, at);
            }
            ("worker-lost", _, Some(worker)) if event.why.as_deref() != Some("recycled") => {
                self.gone(worker, at, State::Lost);
            }
            ("worker-lost" | "worker-ended", _, Some(worker)) => {
                self.gone(worker, at, State::Cancelled);
            }
            ("batch-ended", _, Some(worker)) => {
                let lane = self.lane(worker, at);
                if let Some(batch) = self.lanes[lane].batches.last_mut() {
                    batch.to = Some(at);
                }
            }
            _ => {}
        }
    }

    /// The task waits no longer; since when it did.
    fn wait_is_over(&mut self, task: u32, at: f64) -> f64 {
        match self.waiting.get_mut(&task) {
            Some((from, until @ None)) => {
                *until = Some(at);
                let from = *from;
                self.waited.push((from, at));
                from
            }
            _ => at,
        }
    }

    /// The lane in which this worker is. A new one takes the place of one that is gone.
    fn lane(&mut self, worker: u32, at: f64) -> usize {
        let there = |lane: &Lane| lane.worker == Some(worker);
        if let Some(known) = self.lanes.iter().position(there) {
            return known;
        }
        let was_here = |lane: &Lane| {
            lane.worker.is_none() && lane.starts.iter().any(|start| start.number == worker)
        };
        let free = |lane: &Lane| lane.worker.is_none();
        let place = self
            .lanes
            .iter()
            .position(was_here)
            .or_else(|| self.lanes.iter().position(free));
        let place = place.unwrap_or_else(|| {
            self.lanes.push(Lane {
                gone: self.since.0,
                ..Lane::default()
            });
            self.lanes.len() - 1
        });
        let lane = &mut self.lanes[place];
        lane.worker = Some(worker);
        lane.starts.push(Stretch {
            number: worker,
            from: lane.gone,
            to: Some(at),
        });
        place
    }

    fn send(&mut self, worker: u32, block: Block) {
        let at = self.lane(worker, block.sent);
        let lane = &mut self.lanes[at];
        self.open.insert(block.task, (at, lane.blocks.len()));
        lane.open.push_back(lane.blocks.len());
        if lane
            .batches
            .last()
            .is_none_or(|last| last.number != block.batch || last.to.is_some())
        {
            lane.batches.push(Stretch {
                number: block.batch,
                from: block.sent,
                to: None,
            });
        }
        let sent = block.sent;
        lane.blocks.push(block);
        lane.go_on(sent);
    }

    fn open_block_of(&mut self, task: u32) -> Option<&mut Block> {
        let (lane, place) = *self.open.get(&task)?;
        self.lanes.get_mut(lane)?.blocks.get_mut(place)
    }

    fn close(&mut self, task: u32, at: f64, state: State) {
        let Some((lane, place)) = self.open.remove(&task) else {
            return;
        };
        let lane = &mut self.lanes[lane];
        lane.blocks[place].to = Some(at);
        lane.blocks[place].state = state;
        lane.open.retain(|open| *open != place);
        lane.go_on(at);
    }

    /// Closes all that is open in a worker's lane: what is running so, what has not begun as taken back.
    fn clear(&mut self, worker: u32, at: f64, running: State) {
        let lane = self.lane(worker, at);
        let mut state = running;
        for place in core::mem::take(&mut self.lanes[lane].open) {
            let block = &mut self.lanes[lane].blocks[place];
            block.to = Some(at);
            block.state = state;
            let task = block.task;
            self.open.remove(&task);
            state = State::Requeued;
        }
    }

    fn gone(&mut self, worker: u32, at: f64, running: State) {
        self.clear(worker, at, running);
        let place = self.lane(worker, at);
        let lane = &mut self.lanes[place];
        if let Some(batch) = lane.batches.last_mut() {
            batch.to.get_or_insert(at);
        }
        lane.ends.push((at, running == State::Lost));
        lane.worker = None;
        lane.gone = at;
    }
}

impl Lane {
    /// The first that is open runs from now on, as long as nothing else is known.
    fn go_on(&mut self, at: f64) {
        if let Some(block) = self
            .open
            .front()
            .and_then(|place| self.blocks.get_mut(*place))
            && block.state == State::Sent
        {
            block.state = State::Running;
            block.from = at;
        }
    }

    /// The workers that were started here, and not just taken over.
    fn started(&self) -> impl Iterator<Item = &Stretch> {
        let is_start = |start: &&Stretch| start.to.unwrap_or_default() - start.from >= STARTED;
        self.starts.iter().filter(is_start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(at: f64, kind: &str, task: Option<u32>, worker: Option<u32>) -> EventInfo {
        EventInfo {
            at,
            kind: kind.to_owned(),
            task,
            worker,
            batch: None,
            size: None,
            why: None,
        }
    }

    fn classes(timeline: &Timeline) -> Vec<(&'static str, usize)> {
        let html = timeline
            .view(&Names {
                name: &|task| format!("task {task}"),
                first: None,
            })
            .into_string();
        [
            "running",
            "finished",
            "failed",
            "cancelled",
            "lost",
            "cached",
            "waiting",
        ]
        .into_iter()
        .map(|class| {
            (
                class,
                html.matches(&format!("class=\"block {class}\"")).count(),
            )
        })
        .filter(|(_, n)| *n > 0)
        .collect()
    }

    #[test]
    fn a_block_goes_from_dispatched_to_finished() {
        let mut timeline = Timeline::default();
        timeline.add(&[
            event(0.0, "submitted", Some(0), None),
            event(1.0, "worker-ready", None, Some(7)),
            event(1.0, "dispatched", Some(0), Some(7)),
        ]);
        assert_eq!(classes(&timeline), [("running", 1), ("waiting", 1)]);
        timeline.add(&[
            event(2.0, "started", Some(0), Some(7)),
            event(10.0, "finished", Some(0), Some(7)),
        ]);
        assert_eq!(classes(&timeline), [("finished", 1), ("waiting", 1)]);
        assert_eq!(timeline.utilisation(), Some(0.8));
    }

    #[test]
    fn a_lost_worker_loses_its_block_and_the_task_may_run_again() {
        let mut timeline = Timeline::default();
        timeline.add(&[
            event(0.0, "submitted", Some(0), None),
            event(0.0, "dispatched", Some(0), Some(1)),
            event(5.0, "worker-lost", None, Some(1)),
            event(5.0, "requeued", Some(0), None),
            event(6.0, "dispatched", Some(0), Some(2)),
            event(9.0, "failed", Some(0), Some(2)),
        ]);
        assert_eq!(
            classes(&timeline),
            [("failed", 1), ("lost", 1), ("waiting", 1)]
        );
    }

    #[test]
    fn cached_and_stopped_tasks_are_shown_as_such() {
        let mut timeline = Timeline::default();
        timeline.add(&[
            event(0.0, "submitted", Some(0), None),
            event(0.0, "from-cache", Some(0), None),
            event(0.0, "submitted", Some(1), None),
            event(1.0, "dispatched", Some(1), Some(1)),
            event(3.0, "cancelled", Some(1), None),
        ]);
        assert_eq!(
            classes(&timeline),
            [("cancelled", 1), ("cached", 1), ("waiting", 1)]
        );
    }

    #[test]
    fn a_million_blocks_draw_no_more_than_the_lane_has_places() {
        let mut timeline = Timeline::default();
        for task in 0..100_000 {
            let at = f64::from(task) / 10.0;
            timeline.add(&[
                event(at, "dispatched", Some(task), Some(1)),
                event(at + 0.1, "finished", Some(task), Some(1)),
            ]);
        }
        assert!(classes(&timeline)[0].1 <= 1001);
    }
}
