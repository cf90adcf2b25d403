//! Exports and imports, and the power that goes off at any step of them.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::Location;
use std::path::{Path, PathBuf};

use anyhow::ensure;
use satchel_store::{DiskLog, DiskStep, ExportScope, Finding, FirstWay, InMemoryKeyring, Keyring as _, Table, Vault};
use satchel_terms::VaultId;
use serde_json::Value;

use super::{Full, as_it_is, go_on, names, opened_files, records, stamp};
use crate::power_cuts::disk::{Cut, Disk, Tree};
use crate::power_cuts::states::{cuts, few_cuts, write};
use crate::support::{Outcome, random};

/// Makes a folder that no disk holds, where there is such a place: the cache waits for the real disk.
fn in_memory() -> std::io::Result<tempfile::TempDir> {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())
}

/// Everything below a folder but the cache, which waits for nothing of the log.
fn tree_of(root: &Path) -> anyhow::Result<Tree> {
    let mut tree = Tree::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let below = path.strip_prefix(root)?.to_owned();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "cache") {
                tree.insert(below, None);
                folders.push(path);
            } else if path.is_file() {
                tree.insert(below, Some(fs::read(path)?));
            }
        }
    }
    Ok(tree)
}

/// What was done to a disk.
struct Recorded {
    root: PathBuf,
    before: Tree,
    steps: Vec<DiskStep>,
}

/// What a power cut may leave.
struct State {
    step: usize,
    cut: Cut,
    tree: Tree,
}

impl Recorded {
    /// Lists what a power cut after each step may leave, each state once; without the waits of one line of the source.
    fn states(
        &self,
        without: Option<&Location<'_>>,
        cuts: impl Fn(&Disk, usize) -> Vec<Cut>,
    ) -> anyhow::Result<Vec<State>> {
        let mut disk = Disk::with(&self.root, &self.before)?;
        let mut found = BTreeMap::new();
        for count in 0..=self.steps.len() {
            let step = count.checked_sub(1).and_then(|last| self.steps.get(last));
            if let Some(step) = step.filter(|step| without.is_none() || waits_at(step) != without) {
                disk.step(step)?;
            }
            for cut in cuts(&disk, count) {
                // The latest, of which most is asked.
                match found.entry(disk.after(cut)) {
                    Entry::Vacant(place) => drop(place.insert((count, cut))),
                    Entry::Occupied(mut place) => drop(place.insert((count, cut))),
                }
            }
        }
        Ok(found.into_iter().map(|(tree, (step, cut))| State { step, cut, tree }).collect())
    }

    fn shown(&self, state: &State) -> String {
        format!("step {} {:?}, {:?}", state.step, self.steps.get(state.step.wrapping_sub(1)), state.cut)
    }

    /// Lists the lines of the source that wait for the disk.
    fn waits(&self) -> BTreeSet<&'static Location<'static>> {
        self.steps.iter().filter_map(waits_at).collect()
    }
}

fn waits_at(step: &DiskStep) -> Option<&'static Location<'static>> {
    match step {
        DiskStep::FileSynced { by, .. } | DiskStep::FolderSynced { by, .. } => Some(*by),
        DiskStep::FolderMade(_)
        | DiskStep::FileOpened { .. }
        | DiskStep::Wrote { .. }
        | DiskStep::LengthSet { .. }
        | DiskStep::Renamed { .. }
        | DiskStep::Removed(_) => None,
    }
}

