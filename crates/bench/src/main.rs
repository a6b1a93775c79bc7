//! The same tasks as in the browser, natively: what the benches in `tests/bench` compare with.
//!
//! It reads one command per line from standard input, as JSON, and answers each with one line of JSON, so that a bench
//! can let it take turns with the browser:
//!
//! - `{"do": "about"}`: rayon's version, and the machine's cores;
//! - `{"do": "primes", "limit": 300000, "tasks": 40, "threads": 2}`: so many tasks `count_primes` on a pool of threads;
//! - `{"do": "words", "folder": "dist/data/addresses"}`: the task `word_frequencies` over each text of a collection;
//! - `{"do": "codec", "format": "csv", "what": "decode", "bytes": 10000000}`: records written (`encode`) or read, as many
//!   as make so many bytes, or as `"records"` says; with `"file"` instead of `"what"`, written there for others to read.

mod call;
mod codecs;
mod primes;
mod words;

use std::io::{BufRead, Write, stdin, stdout};

use anyhow::{Context, Result, bail};
use serde_json::{Value as Json, json};

fn main() -> Result<()> {
    let mut bench = Bench::default();
    for line in stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = bench
            .answer(&line)
            .unwrap_or_else(|error| json!({ "error": format!("{error:#}") }));
        let mut out = stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

/// What is kept from one command to the next, so that no command pays for it.
#[derive(Default)]
struct Bench {
    pools: primes::Pools,
    collections: words::Collections,
    codecs: codecs::Codecs,
}

impl Bench {
    /// Does what one line asks.
    fn answer(&mut self, line: &str) -> Result<Json> {
        let command: Json = serde_json::from_str(line).context("the line is not JSON")?;
        let number = |name: &str| {
            command[name]
                .as_u64()
                .with_context(|| format!("`{name}` must be a whole number from 0"))
        };
        match command["do"].as_str() {
            Some("about") => {
                let cores = std::thread::available_parallelism()?;
                Ok(json!({ "rayon": rayon_version()?, "cores": cores }))
            }
            Some("primes") => {
                self.pools
                    .run(number("limit")?, number("tasks")?, number("threads")?)
            }
            Some("words") => {
                let folder = command["folder"]
                    .as_str()
                    .context("`folder` must be a text")?;
                self.collections.run(folder)
            }
            Some("codec") => {
                let text = |name: &str| {
                    command[name]
                        .as_str()
                        .with_context(|| format!("`{name}` must be a text"))
                };
                let size = match number("records") {
                    Ok(records) => codecs::Size::Records(usize::try_from(records)?),
                    Err(_) => codecs::Size::Bytes(usize::try_from(number("bytes")?)?),
                };
                match text("file") {
                    Ok(file) => self.codecs.write(text("format")?, size, file),
                    Err(_) => self.codecs.run(text("format")?, size, text("what")?),
                }
            }
            _ => bail!("`do` must be about, primes, words or codec"),
        }
    }
}

/// The version of rayon this program was made with.
fn rayon_version() -> Result<&'static str> {
    include_str!("../../../Cargo.lock")
        .split_once("name = \"rayon\"\nversion = \"")
        .and_then(|(_, rest)| rest.split('"').next())
        .context("Cargo.lock has no rayon")
}

#[cfg(test)]
mod tests {
    use super::Bench;

    #[test]
    fn primes_are_counted_by_each_task() -> anyhow::Result<()> {
        let mut bench = Bench::default();
        let answer =
            bench.answer(r#"{ "do": "primes", "limit": 100, "tasks": 3, "threads": 2 }"#)?;
        assert_eq!(answer["sum"], 75);
        assert!(
            answer["milliseconds"]
                .as_f64()
                .is_some_and(|time| time > 0.0)
        );
        Ok(())
    }

    #[test]
    fn a_format_is_measured() -> anyhow::Result<()> {
        let mut bench = Bench::default();
        for what in ["encode", "decode"] {
            let line =
                format!(r#"{{ "do": "codec", "format": "csv", "what": "{what}", "records": 20 }}"#);
            let answer = bench.answer(&line)?;
            assert_eq!(answer["records"], 20);
            assert!(
                answer["milliseconds"]
                    .as_f64()
                    .is_some_and(|time| time > 0.0)
            );
        }
        Ok(())
    }

    #[test]
    fn rayon_is_named() -> anyhow::Result<()> {
        let answer = Bench::default().answer(r#"{ "do": "about" }"#)?;
        assert!(
            answer["rayon"]
                .as_str()
                .is_some_and(|version| version.starts_with("1."))
        );
        Ok(())
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for line in [
            "x",
            "{}",
            r#"{ "do": "primes" }"#,
            r#"{ "do": "words", "folder": "nowhere" }"#,
            r#"{ "do": "codec", "format": "csv", "what": "burn", "bytes": 1000 }"#,
            r#"{ "do": "codec", "format": "none", "what": "encode", "bytes": 1000 }"#,
        ] {
            assert!(Bench::default().answer(line).is_err(), "{line}");
        }
    }
}
