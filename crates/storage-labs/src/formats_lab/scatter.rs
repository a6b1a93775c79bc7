//! Size against time, each format a point.

use language::{number, t};
use maud::{Markup, PreEscaped, html};
use svg::node::element::{Circle, Group, Line, Text};
use svg::{Document, Node};
use widgets::format;

use super::charts::round;
use super::findings::{Results, time};
use crate::message::{ELEMENTS, message};

/// The drawing's own units.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 78.0;
const RIGHT: f64 = 620.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 346.0;
/// How wide a letter of a label is at most, and how high a line.
const LETTER: f64 = 8.2;
const LINE: f64 = 17.0;
const RADIUS: f64 = 6.0;

/// A place on the drawing.
#[derive(Clone, Copy, Debug)]
struct Point {
    x: f64,
    y: f64,
}

/// A rectangle on the drawing.
#[derive(Clone, Copy, Debug)]
struct Area {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Area {
    fn overlap(&self, other: &Self) -> f64 {
        let width = self.right.min(other.right) - self.left.max(other.left);
        let height = self.bottom.min(other.bottom) - self.top.max(other.top);
        width.max(0.0) * height.max(0.0)
    }

    /// How much of it is outside of the drawing's field.
    fn outside(&self) -> f64 {
        let field = Self {
            left: LEFT,
            top: TOP,
            right: RIGHT,
            bottom: BOTTOM,
        };
        (self.right - self.left) * (self.bottom - self.top) - self.overlap(&field)
    }
}

/// A logarithmic scale.
struct Scale {
    least: f64,
    most: f64,
}

impl Scale {
    /// Holds all numbers, with some room at both ends, and at least a factor of four.
    fn around(numbers: impl Iterator<Item = f64>) -> Self {
        let (mut least, mut most) = (f64::MAX, f64::MIN_POSITIVE);
        for number in numbers {
            least = least.min(number);
            most = most.max(number);
        }
        let room = (4.0 / (most / least)).max(1.0).sqrt().max(1.25);
        Self {
            least: least / room,
            most: most * room,
        }
    }

    /// Where a number is, from 0 to 1.
    fn place(&self, number: f64) -> f64 {
        (number / self.least).ln() / (self.most / self.least).ln()
    }

