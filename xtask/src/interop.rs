//! What is tried against programs in Python: vaults and exports against readers of their own, and, over a real storage emulator on loopback,
//! sealed blobs against the official storage SDK and the stores' own suite on Azure.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use crate::command::{at_root, build_for_checks, cargo, must, root, target_folder};
use crate::ui;

/// Reads vaults and exports of ours with the readers in Python. Seals with ours and opens with theirs, and the other way round.
pub(crate) fn test() -> anyhow::Result<()> {
    ui::ensure_built()?;
    build_for_checks()?;
    let target = target_folder()?;
    let python = python(&target.join("interop-python"))?;
    let examples = target.join("debug").join("examples");
    for suite in ["tests/interop/vaults.py", "tests/interop/exports.py"] {
        must(at_root(&python).arg(suite).env("PYTHONDONTWRITEBYTECODE", "1").env("SATCHEL_EXAMPLES", &examples))?;
    }
    must(script(&python, "tests/interop/sealed_blobs.py")?.env("SATCHEL_EXAMPLES", examples))
}

/// Runs the suite of the blob stores on Azure, and the signing key's in Key Vault.
pub(crate) fn test_stores() -> anyhow::Result<()> {
    ui::ensure_built()?;
    let python = python(&target_folder()?.join("interop-python"))?;
    let mut script = script(&python, "tests/interop/stores.py")?;
    // The whole workspace, as the other checks build it: another selection would compile dependencies anew.
    must(script.arg("--workspace").env("SATCHEL_CARGO", cargo().get_program()))
}

/// Starts building a call of a script that starts the emulator.
fn script(python: &Path, script: &str) -> anyhow::Result<Command> {
    ui::install("tests/azurite")?;
    let mut command = at_root(python);
    command
        .arg(script)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SATCHEL_AZURITE", root().join("tests/azurite/node_modules/.bin/azurite-blob"));
    // As for every inner build.
    command.env_remove("CARGO_MANIFEST_DIR").env_remove("CARGO_PKG_NAME").env_remove("CARGO_PKG_VERSION");
    Ok(command)
}

/// Returns the interpreter of an environment that holds tests/interop/requirements.txt.
fn python(folder: &Path) -> anyhow::Result<std::path::PathBuf> {
    let interpreter = folder.join("bin").join("python");
    let requirements = root().join("tests/interop/requirements.txt");
    let wanted = std::fs::read(&requirements).with_context(|| format!("cannot read {}", requirements.display()))?;
    let stamp = folder.join("installed.txt");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(interpreter);
    }
    must(at_root("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
    must(
        at_root(&interpreter)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(&requirements),
    )?;
    std::fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(interpreter)
}
