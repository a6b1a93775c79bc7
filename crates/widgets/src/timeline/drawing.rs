//! The lanes as they are drawn: places along the time in percent, so that nothing else is stretched with them.

use language::{t, text};
use maud::{Markup, PreEscaped, html};
use svg::node::element::{Line, Rectangle, Text, Title};
use svg::{Document, Node};

use super::{Block, Lane, STATES, State, Timeline};
use crate::format;

/// Of more blocks in all, neighbours become one where they cannot be told apart.
const MOST_BLOCKS: usize = 300;
/// Neighbours are as close as this, in percent of the time.
const CLOSE: f64 = 0.15;
/// A block needs so many percent for its number, and for its number on a phone.
const ROOM: (f64, f64) = (2.2, 7.0);
/// So many steps of the queue can be told apart.
const STEPS: usize = 200;
/// The height of the queue, in pixels.
const HEIGHT: f64 = 26.0;

/// Words for what is drawn beside the blocks, by class.
const OTHERS: [(&str, &str); 3] = [
    ("waiting", language::mark!("tasks in the queue")),
    (
        "batch",
        language::mark!("batch, from sending to the answer"),
    ),
    ("starting", language::mark!("worker starts")),
];

/// How the tasks are called.
pub(crate) struct Names<'a> {
    /// The whole name.
    pub(crate) name: &'a dyn Fn(u32) -> String,
    /// What stands in a block with room for it, if it is numbered: the number of the first task.
    pub(crate) first: Option<u32>,
}

/// A place along the time.
struct Scale(f64);

impl Scale {
    fn percent(&self, time: f64) -> f64 {
        (time / self.0 * 100.0).clamp(0.0, 100.0)
    }

    fn rectangle(&self, class: &str, from: f64, to: f64, title: &str) -> Rectangle {
        let (from, to) = (self.percent(from), self.percent(to));
        Rectangle::new()
            .set("class", class)
            .set("x", percent(from))
            .set("width", percent((to - from).max(0.2)))
            .add(Title::new(title))
    }
}

fn percent(number: f64) -> String {
    format!("{}%", (number * 100.0).round() / 100.0)
}

impl Timeline {
    /// The lanes, and what their colours mean.
    pub(crate) fn view(&self, names: &Names<'_>) -> Markup {
        let end = self.end.max(1.0);
        let scale = Scale(end);
        let tasks: usize = self.lanes.iter().map(|lane| lane.blocks.len()).sum();
        let summary = t!(
            "Timeline of {time}: {blocks} on {workers}, {cached} from the cache.",
            time = format::time(self.end),
            blocks = format::plural(tasks as u64, "block"),
            workers = format::plural(self.lanes.len() as u64, "worker"),
            cached = self.cached.len()
        );
        let close = if tasks > MOST_BLOCKS { CLOSE } else { 0.0 };
        let (queue, most) = self.queue(&scale);
        html! {
            div.timeline role="img" aria-label=(summary) {
                @if most > 0 {
                    (row(&t!("Queue ≤ {most}", most), "waiting", &queue))
                }
                @for (at, lane) in self.lanes.iter().enumerate() {
                    (row(&t!("Worker {number}", number = at + 1), "worker", &lane.draw(&scale, names, close)))
                }
                @if !self.cached.is_empty() {
                    @let cached = Lane { blocks: self.cached.clone(), ..Lane::default() };
                    (row(&t!("Cache: {count}", count = self.cached.len()), "cache", &cached.draw(&scale, names, CLOSE)))
                }
                div.axis { span {} span { "0 ms" } span { (format::time(end / 2.0)) } span { (format::time(end)) } }
            }
            p.legend aria-hidden="true" {
                @for (class, words) in self.shown(most > 0, names.first.is_some() && close == 0.0) {
                    span.key { span class={ "swatch " (class) } {} (text(words)) }
                }
            }
        }
    }

    /// What there is to be seen: class and words.
    fn shown(&self, queue: bool, are_batches: bool) -> Vec<(&'static str, &'static str)> {
        let lanes = &self.lanes;
        let there = [
            queue,
            are_batches,
            lanes.iter().any(|lane| lane.started().next().is_some()),
        ];
        let others = OTHERS.into_iter().zip(there);
        let mut shown: Vec<_> = others
            .filter(|(_, is)| *is)
            .map(|(other, _)| other)
            .collect();
        let blocks = || {
            lanes
                .iter()
                .flat_map(|lane| &lane.blocks)
                .chain(&self.cached)
        };
        for (at, (class, words, _)) in STATES.into_iter().enumerate().skip(1) {
            if blocks().any(|block| block.state as usize == at) {
                shown.push((class, words));
            }
        }
        shown
    }

