//! The keyring of the operating system: Secret Service on Linux, the user's keychain on macOS, Credential Manager on Windows.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use keyring_core::api::CredentialStoreApi;
use satchel_terms::VaultId;
use zeroize::Zeroizing;

use crate::keyring::{Keyring, KeyringError, PlatformError};

/// The keyring of the user who runs Satchel. Calls may wait for the user, so they belong on a thread of their own.
pub struct OsKeyring {
    store: Arc<dyn CredentialStoreApi + Send + Sync>,
    service: String,
}

impl OsKeyring {
    /// Connects to the keyring. `service` is the app's identifier, so that a practice build has entries of its own.
    ///
    /// # Errors
    /// [`KeyringError::NoService`] where there is none.
    pub fn connect(service: &str) -> Result<Self, KeyringError> {
        let store = platform::store().map_err(|error| KeyringError::NoService(without_secrets(error)))?;
        Ok(Self { store, service: service.to_owned() })
    }

    fn entry(&self, vault: VaultId) -> Result<keyring_core::Entry, KeyringError> {
        let modifiers: HashMap<&str, &str> = platform::MODIFIERS.iter().copied().collect();
        self.store.build(&self.service, &vault.to_string(), Some(&modifiers)).map_err(translated)
    }
}

impl Keyring for OsKeyring {
    fn read(&self, vault: VaultId) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        self.entry(vault)?.get_secret().map(Zeroizing::new).map_err(translated)
    }

    fn write(&self, vault: VaultId, secret: &[u8]) -> Result<(), KeyringError> {
        self.entry(vault)?.set_secret(secret).map_err(translated)
    }

    fn delete(&self, vault: VaultId) -> Result<(), KeyringError> {
        self.entry(vault)?.delete_credential().map_err(translated)
    }
}

impl fmt::Debug for OsKeyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OsKeyring({})", self.service)
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library may add errors; what it does not name is no answer")]
fn translated(error: keyring_core::Error) -> KeyringError {
    match error {
        keyring_core::Error::NoEntry => KeyringError::NoEntry,
        keyring_core::Error::NoStorageAccess(source) if platform::is_refusal(&source) => KeyringError::Denied(source),
        keyring_core::Error::NoStorageAccess(source) => KeyringError::Locked(source),
        keyring_core::Error::BadEncoding(_)
        | keyring_core::Error::BadDataFormat(..)
        | keyring_core::Error::Ambiguous(_) => KeyringError::Form,
        other => KeyringError::NoService(without_secrets(other)),
    }
}

/// Keeps of an error what holds no secret: some carry what they read.
#[expect(clippy::wildcard_enum_match_arm, reason = "the library may add errors, of which nothing but the text is kept")]
fn without_secrets(error: keyring_core::Error) -> PlatformError {
    match error {
        keyring_core::Error::PlatformFailure(source) | keyring_core::Error::NoStorageAccess(source) => source,
        other => other.to_string().into(),
    }
}

#[cfg(any(target_os = "linux", target_os = "freebsd"))]
mod platform {
    use super::{Arc, CredentialStoreApi, PlatformError};

    pub(super) const MODIFIERS: &[(&str, &str)] = &[("label", "Satchel vault")];

    /// Tells whether a prompt was dismissed or could not be shown, as opposed to a keyring that is locked and asks nobody.
    pub(super) fn is_refusal(error: &PlatformError) -> bool {
        matches!(error.downcast_ref(), Some(secret_service::Error::Prompt))
    }

    pub(super) fn store() -> keyring_core::Result<Arc<dyn CredentialStoreApi + Send + Sync>> {
        Ok(zbus_secret_service_keyring_store::Store::new()?)
    }
}

#[cfg(target_os = "macos")]
mod platform {
    use super::{Arc, CredentialStoreApi, PlatformError};

    pub(super) const MODIFIERS: &[(&str, &str)] = &[];

    /// The keychain says the same of a locked one and of a refusal.
    pub(super) fn is_refusal(_: &PlatformError) -> bool {
        false
    }

    pub(super) fn store() -> keyring_core::Result<Arc<dyn CredentialStoreApi + Send + Sync>> {
        Ok(apple_native_keyring_store::keychain::Store::new()?)
    }
}

#[cfg(windows)]
mod platform {
    use super::{Arc, CredentialStoreApi, PlatformError};

    /// Credential Manager asks nobody.
    pub(super) fn is_refusal(_: &PlatformError) -> bool {
        false
    }

    /// The default would let the key roam to other computers of a domain, away from its vault.
    pub(super) const MODIFIERS: &[(&str, &str)] = &[("persistence", "local")];

    pub(super) fn store() -> keyring_core::Result<Arc<dyn CredentialStoreApi + Send + Sync>> {
        Ok(windows_native_keyring_store::Store::new()?)
    }
}

#[cfg(all(test, any(target_os = "linux", target_os = "freebsd")))]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_and_a_locked_keyring_are_told_apart() {
        use secret_service::Error as Service;
        let of = |error: Service| translated(keyring_core::Error::NoStorageAccess(Box::new(error)));
        assert!(matches!(of(Service::Prompt), KeyringError::Denied(_)));
        assert!(matches!(of(Service::Locked), KeyringError::Locked(_)));
        assert!(matches!(of(Service::NoResult), KeyringError::Locked(_)));
    }
}
