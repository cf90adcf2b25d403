//! Locking: the keys and everything that was decrypted leave this process, and come back by the keyring, a passphrase or the
//! recovery words.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use satchel_seal::{ChosenPassphrase, Passphrase, RecipientSecret, RecoveryWords};
use satchel_store::{Finding, Keyring, RecordId, RecoveryKit, Secret, Table, UnlockError, Vault, Way};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager as _, Runtime};

use crate::clipboard;
use crate::clock::Now;
use crate::firm_key;
use crate::rng;
use crate::state::Shell;
use crate::ui_error::UiError;
use crate::view::files::ShellEvent;
use crate::view::vault::{KitView, LockSettingsView, LockStateView, VaultStateView, VaultView, WayView};
use crate::webview;

/// After how many minutes without a key or a click the vault locks, and between which of them the user may choose.
const MINUTES: u32 = 15;
const MINUTES_MIN: u32 = 1;
const MINUTES_MAX: u32 = 60;
/// How often it is looked whether somebody was there.
const LOOK: Duration = Duration::from_secs(1);
/// How often the organization's policy is read anew while the vault is open.
const LOOK_AT_POLICY: Duration = Duration::from_secs(60);
/// How much more than it ran the clock must have gone on between two looks for the computer to have slept. A clock that was set
/// ahead looks the same, and locking for it does no harm.
const SLEPT_MS: u64 = 30_000;
/// How long after the desktop told that the session is locked the vault is: what was typed last is saved meanwhile.
const SETTLES: Duration = Duration::from_secs(1);
/// How long a computer that is about to sleep waits for the vault to be locked.
const SLEEP_WAITS: Duration = Duration::from_secs(4);
/// The record of how long; there is one.
const LOCK_SETTINGS: RecordId = RecordId::from_bytes([
    0xa4, 0x1c, 0x6e, 0x92, 0x37, 0xd0, 0x4b, 0x58, 0x8e, 0x03, 0xf1, 0x7a, 0x29, 0xcc, 0x65, 0xb8,
]);

/// What the user chose of locking.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LockRecord {
    minutes: u32,
}

/// When the vault was locked, and when somebody was there last.
#[derive(Debug)]
pub(crate) struct Locking {
    state: Mutex<State>,
    /// The recovery words that were shown and are to be typed back.
    kit: Mutex<Option<RecoveryKit>>,
    /// Counts the openings, so that what looks after one ends with it.
    openings: AtomicU64,
    /// Whether there is a bus on which the desktop may tell that the session is locked.
    hears_desktop: AtomicBool,
}

#[derive(Debug)]
struct State {
    locked_at_ms: Option<u64>,
    /// How many orders waited to be sent when it was locked.
    waiting: usize,
    touched: Instant,
    /// Whether the window holds something that could not be saved yet.
    unsaved: bool,
    /// After how many minutes it locks, as the user chose.
    minutes: u32,
    /// The most that the organization allows.
    minutes_max: u32,
    /// When the desktop told that the session is locked or the computer about to sleep.
    asked: Option<Instant>,
}

impl State {
    /// Of a vault that was just opened.
    fn open_for(minutes: u32, minutes_max: u32) -> Self {
        let touched = Instant::now();
        Self { locked_at_ms: None, waiting: 0, touched, unsaved: false, minutes, minutes_max, asked: None }
    }

    fn locks_after(&self) -> u32 {
        self.minutes.min(self.minutes_max)
    }
}

impl Locking {
    pub(crate) fn new() -> Self {
        let state = State::open_for(MINUTES, MINUTES_MAX);
        Self {
            state: Mutex::new(state),
            kit: Mutex::default(),
            openings: AtomicU64::new(0),
            hears_desktop: AtomicBool::new(false),
        }
    }

    /// Hears that the desktop can tell when the session is locked.
    pub(crate) fn hears_desktop(&self) {
        self.hears_desktop.store(true, Ordering::Relaxed);
    }

    /// Hears that the session is locked or the computer about to sleep: the vault locks once what was typed is saved.
    pub(crate) fn ask_to_lock(&self) {
        self.state().asked.get_or_insert_with(Instant::now);
    }

    /// Hears that somebody is there, and whether the window holds something that could not be saved.
    pub(crate) fn touched(&self, unsaved: bool) {
        let mut state = self.state();
        (state.touched, state.unsaved) = (Instant::now(), unsaved);
    }

