//! A new vault key by the user's wish: for somebody who fears that the key, a backup of the keyring or an old passphrase is known.

use satchel_seal::{Passphrase, RecoveryWords};
use satchel_store::{SlotSecrets, Way, WithoutSecret};
use tauri::{AppHandle, Runtime};

use crate::state::Shell;
use crate::ui_error::UiError;
use crate::view::vault::RotatedView;

/// What the user gives for it, of what opens the vault.
pub(crate) struct Given {
    pub(crate) passphrase: Option<Passphrase>,
    /// None where the recovery kit is to fall away.
    pub(crate) words: Option<RecoveryWords>,
}

impl Given {
    pub(crate) fn typed(passphrase: Option<&str>, words: Option<&str>) -> Result<Self, UiError> {
        Ok(Self {
            passphrase: passphrase.map(Passphrase::typed).transpose()?,
            words: words.map(RecoveryWords::typed).transpose()?,
        })
    }
}

impl Shell {
    /// Makes a new vault key. What opens the vault does so afterwards as before, but for a recovery kit whose words were not given, and a
    /// firm's recovery that the organization does not ask for any more.
    pub(crate) fn rotate_key<R: Runtime>(&self, app: &AppHandle<R>, given: &Given) -> Result<RotatedView, UiError> {
        let policy = self.policy();
        let mut place = self.vault()?;
        let vault = place.open()?;
        let ways = vault.own_ways();
        let keyring = if ways.contains(&Way::Keyring) { Some(self.keyring(app)?) } else { None };
        let firm = policy.firm_recovery.as_ref().map(|recovery| &recovery.key);
        let is_prepared = |way: &Way| matches!(way, Way::FirmRecovery { key_id, .. } if firm.is_some_and(|key| key.thumbprint() == *key_id));
        let secrets = SlotSecrets {
            keyring: keyring.as_deref(),
            passphrase: given.passphrase.as_ref(),
            recovery_words: given.words.as_ref(),
            firm_recovery: firm.filter(|_| ways.iter().any(is_prepared)),
        };
        let _turn = self.keyring_turn();
        let rotated = vault.rotate(&secrets, WithoutSecret::FallAway)?;
        // The snapshot is gone with the old key; the next opening is quick again once there is one.
        Ok(RotatedView {
            kit_fell_away: rotated.fell_away.contains(&Way::RecoveryWords),
            unreadable: rotated.unreadable.len(),
        })
    }
}
