//! Line charts: measured points with their spread, lines of a model, and places that are set apart.

use core::f64::consts::LN_10;

use maud::{Markup, html};

/// The chart's own units; the page scales it.
const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 300.0;
/// Room for the labels of the axes.
const LEFT: f64 = 62.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 46.0;
/// How far the outermost points are from the ends of the axes.
const INSET: f64 = 12.0;
/// As many labels fit beside each other.
const MOST_TICKS: usize = 7;

/// A line chart.
pub struct Chart {
    /// What there is to see, for those who cannot see it.
    pub label: String,
    /// From left to right.
    pub x: Axis,
    /// From bottom to top.
    pub y: Axis,
    /// The lines, the first below the others.
    pub series: Vec<Series>,
    /// Places that are set apart.
    pub marks: Vec<Mark>,
}

/// One of the two axes. It holds all that is to be seen.
pub struct Axis {
    /// What it counts.
    pub title: String,
    /// How it counts.
    pub scale: Scale,
    /// How a number on it is written.
    pub write: fn(f64) -> String,
}

/// How an axis counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// From zero on; equal distances are equal differences.
    Linear,
    /// Equal distances are equal ratios. Numbers have to be above zero.
    Logarithmic,
}

/// One line.
pub struct Series {
    /// What lights up with it: the same `data-record` elsewhere.
    pub name: String,
    /// Its colour, pattern and marks, from 0 to 5.
    pub kind: u8,
    /// Whether it is reckoned and not measured: thin, broken, and without marks.
    pub is_model: bool,
    /// From left to right.
    pub points: Vec<Point>,
}

/// One point of a line.
pub struct Point {
    /// Its place on the first axis.
    pub x: f64,
    /// Its place on the second axis.
    pub y: f64,
    /// The smallest and largest that was measured, where there is more than one.
    pub spread: Option<(f64, f64)>,
    /// What is said when it is pointed at; empty for points of a model.
    pub title: String,
}

/// A place that is set apart.
pub struct Mark {
    /// Its place on the first axis.
    pub x: f64,
    /// Its place on the second axis.
    pub y: f64,
    /// A few words.
    pub label: String,
    /// Of which series it is, by `kind`.
    pub kind: u8,
}

/// Where numbers are on an axis.
struct Span {
    scale: Scale,
    least: f64,
    most: f64,
}

impl Span {
    fn around(scale: Scale, numbers: impl Iterator<Item = f64>) -> Self {
        let usable = numbers.filter(|n| n.is_finite() && (scale == Scale::Linear || *n > 0.0));
        let (least, most) = usable.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), n| {
            (least.min(n), most.max(n))
        });
        let (least, most) = if least > most {
            (1.0, 1.0)
        } else {
            (least, most)
        };
        match scale {
            Scale::Linear => Self {
                scale,
                least: least.min(0.0),
                most: if most > 0.0 { most } else { 1.0 },
            },
            // At least a factor of four, so that a flat line is in the middle and looks flat.
            Scale::Logarithmic => {
                let room = (4.0 / (most / least)).max(1.0).sqrt();
                Self {
                    scale,
                    least: least / room,
                    most: most * room,
                }
            }
        }
    }

    /// Where a number is, from 0 to 1.
    fn place(&self, number: f64) -> f64 {
        let part = match self.scale {
            Scale::Linear => (number - self.least) / (self.most - self.least),
            Scale::Logarithmic => (number / self.least).ln() / (self.most / self.least).ln(),
        };
        if part.is_finite() {
            part.clamp(0.0, 1.0)
        } else {
            0.0
        }
    }

    /// Round numbers within it, not more than fit.
    fn ticks(&self) -> Vec<f64> {
        let range = self.least * (1.0 - 1e-9)..=self.most * (1.0 + 1e-9);
        let within = |tick: &f64| range.contains(tick);
        if self.scale == Scale::Linear {
            let rough = (self.most - self.least) / (MOST_TICKS - 1) as f64;
            let decade = 10_f64.powf((rough.ln() / LN_10).floor());
            let step = [1.0, 2.0, 5.0, 10.0]
                .map(|times| times * decade)
                .into_iter()
                .find(|step| *step >= rough * (1.0 - 1e-9))
                .unwrap_or(rough);
            let first = (self.least / step).ceil() as i32;
            let ticks = (first..).take(MOST_TICKS + 1);
            return ticks.map(|n| f64::from(n) * step).filter(within).collect();
        }
        let (from, to) = (
            (self.least.ln() / LN_10).floor() as i32,
            (self.most.ln() / LN_10).ceil() as i32,
        );
        let all = |steps: &[f64], stride: usize| -> Vec<f64> {
            let decades = (from..=to).step_by(stride).map(|power| 10_f64.powi(power));
            decades
                .flat_map(|decade| steps.iter().map(move |step| decade * step))
                .filter(within)
                .collect()
        };
        let fine = all(&[1.0, 2.0, 5.0], 1);
        if fine.len() <= MOST_TICKS {
            return fine;
        }
        (1..=3)
            .map(|stride| all(&[1.0], stride))
            .find(|ticks| ticks.len() <= MOST_TICKS)
            .unwrap_or_default()
    }
}

