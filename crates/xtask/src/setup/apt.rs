//! Debian's packages, as root or by `sudo` when that asks nothing.

use anyhow::{Context, Result, bail};

use crate::process;

/// Installs packages, with what they need and nothing that they merely recommend.
///
/// # Errors
/// Ends with the line that a person can type.
pub(crate) fn install(packages: &[&str], why: &str) -> Result<()> {
    let by_hand = format!(
        "apt-get update && apt-get install --no-install-recommends {}",
        packages.join(" ")
    );
    if process::find(&["apt-get"]).is_none() {
        bail!(
            "{why}: this system has no apt-get; install what Debian calls {} in its own way",
            packages.join(", ")
        );
    }
    super::tell(&format!(
        "installing {} with apt-get ({why})",
        packages.join(", ")
    ));
    let root =
        process::output(process::command("id").arg("-u"), "asking who we are")?.trim() == "0";
    let get = |words: &[&str]| {
        let mut command = if root {
            process::command("apt-get")
        } else {
            process::command("sudo")
        };
        if !root {
            command.args(["-n", "apt-get"]);
        }
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["-q", "-y"])
            .args(words);
        command.stdout(std::io::stderr());
        process::run(&mut command, "apt-get")
    };
    let mut words = vec!["install", "--no-install-recommends"];
    words.extend_from_slice(packages);
    // A list that cannot be renewed may still be good enough: only the installation decides.
    let renewed = get(&["update"]);
    get(&words)
        .and(Ok(()))
        .map_err(|error| renewed.err().unwrap_or(error))
        .with_context(|| format!("{why}: as root, run `{by_hand}`"))
}
