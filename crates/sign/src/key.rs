//! Signing keys with roles in their types.

use std::fmt;
use std::marker::PhantomData;

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey as EcdsaKey};
use rand_core::CryptoRng;
use satchel_terms::EcPublicKey;
use zeroize::Zeroizing;

use crate::jws::{self, VerifyError};
use crate::statement::{Signed, Statement};
use crate::statements::bundle::Bundle;
use crate::statements::device_command::DeviceCommand;
use crate::statements::log_entry::LogEntry;
use crate::statements::manifest::Manifest;
use crate::statements::receipt::Receipt;
use crate::statements::roster::Roster;

/// Who a signing key belongs to.
pub trait Role {
    /// What logs and debug output call the role.
    const NAME: &'static str;
}

/// Says that a role may sign a kind of statement.
pub trait Signs<T: Statement>: Role {}

macro_rules! role {
    ($(#[$doc:meta])* $name:ident, $text:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}

        impl Role for $name {
            const NAME: &'static str = $text;
        }
    };
}

role! {
    /// A desktop that a firm admitted.
    Device, "device"
}
role! {
    /// The firm's admin.
    Admin, "admin"
}
role! {
    /// The provider's identity, pinned in the app.
    Identity, "identity"
}
role! {
    /// The provider's server, for receipts only. In production the key is in Key Vault.
    Receipts, "receipts"
}
role! {
    /// One of the provider's operators.
    Operator, "operator"
}

impl Signs<Manifest> for Device {}
impl Signs<Roster> for Admin {}
impl Signs<DeviceCommand> for Admin {}
/// As an approver, whom the roster before names.
impl Signs<Roster> for Device {}
impl Signs<Bundle> for Identity {}
impl Signs<Receipt> for Receipts {}
impl Signs<LogEntry> for Operator {}

/// Says that bytes are no private key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are no private key on P-256")]
pub struct SigningKeyError;

/// A private key on P-256 that signs what its role may sign.
pub struct SigningKey<R: Role> {
    key: EcdsaKey,
    public: EcPublicKey,
    role: PhantomData<R>,
}

impl<R: Role> SigningKey<R> {
    /// Makes a new one.
    ///
    /// # Errors
    /// None that a working generator can cause.
    pub fn make(rng: &mut impl CryptoRng) -> Result<Self, SigningKeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        // A random number is no private key about once in 2^32 tries: zero, or at least the order of the curve.
        for _ in 0..8 {
            rng.fill_bytes(bytes.as_mut_slice());
            if let Ok(key) = Self::from_bytes(&bytes) {
                return Ok(key);
            }
        }
        Err(SigningKeyError)
    }

    /// Takes the 32 bytes of the private scalar, as the vault keeps them.
    ///
    /// # Errors
    /// Fails where they are no private key.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, SigningKeyError> {
        let key = EcdsaKey::from_slice(bytes).map_err(|_| SigningKeyError)?;
        let public = EcPublicKey::of(&p256::PublicKey::from(key.verifying_key())).map_err(|_| SigningKeyError)?;
        Ok(Self { key, public, role: PhantomData })
    }

    /// Returns the 32 bytes of the private scalar, for the vault.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.key.to_bytes().into())
    }

    /// Returns the public half.
    #[must_use]
    pub fn public(&self) -> &EcPublicKey {
        &self.public
    }

    /// Signs a statement that obeys its format's rules.
    ///
    /// # Errors
    /// [`VerifyError::Statement`] where it does not.
    pub fn sign<T: Statement>(&self, statement: T) -> Result<Signed<T>, VerifyError>
    where
        R: Signs<T>,
    {
        let payload = statement.to_payload().map_err(|_| VerifyError::Statement)?;
        let kid = self.public.thumbprint();
        let signing_input = jws::signing_input(T::TYP, kid, &payload)?;
        let signature: Signature = self.key.sign(signing_input.as_bytes());
        Ok(Signed::new(statement, kid, jws::join(&signing_input, &signature)))
    }
}

impl<R: Role> fmt::Debug for SigningKey<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, {})", R::NAME, self.public.thumbprint())
    }
}
