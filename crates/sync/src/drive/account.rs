//! Who sends: the caller's sign-in and what it trusts.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use satchel_terms::EcPublicKey;
use zeroize::Zeroizing;

/// An access token for the provider's server. It is never printed and goes nowhere else.
#[derive(PartialEq, Eq)]
pub struct AccessToken(Zeroizing<String>);

impl AccessToken {
    /// Takes the token.
    #[must_use]
    pub fn new(token: String) -> Self {
        Self(Zeroizing::new(token))
    }

    /// Returns the text, for the header of a request to the server.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(..)")
    }
}

/// Says why there is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoToken {
    /// Somebody has to sign in.
    #[error("somebody has to sign in")]
    SignIn,
    /// The one there was has ended, and a new one cannot be fetched without a connection.
    #[error("a new token cannot be fetched without a connection")]
    Offline,
}

/// The caller's sign-in and what it trusts.
#[async_trait]
pub trait Account: Send + Sync {
    /// Returns a token that has not ended, fetching a new one where it must.
    ///
    /// # Errors
    /// [`NoToken`]; the orders wait then.
    async fn token(&self) -> Result<AccessToken, NoToken>;

    /// Is told that the server refused the token, so that it is not handed out again. The orders wait until a nudge.
    fn token_refused(&self, token: &AccessToken);

    /// Returns the receipt keys of the provider's newest bundle.
    fn receipt_keys(&self) -> Arc<[EcPublicKey]>;
}
