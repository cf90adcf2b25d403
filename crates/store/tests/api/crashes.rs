//! Killed at any moment, full disks: what was acknowledged is there.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use satchel_store::journal_file::{AppendError, JOURNAL};
use satchel_store::{Finding, KEY_FILE, RecordId, SlotSecrets, Table, Vault, WithoutSecret, WriteError};
use serde_json::{Value, json};

use crate::support::{KeyringInFolder, Outcome, Process, child_command, child_folder, random};

/// The most that a child writes, so that it ends even if nobody kills it.
const WRITES_MAX: u64 = 5_000;
const ROUNDS: u64 = 8;

fn keyring(folder: &Path) -> KeyringInFolder {
    KeyringInFolder(folder.join("keyring"))
}

fn open(folder: &Path, vault: &str) -> anyhow::Result<(Vault, Vec<Finding>)> {
    Ok(Vault::open(&folder.join(vault), &keyring(folder), random())?)
}

fn id(number: u64) -> RecordId {
    RecordId::from_bytes(u128::from(number + 1).to_be_bytes())
}

/// A kill may cut the write that was never acknowledged; nothing else may be found.
fn only_a_cut(findings: &[Finding]) -> anyhow::Result<()> {
    let harmless = findings.iter().all(|finding| matches!(finding, Finding::LastWriteCut(_) | Finding::CacheRebuilt));
    anyhow::ensure!(harmless, "{findings:?}");
    Ok(())
}

/// Writes and says each time what is saved.
#[test]
fn child_writes_until_it_is_killed() -> Outcome {
    let Some(folder) = child_folder() else { return Ok(()) };
    println!();
    let (mut vault, _) = open(&folder, "vault")?;
    let first = vault.read::<Value>(Table::Drafts, id(0))?.map_or(0, |draft| draft["count"].as_u64().unwrap_or(0));
    for count in first + 1..first + WRITES_MAX {
        vault.put(Table::Orders, id(count), &json!({ "count": count, "text": "x".repeat(1_000) }))?;
        vault.change(Table::Drafts, id(0), &json!({ "count": count }))?;
        println!("saved {count}");
    }
    Ok(())
}

#[test]
fn a_kill_loses_nothing_that_was_acknowledged() -> Outcome {
    let place = tempfile::tempdir()?;
    let folder = place.path();
    let mut vault = Vault::create(&folder.join("vault"), &keyring(folder), random())?;
    vault.put(Table::Drafts, id(0), &json!({ "count": 0 }))?;
    drop(vault);
    let mut saved = 0;
    for round in 1..=ROUNDS {
        let mut child = Process::start(child_command("crashes::child_writes_until_it_is_killed", folder)?)?;
        for _ in 0..round * 7 {
            let said = child.next("saved ")?;
            saved = said.ok_or_else(|| anyhow::anyhow!("the child ended by itself"))?.parse()?;
        }
        if let Some(last) = child.kill("saved ")?.last() {
            saved = last.parse()?;
        }
        let (mut vault, findings) = open(folder, "vault")?;
        only_a_cut(&findings)?;
        let draft = vault.read::<Value>(Table::Drafts, id(0))?.unwrap_or_default();
        assert!(draft["count"].as_u64() >= Some(saved), "round {round}: {draft}, {saved} was saved");
        for count in 1..=saved {
            let order = vault.read::<Value>(Table::Orders, id(count))?.unwrap_or_default();
            assert_eq!(order["count"], count, "round {round}");
        }
    }
    Ok(())
}

/// Makes one vault after another.
#[test]
fn child_creates_until_it_is_killed() -> Outcome {
    let Some(folder) = child_folder() else { return Ok(()) };
    println!();
    for number in 1..WRITES_MAX {
        drop(Vault::create(&folder.join(format!("vault-{number}")), &keyring(&folder), random())?);
        println!("made {number}");
    }
    Ok(())
}

#[test]
fn a_kill_in_the_middle_of_creation_leaves_no_half_vault() -> Outcome {
    for round in 1..=ROUNDS {
        let place = tempfile::tempdir()?;
        let folder = place.path();
        let mut child = Process::start(child_command("crashes::child_creates_until_it_is_killed", folder)?)?;
        let mut made: u64 = 0;
        for _ in 0..round {
            made = child.next("made ")?.ok_or_else(|| anyhow::anyhow!("the child ended by itself"))?.parse()?;
        }
        if let Some(last) = child.kill("made ")?.last() {
            made = last.parse()?;
        }
        for number in 1..=made + 2 {
            let path = folder.join(format!("vault-{number}"));
            if Vault::is_in(&path)? {
                let (_, findings) = Vault::open(&path, &keyring(folder), random())?;
                only_a_cut(&findings)?;
            } else {
                assert!(number > made, "round {round}: vault {number} was said to be made");
                Vault::create(&path, &keyring(folder), random())?;
            }
        }
    }
    Ok(())
}

