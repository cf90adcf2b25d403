//! The one key that the server may sign with.

use std::fmt::Debug;

use async_trait::async_trait;
use satchel_terms::EcPublicKey;

use crate::CloudError;

/// A private key on P-256 that signs and does nothing else. It may lie where nobody can read it.
#[async_trait]
pub trait SigningKey: Send + Sync + Debug {
    /// Returns the public half.
    fn public(&self) -> &EcPublicKey;

    /// Signs a SHA-256 digest by ES256 (RFC 7518, 3.4): answers `r ‖ s`, 32 bytes each.
    ///
    /// # Errors
    /// Fails where the key's place does not answer, refuses, or answers with a signature that is not this key's.
    async fn sign_es256(&self, sha256: [u8; 32]) -> Result<[u8; 64], CloudError>;
}