/// The chart. The colours are those of the classes `curve-0` to `curve-5`.
pub fn curve(chart: &Chart) -> Markup {
    let Chart {
        label,
        x,
        y,
        series,
        marks,
    } = chart;
    let points = || series.iter().flat_map(|series| &series.points);
    let across = Span::around(x.scale, points().map(|point| point.x));
    let up = Span::around(
        y.scale,
        points().flat_map(|point| {
            let (least, most) = point.spread.unwrap_or((point.y, point.y));
            [point.y, least, most]
        }),
    );
    let at_x =
        |number| round(LEFT + INSET + across.place(number) * (WIDTH - LEFT - RIGHT - 2.0 * INSET));
    let at_y = |number| round(HEIGHT - BOTTOM - up.place(number) * (HEIGHT - TOP - BOTTOM));
    html! {
        svg.line-chart viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(label) {
            @for tick in up.ticks() {
                line.grid x1=(LEFT) x2=(WIDTH - RIGHT) y1=(at_y(tick)) y2=(at_y(tick)) {}
                text x=(LEFT - 6.0) y=(at_y(tick) + 4.0) text-anchor="end" { ((y.write)(tick)) }
            }
            @for tick in across.ticks() {
                line.grid x1=(at_x(tick)) x2=(at_x(tick)) y1=(TOP) y2=(HEIGHT - BOTTOM) {}
                text x=(at_x(tick)) y=(HEIGHT - BOTTOM + 17.0) text-anchor="middle" { ((x.write)(tick)) }
            }
            text.title x=(WIDTH - RIGHT) y=(HEIGHT - 5.0) text-anchor="end" { (x.title) " →" }
            text.title x="0" y=(HEIGHT - 5.0) { "↑ " (y.title) }
            @for series in series {
                g class={ "curve-" (series.kind) @if series.is_model { " model" } } data-record=(series.name) {
                    polyline points=(series.points.iter().map(|point| format!("{},{}", at_x(point.x), at_y(point.y))).collect::<Vec<_>>().join(" ")) {}
                    @if !series.is_model {
                        @for point in &series.points {
                            g {
                                @if !point.title.is_empty() { title { (point.title) } }
                                @if let Some((least, most)) = point.spread {
                                    line x1=(at_x(point.x)) x2=(at_x(point.x)) y1=(at_y(least)) y2=(at_y(most)) {}
                                }
                                (dot(series.kind, at_x(point.x), at_y(point.y)))
                            }
                        }
                    }
                }
            }
            @for (row, mark) in marks.iter().enumerate() {
                @let (cx, cy) = (at_x(mark.x), at_y(mark.y));
                @let is_left = across.place(mark.x) < 0.5;
                g class={ "mark curve-" (mark.kind) } {
                    line x1=(cx) x2=(cx) y1=(TOP) y2=(HEIGHT - BOTTOM) {}
                    circle cx=(cx) cy=(cy) r="6" {}
                    text x=(if is_left { cx + 6.0 } else { cx - 6.0 }) y=(TOP + 12.0 + 17.0 * row as f64)
                        text-anchor=(if is_left { "start" } else { "end" }) { (mark.label) }
                }
            }
        }
    }
}

