//! A vault, the writer that is struck, and the checker that looks at what is left.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use anyhow::{Context as _, bail};

use crate::command::output;
use crate::torture::disk::Disk;
use crate::torture::moments::{Dice, is_inside, wait};

/// What a writer said until it was struck, and whether that was in the middle of a piece of its phase.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) lines: Vec<String>,
    pub(crate) is_hit: bool,
}

/// What a writer said before it was struck, and what came after.
struct Struck {
    before: Vec<String>,
    after: Vec<String>,
}

/// Where the vault lies, and what was said of it.
#[derive(Debug)]
pub(crate) struct Desk {
    vaults: PathBuf,
    outside: PathBuf,
    program: PathBuf,
}

impl Desk {
    /// Makes an empty one: `vaults` is what is struck, and the rest lies in `folder`.
    pub(crate) fn fresh(folder: &Path, vaults: &Path, program: &Path) -> anyhow::Result<Self> {
        super::remove(folder)?;
        let outside = folder.join("outside");
        fs::create_dir_all(&outside)?;
        fs::create_dir_all(vaults)?;
        Ok(Self { vaults: vaults.to_owned(), outside, program: program.to_owned() })
    }

    fn ledger(&self) -> PathBuf {
        self.outside.join("ledger.txt")
    }

    pub(crate) fn write_until_killed(&mut self, phase: &str, dice: &mut Dice) -> anyhow::Result<Said> {
        let Struck { mut before, after } = self.write_until(phase, dice, || Ok(()))?;
        before.extend(after);
        Ok(Said { is_hit: is_inside(phase, &before), lines: before })
    }

    /// Cuts the power of the disk with the vault under the writer, and brings it back.
    pub(crate) fn write_until_power_is_cut(
        &mut self,
        phase: &str,
        dice: &mut Dice,
        disk: &mut Disk,
    ) -> anyhow::Result<Said> {
        let switch = disk.switch()?;
        let mut keyring = BTreeMap::new();
        let Struck { before, after } = self.write_until(phase, dice, || {
            keyring = self.keyring()?;
            switch.off()
        })?;
        disk.bring_back()?;
        let is_hit = is_inside(phase, &before);
        // At the very moment of the cut, ext4 may tell a sync that it succeeded which it gave up (decision 0019). Such a write may be
        // there or not, and what the keyring noted after it was not noted.
        keyring.iter().try_for_each(|(path, entry)| fs::write(path, entry))?;
        let doubtful = |line: &String| line.starts_with("did ") || line == "made";
        let lines = before.into_iter().chain(after.into_iter().filter(|line| !doubtful(line))).collect();
        Ok(Said { lines, is_hit })
    }

    /// Returns the entries of the keyring's double.
    fn keyring(&self) -> anyhow::Result<BTreeMap<PathBuf, Vec<u8>>> {
        let folder = self.outside.join("keyring");
        let mut entries = BTreeMap::new();
        for entry in folder.read_dir().into_iter().flatten() {
            let path = entry?.path();
            // One that is being written has no name yet.
            if path.extension().is_none() {
                entries.insert(path.clone(), fs::read(&path)?);
            }
        }
        Ok(entries)
    }

    /// Lets a writer write until the dice say so, then strikes and kills it.
    fn write_until(
        &self,
        phase: &str,
        dice: &mut Dice,
        strike: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<Struck> {
        let (errors, seed) = (self.outside.join("errors.txt"), dice.next().to_string());
        let mut write = Command::new(&self.program);
        write.args(["write", phase]).args([&self.vaults, &self.outside]).arg(seed);
        let mut writer = write.stdout(Stdio::piped()).stderr(File::create(&errors)?).spawn()?;
        let output = writer.stdout.take().context("the output is piped")?;
        let (to_us, lines) = mpsc::channel();
        let reader = thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut line = String::new();
            // A line without its end was never said.
            while output.read_line(&mut line).is_ok_and(|count| count > 0) && line.ends_with('\n') {
                if to_us.send(line.trim_end().to_owned()).is_err() {
                    break;
                }
                line.clear();
            }
        });
        let struck = wait(phase, &lines, dice);
        let meanwhile: Vec<String> = lines.try_iter().collect();
        let cut = strike();
        writer.kill()?;
        writer.wait()?;
        reader.join().map_err(|_| anyhow::anyhow!("the reader of lines panicked"))?;
        cut?;
        let Ok(mut before) = struck else {
            bail!("the writer of {phase} ended by itself or stood still: {}", fs::read_to_string(errors)?.trim());
        };
        before.extend(meanwhile);
        Ok(Struck { before, after: lines.iter().collect() })
    }

    /// Opens what is left and returns what the checker says of it.
    pub(crate) fn check(&mut self, said: &Said) -> anyhow::Result<Vec<String>> {
        self.note(said.lines.iter())?;
        let mut check = Command::new(&self.program);
        let found = output(check.arg("check").args([&self.vaults, &self.outside]).arg(self.ledger()))?;
        let found: Vec<String> = found.lines().map(str::to_owned).collect();
        let of_ledger = |line: &&String| ["vault", "made", "is"].contains(&line.split(' ').next().unwrap_or_default());
        self.note(found.iter().filter(of_ledger))?;
        Ok(found)
    }

    fn note<'a>(&self, lines: impl Iterator<Item = &'a String>) -> anyhow::Result<()> {
        let mut ledger = File::options().create(true).append(true).open(self.ledger())?;
        let text: String = lines.flat_map(|line| [line.as_str(), "\n"]).collect();
        Ok(ledger.write_all(text.as_bytes())?)
    }
}
