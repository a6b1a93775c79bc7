//! Fields and buttons.

use language::t;
use maud::{Markup, html};

use super::super::fields::{FILE, Fields, listed};
use super::super::state::CacheInspector;
use super::said;

pub(super) fn program(lab: &CacheInspector) -> Markup {
    let fields = &lab.fields;
    let is_read = fields.program.is_ok();
    html! {
        fieldset {
            legend { (t!("The function")) }
            div.ci-program {
                label for="ci-source" { (t!("Program; its last function is the one that is called")) }
                textarea #ci-source data-change="source" rows="9" spellcheck="false" autocapitalize="off" autocomplete="off"
                    aria-describedby="ci-signature" aria-invalid=[(!is_read).then_some("true")] { "\n" (fields.source) }
                p #ci-signature .help {
                    @match &fields.program {
                        Ok(program) => {
                            (t!("{function} begins at line {line}. An edit of it drops what is remembered of it; moving it does not.", function = program.function().name, line = program.function().first_line))
                        },
                        Err(error) => { span.fault { strong { (t!("This is no program.")) " " } (error) } },
                    }
                }
                div.actions {
                    button type="button" data-press="edit" { (t!("Add a comment to it")) }
                    button type="button" data-press="move" { (t!("Move it down a line")) }
                    button type="button" data-press="first-text" { (t!("The first text again")) }
                }
            }
            div.field {
                label for="ci-file" { (t!("The file {name}", name = FILE)) }
                input #ci-file type="text" size="8" autocomplete="off" spellcheck="false" data-change="file" value=(fields.file) aria-describedby="ci-file-help";
                span #ci-file-help .help { (t!("A program may read it: {code}", code = format!("float(open(\"{FILE}\").read())"))) }
            }
        }
    }
}

/// Arguments as they might be written.
fn example(lab: &CacheInspector) -> String {
    let fields = &lab.fields;
    let by_name = fields
        .written(&fields.arguments)
        .and_then(|call| fields.by_name(&call));
    by_name.map_or_else(
        |_| "100, pieces=2".to_owned(),
        |call| listed(&call.arguments),
    )
}

pub(super) fn rules(lab: &CacheInspector) -> Markup {
    let fields = &lab.fields;
    let texts = [
        (
            "expires",
            t!("Expires after"),
            &fields.expires,
            t!("seconds; nothing: never"),
        ),
        (
            "stale",
            t!("Stale while revalidate"),
            &fields.stale,
            t!(
                "for so many seconds after that the old answer is given, while a new one is computed"
            ),
        ),
        (
            "ignore",
            t!("Ignore"),
            &fields.ignore,
            t!(
                "parameters that are no part of the key, such as {example}",
                example = "note"
            ),
        ),
        (
            "version",
            t!("Version"),
            &fields.version,
            t!("anything: another version is another key"),
        ),
    ];
    let ticks = [
        (
            "watch-uses",
            t!(
                "Other functions and constants that it uses are part of the key (joblib does not do that)"
            ),
            fields.watch_uses,
        ),
        (
            "watch-file",
            t!("When the file has changed since, compute anew"),
            fields.watch_file,
        ),
        (
            "compress",
            t!("Keep results compressed (sizes below are those of the results themselves)"),
            fields.compress,
        ),
    ];
    html! {
        details.ci-rules {
            summary {
                (t!("How it is remembered"))
                @let set = in_force(fields);
                @if !set.is_empty() { ": " span.ci-set { (set.join("; ")) } }
            }
            @for (control, label, value, help) in texts {
                div.field {
                    label for={ "ci-" (control) } { (label) }
                    input id={ "ci-" (control) } type="text" size="10" autocomplete="off" spellcheck="false" autocapitalize="off" data-change=(control)
                        value=(value) aria-describedby={ "ci-" (control) "-help" };
                    span id={ "ci-" (control) "-help" } .help { (help) }
                }
            }
            @for (control, words, is_on) in ticks {
                label.choice {
                    input type="checkbox" data-change=(control) checked[is_on];
                    span { (words) }
                }
            }
            div.field {
                label for="ci-verbose" { (t!("Printed lines")) }
                select #ci-verbose data-change="verbose" {
                    @for (value, words) in [(0, t!("none")), (1, t!("calls that are computed")), (2, t!("and those that are loaded"))] {
                        option value=(value) selected[fields.verbose == value] { (words) }
                    }
                }
            }
        }
    }
}

/// What is set, in words, so that it is seen while the fields are folded away.
fn in_force(fields: &Fields) -> Vec<String> {
    let mut set = Vec::new();
    if !fields.expires.is_empty() {
        set.push(t!("expires after {seconds} s", seconds = fields.expires));
    }
    if !fields.stale.is_empty() {
        set.push(t!(
            "for {seconds} s more an old answer will do",
            seconds = fields.stale
        ));
    }
    if !fields.ignore.is_empty() {
        set.push(t!("{names} ignored", names = fields.ignore));
    }
    if !fields.version.is_empty() {
        set.push(t!("version {version}", version = fields.version));
    }
    for (is_on, words) in [
        (fields.watch_uses, t!("what it uses is part of the key")),
        (fields.watch_file, t!("the file’s last change counts")),
        (fields.compress, t!("compressed")),
    ] {
        if is_on {
            set.push(words);
        }
    }
    set
}

