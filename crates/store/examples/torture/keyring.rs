//! A double of the OS keyring whose entries are files, on disk before a write is answered.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;

use satchel_store::{Keyring, KeyringError};
use satchel_terms::VaultId;
use zeroize::Zeroizing;

/// The double. Real keyrings are not killed with the app, so neither is this one half written.
#[derive(Debug)]
pub(crate) struct KeyringDouble(pub(crate) PathBuf);

impl Keyring for KeyringDouble {
    fn read(&self, vault: VaultId) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        match fs::read(self.0.join(vault.to_string())) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(KeyringError::NoEntry),
            other => other.map(Zeroizing::new).map_err(|error| KeyringError::NoService(error.into())),
        }
    }

    fn write(&self, vault: VaultId, secret: &[u8]) -> Result<(), KeyringError> {
        let write = || {
            fs::create_dir_all(&self.0)?;
            let new = self.0.join(format!("{vault}.new"));
            let mut file = File::create(&new)?;
            file.write_all(secret)?;
            file.sync_all()?;
            fs::rename(new, self.0.join(vault.to_string()))?;
            File::open(&self.0)?.sync_all()
        };
        write().map_err(|error| KeyringError::NoService(error.into()))
    }

    fn delete(&self, vault: VaultId) -> Result<(), KeyringError> {
        match fs::remove_file(self.0.join(vault.to_string())) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(KeyringError::NoEntry),
            other => other.map_err(|error| KeyringError::NoService(error.into())),
        }
    }
}
