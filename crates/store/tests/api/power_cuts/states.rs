//! The states that a power cut may leave, and what is asked of each.

use std::collections::hash_map::{DefaultHasher, Entry};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, ensure};
use satchel_seal::NoProgress;
use satchel_store::{AttachmentRecord, Damage, DiskLog, DiskStep, Finding, InMemoryKeyring, RecordId, Table, Vault};
use serde_json::{Value, json};

use crate::power_cuts::disk::{Cut, Disk, Tree};
use crate::power_cuts::script::{Contents, Moment, NotingKeyring, Recorded, Secrets, VAULT, keyring_with};
use crate::support::{copy_folder, random};

/// Where the vault keeps its own record.
const OWN: RecordId = RecordId::from_bytes([0; 16]);
/// The most changes of which each is tried alone.
const ALONE_MAX: usize = 8;

/// What a power cut left.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) tree: Tree,
    secrets: Secrets,
    step: usize,
    cut: Cut,
    /// The first moment whose contents it may hold.
    from: usize,
    key: u64,
}

impl State {
    /// Tells whether opening most likely has to mend something: a write that was cut, or a rotation.
    pub(crate) fn is_to_be_mended(&self) -> bool {
        let is_rotating = |path: &PathBuf| path.to_string_lossy().contains("journal.rotation-");
        matches!(self.cut, Cut::Halves | Cut::Chance(_)) || self.tree.keys().any(is_rotating)
    }

    /// Tells whether nothing more is asked of this state than of one among these.
    pub(crate) fn is_among(&self, states: &[Self]) -> bool {
        states.iter().any(|state| state.key == self.key && state.from >= self.from)
    }
}

/// Everything that a cut may do.
pub(crate) fn cuts(disk: &Disk, step: usize) -> Vec<Cut> {
    let mut cuts = few_cuts(disk, step);
    let unsynced = disk.unsynced();
    if !unsynced.is_empty() {
        cuts.extend([Cut::Zeros, Cut::Halves]);
        cuts.extend((0..4).map(|throw| Cut::Chance(step as u64 * 10 + throw)));
    }
    cuts
}

/// What shows soonest that a wait for the disk is missing.
pub(crate) fn few_cuts(disk: &Disk, _: usize) -> Vec<Cut> {
    let mut cuts = vec![Cut::Nothing, Cut::Everything];
    let unsynced = disk.unsynced();
    if unsynced.len() > 1 {
        cuts.extend([Cut::Names, Cut::Bytes]);
        // The newest, which nothing else waits for yet.
        let newest = unsynced.iter().rev().take(ALONE_MAX);
        cuts.extend(newest.flat_map(|step| [Cut::Only(*step), Cut::AllBut(*step)]));
    }
    cuts
}

/// Lists what a power cut after each step may leave, each state once. The syncs of one line of the source may be left out.
pub(crate) fn states(
    recorded: &Recorded,
    without: Option<&Location<'_>>,
    cuts: impl Fn(&Disk, usize) -> Vec<Cut>,
) -> anyhow::Result<Vec<State>> {
    let mut disk = Disk::with(&recorded.root, &recorded.before)?;
    let (mut states, mut known) = (Vec::<State>::new(), HashMap::new());
    for count in 0..=recorded.steps.len() {
        if let Some(step) = count.checked_sub(1).and_then(|last| recorded.steps.get(last)) {
            let is_left_out = match step {
                DiskStep::FileSynced { by, .. } | DiskStep::FolderSynced { by, .. } => without == Some(*by),
                DiskStep::FolderMade(_)
                | DiskStep::FileOpened { .. }
                | DiskStep::Wrote { .. }
                | DiskStep::LengthSet { .. }
                | DiskStep::Renamed { .. }
                | DiskStep::Removed(_) => false,
            };
            if !is_left_out {
                disk.step(step)?;
            }
        }
        let from = recorded.moments.iter().rposition(|moment| moment.acknowledged <= count).unwrap_or(0);
        let before = recorded.keyrings.iter().rfind(|(at, _)| *at < count);
        let meanwhile = recorded.keyrings.iter().filter(|(at, _)| *at == count);
        let keyrings: Vec<_> = before.into_iter().chain(meanwhile).map(|(_, secrets)| secrets).collect();
        for cut in cuts(&disk, count) {
            let tree = disk.after(cut);
            for secrets in &keyrings {
                let mut hasher = DefaultHasher::new();
                (&tree, secrets).hash(&mut hasher);
                let key = hasher.finish();
                match known.entry(key) {
                    Entry::Vacant(place) => {
                        place.insert(states.len());
                        let (tree, secrets) = (tree.clone(), (*secrets).clone());
                        states.push(State { tree, secrets, step: count, cut, from, key });
                    }
                    Entry::Occupied(place) => {
                        // More may be asked of it by now.
                        if let Some(state) = states.get_mut(*place.get()).filter(|state| state.from < from) {
                            (state.from, state.step, state.cut) = (from, count, cut);
                        }
                    }
                }
            }
        }
    }
    Ok(states)
}

