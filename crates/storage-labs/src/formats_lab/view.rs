//! What the lab shows.

use language::t;
use maud::{Markup, html};

use super::state::Formats;
use super::{charts, data, guess, losses, scatter, settings, table, transport};

pub(super) fn regions(lab: &Formats) -> Vec<(&'static str, Markup)> {
    let mut regions = vec![("data", data::origin(lab))];
    // Until the first look is done, what the page came with stays: what stands below must not move under the visitor's hand.
    if lab.looking.seen.is_some() {
        regions.push(("preview", data::preview(lab)));
    }
    regions.extend([
        ("settings", settings::settings(lab)),
        ("guess", guess::questions(lab)),
    ]);
    regions.extend(brief_regions(lab));
    if let Some(results) = &lab.results {
        regions.extend([
            ("recorded", recorded(lab)),
            ("verdict", guess::verdict(results)),
            ("sizes", charts::sizes(results)),
            ("times", charts::times(lab, results)),
            ("scatter", scatter::scatter(results)),
            ("transport", transport::transport(lab, results)),
            ("losses", losses::lost(results)),
            ("table", table::table(lab, results)),
        ]);
    }
    regions
}

/// The regions that change all the time while something is measured.
pub(super) fn brief_regions(lab: &Formats) -> Vec<(&'static str, Markup)> {
    vec![
        ("actions", actions(lab)),
        ("status", status(lab)),
        ("progress", progress(lab)),
    ]
}

fn actions(lab: &Formats) -> Markup {
    let busy = lab.is_busy();
    html! {
        div.actions {
            button.primary type="button" data-press="measure" aria-disabled=[busy.then_some("true")] { (t!("Measure")) }
            button type="button" data-press="stop" aria-disabled=[(!busy).then_some("true")] { (t!("Stop")) }
        }
    }
}

fn status(lab: &Formats) -> Markup {
    html! { p.status role="status" { (lab.status) } }
}

fn progress(lab: &Formats) -> Markup {
    let (Some(run), Some(results)) = (&lab.run, &lab.results) else {
        return html! {};
    };
    let (done, total) = run.progress(results);
    html! {
        div.progress {
            progress max=(total.max(1)) value=(done) aria-label=(t!("Steps done")) {}
            span.numbers aria-hidden="true" { (t!("{done} of {total}", done, total)) }
        }
    }
}

fn recorded(lab: &Formats) -> Markup {
    html! {
        @if let Some(results) = &lab.results {
            @if let Some(recorded) = &lab.recorded {
                h2 { (t!("A recorded measurement")) }
                p.recorded { (t!("What you see was recorded {recorded}, of this data: {data} Press Measure to see it happen here.", recorded, data = results.data)) }
            } @else if !results.data.is_empty() {
                h2 { (t!("Measured here")) }
                p.fm-data { (results.data) }
            }
        }
    }
}
