//! Strips that show what a file, or many of them, is made of.

use language::text;
use maud::{Markup, PreEscaped, html};
use svg::node::element::{Rectangle, Title};
use svg::{Document, Node};

/// The strips' own units; the page stretches them.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 10.0;
/// What is torn is never so thin that it cannot be seen.
const THINNEST_TORN: f64 = 6.0;

/// A part of a strip.
pub(super) struct Part {
    /// Its kind: a class of the style, and the same word in the legend.
    pub(super) kind: &'static str,
    /// What it stands for, shown when it is pointed at.
    pub(super) title: String,
    /// How much of the whole it is.
    pub(super) amount: f64,
}

/// Parts side by side, that fill the whole width. `label` says to those who cannot see it what there is to see.
pub(super) fn strip(label: &str, parts: &[Part]) -> Markup {
    let whole: f64 = parts.iter().map(|part| part.amount).sum();
    let mut chart = Document::new()
        .set("viewBox", (0, 0, WIDTH, HEIGHT))
        .set("preserveAspectRatio", "none")
        .set("class", "strip")
        .set("role", "img")
        .set("aria-label", label);
    let mut widths: Vec<_> = parts
        .iter()
        .map(|part| part.amount / whole.max(f64::MIN_POSITIVE) * WIDTH)
        .collect();
    let thin = parts
        .iter()
        .zip(&widths)
        .position(|(part, width)| part.kind == "torn" && *width > 0.0 && *width < THINNEST_TORN);
    if let Some(thin) = thin
        && let Some(widest) = (0..widths.len()).max_by(|a, b| widths[*a].total_cmp(&widths[*b]))
    {
        widths[widest] -= THINNEST_TORN - widths[thin];
        widths[thin] = THINNEST_TORN;
    }
    let mut x = 0.0;
    for (part, width) in parts.iter().zip(widths) {
        if width > 0.0 {
            chart.append(
                Rectangle::new()
                    .set("class", format!("part {}", part.kind))
                    .set("x", round(x))
                    .set("y", 0)
                    .set("width", round(width))
                    .set("height", HEIGHT)
                    .add(Title::new(part.title.clone())),
            );
        }
        x += width;
    }
    PreEscaped(chart.to_string())
}

/// What the colours mean, in marked texts.
pub(super) fn legend(kinds: &[(&str, &str)]) -> Markup {
    html! {
        p.legend {
            @for (kind, words) in kinds {
                span.key { span class={ "swatch part-" (kind) } {} (text(words)) }
            }
        }
    }
}

/// Pages that are the same as their neighbour, together: how many, and whether they were changed.
pub(super) fn runs(changed: &[bool]) -> Vec<(usize, bool)> {
    let runs = changed.chunk_by(|one, other| one == other);
    runs.map(|run| (run.len(), run[0])).collect()
}

/// Two decimals are finer than any screen.
fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_fill_the_strip_and_names_cannot_break_out() {
        let part = |title: &str, amount| Part {
            kind: "old",
            title: title.to_owned(),
            amount,
        };
        let parts = [part("\"><script>", 1.0), part("b", 3.0), part("c", 0.0)];
        let strip = strip("A <b> label", &parts).into_string();
        assert!(
            !strip.contains("<script>") && !strip.contains("<b>"),
            "{strip}"
        );
        assert!(
            strip.contains("width=\"250\"") && strip.contains("width=\"750\""),
            "{strip}"
        );
        assert_eq!(strip.matches("<rect").count(), 2);
    }

    #[test]
    fn one_torn_record_of_thousands_can_be_seen() {
        let part = |kind, amount| Part {
            kind,
            title: String::new(),
            amount,
        };
        let parts = [
            part("new", 9_000.0),
            part("torn", 1.0),
            part("old", 9_999.0),
        ];
        assert!(strip("", &parts).into_string().contains("width=\"6\""));
    }

    #[test]
    fn pages_are_put_together() {
        assert_eq!(runs(&[true, true, false]), [(2, true), (1, false)]);
        assert_eq!(runs(&[]), []);
    }
}
