use std::collections::BTreeSet;

use rand_core::UnwrapErr;
use satchel_seal::RecoveryWords;
use serde_json::json;

use super::*;
use crate::in_memory_keyring::{Answer, InMemoryKeyring};
use crate::recovery_kit::RecoveryKit;
use crate::{OpenVaultError, RecordId, Secret, Table};

fn random() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

struct Desk {
    place: tempfile::TempDir,
    keyring: InMemoryKeyring,
    words: RecoveryWords,
    id: VaultId,
}

impl Desk {
    fn new() -> Self {
        let (place, keyring) = (tempfile::tempdir().expect("a folder"), InMemoryKeyring::new());
        let mut vault = Vault::create(&place.path().join("vault"), &keyring, random()).expect("a vault");
        vault.put(Table::Drafts, RecordId::from_bytes([1; 16]), &json!({"a": "x".repeat(300)})).expect("it is written");
        let kit = RecoveryKit::make(&mut random());
        let shown = kit.words();
        let [first, second] = kit.asked();
        vault.keep_recovery_kit(&kit, [shown[first - 1], shown[second - 1]]).expect("it is kept");
        let words = RecoveryWords::typed(&shown.join(" ")).expect("words");
        let folder = place.path().join("vault");
        for name in ["attachments/0123.part", "journal.damaged-1", "vault.keys.new", "attachments/deeper/file"] {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, "something").expect("it is written");
        }
        Self { id: vault.id(), place, keyring, words }
    }

    fn folder(&self) -> PathBuf {
        self.place.path().join("vault")
    }

    fn order(&self) -> EraseOrder {
        EraseOrder::commanded_by_firm(self.id)
    }

    fn opens(&self) -> Vec<Result<(), OpenVaultError>> {
        let by_words = Secret::RecoveryWords(&self.words);
        vec![
            Vault::open(&self.folder(), &self.keyring, random()).map(|_| ()),
            Vault::open_by(&self.folder(), &by_words, Some(&self.keyring), random()).map(|_| ()),
        ]
    }
}

const STEPS: [Step; 5] =
    [Step::Marked, Step::KeysOverwritten, Step::KeysRemoved, Step::EntryDeleted, Step::FilesRemoved];

#[test]
fn nothing_is_left_and_it_is_told_what_was_done() {
    let desk = Desk::new();
    let erased = erase(&desk.folder(), Some(&desk.keyring), &desk.order()).expect("it is erased");
    assert!(erased.is_complete() && matches!(erased.keyring, KeyringErased::Gone), "{erased:?}");
    assert!(erased.files >= 7 && erased.bytes > 1_000, "{erased:?}");
    assert!(!desk.folder().exists());
    assert!(matches!(desk.keyring.read(desk.id), Err(KeyringError::NoEntry)));
    let again = erase(&desk.folder(), Some(&desk.keyring), &desk.order()).expect("there is nothing to do");
    assert!(
        again.is_complete() && matches!(again.keyring, KeyringErased::WasNotThere) && again.files == 0,
        "{again:?}"
    );
}

