//! A double of the OS keyring, for tests only.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use satchel_terms::VaultId;
use zeroize::Zeroizing;

use crate::keyring::{Keyring, KeyringError};

/// A keyring in the memory of one process, which a test may lock and empty. Nothing of it outlives the process.
#[derive(Default)]
pub struct InMemoryKeyring {
    secrets: Mutex<BTreeMap<VaultId, Vec<u8>>>,
    locked: Mutex<bool>,
}

impl InMemoryKeyring {
    /// Makes an empty one that is not locked.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Locks or unlocks it. While it is locked it answers [`KeyringError::Locked`].
    pub fn set_locked(&self, locked: bool) {
        *self.locked.lock().unwrap_or_else(PoisonError::into_inner) = locked;
    }

    /// Forgets the secret of a vault.
    pub fn forget(&self, vault: VaultId) {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).remove(&vault);
    }

    fn check(&self) -> Result<(), KeyringError> {
        let locked = *self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        if locked { Err(KeyringError::Locked("the double is locked".into())) } else { Ok(()) }
    }
}

impl Keyring for InMemoryKeyring {
    fn read(&self, vault: VaultId) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        self.check()?;
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.get(&vault).cloned().map(Zeroizing::new).ok_or(KeyringError::NoEntry)
    }

    fn write(&self, vault: VaultId, secret: &[u8]) -> Result<(), KeyringError> {
        self.check()?;
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).insert(vault, secret.to_vec());
        Ok(())
    }
}

impl fmt::Debug for InMemoryKeyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InMemoryKeyring(..)")
    }
}
