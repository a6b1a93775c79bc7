//! Running other programs: a clean environment, and one-line errors.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// A command without the variables that `cargo run` gave to this program: they would make a cargo called from
/// here believe that build scripts must run again.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        let Some(name) = name.to_str() else { continue };
        if name.starts_with("CARGO_PKG_")
            || matches!(name, "CARGO" | "CARGO_MANIFEST_DIR" | "CARGO_MANIFEST_PATH")
        {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end, its output going where ours goes.
///
/// # Errors
/// When it cannot be started or ends badly; `what` is what it was to do.
pub(crate) fn run(command: &mut Command, what: &str) -> Result<()> {
    let status = command.status().with_context(|| {
        format!(
            "{what}: `{}` cannot be started",
            command.get_program().to_string_lossy()
        )
    })?;
    if !status.success() {
        bail!("{what} failed ({status}): `{}`", line(command));
    }
    Ok(())
}

/// Runs a command and gives back what it printed.
///
/// # Errors
/// When it cannot be started or ends badly; then what it printed to standard error is part of the message.
pub(crate) fn output(command: &mut Command, what: &str) -> Result<String> {
    output_of(command.stdin(Stdio::null()), what)
}

/// The same of a command that has been given something to read.
///
/// # Errors
/// As [`output`].
pub(crate) fn output_of(command: &mut Command, what: &str) -> Result<String> {
    let output = command.output().with_context(|| {
        format!(
            "{what}: `{}` cannot be started",
            command.get_program().to_string_lossy()
        )
    })?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{what} failed ({}): `{}`\n{}",
            output.status,
            line(command),
            stderr.trim()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("{what}: its output is not text"))
}

/// Runs a command silently; when it ends badly, what it printed is the error.
///
/// # Errors
/// When it cannot be started or ends badly.
pub(crate) fn quietly(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output().with_context(|| {
        format!(
            "`{}` cannot be started",
            command.get_program().to_string_lossy()
        )
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = [
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    ];
    bail!(
        "`{}` ended with {}\n{}",
        line(command),
        output.status,
        said.concat().trim()
    )
}

/// The line that says why, of what [`quietly`] found printed.
pub(crate) fn reason(error: &anyhow::Error) -> String {
    let text = error.to_string();
    let line = text.lines().find_map(|line| line.strip_prefix("error: "));
    line.or(text.lines().next()).unwrap_or_default().to_owned()
}

/// The first of these programs that is found, by path or on `PATH`.
pub(crate) fn find(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    names.iter().find_map(|name| {
        if name.contains('/') {
            return Some(PathBuf::from(name)).filter(|file| file.is_file());
        }
        env::split_paths(&path)
            .map(|folder| folder.join(name))
            .find(|file| file.is_file())
    })
}

/// `PATH` with these folders in front.
///
/// # Errors
/// When a folder's name has the separator in it.
pub(crate) fn path_with(folders: &[PathBuf]) -> Result<std::ffi::OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(env::split_paths(&path));
    env::join_paths(all).context("a folder of the tools cannot be put on PATH")
}

/// Reads a text file.
///
/// # Errors
/// Names the file.
pub(crate) fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// Writes a file, and its folder when it is missing.
///
/// # Errors
/// Names the file.
pub(crate) fn write(file: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    std::fs::write(file, content).with_context(|| format!("{} cannot be written", file.display()))
}

/// The files directly in a folder that have this ending, sorted by name.
///
/// # Errors
/// Names the folder.
pub(crate) fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_file() && path.to_string_lossy().ends_with(ending) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// A command as one would type it.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}
