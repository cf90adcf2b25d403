//! Access tokens as Entra ID issues them: JWT, RS256.

use std::fmt;
use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use satchel_terms::{PersonId, TenantId, Timestamp};
use serde::Deserialize;

use super::jwks::{Jwks, JwksSource, NoKey};
use super::role::Role;

/// How far two clocks may be apart, in seconds.
const CLOCK_SKEW_SECONDS_MAX: u64 = 60;
/// The most roles of a token that are looked at.
const ROLES_MAX: usize = 50;
/// The most bytes of a key's id.
const KID_BYTES_MAX: usize = 256;

/// What tokens have to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenSettings {
    /// The sign-in, without a slash at its end: a token's `iss` is `{authority}/{tid}/v2.0`.
    pub authority: String,
    /// The server's own id: a token's `aud`.
    pub audience: String,
}

/// Verifies access tokens. The algorithm is RS256, whatever a token says.
pub struct TokenVerifier {
    settings: TokenSettings,
    jwks: Jwks,
}

/// Whom a token names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) tenant: TenantId,
    pub(crate) person: PersonId,
    pub(crate) roles: Vec<Role>,
}

/// Says why a token does not count.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    /// Not a token of this form, or of another algorithm.
    #[error("the token is not in the expected form")]
    Form,
    /// Its signature is not one of the sign-in's.
    #[error("the token's signature does not hold")]
    Signature,
    /// Not yet valid, or no longer.
    #[error("the token is not valid at this time")]
    Time,
    /// For another server, or from another sign-in.
    #[error("the token is for somebody else, or from somebody else")]
    Parties,
    /// There is no key to verify it with.
    #[error(transparent)]
    Key(#[from] NoKey),
}

/// The claims that count. Others are passed over.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    exp: u64,
    nbf: u64,
    tid: String,
    oid: String,
    #[serde(default)]
    roles: Vec<String>,
}

impl TokenVerifier {
    /// Verifies by these settings and the keys of this source.
    #[must_use]
    pub fn new(settings: TokenSettings, jwks: Arc<dyn JwksSource>) -> Self {
        Self { settings, jwks: Jwks::new(jwks) }
    }

    /// Verifies a token and says whom it names.
    pub(crate) async fn verify(&self, token: &str, now: Timestamp) -> Result<Identity, TokenError> {
        let header = decode_header(token).map_err(|_| TokenError::Form)?;
        // What a token says about its own key or about other rules is not followed, so it is not passed over either.
        let plain = header.jku.is_none() && header.jwk.is_none() && header.x5u.is_none() && header.crit.is_none();
        let kid = header.kid.filter(|kid| kid.len() <= KID_BYTES_MAX).ok_or(TokenError::Form)?;
        if header.alg != Algorithm::RS256 || !plain {
            return Err(TokenError::Form);
        }
        let key = self.jwks.key(&kid, now).await?;
        self.check(&verified_claims(token, &key)?, now)
    }

    fn check(&self, claims: &Claims, now: Timestamp) -> Result<Identity, TokenError> {
        let now = now.seconds();
        let started = claims.nbf <= now.saturating_add(CLOCK_SKEW_SECONDS_MAX);
        if !started || claims.exp.saturating_add(CLOCK_SKEW_SECONDS_MAX) <= now {
            return Err(TokenError::Time);
        }
        let tenant: TenantId = claims.tid.parse().map_err(|_| TokenError::Form)?;
        let person: PersonId = claims.oid.parse().map_err(|_| TokenError::Form)?;
        let issuer = format!("{}/{tenant}/v2.0", self.settings.authority);
        if claims.iss != issuer || claims.aud != self.settings.audience {
            return Err(TokenError::Parties);
        }
        let roles = claims.roles.iter().take(ROLES_MAX).filter_map(|role| Role::from_claim(role)).collect();
        Ok(Identity { tenant, person, roles })
    }
}

fn verified_claims(token: &str, key: &DecodingKey) -> Result<Claims, TokenError> {
    let mut validation = Validation::new(Algorithm::RS256);
    // Times and parties are checked against our own clock and settings, right after the signature.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    decode::<Claims>(token, key, &validation).map(|data| data.claims).map_err(|_| TokenError::Signature)
}

impl fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenVerifier({:?}, {:?})", self.settings, self.jwks)
    }
}
