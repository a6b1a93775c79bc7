//! The compiler of the wasm: rustup's with its wasm target, else Debian's with the library compiled from source.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{apt, tell};
use crate::process;

/// The target of the site's Rust.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Debian keeps its compiler for web browsers current; it comes without the wasm library, so the source is needed.
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
/// Debian's linker for wasm: package and program.
const DEBIAN_LINKER: (&str, &str) = ("lld-19", "wasm-ld-19");
/// Our folder with links to its programs, so that nothing else of theirs comes first on `PATH`.
const DEBIAN_LINKS: &str = "target/debian-compiler";
/// Where Debian puts programs.
const DEBIAN_PROGRAMS: &str = "/usr/bin";

/// Which compiler is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    /// rustup's, else Debian's.
    Auto,
    /// rustup's or none.
    Rustup,
    /// Debian's, even where rustup's would do.
    Debian,
}

impl Choice {
    /// From `JOBLET_TOOLCHAIN`.
    ///
    /// # Errors
    /// Names the words that are allowed.
    pub(crate) fn from_environment() -> Result<Self> {
        std::env::var("JOBLET_TOOLCHAIN").map_or(Ok(Self::Auto), |word| Self::parse(&word))
    }

    /// From a word.
    ///
    /// # Errors
    /// Names the words that are allowed.
    pub(crate) fn parse(word: &str) -> Result<Self> {
        match word {
            "" | "auto" => Ok(Self::Auto),
            "rustup" => Ok(Self::Rustup),
            "debian" => Ok(Self::Debian),
            other => bail!("the toolchain is auto, rustup or debian, not `{other}`"),
        }
    }
}

/// A compiler that can make wasm.
#[derive(Debug)]
pub(crate) enum Toolchain {
    /// The one on `PATH`, which has the target.
    Rustup,
    /// Debian's.
    Debian {
        /// A folder with links to its programs and to nothing else.
        programs: PathBuf,
        /// What links wasm.
        linker: PathBuf,
    },
}

impl Toolchain {
    /// Sees to it that the source of the compiler's library is there, of which threads need a build of their own.
    ///
    /// # Errors
    /// Says what to do when it cannot be had.
    pub(crate) fn add_source(&self) -> Result<()> {
        // Debian's was chosen with its source.
        if matches!(self, Self::Debian { .. }) || has_source(Path::new("rustc")) {
            return Ok(());
        }
        let by_hand = "`rustup component add rust-src`";
        if process::find(&["rustup"]).is_none() {
            bail!(
                "the compiler has no source of its library, and there is no rustup for {by_hand}"
            );
        }
        tell(
            "adding rust-src with rustup (threads need a library that is compiled for shared memory)",
        );
        let mut rustup = process::command("rustup");
        rustup.args(["component", "add", "rust-src"]);
        if let Err(error) = process::quietly(&mut rustup) {
            bail!("{by_hand} failed ({})", process::reason(&error));
        }
        if !has_source(Path::new("rustc")) {
            bail!("{by_hand} did not add the source to the compiler on PATH");
        }
        Ok(())
    }

