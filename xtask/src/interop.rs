//! Sealed blobs against the official storage SDK for Python, over a real storage emulator on loopback.

use std::path::Path;

use anyhow::Context as _;

use crate::command::{at_root, build_for_checks, must, root, target_folder};
use crate::ui;

/// Seals with ours and opens with theirs, and the other way round.
pub(crate) fn test() -> anyhow::Result<()> {
    ui::ensure_built()?;
    build_for_checks()?;
    let target = target_folder()?;
    let python = python(&target.join("interop-python"))?;
    ui::install("tests/azurite")?;
    must(
        at_root(python)
            .arg("tests/interop/sealed_blobs.py")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("SATCHEL_EXAMPLES", target.join("debug").join("examples"))
            .env("SATCHEL_AZURITE", root().join("tests/azurite/node_modules/.bin/azurite-blob")),
    )
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
