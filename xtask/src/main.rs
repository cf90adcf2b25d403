//! The project's tasks: `cargo xtask run` opens the app, `cargo xtask test` runs every check.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod bindings;
mod catalogue;
mod command;
mod deny;
mod desk;
mod interop;
mod packages;
mod run;
mod test;
mod torture;
mod ui;

#[cfg(test)]
mod layering;
#[cfg(test)]
mod tidy;

/// Tasks of the Satchel project.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build Satchel in practice mode and open it; needs no account and no network.
    Run(run::Run),
    /// Run every check: format, lints, tests, the user interface, the real window, dependencies.
    Test(test::Test),
    /// Measure, and print each figure beside that of a well-known program from the same run.
    Bench(bench::Bench),
    /// Kill vaults, cut their power, and say whether they kept what was acknowledged.
    Torture(torture::Torture),
    /// Write the TypeScript types of the commands anew into ui/src/lib/bindings.
    Bindings,
    /// Check the definitions of services.
    Catalogue(catalogue::Catalogue),
}

fn main() -> ExitCode {
    let task = Xtask::parse().task;
    let done = match task {
        Task::Run(run) => run.run(),
        Task::Test(test) => test.run(),
        Task::Bench(bench) => bench.run(),
        Task::Torture(torture) => torture.run(),
        Task::Bindings => bindings::write(),
        Task::Catalogue(catalogue) => catalogue.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