/// Fails unless something fails without each of these waits, but for those that are known not to be needed.
fn each_wait_is_needed(
    waits: &BTreeSet<&'static Location<'static>>,
    not_needed: &[(&str, &str)],
    fails: &mut dyn FnMut(&Location<'_>) -> anyhow::Result<bool>,
) -> Outcome {
    let mut found = BTreeSet::new();
    for wait in waits {
        if !fails(wait)? {
            found.insert(line_of(wait)?);
        }
    }
    let known: BTreeSet<String> = not_needed.iter().map(|(line, _)| (*line).to_owned()).collect();
    assert_eq!(found, known);
    Ok(())
}

/// Returns a line of the source, behind the name of its file.
fn line_of(at: &Location<'_>) -> anyhow::Result<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = fs::read_to_string(root.join(at.file())).or_else(|_| fs::read_to_string(at.file()))?;
    let line = text.lines().nth(at.line() as usize - 1).unwrap_or_default().trim();
    let file = Path::new(at.file()).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(format!("{file}: {line}"))
}

/// Exports where an older file is.
fn exported(full: &Full, place: &Path) -> anyhow::Result<(Recorded, Vec<u8>)> {
    let root = place.join("disk");
    fs::create_dir(&root)?;
    let target = root.join("copy.satchel");
    fs::write(&target, "an older export")?;
    let before = tree_of(&root)?;
    let export = full.vault.begin_export(ExportScope::Vault)?;
    let log = DiskLog::begin();
    export.write(&target, &full.keys(), &stamp(), &mut random(), &mut go_on)?;
    let steps = log.end();
    Ok((Recorded { root, before, steps }, fs::read(&target)?))
}

fn check_export(recorded: &Recorded, state: &State, whole: &[u8]) -> Outcome {
    let there = state.tree.get(Path::new("copy.satchel")).and_then(Option::as_deref);
    let is_new = there == Some(whole);
    ensure!(is_new || there == Some(b"an older export"), "{}", recorded.shown(state));
    ensure!(state.step < recorded.steps.len() || is_new, "{}: it was acknowledged", recorded.shown(state));
    Ok(())
}

#[test]
fn while_exporting_the_older_file_is_there_or_the_new_one() -> Outcome {
    let (full, place) = (Full::new(&[70_000])?, in_memory()?);
    let (recorded, whole) = exported(&full, place.path())?;
    let states = recorded.states(None, cuts)?;
    assert!(states.len() > 10, "{}", states.len());
    states.iter().try_for_each(|state| check_export(&recorded, state, &whole))?;
    each_wait_is_needed(&recorded.waits(), &[], &mut |wait| {
        let states = recorded.states(Some(wait), cuts)?;
        Ok(states.iter().any(|state| check_export(&recorded, state, &whole).is_err()))
    })
}

/// A restoring, and what is to be found of it.
struct Restoring {
    full: Full,
    path: PathBuf,
    recorded: Recorded,
    keyring: InMemoryKeyring,
    id: VaultId,
    /// What the keyring held before the vault was opened: version, slot key, and a generation of 0.
    entry: Vec<u8>,
    expected: BTreeMap<(Table, satchel_store::RecordId), Value>,
}

impl Restoring {
    fn record(place: &Path) -> anyhow::Result<Self> {
        let mut full = Full::new(&[0, 700])?;
        let (path, _) = full.export(ExportScope::Vault)?;
        let expected = records(&mut full.vault)?;
        let root = place.join("disk");
        fs::create_dir(&root)?;
        let keyring = InMemoryKeyring::new();
        let log = DiskLog::begin();
        let way = FirstWay::Keyring(&keyring);
        let id = full.open(&path)?.restore(&root.join("vault"), &way, random(), &mut go_on)?.0.id();
        let steps = log.end();
        let entry = [&keyring.read(id)?[..33], &[0; 8]].concat();
        let recorded = Recorded { root, before: Tree::new(), steps };
        Ok(Self { full, path, recorded, keyring, id, entry, expected })
    }

    /// Tells whether there was a vault; where there was none, one is restored.
    fn check(&self, state: &State, root: &Path) -> anyhow::Result<bool> {
        write(&state.tree, root)?;
        self.keyring.write(self.id, &self.entry)?;
        let folder = root.join("vault");
        let was_there = Vault::is_in(&folder)?;
        ensure!(was_there || state.step < self.recorded.steps.len(), "it was acknowledged");
        let (mut vault, findings) = if was_there {
            Vault::open(&folder, &self.keyring, random())?
        } else {
            let way = FirstWay::Keyring(&self.keyring);
            self.full.open(&self.path)?.restore(&folder, &way, random(), &mut go_on)?
        };
        let told = |finding: &Finding| matches!(finding, Finding::Restored(_));
        ensure!(findings.iter().any(told), "not told");
        let harmless = |finding: &Finding| {
            matches!(finding, Finding::LastWriteCut(_) | Finding::JournalDamaged(_) | Finding::CacheRebuilt)
        };
        ensure!(findings.iter().all(|finding| told(finding) || harmless(finding)), "{findings:?}");
        ensure!(records(&mut vault)? == self.expected, "other records");
        ensure!(opened_files(&mut vault)?.len() == 3, "files are missing");
        drop(vault);
        let is_of_vault = |name: &String| name.starts_with("vault/") || name == "vault.creating";
        ensure!(names(root)?.iter().all(is_of_vault), "something is left");
        fs::remove_dir_all(root)?;
        Ok(was_there)
    }
}

#[test]
fn while_restoring_there_is_no_vault_or_all_of_it() -> Outcome {
    let place = in_memory()?;
    let restoring = Restoring::record(place.path())?;
    let (mut none, mut whole) = (0, 0);
    for (number, state) in restoring.recorded.states(None, cuts)?.iter().enumerate() {
        let checked = restoring.check(state, &place.path().join(format!("state-{number}")));
        let was_there = checked.map_err(|error| error.context(restoring.recorded.shown(state)))?;
        *(if was_there { &mut whole } else { &mut none }) += 1;
    }
    assert!(none > 30 && whole > 5, "{none} without a vault, {whole} with");
    Ok(())
}

/// Waits without which a restoring loses nothing, and why they are there.
const NOT_NEEDED: [(&str, &str); 5] = [
    ("disk: Some(parent) => sync_folder(parent),", "the key file and the renaming wait for the same folders"),
    ("journal_file: file.sync_all()?;", "the journal without entries is replaced by one that is waited for"),
    ("journal_file: sync_folder(folder)", "the same"),
    ("rewrite: self.broken = sync_folder(&self.lock.folder).is_err();", "the key file waits for the same folder"),
    ("journal_file: self.file.sync_data()", "of the first opening, which counts for itself"),
];

#[test]
fn each_wait_of_a_restoring_is_needed() -> Outcome {
    let place = in_memory()?;
    let restoring = Restoring::record(place.path())?;
    let mut number = 0;
    each_wait_is_needed(&restoring.recorded.waits(), &NOT_NEEDED, &mut |wait| {
        for state in restoring.recorded.states(Some(wait), few_cuts)? {
            number += 1;
            if restoring.check(&state, &place.path().join(format!("without-{number}"))).is_err() {
                return Ok(true);
            }
        }
        Ok(false)
    })
}

#[test]
fn while_drafts_come_in_each_has_all_its_files() -> Outcome {
    let (full, place) = (Full::new(&[0, 700])?, in_memory()?);
    let (path, _) = full.export(ExportScope::Vault)?;
    let root = place.path().join("disk");
    fs::create_dir(&root)?;
    let keyring = InMemoryKeyring::new();
    let mut vault = Vault::create(&root.join("vault"), &keyring, random())?;
    vault.put(Table::Drafts, satchel_store::RecordId::make(&mut random()), &serde_json::json!({ "mine": true }))?;
    vault.close();
    let id = Vault::open(&root.join("vault"), &keyring, random())?.0.id();
    let entry = keyring.read(id)?;
    let before = tree_of(&root)?;
    let log = DiskLog::begin();
    let (mut vault, _) = Vault::open(&root.join("vault"), &keyring, random())?;
    full.open(&path)?.drafts(&mut vault, &mut as_it_is, &mut random(), &mut go_on)?;
    drop(vault);
    let recorded = Recorded { root, before, steps: log.end() };
    let mut counts = BTreeMap::<usize, usize>::new();
    for (number, state) in recorded.states(None, cuts)?.into_iter().enumerate() {
        let root = place.path().join(format!("state-{number}"));
        write(&state.tree, &root)?;
        keyring.write(id, &entry)?;
        let context = || recorded.shown(&state);
        let opened = Vault::open(&root.join("vault"), &keyring, random());
        let (mut vault, findings) = opened.map_err(|error| anyhow::Error::from(error).context(context()))?;
        let missing = |finding: &Finding| matches!(finding, Finding::AttachmentsMissing(_));
        assert!(!findings.iter().any(missing), "{}: {findings:?}", context());
        let files = opened_files(&mut vault)?.len();
        if vault.revision(Table::Drafts, full.drafts[0]).is_some() {
            assert_eq!(files, 2, "{}", context());
        }
        *counts.entry(vault.ids(Table::Drafts).len()).or_default() += 1;
        // Begun again, it comes to its end.
        full.open(&path)?.drafts(&mut vault, &mut as_it_is, &mut random(), &mut go_on)?;
        assert_eq!((vault.ids(Table::Drafts).len(), opened_files(&mut vault)?.len()), (3, 2), "{}", context());
        drop(vault);
        fs::remove_dir_all(root)?;
    }
    assert!(counts.len() == 3, "{counts:?}");
    Ok(())
}
