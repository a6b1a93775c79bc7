//! The speed-up curve: measured, beside Amdahl's bound and the ideal.

use language::{number, t};
use maud::{Markup, PreEscaped, html};
use svg::node::element::{Line, Polyline, Rectangle, Text, Title};
use svg::{Document, Node};

use super::state::{Curve, TimelineLab};
use crate::format;

/// The chart's own units.
const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 240.0;
/// Room for the labels of the scales.
const LEFT: f64 = 30.0;
const BOTTOM: f64 = 34.0;
const TOP: f64 = 10.0;

/// A speed-up in words.
pub(super) fn times(factor: f64) -> String {
    number(&format!("{factor:.2}"))
}

/// How many times as fast so many workers were as one: by medians, and by the slowest and the fastest time.
pub(super) fn speed_up(curve: &Curve, workers: u32) -> Option<(f64, f64, f64)> {
    let of = |workers: u32| {
        let point = curve.points.iter().find(|point| point.0 == workers);
        point.and_then(|(_, samples)| samples.spread())
    };
    let (_, one, _) = of(1)?;
    let (fast, median, slow) = of(workers)?;
    (fast > 0.0).then(|| (one / slow, one / median, one / fast))
}

/// Amdahl's bound (1967) for a part that must be done first.
fn amdahl(serial: f64, workers: f64) -> f64 {
    1.0 / (serial + (1.0 - serial) / workers)
}

impl Curve {
    /// The part, from 0 to 1, that would bound the speed-up on all cores to what was measured.
    pub(super) fn fitted(&self) -> Option<f64> {
        let cores = f64::from(self.cores);
        let (_, up, _) = speed_up(self, self.cores).filter(|_| self.cores > 1)?;
        Some(((cores / up - 1.0) / (cores - 1.0)).clamp(0.0, 1.0))
    }

    fn measured(&self) -> impl Iterator<Item = (u32, (f64, f64, f64))> {
        let points = self.points.iter();
        points.filter_map(|(workers, _)| Some((*workers, speed_up(self, *workers)?)))
    }

    fn draw(&self) -> Markup {
        let most = self.points.last().map_or(1, |point| point.0);
        let right = f64::from(most.max(2));
        let high = self
            .measured()
            .map(|(_, (.., high))| high)
            .fold(right, f64::max);
        let x = |workers: f64| LEFT + (workers - 1.0) / (right - 1.0) * (WIDTH - LEFT - 30.0);
        let y = |up: f64| HEIGHT - BOTTOM - up / high * (HEIGHT - BOTTOM - TOP);
        let mut chart = Document::new()
            .set("viewBox", format!("0 0 {WIDTH} {HEIGHT}"))
            .set("class", "curve")
            .set("role", "img")
            .set("aria-label", t!("Speed-up by the number of workers: measured, Amdahl’s bound, and ideal. The table below has all numbers."));
        let place = |at: f64| format!("{at:.1}");
        let text = |words: String, x: f64, y: f64, anchor: &str| {
            let text = Text::new(words).set("text-anchor", anchor);
            text.set("x", place(x)).set("y", place(y))
        };
        let line = |class: &str, from: (f64, f64), to: (f64, f64)| {
            let line = Line::new().set("class", class);
            let line = line.set("x1", place(from.0)).set("y1", place(from.1));
            line.set("x2", place(to.0)).set("y2", place(to.1))
        };
        let step = (high / 8.0).ceil().max(1.0);
        let mut up = 0.0;
        while up <= high {
            chart.append(line("grid", (LEFT, y(up)), (WIDTH, y(up))));
            chart.append(text(format!("{up}"), LEFT - 6.0, y(up) + 4.0, "end"));
            up += step;
        }
        for (workers, _) in &self.points {
            chart.append(text(
                workers.to_string(),
                x(f64::from(*workers)),
                HEIGHT - BOTTOM + 16.0,
                "middle",
            ));
        }
        chart.append(text(t!("workers"), WIDTH, HEIGHT - 4.0, "end"));
        if self.cores < most {
            let at = x(f64::from(self.cores) + 0.5);
            chart.append(line("cores", (at, TOP), (at, HEIGHT - BOTTOM)));
            chart.append(text(
                t!("more workers than cores →"),
                at + 4.0,
                TOP + 8.0,
                "start",
            ));
        }
        let path = |class: &str, points: &mut dyn Iterator<Item = (f64, f64)>| {
            let points: Vec<_> = points
                .map(|(n, up)| format!("{},{}", place(x(n)), place(y(up))))
                .collect();
            Polyline::new()
                .set("class", class)
                .set("points", points.join(" "))
        };
        let all = || (0..=40).map(|at| 1.0 + (right - 1.0) * f64::from(at) / 40.0);
        chart.append(path("ideal", &mut all().map(|n| (n, n))));
        chart.append(path(
            "amdahl",
            &mut all().map(|n| (n, amdahl(self.serial, n))),
        ));
        chart.append(path(
            "measured",
            &mut self.measured().map(|(n, (_, up, _))| (f64::from(n), up)),
        ));
        for (workers, (low, up, high)) in self.measured() {
            let at = x(f64::from(workers));
            chart.append(line("measured", (at, y(low)), (at, y(high))));
            let title = t!(
                "{workers}: {up} times as fast ({low} to {high})",
                workers = format::plural(u64::from(workers), "worker"),
                up = times(up),
                low = times(low),
                high = times(high)
            );
            let mark = Rectangle::new()
                .set("class", "measured")
                .set("x", place(at - 4.0))
                .set("y", place(y(up) - 4.0));
            chart.append(
                mark.set("width", "8")
                    .set("height", "8")
                    .add(Title::new(title)),
            );
        }
        PreEscaped(chart.to_string())
    }
}

