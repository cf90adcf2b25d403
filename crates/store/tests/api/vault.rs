//! Records are written, changed, deleted and read; the vault has one key and one user at a time.

use std::fs;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use satchel_seal::NoProgress;
use satchel_store::journal_file::JOURNAL;
use satchel_store::{
    AttachmentFolder, COMPACT_BYTES_MIN, CreateVaultError, DELTAS_MAX, Finding, InMemoryKeyring, KEY_FILE,
    KeyringError, OpenVaultError, OsKeyring, RecordId, RecordRuleError, Table, Vault, WriteError,
};
use serde_json::{Value, json};

use crate::support::{Desk, Draft, Outcome, change_until_cached, copy_folder, files_below, random};

#[test]
fn a_record_is_read_as_it_was_written_changed_and_deleted() -> Outcome {
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    let id = RecordId::make(&mut random());
    assert_eq!(vault.put(Table::Drafts, id, &Draft::titled("Ames v. Hartwell"))?, 1);
    assert_eq!(vault.change(Table::Drafts, id, &json!({"note": "first", "count": 3}))?, 2);
    assert_eq!(vault.change(Table::Drafts, id, &json!({"note": null}))?, 3);
    let expected = Draft { count: Some(3), ..Draft::titled("Ames v. Hartwell") };
    assert_eq!(vault.read::<Draft>(Table::Drafts, id)?, Some(expected.clone()));
    assert_eq!(vault.read::<Draft>(Table::Orders, id)?, None, "another table");
    drop(vault);
    let mut vault = desk.open()?;
    assert_eq!(vault.read::<Draft>(Table::Drafts, id)?, Some(expected));
    assert_eq!((vault.ids(Table::Drafts), vault.revision(Table::Drafts, id)), (vec![id], Some(3)));
    assert!(vault.delete(Table::Drafts, id)?);
    assert!(!vault.delete(Table::Drafts, id)?, "it is gone");
    drop(vault);
    let mut vault = desk.open()?;
    assert_eq!(vault.read::<Draft>(Table::Drafts, id)?, None);
    assert!(vault.ids(Table::Drafts).is_empty());
    assert!(matches!(vault.change(Table::Drafts, id, &json!({"note": "late"})), Err(WriteError::Missing)));
    // A record that begins anew is not taken for what it was.
    vault.put(Table::Drafts, id, &Draft::titled("anew"))?;
    drop(vault);
    assert_eq!(desk.open()?.read::<Draft>(Table::Drafts, id)?, Some(Draft::titled("anew")));
    Ok(())
}

#[test]
fn what_is_no_record_is_refused_and_nothing_is_written() -> Outcome {
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    let id = RecordId::make(&mut random());
    vault.put(Table::Drafts, id, &Draft::titled("kept"))?;
    let length = fs::metadata(desk.folder().join(JOURNAL))?.len();
    for value in [json!(null), json!("text"), json!({"title": null})] {
        assert!(matches!(vault.put(Table::Drafts, id, &value), Err(WriteError::Rule(_))), "{value}");
    }
    assert!(matches!(vault.change(Table::Drafts, id, &json!([])), Err(WriteError::Rule(RecordRuleError::NotAnObject))));
    let own = RecordId::from_bytes([0; 16]);
    let refused = vault.put(Table::Settings, own, &json!({"generation": 0}));
    assert!(matches!(refused, Err(WriteError::Rule(RecordRuleError::Reserved))));
    assert!(matches!(vault.delete(Table::Settings, own), Err(WriteError::Rule(RecordRuleError::Reserved))));
    assert!(vault.ids(Table::Settings).is_empty(), "the vault's own record is not listed");
    assert_eq!(fs::metadata(desk.folder().join(JOURNAL))?.len(), length);
    assert_eq!(vault.read::<Draft>(Table::Drafts, id)?, Some(Draft::titled("kept")));
    Ok(())
}

/// A history that only grows would make each reading without the cache slower than the last.
#[test]
fn after_so_many_changes_the_whole_is_written() -> Outcome {
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    let id = RecordId::make(&mut random());
    vault.put(Table::Drafts, id, &json!({"title": "x".repeat(10_000), "count": 0}))?;
    let mut lengths = Vec::new();
    for count in 1..=DELTAS_MAX + 1 {
        let before = fs::metadata(desk.folder().join(JOURNAL))?.len();
        vault.change(Table::Drafts, id, &json!({ "count": count }))?;
        lengths.push(fs::metadata(desk.folder().join(JOURNAL))?.len() - before);
    }
    assert!(lengths[..DELTAS_MAX].iter().all(|length| *length < 200), "{lengths:?}");
    assert!(lengths[DELTAS_MAX] > 10_000, "{lengths:?}");
    Ok(())
}

