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
    answer: Mutex<Answer>,
}

/// How the double answers.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// As asked.
    #[default]
    Well,
    /// [`KeyringError::Locked`].
    Locked,
    /// [`KeyringError::Denied`].
    Denied,
    /// [`KeyringError::NoService`].
    NoService,
}

impl InMemoryKeyring {
    /// Makes an empty one that is not locked.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Locks or unlocks it. While it is locked it answers [`KeyringError::Locked`].
    pub fn set_locked(&self, locked: bool) {
        self.set_answer(if locked { Answer::Locked } else { Answer::Well });
    }

    /// Says how it answers from now on.
    pub fn set_answer(&self, answer: Answer) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    /// Forgets the secret of a vault.
    pub fn forget(&self, vault: VaultId) {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).remove(&vault);
    }

    fn check(&self) -> Result<(), KeyringError> {
        match *self.answer.lock().unwrap_or_else(PoisonError::into_inner) {
            Answer::Well => Ok(()),
            Answer::Locked => Err(KeyringError::Locked("the double is locked".into())),
            Answer::Denied => Err(KeyringError::Denied("the double refuses".into())),
            Answer::NoService => Err(KeyringError::NoService("the double is away".into())),
        }
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

    fn delete(&self, vault: VaultId) -> Result<(), KeyringError> {
        self.check()?;
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.remove(&vault).map(drop).ok_or(KeyringError::NoEntry)
    }
}

impl fmt::Debug for InMemoryKeyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InMemoryKeyring(..)")
    }
}
