//! cargo-deny: licences, sources and banned edges, offline.

use anyhow::Context as _;

use crate::command::{cargo, must, output};

/// The version whose configuration format deny.toml has.
const VERSION: &str = "0.20.2";

/// Checks deny.toml against the lock file; installs cargo-deny first where it is missing.
///
/// Advisories are not asked for here: their database comes from a host that the checks may not touch.
pub(crate) fn check() -> anyhow::Result<()> {
    if !installed() {
        println!("Installing cargo-deny {VERSION}.");
        must(cargo().args(["install", "cargo-deny", "--version", VERSION, "--locked", "--no-default-features"]))
            .context("cargo-deny could not be installed")?;
    }
    // It looks at all platforms, and building for this one downloads no more than this one needs.
    must(cargo().args(["fetch", "--locked"])).context("the crates of the lock file could not be downloaded")?;
    must(cargo().args(["deny", "--offline", "--locked", "--all-features", "check", "bans", "licenses", "sources"]))
}

fn installed() -> bool {
    output(cargo().args(["deny", "--version"])).is_ok_and(|text| text.trim().ends_with(VERSION))
}
