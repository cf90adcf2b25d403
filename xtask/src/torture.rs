//! `cargo xtask torture`: vaults are killed and their power is cut at random moments, and what they keep is compared with what they
//! acknowledged. `cargo xtask test` does a short one.

use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use clap::Args;

use crate::command::{build_for_checks, cargo, must, target_folder};
use crate::torture::desk::Desk;
use crate::torture::disk::Disk;
use crate::torture::moments::Dice;
use crate::torture::tally::{Tally, table};
use crate::ui;

mod desk;
mod disk;
mod moments;
mod tally;

/// What the vault is busy with, as `crates/store/examples/torture.rs` names it.
const PHASES: [&str; 8] = ["steady", "creation", "compaction", "rebuild", "rotation", "trash", "snapshot", "close"];
/// How often one vault is killed before the next one is begun.
const KILLS_OF_ONE: u32 = 25;
/// How often the power is cut of one file system.
const CUTS_OF_ONE: u32 = 6;
/// Kills of the short run: three of each phase.
const KILLS_SHORT: u32 = 24;

/// Kills vaults, cuts their power, and says whether they kept what was acknowledged.
#[derive(Debug, Args)]
pub(crate) struct Torture {
    /// How often a writer is killed.
    #[arg(long, default_value_t = 1_000)]
    kills: u32,
    /// How often the power is cut, on ext4 on a loop device. That needs root; where it is not allowed, it is said and left out.
    #[arg(long, default_value_t = 200)]
    cuts: u32,
    /// Repeats the moments of an earlier run, as far as the computer is as busy as it was.
    #[arg(long)]
    seed: Option<u64>,
}

impl Torture {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        must(cargo().args(["build", "--release", "--package", "satchel-store", "--example", "torture", "--locked"]))?;
        let target = target_folder()?;
        let seed = self.seed.unwrap_or_else(|| RandomState::new().hash_one("torture"));
        println!("seed {seed}");
        let place = Place::make(target.join("torture"), target.join("release/examples/torture"))?;
        let mut dice = Dice(seed);
        place.try_checker(&mut dice)?;
        let kills = if self.kills == 0 { Vec::new() } else { place.kill(self.kills, &mut dice)? };
        let cuts = if self.cuts == 0 { Vec::new() } else { place.cut(self.cuts, &mut dice)? };
        place.finish(&[("kill", kills), ("cut", cuts)])
    }
}

/// A run that takes seconds, with the programs that the other checks build.
pub(crate) fn short() -> anyhow::Result<()> {
    ui::ensure_built()?;
    build_for_checks()?;
    let target = target_folder()?;
    let seed = RandomState::new().hash_one("torture");
    println!("seed {seed}");
    let place = Place::make(target.join("torture-short"), target.join("debug/examples/torture"))?;
    let mut dice = Dice(seed);
    place.try_checker(&mut dice)?;
    let kills = place.kill(KILLS_SHORT, &mut dice)?;
    place.finish(&[("kill", kills)])
}

/// Where vaults are tortured, and by which program.
struct Place {
    folder: PathBuf,
    program: PathBuf,
}

impl Place {
    fn make(folder: PathBuf, program: PathBuf) -> anyhow::Result<Self> {
        remove(&folder)?;
        fs::create_dir_all(&folder)?;
        Ok(Self { folder, program })
    }

    /// Makes sure that the checker says so where something is lost: a write that is not there, and then the journal.
    fn try_checker(&self, dice: &mut Dice) -> anyhow::Result<()> {
        let folder = self.folder.join("checker");
        let mut desk = Desk::fresh(&folder, &folder.join("disk"), &self.program)?;
        let mut said = desk.write_until_killed("steady", dice)?;
        while !said.lines.iter().any(|line| line.starts_with("did ")) {
            desk.check(&said)?;
            said = desk.write_until_killed("steady", dice)?;
        }
        let finds = |found: &[String], what: &str| found.iter().any(|line| line.starts_with(what));
        let found = desk.check(&said)?;
        ensure!(!finds(&found, "lost ") && !finds(&found, "unopenable "), "the checker finds what is not: {found:?}");
        said.lines = vec!["vault vault".to_owned(), "did 1 ffffffffffffffffffffffffffffffff 1 never".to_owned()];
        ensure!(finds(&desk.check(&said)?, "lost "), "the checker overlooks a write that is missing");
        fs::remove_file(folder.join("disk/vault/journal.satchel"))?;
        said.lines.clear();
        ensure!(finds(&desk.check(&said)?, "unopenable "), "the checker overlooks a vault that does not open");
        remove(&folder)
    }

