//! The real keyring of a Linux desktop: a gnome-keyring of its own on a bus of its own.
#![cfg(target_os = "linux")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use satchel_seal::{ChosenPassphrase, RecoveryWords};
use satchel_store::{
    CreateVaultError, EraseOrder, Finding, Keyring as _, KeyringErased, KeyringError, OpenVaultError, OsKeyring,
    RecordId, RecoveryKit, Secret, SlotSecrets, Table, Vault, WithoutSecret, erase,
};
use satchel_terms::VaultId;

use crate::support::{Draft, Outcome, child_command, child_folder, random};

const SERVICE: &str = "com.example.satchel.test";
/// Starts a keyring that is unlocked, as signing in does, and waits until it answers.
const UNLOCKED: &str = "printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null
until dbus-send --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
  string:org.freedesktop.secrets | grep -q true; do :; done
exec \"$0\" \"$@\"";
/// Starts nothing: the bus starts a keyring at the first question, and nobody unlocks it.
const NOT_UNLOCKED: &str = "exec \"$0\" \"$@\"";

/// Runs a test of this binary on a bus of its own; nothing where no keyring is installed.
fn run(place: &Path, test: &str, script: &str) -> anyhow::Result<Option<bool>> {
    let found = |program: &str| Command::new("sh").args(["-c", &format!("command -v {program} >/dev/null")]).status();
    for program in ["gnome-keyring-daemon", "dbus-run-session", "dbus-send"] {
        if !found(program)?.success() {
            eprintln!("{program} is not installed, so the real keyring was not tried");
            return Ok(None);
        }
    }
    // A session's own, as after signing in anew.
    let runtime = tempfile::tempdir()?;
    let runtime = runtime.path();
    std::fs::set_permissions(runtime, std::fs::Permissions::from_mode(0o700))?;
    let child = child_command(test, place)?;
    let mut session = Command::new("timeout");
    session.args(["60", "dbus-run-session", "--", "sh", "-c", script]).arg(child.get_program()).args(child.get_args());
    session.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
    session.env("HOME", place).env("XDG_RUNTIME_DIR", runtime);
    for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"] {
        session.env_remove(name);
    }
    let output = session.output()?;
    eprintln!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Ok(Some(output.status.success()))
}

fn create(folder: &Path, keyring: &OsKeyring) -> Result<Vault, CreateVaultError> {
    Vault::create(&folder.join("vault"), keyring, random())
}

#[test]
fn child_uses_an_unlocked_keyring() -> Outcome {
    let Some(folder) = child_folder() else { return Ok(()) };
    let keyring = OsKeyring::connect(SERVICE)?;
    let nobodys = VaultId::make(&mut random());
    assert!(matches!(keyring.read(nobodys), Err(KeyringError::NoEntry)));
    let mut vault = create(&folder, &keyring)?;
    let (id, record) = (vault.id(), RecordId::make(&mut random()));
    vault.put(Table::Drafts, record, &Draft::titled("kept"))?;
    drop(vault);
    for generation in 2..5_u64 {
        // Anew, as after a start.
        let keyring = OsKeyring::connect(SERVICE)?;
        let (mut vault, findings) = Vault::open(&folder.join("vault"), &keyring, random())?;
        assert!(findings.is_empty(), "{findings:?}");
        assert_eq!(vault.read::<Draft>(Table::Drafts, record)?, Some(Draft::titled("kept")));
        let secret = keyring.read(id)?;
        assert_eq!((secret.len(), &secret[33..]), (41, generation.to_be_bytes().as_slice()));
    }
    child_restores_and_erases(&folder.join("other"), &keyring)?;
    // Another service, as a practice build is, does not see it.
    let other = OsKeyring::connect("com.example.satchel.practice")?;
    let opened = Vault::open(&folder.join("vault"), &other, random()).map(|_| ());
    assert!(matches!(opened, Err(OpenVaultError::Keyring(KeyringError::NoEntry))), "{opened:?}");
    Ok(())
}

