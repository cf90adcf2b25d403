//! Exports and imports that are cancelled, fail, or are cut off by a kill or a power cut at any step.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use satchel_store::{
    DiskLog, DiskStep, DraftsFault, ExportError, ExportScope, Finding, FirstWay, InMemoryKeyring, Keyring as _, NewIds,
    NotUsable, RestoreError, Table, TransferProgress, Vault,
};
use serde_json::Value;

use super::{Full, go_on, names, opened_files, records, stamp};
use crate::power_cuts::disk::{Cut, Disk, Tree};
use crate::power_cuts::states::{cuts, write};
use crate::support::{Desk, Outcome, random};

#[expect(clippy::unnecessary_wraps, reason = "it is one of the functions that an import is given")]
fn as_it_is(_: &mut Value, _: &NewIds) -> Result<(), NotUsable> {
    Ok(())
}

/// Says no when it is asked for the time with this number, from 0.
fn cancelling(at: usize) -> impl FnMut(TransferProgress) -> ControlFlow<()> {
    let mut asked = 0;
    move |progress| {
        assert!(progress.bytes_total == 0 || progress.bytes <= progress.bytes_total, "{progress:?}");
        asked += 1;
        if asked > at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[test]
fn a_cancelled_export_leaves_nothing_and_an_older_one_stays() -> Outcome {
    let full = Full::new(&[70_000])?;
    let (target, folder) = (full.target(), full.desk.place.path().join("out"));
    fs::create_dir_all(&folder)?;
    fs::write(&target, "an older export")?;
    for at in 0.. {
        let export = full.vault.begin_export(ExportScope::Vault)?;
        match export.write(&target, &full.keys(), &stamp(), &mut random(), &mut cancelling(at)) {
            Err(ExportError::Cancelled) => {
                assert_eq!(names(&folder)?, ["copy.satchel"], "{at}");
                assert_eq!(fs::read(&target)?, b"an older export", "{at}");
            }
            Ok(_) => {
                assert!(at > 10, "asked {at} times");
                full.open(&target)?;
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[test]
fn a_cancelled_restoring_leaves_nothing() -> Outcome {
    let full = Full::new(&[70_000])?;
    let (path, _) = full.export(ExportScope::Vault)?;
    for at in 0.. {
        let desk = Desk::new()?;
        let way = FirstWay::Keyring(&desk.keyring);
        match full.open(&path)?.restore(&desk.folder(), &way, random(), &mut cancelling(at)) {
            Err(RestoreError::Cancelled) => {
                assert!(
                    names(desk.place.path())?.is_empty() && fs::read_dir(desk.place.path())?.next().is_none(),
                    "{at}"
                );
            }
            Ok(_) => {
                assert!(at > 10, "asked {at} times");
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[test]
fn a_cancelled_import_leaves_whole_drafts_or_none() -> Outcome {
    let full = Full::new(&[70_000, 3])?;
    let (path, _) = full.export(ExportScope::Vault)?;
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    for at in 0.. {
        let done = full.open(&path)?.drafts(&mut vault, &mut as_it_is, &mut random(), &mut cancelling(at));
        let came_in = match done {
            Err(stopped) if matches!(stopped.fault, DraftsFault::Cancelled) => stopped.before.came_in,
            Ok(report) => {
                assert!(at > 10, "asked {at} times");
                assert_eq!((report.came_in.len(), report.submitted.len()), (2, 1));
                return Ok(());
            }
            Err(stopped) => return Err(stopped.into()),
        };
        let there: Vec<_> = came_in.iter().map(|(_, new)| *new).collect();
        assert_eq!(vault.ids(Table::Drafts), there, "{at}");
        let files = if there.contains(&full.drafts[0].into()) { 2 } else { 0 };
        assert_eq!(opened_files(&mut vault)?.len(), files, "{at}");
        assert_eq!(names(&desk.folder().join("attachments"))?.len(), files, "{at}");
        for draft in there {
            vault.delete(Table::Drafts, draft)?;
        }
        for id in vault.ids(Table::Attachments) {
            vault.delete(Table::Attachments, id)?;
            vault.attachments().remove(id)?;
        }
    }
    Ok(())
}

/// A vault that is locked before it was lent for the time with this number.
struct Locking {
    vault: Vault,
    left: usize,
}

impl satchel_store::LendVault for Locking {
    fn lend<T>(&mut self, work: impl FnOnce(&mut Vault) -> T) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        Some(work(&mut self.vault))
    }
}

#[test]
fn an_import_that_the_lock_meets_leaves_whole_drafts_or_none() -> Outcome {
    let full = Full::new(&[5])?;
    let (path, _) = full.export(ExportScope::Vault)?;
    for left in 0..20 {
        let desk = Desk::new()?;
        let mut locking = Locking { vault: desk.create()?, left };
        let done = full.open(&path)?.drafts(&mut locking, &mut as_it_is, &mut random(), &mut go_on);
        let Err(stopped) = done else {
            assert!(left > 4, "lent {left} times");
            return Ok(());
        };
        assert!(matches!(stopped.fault, DraftsFault::Locked));
        let mut vault = locking.vault;
        let files = usize::from(vault.revision(Table::Drafts, full.drafts[0]).is_some());
        assert_eq!(vault.ids(Table::Drafts).len(), stopped.before.came_in.len());
        assert_eq!((opened_files(&mut vault)?.len(), names(&desk.folder().join("attachments"))?.len()), (files, files));
    }
    anyhow::bail!("it never came to its end")
}

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

/// Lists everything that a power cut after each step may leave, each once, with the step.
fn left_by_cuts(root: &Path, before: &Tree, steps: &[DiskStep]) -> anyhow::Result<Vec<(usize, Cut, Tree)>> {
    let mut disk = Disk::with(root, before)?;
    let mut found = BTreeMap::new();
    for count in 0..=steps.len() {
        if let Some(step) = count.checked_sub(1).and_then(|last| steps.get(last)) {
            disk.step(step)?;
        }
        for cut in cuts(&disk, count) {
            if let Entry::Vacant(place) = found.entry(disk.after(cut)) {
                place.insert((count, cut));
            }
        }
    }
    Ok(found.into_iter().map(|(tree, (count, cut))| (count, cut, tree)).collect())
}

#[test]
fn after_a_power_cut_while_exporting_the_older_file_is_there_or_the_new_one() -> Outcome {
    let (full, place) = (Full::new(&[70_000])?, in_memory()?);
    let root = place.path().join("disk");
    fs::create_dir(&root)?;
    let target = root.join("copy.satchel");
    fs::write(&target, "an older export")?;
    let before = tree_of(&root)?;
    let export = full.vault.begin_export(ExportScope::Vault)?;
    let log = DiskLog::begin();
    export.write(&target, &full.keys(), &stamp(), &mut random(), &mut go_on)?;
    let steps = log.end();
    let whole = fs::read(&target)?;
    let states = left_by_cuts(&root, &before, &steps)?;
    assert!(states.len() > 10, "{}", states.len());
    for (step, cut, tree) in states {
        let there = tree.get(Path::new("copy.satchel")).cloned().flatten();
        let is_new = there.as_ref() == Some(&whole);
        assert!(is_new || there.as_deref() == Some(b"an older export"), "step {step}, {cut:?}");
        assert!(step < steps.len() || is_new, "what was acknowledged");
    }
    Ok(())
}

#[test]
fn after_a_power_cut_while_restoring_there_is_no_vault_or_all_of_it() -> Outcome {
    let (mut full, place) = (Full::new(&[0, 700])?, in_memory()?);
    let (path, _) = full.export(ExportScope::Vault)?;
    let expected = records(&mut full.vault)?;
    let root = place.path().join("disk");
    fs::create_dir(&root)?;
    let keyring = InMemoryKeyring::new();
    let way = FirstWay::Keyring(&keyring);
    let log = DiskLog::begin();
    let id = full.open(&path)?.restore(&root.join("vault"), &way, random(), &mut go_on)?.0.id();
    let steps = log.end();
    // As it was before the vault was opened: version, slot key, and a generation of 0.
    let entry = [&keyring.read(id)?[..33], &[0; 8]].concat();
    let (mut none, mut whole) = (0, 0);
    for (number, (step, cut, tree)) in left_by_cuts(&root, &Tree::new(), &steps)?.into_iter().enumerate() {
        let root = place.path().join(format!("state-{number}"));
        write(&tree, &root)?;
        keyring.write(id, &entry)?;
        let folder = root.join("vault");
        let context = || format!("step {step} {:?}, {cut:?}", steps.get(step.wrapping_sub(1)));
        let (mut vault, findings) = if Vault::is_in(&folder)? {
            whole += 1;
            Vault::open(&folder, &keyring, random()).map_err(|error| anyhow::Error::from(error).context(context()))?
        } else {
            none += 1;
            let restored = full.open(&path)?.restore(&folder, &way, random(), &mut go_on);
            restored.map_err(|error| anyhow::Error::from(error).context(context()))?
        };
        let told = |finding: &Finding| matches!(finding, Finding::Restored(_));
        assert!(findings.iter().any(told), "{}: {findings:?}", context());
        let harmless = |finding: &Finding| {
            matches!(finding, Finding::LastWriteCut(_) | Finding::JournalDamaged(_) | Finding::CacheRebuilt)
        };
        assert!(findings.iter().all(|finding| told(finding) || harmless(finding)), "{}: {findings:?}", context());
        assert_eq!(records(&mut vault)?, expected, "{}", context());
        assert_eq!(opened_files(&mut vault)?.len(), 3, "{}", context());
        drop(vault);
        let left =
            names(&root)?.into_iter().filter(|name| !name.starts_with("vault/") && name != "vault.creating").count();
        assert_eq!(left, 0, "{}", context());
        fs::remove_dir_all(root)?;
    }
    assert!(none > 30 && whole > 5, "{none} without a vault, {whole} with");
    Ok(())
}

#[test]
fn after_a_power_cut_while_drafts_come_in_each_has_all_its_files() -> Outcome {
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
    let steps = log.end();
    let mut counts = BTreeMap::<usize, usize>::new();
    for (number, (step, cut, tree)) in left_by_cuts(&root, &before, &steps)?.into_iter().enumerate() {
        let root = place.path().join(format!("state-{number}"));
        write(&tree, &root)?;
        keyring.write(id, &entry)?;
        let context = || format!("step {step} {:?}, {cut:?}", steps.get(step.wrapping_sub(1)));
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