/// What a state turned out to be.
#[derive(Debug)]
pub(crate) struct Checked {
    findings: Vec<Finding>,
    /// Nothing where there was no vault.
    contents: Option<Contents>,
}

impl Checked {
    /// Names what was found and which files there were, so that states of one kind can be put together.
    pub(crate) fn kind(&self, tree: &Tree) -> String {
        let findings = self.findings.iter().map(|finding| match finding {
            Finding::LastWriteCut(_) => "cut",
            Finding::JournalDamaged(_) => "damaged",
            Finding::CacheRebuilt => "cache",
            Finding::OlderCopy
            | Finding::Restored(_)
            | Finding::NotNotedInKeyring
            | Finding::NoKeyring
            | Finding::KeyringDoesNotOpen
            | Finding::AttachmentsMissing(_) => "other",
        });
        let is_file_of_vault = |path: &&PathBuf| path.starts_with(VAULT) && !path.starts_with(attachments());
        let names = tree.keys().filter(is_file_of_vault).filter_map(|path| path.file_name());
        let names = names.map(|name| name.to_string_lossy().into_owned());
        findings.map(str::to_owned).chain(names).collect::<Vec<_>>().join(" ")
    }
}

fn attachments() -> PathBuf {
    Path::new(VAULT).join("attachments")
}

/// Where states are tried out.
pub(crate) struct Desk {
    place: PathBuf,
    caches: PathBuf,
    tried: AtomicUsize,
    /// Sealed files that were verified once, since that takes longer than all the rest.
    verified: Mutex<BTreeSet<(RecordId, Vec<u8>)>>,
}

impl Desk {
    pub(crate) fn new(place: &Path) -> Self {
        Self {
            place: place.join("states"),
            caches: place.join("caches"),
            tried: AtomicUsize::new(0),
            verified: Mutex::default(),
        }
    }

    /// Opens what a power cut left, and compares it with what it must be.
    pub(crate) fn check(&self, recorded: &Recorded, state: &State) -> anyhow::Result<Checked> {
        let number = self.tried.fetch_add(1, Ordering::Relaxed);
        let root = self.place.join(number.to_string());
        write(&state.tree, &root)?;
        if root.join(VAULT).is_dir() {
            self.give_cache(number, &root.join(VAULT).join("cache"))?;
        }
        let log = DiskLog::begin();
        let checked = self.check_vault(recorded, state, &root.join(VAULT));
        drop(log);
        fs::remove_dir_all(&root)?;
        let step = state.step.checked_sub(1).and_then(|last| recorded.steps.get(last));
        checked.with_context(|| format!("cut {:?} after step {} ({})", state.cut, state.step, shown(step)))
    }
}

impl Desk {
    fn check_vault(&self, recorded: &Recorded, state: &State, folder: &Path) -> anyhow::Result<Checked> {
        for kept in &recorded.kept {
            let ends_so = |bytes: &Option<Vec<u8>>| bytes.as_ref().is_some_and(|bytes| bytes.ends_with(kept));
            ensure!(state.tree.values().any(ends_so), "what was set aside is gone");
        }
        let keyring = keyring_with(&state.secrets)?;
        let may_hold = recorded.moments.get(state.from..).unwrap_or_default();
        if !Vault::is_in(folder)? {
            ensure!(may_hold.iter().any(|moment| moment.contents.is_none()), "the vault is not there");
            drop(Vault::create(folder, &keyring, random()).context("it cannot be made again")?);
            return Ok(Checked { findings: Vec::new(), contents: None });
        }
        let (mut vault, findings) = Vault::open(folder, &keyring, random()).context("it does not open")?;
        let tail = if recorded.is_torn || matches!(state.cut, Cut::Chance(_)) { Tail::Torn } else { Tail::Cut };
        ensure!(findings.iter().all(|finding| is_harmless(finding, tail)), "{findings:?}");
        let contents = self.read(&mut vault)?;
        let holds = |contents: &Contents| may_hold.iter().any(|moment| moment.contents.as_ref() == Some(contents));
        ensure!(holds(&contents), "it holds what it must not: {:?}", briefly(&contents, may_hold));
        if let Some(verification) = vault.take_verification() {
            ensure!(verification.run(|| true)?.is_empty(), "the snapshot hid damage");
        }
        ensure!(self.read(&mut vault)? == contents, "read once more, it holds something else");
        // Whether it goes on is asked of every vault that was mended, and of some others.
        if !findings.is_empty() || state.key.is_multiple_of(8) {
            drop(vault);
            self.goes_on(folder, &keyring, &contents)?;
        }
        Ok(Checked { findings, contents: Some(contents) })
    }

    /// Opens once more, writes, and opens once more.
    fn goes_on(&self, folder: &Path, keyring: &InMemoryKeyring, contents: &Contents) -> anyhow::Result<()> {
        let open = || Vault::open(folder, keyring, random()).context("it does not open again");
        let (mut vault, findings) = open()?;
        ensure!(findings.is_empty(), "at the second opening: {findings:?}");
        let (table, late) = (Table::Orders, RecordId::from_bytes([0xEE; 16]));
        vault.put(table, late, &json!({ "late": true }))?;
        drop(vault);
        let (mut vault, findings) = open()?;
        ensure!(findings.is_empty(), "at the third opening: {findings:?}");
        let mut expected = contents.clone();
        expected.records.insert((table, late), json!({ "late": true }));
        ensure!(self.read(&mut vault)? == expected, "at the third opening it holds something else");
        Ok(())
    }

