//! HPKE (RFC 9180, base mode) with P-256, HKDF-SHA256 and AES-256-GCM: keys to a person's device or reply key.

use std::fmt;

use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256;
use hpke::{Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _};
use rand_core::CryptoRng;
use satchel_terms::{EcPublicKey, FirmId, VaultId};
use zeroize::Zeroizing;

use super::{Algorithm, Context, UnwrapError, WorkspaceKey, WrapError, WrappedKey};
use crate::content_key::ContentKey;
use crate::record::VaultKey;

/// Bytes of an encapsulated key: an uncompressed point.
const ENCAPSULATED_BYTES: usize = 65;

type PublicKey = <DhP256HkdfSha256 as Kem>::PublicKey;
type PrivateKey = <DhP256HkdfSha256 as Kem>::PrivateKey;
type Encapsulated = <DhP256HkdfSha256 as Kem>::EncappedKey;

/// The public HPKE key of a device, of a firm's recovery, or of an order's replies.
#[derive(Clone)]
pub struct RecipientKey {
    name: String,
    key: PublicKey,
}

impl RecipientKey {
    /// Takes the key from a verified document.
    ///
    /// # Errors
    /// Fails for a point that HPKE refuses.
    pub fn new(key: &EcPublicKey) -> Result<Self, WrapError> {
        let point = PublicKey::from_bytes(&key.to_sec1()).map_err(|_| WrapError::Key)?;
        Ok(Self { name: key.thumbprint().to_string(), key: point })
    }

    /// Wraps the key of a blob.
    ///
    /// # Errors
    /// Fails where the library refuses the key.
    pub fn wrap(
        &self,
        content_key: &ContentKey,
        context: &Context,
        rng: &mut impl CryptoRng,
    ) -> Result<WrappedKey, WrapError> {
        let encrypted_key = self.seal(content_key.to_wrap().as_slice(), context, rng)?;
        Ok(WrappedKey { algorithm: Algorithm::Hpke, key_id: self.name.clone(), encrypted_key })
    }

    /// Wraps a workspace key for a device or the recovery key: `enc ‖ ciphertext ‖ tag`.
    ///
    /// # Errors
    /// Fails where the library refuses the key.
    pub fn wrap_workspace_key(
        &self,
        key: &WorkspaceKey,
        firm: FirmId,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, WrapError> {
        self.seal(key.bytes(), &Context::WorkspaceKey(firm, key.number()), rng)
    }

    /// Wraps the vault key of this rotation for the firm's recovery key: `enc ‖ ciphertext ‖ tag`.
    ///
    /// # Errors
    /// Fails where the library refuses the key.
    pub fn wrap_vault_key(
        &self,
        key: &VaultKey,
        firm: FirmId,
        (vault, rotation): (VaultId, u32),
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, WrapError> {
        self.seal(key.bytes(), &Context::VaultKey(firm, vault, rotation), rng)
    }

    fn seal(&self, plaintext: &[u8], context: &Context, rng: &mut impl CryptoRng) -> Result<Vec<u8>, WrapError> {
        let (encapsulated, ciphertext) = hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, DhP256HkdfSha256>(
            &OpModeS::Base,
            &self.key,
            &context.bytes(),
            plaintext,
            b"",
            rng,
        )
        .map_err(|_| WrapError::Key)?;
        Ok([encapsulated.to_bytes().as_slice(), &ciphertext].concat())
    }
}

impl fmt::Debug for RecipientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecipientKey({})", self.name)
    }
}

/// The private half of a [`RecipientKey`].
pub struct RecipientSecret {
    name: String,
    public: EcPublicKey,
    key: PrivateKey,
}

impl RecipientSecret {
    /// Makes a new key pair.
    ///
    /// # Errors
    /// Fails where the library made no usable key.
    pub fn make(rng: &mut impl CryptoRng) -> Result<Self, UnwrapError> {
        let (key, _) = DhP256HkdfSha256::gen_keypair_with_rng(rng);
        Self::of(key)
    }

    /// Takes the 32 bytes of the private scalar, as the vault and the firm's copy of an order keep them.
    ///
    /// # Errors
    /// Fails where they are no private key.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, UnwrapError> {
        Self::of(PrivateKey::from_bytes(bytes).map_err(|_| UnwrapError::Key)?)
    }

    fn of(key: PrivateKey) -> Result<Self, UnwrapError> {
        let point = DhP256HkdfSha256::sk_to_pk(&key).to_bytes();
        let public = EcPublicKey::from_sec1(&point).map_err(|_| UnwrapError::Key)?;
        Ok(Self { name: public.thumbprint().to_string(), public, key })
    }

    /// Returns the 32 bytes of the private scalar, for the vault and the firm's copy of an order.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<[u8; 32]> {
        let mut bytes = Zeroizing::new([0; 32]);
        self.key.write_exact(bytes.as_mut_slice());
        bytes
    }

    /// Returns the public half.
    #[must_use]
    pub fn public(&self) -> &EcPublicKey {
        &self.public
    }

    /// Unwraps the key of a blob.
    ///
    /// # Errors
    /// [`UnwrapError::NotAuthentic`], whatever the reason.
    pub fn unwrap_content_key(&self, wrapped: &WrappedKey, context: &Context) -> Result<ContentKey, UnwrapError> {
        if wrapped.algorithm != Algorithm::Hpke || wrapped.key_id != self.name {
            return Err(UnwrapError::NotAuthentic);
        }
        let plaintext = self.open(&wrapped.encrypted_key, context)?;
        ContentKey::from_wrap(&plaintext).ok_or(UnwrapError::NotAuthentic)
    }

    /// Unwraps a workspace key of this number.
    ///
    /// # Errors
    /// [`UnwrapError::NotAuthentic`], whatever the reason.
    pub fn unwrap_workspace_key(&self, wrapped: &[u8], firm: FirmId, number: u32) -> Result<WorkspaceKey, UnwrapError> {
        let plaintext = self.open(wrapped, &Context::WorkspaceKey(firm, number))?;
        WorkspaceKey::from_bytes(number, &plaintext).ok_or(UnwrapError::NotAuthentic)
    }

    /// Unwraps the key of a vault, of this rotation.
    ///
    /// # Errors
    /// [`UnwrapError::NotAuthentic`], whatever the reason.
    pub fn unwrap_vault_key(
        &self,
        wrapped: &[u8],
        firm: FirmId,
        (vault, rotation): (VaultId, u32),
    ) -> Result<VaultKey, UnwrapError> {
        let plaintext = self.open(wrapped, &Context::VaultKey(firm, vault, rotation))?;
        VaultKey::from_bytes(&plaintext).ok_or(UnwrapError::NotAuthentic)
    }

    fn open(&self, wrapped: &[u8], context: &Context) -> Result<Zeroizing<Vec<u8>>, UnwrapError> {
        let (encapsulated, ciphertext) =
            wrapped.split_at_checked(ENCAPSULATED_BYTES).ok_or(UnwrapError::NotAuthentic)?;
        let encapsulated = Encapsulated::from_bytes(encapsulated).map_err(|_| UnwrapError::NotAuthentic)?;
        hpke::single_shot_open::<AesGcm256, HkdfSha256, DhP256HkdfSha256>(
            &OpModeR::Base,
            &self.key,
            &encapsulated,
            &context.bytes(),
            ciphertext,
            b"",
        )
        .map(Zeroizing::new)
        .map_err(|_| UnwrapError::NotAuthentic)
    }
}

impl fmt::Debug for RecipientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecipientSecret({})", self.name)
    }
}
