//! Writes until the end, which comes from outside.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::bail;
use rand_core::UnwrapErr;
use satchel_seal::NoProgress;
use satchel_store::{AttachmentRecord, RecordId, SlotSecrets, Table, Vault, WithoutSecret};
use satchel_terms::{FileName, MediaType, OrderId};
use serde_json::{Value, json};

use crate::contents::{Dice, changed, digest};
use crate::keyring::KeyringDouble;
use crate::ledger::GONE;

/// The most that one process does, so that it ends even if nobody kills it.
const TURNS_MAX: u64 = 100_000;
/// How many records a new vault is given.
const FIRST_WRITES: u64 = 40;
/// The most files that stay attached.
const FILES_MAX: usize = 12;

/// What the vault is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Steady,
    Creation,
    Compaction,
    Rebuild,
    Rotation,
    Trash,
    Snapshot,
    Close,
}

impl FromStr for Phase {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> anyhow::Result<Self> {
        Ok(match name {
            "steady" => Self::Steady,
            "creation" => Self::Creation,
            "compaction" => Self::Compaction,
            "rebuild" => Self::Rebuild,
            "rotation" => Self::Rotation,
            "trash" => Self::Trash,
            "snapshot" => Self::Snapshot,
            "close" => Self::Close,
            _ => bail!("no phase is called {name}"),
        })
    }
}

/// Says a line, which the driver then believes.
fn say(line: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{line}")?;
    output.flush()
}

fn random() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

/// Writes in one phase.
pub(crate) fn write(phase: Phase, folder: &Path, outside: &Path, seed: u64) -> anyhow::Result<()> {
    if phase == Phase::Creation {
        return create(folder, outside, seed);
    }
    let mut writer = Writer::open(folder, "vault", outside, seed)?;
    for _ in 0..TURNS_MAX {
        writer = writer.turn(phase)?;
    }
    Ok(())
}

/// Makes one vault after another, each in new folders, and writes to each once.
fn create(folder: &Path, outside: &Path, seed: u64) -> anyhow::Result<()> {
    for number in 0..TURNS_MAX {
        let name = format!("made/{number}/vault");
        say(&format!("vault {name}"))?;
        say("in")?;
        let mut writer = Writer::open(folder, &name, outside, seed)?;
        say("out")?;
        let (table, id) = writer.dice.place();
        let record = writer.dice.record();
        writer.put(table, id, record)?;
    }
    Ok(())
}

struct Writer {
    path: PathBuf,
    outside: PathBuf,
    keyring: KeyringDouble,
    dice: Dice,
    vault: Vault,
    /// What is in the vault.
    records: BTreeMap<(Table, RecordId), Value>,
}

impl Writer {
    fn open(folder: &Path, name: &str, outside: &Path, seed: u64) -> anyhow::Result<Self> {
        let (path, keyring) = (folder.join(name), KeyringDouble(outside.join("keyring")));
        say(&format!("vault {name}"))?;
        let is_new = !Vault::is_in(&path)?;
        let mut vault = if is_new {
            let vault = Vault::create(&path, &keyring, random())?;
            say("made")?;
            vault
        } else {
            Vault::open(&path, &keyring, random())?.0
        };
        let mut records = BTreeMap::new();
        for table in Table::ALL {
            for (id, value) in vault.read_all::<Value>(table) {
                records.insert((table, id), value?);
            }
        }
        let mut writer = Self { path, outside: outside.to_owned(), keyring, dice: Dice(seed), vault, records };
        if is_new && name == "vault" {
            (0..FIRST_WRITES).try_for_each(|_| writer.write())?;
        }
        Ok(writer)
    }

    /// Does a little of everything, and then what the phase is about.
    fn turn(mut self, phase: Phase) -> anyhow::Result<Self> {
        self.write()?;
        match phase {
            Phase::Steady => match self.dice.below(12) {
                0 => drop(self.attach()?),
                1 => self.detach()?,
                2 => self.vault.advance()?.note(&self.keyring)?,
                _ => {}
            },
            Phase::Creation => {}
            Phase::Compaction => self.within(|writer| Ok(writer.vault.compact()?))?,
            Phase::Rotation => self.within(Self::rotate)?,
            Phase::Trash => self.fill_and_empty_trash()?,
            Phase::Snapshot => {
                // One takes no wait for the disk, so several.
                self.within(|writer| (0..8).try_for_each(|_| Ok(writer.vault.keep_snapshot()?)))?;
                if self.dice.below(8) == 0 {
                    return self.reopened(|_| Ok(()));
                }
            }
            Phase::Rebuild => {
                self.write()?;
                return self.reopened(|path| Ok(fs::remove_dir_all(path.join("cache"))?));
            }
            Phase::Close => {
                // So many that closing keeps a snapshot.
                for _ in 0..self.dice.below(2) * 300 {
                    self.write()?;
                }
                return self.reopened(|_| Ok(()));
            }
        }
        Ok(self)
    }

