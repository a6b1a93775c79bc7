//! Bar charts.

use maud::{Markup, PreEscaped};
use svg::node::element::{Rectangle, Title};
use svg::{Document, Node};

/// The chart's own units; the page stretches it.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 200.0;

/// One bar.
pub struct Bar {
    /// What it stands for, shown when it is pointed at.
    pub title: String,
    /// How high it is.
    pub value: f64,
    /// Whether it is set apart from the others.
    pub marked: bool,
}

/// Upright bars side by side, from zero to the largest value. `label` says to those who cannot see it what there is to see.
pub fn bar_chart(label: &str, bars: &[Bar]) -> Markup {
    let highest = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let slot = WIDTH / bars.len().max(1) as f64;
    let mut chart = Document::new()
        .set("viewBox", (0, 0, WIDTH, HEIGHT))
        .set("preserveAspectRatio", "none")
        .set("class", "bars")
        .set("role", "img")
        .set("aria-label", label);
    for (at, bar) in bars.iter().enumerate() {
        let height = if highest > 0.0 {
            bar.value / highest * HEIGHT
        } else {
            0.0
        };
        chart.append(
            Rectangle::new()
                .set("class", if bar.marked { "bar marked" } else { "bar" })
                .set("x", round(at as f64 * slot))
                .set("y", round(HEIGHT - height))
                .set("width", round(slot * 0.8))
                .set("height", round(height))
                .add(Title::new(bar.title.clone())),
        );
    }
    PreEscaped(chart.to_string())
}

/// Two decimals are finer than any screen.
fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_value_fills_the_height_and_names_cannot_break_out() {
        let bar = |title: &str, value| Bar {
            title: title.to_owned(),
            value,
            marked: false,
        };
        let chart = bar_chart(
            "Words",
            &[bar("\"><script>alert(1)</script>", 10.0), bar("b", 5.0)],
        )
        .into_string();
        assert!(!chart.contains("<script"), "{chart}");
        assert!(
            chart.contains("height=\"200\"") && chart.contains("height=\"100\""),
            "{chart}"
        );
    }

    #[test]
    fn bars_of_nothing_have_no_height() {
        let empty = [Bar {
            title: String::new(),
            value: 0.0,
            marked: false,
        }];
        assert!(
            bar_chart("Words", &empty)
                .into_string()
                .contains("height=\"0\"")
        );
        assert!(!bar_chart("Words", &[]).into_string().contains("rect"));
    }
}
