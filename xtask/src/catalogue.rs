//! `cargo xtask catalogue`: the definitions of services.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};

use crate::command::{cargo, must};

/// Looks after the catalogue.
#[derive(Debug, Args)]
pub(crate) struct Catalogue {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Read the built-in definitions and the named files, and print what is wrong with its file and line.
    Check {
        /// More definitions to read.
        files: Vec<PathBuf>,
    },
}

impl Catalogue {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        match &self.task {
            Task::Check { files } => check(files),
        }
    }
}

/// Reads every definition by the code that the app reads it by; `order` is where that is, so an example of it does the work.
pub(crate) fn check(files: &[PathBuf]) -> anyhow::Result<()> {
    let here = std::env::current_dir().context("there is no current folder")?;
    let example = ["run", "--quiet", "--package", "satchel-order", "--example", "catalogue_check", "--locked", "--"];
    // The names of files are as they were typed, so they hold where they were typed.
    must(cargo().args(example).args(files).current_dir(here))
}