    /// Tells whether locking now would lose what was typed. Then only somebody who says so locks.
    fn holds_unsaved(&self) -> bool {
        self.state().unsaved
    }

    pub(crate) fn is_locked(&self) -> bool {
        self.state().locked_at_ms.is_some()
    }

    /// Hears that the vault is open, and reads how long it may stay so.
    pub(crate) fn opened(&self, vault: &mut Vault) {
        let chosen = vault.read::<LockRecord>(Table::Settings, LOCK_SETTINGS).ok().flatten();
        let minutes = chosen.map_or(MINUTES, |record| record.minutes.clamp(MINUTES_MIN, MINUTES_MAX));
        self.openings.fetch_add(1, Ordering::SeqCst);
        let mut state = self.state();
        *state = State::open_for(minutes, state.minutes_max);
    }

    /// Hears after how many minutes the organization wants the vault to lock at the latest; none where it does not say.
    pub(crate) fn limit(&self, minutes_max: Option<u32>) {
        let minutes_max = minutes_max.map_or(MINUTES_MAX, |minutes| minutes.clamp(MINUTES_MIN, MINUTES_MAX));
        self.state().minutes_max = minutes_max;
    }

    fn is_idle(&self) -> bool {
        let state = self.state();
        state.touched.elapsed() >= Duration::from_secs(u64::from(state.locks_after()) * 60)
            || state.asked.is_some_and(|asked| asked.elapsed() >= SETTLES)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kit(&self) -> MutexGuard<'_, Option<RecoveryKit>> {
        self.kit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A secret that the user typed.
pub(crate) enum Typed {
    /// The passphrase.
    Passphrase(Passphrase),
    /// The recovery words, and the passphrase that is to open the vault from then on.
    Words(RecoveryWords, Option<ChosenPassphrase>),
    /// The firm's recovery key, and the passphrase that is to open the vault from then on.
    FirmKey(Box<RecipientSecret>, Option<ChosenPassphrase>),
}

impl Typed {
    pub(crate) fn passphrase(text: &str) -> Result<Self, UiError> {
        Ok(Self::Passphrase(Passphrase::typed(text)?))
    }

    pub(crate) fn words(words: &str, passphrase: Option<&str>) -> Result<Self, UiError> {
        let passphrase = passphrase.map(ChosenPassphrase::new).transpose()?;
        Ok(Self::Words(RecoveryWords::typed(words)?, passphrase))
    }

    pub(crate) fn firm_key(jwk: &[u8], passphrase: Option<&str>) -> Result<Self, UiError> {
        let passphrase = passphrase.map(ChosenPassphrase::new).transpose()?;
        Ok(Self::FirmKey(Box::new(firm_key::read(jwk)?), passphrase))
    }

    /// Opens a vault. Words and the firm's key also see to it that it opens without them from then on.
    pub(crate) fn open(&self, folder: &Path, keyring: Option<&dyn Keyring>) -> Result<(Vault, Vec<Finding>), UiError> {
        let (secret, passphrase) = match self {
            Self::Passphrase(passphrase) => (Secret::Passphrase(passphrase), None),
            Self::Words(words, passphrase) => (Secret::RecoveryWords(words), Some(passphrase)),
            Self::FirmKey(key, passphrase) => (Secret::FirmRecovery(key), Some(passphrase)),
        };
        let (mut vault, findings) = Vault::open_by(folder, &secret, keyring, rng())?;
        let has_passphrase = vault.own_ways().contains(&Way::Passphrase);
        match (passphrase, keyring) {
            (Some(Some(passphrase)), _) if has_passphrase => vault.change_passphrase(&secret, passphrase)?,
            (Some(Some(passphrase)), _) => vault.set_passphrase(passphrase)?,
            (Some(None), Some(keyring)) if !has_passphrase => vault.restore_keyring(keyring)?,
            (Some(None) | None, _) => {}
        }
        Ok((vault, findings))
    }
}

/// Tells whether the computer slept while the clock went on so far and this process ran so long.
fn slept(clock_ms: u64, ran: Duration) -> bool {
    u128::from(clock_ms) >= ran.as_millis() + u128::from(SLEPT_MS)
}

/// Tells what opens a vault without words: its passphrase where there is one.
fn way(ways: &[Way]) -> WayView {
    if ways.contains(&Way::Passphrase) { WayView::Passphrase } else { WayView::Keyring }
}

impl Shell {
    /// Tells how the vault is, as far as that can be told without opening it.
    pub(crate) fn vault_state<R: Runtime>(&self, app: &AppHandle<R>) -> Result<VaultStateView, UiError> {
        let mut place = self.vault()?;
        let mut restored_from_ms = None;
        let (is_open, ways) = match place.open() {
            Ok(vault) => {
                let from = vault.restored_from()?;
                restored_from_ms = from.map(|from| from.made_at.seconds().saturating_mul(1_000));
                (true, vault.own_ways())
            }
            // One whose key file cannot be read says why when it is opened.
            Err(_) => (false, Vault::ways(&self.vault_folder(app)?).unwrap_or_default()),
        };
        let (locked_at_ms, uploads) = {
            let state = self.locking().state();
            (state.locked_at_ms, state.waiting)
        };
        let state = match (is_open, locked_at_ms) {
            (true, _) => LockStateView::Open,
            // Opening says why there is nothing to be unlocked.
            (false, Some(_)) if self.revoked().check().is_err() => LockStateView::Closed,
            (false, Some(_)) => LockStateView::Locked,
            (false, None) => LockStateView::Closed,
        };
        Ok(VaultStateView {
            state,
            locked_at_ms,
            way: way(&ways),
            has_vault: is_open || Vault::is_in(&self.vault_folder(app)?)?,
            has_kit: ways.contains(&Way::RecoveryWords),
            has_firm_recovery: ways.iter().any(|way| matches!(way, Way::FirmRecovery { .. })),
            restored_from_ms,
            uploads,
        })
    }

    /// Fails where the vault was not prepared for the firm's recovery key.
    pub(crate) fn has_firm_recovery<R: Runtime>(&self, app: &AppHandle<R>) -> Result<(), UiError> {
        let ways = Vault::ways(&self.vault_folder(app)?)?;
        let is_prepared = ways.iter().any(|way| matches!(way, Way::FirmRecovery { .. }));
        if is_prepared { Ok(()) } else { Err(UnlockError::NoFirmRecovery.into()) }
    }

    /// Makes the vault behind a passphrase.
    pub(crate) fn create_vault<R: Runtime>(&self, app: &AppHandle<R>, passphrase: &str) -> Result<VaultView, UiError> {
        let passphrase = ChosenPassphrase::new(passphrase)?;
        let keyring = self.keyring(app).ok();
        self.fill(app, |folder| Ok(Vault::create_with_passphrase(folder, &passphrase, keyring.as_deref(), rng())?))
    }

    /// Unlocks the vault by the keyring.
    pub(crate) fn unlock_by_keyring<R: Runtime>(&self, app: &AppHandle<R>) -> Result<VaultView, UiError> {
        self.fill(app, |folder| self.open_by_keyring(app, folder))
    }

    /// Opens the vault by what the user typed.
    pub(crate) fn unlock<R: Runtime>(&self, app: &AppHandle<R>, typed: &Typed) -> Result<VaultView, UiError> {
        let keyring = self.keyring(app).ok();
        self.fill(app, |folder| typed.open(folder, keyring.as_deref()))
    }

    /// Locks the vault: what is on its way stops and goes on when it is open again. Everything that was shown as saved is on disk.
    pub(crate) fn lock<R: Runtime>(&self, app: &AppHandle<R>) -> Result<(), UiError> {
        *self.locking().kit() = None;
        self.moving().locked();
        self.sending().stop();
        let mut place = self.vault()?;
        if !place.is_open() {
            return Ok(());
        }
        let waiting = place.lists()?.counts().outbox;
        let closed = place.empty();
        self.attachments().locked();
        self.tell_locked(waiting);
        drop(place);
        self.note_soon(closed);
        clipboard::forget(app, None);
        webview::renew(app);
        Ok(())
    }

    /// Notes that the vault is locked, while so many orders wait to be sent, and tells the window.
    pub(crate) fn tell_locked(&self, waiting: usize) {
        let at_ms = Now::read().ms;
        {
            let mut state = self.locking().state();
            (state.locked_at_ms, state.waiting) = (Some(at_ms), waiting);
        }
        self.tell(ShellEvent::Locked { at_ms });
    }

    /// Locks the vault once nobody was there for the minutes that were chosen, or the computer slept.
    pub(crate) fn lock_when_idle<R: Runtime>(app: &AppHandle<R>) {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            let mut policy_read = Instant::now();
            let opening = app.state::<Self>().locking().openings.load(Ordering::SeqCst);
            loop {
                let (looked_at_ms, looked) = (Now::read().ms, Instant::now());
                tokio::time::sleep(LOOK).await;
                let shell = app.state::<Self>();
                if shell.locking().is_locked() || shell.locking().openings.load(Ordering::SeqCst) != opening {
                    return;
                }
                if policy_read.elapsed() >= LOOK_AT_POLICY {
                    policy_read = Instant::now();
                    let app = app.clone();
                    let looked = tauri::async_runtime::spawn_blocking(move || app.state::<Self>().look_at_policy(&app));
                    // A vault that is locked meanwhile is looked at when it is opened.
                    looked.await.ok();
                }
                let slept = slept(Now::read().ms.saturating_sub(looked_at_ms), looked.elapsed());
                if (slept || shell.locking().is_idle()) && !shell.locking().holds_unsaved() {
                    let app = app.clone();
                    let locked = tauri::async_runtime::spawn_blocking(move || app.state::<Self>().lock(&app));
                    // What cannot be locked now is tried at the next look.
                    locked.await.ok();
                }
            }
        });
    }

