//! The project's own commands: `cargo xtask serve`, `test`, `build`, `check`, `bench` and the smaller ones below them.
//!
//! Reading order: [`arguments`] is the command line, `commands` has one file per command, `setup` finds or installs
//! what they need, `finish` turns what Trunk built into the site, `check` and `bench` have one file per check and bench.

mod arguments;
mod bench;
mod check;
mod commands;
mod finish;
mod generated;
mod languages;
mod lessons;
mod lockfile;
mod process;
mod project;
mod setup;

use std::process::ExitCode;

fn main() -> ExitCode {
    let outcome = arguments::parse(lexopt::Parser::from_env()).and_then(commands::run);
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
