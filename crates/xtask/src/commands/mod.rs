//! One file per command.

pub(crate) mod build;
pub(crate) mod module;
pub(crate) mod record;
pub(crate) mod screenshots;
pub(crate) mod serve;
pub(crate) mod test;

use std::process::ExitCode;

use anyhow::Result;

use crate::arguments::{Command, HELP};
use crate::setup::{self, Choice};
use crate::{bench, check, finish, generated, languages, process, project};

/// Does what the command line asks.
///
/// # Errors
/// One sentence, for a person.
pub(crate) fn run(command: Command) -> Result<ExitCode> {
    let root = project::root()?;
    match command {
        Command::Help => print!("{HELP}"),
        Command::Setup { choice, browsers } => {
            setup::site(&root, choice)?;
            if browsers {
                setup::browsers()?;
            }
        }
        Command::Build(profile) => {
            build::run(&root, Choice::from_environment()?, profile)?;
        }
        Command::Finish => finish::run(&root)?,
        Command::Serve(options) => serve::run(&root, &options)?,
        Command::Test(which) => return Ok(test::run(&root, which)),
        Command::Check(name) => return check::run(&root, name.as_deref()),
        Command::Bench(name) => bench::run(&root, name.as_deref())?,
        Command::Record => record::run(&root)?,
        Command::Screenshots => screenshots::run(&root)?,
        Command::Types => write_types(&root)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the generated TypeScript types and the English catalogue.
fn write_types(root: &std::path::Path) -> Result<()> {
    generated::write_types(&root.join(generated::FOLDER))?;
    process::write(&root.join(languages::ENGLISH), languages::english(root)?)?;
    println!("wrote {} and {}", generated::FOLDER, languages::ENGLISH);
    Ok(())
}
