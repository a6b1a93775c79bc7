//! What is said of a measurement.

use experiments::Failure;
use widgets::format;

use super::findings::Results;
use super::run::{Kind, Run};

/// Why a format takes part no longer.
pub(super) fn why(kind: Kind, failure: &Failure) -> String {
    match failure.code.as_str() {
        "worker-lost" => format!(
            "{} ended the worker, most likely for want of memory.",
            capital(kind.words())
        ),
        _ if matches!(kind, Kind::Rows | Kind::Write) => failure.message.clone(),
        _ => format!("It was written, but {} failed: {failure}", kind.words()),
    }
}

/// With a capital at the beginning.
pub(super) fn capital(text: &str) -> String {
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
    let what = format!("{}, {} …", results.formats[at].title, kind.words());
    match run.round {
        0 => format!("The first time: {what}"),
        round => format!("Round {round} of {}: {what}", results.rounds),
    }
}

/// How it ended.
pub(super) fn ended(results: &Results) -> String {
    let failed = results.formats.iter().filter(|f| f.failed.is_some());
    let failed = failed.count() as u64;
    let measured = results.formats.len() as u64 - failed;
    let but = match failed {
        0 => String::new(),
        1 => " One could not be: its place says why.".to_owned(),
        _ => format!(" {failed} could not be: their places say why."),
    };
    format!(
        "Done: {} measured.{but}",
        format::plural(measured, "format")
    )
}
