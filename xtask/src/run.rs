//! `cargo xtask run`: from a fresh machine to the open window.

use clap::Args;

use crate::command::{cargo, must};
use crate::packages::{self, Consent};
use crate::ui;

/// Builds Satchel in practice mode and opens it.
#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    consent: Consent,
    /// Build as it is released: slower to build, faster to use.
    #[arg(long)]
    release: bool,
}

impl Run {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        packages::ensure(&[packages::FOR_RUN], self.consent)?;
        println!("Building the user interface.");
        ui::build()?;
        println!("Building Satchel in practice mode; the first build takes some minutes.");
        let mut build = cargo();
        build.args(["run", "--package", "satchel", "--features", "practice"]);
        if self.release {
            build.arg("--release");
        }
        must(&mut build)
    }
}