    fn within(&mut self, work: impl FnOnce(&mut Self) -> anyhow::Result<()>) -> anyhow::Result<()> {
        say("in")?;
        work(self)?;
        Ok(say("out")?)
    }

    /// Closes the vault, does something to its folder, and opens it again.
    fn reopened(self, meanwhile: impl FnOnce(&Path) -> anyhow::Result<()>) -> anyhow::Result<Self> {
        let Self { path, outside, keyring, dice, vault, records } = self;
        say("in")?;
        vault.close();
        meanwhile(&path)?;
        let (mut vault, _) = Vault::open(&path, &keyring, random())?;
        for table in Table::ALL {
            vault.read_all::<Value>(table).into_iter().try_for_each(|(_, value)| value.map(drop))?;
        }
        say("out")?;
        Ok(Self { path, outside, keyring, dice, vault, records })
    }

    /// Puts, changes or deletes a record.
    fn write(&mut self) -> anyhow::Result<()> {
        let (table, id) = self.dice.place();
        let Some(record) = self.records.get(&(table, id)) else {
            let record = self.dice.record();
            return self.put(table, id, record);
        };
        match self.dice.below(10) {
            0 => self.delete(table, id),
            1 | 2 => {
                let record = self.dice.record();
                self.put(table, id, record)
            }
            _ => {
                let change = self.dice.change();
                let record = changed(record, &change);
                self.acknowledged(table, id, Some(record), |vault| Ok(vault.change(table, id, &change)?))
            }
        }
    }

    fn put(&mut self, table: Table, id: RecordId, record: Value) -> anyhow::Result<()> {
        let written = record.clone();
        self.acknowledged(table, id, Some(record), |vault| Ok(vault.put(table, id, &written)?))
    }

    fn delete(&mut self, table: Table, id: RecordId) -> anyhow::Result<()> {
        self.acknowledged(table, id, None, |vault| Ok(u64::from(vault.delete(table, id)?)))
    }

    /// Says what is going to be written, writes it, and says so.
    fn acknowledged(
        &mut self,
        table: Table,
        id: RecordId,
        record: Option<Value>,
        write: impl FnOnce(&mut Vault) -> anyhow::Result<u64>,
    ) -> anyhow::Result<()> {
        let digest = record.as_ref().map_or(GONE.to_owned(), digest);
        say(&format!("will {} {id} {digest}", table.number()))?;
        let revision = write(&mut self.vault)?;
        say(&format!("did {} {id} {revision} {digest}", table.number()))?;
        match record {
            Some(record) => self.records.insert((table, id), record),
            None => self.records.remove(&(table, id)),
        };
        Ok(())
    }

    fn attach(&mut self) -> anyhow::Result<RecordId> {
        let source = self.outside.join("source.bin");
        fs::write(&source, self.dice.file())?;
        let sealed = self.vault.attachments().seal(&source, &mut random(), &mut NoProgress)?;
        let name = FileName::suggest(source.file_name().unwrap_or_default());
        let media_type = MediaType::suggest(&name);
        let (id, record) = sealed.into_record(OrderId::make(&mut random()), name, media_type, 1_760_000_000_000);
        self.put(Table::Attachments, id, serde_json::to_value::<AttachmentRecord>(record)?)?;
        while self.records.keys().filter(|(table, _)| *table == Table::Attachments).count() > FILES_MAX {
            self.detach()?;
        }
        Ok(id)
    }

    /// Takes an attached file away: its record, then the file.
    fn detach(&mut self) -> anyhow::Result<()> {
        let attached = self.records.keys().find(|(table, _)| *table == Table::Attachments).map(|(_, id)| *id);
        attached.map_or(Ok(()), |id| self.remove_file(id))
    }

    fn remove_file(&mut self, id: RecordId) -> anyhow::Result<()> {
        self.delete(Table::Attachments, id)?;
        Ok(self.vault.attachments().remove(id)?)
    }

    fn rotate(&mut self) -> anyhow::Result<()> {
        let secrets = SlotSecrets { keyring: Some(&self.keyring), ..SlotSecrets::default() };
        self.vault.rotate(&secrets, WithoutSecret::Refuse)?;
        Ok(())
    }

    /// Discards drafts with files, and deletes them for good in the order in which the shell does that.
    fn fill_and_empty_trash(&mut self) -> anyhow::Result<()> {
        let mut discarded = Vec::new();
        for number in 1..=3_u8 {
            let draft = RecordId::from_bytes([0xA0 + number; 16]);
            let record = self.dice.record();
            self.put(Table::Drafts, draft, record.clone())?;
            discarded.push((draft, self.attach()?));
            let change = json!({ "discarded": true });
            let record = changed(&record, &change);
            self.acknowledged(Table::Drafts, draft, Some(record), |vault| {
                Ok(vault.change(Table::Drafts, draft, &change)?)
            })?;
        }
        self.within(|writer| {
            for (draft, file) in discarded {
                writer.remove_file(file)?;
                writer.delete(Table::Drafts, draft)?;
            }
            Ok(writer.vault.compact()?)
        })
    }
}
