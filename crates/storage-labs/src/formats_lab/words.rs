//! What is said of a measurement.

use experiments::Failure;
use language::t;
use widgets::format;

use super::findings::Results;
use super::run::{Kind, Run};

/// Why a format takes part no longer.
pub(super) fn why(kind: Kind, failure: &Failure) -> String {
    match failure.code.as_str() {
        "worker-lost" => t!(
            "{step} ended the worker, most likely for want of memory.",
            step = capital(&kind.words())
        ),
        _ if matches!(kind, Kind::Rows | Kind::Write) => failure.message.clone(),
        _ => t!(
            "It was written, but {step} failed: {failure}",
            step = kind.words(),
            failure
        ),
    }
}

/// With a capital at the beginning.
fn capital(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase());
    first.map_or_else(String::new, |first| {
        format!("{first}{}", characters.as_str())
    })
}

/// What is being done.
pub(super) fn doing(run: &Run, results: &Results) -> String {
    let Some((at, kind)) = run.now else {
        return String::new();
    };
    let format = &results.formats[at].title;
    let step = kind.words();
    match run.round {
        0 => t!("The first time: {format}, {step} …", format, step),
        round => t!(
            "Round {round} of {rounds}: {format}, {step} …",
            round,
            rounds = results.rounds,
            format,
            step
        ),
    }
}

/// How it ended.
pub(super) fn ended(results: &Results) -> String {
    let failed = results.formats.iter().filter(|f| f.failed.is_some());
    let failed = failed.count() as u64;
    let measured = results.formats.len() as u64 - failed;
    let formats = format::plural(measured, "format");
    match failed {
        0 => t!("Done: {formats} measured.", formats),
        1 => t!(
            "Done: {formats} measured. One could not be: its place says why.",
            formats
        ),
        _ => t!(
            "Done: {formats} measured. {failed} could not be: their places say why.",
            formats,
            failed
        ),
    }
}
