//! A line for each way, on scales that count powers of ten.

use language::t;
use maud::{Markup, PreEscaped};
use svg::node::element::{Circle, Group, Line, Path, Polyline, Rectangle, Text, Title};
use svg::{Document, Node};
use widgets::format;

use super::verdict::time;

/// The chart's own units.
const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 280.0;
/// Room for the labels of the scales.
const LEFT: f64 = 58.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 40.0;

/// One line.
pub(super) struct Series {
    /// Chooses colour, pattern and marks; also what lights up with it.
    pub(super) name: &'static str,
    /// What it is called.
    pub(super) title: String,
    /// People, the median time and the smallest and largest, in milliseconds.
    pub(super) points: Vec<(u32, f64, f64, f64)>,
}

/// The chart; `label` says to those who cannot see it what there is to see.
pub(super) fn chart(label: &str, series: &[Series]) -> Markup {
    let points = || series.iter().flat_map(|series| &series.points);
    let decade = |value: f64| value.max(1e-6).log10();
    let (low, high) = points().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), point| {
        (low.min(decade(point.2)), high.max(decade(point.3)))
    });
    let (few, many) = points().fold((f64::INFINITY, f64::NEG_INFINITY), |(few, many), point| {
        let people = f64::from(point.0).log10();
        (few.min(people), many.max(people))
    });
    let (low, high) = (low.floor(), high.ceil().max(low.floor() + 1.0));
    let many = many.max(few + 1.0);
    let x = move |people: u32| {
        let part = (f64::from(people).log10() - few) / (many - few);
        round(LEFT + 12.0 + part * (WIDTH - LEFT - RIGHT - 24.0))
    };
    let y = move |milliseconds: f64| {
        let part = (decade(milliseconds) - low) / (high - low);
        round(HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM))
    };
    let mut chart = Document::new()
        .set("viewBox", (0, 0, WIDTH, HEIGHT))
        .set("class", "lines")
        .set("role", "img")
        .set("aria-label", label);
    if low.is_finite() && few.is_finite() {
        scales(&mut chart, (low, high), series, x, y);
        for series in series {
            chart.append(line(series, x, y));
        }
    }
    PreEscaped(chart.to_string())
}

fn scales(
    chart: &mut Document,
    (low, high): (f64, f64),
    series: &[Series],
    x: impl Fn(u32) -> f64,
    y: impl Fn(f64) -> f64,
) {
    // At most eight lines fit.
    let step = ((high - low) / 8.0).ceil().max(1.0);
    let mut power = low;
    while power <= high {
        let at = y(10_f64.powf(power));
        chart.append(
            Line::new()
                .set("class", "grid")
                .set("x1", LEFT)
                .set("x2", WIDTH - RIGHT)
                .set("y1", at)
                .set("y2", at),
        );
        chart.append(
            Text::new(decade(power))
                .set("x", LEFT - 6.0)
                .set("y", at + 4.0)
                .set("text-anchor", "end"),
        );
        power += step;
    }
    let mut sizes: Vec<u32> = series
        .iter()
        .flat_map(|series| series.points.iter().map(|point| point.0))
        .collect();
    sizes.sort_unstable();
    sizes.dedup();
    for people in sizes {
        chart.append(
            Text::new(format::count(u64::from(people)))
                .set("x", x(people))
                .set("y", HEIGHT - BOTTOM + 16.0)
                .set("text-anchor", "middle"),
        );
    }
    chart.append(
        Text::new(t!("people"))
            .set("x", WIDTH - RIGHT)
            .set("y", HEIGHT - 6.0)
            .set("text-anchor", "end"),
    );
}

/// A power of ten of milliseconds.
fn decade(power: f64) -> String {
    match power as i32 {
        ..=-4 => format!("{} ns", 10_f64.powf(power + 6.0)),
        -3..=-1 => format!("{} µs", 10_f64.powf(power + 3.0).round()),
        0..=2 => format!("{} ms", 10_f64.powf(power).round()),
        _ => format!("{} s", 10_f64.powf(power - 3.0).round()),
    }
}

fn line(series: &Series, x: impl Fn(u32) -> f64, y: impl Fn(f64) -> f64) -> Group {
    let mut group = Group::new()
        .set("class", format!("way way-{}", series.name))
        .set("data-record", series.name);
    let path: Vec<String> = series
        .points
        .iter()
        .map(|(people, median, _, _)| format!("{},{}", x(*people), y(*median)))
        .collect();
    group.append(Polyline::new().set("points", path.join(" ")));
    for &(people, median, least, most) in &series.points {
        let (cx, cy) = (x(people), y(median));
        group.append(
            Line::new()
                .set("class", "spread")
                .set("x1", cx)
                .set("x2", cx)
                .set("y1", y(least))
                .set("y2", y(most)),
        );
        let title = Title::new(t!(
            "{way}, {people} people: {median} ({least} to {most})",
            way = series.title,
            people = format::count(u64::from(people)),
            median = time(median),
            least = time(least),
            most = time(most)
        ));
        group.append(mark(series.name, cx, cy).add(title));
    }
    group
}

/// A mark of a form of its own for each way, so that colour is not all that tells them apart.
fn mark(name: &str, x: f64, y: f64) -> Group {
    let mut group = Group::new().set("class", "mark");
    match name {
        "csv" => group.append(Circle::new().set("cx", x).set("cy", y).set("r", 4.5)),
        "json" => group.append(
            Rectangle::new()
                .set("x", x - 4.0)
                .set("y", y - 4.0)
                .set("width", 8)
                .set("height", 8),
        ),
        "sqlite" => {
            group.append(Path::new().set("d", format!("M{x} {} l5 9 h-10 z", round(y - 5.5))));
        }
        _ => group.append(Path::new().set(
            "d",
            format!("M{x} {} l5 5.5 l-5 5.5 l-5 -5.5 z", round(y - 5.5)),
        )),
    }
    group
}

/// The mark of a way, for the list beside the chart.
pub(super) fn key(name: &str) -> Markup {
    let chart = Document::new()
        .set("viewBox", (0, 0, 24, 14))
        .set("class", "lines key")
        .set("aria-hidden", "true")
        .add(
            Group::new()
                .set("class", format!("way way-{name}"))
                .add(Polyline::new().set("points", "0,7 24,7"))
                .add(mark(name, 12.0, 7.0)),
        );
    PreEscaped(chart.to_string())
}

/// Two decimals are finer than any screen.
fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: Vec<(u32, f64, f64, f64)>) -> Series {
        Series {
            name: "csv",
            title: "CSV".to_owned(),
            points,
        }
    }

    #[test]
    fn ten_times_as_long_is_as_far_up_everywhere() {
        let points = vec![
            (100, 0.01, 0.01, 0.01),
            (1_000, 0.1, 0.1, 0.1),
            (10_000, 1.0, 1.0, 1.0),
        ];
        let html = chart("Times", &[series(points)]).into_string();
        // From the bottom to the top, through the middle.
        assert!(html.contains("points=\"70,240 231,125 392,10\""), "{html}");
        assert!(
            html.contains("10 µs\n") && html.contains("1 ms\n"),
            "{html}"
        );
        assert!(!html.contains("style"), "{html}");
    }

    #[test]
    fn nothing_measured_gives_an_empty_chart() {
        let html = chart("Times", &[]).into_string();
        assert!(!html.contains("NaN") && !html.contains("inf"), "{html}");
        let one = chart("Times", &[series(vec![(100, 1.0, 1.0, 1.0)])]).into_string();
        assert!(!one.contains("NaN"), "{one}");
    }
}
