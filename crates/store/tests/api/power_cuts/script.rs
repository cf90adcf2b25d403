//! What a vault does before the power is cut, and what it must hold at each moment of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use satchel_seal::{NoProgress, RecoveryWords};
use satchel_store::{
    AttachmentRecord, DiskLog, DiskStep, InMemoryKeyring, Keyring, KeyringError, RecordId, RecoveryKit, SlotSecrets,
    Table, Vault, Way, WithoutSecret,
};
use satchel_terms::{FileName, MediaType, OrderId, VaultId};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::power_cuts::disk::Tree;
use crate::support::{copy_folder, random};

/// Where the vault lies below the root; the folders above it are made with it.
pub(crate) const VAULT: &str = "deep/er/vault";

/// What a vault holds, and what opens it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Contents {
    pub(crate) records: BTreeMap<(Table, RecordId), Value>,
    pub(crate) ways: Vec<Way>,
}

impl Contents {
    pub(crate) fn of_new_vault() -> Self {
        Self { records: BTreeMap::new(), ways: vec![Way::Keyring] }
    }
}

/// From which step on a vault must hold this, or what came later.
#[derive(Debug)]
pub(crate) struct Moment {
    pub(crate) acknowledged: usize,
    /// Nothing where no vault needs to be there.
    pub(crate) contents: Option<Contents>,
}

pub(crate) type Secrets = BTreeMap<VaultId, Vec<u8>>;

/// A keyring on another disk, whose every state is kept with the step at which it was reached.
#[derive(Debug)]
pub(crate) struct NotingKeyring<'a> {
    log: &'a DiskLog,
    states: Mutex<Vec<(usize, Secrets)>>,
}

impl<'a> NotingKeyring<'a> {
    pub(crate) fn new(log: &'a DiskLog, secrets: Secrets) -> Self {
        Self { log, states: Mutex::new(vec![(0, secrets)]) }
    }

    pub(crate) fn into_states(self) -> Vec<(usize, Secrets)> {
        self.states.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, work: impl FnOnce(&mut Vec<(usize, Secrets)>) -> T) -> T {
        work(&mut self.states.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Keyring for NotingKeyring<'_> {
    fn read(&self, vault: VaultId) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        let secret = self.with(|states| states.last().and_then(|(_, secrets)| secrets.get(&vault).cloned()));
        secret.map(Zeroizing::new).ok_or(KeyringError::NoEntry)
    }

    fn write(&self, vault: VaultId, secret: &[u8]) -> Result<(), KeyringError> {
        self.with(|states| {
            let mut secrets = states.last().map(|(_, secrets)| secrets.clone()).unwrap_or_default();
            secrets.insert(vault, secret.to_vec());
            states.push((self.log.count(), secrets));
        });
        Ok(())
    }

    fn delete(&self, _: VaultId) -> Result<(), KeyringError> {
        Err(KeyringError::NoEntry)
    }
}

pub(crate) fn keyring_with(secrets: &Secrets) -> anyhow::Result<InMemoryKeyring> {
    let keyring = InMemoryKeyring::new();
    for (vault, secret) in secrets {
        keyring.write(*vault, secret)?;
    }
    Ok(keyring)
}

/// Everything that was done on a disk.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) root: PathBuf,
    pub(crate) before: Tree,
    pub(crate) steps: Vec<DiskStep>,
    pub(crate) moments: Vec<Moment>,
    pub(crate) keyrings: Vec<(usize, Secrets)>,
    /// What was set aside, and must be found at the end of some file from the beginning on.
    pub(crate) kept: Vec<Vec<u8>>,
    /// It began with a write in the journal of which sectors were missing.
    pub(crate) is_torn: bool,
}

struct Script<'a> {
    log: &'a DiskLog,
    keyring: &'a NotingKeyring<'a>,
    folder: PathBuf,
    vault: Vault,
    contents: Contents,
    moments: Vec<Moment>,
}

fn id(number: u8) -> RecordId {
    RecordId::from_bytes([number; 16])
}

fn draft(number: usize, bytes: usize) -> Value {
    json!({ "number": number, "text": "x".repeat(bytes) })
}

/// Does everything that a vault does, and copies the caches that it had meanwhile below `caches`.
pub(crate) fn record(root: &Path, source: &Path, caches: &Path) -> anyhow::Result<Recorded> {
    let log = DiskLog::begin();
    let keyring = NotingKeyring::new(&log, Secrets::new());
    let folder = root.join(VAULT);
    let none = Moment { acknowledged: 0, contents: None };
    let vault = Vault::create(&folder, &keyring, random())?;
    let contents = Contents::of_new_vault();
    let made = Moment { acknowledged: log.count(), contents: Some(contents.clone()) };
    let moments = vec![none, made];
    let mut script = Script { log: &log, keyring: &keyring, folder, vault, contents, moments };
    script.write(0)?;
    let (kept, discarded) = (script.attach(source)?, script.attach(source)?);
    script = script.reopened()?;
    script.vault.keep_snapshot()?;
    script.write(1)?;
    script.vault.compact()?;
    script.change(Table::Drafts, id(1), &json!({ "number": 100 }))?;
    let words = script.keep_words()?;
    copy_folder(&script.folder.join("cache"), &caches.join("middle"))?;
    script.rotate(&words)?;
    script.vault.advance()?.note(&keyring)?;
    script.put(Table::Outbox, id(7), &draft(7, 700))?;
    script.vault.keep_snapshot()?;
    script = script.reopened()?;
    script.empty_trash(discarded)?;
    script.write(2)?;
    script.vault.compact()?;
    script.rotate(&words)?;
    script.change(Table::Drafts, id(1), &json!({ "number": 101 }))?;
    fs::remove_dir_all(script.folder.join("cache"))?;
    script = script.reopened()?;
    anyhow::ensure!(script.contents.records.contains_key(&(Table::Attachments, kept)), "one file stays attached");
    script.write(3)?;
    let Script { vault, moments, .. } = script;
    vault.close();
    copy_folder(&root.join(VAULT).join("cache"), &caches.join("end"))?;
    let keyrings = keyring.into_states();
    Ok(Recorded {
        root: root.to_owned(),
        before: Tree::new(),
        steps: log.end(),
        moments,
        keyrings,
        kept: Vec::new(),
        is_torn: false,
    })
}

