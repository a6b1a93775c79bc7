//! What was expected, against what was measured.

use language::t;
use maud::{Markup, html};
use widgets::format;

use super::findings::{Finding, Results, Times, time};
use super::state::{Formats, names, title};
use crate::message::{ELEMENTS, message};

/// The two questions.
pub(super) fn questions(lab: &Formats) -> Markup {
    let busy = lab.is_busy();
    let question = |control: &str, words: String, guess: &Option<String>| {
        html! {
            div.field {
                label for={ "fm-" (control) } { (words) }
                select id={ "fm-" (control) } data-change=(control) disabled[busy] {
                    option value="" selected[guess.is_none()] { (t!("no guess")) }
                    @for name in names().filter(|name| lab.chosen.contains(name)) {
                        option value=(name) selected[guess.as_deref() == Some(name)] { (title(name)) }
                    }
                }
            }
        }
    };
    html! {
        fieldset.settings {
            legend { (t!("Your guess, before you measure")) }
            (question("guess-smallest", t!("Which is the smallest?"), &lab.guess.smallest))
            (question("guess-fastest", t!("Which is read the fastest?"), &lab.guess.fastest))
            @if busy { p.help.fm-wide { (t!("Locked until this measurement has ended.")) } }
        }
    }
}

/// Guess and truth.
pub(super) fn verdict(results: &Results) -> Markup {
    let by_size = results.ranked(|finding| finding.size.map(|size| size as f64));
    let by_time = results.ranked(|finding| finding.read.median());
    let size = |bytes: f64| format::size(bytes as u64);
    let smallest = |format: &str, size: &str| {
        let told = t!(
            "{format} is the smallest ({size})",
            format = ELEMENTS[0],
            size
        );
        message(&told, &[html! { strong { (format) } }])
    };
    let fastest = |format: &str, time: &str| {
        let told = t!(
            "{format} is read the fastest ({time})",
            format = ELEMENTS[0],
            time
        );
        message(&told, &[html! { strong { (format) } }])
    };
    html! {
        @if !by_size.is_empty() {
            h3 { (t!("Guess and truth")) }
            ul.fm-verdict {
                li { (answer(results.guess.smallest.as_deref(), &smallest, &by_size, &size, results)) }
                @if !by_time.is_empty() {
                    li {
                        (answer(results.guess.fastest.as_deref(), &fastest, &by_time, &time, results))
                        (close_call(&by_time))
                    }
                }
            }
        }
    }
}

fn answer(
    guess: Option<&str>,
    what: &dyn Fn(&str, &str) -> Markup,
    ranked: &[(&Finding, f64)],
    words: &dyn Fn(f64) -> String,
    results: &Results,
) -> Markup {
    let Some((best, least)) = ranked.first() else {
        return html! {};
    };
    let truth = |title: &str| what(title, &words(*least));
    let is = ELEMENTS[0];
    let Some(guess) = guess else {
        return message(&t!("No guess. {is}.", is), &[truth(&best.title)]);
    };
    let known = results.find(guess).map(|finding| finding.title.as_str());
    let guessed = known.unwrap_or_else(|| title(guess));
    let Some((_, number)) = ranked.iter().find(|(finding, _)| finding.name == guess) else {
        let told = t!(
            "You said {guessed}, which could not be measured; {is}.",
            guessed,
            is
        );
        return message(&told, &[truth(&best.title)]);
    };
    // Who is as good as the first is right too.
    match ranked.iter().filter(|(_, other)| other < number).count() {
        0 => html! { span.fm-right { (t!("Right!")) } " " (truth(guessed)) "." },
        before => {
            let told = t!(
                "You said {guessed}, but {is}. {guessed} came {place} of {formats} with {number}, {times}.",
                guessed,
                is,
                place = ordinal(before + 1),
                formats = ranked.len(),
                number = words(*number),
                times = times(number / least.max(f64::MIN_POSITIVE)),
            );
            message(&told, &[truth(&best.title)])
        }
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
            " " (t!("It is close: the times of {first} and {second} overlap.", first = first.title, second = second.title))
        }
    }
}

/// How many times as much, in words that a person would use.
pub(super) fn times(ratio: f64) -> String {
    match ratio {
        ratio if ratio < 1.095 => t!("nearly the same"),
        ratio if ratio < 10.0 => t!(
            "{ratio} times as much",
            ratio = language::number(&format!("{ratio:.1}"))
        ),
        ratio => t!("{ratio} times as much", ratio = format!("{ratio:.0}")),
    }
}

fn ordinal(number: usize) -> String {
    match number {
        1 => t!("1st"),
        2 => t!("2nd"),
        3 => t!("3rd"),
        _ => t!("{number}th", number),
    }
}