impl TimelineLab {
    /// The curve, in a chart and a table.
    pub(super) fn curve(&self) -> Markup {
        let Some(curve) = self
            .curve
            .as_ref()
            .filter(|curve| curve.measured().next().is_some())
        else {
            return html! {};
        };
        let serial = number(&format!("{:.0}", curve.serial * 100.0));
        html! {
            h2 #tl-curve { (t!("The same work on more and more workers")) }
            figure.tl-curve {
                (curve.draw())
                figcaption {
                    @for (class, words) in [
                        ("measured", t!("measured")),
                        ("amdahl", t!("Amdahl’s bound, with {serial} % that must be done first", serial)),
                        ("ideal", t!("ideal: n times as fast")),
                    ] { span.key { span class={ "stroke " (class) } {} (words) } }
                }
            }
            div.table-frame tabindex="0" role="region" aria-labelledby="tl-curve" {
                table {
                    thead { tr {
                        th.number scope="col" { (t!("Workers")) }
                        th.number scope="col" { (t!("Time")) }
                        th.number scope="col" { (t!("Times as fast")) }
                        th.number scope="col" { (t!("Amdahl’s bound")) }
                        th.number scope="col" { (t!("Per worker")) }
                    } }
                    tbody { @for (workers, samples) in &curve.points {
                        @if let (Some((least, median, most)), Some((_, up, _))) = (samples.spread(), speed_up(curve, *workers)) { tr {
                            th.number scope="row" { (workers) }
                            td.number { (format::time(median)) " " small { (t!("{least} to {most}", least = format::time(least), most = format::time(most))) } }
                            td.number { (times(up)) }
                            td.number { (times(amdahl(curve.serial, f64::from(*workers)))) }
                            td.number { (number(&format!("{:.0}", up / f64::from(*workers) * 100.0))) " %" }
                        } }
                    } }
                }
            }
            p.source-line {
                (t!("Medians of {rounds} runs each, {place}; a run on one worker is 1. Amdahl’s bound is a model: 1 / (s + (1 − s) / n), with the part s that must be done first and n workers.", rounds = curve.points.iter().map(|point| point.1.n()).min().unwrap_or_default(), place = self.place()))
                @if let Some(fitted) = curve.fitted() {
                    " " (t!("What was measured on {cores} is what the bound would be for {fitted} %: the part that is set, and all that starting, sending and waiting cost.", cores = format::plural(u64::from(curve.cores), "core"), fitted = number(&format!("{:.0}", fitted * 100.0))))
                }
                " " (t!("Workers beyond the number of cores are started anew for each run, and share the cores."))
            }
        }
    }
}
