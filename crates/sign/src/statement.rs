//! What can be signed, and what was.

use std::fmt;

use satchel_terms::{EcPublicKey, Hash, JsonError, Thumbprint};

use crate::jws::{Unverified, VerifyError};

/// Says why a payload is not a statement of its kind.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// Not this JSON.
    #[error("the statement is not in the expected form")]
    Form(#[from] JsonError),
    /// A rule of the format is broken, by its name in docs/FORMATS.md.
    #[error("the statement breaks a rule of its format: {0}")]
    Rule(&'static str),
}

/// A kind of document that is signed.
pub trait Statement: Sized {
    /// The `typ` of its header. No two kinds share one.
    const TYP: &'static str;

    /// Writes the payload, if the statement obeys every rule that needs nothing but itself.
    ///
    /// # Errors
    /// [`StatementError::Rule`].
    fn to_payload(&self) -> Result<Vec<u8>, StatementError>;

    /// Reads the payload as strictly.
    ///
    /// # Errors
    /// [`StatementError`].
    fn from_payload(payload: &[u8]) -> Result<Self, StatementError>;
}

/// Implements [`Statement`] for a type that derives serde and has `fn check(&self) -> Result<(), StatementError>`.
macro_rules! json_statement {
    ($name:ident, $typ:literal, $payload_bytes_max:expr) => {
        impl $crate::statement::Statement for $name {
            const TYP: &'static str = $typ;

            fn to_payload(&self) -> Result<Vec<u8>, $crate::statement::StatementError> {
                let payload = satchel_terms::write(self)?;
                // Nothing is signed that no reader takes.
                <Self as $crate::statement::Statement>::from_payload(&payload)?;
                Ok(payload)
            }

            fn from_payload(payload: &[u8]) -> Result<Self, $crate::statement::StatementError> {
                let statement: Self = satchel_terms::parse(payload, $payload_bytes_max)?;
                statement.check()?;
                Ok(statement)
            }
        }
    };
}
pub(crate) use json_statement;

/// A statement whose signature verified, with the text that carries it.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed<T> {
    statement: T,
    signer: Thumbprint,
    compact: String,
}

/// The text may carry keys and words, so only who signed what is printed.
impl<T: Statement> fmt::Debug for Signed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signed({}, {}, signed by {})", T::TYP, self.hash(), self.signer)
    }
}

impl<T: Statement> Signed<T> {
    pub(crate) fn new(statement: T, signer: Thumbprint, compact: String) -> Self {
        Self { statement, signer, compact }
    }

    /// Verifies a compact text under the one of `signers` that it names, and reads what it says.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify<'key>(
        compact: &str,
        signers: impl IntoIterator<Item = &'key EcPublicKey>,
    ) -> Result<Self, VerifyError> {
        let (payload, signer) = Unverified::parse(compact, T::TYP)?.verify(signers)?;
        let statement = T::from_payload(&payload).map_err(|_| VerifyError::Statement)?;
        Ok(Self::new(statement, signer, compact.to_owned()))
    }

    /// Returns what was signed.
    pub fn statement(&self) -> &T {
        &self.statement
    }

    /// Returns the thumbprint of the key that signed.
    pub fn signer(&self) -> Thumbprint {
        self.signer
    }

    /// Returns the compact text.
    pub fn compact(&self) -> &str {
        &self.compact
    }

    /// Returns the hash of header and payload, by which other statements name this one. The signature takes no part in it,
    /// since anyone can write a valid one in a second way.
    pub fn hash(&self) -> Hash {
        let signing_input = self.compact.rsplit_once('.').map_or("", |(input, _)| input);
        Hash::of(signing_input.as_bytes())
    }
}
