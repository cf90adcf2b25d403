//! Damage on disk is told, or harmless. No damage makes the vault answer what was never stored.

use std::fs;

use satchel_seal::NoProgress;
use satchel_store::journal_file::JOURNAL;
use satchel_store::{
    CACHED_DELTAS_MIN, CompactError, Finding, KEY_FILE, Loss, OpenVaultError, ReadError, RecordId, Table, Vault,
    WriteError,
};
use serde_json::json;

use crate::support::{Desk, Draft, Outcome, change_until_cached, copy_folder, files_below, random};

const DRAFTS: u8 = 6;

fn id(number: u8) -> RecordId {
    RecordId::from_bytes([number; 16])
}

fn expected(number: u8) -> Draft {
    Draft { note: Some(format!("note {number}")), count: Some(1), ..Draft::titled(&format!("draft {number}")) }
}

/// A vault with some drafts, each put and changed twice, closed.
fn filled() -> anyhow::Result<Desk> {
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    for number in 1..=DRAFTS {
        vault.put(Table::Drafts, id(number), &Draft::titled(&format!("draft {number}")))?;
        vault.change(Table::Drafts, id(number), &json!({ "note": format!("note {number}") }))?;
        vault.change(Table::Drafts, id(number), &json!({ "count": 1 }))?;
    }
    Ok(desk)
}

/// The same, and the cache holds all of them.
fn filled_and_cached() -> anyhow::Result<Desk> {
    let desk = filled()?;
    let mut vault = desk.open()?;
    (1..=DRAFTS).try_for_each(|number| change_until_cached(&mut vault, id(number)))?;
    Ok(desk)
}

fn all_are_there(vault: &mut Vault) -> anyhow::Result<()> {
    for number in 1..=DRAFTS {
        let draft = vault.read::<Draft>(Table::Drafts, id(number))?;
        anyhow::ensure!(draft == Some(expected(number)), "draft {number}: {draft:?}");
    }
    anyhow::ensure!(vault.ids(Table::Drafts).len() == usize::from(DRAFTS), "no more than these");
    Ok(())
}

#[test]
fn every_damaged_byte_of_the_key_file_is_told() -> Outcome {
    let desk = filled()?;
    let path = desk.folder().join(KEY_FILE);
    let whole = fs::read(&path)?;
    for at in 0..whole.len() {
        for bit in [0x01, 0x80] {
            let mut damaged = whole.clone();
            damaged[at] ^= bit;
            fs::write(&path, damaged)?;
            let opened = desk.try_open().map(|_| ());
            assert!(matches!(opened, Err(OpenVaultError::KeyFile(_))), "byte {at}: {opened:?}");
        }
    }
    fs::write(&path, whole)?;
    all_are_there(&mut desk.open()?)
}

/// What was not damaged is there, what is lost is named, nothing else appears; and no sealed file is removed, since the record
/// with its key may be what is damaged.
#[test]
fn a_damaged_journal_keeps_all_that_can_be_read_and_every_sealed_file() -> Outcome {
    let desk = filled()?;
    let mut vault = desk.open()?;
    let source = desk.place.path().join("source");
    fs::write(&source, "one page")?;
    let sealed = vault.attachments().seal(&source, &mut random(), &mut NoProgress)?.id;
    vault.put(Table::Attachments, sealed, &json!({}))?;
    drop(vault);
    let (journal, backup) = (desk.folder().join(JOURNAL), desk.place.path().join("backup"));
    copy_folder(&desk.folder(), &backup)?;
    let whole = fs::read(&journal)?;
    for at in (0..whole.len()).step_by(41) {
        fs::remove_dir_all(desk.folder())?;
        copy_folder(&backup, &desk.folder())?;
        let mut damaged = whole.clone();
        damaged[at] ^= 0x40;
        fs::write(&journal, damaged)?;
        let (mut vault, findings) = match desk.try_open() {
            // Of a header that is no header nothing is known, so nothing is changed.
            Err(OpenVaultError::Journal(_)) if at < 40 => continue,
            // In a header only the first sequence can be another one, and then no entry follows.
            other => other?,
        };
        let told = |finding: &Finding| matches!(finding, Finding::JournalDamaged(_) | Finding::LastWriteCut(_));
        assert!(findings.iter().any(told), "byte {at}: {findings:?}");
        only_what_is_named_is_lost(&mut vault, &findings).map_err(|error| error.context(format!("byte {at}")))?;
        assert!(vault.attachments().has(sealed), "byte {at}");
        // Nor at the next opening, at which the journal is whole.
        drop(vault);
        let (vault, _) = desk.try_open()?;
        assert!(vault.attachments().has(sealed), "byte {at}");
    }
    Ok(())
}