/// Writes and compacts by turns.
#[test]
fn child_compacts_until_it_is_killed() -> Outcome {
    let Some(folder) = child_folder() else { return Ok(()) };
    println!();
    let (mut vault, _) = open(&folder, "vault")?;
    for count in 1..WRITES_MAX {
        vault.change(Table::Drafts, id(count % 10), &json!({ "count": count }))?;
        println!("saved {count}");
        vault.compact()?;
    }
    Ok(())
}

#[test]
fn a_kill_in_the_middle_of_a_compaction_leaves_the_old_journal_or_the_new() -> Outcome {
    for round in 1..=ROUNDS {
        let place = tempfile::tempdir()?;
        let folder = place.path();
        let mut vault = Vault::create(&folder.join("vault"), &keyring(folder), random())?;
        for number in 0..10 {
            vault.put(Table::Drafts, id(number), &json!({ "count": 0, "text": "x".repeat(20_000) }))?;
        }
        drop(vault);
        let mut child = Process::start(child_command("crashes::child_compacts_until_it_is_killed", folder)?)?;
        let mut saved = 0;
        for _ in 0..round * 5 {
            saved = child.next("saved ")?.ok_or_else(|| anyhow::anyhow!("the child ended by itself"))?.parse()?;
        }
        if let Some(last) = child.kill("saved ")?.last() {
            saved = last.parse()?;
        }
        let (mut vault, findings) = open(folder, "vault")?;
        only_a_cut(&findings)?;
        for number in 0..10 {
            let draft = vault.read::<Value>(Table::Drafts, id(number))?.unwrap_or_default();
            let acknowledged = (1..=saved).rev().find(|count| count % 10 == number).unwrap_or(0);
            assert!(draft["count"].as_u64() >= Some(acknowledged), "round {round}: {number} has {draft}");
            assert_eq!(draft["text"], "x".repeat(20_000));
        }
    }
    Ok(())
}

/// Writes and rotates by turns.
#[test]
fn child_rotates_until_it_is_killed() -> Outcome {
    let Some(folder) = child_folder() else { return Ok(()) };
    println!();
    let (mut vault, _) = open(&folder, "vault")?;
    let keyring = keyring(&folder);
    let secrets = SlotSecrets { keyring: Some(&keyring), ..SlotSecrets::default() };
    for count in 1..WRITES_MAX {
        vault.change(Table::Drafts, id(count % 10), &json!({ "count": count }))?;
        println!("saved {count}");
        vault.rotate(&secrets, WithoutSecret::Refuse)?;
    }
    Ok(())
}

#[test]
fn a_kill_in_the_middle_of_a_rotation_leaves_the_old_key_or_the_new() -> Outcome {
    for round in 1..=ROUNDS {
        let place = tempfile::tempdir()?;
        let folder = place.path();
        let mut vault = Vault::create(&folder.join("vault"), &keyring(folder), random())?;
        for number in 0..10 {
            vault.put(Table::Drafts, id(number), &json!({ "count": 0, "text": "x".repeat(20_000) }))?;
        }
        drop(vault);
        let mut child = Process::start(child_command("crashes::child_rotates_until_it_is_killed", folder)?)?;
        let mut saved = 0;
        for _ in 0..round {
            saved = child.next("saved ")?.ok_or_else(|| anyhow::anyhow!("the child ended by itself"))?.parse()?;
        }
        if let Some(last) = child.kill("saved ")?.last() {
            saved = last.parse()?;
        }
        let (mut vault, findings) = open(folder, "vault")?;
        only_a_cut(&findings)?;
        for number in 0..10 {
            let draft = vault.read::<Value>(Table::Drafts, id(number))?.unwrap_or_default();
            let acknowledged = (1..=saved).rev().find(|count| count % 10 == number).unwrap_or(0);
            assert!(draft["count"].as_u64() >= Some(acknowledged), "round {round}: {number} has {draft}");
            assert_eq!(draft["text"], "x".repeat(20_000));
        }
    }
    Ok(())
}

/// Looks again and again while `work` is done, and returns what `look` first objected to. A process that is killed leaves what a
/// look can see, so this finds gaps that are too short to be hit by a kill.
fn watched(
    look: impl Fn() -> anyhow::Result<()> + Send + Sync,
    work: impl FnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                look()?;
            }
            Ok(())
        });
        let worked = work();
        done.store(true, Ordering::Relaxed);
        let seen = watcher.join().map_err(|_| anyhow::anyhow!("the watcher panicked"))?;
        worked.and(seen)
    })
}

