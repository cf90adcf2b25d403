use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rand_core::UnwrapErr;
use satchel_seal::{ChosenPassphrase, Passphrase, RecipientSecret, RecoveryWords};
use satchel_terms::FirmId;
use serde_json::{Value, json};

use super::*;
use crate::in_memory_keyring::InMemoryKeyring;
use crate::journal::Table;
use crate::journal_file::JOURNAL;
use crate::protection::ProtectionError;
use crate::record::RecordId;
use crate::recovery_kit::RecoveryKit;
use crate::{CACHED_DELTAS_MIN, Finding, OpenVaultError};

fn random() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("it is listed") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else if name != "vault.lock" {
            fs::copy(&path, to.join(name)).expect("it is copied");
        }
    }
}

type Records = BTreeMap<RecordId, Value>;

/// What is in a vault.
fn records(vault: &mut Vault) -> Records {
    let all = vault.read_all::<Value>(Table::Drafts);
    all.into_iter().map(|(id, value)| (id, value.expect("it is read"))).collect()
}

/// A vault with some history, its keyring, and what is in it.
fn desk(folder: &Path) -> (InMemoryKeyring, Vault, Records) {
    let keyring = InMemoryKeyring::new();
    let mut vault = Vault::create(&folder.join("vault"), &keyring, random()).expect("a vault");
    for number in 0..5_u8 {
        let id = RecordId::from_bytes([number; 16]);
        vault.put(Table::Drafts, id, &json!({"number": number, "text": "x".repeat(300)})).expect("it is written");
        // So often that the cache holds it.
        for _ in 0..CACHED_DELTAS_MIN {
            vault.change(Table::Drafts, id, &json!({"note": "changed"})).expect("it is written");
        }
    }
    vault.delete(Table::Drafts, RecordId::from_bytes([4; 16])).expect("it is deleted");
    vault.keep_snapshot().expect("a snapshot");
    let before = records(&mut vault);
    (keyring, vault, before)
}

fn by_keyring(keyring: &InMemoryKeyring) -> SlotSecrets<'_> {
    SlotSecrets { keyring: Some(keyring), ..SlotSecrets::default() }
}

const STEPS: [Step; 5] = [Step::Copied, Step::OnDisk, Step::CachesGone, Step::KeyFileWritten, Step::Done];

#[test]
fn a_kill_behind_any_step_leaves_a_vault_that_opens_with_everything() {
    let place = tempfile::tempdir().expect("a folder");
    let (keyring, mut vault, before) = desk(place.path());
    let folder = place.path().join("vault");
    let mut reached = Vec::new();
    let rotated = vault.rotate_stepwise(&by_keyring(&keyring), WithoutSecret::Refuse, &mut |step| {
        copy(&folder, &place.path().join(format!("{step:?}")));
        // As if the kill hit the writing of the next file as well.
        let torn = place.path().join(format!("{step:?} torn"));
        copy(&folder, &torn);
        fs::write(torn.join("vault.keys.new"), "{\"version\":1,")?;
        reached.push(step);
        Ok(())
    });
    assert_eq!(rotated.expect("it is rotated").rotation.get(), 2);
    assert_eq!(reached, STEPS);
    drop(vault);
    for step in STEPS {
        for suffix in ["", " torn"] {
            let killed = place.path().join(format!("{step:?}{suffix}"));
            for _ in 0..2 {
                let (mut vault, findings) = Vault::open(&killed, &keyring, random()).expect("it opens");
                let harmless = |finding: &Finding| matches!(finding, Finding::OlderCopy);
                assert!(findings.iter().all(harmless), "{step:?}: {findings:?}");
                assert_eq!(records(&mut vault), before, "{step:?}");
                vault.put(Table::Orders, RecordId::from_bytes([9; 16]), &json!({"a": 1})).expect("it is written");
                let rotation = vault.access.file.rotation().get();
                let committed = matches!(step, Step::KeyFileWritten | Step::Done);
                assert_eq!(rotation, if committed { 2 } else { 1 }, "{step:?}");
            }
            let left: Vec<_> = fs::read_dir(&killed).expect("it is listed").flatten().map(|e| e.file_name()).collect();
            let is_left = |name: &std::ffi::OsString| {
                let name = name.to_string_lossy();
                name.starts_with(PENDING) || name == "vault.keys.new" || name.starts_with("journal.damaged")
            };
            assert!(!left.iter().any(is_left), "{step:?}: {left:?}");
        }
    }
}