/// Buttons, of which the first may be the main one.
fn buttons(lab: &CacheInspector, has_main: bool, all: &[(&str, String)]) -> Markup {
    let off = lab.is_busy().then_some("true");
    html! {
        @for (at, (control, words)) in all.iter().enumerate() {
            button.primary[has_main && at == 0] type="button" data-press=(control) aria-disabled=[off] { (words) }
        }
    }
}

pub(super) fn actions(lab: &CacheInspector) -> Markup {
    let all = [
        ("call", t!("Call")),
        ("keyword", t!("Call again by keyword")),
        ("other", t!("Call with another argument")),
        ("force", t!("Force")),
        ("check", t!("Is it remembered?")),
    ];
    let fields = &lab.fields;
    html! {
        fieldset.ci-one {
            legend { (t!("One call")) }
            div.field {
                label for="ci-arguments" { (t!("Arguments")) }
                input #ci-arguments type="text" size="24" autocomplete="off" spellcheck="false" autocapitalize="off" data-change="arguments"
                    value=(fields.arguments) aria-describedby="ci-arguments-help";
                span #ci-arguments-help .help { (t!("As between the parentheses of a call: {example}", example = example(lab))) }
            }
            div.actions {
                (buttons(lab, true, &all))
                button type="button" data-press="stop" aria-disabled=[(!lab.is_busy()).then_some("true")] { (t!("Stop")) }
            }
        }
    }
}

pub(super) fn series(lab: &CacheInspector) -> Markup {
    let fields = &lab.fields;
    let between = [
        "RATE = 0.25".to_owned(),
        format!("def {}(…):", name(lab)),
        format!("open(\"{FILE}\", \"w\").write(\"0.25\")"),
        "time.sleep(3600)".to_owned(),
        "memory.reduce_size(items_limit=2)".to_owned(),
        "memory.clear()".to_owned(),
    ];
    html! {
        fieldset.ci-series {
            legend { (t!("Several calls in a row")) }
            div.ci-program {
                label for="ci-series" { (t!("One call on each line")) }
                textarea #ci-series data-change="calls" aria-describedby="ci-series-help" rows="8" spellcheck="false" autocapitalize="off" autocomplete="off" { "\n" (fields.calls) }
            }
            p #ci-series-help .help {
                (t!("Between the calls, a line may give a constant another value, write the function anew, write the file, let time pass (which is acted), or remove what is remembered:"))
                @for (at, line) in between.iter().enumerate() { @if at > 0 { " ·" } " " code { (line) } }
            }
            div.field {
                label for="ci-callers" { (t!("Each call is made by")) }
                select #ci-callers data-change="callers" {
                    @for (value, words) in [(1, t!("one caller")), (2, t!("two callers at once")), (4, t!("four callers at once"))] {
                        option value=(value) selected[fields.callers == value] { (words) }
                    }
                }
            }
            div.actions { (buttons(lab, false, &[("series", t!("Forget the function, then call all of these"))])) }
        }
    }
}

/// The name of the function.
fn name(lab: &CacheInspector) -> &str {
    let program = lab.fields.program.as_ref();
    program.map_or("price", |program| program.function().name.as_str())
}

/// The buttons of what can happen to a cache.
pub(in super::super) const HARM: [&str; 7] =
    ["two", "reopen", "fill", "kill", "forget", "clear", "reduce"];

pub(super) fn harm(lab: &CacheInspector) -> Markup {
    let fields = &lab.fields;
    let limits = [
        (
            "bytes-limit",
            t!("Bytes"),
            &fields.bytes_limit,
            t!("such as 500K or 12M"),
        ),
        (
            "items-limit",
            t!("Entries"),
            &fields.items_limit,
            t!("a number"),
        ),
        (
            "age-limit",
            t!("Age"),
            &fields.age_limit,
            t!("seconds since it was last used"),
        ),
    ];
    html! {
        h2 { (t!("What can happen to a cache")) }
        div.actions {
            (buttons(lab, false, &[
                ("two", t!("Two callers at once")),
                ("reopen", t!("Open the page anew")),
                ("fill", t!("Fill the store")),
                ("kill", t!("Kill a writer half-way")),
                ("forget", t!("Forget this function")),
                ("clear", t!("Forget everything")),
            ]))
        }
        fieldset.settings {
            legend { (t!("Reduce it to a limit")) }
            @for (control, label, value, help) in limits {
                div.field {
                    label for={ "ci-" (control) } { (label) }
                    input id={ "ci-" (control) } type="text" size="6" autocomplete="off" spellcheck="false" data-change=(control)
                        value=(value) aria-describedby={ "ci-" (control) "-help" };
                    span id={ "ci-" (control) "-help" } .help { (help) }
                }
            }
            div.actions { (buttons(lab, false, &[("reduce", t!("Reduce"))])) }
        }
        // What is said further up, for those who see only this; it was read out there.
        @if lab.is_harm { p.status aria-hidden="true" { (said(lab)) } }
    }
}
