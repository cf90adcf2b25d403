//! A signing key in memory, for practice and tests. In production the key is in Key Vault and never leaves it.

use std::fmt;

use async_trait::async_trait;
use p256::ecdsa::Signature;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use satchel_terms::EcPublicKey;

use crate::{CloudError, SigningKey};

/// A private key on P-256 in this process's memory.
pub struct SoftwareKey {
    secret: p256::ecdsa::SigningKey,
    public: EcPublicKey,
}

/// Says that bytes are no private key on P-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are no private key on P-256")]
pub struct SoftwareKeyError;

impl SoftwareKey {
    /// Takes a private scalar, most significant byte first.
    ///
    /// # Errors
    /// Refuses zero and numbers that are not below the order of the curve.
    pub fn new(scalar: &[u8; 32]) -> Result<Self, SoftwareKeyError> {
        let secret = p256::ecdsa::SigningKey::from_slice(scalar).map_err(|_| SoftwareKeyError)?;
        let public = p256::PublicKey::from(secret.verifying_key());
        let public = EcPublicKey::of(&public).map_err(|_| SoftwareKeyError)?;
        Ok(Self { secret, public })
    }
}

#[async_trait]
impl SigningKey for SoftwareKey {
    fn public(&self) -> &EcPublicKey {
        &self.public
    }

    async fn sign_es256(&self, sha256: [u8; 32]) -> Result<[u8; 64], CloudError> {
        let signature: Signature = self.secret.sign_prehash(&sha256).map_err(|_| CloudError::Signature)?;
        Ok(signature.to_bytes().into())
    }
}

impl fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoftwareKey({})", self.public.thumbprint())
    }
}