    /// How many tasks wait at each time, and the most that do.
    fn queue(&self, scale: &Scale) -> (Document, usize) {
        let slot = scale.0 / STEPS as f64;
        let mut depths = [0_i32; STEPS + 1];
        for (from, until) in self.waiting.values() {
            let until = until.unwrap_or(self.end);
            if until <= *from {
                continue;
            }
            let place = |time: f64| ((time / slot) as usize).min(STEPS);
            depths[place(*from)] += 1;
            depths[(place(until)).max(place(*from) + 1).min(STEPS)] -= 1;
        }
        let mut deep = 0;
        for depth in &mut depths {
            deep += *depth;
            *depth = deep;
        }
        let most = depths[..STEPS].iter().copied().max().unwrap_or_default();
        let mut drawing = Document::new();
        let mut from = 0;
        for at in 1..=STEPS {
            let depth = depths[from];
            if at < STEPS && depths[at] == depth {
                continue;
            }
            if depth > 0 {
                let title = t!("{count} waiting", count = depth);
                let height = HEIGHT * f64::from(depth) / f64::from(most);
                drawing.append(
                    scale
                        .rectangle(
                            "block waiting",
                            from as f64 * slot,
                            at as f64 * slot,
                            &title,
                        )
                        .set("y", (HEIGHT - height).round())
                        .set("height", height.round()),
                );
            }
            from = at;
        }
        (drawing, most.unsigned_abs() as usize)
    }
}

impl Lane {
    fn draw(&self, scale: &Scale, names: &Names<'_>, close: f64) -> Document {
        let end = scale.0;
        let mut drawing = Document::new();
        if names.first.is_some() && close == 0.0 {
            for batch in &self.batches {
                drawing.append(scale.rectangle("batch", batch.from, batch.to.unwrap_or(end), ""));
            }
        }
        for start in self.started() {
            let to = start.to.unwrap_or(end);
            let title = t!(
                "a worker starts: {time}",
                time = format::time(to - start.from)
            );
            drawing.append(scale.rectangle("starting", start.from, to, &title));
        }
        let mut at = 0;
        while let Some(block) = self.blocks.get(at) {
            let mut to = block.to.unwrap_or(end);
            let mut count = 1;
            let next = |at: usize| {
                let next = self
                    .blocks
                    .get(at)
                    .filter(|next| close > 0.0 && next.state == block.state);
                next.map(|next| (next.from, next.to.unwrap_or(end)))
            };
            while let Some((from, until)) = next(at + count)
                && scale.percent(from) - scale.percent(to) < close
            {
                to = until;
                count += 1;
            }
            if !matches!(block.state, State::Sent | State::Requeued) {
                block.draw(&mut drawing, scale, to, count, names);
            }
            at += count;
        }
        for &(at, is_lost) in &self.ends {
            let x = percent(scale.percent(at));
            let class = if is_lost { "gone lost" } else { "gone" };
            let title = if is_lost {
                t!("the worker is lost")
            } else {
                t!("the worker is ended")
            };
            let line = Line::new()
                .set("class", class)
                .set("y1", "0")
                .set("y2", "100%");
            drawing.append(
                line.set("x1", x.as_str())
                    .set("x2", x.as_str())
                    .add(Title::new(title)),
            );
        }
        drawing
    }
}

impl Block {
    fn draw(
        &self,
        drawing: &mut Document,
        scale: &Scale,
        to: f64,
        count: usize,
        names: &Names<'_>,
    ) {
        let (class, words, sign) = STATES[self.state as usize];
        let task = match count {
            1 => (names.name)(self.task),
            _ => t!("{count} tasks", count = format::count(count as u64)),
        };
        let title = t!(
            "{task}: {state}, {time} from {start}",
            task,
            state = text(words),
            time = format::time(to - self.from),
            start = format::time(self.from)
        );
        let rectangle = scale.rectangle(&format!("block {class}"), self.from, to, &title);
        drawing.append(rectangle);
        let (from, to) = (scale.percent(self.from), scale.percent(to));
        let Some(first) = names
            .first
            .filter(|_| count == 1 && (to - from > ROOM.0 || !sign.is_empty()))
        else {
            return;
        };
        let narrow = if to - from < ROOM.1 && sign.is_empty() {
            " narrow"
        } else {
            ""
        };
        drawing.append(
            Text::new(format!("{sign}{}", self.task + first))
                .set("class", format!("number-of {class}{narrow}"))
                .set("x", percent(f64::midpoint(from, to)))
                .set("y", "50%"),
        );
    }
}

fn row(label: &str, class: &str, drawing: &Document) -> Markup {
    let lane = drawing
        .clone()
        .set("aria-hidden", "true")
        .set("class", format!("lane lane-{class}"));
    html! {
        div.lane-row {
            span.lane-label { (label) }
            (PreEscaped(lane.to_string()))
        }
    }
}