#[test]
fn there_is_a_whole_journal_at_every_moment_of_a_compaction() -> Outcome {
    let place = tempfile::tempdir()?;
    let folder = place.path();
    let mut vault = Vault::create(&folder.join("vault"), &keyring(folder), random())?;
    vault.put(Table::Drafts, id(0), &json!({ "text": "x".repeat(1_000) }))?;
    let journal = folder.join("vault").join(JOURNAL);
    let look = || {
        let length = std::fs::metadata(&journal).map_err(|error| anyhow::anyhow!("the journal: {error}"))?.len();
        anyhow::ensure!(length > 1_000, "the journal has {length} bytes");
        Ok(())
    };
    watched(look, || {
        for _ in 0..30 {
            vault.compact()?;
        }
        Ok(())
    })?;
    // What a crash left of a new journal is in nobody's way.
    drop(vault);
    std::fs::write(folder.join("vault/journal.new"), "begun")?;
    let (mut vault, findings) = open(folder, "vault")?;
    assert!(findings.is_empty(), "{findings:?}");
    vault.compact()?;
    drop(vault);
    assert!(!folder.join("vault/journal.new").exists());
    assert!(open(folder, "vault")?.1.is_empty());
    Ok(())
}

#[test]
fn a_vault_is_whole_as_soon_as_it_is_there() -> Outcome {
    let place = tempfile::tempdir()?;
    let folder = place.path();
    let path = folder.join("vault");
    let look = || {
        if path.exists() {
            anyhow::ensure!(path.join(JOURNAL).exists() && path.join(KEY_FILE).exists(), "a half vault");
        }
        Ok(())
    };
    for _ in 0..5 {
        // What a crash left beside it: a lock that nobody holds, and a vault that was never finished.
        std::fs::write(folder.join("vault.creating"), "")?;
        std::fs::create_dir(folder.join("vault.new"))?;
        std::fs::write(folder.join("vault.new").join(JOURNAL), "begun")?;
        watched(look, || {
            drop(Vault::create(&path, &keyring(folder), random())?);
            Ok(())
        })?;
        assert!(open(folder, "vault")?.1.is_empty());
        std::fs::rename(&path, folder.join("elsewhere"))?;
        std::fs::remove_dir_all(folder.join("elsewhere"))?;
    }
    Ok(())
}

/// Lets files of this process grow to so many bytes and no further: a disk that is full.
pub(crate) fn limit_files(bytes: &str) -> anyhow::Result<()> {
    let mut prlimit = Command::new("prlimit");
    let done =
        prlimit.args(["--pid", &std::process::id().to_string(), &format!("--fsize={bytes}:unlimited")]).status()?;
    anyhow::ensure!(done.success(), "prlimit answers");
    Ok(())
}

#[test]
fn child_meets_a_full_disk() -> Outcome {
    let Some(folder) = child_folder() else { return Ok(()) };
    let (mut vault, _) = open(&folder, "vault")?;
    vault.put(Table::Drafts, id(1), &json!({ "text": "before" }))?;
    let journal = folder.join("vault").join(JOURNAL);
    let length = std::fs::metadata(&journal)?.len();
    limit_files(&(length + 500).to_string())?;
    let large = json!({ "text": "x".repeat(100_000) });
    for _ in 0..3 {
        let refused = vault.put(Table::Drafts, id(2), &large);
        assert!(matches!(refused, Err(WriteError::Journal(AppendError::NotWritten(_)))), "{refused:?}");
        assert_eq!(std::fs::metadata(&journal)?.len(), length, "what was written of it is gone");
    }
    assert!(vault.compact().is_ok() || vault.read::<Value>(Table::Drafts, id(1))?.is_some());
    let source = folder.join("source");
    let refused = {
        limit_files("unlimited")?;
        std::fs::write(&source, vec![7; 100_000])?;
        limit_files(&(length + 500).to_string())?;
        vault.attachments().seal(&source, &mut random(), &mut satchel_seal::NoProgress)
    };
    assert!(matches!(refused, Err(satchel_store::AttachError::DiskFull(_))), "{refused:?}");
    assert_eq!(std::fs::read_dir(folder.join("vault/attachments"))?.count(), 0, "nothing of it was kept");
    // A small one still fits, and with room everything goes on.
    vault.put(Table::Drafts, id(3), &json!({ "text": "small" }))?;
    limit_files("unlimited")?;
    vault.put(Table::Drafts, id(2), &large)?;
    println!("\nwent on");
    Ok(())
}

#[test]
fn a_full_disk_is_told_and_the_vault_goes_on() -> Outcome {
    let place = tempfile::tempdir()?;
    let folder = place.path();
    drop(Vault::create(&folder.join("vault"), &keyring(folder), random())?);
    // The kernel sends a signal with the error, which ends a process that does not ignore it.
    let child = child_command("crashes::child_meets_a_full_disk", folder)?;
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(child.get_program()).args(child.get_args());
    shell.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut child = Process::start(shell)?;
    assert!(child.next("went on")?.is_some());
    assert!(child.finish()?);
    let (mut vault, findings) = open(folder, "vault")?;
    only_a_cut(&findings)?;
    for (number, text) in [(1, "before".to_owned()), (2, "x".repeat(100_000)), (3, "small".to_owned())] {
        assert_eq!(vault.read::<Value>(Table::Drafts, id(number))?, Some(json!({ "text": text })));
    }
    Ok(())
}
