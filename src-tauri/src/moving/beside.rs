//! The folders beside a vault's while it is restored: the new one is made whole beside the one that is there, then takes its place.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use satchel_store::Vault;

/// What a vault is called that was restored and has not taken its place yet.
const RESTORED: &str = "vault.restored";
/// What a vault is called that gave way to it.
const REPLACED: &str = "vault.replaced";

/// Returns where a vault is restored, beside the one in a folder; nothing is there.
pub(super) fn place_beside(folder: &Path) -> io::Result<PathBuf> {
    let restored = folder.with_file_name(RESTORED);
    remove(&restored)?;
    Ok(restored)
}

/// Puts the restored vault in the place of the one that is there, which is closed. Where that fails, the one that was there is there again.
pub(super) fn swap(folder: &Path) -> io::Result<()> {
    let (restored, replaced) = (folder.with_file_name(RESTORED), folder.with_file_name(REPLACED));
    remove(&replaced)?;
    fs::rename(folder, &replaced)?;
    if let Err(error) = fs::rename(&restored, folder) {
        fs::rename(&replaced, folder)?;
        return Err(error);
    }
    sync_parent(folder)?;
    // Another opening removes what stays.
    remove(&replaced).ok();
    Ok(())
}

/// Finishes or undoes what a kill left of [`swap`], before a vault is looked for in a folder.
pub(crate) fn settle_beside(folder: &Path) -> io::Result<()> {
    let (restored, replaced) = (folder.with_file_name(RESTORED), folder.with_file_name(REPLACED));
    if !Vault::is_in(folder)? {
        // The one that is whole: a vault gets its name once all of it is there.
        let left = [&restored, &replaced].into_iter().find(|left| Vault::is_in(left).unwrap_or(false));
        let Some(left) = left else { return Ok(()) };
        fs::rename(left, folder)?;
        sync_parent(folder)?;
    }
    remove(&restored)?;
    remove(&replaced)
}

/// Removes what lies beside a vault that is to be erased.
pub(crate) fn forget_beside(folder: &Path) {
    for name in [RESTORED, REPLACED] {
        remove(&folder.with_file_name(name)).ok();
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Has the disk keep the names.
fn sync_parent(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder.parent().unwrap_or(folder))?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use satchel_store::InMemoryKeyring;
    use satchel_terms::VaultId;

    use super::*;
    use crate::rng;

    struct Desk {
        folder: tempfile::TempDir,
        keyring: InMemoryKeyring,
    }

    impl Desk {
        fn new() -> Self {
            Self { folder: tempfile::tempdir().expect("a folder"), keyring: InMemoryKeyring::new() }
        }

        fn at(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn make(&self, name: &str) -> VaultId {
            let vault = Vault::create(&self.at(name), &self.keyring, rng()).expect("a vault");
            let id = vault.id();
            vault.close();
            id
        }

        fn id(&self, name: &str) -> Option<VaultId> {
            Vault::is_in(&self.at(name))
                .expect("a folder")
                .then(|| Vault::open(&self.at(name), &self.keyring, rng()).expect("it opens").0.id())
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(self.folder.path()).expect("a folder");
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
        }
    }

    #[test]
    fn the_restored_one_takes_the_place() {
        let desk = Desk::new();
        desk.make("vault");
        let new = desk.make(RESTORED);
        swap(&desk.at("vault")).expect("they change places");
        assert_eq!(desk.id("vault"), Some(new));
        assert_eq!(desk.names(), ["vault"]);
    }

    #[test]
    fn where_there_is_none_the_old_one_stays() {
        let desk = Desk::new();
        let old = desk.make("vault");
        assert!(swap(&desk.at("vault")).is_err());
        assert_eq!(desk.id("vault"), Some(old));
    }

    /// After each step of restoring, a kill; then Satchel is started.
    #[test]
    fn a_kill_at_any_step_leaves_the_old_one_or_the_new_one() {
        for step in 0..4 {
            let desk = Desk::new();
            let (old, new) = (desk.make("vault"), desk.make(RESTORED));
            if step > 0 {
                fs::rename(desk.at("vault"), desk.at(REPLACED)).expect("the first step");
            }
            if step > 1 {
                fs::rename(desk.at(RESTORED), desk.at("vault")).expect("the second step");
            }
            if step > 2 {
                fs::remove_dir_all(desk.at(REPLACED)).expect("the third step");
            }
            settle_beside(&desk.at("vault")).expect("it is settled");
            let expected = if step == 0 { old } else { new };
            assert_eq!(desk.id("vault"), Some(expected), "after {step} steps");
            assert_eq!(desk.names(), ["vault"], "after {step} steps");
        }
    }

    #[test]
    fn a_restoring_that_never_became_whole_changes_nothing() {
        let desk = Desk::new();
        let old = desk.make("vault");
        fs::rename(desk.at("vault"), desk.at(REPLACED)).expect("as an older build left it");
        fs::create_dir(desk.at(RESTORED)).expect("a folder");
        settle_beside(&desk.at("vault")).expect("it is settled");
        assert_eq!(desk.id("vault"), Some(old));
    }

    #[test]
    fn where_nothing_is_nothing_is_made() {
        let desk = Desk::new();
        settle_beside(&desk.at("vault")).expect("nothing to settle");
        assert!(desk.names().is_empty());
        forget_beside(&desk.at("vault"));
    }
}
