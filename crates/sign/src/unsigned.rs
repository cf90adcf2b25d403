//! Statements that a key elsewhere signs: one that nobody can read, such as in Key Vault.

use std::fmt;
use std::marker::PhantomData;

use p256::ecdsa::Signature;
use satchel_terms::{EcPublicKey, Hash};

use crate::jws::{self, Unverified, VerifyError};
use crate::key::{Role, Signs};
use crate::statement::{Signed, Statement};

/// A statement on its way to a key of the role `R`. It becomes a [`Signed`] only by a signature that verifies under the public
/// half it was prepared for, so whoever holds the key is not trusted to have used the right one.
pub struct Unsigned<R: Role, T> {
    statement: T,
    public: EcPublicKey,
    signing_input: String,
    role: PhantomData<R>,
}

impl<R: Role + Signs<T>, T: Statement> Unsigned<R, T> {
    /// Writes out what is to be signed by the key with this public half.
    ///
    /// # Errors
    /// [`VerifyError::Statement`] where the statement breaks a rule of its format.
    pub fn prepare(statement: T, public: &EcPublicKey) -> Result<Self, VerifyError> {
        let payload = statement.to_payload().map_err(|_| VerifyError::Statement)?;
        let signing_input = jws::signing_input(T::TYP, public.thumbprint(), &payload)?;
        Ok(Self { statement, public: public.clone(), signing_input, role: PhantomData })
    }

    /// Returns the SHA-256 that the key signs.
    #[must_use]
    pub fn digest(&self) -> Hash {
        Hash::of(self.signing_input.as_bytes())
    }

    /// Takes the signature, `r ‖ s` with 32 bytes each.
    ///
    /// # Errors
    /// [`VerifyError::Signature`] where it is not one of that key over this digest.
    pub fn complete(self, signature: &[u8; 64]) -> Result<Signed<T>, VerifyError> {
        let signature = Signature::from_slice(signature).map_err(|_| VerifyError::Signature)?;
        let compact = jws::join(&self.signing_input, &signature);
        let (_, signer) = Unverified::parse(&compact, T::TYP)?.verify([&self.public])?;
        Ok(Signed::new(self.statement, signer, compact))
    }
}

/// What is to be signed may carry keys and words, so only who is to sign what is printed.
impl<R: Role, T: Statement> fmt::Debug for Unsigned<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unsigned({}, for {} {})", T::TYP, R::NAME, self.public.thumbprint())
    }
}
