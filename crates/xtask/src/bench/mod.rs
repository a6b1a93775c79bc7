//! `cargo xtask bench`: figures, each from a run on this machine.
//!
//! A bench is either an entry of [`OWN`], or a script `tests/bench/NAME.mjs` that drives a browser (see `script`). The
//! figures of each stay in `target/bench/`, and all together are written to `docs/benchmarks.md` (see `document`).

mod build;
mod dispatcher;
mod document;
mod report;
mod script;

use std::path::Path;

use anyhow::{Result, bail};

use report::Report;

/// A bench written here.
struct Bench {
    /// How it is called on the command line.
    name: &'static str,
    /// What it measures.
    about: &'static str,
    /// Measures.
    run: fn(&Path) -> Result<Report>,
}

/// The benches written here, after those in scripts; what takes longest is last.
const OWN: [Bench; 2] = [
    Bench {
        name: "dispatcher",
        about: "what the dispatcher alone costs, natively, per task and in memory",
        run: dispatcher::run,
    },
    Bench {
        name: "build",
        about: "how long a cold build and a rebuild after a small change take",
        run: build::run,
    },
];

/// Runs all benches, or the one that is named, and writes the page of figures.
///
/// # Errors
/// When there is no bench of that name, or one fails; the others are run first.
pub(crate) fn run(root: &Path, name: Option<&str>) -> Result<()> {
    let scripts = script::all(root)?;
    let names: Vec<&str> = scripts
        .iter()
        .map(|script| script.name.as_str())
        .chain(OWN.iter().map(|own| own.name))
        .collect();
    if let Some(name) = name
        && !names.contains(&name)
    {
        bail!("there is no bench `{name}`; there are {}", names.join(", "));
    }
    let asked = |candidate: &str| name.is_none_or(|name| name == candidate);
    let mut failed = Vec::new();
    let wanted: Vec<_> = scripts
        .iter()
        .filter(|script| asked(&script.name))
        .collect();
    if !wanted.is_empty() {
        let ready = script::Ready::new(root)?;
        for script in wanted {
            println!("\n{}: {}", script.name, script.about);
            let outcome = script
                .run(root, &ready)
                .and_then(|report| show(root, &script.name, &report));
            failed.extend(
                outcome
                    .err()
                    .map(|error| format!("{}: {error:#}", script.name)),
            );
        }
    }
    for bench in OWN.iter().filter(|bench| asked(bench.name)) {
        println!("\n{}: {}", bench.name, bench.about);
        let outcome = (bench.run)(root).and_then(|report| show(root, bench.name, &report));
        failed.extend(
            outcome
                .err()
                .map(|error| format!("{}: {error:#}", bench.name)),
        );
    }
    let entries: Vec<document::Entry<'_>> = scripts
        .iter()
        .map(|script| (script.name.as_str(), script.about.as_str()))
        .chain(OWN.iter().map(|own| (own.name, own.about)))
        .collect();
    document::write(root, &entries)?;
    println!("\nwritten to {}", document::PAGE);
    if failed.is_empty() {
        Ok(())
    } else {
        bail!("{}", failed.join("\n"))
    }
}

/// Prints a report and writes it to `target/bench/`.
fn show(root: &Path, name: &str, report: &Report) -> Result<()> {
    print!("{}", report.table());
    let file = format!("target/bench/{name}.json");
    crate::process::write(
        &root.join(&file),
        serde_json::to_string_pretty(&report.json(name))?,
    )?;
    println!("written to {file}");
    Ok(())
}