    /// Waits a moment for the vault to be locked, once that was asked for.
    pub(crate) fn wait_until_locked(&self) {
        let begun = Instant::now();
        while begun.elapsed() < SLEEP_WAITS && self.vault().is_ok_and(|place| place.is_open()) {
            std::thread::park_timeout(LOOK / 10);
        }
    }

    /// Sets a passphrase, or changes it.
    pub(crate) fn set_passphrase(&self, current: Option<&str>, passphrase: &str) -> Result<(), UiError> {
        let passphrase = ChosenPassphrase::new(passphrase)?;
        let current = current.map(Passphrase::typed).transpose()?;
        let mut place = self.vault()?;
        let vault = place.open()?;
        match current {
            Some(current) => vault.change_passphrase(&Secret::Passphrase(&current), &passphrase)?,
            None => vault.set_passphrase(&passphrase)?,
        }
        Ok(())
    }

    /// Takes the passphrase away, so that the keyring opens the vault.
    pub(crate) fn remove_passphrase<R: Runtime>(&self, app: &AppHandle<R>, current: &str) -> Result<(), UiError> {
        if self.policy().require_passphrase {
            return Err(UiError::passphrase_asked());
        }
        let current = Passphrase::typed(current)?;
        let keyring = self.keyring(app)?;
        let mut place = self.vault()?;
        let _turn = self.keyring_turn();
        Ok(place.open()?.remove_passphrase(&Secret::Passphrase(&current), &*keyring)?)
    }