/// One damaged byte costs one entry or two. A draft is whole, or lacks a change and is named, or was hit when nothing of it
/// followed that would tell.
fn only_what_is_named_is_lost(vault: &mut Vault, findings: &[Finding]) -> anyhow::Result<()> {
    let damages = findings
        .iter()
        .filter_map(|finding| if let Finding::JournalDamaged(damage) = finding { Some(damage) } else { None });
    let lost: Vec<_> = damages.flat_map(|damage| damage.lost.clone()).collect();
    let mut whole = 0;
    for number in 1..=DRAFTS {
        let draft = vault.read::<Draft>(Table::Drafts, id(number))?;
        let named = lost.iter().find(|(table, record, _)| (*table, *record) == (Table::Drafts, id(number)));
        match (draft, named) {
            (Some(draft), _) if draft == expected(number) => whole += 1,
            (None, Some((_, _, Loss::Whole))) => {}
            (Some(draft), Some((_, _, Loss::Changes))) => {
                anyhow::ensure!(draft.note.is_none() && draft.count == Some(1), "only the change is lost: {draft:?}");
            }
            // The newest change of it, or two.
            (Some(draft), None) => anyhow::ensure!(draft.count.is_none(), "a change in the middle is named: {draft:?}"),
            (None, None) => {}
            (draft, named) => anyhow::bail!("draft {number}: {draft:?}, {named:?}"),
        }
    }
    anyhow::ensure!(whole >= DRAFTS - 2, "one damaged byte costs two entries at most: {whole} are whole");
    Ok(())
}

#[test]
fn an_older_copy_costs_no_sealed_file() -> Outcome {
    let desk = filled()?;
    let backup = desk.place.path().join("backup");
    copy_folder(&desk.folder(), &backup)?;
    let mut vault = desk.open()?;
    let source = desk.place.path().join("source");
    fs::write(&source, "one page")?;
    let sealed = vault.attachments().seal(&source, &mut random(), &mut NoProgress)?.id;
    vault.put(Table::Attachments, sealed, &json!({}))?;
    drop(vault);
    fs::copy(backup.join(JOURNAL), desk.folder().join(JOURNAL))?;
    for _ in 0..3 {
        let (vault, _) = desk.try_open()?;
        assert!(vault.attachments().has(sealed));
    }
    Ok(())
}

/// Opens after damage to the cache: the same answers, be the cache used, not used or begun anew.
fn the_cache_does_not_matter(desk: &Desk) -> anyhow::Result<()> {
    let (mut vault, findings) = desk.try_open()?;
    anyhow::ensure!(findings.iter().all(|finding| *finding == Finding::CacheRebuilt), "{findings:?}");
    all_are_there(&mut vault)?;
    vault.change(Table::Drafts, id(1), &json!({ "count": 1 }))?;
    all_are_there(&mut vault)
}

#[test]
fn a_damaged_cache_changes_no_answer() -> Outcome {
    let desk = filled_and_cached()?;
    let kept = desk.place.path().join("kept");
    copy_folder(&desk.folder().join("cache"), &kept)?;
    let restore = || {
        fs::remove_dir_all(desk.folder().join("cache"))?;
        copy_folder(&kept, &desk.folder().join("cache"))
    };
    let files = files_below(&kept)?;
    assert!(!files.is_empty(), "there is a cache");
    for original in files {
        let file = desk.folder().join("cache").join(original.strip_prefix(&kept)?);
        // sled fills its file with zeros far ahead.
        let used = usize::try_from(fs::metadata(&original)?.len().min(8_192))?;
        for at in (0..used).step_by(used.div_ceil(24).max(1)) {
            restore()?;
            let mut bytes = fs::read(&file)?;
            bytes[at] ^= 0xFF;
            fs::write(&file, bytes)?;
            the_cache_does_not_matter(&desk).map_err(|error| error.context(format!("{} {at}", file.display())))?;
        }
        for bytes in [Vec::new(), vec![0; 5_000], vec![0xFF; 5_000]] {
            restore()?;
            fs::write(&file, bytes)?;
            the_cache_does_not_matter(&desk)?;
        }
        restore()?;
        fs::remove_file(&file)?;
        the_cache_does_not_matter(&desk)?;
    }
    Ok(())
}