#[test]
fn compaction_keeps_what_is_live_and_drops_the_rest() -> Outcome {
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    let ids: Vec<_> = (0..20).map(|_| RecordId::make(&mut random())).collect();
    for (number, id) in ids.iter().enumerate() {
        vault.put(Table::Drafts, *id, &Draft::titled(&format!("draft {number} {}", "x".repeat(5_000))))?;
        vault.change(Table::Drafts, *id, &json!({ "count": number }))?;
        vault.put(Table::Orders, *id, &Draft::titled("order"))?;
    }
    for id in &ids[5..] {
        vault.delete(Table::Drafts, *id)?;
    }
    let before: Vec<(RecordId, Draft)> =
        vault.read_all(Table::Drafts).into_iter().map(|(id, draft)| Ok((id, draft?))).collect::<anyhow::Result<_>>()?;
    let revisions: Vec<_> = ids.iter().map(|id| vault.revision(Table::Drafts, *id)).collect();
    let length = fs::metadata(desk.folder().join(JOURNAL))?.len();
    vault.compact()?;
    assert!(fs::metadata(desk.folder().join(JOURNAL))?.len() * 2 < length);
    // Writing goes on in the new journal.
    vault.change(Table::Drafts, ids[0], &json!({"note": "after"}))?;
    for _ in 0..2 {
        for (id, draft) in &before {
            let note = (*id == ids[0]).then(|| "after".to_owned());
            assert_eq!(vault.read(Table::Drafts, *id)?, Some(Draft { note, ..draft.clone() }));
        }
        assert_eq!(vault.ids(Table::Drafts).len(), 5);
        assert_eq!(vault.ids(Table::Orders).len(), 20);
        drop(vault);
        vault = desk.open()?;
    }
    assert_eq!(vault.revision(Table::Drafts, ids[1]), revisions[1]);
    Ok(())
}

#[test]
fn opening_compacts_a_journal_that_is_mostly_history() -> Outcome {
    let desk = Desk::new()?;
    let id = RecordId::make(&mut random());
    // Between what opening compacts and what is compacted while whoever writes waits.
    let text = "x".repeat(usize::try_from(COMPACT_BYTES_MIN * 2 / 5)?);
    let length = |desk: &Desk| -> anyhow::Result<u64> { Ok(fs::metadata(desk.folder().join(JOURNAL))?.len()) };
    let mut vault = desk.create()?;
    for count in 0..3 {
        vault.put(Table::Drafts, id, &json!({ "count": count, "text": text }))?;
    }
    assert!(length(&desk)? > COMPACT_BYTES_MIN);
    drop(vault);
    for _ in 0..2 {
        let mut vault = desk.open()?;
        assert!(length(&desk)? < COMPACT_BYTES_MIN / 2);
        assert_eq!(vault.read::<Value>(Table::Drafts, id)?, Some(json!({ "count": 2, "text": text })));
    }
    // What is live is not history, however long.
    let mut vault = desk.open()?;
    for _ in 0..6 {
        vault.put(Table::Drafts, RecordId::make(&mut random()), &json!({ "text": text }))?;
    }
    let before = length(&desk)?;
    drop(vault);
    drop(desk.open()?);
    assert!(length(&desk)? > before);
    Ok(())
}

#[test]
fn a_journal_does_not_grow_with_what_is_typed_while_the_vault_is_open() -> Outcome {
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    let id = RecordId::make(&mut random());
    let text = "x".repeat(usize::try_from(COMPACT_BYTES_MIN / 8)?);
    let mut longest = 0;
    for count in 0..40 {
        vault.put(Table::Drafts, id, &json!({ "count": count, "text": text }))?;
        longest = longest.max(fs::metadata(desk.folder().join(JOURNAL))?.len());
        assert_eq!(vault.read::<Value>(Table::Drafts, id)?, Some(json!({ "count": count, "text": text })));
    }
    assert!(longest < COMPACT_BYTES_MIN + text.len() as u64 * 2, "{longest}");
    drop(vault);
    assert_eq!(desk.open()?.read::<Value>(Table::Drafts, id)?, Some(json!({ "count": 39, "text": text })));
    Ok(())
}

#[test]
fn one_satchel_at_a_time() -> Outcome {
    let desk = Desk::new()?;
    let vault = desk.create()?;
    assert!(matches!(desk.try_open(), Err(OpenVaultError::InUse)));
    drop(vault);
    desk.open()?;
    Ok(())
}

