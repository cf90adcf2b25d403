//! Whole vaults, brought back where no vault is.

use std::fs;

use satchel_seal::{ChosenPassphrase, Passphrase};
use satchel_store::{
    CreateVaultError, ExportScope, Finding, FirstWay, OpenVaultError, RestoreError, RestoredFrom, Secret, Table, Vault,
};
use serde_json::json;

use super::{Full, REGION, go_on, names, opened_files, records, stamp};
use crate::support::{Desk, Outcome, random};

#[test]
fn everything_comes_back_under_an_id_and_a_key_of_its_own() -> Outcome {
    let mut full = Full::new(&[0, 1, REGION, 2 * REGION + 7])?;
    full.export(ExportScope::Vault)?;
    let desk = Desk::new()?;
    let mut restored = full.restore(&desk)?;
    assert_ne!(restored.id(), full.vault.id());
    assert_eq!(records(&mut restored)?, records(&mut full.vault)?);
    assert_eq!(opened_files(&mut restored)?, opened_files(&mut full.vault)?);
    // It goes on as any vault does.
    restored.change(Table::Drafts, full.drafts[0], &json!({ "note": "after" }))?;
    restored.close();
    let (mut restored, _) = desk.try_open()?;
    assert_eq!(restored.revision(Table::Drafts, full.drafts[0]), Some(2));
    assert_eq!(names(desk.place.path())?.iter().filter(|name| !name.starts_with("vault/")).count(), 0);
    let from = RestoredFrom { vault: full.vault.id(), made_at: stamp().made_at };
    assert_eq!(restored.restored_from()?, Some(from));
    Ok(())
}

#[test]
fn a_vault_with_nothing_in_it_comes_back() -> Outcome {
    let mut full = Full::new(&[])?;
    for (table, id) in records(&mut full.vault)?.into_keys() {
        full.vault.delete(table, id)?;
    }
    full.export(ExportScope::Vault)?;
    let desk = Desk::new()?;
    let mut restored = full.restore(&desk)?;
    assert!(records(&mut restored)?.is_empty());
    Ok(())
}

#[test]
fn that_it_was_restored_is_told_until_somebody_has_looked() -> Outcome {
    let full = Full::new(&[])?;
    let (path, _) = full.export(ExportScope::Vault)?;
    let (desk, from) = (Desk::new()?, RestoredFrom { vault: full.vault.id(), made_at: stamp().made_at });
    let way = FirstWay::Keyring(&desk.keyring);
    let (vault, findings) = full.open(&path)?.restore(&desk.folder(), &way, random(), &mut go_on)?;
    assert_eq!(findings, [Finding::Restored(from)]);
    drop(vault);
    let (mut vault, findings) = desk.try_open()?;
    assert_eq!(findings, [Finding::Restored(from)]);
    vault.advance()?.note(&desk.keyring)?;
    assert_eq!(vault.restored_from()?, Some(from), "counting changes nothing of it");
    vault.confirm_restored()?;
    assert_eq!(vault.restored_from()?, None);
    drop(vault);
    desk.open()?;
    Ok(())
}

/// The generation counts on from the restored vault's own beginning, so that an older copy of it is noticed as of any other.
#[test]
fn an_older_copy_of_a_restored_vault_is_noticed() -> Outcome {
    let full = Full::new(&[])?;
    full.export(ExportScope::Vault)?;
    let desk = Desk::new()?;
    full.restore(&desk)?.confirm_restored()?;
    let copy = desk.place.path().join("copy");
    crate::support::copy_folder(&desk.folder(), &copy)?;
    desk.open()?.close();
    fs::remove_dir_all(desk.folder())?;
    fs::rename(&copy, desk.folder())?;
    assert_eq!(desk.try_open()?.1, [Finding::OlderCopy]);
    Ok(())
}

#[test]
fn it_opens_by_a_passphrase_where_that_is_wanted() -> Outcome {
    let mut full = Full::new(&[3])?;
    let (path, _) = full.export(ExportScope::Vault)?;
    let desk = Desk::new()?;
    let chosen = ChosenPassphrase::new("a long passphrase")?;
    let way = FirstWay::Passphrase(&chosen, None);
    let (mut vault, findings) = full.open(&path)?.restore(&desk.folder(), &way, random(), &mut go_on)?;
    assert!(matches!(findings.as_slice(), [Finding::Restored(_), Finding::NoKeyring]), "{findings:?}");
    assert_eq!(records(&mut vault)?, records(&mut full.vault)?);
    drop(vault);
    let typed = Passphrase::typed("a long passphrase")?;
    Vault::open_by(&desk.folder(), &Secret::Passphrase(&typed), None, random())?;
    assert!(matches!(desk.try_open(), Err(OpenVaultError::Unlock(_))));
    Ok(())
}

#[test]
fn where_a_vault_or_anything_else_is_nothing_is_restored() -> Outcome {
    let full = Full::new(&[])?;
    let (path, _) = full.export(ExportScope::Vault)?;
    let desk = Desk::new()?;
    let way = FirstWay::Keyring(&desk.keyring);
    let restore =
        |folder: &std::path::Path| full.open(&path).map(|import| import.restore(folder, &way, random(), &mut go_on));
    let other = Desk::new()?;
    let id = other.create()?.id();
    let exists = |done| matches!(done, Err(RestoreError::Create(CreateVaultError::Exists)));
    assert!(exists(restore(&other.folder())?));
    assert_eq!(other.open()?.id(), id);
    assert!(names(other.place.path())?.iter().all(|name| name.starts_with("vault/")));
    fs::create_dir_all(desk.folder())?;
    fs::write(desk.folder().join("something"), "else")?;
    assert!(exists(restore(&desk.folder())?));
    let (path, _) = full.export(ExportScope::Draft(full.drafts[0]))?;
    let empty = Desk::new()?;
    let refused = full.open(&path)?.restore(&empty.folder(), &FirstWay::Keyring(&empty.keyring), random(), &mut go_on);
    assert!(matches!(refused, Err(RestoreError::OneDraft)));
    assert!(names(empty.place.path())?.is_empty());
    Ok(())
}

#[test]
fn a_keyring_that_does_not_answer_is_told_before_anything_is_written() -> Outcome {
    let full = Full::new(&[])?;
    let (path, _) = full.export(ExportScope::Vault)?;
    let desk = Desk::new()?;
    desk.keyring.set_locked(true);
    let mut asked = 0;
    let way = FirstWay::Keyring(&desk.keyring);
    let refused = full.open(&path)?.restore(&desk.folder(), &way, random(), &mut |at| {
        asked += 1;
        go_on(at)
    });
    assert!(matches!(refused, Err(RestoreError::Create(CreateVaultError::Keyring(_)))));
    assert_eq!(asked, 0);
    assert!(names(desk.place.path())?.is_empty() && !desk.folder().exists());
    Ok(())
}
