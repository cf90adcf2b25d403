//! The count by which an older copy of a vault is noticed: in the journal, and beside the key in the keyring.

use satchel_terms::{Timestamp, VaultId};
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::journal::Table;
use crate::keyring::{self, Keyring, KeyringError};
use crate::opening::{OpenVaultError, is_damaged};
use crate::record::RecordId;
use crate::unlocking::{Remembered, Told};
use crate::vault::{ReadError, Vault, WriteError};

/// What the vault notes of itself.
#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OwnRecord {
    /// How often it was opened, or counted on while it was open.
    generation: u64,
    /// It was once found to be an older copy. Sealed files that it does not list may be those of the newer one.
    pub(crate) was_older_copy: bool,
    /// The user was told that there is no keyring.
    #[serde(default, skip_serializing_if = "is_false")]
    told_no_keyring: bool,
    /// It was made from an export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    restored_from: Option<RestoredFrom>,
    /// Somebody has looked at it since.
    #[serde(default, skip_serializing_if = "is_false")]
    restored_was_looked_at: bool,
}

impl OwnRecord {
    /// What a vault notes that is made from an export.
    pub(crate) fn of_restored(from: RestoredFrom) -> Self {
        Self { restored_from: Some(from), ..Self::default() }
    }

    /// Returns the export that nobody has looked at since it was restored.
    fn unseen(&self) -> Option<RestoredFrom> {
        self.restored_from.filter(|_| !self.restored_was_looked_at)
    }
}

/// The export that a vault was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RestoredFrom {
    /// The vault that was exported. It may go on elsewhere.
    pub vault: VaultId,
    /// When.
    pub made_at: Timestamp,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// A count that the journal has, and that the keyring is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a copy from before is noticed only once the keyring has the count"]
pub struct Generation {
    vault: VaultId,
    number: u64,
}

impl Generation {
    /// Notes the count beside the key in the keyring; one that is further already stays.
    ///
    /// # Errors
    /// [`KeyringError`]. Nothing is lost by it, but a copy from before may go unnoticed.
    pub fn note(self, keyring: &dyn Keyring) -> Result<(), KeyringError> {
        keyring::note_at_least(keyring, self.vault, self.number)
    }
}

impl Vault {
    /// Counts the opening, in the journal first and then in the keyring, and notices an older copy.
    pub(crate) fn note_opening(
        &mut self,
        remembered: &Remembered<'_>,
        findings: &mut Vec<Finding>,
    ) -> Result<OwnRecord, OpenVaultError> {
        let read = self.read::<OwnRecord>(Table::Settings, RecordId::VAULT);
        let mut own = read.map_err(|error| OpenVaultError::OwnRecord(error.into()))?.unwrap_or_default();
        if own.generation < remembered.generation() && !is_damaged(findings) {
            findings.push(Finding::OlderCopy);
            own.was_older_copy = true;
        }
        findings.extend(own.unseen().map(Finding::Restored));
        own.generation = own.generation.max(remembered.generation()).saturating_add(1);
        let told = if own.told_no_keyring { Told::Before } else { Told::NotYet };
        own.told_no_keyring = matches!(remembered, Remembered::NoKeyring);
        self.put_whole(Table::Settings, RecordId::VAULT, &own).map_err(OpenVaultError::OwnRecord)?;
        findings.extend(remembered.note(self.id, own.generation, told, &mut self.random));
        Ok(own)
    }

    /// Counts on while the vault is open, so that a copy of it from before is an older one. The count is in the journal when this
    /// returns; the keyring is for whoever asked.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn advance(&mut self) -> Result<Generation, WriteError> {
        let own = self.read::<OwnRecord>(Table::Settings, RecordId::VAULT)?.unwrap_or_default();
        let number = own.generation.saturating_add(1);
        self.put_whole(Table::Settings, RecordId::VAULT, &OwnRecord { generation: number, ..own })?;
        Ok(Generation { vault: self.id(), number })
    }

    /// Tells from which export the vault was made, until [`Self::confirm_restored`]. As long as it does, what is in the outbox may have
    /// been sent, taken back or changed elsewhere since, and is to be sent only when somebody said so.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn restored_from(&mut self) -> Result<Option<RestoredFrom>, ReadError> {
        Ok(self.read::<OwnRecord>(Table::Settings, RecordId::VAULT)?.and_then(|own| own.unseen()))
    }

    /// Tells whether the vault was made from an export, whoever looked at it since. Then the keys of its device are elsewhere as well.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn is_restored(&mut self) -> Result<bool, ReadError> {
        Ok(self.read::<OwnRecord>(Table::Settings, RecordId::VAULT)?.is_some_and(|own| own.restored_from.is_some()))
    }

    /// Notes that somebody has looked at what was restored, so that it is told no more.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn confirm_restored(&mut self) -> Result<(), WriteError> {
        let own = self.read::<OwnRecord>(Table::Settings, RecordId::VAULT)?.unwrap_or_default();
        self.put_whole(Table::Settings, RecordId::VAULT, &OwnRecord { restored_was_looked_at: true, ..own }).map(|_| ())
    }

    /// Returns what was counted.
    pub(crate) fn generation(&mut self) -> Result<u64, ReadError> {
        let own = self.read::<OwnRecord>(Table::Settings, RecordId::VAULT)?;
        Ok(own.map_or(0, |own| own.generation))
    }
}