    /// Round numbers within it: not more than fit.
    fn ticks(&self) -> Vec<f64> {
        let all = |steps: &[f64]| {
            let (from, to) = (
                self.least.log10().floor() as i32,
                self.most.log10().ceil() as i32,
            );
            let decades = (from..=to).map(|exponent| 10_f64.powi(exponent));
            let ticks = decades.flat_map(|decade| steps.iter().map(move |step| decade * step));
            ticks
                .filter(|tick| (self.least..=self.most).contains(tick))
                .collect::<Vec<_>>()
        };
        let fine = all(&[1.0, 2.0, 5.0]);
        if fine.len() <= 6 { fine } else { all(&[1.0]) }
    }
}

/// The chart; nothing where there are not two formats to compare.
pub(super) fn scatter(results: &Results) -> Markup {
    let found: Vec<_> = results
        .formats
        .iter()
        .filter(|finding| finding.failed.is_none())
        .filter_map(|finding| Some((finding, finding.size? as f64, finding.read.median()?)))
        .filter(|(_, size, time)| *size > 0.0 && *time > 0.0)
        .collect();
    if found.len() < 2 {
        return html! {};
    }
    let sizes = Scale::around(found.iter().map(|(_, size, _)| *size));
    let times = Scale::around(found.iter().map(|(_, _, time)| *time));
    let points: Vec<_> = found
        .iter()
        .map(|(_, size, time)| Point {
            x: LEFT + sizes.place(*size) * (RIGHT - LEFT),
            y: BOTTOM - times.place(*time) * (BOTTOM - TOP),
        })
        .collect();
    let titles: Vec<_> = found
        .iter()
        .map(|(finding, ..)| finding.title.as_str())
        .collect();
    let labels = labels(&points, &titles);
    let words = found.iter().map(|(finding, size, read)| {
        format!(
            "{}: {}, {}",
            finding.title,
            format::size(*size as u64),
            time(*read)
        )
    });
    let summary = t!(
        "Size against the time to read everything. {formats}.",
        formats = words.collect::<Vec<_>>().join("; ")
    );
    let mut chart = Document::new()
        .set("viewBox", (0, 0, WIDTH, HEIGHT))
        .set("class", "fm-scatter")
        .set("role", "img")
        .set("aria-label", summary);
    axes(&mut chart, &sizes, &times);
    for (((finding, ..), point), label) in found.iter().zip(&points).zip(&labels) {
        chart.append(
            Group::new()
                .set("class", "fm-point")
                .set("data-record", finding.name.as_str())
                .add(
                    Circle::new()
                        .set("cx", round(point.x))
                        .set("cy", round(point.y))
                        .set("r", RADIUS),
                )
                .add(
                    Text::new(finding.title.as_str())
                        .set("x", round(label.left))
                        .set("y", round(label.bottom - 4.0)),
                ),
        );
    }
    html! {
        h3 #fm-scatter { (t!("Size against reading")) }
        p.help {
            (message(
                &t!("Small and fast is at the bottom left. Both axes are {logarithmic}: equal distances are equal ratios.", logarithmic = ELEMENTS[0]),
                &[html! { dfn { (t!("logarithmic")) } }],
            ))
        }
        div.fm-scatter-frame tabindex="0" role="region" aria-labelledby="fm-scatter" { (PreEscaped(chart.to_string())) }
    }
}

fn axes(chart: &mut Document, sizes: &Scale, times: &Scale) {
    let line = |from: (f64, f64), to: (f64, f64)| {
        Line::new()
            .set("x1", round(from.0))
            .set("y1", round(from.1))
            .set("x2", round(to.0))
            .set("y2", round(to.1))
            .set("class", "fm-grid")
    };
    let text = |words: String, x: f64, y: f64, anchor: &str| {
        Text::new(words)
            .set("x", round(x))
            .set("y", round(y))
            .set("text-anchor", anchor)
            .set("class", "fm-tick")
    };
    for tick in sizes.ticks() {
        let x = LEFT + sizes.place(tick) * (RIGHT - LEFT);
        chart.append(line((x, TOP), (x, BOTTOM)));
        chart.append(text(short_size(tick), x, BOTTOM + 18.0, "middle"));
    }
    for tick in times.ticks() {
        let y = BOTTOM - times.place(tick) * (BOTTOM - TOP);
        chart.append(line((LEFT, y), (RIGHT, y)));
        chart.append(text(short_time(tick), LEFT - 8.0, y + 5.0, "end"));
    }
    chart.append(text(t!("stored bytes →"), RIGHT, HEIGHT - 12.0, "end"));
    chart.append(text(t!("time to read ↑"), 4.0, HEIGHT - 12.0, "start"));
}

fn short_size(bytes: f64) -> String {
    number(&match bytes {
        bytes if bytes < 1e3 => format!("{bytes} B"),
        bytes if bytes < 1e6 => format!("{} kB", bytes / 1e3),
        bytes => format!("{} MB", bytes / 1e6),
    })
}

fn short_time(milliseconds: f64) -> String {
    match milliseconds {
        ms if ms < 0.999 => format!("{:.0} µs", ms * 1e3),
        ms if ms < 999.0 => format!("{ms:.0} ms"),
        ms => format!("{:.0} s", ms / 1e3),
    }
}

/// A place for the label of each point: beside, above or below it, where it covers least of others.
fn labels(points: &[Point], titles: &[&str]) -> Vec<Area> {
    let dots: Vec<_> = points
        .iter()
        .map(|point| Area {
            left: point.x - RADIUS,
            top: point.y - RADIUS,
            right: point.x + RADIUS,
            bottom: point.y + RADIUS,
        })
        .collect();
    let mut placed: Vec<Area> = Vec::new();
    for (at, (point, title)) in points.iter().zip(titles).enumerate() {
        let width = title.chars().count() as f64 * LETTER;
        let others = dots.iter().enumerate().filter(|(other, _)| *other != at);
        let others: Vec<_> = others
            .map(|(_, dot)| *dot)
            .chain(placed.iter().copied())
            .collect();
        let cost = |area: &Area| {
            others.iter().map(|other| area.overlap(other)).sum::<f64>() + 4.0 * area.outside()
        };
        let best = candidates(*point, width)
            .into_iter()
            .map(|area| (cost(&area), area));
        // The first of those that cost least: they are in the order of preference.
        let best = best.reduce(|best, next| if next.0 < best.0 { next } else { best });
        placed.extend(best.map(|(_, area)| area));
    }
    placed
}

/// Where the label of a point may stand, the best first.
fn candidates(point: Point, width: f64) -> Vec<Area> {
    let gap = RADIUS + 4.0;
    let mut areas = Vec::new();
    for away in [0.0, LINE, 2.0 * LINE] {
        let middle = point.y - LINE / 2.0;
        let rows = if away == 0.0 {
            vec![middle]
        } else {
            vec![middle - away, middle + away]
        };
        for top in rows {
            let lefts = [point.x + gap, point.x - gap - width, point.x - width / 2.0];
            // Right above a point there is only room if it is not beside it.
            let lefts = if away == 0.0 { &lefts[..2] } else { &lefts[..] };
            areas.extend(lefts.iter().map(|left| Area {
                left: *left,
                top,
                right: left + width,
                bottom: top + LINE,
            }));
        }
    }
    areas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_points_that_are_close_do_not_cover_each_other() {
        let close = |x: f64, y: f64| Point { x, y };
        let points = [
            close(300.0, 200.0),
            close(304.0, 203.0),
            close(310.0, 198.0),
            close(306.0, 190.0),
            close(610.0, 20.0),
        ];
        let titles = ["JSON", "JSON Lines", "MessagePack", "pickle 5", "YAML"];
        let labels = labels(&points, &titles);
        for (at, label) in labels.iter().enumerate() {
            assert!(label.outside() < 0.01, "{label:?}");
            for other in &labels[at + 1..] {
                assert!(label.overlap(other) < 0.01, "{label:?} {other:?}");
            }
        }
    }

    #[test]
    fn ticks_are_round_and_within_the_scale() {
        let scale = Scale::around([120.0, 900.0].into_iter());
        assert_eq!(scale.ticks(), [100.0, 200.0, 500.0, 1000.0]);
        let wide = Scale::around([1.0, 1e6].into_iter());
        assert_eq!(wide.ticks().len(), 7);
        // All in one place: there is a scale around it all the same.
        let one = Scale::around([50.0, 50.0].into_iter());
        assert!((one.place(50.0) - 0.5).abs() < 1e-9);
        assert!(!one.ticks().is_empty());
    }
}