    /// Makes recovery words, which count once some of them were typed back.
    pub(crate) fn make_kit(&self) -> Result<KitView, UiError> {
        self.vault()?.open()?;
        let kit = RecoveryKit::make(&mut rng());
        let view = KitView { words: kit.words().into_iter().map(str::to_owned).collect(), ask: kit.asked().to_vec() };
        *self.locking().kit() = Some(kit);
        Ok(view)
    }

    /// Takes the words that were typed back, by their numbers.
    pub(crate) fn confirm_kit(&self, typed: impl Fn(usize) -> Option<String>) -> Result<(), UiError> {
        let mut place = self.vault()?;
        let mut kit = self.locking().kit();
        let shown = kit.as_ref().ok_or_else(UiError::gone)?;
        let [first, second] = shown.asked().map(|number| typed(number).unwrap_or_default());
        place.open()?.keep_recovery_kit(shown, [&first, &second])?;
        *kit = None;
        Ok(())
    }

    /// Returns the text of the kit that is shown, to be written where the user says.
    pub(crate) fn kit_text(&self) -> Result<String, UiError> {
        let kit = self.locking().kit();
        let words = kit.as_ref().ok_or_else(UiError::gone)?.words();
        let numbered: String = words.iter().enumerate().map(|(at, word)| format!("{}. {word}\n", at + 1)).collect();
        Ok(format!(
            "Satchel: recovery kit\n\nThese 12 words open the drafts of this computer if its key is lost or the passphrase is \
             forgotten. Whoever has them can read the drafts. Keep them in a place that locks, and delete this file once it is \
             printed.\n\n{numbered}"
        ))
    }

