//! The command line: text in, one [`Command`] out.

use anyhow::{Result, bail};
use lexopt::ValueExt;
use lexopt::prelude::{Long, Short, Value};

use crate::commands::{build, serve, test};
use crate::setup::Choice;

/// What `cargo xtask help` prints.
pub(crate) const HELP: &str = "\
cargo xtask COMMAND

  serve [--port 8080] [--no-isolation] [--prefix /some/where/] [--dev] [--no-build]
                       set up what is missing, build the site, serve it, print the address
  test [native|browser]
                       set up what is missing, run every test
  build [--dev]        the static site in dist/: copy it to any host, under any sub-path
  check [NAME]         format, lints, layers, module docs, generated types, sizes; NAME runs one of them
  bench [NAME]         measure, print a table, write target/bench/NAME.json and docs/benchmarks.md
  setup [--toolchain auto|rustup|debian] [--browsers]
                       find or install what the others need (they all do this themselves)
  record               run the labs of the built site in Chromium and keep what they show as their recorded views
  screenshots          take the pictures in docs/screenshots
  types                write the TypeScript types made from the Rust types
  help                 this text

Environment: JOBLET_TOOLCHAIN=auto|rustup|debian picks the compiler of the wasm; CHROMIUM and FIREFOX are paths of browsers.
";

/// One command with its options.
#[derive(Debug)]
pub(crate) enum Command {
    /// Print [`HELP`].
    Help,
    /// Find or install what the other commands need.
    Setup {
        /// Which compiler makes the wasm.
        choice: Choice,
        /// Also the browsers that the tests drive.
        browsers: bool,
    },
    /// Build the site into `dist/`.
    Build(build::Profile),
    /// Trunk's hook: turn its staging folder into the site.
    Finish,
    /// Build and serve the site.
    Serve(serve::Options),
    /// Run tests.
    Test(test::Which),
    /// Run all checks, or the one named.
    Check(Option<String>),
    /// Run all benches, or the one named.
    Bench(Option<String>),
    /// Keep a run as what a page shows before anything runs.
    Record,
    /// The pictures of the documents.
    Screenshots,
    /// Write the generated TypeScript types.
    Types,
}

/// Reads the command line.
///
/// # Errors
/// Says which word is not understood and what is.
pub(crate) fn parse(mut parser: lexopt::Parser) -> Result<Command> {
    let mut words: Vec<String> = Vec::new();
    let mut serve = serve::Options::default();
    let mut profile = build::Profile::Release;
    let mut choice = Choice::from_environment()?;
    let mut browsers = false;
    let mut options: Vec<String> = Vec::new();
    while let Some(argument) = parser.next()? {
        if let Long(name) = argument {
            options.push(name.to_owned());
        }
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("port") => serve.port = number(&parser.value()?.string()?)?,
            Long("prefix") => serve.prefix = parser.value()?.string()?,
            Long("no-isolation") => serve.isolation = false,
            Long("no-build") => serve.build = false,
            Long("dev") => profile = build::Profile::Dev,
            Long("toolchain") => choice = Choice::parse(&parser.value()?.string()?)?,
            Long("browsers") => browsers = true,
            Value(word) => words.push(word.string()?),
            other => bail!(
                "{}; `cargo xtask help` lists the options",
                other.unexpected()
            ),
        }
    }
    serve.profile = profile;
    let mut words = words.into_iter();
    let name = words.next().unwrap_or_else(|| "help".to_owned());
    let operand = words.next();
    if let Some(more) = words.next() {
        bail!("`{more}` is one word too many; `cargo xtask help` shows the commands");
    }
    let takes: &[&str] = match name.as_str() {
        "serve" => &["port", "prefix", "no-isolation", "no-build", "dev"],
        "build" => &["dev"],
        "setup" => &["toolchain", "browsers"],
        _ => &[],
    };
    if let Some(stray) = options
        .iter()
        .find(|option| !takes.contains(&option.as_str()))
    {
        bail!("`cargo xtask {name}` has no option --{stray}; `cargo xtask help` lists the options");
    }
    let command = match name.as_str() {
        "check" => return Ok(Command::Check(operand)),
        "bench" => return Ok(Command::Bench(operand)),
        "test" => return Ok(Command::Test(test::Which::parse(operand.as_deref())?)),
        "help" => Command::Help,
        "setup" => Command::Setup { choice, browsers },
        "build" => Command::Build(profile),
        "finish" => Command::Finish,
        "serve" => Command::Serve(serve),
        "record" => Command::Record,
        "screenshots" => Command::Screenshots,
        "types" => Command::Types,
        unknown => bail!("there is no command `{unknown}`; `cargo xtask help` lists them"),
    };
    match operand {
        Some(word) => bail!("`cargo xtask {name}` takes no `{word}`"),
        None => Ok(command),
    }
}

/// Reads a port.
fn number(text: &str) -> Result<u16> {
    text.parse()
        .map_err(|_| anyhow::anyhow!("--port wants a number from 0 to 65535, not `{text}`"))
}

#[cfg(test)]
mod tests {
    use super::{Command, parse};

    fn parsed(words: &[&str]) -> anyhow::Result<Command> {
        parse(lexopt::Parser::from_args(words.iter().copied()))
    }

    #[test]
    fn serve_takes_its_options() -> anyhow::Result<()> {
        let Command::Serve(options) =
            parsed(&["serve", "--port", "90", "--no-isolation", "--prefix", "/a/"])?
        else {
            anyhow::bail!("not a serve command");
        };
        assert_eq!(
            (options.port, options.isolation, options.prefix.as_str()),
            (90, false, "/a/")
        );
        Ok(())
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for words in [
            &["nonsense"][..],
            &["build", "--port", "1"],
            &["build", "more"],
            &["serve", "--port", "x"],
        ] {
            assert!(parsed(words).is_err(), "{words:?} was accepted");
        }
    }
}