    /// Makes a command use this compiler, with these further folders in front of `PATH`.
    ///
    /// # Errors
    /// When a folder cannot be put on `PATH`.
    pub(crate) fn prepare(&self, command: &mut Command, folders: &[PathBuf]) -> Result<()> {
        let mut folders = folders.to_vec();
        if let Self::Debian { programs, linker } = self {
            folders.insert(0, programs.clone());
            command
                // rustup's wrapper of cargo puts its own compiler's libraries here.
                .env_remove("LD_LIBRARY_PATH")
                .env("RUSTC", programs.join("rustc"))
                .env("CARGO", programs.join("cargo"))
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        command.env("PATH", process::path_with(&folders)?);
        Ok(())
    }
}

/// Finds or installs the compiler that is asked for.
///
/// # Errors
/// Says what to do when it cannot be had.
pub(super) fn find(root: &Path, choice: Choice) -> Result<Toolchain> {
    match choice {
        Choice::Rustup => rustup(),
        Choice::Debian => debian(root),
        Choice::Auto if has_target() => Ok(Toolchain::Rustup),
        // Chosen before, when rustup could download nothing: silently again.
        Choice::Auto if root.join(DEBIAN_LINKS).is_dir() && debian_has_source() => debian(root),
        Choice::Auto => rustup().or_else(|first| {
            tell(&format!("{first:#}; trying Debian's compiler instead"));
            debian(root).with_context(|| format!("no compiler for wasm can be had ({first:#})"))
        }),
    }
}

/// The compiler on `PATH` with the wasm target, which rustup adds if need be.
fn rustup() -> Result<Toolchain> {
    if has_target() {
        return Ok(Toolchain::Rustup);
    }
    if process::find(&["rustup"]).is_none() {
        bail!("the compiler has no {WASM} and there is no rustup to add it");
    }
    tell(&format!(
        "adding {WASM} with rustup (the site's Rust is compiled to wasm)"
    ));
    let mut rustup = process::command("rustup");
    rustup.args(["target", "add", WASM]);
    if let Err(error) = process::quietly(&mut rustup) {
        let reason = process::reason(&error);
        bail!("`rustup target add {WASM}` failed ({reason})");
    }
    if !has_target() {
        bail!("`rustup target add {WASM}` did not add it to the compiler on PATH");
    }
    Ok(Toolchain::Rustup)
}

/// Whether the compiler on `PATH` has the library for wasm.
fn has_target() -> bool {
    let mut rustc = process::command("rustc");
    rustc.args(["--print", "target-libdir", "--target", WASM]);
    process::output(&mut rustc, "asking the compiler")
        .is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}

/// Debian's compiler.
fn debian(root: &Path) -> Result<Toolchain> {
    let mut missing: Vec<&str> = Vec::new();
    if !debian_has_source() {
        missing.extend(DEBIAN_PACKAGES);
    }
    if linker().is_none() {
        missing.push(DEBIAN_LINKER.0);
    }
    if !missing.is_empty() {
        apt::install(
            &missing,
            "Debian's compiler, its library's source and a linker for wasm",
        )?;
    }
    if !debian_has_source() {
        bail!(
            "Debian's rustc-web has no source of its library: install rust-web-src of the same version"
        );
    }
    let linker = linker().with_context(|| {
        format!(
            "{} is not on PATH: install {}",
            DEBIAN_LINKER.1, DEBIAN_LINKER.0
        )
    })?;
    let programs = root.join(DEBIAN_LINKS);
    std::fs::create_dir_all(&programs)
        .with_context(|| format!("{} cannot be made", programs.display()))?;
    for name in ["cargo", "rustc", "rustdoc"] {
        let link = programs.join(name);
        if !link.exists() {
            std::os::unix::fs::symlink(Path::new(DEBIAN_PROGRAMS).join(name), &link)
                .with_context(|| format!("{} cannot be made", link.display()))?;
        }
    }
    Ok(Toolchain::Debian { programs, linker })
}

/// Whether Debian's compiler is there with the source of the library.
fn debian_has_source() -> bool {
    let programs = Path::new(DEBIAN_PROGRAMS);
    programs.join("cargo").is_file() && has_source(&programs.join("rustc"))
}

/// Whether this compiler comes with the source of its library.
fn has_source(rustc: &Path) -> bool {
    let mut rustc = process::command(rustc);
    // rustup's wrapper of cargo puts its own compiler's libraries there.
    rustc.env_remove("LD_LIBRARY_PATH");
    rustc.args(["--print", "sysroot"]);
    let Ok(sysroot) = process::output(&mut rustc, "asking the compiler") else {
        return false;
    };
    let source = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock");
    source.is_file()
}

/// The linker of rustup's compiler, else Debian's.
fn linker() -> Option<PathBuf> {
    let mut rustc = process::command("rustc");
    rustc.args(["--print", "target-libdir"]);
    let own = process::output(&mut rustc, "asking the compiler").ok();
    let own = own.and_then(|folder| Some(Path::new(folder.trim()).parent()?.join("bin/rust-lld")));
    own.filter(|file| file.is_file())
        .or_else(|| process::find(&[DEBIAN_LINKER.1]))
}

#[cfg(test)]
mod tests {
    use super::Choice;

    #[test]
    fn a_word_that_is_no_toolchain_is_refused() {
        assert!(Choice::parse("gcc").is_err());
        assert!(matches!(Choice::parse("debian"), Ok(Choice::Debian)));
    }
}