#[test]
fn a_vault_is_made_once_and_only_where_nothing_is() -> Outcome {
    let desk = Desk::new()?;
    assert!(!Vault::is_in(&desk.folder())?);
    assert!(matches!(desk.try_open(), Err(OpenVaultError::Missing)));
    drop(desk.create()?);
    assert!(Vault::is_in(&desk.folder())?);
    let refused = Vault::create(&desk.folder(), &desk.keyring, random());
    assert!(matches!(refused, Err(CreateVaultError::Exists)));
    // Not where a part of one is, nor where something else is.
    for name in [KEY_FILE, JOURNAL, "notes.txt"] {
        let other = Desk::new()?;
        fs::create_dir(other.folder())?;
        fs::write(other.folder().join(name), "something")?;
        let refused = Vault::create(&other.folder(), &other.keyring, random());
        assert!(matches!(refused, Err(CreateVaultError::Exists)), "{name}");
        assert_eq!(Vault::is_in(&other.folder())?, name != "notes.txt");
        assert_eq!(fs::read(other.folder().join(name))?, b"something");
    }
    // An empty folder may be there, and nothing stays beside it.
    let other = Desk::new()?;
    fs::create_dir(other.folder())?;
    drop(other.create()?);
    let beside: Vec<_> = fs::read_dir(other.place.path())?.collect::<Result<_, _>>()?;
    assert_eq!(beside.len(), 1, "{beside:?}");
    Ok(())
}

#[test]
fn without_its_key_a_vault_stays_shut_and_unharmed() -> Outcome {
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    let id = RecordId::make(&mut random());
    vault.put(Table::Drafts, id, &Draft::titled("safe"))?;
    let vault_id = vault.id();
    drop(vault);
    let snapshot = |desk: &Desk| -> anyhow::Result<Vec<Vec<u8>>> {
        Ok(vec![fs::read(desk.folder().join(JOURNAL))?, fs::read(desk.folder().join(KEY_FILE))?])
    };
    let before = snapshot(&desk)?;

    desk.keyring.set_locked(true);
    assert!(matches!(desk.try_open(), Err(OpenVaultError::Keyring(KeyringError::Locked(_)))));
    desk.keyring.set_locked(false);

    let empty = InMemoryKeyring::new();
    let open_with = |keyring: &InMemoryKeyring| Vault::open(&desk.folder(), keyring, random()).map(|_| ());
    assert!(matches!(open_with(&empty), Err(OpenVaultError::Keyring(KeyringError::NoEntry))));
    let told = open_with(&empty).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(told.contains("may be locked") && told.contains("safe"), "{told}");

    use satchel_store::Keyring as _;
    empty.write(vault_id, b"\x02 something else")?;
    assert!(matches!(open_with(&empty), Err(OpenVaultError::Keyring(KeyringError::Form))));
    empty.write(vault_id, &[&[1][..], &[7; 32], &[0; 8]].concat())?;
    assert!(matches!(open_with(&empty), Err(OpenVaultError::OtherKey)));

    assert_eq!(snapshot(&desk)?, before, "nothing was written");
    assert_eq!(desk.open()?.read::<Draft>(Table::Drafts, id)?, Some(Draft::titled("safe")));

    fs::rename(desk.folder().join(KEY_FILE), desk.place.path().join("kept"))?;
    assert!(matches!(desk.try_open(), Err(OpenVaultError::KeyFileMissing)));
    assert!(!desk.folder().join(KEY_FILE).exists());
    fs::rename(desk.place.path().join("kept"), desk.folder().join(KEY_FILE))?;
    fs::rename(desk.folder().join(JOURNAL), desk.place.path().join("kept"))?;
    assert!(matches!(desk.try_open(), Err(OpenVaultError::JournalMissing)));
    assert!(!desk.folder().join(JOURNAL).exists());
    Ok(())
}

#[test]
fn a_keyring_that_is_locked_or_forgets_makes_no_vault() -> Outcome {
    let desk = Desk::new()?;
    desk.keyring.set_locked(true);
    let refused = Vault::create(&desk.folder(), &desk.keyring, random());
    assert!(matches!(refused, Err(CreateVaultError::Keyring(KeyringError::Locked(_)))));
    assert!(!desk.folder().exists());
    desk.keyring.set_locked(false);
    drop(desk.create()?);

    #[derive(Debug)]
    struct Forgetful;
    impl satchel_store::Keyring for Forgetful {
        fn read(&self, _: satchel_terms::VaultId) -> Result<zeroize::Zeroizing<Vec<u8>>, KeyringError> {
            Err(KeyringError::NoEntry)
        }
        fn write(&self, _: satchel_terms::VaultId, _: &[u8]) -> Result<(), KeyringError> {
            Ok(())
        }
        fn delete(&self, _: satchel_terms::VaultId) -> Result<(), KeyringError> {
            Ok(())
        }
    }
    let other = Desk::new()?;
    let refused = Vault::create(&other.folder(), &Forgetful, random());
    assert!(matches!(refused, Err(CreateVaultError::Keyring(KeyringError::NotKept))));
    assert!(!other.folder().exists());
    Ok(())
}