    /// Tells after how long the vault locks.
    pub(crate) fn lock_settings(&self) -> LockSettingsView {
        let (minutes, minutes_max) = {
            let state = self.locking().state();
            (state.locks_after(), state.minutes_max)
        };
        let hears_desktop = self.locking().hears_desktop.load(Ordering::Relaxed);
        LockSettingsView {
            minutes,
            minutes_min: MINUTES_MIN,
            minutes_max,
            managed: minutes_max < MINUTES_MAX,
            hears_desktop,
            forgets_all: cfg!(target_os = "linux"),
        }
    }

    /// Says after how long the vault locks.
    pub(crate) fn set_lock_minutes(&self, minutes: u32) -> Result<(), UiError> {
        let minutes_max = self.locking().state().minutes_max;
        let minutes = minutes.clamp(MINUTES_MIN, minutes_max);
        self.vault()?.open()?.put(Table::Settings, LOCK_SETTINGS, &LockRecord { minutes })?;
        self.locking().state().minutes = minutes;
        self.locking().state().touched = Instant::now();
        Ok(())
    }

    /// Returns the folder of the vault and opens what `open` finds there; a vault that is open stays as it is.
    fn fill<R: Runtime>(
        &self,
        app: &AppHandle<R>,
        open: impl FnOnce(&Path) -> Result<(Vault, Vec<Finding>), UiError>,
    ) -> Result<VaultView, UiError> {
        let folder: PathBuf = self.vault_folder(app)?;
        self.opened(app, &folder, || open(&folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{Desk, until};

    #[test]
    fn nobody_there_locks_unless_something_cannot_be_saved() {
        let desk = Desk::new();
        let app = desk.start();
        let shell = app.state::<Shell>();
        shell.set_lock_minutes(1).expect("it is kept");
        shell.locking().touched(true);
        let ago = Instant::now().checked_sub(Duration::from_secs(61));
        shell.locking().state().touched = ago.expect("the computer has run for a minute");
        assert!(shell.locking().is_idle());
        // Longer than two looks.
        let begun = Instant::now();
        assert!(until(|| begun.elapsed() > LOOK * 3));
        assert!(!shell.locking().is_locked(), "what was typed would be lost");
        shell.locking().state().unsaved = false;
        assert!(until(|| shell.locking().is_locked()));
        assert!(desk.hears(r#""is":"locked""#));
        assert!(shell.vault().expect("the place").open().is_err(), "the vault is gone from memory");
    }

    #[test]
    fn a_session_that_is_locked_locks_the_vault_once_all_is_saved() {
        let desk = Desk::new();
        let app = desk.start();
        let shell = app.state::<Shell>();
        shell.locking().touched(true);
        shell.locking().ask_to_lock();
        let begun = Instant::now();
        assert!(until(|| begun.elapsed() > SETTLES + LOOK * 2));
        assert!(!shell.locking().is_locked(), "what was typed would be lost");
        shell.locking().touched(false);
        shell.wait_until_locked();
        assert!(until(|| shell.locking().is_locked()), "whoever comes back a moment later finds it locked");
        shell.unlock_by_keyring(app.handle()).expect("it opens");
        assert!(!shell.locking().is_idle(), "it was asked once");
    }

    #[test]
    fn a_vault_that_was_locked_waits_to_be_unlocked() {
        let desk = Desk::new();
        let app = desk.start();
        let shell = app.state::<Shell>();
        shell.lock(app.handle()).expect("it locks");
        assert!(shell.open_vault(app.handle()).is_err());
        shell.unlock_by_keyring(app.handle()).expect("it opens");
        shell.locking().touched(false);
        assert!(!shell.locking().is_locked() && !shell.locking().is_idle());
    }

    #[test]
    fn a_clock_that_went_on_without_us_tells_of_sleep() {
        let second = Duration::from_secs(1);
        assert!(!slept(1_000, second) && !slept(0, second) && !slept(SLEPT_MS, second));
        assert!(slept(SLEPT_MS + 1_000, second) && slept(8 * 60 * 60 * 1_000, second));
        assert!(!slept(60_000, Duration::from_secs(60)), "a busy computer did not sleep");
    }
}