    /// Kills writers, by turns in each phase.
    fn kill(&self, kills: u32, dice: &mut Dice) -> anyhow::Result<Vec<Tally>> {
        let mut tallies = Vec::new();
        for (phase, times) in shares(kills) {
            let mut tally = Tally::of(phase);
            let mut desk = None;
            for round in 0..times {
                let fresh = round % KILLS_OF_ONE == 0 || phase == "creation";
                let mut at = match desk.take().filter(|_| !fresh) {
                    Some(desk) => desk,
                    None => {
                        Desk::fresh(&self.folder.join(phase), &self.folder.join(phase).join("disk"), &self.program)?
                    }
                };
                let said = at.write_until_killed(phase, dice)?;
                tally.writer(&said);
                if tally.checked(at.check(&said)?) {
                    desk = Some(at);
                } else {
                    println!("kept in {}", self.keep(phase)?.display());
                }
            }
            println!("{phase}: {times} kills, {} in the middle of it", tally.hits);
            tallies.push(tally);
        }
        Ok(tallies)
    }

    /// Cuts the power of writers, by turns in each phase.
    fn cut(&self, cuts: u32, dice: &mut Dice) -> anyhow::Result<Vec<Tally>> {
        let mut disk = match Disk::make(&self.folder) {
            Ok(disk) => disk,
            Err(error) => {
                println!("\nPOWER CUTS WERE SKIPPED: no ext4 can be mounted on a loop device here: {error:#}");
                return Ok(Vec::new());
            }
        };
        let mut tallies = Vec::new();
        for (phase, times) in shares(cuts) {
            let mut tally = Tally::of(phase);
            let mut desk = None;
            for round in 0..times {
                let fresh = round % CUTS_OF_ONE == 0 || phase == "creation";
                let mut at = match desk.take().filter(|_| !fresh) {
                    Some(desk) => desk,
                    None => {
                        disk.format()?;
                        Desk::fresh(&self.folder.join(phase), disk.mounted(), &self.program)?
                    }
                };
                let said = at.write_until_power_is_cut(phase, dice, &mut disk)?;
                tally.writer(&said);
                if tally.checked(at.check(&said)?) {
                    desk = Some(at);
                } else {
                    disk.keep(&self.keep(phase)?)?;
                }
            }
            println!("{phase}: {times} power cuts, {} in the middle of it", tally.hits);
            tallies.push(tally);
        }
        Ok(tallies)
    }

    /// Sets a phase's folder aside for whoever looks into it.
    fn keep(&self, phase: &str) -> anyhow::Result<PathBuf> {
        let free = (1_u32..).map(|number| self.folder.join(format!("failed-{phase}-{number}")));
        let kept = free.into_iter().find(|path| !path.exists()).context("there is a free name")?;
        fs::rename(self.folder.join(phase), &kept)?;
        Ok(kept)
    }

    fn finish(&self, runs: &[(&str, Vec<Tally>)]) -> anyhow::Result<()> {
        print!("\n{}", table(runs));
        let failed = runs.iter().flat_map(|(_, tallies)| tallies).filter(|tally| tally.has_failed()).count();
        if failed > 0 {
            bail!("{failed} phases lost what was acknowledged or do not open; look into {}", self.folder.display());
        }
        remove(&self.folder)
    }
}

/// Shares kills among the phases.
fn shares(times: u32) -> impl Iterator<Item = (&'static str, u32)> {
    let (each, rest) = (times / 8, times % 8);
    PHASES.into_iter().zip(0..).map(move |(phase, number)| (phase, each + u32::from(number < rest)))
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phase_gets_its_share() {
        for times in [0, 1, 8, 24, 200, 1_000, 1_003] {
            let shares: Vec<_> = shares(times).collect();
            assert_eq!(shares.iter().map(|(_, share)| share).sum::<u32>(), times);
            assert!(shares.iter().all(|(_, share)| share.abs_diff(times / 8) <= 1), "{shares:?}");
        }
    }
}