#[test]
fn an_error_of_the_disk_at_any_step_loses_nothing() {
    for failing in STEPS {
        let place = tempfile::tempdir().expect("a folder");
        let (keyring, mut vault, before) = desk(place.path());
        let rotated = vault.rotate_stepwise(&by_keyring(&keyring), WithoutSecret::Refuse, &mut |step| {
            if step == failing { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        });
        let id = RecordId::from_bytes([9; 16]);
        let written = vault.put(Table::Drafts, id, &json!({"late": true})).is_ok();
        match failing {
            Step::Copied | Step::OnDisk | Step::CachesGone => {
                assert!(matches!(rotated, Err(RotateError::NotWritten(_))), "{failing:?}: {rotated:?}");
                assert!(written, "{failing:?}");
                vault.compact().expect("it goes on");
            }
            Step::KeyFileWritten => {
                assert!(matches!(rotated, Err(RotateError::Uncertain(_))), "{rotated:?}");
                assert!(!written, "nothing is acknowledged that the next opening would not find");
                let again = vault.rotate(&by_keyring(&keyring), WithoutSecret::Refuse);
                assert!(matches!(again, Err(RotateError::Journal(_))), "{again:?}");
                assert!(vault.compact().is_err());
            }
            Step::Done => assert!(rotated.is_ok() && written, "{rotated:?}"),
        }
        drop(vault);
        let (mut vault, findings) = Vault::open(&place.path().join("vault"), &keyring, random()).expect("it opens");
        assert!(findings.is_empty(), "{failing:?}: {findings:?}");
        let mut expected = before.clone();
        if written {
            expected.insert(id, json!({"late": true}));
        }
        assert_eq!(records(&mut vault), expected, "{failing:?}");
    }
}

/// The disk takes the new journal, but not the key file.
#[test]
fn a_key_file_that_cannot_be_written_leaves_the_old_key() {
    let place = tempfile::tempdir().expect("a folder");
    let (keyring, mut vault, before) = desk(place.path());
    let folder = place.path().join("vault");
    fs::create_dir(folder.join("vault.keys.new")).expect("a folder that is in the way");
    let refused = vault.rotate(&by_keyring(&keyring), WithoutSecret::Refuse);
    assert!(matches!(refused, Err(RotateError::NotWritten(_))), "{refused:?}");
    assert!(!folder.join("journal.rotation-2").exists());
    vault.put(Table::Orders, RecordId::from_bytes([9; 16]), &json!({"a": 1})).expect("it goes on");
    fs::remove_dir(folder.join("vault.keys.new")).expect("it is removed");
    assert_eq!(vault.rotate(&by_keyring(&keyring), WithoutSecret::Refuse).expect("it is rotated").rotation.get(), 2);
    assert_eq!(records(&mut vault), before);
}

#[test]
fn every_slot_is_wrapped_anew_or_said_to_fall_away() {
    let place = tempfile::tempdir().expect("a folder");
    let (keyring, mut vault, before) = desk(place.path());
    let folder = place.path().join("vault");
    let firm = FirmId::make(&mut random());
    let recovery = RecipientSecret::make(&mut random()).expect("a key");
    vault.keep_firm_recovery(firm, recovery.public()).expect("it is kept");
    let kit = RecoveryKit::make(&mut random());
    let shown = kit.words();
    let [first, second] = kit.asked();
    vault.keep_recovery_kit(&kit, [shown[first - 1], shown[second - 1]]).expect("it is kept");
    let words = RecoveryWords::typed(&shown.join(" ")).expect("words");
    let other_words = RecoveryWords::make(&mut random());
    let other_firm = RecipientSecret::make(&mut random()).expect("a key");

    let firm_way = Way::FirmRecovery { firm, key_id: recovery.public().thumbprint() };
    let all = SlotSecrets {
        keyring: Some(&keyring),
        passphrase: None,
        recovery_words: Some(&words),
        firm_recovery: Some(recovery.public()),
    };
    let old_file = fs::read(folder.join("vault.keys")).expect("it is read");
    for (secrets, expected) in [
        (SlotSecrets { recovery_words: None, ..all }, "WouldFallAway([RecoveryWords])"),
        (SlotSecrets { recovery_words: Some(&other_words), ..all }, "Unlock(WrongRecoveryWords)"),
        (SlotSecrets { firm_recovery: Some(other_firm.public()), ..all }, "Unlock(WrongFirmKey)"),
        (SlotSecrets { keyring: None, ..all }, "NoWayLeft"),
        (SlotSecrets { keyring: Some(&InMemoryKeyring::new()), ..all }, "Keyring(NoEntry)"),
    ] {
        let refused = vault.rotate(&secrets, WithoutSecret::Refuse).expect_err(expected);
        assert_eq!(format!("{refused:?}"), expected);
        assert_eq!(fs::read(folder.join("vault.keys")).expect("it is read"), old_file, "{expected}");
    }
    let rotated = vault.rotate(&all, WithoutSecret::Refuse).expect("it is rotated");
    assert_eq!((rotated.rotation.get(), rotated.fell_away), (2, Vec::new()));
    let rotated = vault.rotate(&SlotSecrets { recovery_words: None, ..all }, WithoutSecret::FallAway);
    let rotated = rotated.expect("it is rotated");
    assert_eq!((rotated.rotation.get(), rotated.fell_away), (3, vec![Way::RecoveryWords]));
    assert_eq!(vault.own_ways(), [Way::Keyring, firm_way]);
    assert_eq!(records(&mut vault), before);
    drop(vault);
    let gone = Vault::open_by(&folder, &Secret::RecoveryWords(&words), None, random()).map(|_| ());
    assert!(matches!(gone, Err(OpenVaultError::Unlock(UnlockError::NoRecoveryWords))), "{gone:?}");
    let by_firm = Vault::open_by(&folder, &Secret::FirmRecovery(&recovery), Some(&keyring), random());
    assert_eq!(records(&mut by_firm.expect("it opens").0), before);
}

#[test]
fn a_passphrase_rotates_as_well_and_the_old_key_opens_nothing() {
    let place = tempfile::tempdir().expect("a folder");
    let (keyring, mut vault, before) = desk(place.path());
    let folder = place.path().join("vault");
    vault.set_passphrase(&ChosenPassphrase::new("twelve or more").expect("long enough")).expect("it is set");
    copy(&folder, &place.path().join("before"));
    let passphrase = Passphrase::typed("twelve or more").expect("a passphrase");
    let wrong = Passphrase::typed("twelve or less").expect("a passphrase");
    let with = |passphrase| SlotSecrets { passphrase: Some(passphrase), ..SlotSecrets::default() };
    let refused = vault.rotate(&with(&wrong), WithoutSecret::FallAway);
    assert!(matches!(refused, Err(RotateError::Unlock(UnlockError::WrongPassphrase))), "{refused:?}");
    vault.rotate(&with(&passphrase), WithoutSecret::Refuse).expect("it is rotated");
    assert!(matches!(
        vault.set_passphrase(&ChosenPassphrase::new("another of twelve").expect("long enough")),
        Err(ProtectionError::HasPassphrase)
    ));
    drop(vault);
    let open = || Vault::open_by(&folder, &Secret::Passphrase(&passphrase), Some(&keyring), random());
    assert_eq!(records(&mut open().expect("it opens").0), before);

    // A key file of before beside the journal of now, and the other way round: told, and nothing is changed.
    for name in ["vault.keys", JOURNAL] {
        let (now, kept) = (folder.join(name), place.path().join("kept"));
        fs::copy(&now, &kept).expect("it is kept");
        fs::copy(place.path().join("before").join(name), &now).expect("it is restored");
        let journal = fs::read(folder.join(JOURNAL)).expect("it is read");
        let refused = open().map(|_| ());
        assert!(matches!(refused, Err(OpenVaultError::OtherRotation)), "{name}: {refused:?}");
        assert_eq!(fs::read(folder.join(JOURNAL)).expect("it is read"), journal, "{name}");
        assert!(!folder.join("journal.damaged-1").exists(), "{name}");
        fs::copy(&kept, &now).expect("it is put back");
    }
    assert_eq!(records(&mut open().expect("it opens").0), before);
}

/// A folder restored over the one that is there may bring the journal of a rotation that was interrupted back then.
#[test]
fn a_stray_journal_of_a_rotation_replaces_nothing() {
    let place = tempfile::tempdir().expect("a folder");
    let (keyring, mut vault, before) = desk(place.path());
    let folder = place.path().join("vault");
    let copied = place.path().join("copied");
    vault
        .rotate_stepwise(&by_keyring(&keyring), WithoutSecret::Refuse, &mut |step| {
            if step == Step::OnDisk {
                fs::copy(folder.join("journal.rotation-2"), &copied)?;
            }
            Ok(())
        })
        .expect("it is rotated");
    vault.put(Table::Drafts, RecordId::from_bytes([9; 16]), &json!({"late": true})).expect("it is written");
    let mut expected = before;
    expected.insert(RecordId::from_bytes([9; 16]), json!({"late": true}));
    drop(vault);
    fs::copy(&copied, folder.join("journal.rotation-2")).expect("it is restored");
    fs::copy(&copied, folder.join("journal.rotation-3")).expect("it is restored");
    let (mut vault, findings) = Vault::open(&folder, &keyring, random()).expect("it opens");
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(records(&mut vault), expected);
    assert!(folder.join("journal.damaged-1").exists() && !folder.join("journal.rotation-3").exists());
    drop(vault);
    // The journal is damaged beyond telling whose it is: it is kept, whatever takes its place.
    fs::write(folder.join(JOURNAL), "damaged").expect("it is damaged");
    fs::copy(&copied, folder.join("journal.rotation-2")).expect("it is restored");
    assert!(Vault::open(&folder, &keyring, random()).is_ok());
    assert_eq!(fs::read(folder.join("journal.damaged-2")).expect("it is kept"), b"damaged");
}

/// Whoever can write the folder can wrap a key of their own for the firm, whose public key is no secret.
#[test]
fn a_slot_that_a_stranger_made_for_the_firm_opens_nothing() {
    let place = tempfile::tempdir().expect("a folder");
    let (keyring, mut vault, before) = desk(place.path());
    let folder = place.path().join("vault");
    let (firm, recovery) = (FirmId::make(&mut random()), RecipientSecret::make(&mut random()).expect("a key"));
    vault.set_passphrase(&ChosenPassphrase::new("twelve or more").expect("long enough")).expect("it is set");
    let strange = VaultKey::make(&mut random());
    let wrapping = Wrapping { key: &strange, vault: vault.id, rotation: NonZeroU32::MIN };
    let slot = wrapping.for_firm(firm, recovery.public(), &mut random()).expect("a slot");
    let file = vault.access.file.with(slot).expect("a file");
    fs::write(folder.join("vault.keys"), file.to_text().expect("a text")).expect("it is written");
    // In the open vault, were the file read again: it proves nothing.
    vault.access.file = file;
    let next = ChosenPassphrase::new("another of twelve").expect("long enough");
    let refused = vault.change_passphrase(&Secret::FirmRecovery(&recovery), &next);
    assert!(matches!(refused, Err(ProtectionError::Unlock(UnlockError::WrongFirmKey))), "{refused:?}");
    drop(vault);
    let opened = Vault::open_by(&folder, &Secret::FirmRecovery(&recovery), Some(&keyring), random()).map(|_| ());
    assert!(matches!(opened, Err(OpenVaultError::OtherRotation)), "{opened:?}");
    let passphrase = Passphrase::typed("twelve or more").expect("a passphrase");
    let (mut vault, findings) =
        Vault::open_by(&folder, &Secret::Passphrase(&passphrase), Some(&keyring), random()).expect("it opens");
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(records(&mut vault), before);
}
