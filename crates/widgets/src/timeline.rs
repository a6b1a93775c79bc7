//! The timeline: one lane per worker, one block per task.

use std::collections::BTreeMap;

use language::{mark, t, text};
use maud::{Markup, PreEscaped, html};
use protocol::EventInfo;
use svg::node::element::{Rectangle, Title};
use svg::{Document, Node};

use crate::format;

/// The width of a lane in its own units; the page stretches it.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 24.0;

/// What a block shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Running,
    Finished,
    Failed,
    Cancelled,
    Lost,
    Cached,
}

impl State {
    const fn class(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Lost => "lost",
            Self::Cached => "cached",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Running => mark!("running"),
            Self::Finished => mark!("finished"),
            Self::Failed => mark!("failed"),
            Self::Cancelled => mark!("stopped"),
            Self::Lost => mark!("lost with its worker"),
            Self::Cached => mark!("from the cache"),
        }
    }
}

#[derive(Clone, Debug)]
struct Block {
    task: u32,
    from: f64,
    to: Option<f64>,
    state: State,
}

/// What happened when, as it is drawn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timeline {
    /// The blocks of each worker, in the order in which the workers were first heard of.
    lanes: Vec<(u32, Vec<Block>)>,
    cached: Vec<Block>,
    /// From when to when each task waited for a worker.
    waiting: BTreeMap<u32, (f64, Option<f64>)>,
    /// The lane and place of the block of each task that is running.
    open: BTreeMap<u32, (usize, usize)>,
    end: f64,
}

impl Timeline {
    /// Takes in what happened.
    pub(crate) fn add(&mut self, events: &[EventInfo]) {
        for event in events {
            self.end = self.end.max(event.at);
            self.add_one(event);
        }
    }

    /// Notes how late it is.
    pub(crate) fn set_now(&mut self, milliseconds: f64) {
        self.end = self.end.max(milliseconds);
    }

    fn add_one(&mut self, event: &EventInfo) {
        let EventInfo {
            at,
            kind,
            task,
            worker,
            ..
        } = event;
        match (kind.as_str(), *task, *worker) {
            ("submitted" | "requeued", Some(task), _) => {
                self.close(task, *at, State::Lost);
                self.waiting.insert(task, (*at, None));
            }
            ("dispatched", Some(task), Some(worker)) => {
                if let Some((_, until)) = self.waiting.get_mut(&task) {
                    *until = Some(*at);
                }
                self.open_block(task, worker, *at);
            }
            ("started", Some(task), _) => {
                if let Some(block) = self.open_block_of(task) {
                    block.from = *at;
                }
            }
            ("finished", Some(task), _) => self.close(task, *at, State::Finished),
            ("failed" | "timed-out", Some(task), _) => self.close(task, *at, State::Failed),
            ("cancelled", Some(task), _) => {
                self.close(task, *at, State::Cancelled);
                self.waiting
                    .entry(task)
                    .and_modify(|(_, until)| *until = until.or(Some(*at)));
            }
            ("from-cache", Some(task), _) => {
                self.waiting.remove(&task);
                self.cached.push(Block {
                    task,
                    from: *at,
                    to: Some(*at),
                    state: State::Cached,
                });
            }
            ("worker-ready", _, Some(worker)) => {
                self.lane(worker);
            }
            ("worker-lost", _, Some(worker)) => {
                let lane = self.lane(worker);
                let lost: Vec<_> = self
                    .open
                    .iter()
                    .filter(|(_, (at, _))| *at == lane)
                    .map(|(task, _)| *task)
                    .collect();
                for task in lost {
                    self.close(task, *at, State::Lost);
                }
            }
            _ => {}
        }
    }

    fn lane(&mut self, worker: u32) -> usize {
        let known = self.lanes.iter().position(|(id, _)| *id == worker);
        known.unwrap_or_else(|| {
            self.lanes.push((worker, Vec::new()));
            self.lanes.len() - 1
        })
    }

    fn open_block(&mut self, task: u32, worker: u32, at: f64) {
        let lane = self.lane(worker);
        let blocks = &mut self.lanes[lane].1;
        blocks.push(Block {
            task,
            from: at,
            to: None,
            state: State::Running,
        });
        self.open.insert(task, (lane, blocks.len() - 1));
    }

    fn open_block_of(&mut self, task: u32) -> Option<&mut Block> {
        let (lane, place) = *self.open.get(&task)?;
        self.lanes.get_mut(lane)?.1.get_mut(place)
    }

