//! What is written, while the vault goes on.

use std::fs;

use satchel_seal::{ChosenPassphrase, ExportSlotKind, Passphrase, RecoveryWords};
use satchel_store::{
    ExportError, ExportKeys, ExportKind, ExportScope, ExportSecret, ExportStamp, Finding, FirstWay, Import,
    ImportError, RecordId, RecoveryKit, SlotSecrets, Table, UnlockError, WithoutSecret,
};
use satchel_terms::OrderId;
use serde_json::json;

use super::{Full, MARKER, attach, go_on, names, opened_files, records, stamp};
use crate::support::{Desk, Outcome, random};

#[test]
fn the_file_is_its_owners_alone_and_nothing_in_it_is_readable() -> Outcome {
    let full = Full::new(&[1000])?;
    let (path, exported) = full.export(ExportScope::Vault)?;
    let bytes = fs::read(&path)?;
    assert_eq!(bytes.len() as u64, exported.bytes);
    let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(!holds(MARKER.as_bytes()) && !holds(b".pdf") && !holds(b"contentKey") && !holds(b"0.1.0"));
    assert!(!holds(full.vault.id().to_string().as_bytes()) && !holds(full.vault.id().as_bytes()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(names(&full.desk.place.path().join("out"))?, ["copy.satchel"]);
    Ok(())
}

#[test]
fn what_the_file_says_of_itself() -> Outcome {
    let full = Full::new(&[0, 5])?;
    let (path, exported) = full.export(ExportScope::Vault)?;
    let import = full.open(&path)?;
    let about = import.about();
    assert_eq!((about, import.bytes()), (&exported.about, exported.bytes));
    assert_eq!((about.kind, about.vault, about.made_at), (ExportKind::Vault, Some(full.vault.id()), stamp().made_at));
    let counts = about.counts;
    assert_eq!((counts.drafts, counts.under_way, counts.orders, counts.attachments), (3, 1, 1, 3));
    assert_eq!((counts.records, counts.sealed_bytes), (11, 33 + 38));
    let (path, _) = full.export(ExportScope::Draft(full.drafts[0]))?;
    let import = full.open(&path)?;
    let about = import.about();
    assert_eq!((about.kind, about.vault, about.counts.records), (ExportKind::Draft, None, 3));
    Ok(())
}

#[test]
fn each_way_opens_it_and_no_other_secret() -> Outcome {
    let full = Full::new(&[])?;
    let chosen = ChosenPassphrase::new("a passphrase of its own")?;
    let wrong = Passphrase::typed("a passphrase of its owm")?;
    let target = full.desk.place.path().join("both.satchel");
    let export = full.vault.begin_export(ExportScope::Vault)?;
    let both = ExportKeys { passphrase: Some(&chosen), recovery_words: Some(&full.words) };
    export.write(&target, &both, &stamp(), &mut random(), &mut go_on)?;
    assert_eq!(Import::ways(&target)?, [ExportSlotKind::Passphrase, ExportSlotKind::RecoveryWords]);
    Import::open(&target, &ExportSecret::Passphrase(chosen.as_typed()))?;
    full.open(&target)?;
    let other = RecoveryWords::make(&mut random());
    for (secret, way) in [
        (ExportSecret::Passphrase(&wrong), ExportSlotKind::Passphrase),
        (ExportSecret::RecoveryWords(&other), ExportSlotKind::RecoveryWords),
    ] {
        assert!(matches!(Import::open(&target, &secret), Err(ImportError::WrongSecret(of)) if of == way), "{way:?}");
    }
    let (path, _) = full.export(ExportScope::Vault)?;
    let refused = Import::open(&path, &ExportSecret::Passphrase(chosen.as_typed()));
    assert!(matches!(refused, Err(ImportError::NoSuchWay(ExportSlotKind::Passphrase))));
    let export = full.vault.begin_export(ExportScope::Vault)?;
    let none = export.write(&target, &ExportKeys::default(), &stamp(), &mut random(), &mut go_on);
    assert!(matches!(none, Err(ExportError::NoKeys)));
    full.open(&target)?;
    Ok(())
}

#[test]
fn only_the_words_of_the_vault_are_its_words() -> Outcome {
    let mut full = Full::new(&[])?;
    assert_eq!(full.vault.has_words(&full.words), Err(UnlockError::NoRecoveryWords));
    let kit = RecoveryKit::make(&mut random());
    let words = RecoveryWords::typed(&kit.words().join(" "))?;
    full.vault.keep_recovery_kit(&kit, kit.asked().map(|number| kit.words()[number - 1]))?;
    assert_eq!(full.vault.has_words(&words), Ok(()));
    assert_eq!(full.vault.has_words(&full.words), Err(UnlockError::WrongRecoveryWords));
    Ok(())
}

#[test]
fn what_is_done_to_the_vault_meanwhile_changes_nothing_of_it() -> Outcome {
    let mut full = Full::new(&[100])?;
    let before = records(&mut full.vault)?;
    let export = full.vault.begin_export(ExportScope::Vault)?;
    full.vault.change(Table::Drafts, full.drafts[0], &json!({ "title": "later" }))?;
    full.vault.delete(Table::Drafts, full.drafts[1])?;
    full.vault.put(Table::Drafts, OrderId::make(&mut random()), &json!({ "title": "new" }))?;
    attach(&full.desk, &mut full.vault, full.drafts[0], 7)?;
    full.vault.compact()?;
    let secrets = SlotSecrets { keyring: Some(&full.desk.keyring), ..SlotSecrets::default() };
    full.vault.rotate(&secrets, WithoutSecret::Refuse)?;
    full.vault.put(Table::Settings, RecordId::make(&mut random()), &json!({ "later": true }))?;
    let target = full.desk.place.path().join("copy.satchel");
    export.write(&target, &full.keys(), &stamp(), &mut random(), &mut go_on)?;
    let desk = Desk::new()?;
    let import = full.open(&target)?;
    let way = FirstWay::Keyring(&desk.keyring);
    let (mut restored, _) = import.restore(&desk.folder(), &way, random(), &mut go_on)?;
    assert_eq!(records(&mut restored)?, before);
    assert_eq!(opened_files(&mut restored)?.len(), 2);
    Ok(())
}

#[test]
fn a_file_that_went_missing_is_told_and_stops_the_export_of_its_draft_only() -> Outcome {
    let mut full = Full::new(&[100, 200])?;
    let gone = full.files[0];
    let export = full.vault.begin_export(ExportScope::Vault)?;
    full.vault.attachments().remove(gone)?;
    let target = full.desk.place.path().join("copy.satchel");
    let exported = export.write(&target, &full.keys(), &stamp(), &mut random(), &mut go_on)?;
    assert_eq!(exported.missing, [gone]);
    let of_draft = full.export(ExportScope::Draft(full.drafts[0]));
    assert!(matches!(of_draft, Err(ExportError::FileMissing(id)) if id == gone));
    assert!(names(&full.desk.place.path().join("out"))?.is_empty());
    // One that was cut is as good as missing.
    let cut = full.vault.attachments().sealed_path(full.files[1]);
    fs::write(&cut, &fs::read(&cut)?[..100])?;
    let (_, exported) = full.export(ExportScope::Vault)?;
    assert_eq!(exported.missing.len(), 2);
    let desk = Desk::new()?;
    let mut restored = full.restore(&desk)?;
    assert_eq!(records(&mut restored)?, records(&mut full.vault)?);
    drop(restored);
    let findings = desk.try_open()?.1;
    assert!(matches!(findings.as_slice(), [_, Finding::AttachmentsMissing(ids)] if ids.len() == 2));
    Ok(())
}

#[test]
fn what_is_not_there_is_not_exported() -> Outcome {
    let full = Full::new(&[])?;
    let none = full.vault.begin_export(ExportScope::Draft(OrderId::make(&mut random())));
    assert!(matches!(none, Err(ExportError::NoSuchDraft)));
    let export = full.vault.begin_export(ExportScope::Vault)?;
    let nowhere = full.desk.place.path().join("nowhere").join("copy.satchel");
    let refused = export.write(&nowhere, &full.keys(), &stamp(), &mut random(), &mut go_on);
    assert!(matches!(refused, Err(ExportError::NotWritten(_))));
    Ok(())
}

#[test]
fn nothing_is_written_among_the_vaults_own_files() -> Outcome {
    let full = Full::new(&[])?;
    let folder = full.desk.folder();
    let journal = fs::read(folder.join("journal.satchel"))?;
    let mut targets = vec![folder.join("journal.satchel"), folder.join("attachments").join("copy.satchel")];
    #[cfg(unix)]
    {
        let link = full.desk.place.path().join("link");
        std::os::unix::fs::symlink(&folder, &link)?;
        targets.push(link.join("journal.satchel"));
    }
    for target in targets {
        let export = full.vault.begin_export(ExportScope::Vault)?;
        let refused = export.write(&target, &full.keys(), &stamp(), &mut random(), &mut go_on);
        assert!(matches!(refused, Err(ExportError::InsideVault)), "{}", target.display());
    }
    assert_eq!(fs::read(folder.join("journal.satchel"))?, journal);
    Ok(())
}

#[test]
fn any_name_of_a_version_can_be_read_back() -> Outcome {
    let full = Full::new(&[])?;
    for (satchel, expected) in [("", "unknown".to_owned()), (&"é".repeat(65), "é".repeat(64))] {
        let target = full.desk.place.path().join("copy.satchel");
        let stamp = ExportStamp { satchel, ..stamp() };
        full.vault.begin_export(ExportScope::Vault)?.write(&target, &full.keys(), &stamp, &mut random(), &mut go_on)?;
        assert_eq!(full.open(&target)?.about().satchel, expected);
    }
    Ok(())
}

#[test]
fn an_older_file_is_replaced_by_a_whole_one_and_what_a_kill_left_is_removed() -> Outcome {
    let full = Full::new(&[])?;
    let (target, folder) = (full.target(), full.desk.place.path().join("out"));
    fs::create_dir_all(&folder)?;
    fs::write(&target, "an older export")?;
    let left = folder.join("copy.satchel.part");
    fs::write(&left, "what a kill left")?;
    full.export(ExportScope::Vault)?;
    full.open(&target)?;
    assert_eq!(names(&folder)?, ["copy.satchel"]);
    // Somebody else is writing.
    let other = fs::File::create(&left)?;
    other.try_lock()?;
    assert!(matches!(full.export(ExportScope::Vault), Err(ExportError::InUse)));
    assert_eq!(names(&folder)?, ["copy.satchel", "copy.satchel.part"]);
    #[cfg(unix)]
    {
        drop(other);
        fs::remove_file(&left)?;
        let victim = full.desk.place.path().join("victim");
        fs::write(&victim, "not to be touched")?;
        std::os::unix::fs::symlink(&victim, &left)?;
        full.export(ExportScope::Vault)?;
        assert_eq!(fs::read_to_string(&victim)?, "not to be touched");
    }
    Ok(())
}

/// It is written on a thread of its own, while whoever types goes on.
#[test]
fn saves_go_on_while_it_is_written() -> Outcome {
    fn goes_to_a_thread<T: Send>(thing: T) -> T {
        thing
    }
    let mut full = Full::new(&[100])?;
    for number in 0..50 {
        full.vault.put(Table::Drafts, OrderId::make(&mut random()), &json!({ "number": number }))?;
    }
    let before = records(&mut full.vault)?;
    let export = goes_to_a_thread(full.vault.begin_export(ExportScope::Vault)?);
    let (target, words) = (full.desk.place.path().join("copy.satchel"), &full.words);
    let (vault, draft) = (&mut full.vault, full.drafts[1]);
    let (reached, wait) = std::sync::mpsc::channel();
    let (saved, go) = std::sync::mpsc::channel::<()>();
    let saves = std::thread::scope(|scope| {
        let target = &target;
        let writing = scope.spawn(move || {
            let keys = ExportKeys { passphrase: None, recovery_words: Some(words) };
            // At each step it waits until something was saved, compacted or deleted.
            export.write(target, &keys, &stamp(), &mut random(), &mut |at| {
                if reached.send(()).is_ok() {
                    go.recv().ok();
                }
                go_on(at)
            })
        });
        let mut saves = 0;
        while wait.recv_timeout(std::time::Duration::from_secs(30)).is_ok() && !writing.is_finished() {
            saves += 1;
            vault.change(Table::Drafts, draft, &json!({ "count": saves }))?;
            if saves % 7 == 0 {
                vault.compact()?;
            }
            saved.send(())?;
            if saves > 50 {
                break;
            }
        }
        drop((wait, saved));
        writing.join().map_err(|_| anyhow::anyhow!("it did not end"))??;
        anyhow::Ok(saves)
    })?;
    assert!(saves > 50, "{saves}");
    let desk = Desk::new()?;
    let import = goes_to_a_thread(full.open(&target)?);
    let way = FirstWay::Keyring(&desk.keyring);
    let (mut restored, _) = import.restore(&desk.folder(), &way, random(), &mut go_on)?;
    assert_eq!(records(&mut restored)?, before);
    Ok(())
}
