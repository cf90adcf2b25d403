//! The real window: the practice build under Xvfb, with a session bus and folders of its own, driven by WebDriver.

use anyhow::Context as _;

use crate::command::{at_root, cargo, must, root, target_folder};
use crate::ui;

/// Builds the practice app and runs tests/e2e against it.
pub(crate) fn test() -> anyhow::Result<()> {
    ui::build()?;
    must(cargo().args(["build", "--package", "satchel", "--features", "practice", "--locked"]))?;
    let app = target_folder()?.join("debug").join("satchel");
    let journeys = journeys()?;
    must(
        at_root("xvfb-run")
            .args(["--auto-servernum", "--server-args", "-screen 0 1920x1080x24", "dbus-run-session", "--", "node"])
            .args(["--test", "--test-concurrency=1", "--test-timeout=300000"])
            .args(journeys)
            .env("SATCHEL_APP", app)
            .env("GDK_BACKEND", "x11")
            .env("LIBGL_ALWAYS_SOFTWARE", "1"),
    )
}

/// Returns the journeys: the files of tests/e2e that end in `.test.mjs`.
fn journeys() -> anyhow::Result<Vec<std::path::PathBuf>> {
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
