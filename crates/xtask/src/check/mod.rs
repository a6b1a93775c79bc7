//! `cargo xtask check`: the rules of the house that a program can hold. One file per check.

mod format;
mod languages;
mod layers;
mod lessons;
mod lints;
mod marks;
mod module_docs;
mod sizes;
pub(crate) mod sources;
mod types;
mod typescript;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::setup;

pub(crate) use typescript::run as type_check;

/// One rule.
struct Check {
    /// How it is called on the command line.
    name: &'static str,
    /// What holds when it is ok.
    rule: &'static str,
    /// Ok with a remark (may be empty), or what is wrong.
    run: fn(&Path) -> Result<String>,
}

/// All rules, in the order in which they are checked: the fast ones first.
const CHECKS: [Check; 11] = [
    Check {
        name: "layers",
        rule: "crates depend downward only; the browser is named in one crate",
        run: layers::run,
    },
    Check {
        name: "docs",
        rule: "each Rust file says what it is",
        run: module_docs::run,
    },
    Check {
        name: "marks",
        rule: "no open marks, no machine's paths, unsafe code gives its reason",
        run: marks::run,
    },
    Check {
        name: "format",
        rule: "Rust is formatted",
        run: format::run,
    },
    Check {
        name: "lessons",
        rule: "the lessons can be read; no link is dead",
        run: lessons::run,
    },
    Check {
        name: "languages",
        rule: "every text of the interface is in every catalogue",
        run: languages::run,
    },
    Check {
        name: "types",
        rule: "the generated TypeScript types are fresh",
        run: types::run,
    },
    Check {
        name: "typescript",
        rule: "TypeScript is sound, strictly",
        run: |root| type_check(root).map(|()| String::new()),
    },
    Check {
        name: "lints",
        rule: "clippy has nothing to say (native crates)",
        run: lints::native,
    },
    Check {
        name: "lints-wasm",
        rule: "clippy has nothing to say (wasm crates)",
        run: lints::wasm,
    },
    Check {
        name: "sizes",
        rule: "the built site keeps to its budget",
        run: sizes::run,
    },
];

/// Runs all checks, or the one that is named, and prints a line for each.
///
/// # Errors
/// When there is no check of that name, or set-up fails; a failed check is an exit code.
pub(crate) fn run(root: &Path, name: Option<&str>) -> Result<ExitCode> {
    if let Some(name) = name
        && !CHECKS.iter().any(|check| check.name == name)
    {
        let names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
        bail!("there is no check `{name}`; there are {}", names.join(", "));
    }
    setup::npm_packages(root)?;
    let mut failed = 0;
    for check in CHECKS
        .iter()
        .filter(|check| name.is_none_or(|name| name == check.name))
    {
        let start = Instant::now();
        let outcome = (check.run)(root);
        let seconds = start.elapsed().as_secs_f64();
        match outcome {
            Ok(remark) if remark.is_empty() => {
                println!("ok      {:10} {} ({seconds:.1} s)", check.name, check.rule);
            }
            Ok(remark) => println!(
                "ok      {:10} {}: {remark} ({seconds:.1} s)",
                check.name, check.rule
            ),
            Err(error) => {
                failed += 1;
                let error = format!("{error:#}").replace('\n', "\n        ");
                println!(
                    "FAILED  {:10} {} ({seconds:.1} s)\n        {error}",
                    check.name, check.rule
                );
            }
        }
    }
    if failed > 0 {
        println!("checks: {failed} failed");
        return Ok(ExitCode::FAILURE);
    }
    println!("checks: all ok");
    Ok(ExitCode::SUCCESS)
}

/// Ok when there are no problems, else an error with one line for each.
fn none(problems: &[String]) -> Result<String> {
    if problems.is_empty() {
        Ok(String::new())
    } else {
        bail!("{}", problems.join("\n"))
    }
}