    /// Reads every record, and every attached file against its record.
    fn read(&self, vault: &mut Vault) -> anyhow::Result<Contents> {
        let mut records = BTreeMap::new();
        for table in Table::ALL {
            for (id, value) in vault.read_all::<Value>(table) {
                if (table, id) != (Table::Settings, OWN) {
                    records.insert((table, id), value.with_context(|| format!("{table:?} {id}"))?);
                }
            }
        }
        let files = vault.attachments();
        for (id, record) in vault.read_all::<AttachmentRecord>(Table::Attachments) {
            let sealed = fs::read(files.sealed_path(id)).with_context(|| format!("the file {id}"))?;
            let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
            if !verified.contains(&(id, sealed.clone())) {
                files.verify(id, &record?, &mut NoProgress).with_context(|| format!("the file {id}"))?;
                verified.insert((id, sealed));
            }
        }
        Ok(Contents { records, ways: vault.own_ways() })
    }

    /// Gives a vault a cache from its end, one from its middle, none, or one that cannot be made: that takes least time.
    fn give_cache(&self, number: usize, path: &Path) -> anyhow::Result<()> {
        match number % 8 {
            0 => copy_folder(&self.caches.join("end"), path),
            1 => copy_folder(&self.caches.join("middle"), path),
            2 => Ok(()),
            _ => {
                #[cfg(unix)]
                std::os::unix::fs::symlink("nowhere/at/all", path)?;
                Ok(())
            }
        }
    }
}

fn shown(step: Option<&DiskStep>) -> String {
    let mut shown = format!("{step:?}");
    shown.truncate(200);
    shown
}

pub(crate) fn write(tree: &Tree, root: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(root)?;
    for (path, bytes) in tree {
        match bytes {
            None => fs::create_dir(root.join(path))?,
            Some(bytes) => fs::write(root.join(path), bytes)?,
        }
    }
    Ok(())
}

/// How a write may stand in the journal that was never acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tail {
    /// Cut short, or as zeros.
    Cut,
    /// Without some of its sectors: that is told as damage, since nothing tells it from damage to the last write.
    Torn,
}

/// A write that was never acknowledged may be told; nothing else may.
fn is_harmless(finding: &Finding, tail: Tail) -> bool {
    match finding {
        Finding::LastWriteCut(_) | Finding::CacheRebuilt => true,
        Finding::JournalDamaged(damage) => {
            tail == Tail::Torn
                && damage.lost.is_empty()
                && matches!(damage.gaps.as_slice(), [gap] if gap.entries.is_none())
        }
        Finding::OlderCopy
        | Finding::Restored(_)
        | Finding::NotNotedInKeyring
        | Finding::NoKeyring
        | Finding::KeyringDoesNotOpen
        | Finding::AttachmentsMissing(_) => false,
    }
}

/// Shows how what is there differs from each that may be.
fn briefly(contents: &Contents, may_hold: &[Moment]) -> Vec<String> {
    let differs = |moment: &Moment| {
        let Some(other) = &moment.contents else { return "none".to_owned() };
        let missing = other.records.iter().filter(|(key, value)| contents.records.get(key) != Some(value));
        let keys: Vec<_> = missing.map(|(key, _)| key).collect();
        format!("lacks {keys:?} and has {} of {} ways", contents.ways.len(), other.ways.len())
    };
    may_hold.iter().take(2).map(differs).collect()
}

/// Opens what a power cut left, and records what that does to the disk. From now on the vault holds what it held.
pub(crate) fn record_opening(root: &Path, state: &State, checked: &Checked) -> anyhow::Result<Recorded> {
    write(&state.tree, root)?;
    let (log, folder) = (DiskLog::begin(), root.join(VAULT));
    let keyring = NotingKeyring::new(&log, state.secrets.clone());
    let mut kept = Vec::new();
    if checked.contents.is_some() {
        let (_, findings) = Vault::open(&folder, &keyring, random())?;
        for finding in findings {
            if let Finding::LastWriteCut(path) | Finding::JournalDamaged(Damage { kept: path, .. }) = finding {
                kept.push(fs::read(path)?);
            }
        }
    } else {
        drop(Vault::create(&folder, &keyring, random())?);
    }
    let moment = |contents| Moment { acknowledged: 0, contents };
    let moments = match &checked.contents {
        Some(contents) => vec![moment(Some(contents.clone()))],
        None => vec![moment(None), Moment { acknowledged: log.count(), ..moment(Some(Contents::of_new_vault())) }],
    };
    let keyrings = keyring.into_states();
    let is_torn = checked.findings.iter().any(|finding| matches!(finding, Finding::JournalDamaged(_)));
    Ok(Recorded {
        root: root.to_owned(),
        before: state.tree.clone(),
        steps: log.end(),
        moments,
        keyrings,
        kept,
        is_torn,
    })
}
