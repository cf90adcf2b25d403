//! Locking, and what opens the vault. What is typed here is wiped once it was used.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::Path;

use tauri::{AppHandle, Runtime, State};
use zeroize::Zeroizing;

use crate::firm_key;
use crate::locking::Typed;
use crate::picker;
use crate::rotating::Given;
use crate::state::Shell;
use crate::ui_error::UiError;
use crate::view::vault::{KitView, LockSettingsView, RotatedView, VaultStateView, VaultView};

/// Tells whether the vault is open, and what opens it.
#[tauri::command(async)]
pub fn vault_state<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>) -> Result<VaultStateView, UiError> {
    shell.vault_state(&app)
}

/// Makes the vault behind a passphrase.
#[tauri::command(async)]
pub fn create_vault<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    passphrase: String,
) -> Result<VaultView, UiError> {
    shell.create_vault(&app, &Zeroizing::new(passphrase))
}

/// Locks the vault.
#[tauri::command(async)]
pub fn lock_vault<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>) -> Result<(), UiError> {
    shell.lock(&app)
}

/// Unlocks the vault; without a passphrase by the keyring.
#[tauri::command(async)]
pub fn unlock_vault<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    passphrase: Option<String>,
) -> Result<VaultView, UiError> {
    match passphrase.map(Zeroizing::new) {
        None => shell.unlock_by_keyring(&app),
        Some(passphrase) => shell.unlock(&app, &Typed::passphrase(&passphrase)?),
    }
}

/// Opens the vault by the words of the recovery kit. A passphrase that is given opens it from then on.
#[tauri::command(async)]
pub fn unlock_with_words<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    words: String,
    passphrase: Option<String>,
) -> Result<VaultView, UiError> {
    let (words, passphrase) = (Zeroizing::new(words), passphrase.map(Zeroizing::new));
    shell.unlock(&app, &Typed::words(&words, passphrase.as_deref().map(String::as_str))?)
}

/// Lets the user pick the file of the firm's recovery key, and opens the vault by it; nothing where none was picked. A passphrase that is
/// given opens it from then on.
#[tauri::command(async)]
pub fn unlock_with_firm_key<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    passphrase: Option<String>,
) -> Result<Option<VaultView>, UiError> {
    shell.has_firm_recovery(&app)?;
    let passphrase = passphrase.map(Zeroizing::new);
    let Some(file) = picker::pick_one(&app, shell.picked(), "The firm’s recovery key", None) else { return Ok(None) };
    let jwk = read_small(&file).map_err(|_| UiError::no_firm_key())?;
    let typed = Typed::firm_key(&jwk, passphrase.as_deref().map(String::as_str))?;
    shell.unlock(&app, &typed).map(Some)
}

/// Reads a file of a key. One that is larger than any is refused by whoever reads it.
fn read_small(file: &Path) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    std::fs::File::open(file)?.take(firm_key::BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Makes a new vault key. Whoever has a passphrase gives it; a recovery kit whose words are not given falls away.
#[tauri::command(async)]
pub fn rotate_key<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    passphrase: Option<String>,
    words: Option<String>,
) -> Result<RotatedView, UiError> {
    let (passphrase, words) = (passphrase.map(Zeroizing::new), words.map(Zeroizing::new));
    let given = Given::typed(passphrase.as_deref().map(String::as_str), words.as_deref().map(String::as_str))?;
    shell.rotate_key(&app, &given)
}

/// Sets a passphrase, or changes the current one.
#[tauri::command(async)]
pub fn set_passphrase(shell: State<'_, Shell>, current: Option<String>, passphrase: String) -> Result<(), UiError> {
    let (current, passphrase) = (current.map(Zeroizing::new), Zeroizing::new(passphrase));
    shell.set_passphrase(current.as_deref().map(String::as_str), &passphrase)
}

/// Takes the passphrase away.
#[tauri::command(async)]
pub fn remove_passphrase<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    current: String,
) -> Result<(), UiError> {
    shell.remove_passphrase(&app, &Zeroizing::new(current))
}

/// Makes a recovery kit. It counts once it is confirmed.
#[tauri::command(async)]
pub fn make_kit(shell: State<'_, Shell>) -> Result<KitView, UiError> {
    shell.make_kit()
}

/// Confirms the recovery kit by words of it, by their numbers.
#[tauri::command(async)]
pub fn confirm_kit(shell: State<'_, Shell>, typed: BTreeMap<String, String>) -> Result<(), UiError> {
    shell.confirm_kit(|number| typed.get(&number.to_string()).cloned())
}

/// Lets the user say where the recovery kit goes, and writes it there; nothing where none was picked.
#[tauri::command(async)]
pub fn save_kit<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>) -> Result<Option<String>, UiError> {
    let text = Zeroizing::new(shell.kit_text()?);
    let answers = shell.picked().map(ToOwned::to_owned);
    let Some(target) =
        picker::pick_target(&app, answers.as_deref(), "Save the recovery kit", "Satchel recovery kit.txt")
    else {
        return Ok(None);
    };
    write_kit(&target, &text).map_err(|_| UiError::kit_not_written())?;
    Ok(Some(target.display().to_string()))
}

/// Writes the kit whole or not at all, into a file that only its owner reads.
fn write_kit(target: &Path, text: &str) -> std::io::Result<()> {
    let folder = target.parent().ok_or(std::io::ErrorKind::NotFound)?;
    let mut part = tempfile::Builder::new().prefix(".satchel-").suffix(".part").tempfile_in(folder)?;
    part.write_all(text.as_bytes())?;
    part.as_file().sync_all()?;
    part.persist(target)?;
    Ok(())
}

/// Tells after how long the vault locks by itself.
#[tauri::command]
pub fn lock_settings(shell: State<'_, Shell>) -> LockSettingsView {
    shell.lock_settings()
}

/// Says after how many minutes the vault locks by itself.
#[tauri::command(async)]
pub fn set_lock_minutes(shell: State<'_, Shell>, minutes: u32) -> Result<(), UiError> {
    shell.set_lock_minutes(minutes)
}

/// Tells that somebody is there, and whether the window holds something that could not be saved: then the vault does not lock by itself.
#[tauri::command]
pub fn touched(shell: State<'_, Shell>, unsaved: bool) {
    shell.locking().touched(unsaved);
}
