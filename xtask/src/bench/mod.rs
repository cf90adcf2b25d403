//! `cargo xtask bench`: what Satchel's work takes, beside what a well-known program takes for the like of it, in turn on the same
//! disk in one run. `cargo xtask test` builds none of this.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};

use crate::command::{at_root, cargo, must, output, target_folder};
use crate::packages::{self, Consent};

mod lists;
mod peer;
mod seal;
mod table;
mod vault;

/// Bytes of the file that is sealed where nothing else is said.
const BYTES: u64 = 2_000_000_000;

/// Measures, and prints each figure beside its peer's.
#[derive(Debug, Args)]
pub(crate) struct Bench {
    #[command(flatten)]
    consent: Consent,
    /// What is measured.
    #[arg(value_enum, default_value_t = What::All)]
    what: What,
    /// Bytes of the file that is sealed.
    #[arg(long, default_value_t = BYTES)]
    bytes: u64,
    /// How often each program runs; the median counts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=99))]
    rounds: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Sealing and opening a file, beside age.
    Seal,
    /// Saving, listing, space and memory of a vault, beside SQLCipher.
    Vault,
    /// Lists and search of the app over many orders.
    Lists,
    /// All of them.
    All,
}

impl Bench {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        packages::ensure(&[packages::FOR_BENCH], self.consent)?;
        let packages = ["--package", "satchel-seal", "--package", "satchel-store"];
        must(cargo().args(["build", "--release", "--examples", "--locked"]).args(packages))?;
        let target = target_folder()?;
        let ours = target.join("release/examples");
        println!("{}", machine());
        if matches!(self.what, What::Vault | What::All) {
            let peer = peer::build(&target)?;
            in_folder(&target.join("bench"), |folder| vault::measure(folder, &ours, &peer, self.rounds))?;
        }
        if matches!(self.what, What::Lists | What::All) {
            in_folder(&target.join("bench"), |folder| lists::measure(folder, &ours, self.rounds))?;
        }
        if matches!(self.what, What::Seal | What::All) {
            in_folder(&target.join("bench"), |folder| seal::measure(folder, &ours, self.bytes, self.rounds))?;
        }
        Ok(())
    }
}

/// Works in a new folder that is removed afterwards, also where the work fails.
fn in_folder(folder: &Path, work: impl FnOnce(&Path) -> anyhow::Result<()>) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let done = work(folder);
    fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    done
}

/// Returns the middle one, or the mean of the two in the middle; of nothing, nothing.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match (values.get(middle), values.len() % 2) {
        (Some(upper), 0) => values.get(middle.wrapping_sub(1)).map_or(*upper, |lower| f64::midpoint(*lower, *upper)),
        (Some(only), _) => *only,
        (None, _) => f64::NAN,
    }
}

fn has_room(folder: &Path, bytes: u64) -> anyhow::Result<()> {
    let free = output(at_root("df").args(["--output=avail", "--block-size=1"]).arg(folder))?;
    let free: u64 = free.lines().last().unwrap_or_default().trim().parse().context("df says no number")?;
    if free < bytes {
        bail!("the bench needs {bytes} bytes of disk, and {free} are free; name a smaller file with --bytes");
    }
    Ok(())
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("?").to_owned();
    format!("{cores} cores, load {load} at the start")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert!((median([3.0, 1.0, 2.0].into_iter()) - 2.0).abs() < f64::EPSILON);
        assert!((median([4.0, 1.0, 2.0, 3.0].into_iter()) - 2.5).abs() < f64::EPSILON);
        assert!(median(std::iter::empty()).is_nan());
    }
}