/// The way back after the entry was deleted, and the end of a vault.
fn child_restores_and_erases(folder: &Path, keyring: &OsKeyring) -> Outcome {
    let mut vault = Vault::create(folder, keyring, random())?;
    let (id, kit) = (vault.id(), RecoveryKit::make(&mut random()));
    let words = kit.words();
    vault.keep_recovery_kit(&kit, kit.asked().map(|number| words[number - 1]))?;
    drop(vault);
    keyring.delete(id)?;
    assert!(matches!(keyring.delete(id), Err(KeyringError::NoEntry)));
    let opened = Vault::open(folder, keyring, random()).map(|_| ());
    assert!(matches!(opened, Err(OpenVaultError::Keyring(KeyringError::NoEntry))), "{opened:?}");
    let words = RecoveryWords::typed(&words.join(" "))?;
    let (mut vault, findings) = Vault::open_by(folder, &Secret::RecoveryWords(&words), Some(keyring), random())?;
    assert_eq!(findings, [Finding::KeyringDoesNotOpen]);
    vault.restore_keyring(keyring)?;
    let secrets = SlotSecrets { keyring: Some(keyring), recovery_words: Some(&words), ..SlotSecrets::default() };
    vault.rotate(&secrets, WithoutSecret::Refuse)?;
    let passphrase = ChosenPassphrase::new("twelve or more letters")?;
    vault.set_passphrase(&passphrase)?;
    vault.remove_passphrase(&Secret::Passphrase(passphrase.as_typed()), keyring)?;
    drop(vault);
    let (vault, findings) = Vault::open(folder, keyring, random())?;
    assert!(findings.is_empty(), "{findings:?}");
    drop(vault);
    let erased = erase(folder, Some(keyring), &EraseOrder::commanded_by_firm(id))?;
    assert!(erased.is_complete() && matches!(erased.keyring, KeyringErased::Gone), "{erased:?}");
    assert!(matches!(keyring.read(id), Err(KeyringError::NoEntry)));
    Ok(())
}

#[test]
fn a_vault_lives_with_the_real_keyring() -> Outcome {
    let place = tempfile::tempdir()?;
    let run = |test, script| run(place.path(), test, script);
    assert_ne!(run("keyring::child_uses_an_unlocked_keyring", UNLOCKED)?, Some(false));
    assert_ne!(run("keyring::child_opens_while_the_keyring_is_locked", NOT_UNLOCKED)?, Some(false));
    assert_ne!(run("keyring::child_opens_again", UNLOCKED)?, Some(false));
    Ok(())
}

/// A locked keyring may say that it has nothing. Whatever it says, the vault stays as it is.
#[test]
fn child_opens_while_the_keyring_is_locked() -> Outcome {
    let Some(folder) = child_folder() else { return Ok(()) };
    let keyring = OsKeyring::connect(SERVICE)?;
    let opened = Vault::open(&folder.join("vault"), &keyring, random()).map(|_| ());
    let expected = matches!(
        opened,
        Err(OpenVaultError::Keyring(KeyringError::Locked(_) | KeyringError::Denied(_) | KeyringError::NoEntry))
    );
    assert!(expected, "{opened:?}");
    let refused = create(&folder, &keyring).map(|_| ());
    assert!(matches!(refused, Err(CreateVaultError::Exists)), "{refused:?}");
    Ok(())
}

#[test]
fn child_opens_again() -> Outcome {
    let Some(folder) = child_folder() else { return Ok(()) };
    let (mut vault, findings) = Vault::open(&folder.join("vault"), &OsKeyring::connect(SERVICE)?, random())?;
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(vault.read_all::<Draft>(Table::Drafts).len(), 1);
    Ok(())
}

#[test]
fn child_uses_a_keyring_that_nobody_unlocked() -> Outcome {
    let Some(folder) = child_folder() else { return Ok(()) };
    let keyring = OsKeyring::connect(SERVICE)?;
    let refused = create(&folder, &keyring).map(|_| ());
    assert!(
        matches!(refused, Err(CreateVaultError::Keyring(KeyringError::Locked(_) | KeyringError::Denied(_)))),
        "{refused:?}"
    );
    assert!(!folder.join("vault").exists());
    Ok(())
}

#[test]
fn a_keyring_that_nobody_unlocked_makes_no_vault() -> Outcome {
    let place = tempfile::tempdir()?;
    assert_ne!(run(place.path(), "keyring::child_uses_a_keyring_that_nobody_unlocked", NOT_UNLOCKED)?, Some(false));
    Ok(())
}

#[test]
fn child_has_no_bus() -> Outcome {
    if child_folder().is_none() {
        return Ok(());
    }
    assert!(matches!(OsKeyring::connect(SERVICE), Err(KeyringError::NoService(_))));
    Ok(())
}

#[test]
fn without_a_bus_there_is_no_keyring() -> Outcome {
    let place = tempfile::tempdir()?;
    let mut child = child_command("keyring::child_has_no_bus", place.path())?;
    child.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", place.path().join("none").display()));
    assert!(child.output()?.status.success());
    Ok(())
}
