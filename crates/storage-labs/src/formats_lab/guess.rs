//! What was expected, against what was measured.

use maud::{Markup, html};
use widgets::format;

use super::findings::{Finding, Results, Times, time};
use super::state::{Formats, names, title};

/// The two questions.
pub(super) fn questions(lab: &Formats) -> Markup {
    let busy = lab.is_busy();
    let question = |control: &str, words: &str, guess: &Option<String>| {
        html! {
            div.field {
                label for={ "fm-" (control) } { (words) }
                select id={ "fm-" (control) } data-change=(control) disabled[busy] {
                    option value="" selected[guess.is_none()] { "no guess" }
                    @for name in names().filter(|name| lab.chosen.contains(name)) {
                        option value=(name) selected[guess.as_deref() == Some(name)] { (title(name)) }
                    }
                }
            }
        }
    };
    html! {
        fieldset.settings {
            legend { "Your guess, before you measure" }
            (question("guess-smallest", "Which is the smallest?", &lab.guess.smallest))
            (question("guess-fastest", "Which is read the fastest?", &lab.guess.fastest))
            @if busy { p.help.fm-wide { "Locked until this measurement has ended." } }
        }
    }
}

/// Guess and truth.
pub(super) fn verdict(results: &Results) -> Markup {
    let by_size = results.ranked(|finding| finding.size.map(|size| size as f64));
    let by_time = results.ranked(|finding| finding.read.median());
    let size = |bytes: f64| format::size(bytes as u64);
    html! {
        @if !by_size.is_empty() {
            h3 { "Guess and truth" }
            ul.fm-verdict {
                li { (answer(results.guess.smallest.as_deref(), "is the smallest", &by_size, &size, results)) }
                @if !by_time.is_empty() {
                    li {
                        (answer(results.guess.fastest.as_deref(), "is read the fastest", &by_time, &time, results))
                        (close_call(&by_time))
                    }
                }
            }
        }
    }
}

fn answer(
    guess: Option<&str>,
    what: &str,
    ranked: &[(&Finding, f64)],
    words: &dyn Fn(f64) -> String,
    results: &Results,
) -> Markup {
    let Some((best, least)) = ranked.first() else {
        return html! {};
    };
    let truth = |title: &str| html! { strong { (title) } " " (what) " (" (words(*least)) ")" };
    let Some(guess) = guess else {
        return html! { "No guess. " (truth(&best.title)) "." };
    };
    let known = results.find(guess).map(|finding| finding.title.as_str());
    let guessed = known.unwrap_or_else(|| title(guess));
    let Some((_, number)) = ranked.iter().find(|(finding, _)| finding.name == guess) else {
        return html! { "You said " (guessed) ", which could not be measured; " (truth(&best.title)) "." };
    };
    // Who is as good as the first is right too.
    match ranked.iter().filter(|(_, other)| other < number).count() {
        0 => html! { span.fm-right { "Right!" } " " (truth(guessed)) "." },
        before => html! {
            "You said " (guessed) ", but " (truth(&best.title)) ". "
            (guessed) " came " (ordinal(before + 1)) " of " (ranked.len()) " with " (words(*number))
            ", " (times(number / least.max(f64::MIN_POSITIVE))) "."
        },
    }
}

/// Says so if the first two cannot be told apart.
fn close_call(ranked: &[(&Finding, f64)]) -> Markup {
    let [(first, _), (second, _), ..] = ranked else {
        return html! {};
    };
    let most = |times: &Times| times.spread().map(|spread| spread.most);
    let least = |times: &Times| times.spread().map(|spread| spread.least);
    html! {
        @if most(&first.read) >= least(&second.read) {
            " It is close: the times of " (first.title) " and " (second.title) " overlap."
        }
    }
}

/// How many times as much, in words that a person would use.
pub(super) fn times(ratio: f64) -> String {
    match ratio {
        ratio if ratio < 1.095 => "nearly the same".to_owned(),
        ratio if ratio < 10.0 => format!("{ratio:.1} times as much"),
        ratio => format!("{ratio:.0} times as much"),
    }
}

fn ordinal(number: usize) -> String {
    let ending = match number {
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}
