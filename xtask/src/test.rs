//! `cargo xtask test`: every check, cheapest first, with what each took.

use std::time::Instant;

use anyhow::bail;
use clap::{Args, ValueEnum};

use crate::command::{cargo, must};
use crate::packages::{self, Consent};
use crate::{catalogue, deny, desk, interop, torture, ui};

/// Runs every check.
#[derive(Debug, Args)]
pub(crate) struct Test {
    #[command(flatten)]
    consent: Consent,
    /// Run only these checks.
    #[arg(long, value_enum)]
    only: Vec<Check>,
}

/// One check of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Check {
    /// The format of the Rust sources.
    Format,
    /// The definitions of services.
    Catalogue,
    /// Types, lints, format and unit tests of the user interface, and its build.
    Ui,
    /// Lints of the Rust sources.
    Lints,
    /// Unit and integration tests of every package, and their documentation's examples.
    Rust,
    /// Vaults that are killed in everything that they do.
    Kills,
    /// Vaults against a reader in Python; sealed blobs against the official storage SDK, over a real storage emulator.
    Interop,
    /// The blob stores on Azure over the same emulator, and the signing key over a double of Key Vault.
    Stores,
    /// Journeys in the real window.
    Window,
    /// Licences, sources and banned edges of the dependencies.
    Dependencies,
}

impl Test {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        packages::ensure(&[packages::FOR_RUN, packages::FOR_TEST], self.consent)?;
        let mut failed = Vec::new();
        let mut passed = 0;
        for check in Check::value_variants() {
            if !self.only.is_empty() && !self.only.contains(check) {
                continue;
            }
            let name = check.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
            println!("\n== {name}");
            let started = Instant::now();
            let outcome = check.run();
            let seconds = started.elapsed().as_secs();
            match outcome {
                Ok(()) => {
                    passed += 1;
                    println!("== {name}: passed in {seconds} s");
                }
                Err(error) => {
                    println!("== {name}: FAILED after {seconds} s: {error:#}");
                    failed.push(name);
                }
            }
        }
        println!("\nchecks: {passed} passed, {} failed", failed.len());
        if !failed.is_empty() {
            bail!("these checks failed: {}", failed.join(", "));
        }
        Ok(())
    }
}

impl Check {
    fn run(self) -> anyhow::Result<()> {
        match self {
            Check::Format => must(cargo().args(["fmt", "--all", "--check"])),
            Check::Catalogue => catalogue::check(&[]),
            Check::Ui => ui::check().and_then(|()| ui::build()),
            Check::Lints => {
                ui::ensure_built()?;
                let lint = ["clippy", "--workspace", "--all-targets", "--locked"];
                must(cargo().args(lint).args(["--", "--deny", "warnings"]))?;
                // What only a practice build has is linted as well.
                must(cargo().args(lint).args(["--features", "satchel/practice", "--", "--deny", "warnings"]))
            }
            Check::Rust => {
                ui::ensure_built()?;
                must(cargo().args(["test", "--workspace", "--locked"]))?;
                // What the window may do holds in the practice build as well, which has another identifier.
                let practice = ["test", "--workspace", "--test", "app", "--features", "satchel/practice", "--locked"];
                must(cargo().args(practice))
            }
            Check::Kills => torture::short(),
            Check::Interop => interop::test(),
            Check::Stores => interop::test_stores(),
            Check::Window => desk::test(),
            Check::Dependencies => deny::check(),
        }
    }
}