#[test]
fn a_kill_behind_any_step_leaves_what_no_key_opens_and_a_second_call_finishes() {
    for killed in STEPS {
        let desk = Desk::new();
        let stopped = erase_stepwise(&desk.folder(), Some(&desk.keyring), &desk.order(), &mut |step| {
            if step == killed { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
        });
        assert!(matches!(stopped, Err(EraseError::Io(_))), "{killed:?}");
        for opened in desk.opens() {
            assert!(matches!(opened, Err(OpenVaultError::BeingErased)), "{killed:?}: {opened:?}");
        }
        assert!(Vault::is_in(&desk.folder()).expect("it is told"), "{killed:?}: nobody makes a vault there");
        if killed != Step::Marked {
            // Without the mark too: what is left of the slots is zeros, or nothing.
            fs::rename(desk.folder().join(MARK), desk.place.path().join("mark")).expect("it is moved");
            for opened in desk.opens() {
                let shut = matches!(
                    opened,
                    Err(OpenVaultError::KeyFile(_) | OpenVaultError::KeyFileMissing | OpenVaultError::Missing)
                );
                assert!(shut, "{killed:?}: {opened:?}");
            }
            fs::rename(desk.place.path().join("mark"), desk.folder().join(MARK)).expect("it is moved");
        }
        let erased = erase(&desk.folder(), Some(&desk.keyring), &desk.order()).expect("it is erased");
        assert!(erased.is_complete() && !desk.folder().exists(), "{killed:?}: {erased:?}");
        assert!(matches!(desk.keyring.read(desk.id), Err(KeyringError::NoEntry)), "{killed:?}");
    }
}

#[test]
fn a_command_for_another_vault_an_open_vault_and_a_foreign_folder_are_left_alone() {
    let desk = Desk::new();
    let other = EraseOrder::commanded_by_firm(VaultId::make(&mut random()));
    let files = |desk: &Desk| -> BTreeSet<String> {
        names_in(&desk.folder()).expect("it is listed").into_iter().map(|(name, _)| name).collect()
    };
    let before = files(&desk);
    // Also where the key file is gone and the journal alone tells.
    for name in [None, Some(KEY_FILE)] {
        if let Some(name) = name {
            fs::rename(desk.folder().join(name), desk.place.path().join("kept")).expect("it is moved");
        }
        let refused = erase(&desk.folder(), Some(&desk.keyring), &other);
        assert!(matches!(refused, Err(EraseError::OtherVault)), "{refused:?}");
    }
    fs::rename(desk.place.path().join("kept"), desk.folder().join(KEY_FILE)).expect("it is moved");
    assert_eq!(files(&desk), before);
    let vault = Vault::open(&desk.folder(), &desk.keyring, random()).expect("it opens");
    let refused = erase(&desk.folder(), Some(&desk.keyring), &desk.order());
    assert!(matches!(refused, Err(EraseError::InUse)), "{refused:?}");
    drop(vault);
    let foreign = tempfile::tempdir().expect("a folder");
    fs::write(foreign.path().join("letter.txt"), "mine").expect("it is written");
    let erased = erase(foreign.path(), None, &desk.order()).expect("there is nothing to do");
    assert!(erased.files == 0 && foreign.path().join("letter.txt").exists());
    assert!(desk.opens().iter().all(Result::is_ok));
}

#[test]
fn a_keyring_that_is_locked_keeps_nothing_and_is_asked_again() {
    let desk = Desk::new();
    desk.keyring.set_answer(Answer::Locked);
    let erased = erase(&desk.folder(), Some(&desk.keyring), &desk.order()).expect("it is erased");
    assert!(!erased.is_complete() && matches!(erased.keyring, KeyringErased::Left(_)), "{erased:?}");
    let left: Vec<_> = names_in(&desk.folder()).expect("it is listed").into_iter().map(|(name, _)| name).collect();
    assert!(left.iter().all(|name| name == MARK || name == LOCK), "{left:?}");
    desk.keyring.set_answer(Answer::Well);
    let erased = erase(&desk.folder(), Some(&desk.keyring), &desk.order()).expect("it is erased");
    assert!(erased.is_complete() && matches!(erased.keyring, KeyringErased::Gone) && !desk.folder().exists());
}

#[cfg(unix)]
#[test]
fn what_a_link_points_to_is_left_alone() {
    let desk = Desk::new();
    let elsewhere = desk.place.path().join("elsewhere");
    fs::create_dir(&elsewhere).expect("a folder");
    fs::write(elsewhere.join("letter.txt"), "mine").expect("it is written");
    std::os::unix::fs::symlink(&elsewhere, desk.folder().join("attachments/link")).expect("a link");
    let erased = erase(&desk.folder(), Some(&desk.keyring), &desk.order()).expect("it is erased");
    assert!(erased.is_complete() && elsewhere.join("letter.txt").exists(), "{erased:?}");
    let gone = Vault::ways(&desk.folder());
    assert!(matches!(gone, Err(OpenVaultError::Missing)), "{gone:?}");
}

/// A mark cannot be written, as on a full disk: the keys are destroyed all the same.
#[test]
fn an_erasure_does_without_its_mark() {
    for killed in [Step::Marked, Step::KeysOverwritten, Step::KeysRemoved, Step::EntryDeleted] {
        let desk = Desk::new();
        fs::create_dir(desk.folder().join(format!("{MARK}.new"))).expect("a folder that is in the way");
        let stopped = erase_stepwise(&desk.folder(), Some(&desk.keyring), &desk.order(), &mut |step| {
            if step == killed { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
        });
        assert!(stopped.is_err() && !desk.folder().join(MARK).exists());
        let (opened, shut) = (desk.opens(), killed != Step::Marked);
        assert!(opened.iter().all(|opened| opened.is_err() == shut), "{killed:?}: {opened:?}");
        let erased = erase(&desk.folder(), Some(&desk.keyring), &desk.order()).expect("it is erased");
        assert!(erased.is_complete() && !desk.folder().exists(), "{killed:?}: {erased:?}");
    }
}