impl Script<'_> {
    /// Does something to the vault after which it holds something else.
    fn step<T>(
        &mut self,
        work: impl FnOnce(&mut Vault) -> anyhow::Result<T>,
        change: impl FnOnce(&mut Contents, &T),
    ) -> anyhow::Result<T> {
        let done = work(&mut self.vault)?;
        change(&mut self.contents, &done);
        let contents = Some(self.contents.clone());
        self.moments.push(Moment { acknowledged: self.log.count(), contents });
        Ok(done)
    }

    fn put(&mut self, table: Table, id: RecordId, value: &Value) -> anyhow::Result<()> {
        let put = |vault: &mut Vault| Ok(vault.put(table, id, value)?);
        self.step(put, |contents, _| {
            contents.records.insert((table, id), value.clone());
        })?;
        Ok(())
    }

    /// Changes a record by a patch without anything below its members.
    fn change(&mut self, table: Table, id: RecordId, patch: &Value) -> anyhow::Result<()> {
        let change = |vault: &mut Vault| Ok(vault.change(table, id, patch)?);
        self.step(change, |contents, _| {
            let record = contents.records.get_mut(&(table, id)).and_then(Value::as_object_mut);
            let members = patch.as_object().cloned().unwrap_or_default();
            record.into_iter().for_each(|record| record.extend(members.clone()));
        })?;
        Ok(())
    }

    fn delete(&mut self, table: Table, id: RecordId) -> anyhow::Result<()> {
        self.step(|vault| Ok(vault.delete(table, id)?), |contents, _| drop(contents.records.remove(&(table, id))))?;
        Ok(())
    }

    /// Writes to some tables, within a sector and over many.
    fn write(&mut self, round: usize) -> anyhow::Result<()> {
        self.put(Table::Drafts, id(1), &draft(round, 20))?;
        self.put(Table::Orders, id(2), &draft(round, 3_000))?;
        self.change(Table::Drafts, id(1), &json!({ "number": round + 10 }))?;
        self.change(Table::Orders, id(2), &json!({ "text": "y".repeat(1_000) }))?;
        self.put(Table::Settings, id(3), &draft(round, 600))?;
        self.delete(Table::Settings, id(3))
    }

    fn attach(&mut self, source: &Path) -> anyhow::Result<RecordId> {
        let sealed = self.vault.attachments().seal(source, &mut random(), &mut NoProgress)?;
        let name = FileName::suggest(source.file_name().unwrap_or_default());
        let media_type = MediaType::suggest(&name);
        let (id, record) = sealed.into_record(OrderId::make(&mut random()), name, media_type, 1_760_000_000_000);
        self.put(Table::Attachments, id, &serde_json::to_value::<AttachmentRecord>(record)?)?;
        Ok(id)
    }

    /// Discards a draft and deletes it for good with its file, as the shell does.
    fn empty_trash(&mut self, file: RecordId) -> anyhow::Result<()> {
        self.put(Table::Drafts, id(9), &draft(9, 100))?;
        self.change(Table::Drafts, id(9), &json!({ "discarded": true }))?;
        self.delete(Table::Attachments, file)?;
        self.vault.attachments().remove(file)?;
        self.delete(Table::Drafts, id(9))
    }

    fn keep_words(&mut self) -> anyhow::Result<RecoveryWords> {
        let kit = RecoveryKit::make(&mut random());
        let (shown, [first, second]) = (kit.words(), kit.asked());
        let typed_back = |number: usize| shown.get(number - 1).copied().unwrap_or_default();
        let keep = |vault: &mut Vault| Ok(vault.keep_recovery_kit(&kit, [typed_back(first), typed_back(second)])?);
        self.step(keep, |contents, _| contents.ways.push(Way::RecoveryWords))?;
        Ok(RecoveryWords::typed(&shown.join(" "))?)
    }

    fn rotate(&mut self, words: &RecoveryWords) -> anyhow::Result<()> {
        let secrets =
            SlotSecrets { keyring: Some(self.keyring), recovery_words: Some(words), ..SlotSecrets::default() };
        self.vault.rotate(&secrets, WithoutSecret::Refuse)?;
        Ok(())
    }

    fn reopened(self) -> anyhow::Result<Self> {
        let Self { log, keyring, folder, vault, contents, moments } = self;
        drop(vault);
        let (vault, findings) = Vault::open(&folder, keyring, random())?;
        anyhow::ensure!(findings.is_empty(), "{findings:?}");
        Ok(Self { log, keyring, folder, vault, contents, moments })
    }
}