/// The line and mark of a kind, to stand before its name.
pub fn key(kind: u8) -> Markup {
    html! {
        svg.line-chart.key viewBox="0 0 24 14" aria-hidden="true" {
            g class={ "curve-" (kind) } { polyline points="0,7 24,7" {} (dot(kind, 12.0, 7.0)) }
        }
    }
}

/// A mark of a form of its own for each kind, so that colour is not all that tells them apart.
fn dot(kind: u8, x: f64, y: f64) -> Markup {
    let way = match kind {
        0 => "m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
        1 => "m-4-4h8v8h-8z",
        2 => "m0-5.5l5 9h-10z",
        3 => "m0-5.5l5 5.5l-5 5.5l-5-5.5z",
        4 => "m-1.5-5h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5v-3h3.5z",
        _ => "m0 5.5l-5-9h10z",
    };
    html! { path d={ "M" (x) " " (y) (way) } {} }
}

/// Two decimals are finer than any screen.
fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(scale: Scale, places: &[(f64, f64)]) -> Chart {
        let axis = || Axis {
            title: "number".to_owned(),
            scale,
            write: |number| number.to_string(),
        };
        Chart {
            label: "Some <numbers>".to_owned(),
            x: axis(),
            y: axis(),
            series: vec![Series {
                name: "a".to_owned(),
                kind: 0,
                is_model: false,
                points: places
                    .iter()
                    .map(|(x, y)| Point {
                        x: *x,
                        y: *y,
                        spread: None,
                        title: String::new(),
                    })
                    .collect(),
            }],
            marks: Vec::new(),
        }
    }

    #[test]
    fn on_a_logarithmic_axis_ten_times_as_much_is_as_far_everywhere() {
        let places = [(0.01, 1.0), (0.1, 10.0), (1.0, 100.0)];
        let html = curve(&chart(Scale::Logarithmic, &places)).into_string();
        assert!(html.contains("points=\"74,254 264,133 454,12\""), "{html}");
        assert!(
            html.contains("aria-label=\"Some &lt;numbers&gt;\""),
            "{html}"
        );
    }

    #[test]
    fn a_linear_axis_begins_at_zero() {
        let html = curve(&chart(Scale::Linear, &[(1.0, 2.0), (2.0, 4.0)])).into_string();
        assert!(html.contains("points=\"264,133 454,12\""), "{html}");
        let span = Span::around(Scale::Linear, [3.0, 8.0].into_iter());
        assert_eq!(span.ticks(), [0.0, 2.0, 4.0, 6.0, 8.0]);
    }

    #[test]
    fn ticks_are_round_and_not_more_than_fit() {
        let ticks =
            |numbers: &[f64]| Span::around(Scale::Logarithmic, numbers.iter().copied()).ticks();
        assert_eq!(ticks(&[1.0, 20.0]), [1.0, 2.0, 5.0, 10.0, 20.0]);
        assert_eq!(ticks(&[1.0, 1e5]).len(), 6);
        assert!(ticks(&[1e-3, 1e9]).len() <= MOST_TICKS);
        assert!(!ticks(&[50.0]).is_empty());
    }

    #[test]
    fn nothing_to_show_and_what_cannot_be_shown_are_no_trouble() {
        for scale in [Scale::Linear, Scale::Logarithmic] {
            let places: [&[(f64, f64)]; 4] = [
                &[],
                &[(0.0, 0.0)],
                &[(1.0, 1.0)],
                &[(-1.0, f64::NAN), (2.0, 3.0)],
            ];
            for places in places {
                let html = curve(&chart(scale, places)).into_string();
                assert!(!html.contains("NaN") && !html.contains("inf"), "{html}");
            }
        }
    }

    #[test]
    fn a_model_has_no_marks_and_a_place_that_is_set_apart_is_named() {
        let mut chart = chart(Scale::Linear, &[(1.0, 2.0), (2.0, 4.0)]);
        chart.series[0].is_model = true;
        chart.marks.push(Mark {
            x: 2.0,
            y: 4.0,
            label: "here".to_owned(),
            kind: 2,
        });
        let html = curve(&chart).into_string();
        assert!(!html.contains("<path"), "{html}");
        assert!(
            html.contains("curve-0 model") && html.contains("text-anchor=\"end\">here"),
            "{html}"
        );
        assert!(!html.contains("style="), "{html}");
    }
}
