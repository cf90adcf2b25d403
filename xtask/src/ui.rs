//! The user interface: its packages from the lock file, its build, its checks.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;

use crate::command::{at_root, must, root};

/// Installs the npm packages of a folder as its lock file says, unless that was done already.
pub(crate) fn install(folder: &str) -> anyhow::Result<()> {
    let lock = root().join(folder).join("package-lock.json");
    let lock = std::fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let stamp = stamp(folder);
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    must(npm(folder).args(["ci", "--no-audit", "--no-fund"]))?;
    std::fs::write(&stamp, lock).with_context(|| format!("cannot write {}", stamp.display()))
}

/// Builds ui/dist, which the app embeds.
pub(crate) fn build() -> anyhow::Result<()> {
    install("ui")?;
    must(npm("ui").args(["run", "build"]))
}

/// Builds ui/dist where there is none, so that the app compiles.
pub(crate) fn ensure_built() -> anyhow::Result<()> {
    if root().join("ui/dist/index.html").exists() { Ok(()) } else { build() }
}

/// Checks types, lints and format, then runs the unit tests.
pub(crate) fn check() -> anyhow::Result<()> {
    install("ui")?;
    must(npm("ui").args(["run", "check"]))?;
    must(npm("ui").arg("test"))
}

/// Starts building a call of npm in a folder of the repository.
fn npm(folder: &str) -> Command {
    let mut command = at_root("npm");
    command.current_dir(root().join(folder));
    command
}

/// Where the lock file of the last finished installation is kept.
fn stamp(folder: &str) -> PathBuf {
    root().join(folder).join("node_modules").join(".installed-lock.json")
}