#[test]
fn a_cache_that_is_gone_older_or_of_another_vault_changes_no_answer() -> Outcome {
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    for number in 1..=DRAFTS {
        vault.put(Table::Drafts, id(number), &Draft::titled("another"))?;
        change_until_cached(&mut vault, id(number))?;
    }
    drop(vault);
    let older = desk.place.path().join("older");
    copy_folder(&desk.folder().join("cache"), &older)?;
    let mut vault = desk.open()?;
    for number in 1..=DRAFTS {
        vault.delete(Table::Drafts, id(number))?;
        // The same id and the same revision as in the older cache, and another text.
        vault.put(Table::Drafts, id(number), &expected(number))?;
        change_until_cached(&mut vault, id(number))?;
    }
    drop(vault);
    let replace_by = |cache: &std::path::Path| {
        fs::remove_dir_all(desk.folder().join("cache"))?;
        copy_folder(cache, &desk.folder().join("cache"))
    };
    replace_by(&older)?;
    all_are_there(&mut desk.open()?)?;
    replace_by(&filled_and_cached()?.folder().join("cache"))?;
    all_are_there(&mut desk.open()?)?;
    fs::remove_dir_all(desk.folder().join("cache"))?;
    all_are_there(&mut desk.open()?)?;
    // Where no cache can be made at all, the vault works without.
    fs::remove_dir_all(desk.folder().join("cache"))?;
    for name in ["cache", "cache.damaged-1", "cache.damaged-2"] {
        fs::write(desk.folder().join(name), "in the way")?;
    }
    the_cache_does_not_matter(&desk)
}

/// A record with so many changes is answered by the cache, as damage to the journal under an open vault shows; one with fewer is not
/// written to it.
#[test]
fn the_cache_holds_what_was_changed_often() -> Outcome {
    for (changes, is_cached) in [(0, false), (CACHED_DELTAS_MIN - 1, false), (CACHED_DELTAS_MIN, true)] {
        let desk = Desk::new()?;
        let mut vault = desk.create()?;
        vault.put(Table::Drafts, id(1), &Draft::titled("put"))?;
        for _ in 0..changes {
            vault.change(Table::Drafts, id(1), &json!({ "count": 1 }))?;
        }
        let path = desk.folder().join(JOURNAL);
        let mut bytes = fs::read(&path)?;
        let at = bytes.windows(16).position(|window| window == id(1).as_bytes()).unwrap_or(0) + 16 + 8 + 20;
        bytes[at] ^= 1;
        fs::write(&path, bytes)?;
        let read = vault.read::<Draft>(Table::Drafts, id(1));
        assert_eq!(read.is_ok(), is_cached, "{changes}: {read:?}");
    }
    Ok(())
}

/// Found when it is read, unless the cache still has it, and by a compaction in any case.
#[test]
fn damage_that_happens_while_the_vault_is_open_is_told() -> Outcome {
    let desk = filled()?;
    fs::remove_dir_all(desk.folder().join("cache"))?;
    let path = desk.folder().join(JOURNAL);
    let whole = fs::read(&path)?;
    let mut vault = desk.open()?;
    // One bit of the sealed text of draft 1.
    let at = whole.windows(16).position(|window| window == id(1).as_bytes()).unwrap_or(0) + 16 + 8 + 20;
    let mut damaged = fs::read(&path)?;
    damaged[at] ^= 1;
    fs::write(&path, &damaged)?;
    assert!(matches!(vault.read::<Draft>(Table::Drafts, id(1)), Err(ReadError::Damaged)));
    assert!(matches!(vault.change(Table::Drafts, id(1), &json!({})), Err(WriteError::Read(ReadError::Damaged))));
    assert!(matches!(vault.compact(), Err(CompactError::Read(ReadError::Damaged))));
    assert_eq!(fs::read(&path)?, damaged, "the old journal stays");
    assert!(!desk.folder().join("journal.new").exists());
    assert_eq!(vault.read::<Draft>(Table::Drafts, id(2))?, Some(expected(2)), "the others can be read");
    Ok(())
}
