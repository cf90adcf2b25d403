//! The real window: the practice build under Xvfb, on desks of its own, driven by WebDriver.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::command::{at_root, build_for_checks, must, output, root, target_folder};
use crate::ui;

/// Bounds the whole run. Each journey has a shorter bound of its own (tests/e2e/desk.mjs).
const RUN_SECONDS_MAX: &str = "900";
/// How long the run may take to clear its desks after that.
const CLEAR_SECONDS_MAX: &str = "30";

/// Builds the practice app and runs tests/e2e against it; pictures of the window go to target/screenshots.
pub(crate) fn test() -> anyhow::Result<()> {
    ui::build()?;
    build_for_checks()?;
    let target = target_folder()?;
    let folder = target.join("e2e");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    // A copy, so that another build of the same name cannot take its place while the journeys run.
    let built = |name: &str| {
        let built = target.join("debug").join(name);
        let copy = folder.join(built.file_name().unwrap_or_default());
        std::fs::copy(&built, &copy).with_context(|| format!("cannot copy {name}"))?;
        anyhow::Ok(copy)
    };
    let (app, practice) = (built("satchel")?, built("satchel-practice")?);
    let keyring_entry = built("examples/keyring_entry")?;
    let automation = automation(&folder)?;
    let screenshots = target.join("screenshots");
    if screenshots.exists() {
        std::fs::remove_dir_all(&screenshots).with_context(|| format!("cannot clear {}", screenshots.display()))?;
    }
    must(
        at_root("xvfb-run")
            .args(["--auto-servernum", "--server-args", "-screen 0 1920x1080x24"])
            .args(["timeout", "--foreground", "--kill-after", CLEAR_SECONDS_MAX, RUN_SECONDS_MAX])
            .args(["node", "--test", "--test-reporter=spec", "--test-concurrency=1", "--test-timeout=300000"])
            .args(journeys()?)
            .env("SATCHEL_APP", app)
            .env("SATCHEL_PRACTICE", practice)
            .env("SATCHEL_AUTOMATION", automation)
            .env("SATCHEL_KEYRING_ENTRY", keyring_entry)
            .env("SATCHEL_SCREENSHOTS", screenshots)
            .env("GDK_BACKEND", "x11")
            .env("LIBGL_ALWAYS_SOFTWARE", "1"),
    )
}

/// Compiles what lets WebDriver drive a window with an ephemeral profile; tests/e2e/automation.c says why.
fn automation(folder: &Path) -> anyhow::Result<PathBuf> {
    let library = folder.join("automation.so");
    let flags = output(at_root("pkg-config").args(["--cflags", "webkit2gtk-4.1"]))?;
    must(
        at_root("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror"])
            .args(flags.split_whitespace().map(|flag| flag.replacen("-I", "-isystem", 1)))
            .args(["tests/e2e/automation.c", "-o"])
            .arg(&library),
    )?;
    Ok(library)
}

/// Returns the journeys: the files of tests/e2e that end in `.test.mjs`.
fn journeys() -> anyhow::Result<Vec<PathBuf>> {
    let folder = root().join("tests/e2e");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    files.sort();
    anyhow::ensure!(!files.is_empty(), "tests/e2e holds no journey");
    Ok(files)
}
