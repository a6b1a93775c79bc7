//! Which formats take part, how they are written, and how often.

use language::t;
use maud::{Markup, html};

use super::state::{Formats, MOST_ROUNDS, names, title};
use super::told::told;

/// The seconds to choose from after which a format takes part in no further round.
const BUDGETS: [u32; 4] = [1, 3, 10, 30];

pub(super) fn settings(lab: &Formats) -> Markup {
    let busy = lab.is_busy();
    html! {
        fieldset {
            legend { (t!("Formats")) }
            div.fm-formats {
                @for name in names() {
                    label.choice title=[formats::find(name).map(|format| told(format.holds()))] {
                        input type="checkbox" data-change={ "format-" (name) } disabled[busy] checked[lab.chosen.contains(name)];
                        span { (title(name)) }
                    }
                }
            }
            div.settings {
                div.field {
                    label for="fm-protocol" { (t!("Pickle’s protocol")) }
                    select #fm-protocol data-change="protocol" disabled[busy] {
                        @for protocol in 0..=5 {
                            option value=(protocol) selected[lab.protocol == protocol] { (protocol) }
                        }
                    }
                }
                label.choice {
                    input type="checkbox" data-change="indent" checked[lab.indent] disabled[busy];
                    span { (t!("JSON indented, for people")) }
                }
            }
        }
        fieldset.settings {
            legend { (t!("How to measure")) }
            div.field {
                label for="fm-rounds" { (t!("Rounds")) }
                input #fm-rounds type="number" min="1" max=(MOST_ROUNDS) step="1" value=(lab.rounds) data-change="rounds"
                    aria-describedby="fm-rounds-help" disabled[busy];
                span #fm-rounds-help .help { (t!("after a first one, which counts by itself")) }
            }
            div.field {
                label for="fm-budget" { (t!("Time for each format")) }
                select #fm-budget data-change="budget" disabled[busy] {
                    @for seconds in BUDGETS {
                        option value=(seconds) selected[lab.budget_s == seconds] { (seconds) " s" }
                    }
                }
                span.help { (t!("A slow format gets fewer rounds.")) }
            }
        }
    }
}
