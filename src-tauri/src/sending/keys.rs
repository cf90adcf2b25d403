//! The keys of this computer: what it signs with, what is wrapped for it, and, on a firm's first desktop, the admin's.

use satchel_seal::{RecipientSecret, UnwrapError};
use satchel_sign::{Admin, Device, SigningKey, SigningKeyError};
use satchel_store::{ReadError, RecordId, Table, Vault, WriteError};
use satchel_terms::{DeviceId, KeyBytes, V1};
use serde::{Deserialize, Serialize};

use crate::rng;

/// The record of the keys; there is one.
const KEYS: RecordId = RecordId::from_bytes([
    0x1f, 0x5c, 0x0e, 0x93, 0x7a, 0xd4, 0x4b, 0x21, 0x8e, 0x60, 0xc3, 0x19, 0xf2, 0x47, 0xaa, 0x05,
]);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeysRecord {
    version: V1,
    device: DeviceId,
    signing_key: KeyBytes,
    hpke_key: KeyBytes,
    admin_key: KeyBytes,
    recovery_key: KeyBytes,
}

/// The keys of this computer, made once and kept in the vault.
#[derive(Debug)]
pub(crate) struct DeviceKeys {
    /// The device's id.
    pub(crate) device: DeviceId,
    /// Signs manifests and orders.
    pub(crate) signing: SigningKey<Device>,
    /// What workspace keys are wrapped for.
    pub(crate) hpke: RecipientSecret,
    /// Signs rosters, should this be the firm's first desktop.
    pub(crate) admin: SigningKey<Admin>,
    /// The firm's recovery key, until IT takes its private half away.
    pub(crate) recovery: RecipientSecret,
}

/// Says why there are no keys.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeysError {
    /// The vault did not give them.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The vault did not take them.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// What the vault gave is no key.
    #[error("a key in the vault is damaged")]
    Damaged,
}

impl From<SigningKeyError> for KeysError {
    fn from(_: SigningKeyError) -> Self {
        Self::Damaged
    }
}

impl From<UnwrapError> for KeysError {
    fn from(_: UnwrapError) -> Self {
        Self::Damaged
    }
}

impl DeviceKeys {
    /// Returns the keys, which are made in a vault that has none. Keys that cannot be read are never replaced.
    pub(crate) fn of(vault: &mut Vault) -> Result<Self, KeysError> {
        if vault.revision(Table::Keys, KEYS).is_none() {
            vault.put(Table::Keys, KEYS, &Self::make()?.to_record())?;
        }
        let record: KeysRecord = vault.read(Table::Keys, KEYS)?.ok_or(KeysError::Damaged)?;
        Ok(Self {
            device: record.device,
            signing: SigningKey::from_bytes(record.signing_key.expose())?,
            hpke: RecipientSecret::from_bytes(record.hpke_key.expose())?,
            admin: SigningKey::from_bytes(record.admin_key.expose())?,
            recovery: RecipientSecret::from_bytes(record.recovery_key.expose())?,
        })
    }

    /// Returns the keys of a vault that has some; nothing where it has none, or none that can be read.
    pub(crate) fn known(vault: &mut Vault) -> Option<Self> {
        vault.revision(Table::Keys, KEYS)?;
        Self::of(vault).ok()
    }

    fn make() -> Result<Self, KeysError> {
        let mut rng = rng();
        Ok(Self {
            device: DeviceId::make(&mut rng),
            signing: SigningKey::make(&mut rng)?,
            hpke: RecipientSecret::make(&mut rng)?,
            admin: SigningKey::make(&mut rng)?,
            recovery: RecipientSecret::make(&mut rng)?,
        })
    }

    fn to_record(&self) -> KeysRecord {
        KeysRecord {
            version: V1,
            device: self.device,
            signing_key: KeyBytes::new(self.signing.expose()),
            hpke_key: KeyBytes::new(self.hpke.expose()),
            admin_key: KeyBytes::new(self.admin.expose()),
            recovery_key: KeyBytes::new(self.recovery.expose()),
        }
    }
}