#[test]
fn an_older_copy_is_noticed_once_and_works() -> Outcome {
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    let id = RecordId::make(&mut random());
    vault.put(Table::Drafts, id, &Draft::titled("old"))?;
    change_until_cached(&mut vault, id)?;
    drop(vault);
    let backup = desk.place.path().join("backup");
    copy_folder(&desk.folder(), &backup)?;
    let mut vault = desk.open()?;
    vault.put(Table::Drafts, id, &Draft::titled("new"))?;
    change_until_cached(&mut vault, id)?;
    drop(vault);
    // With the cache of the newer one, whose value must not be used.
    for name in [JOURNAL, KEY_FILE] {
        fs::copy(backup.join(name), desk.folder().join(name))?;
    }
    let (mut vault, findings) = desk.try_open()?;
    assert_eq!(findings, [Finding::OlderCopy]);
    assert_eq!(vault.read::<Draft>(Table::Drafts, id)?, Some(Draft { count: Some(1), ..Draft::titled("old") }));
    drop(vault);
    desk.open()?;
    Ok(())
}

/// A copy that was made while the vault was open is older than what was counted after it, also where the vault was not closed.
#[test]
fn a_copy_from_the_same_opening_is_noticed() -> Outcome {
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    let id = RecordId::make(&mut random());
    vault.put(Table::Drafts, id, &Draft::titled("old"))?;
    let backup = desk.place.path().join("backup");
    copy_folder(&desk.folder(), &backup)?;
    vault.put(Table::Drafts, id, &Draft::titled("new"))?;
    let (first, second) = (vault.advance()?, vault.advance()?);
    second.note(&desk.keyring)?;
    first.note(&desk.keyring)?;
    drop(vault);
    // No opening lies between, which would count by itself.
    fs::copy(backup.join(JOURNAL), desk.folder().join(JOURNAL))?;
    assert_eq!(desk.try_open()?.1, [Finding::OlderCopy]);
    // A count that never reached the keyring accuses nobody.
    let mut vault = desk.open()?;
    let lost = vault.advance()?;
    drop(vault);
    assert_eq!(desk.try_open()?.1, []);
    lost.note(&desk.keyring)?;
    assert_eq!(desk.try_open()?.1, [], "and an old one takes nothing back");
    Ok(())
}

/// Promise 2. What was typed stands in no file of the vault, however it may be written down.
#[test]
fn what_was_typed_is_found_in_no_file() -> Outcome {
    const MARKER: &str = "Zebra-Quartz-4711-Delgado";
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    let id = RecordId::make(&mut random());
    vault.put(Table::Drafts, id, &Draft::titled(MARKER))?;
    for count in 0..DELTAS_MAX + 2 {
        vault.change(Table::Drafts, id, &json!({"note": format!("{MARKER} {count}"), MARKER: MARKER}))?;
    }
    let source = desk.place.path().join(MARKER);
    fs::write(&source, MARKER.repeat(100))?;
    vault.attachments().seal(&source, &mut random(), &mut NoProgress)?;
    fs::remove_file(source)?;
    vault.read::<Value>(Table::Drafts, id)?;
    vault.compact()?;
    drop(vault);

    let utf16: Vec<u8> = MARKER.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut needles = vec![MARKER.as_bytes().to_vec(), utf16, id.as_bytes().to_vec()];
    for shift in 0..3 {
        let encoded = BASE64_STANDARD.encode([&b"\0\0\0"[..shift], MARKER.as_bytes()].concat());
        // Without the characters at both ends, which hold bits of the neighbours.
        needles.push(encoded.as_bytes()[4..encoded.len() - 4].to_vec());
    }
    let files = files_below(&desk.folder())?;
    assert!(files.len() >= 5, "{files:?}");
    for file in files {
        let bytes = fs::read(&file)?;
        let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        let is_journal = file.ends_with(JOURNAL);
        for (number, needle) in needles.iter().enumerate() {
            // The journal shows ids, which tell nothing; the cache does not.
            assert!(!holds(needle) || (number == 2 && is_journal), "{}: needle {number}", file.display());
        }
        assert!(!file.to_string_lossy().contains(MARKER));
    }
    Ok(())
}

/// The shell keeps the vault behind a lock, and seals files beside it.
#[test]
fn a_vault_may_move_to_another_thread() {
    fn moves<T: Send + 'static>() {}
    fn is_shared<T: Send + Sync + 'static>() {}
    moves::<Vault>();
    is_shared::<AttachmentFolder>();
    is_shared::<OsKeyring>();
    is_shared::<InMemoryKeyring>();
}