    fn close(&mut self, task: u32, at: f64, state: State) {
        if let Some(block) = self.open_block_of(task) {
            block.to = Some(at);
            block.state = state;
        }
        self.open.remove(&task);
    }

    /// The part of the workers' time that went into tasks, from 0 to 1.
    pub(crate) fn utilisation(&self) -> Option<f64> {
        let workers = self
            .lanes
            .iter()
            .filter(|(_, blocks)| !blocks.is_empty())
            .count();
        let busy: f64 = self
            .lanes
            .iter()
            .flat_map(|(_, blocks)| blocks)
            .map(|block| block.to.unwrap_or(self.end) - block.from)
            .sum();
        (workers > 0 && self.end > 0.0).then(|| (busy / (workers as f64 * self.end)).min(1.0))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lanes.is_empty() && self.cached.is_empty() && self.waiting.is_empty()
    }

    /// The lanes. `name` gives the name of a task.
    pub(crate) fn view(&self, name: &dyn Fn(u32) -> String) -> Markup {
        let end = self.end.max(1.0);
        let tasks: usize = self.lanes.iter().map(|(_, blocks)| blocks.len()).sum();
        let summary = t!(
            "Timeline of {time}: {blocks} on {workers}, {cached} from the cache.",
            time = format::time(self.end),
            blocks = format::plural(tasks as u64, "block"),
            workers = format::plural(self.lanes.len() as u64, "worker"),
            cached = self.cached.len()
        );
        let waiting: Vec<_> = self
            .waiting
            .iter()
            .map(|(task, (from, until))| Block {
                task: *task,
                from: *from,
                to: *until,
                state: State::Cancelled,
            })
            .collect();
        html! {
            div.timeline role="img" aria-label=(summary) {
                @if !waiting.is_empty() {
                    (lane(&t!("Queue"), "waiting", &waiting, end, name))
                }
                @for (at, (_, blocks)) in self.lanes.iter().enumerate() {
                    (lane(&t!("Worker {number}", number = at + 1), "worker", blocks, end, name))
                }
                @if !self.cached.is_empty() {
                    (lane(&t!("Cache: {count}", count = self.cached.len()), "cache", &self.cached, end, name))
                }
                div.axis { span {} span { "0 ms" } span { (format::time(end / 2.0)) } span { (format::time(end)) } }
            }
        }
    }
}

fn lane(
    label: &str,
    class: &str,
    blocks: &[Block],
    end: f64,
    name: &dyn Fn(u32) -> String,
) -> Markup {
    let mut drawing = Document::new()
        .set("viewBox", (0, 0, WIDTH, HEIGHT))
        .set("preserveAspectRatio", "none")
        .set("aria-hidden", "true")
        .set("class", format!("lane lane-{class}"));
    // No more blocks than can be told apart: of those that would stand in the same place only the first is drawn,
    // unless a later one is of another state.
    let mut last = (-1.0, State::Running);
    for block in blocks {
        let to = block.to.unwrap_or(end);
        let x = (block.from / end * WIDTH).clamp(0.0, WIDTH);
        let width = ((to - block.from) / end * WIDTH).clamp(2.0, WIDTH);
        if last == (x.floor(), block.state) {
            continue;
        }
        last = (x.floor(), block.state);
        let state = if class == "waiting" {
            mark!("waiting")
        } else {
            block.state.words()
        };
        let title = t!(
            "{task}: {state}, {time} from {start}",
            task = name(block.task),
            state = text(state),
            time = format::time(to - block.from),
            start = format::time(block.from)
        );
        drawing.append(
            Rectangle::new()
                .set(
                    "class",
                    format!(
                        "block {}",
                        if class == "waiting" {
                            "waiting"
                        } else {
                            block.state.class()
                        }
                    ),
                )
                .set("x", (x * 10.0).round() / 10.0)
                .set("y", 2)
                .set("width", (width * 10.0).round() / 10.0)
                .set("height", HEIGHT - 4.0)
                .add(Title::new(title)),
        );
    }
    html! {
        div.lane-row {
            span.lane-label { (label) }
            (PreEscaped(drawing.to_string()))
        }
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
        let html = timeline.view(&|task| format!("task {task}")).into_string();
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
            event(0.0, "dispatched", Some(1), Some(1)),
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
