//! The keys that tokens are signed with, fetched when they are needed.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::{self, Debug};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use async_trait::async_trait;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use satchel_terms::Timestamp;
use tokio::sync::Mutex;

/// The most bytes of a key set. Entra ID's has about 15 KiB.
const JWKS_BYTES_MAX: usize = 256 * 1024;
/// The most keys of a set that are looked at.
const KEYS_MAX: usize = 100;
/// The shortest time between two fetches, so that made-up key ids cannot make the server ask for ever.
const REFETCH_SECONDS_MIN: u64 = 60;
/// How long a set is used before it is fetched again.
const REFRESH_SECONDS: u64 = 12 * 60 * 60;
/// How long a set is used at most, where it cannot be fetched: then a key that was withdrawn stops to count.
const AGE_SECONDS_MAX: u64 = 24 * 60 * 60;

/// Where the key set of the sign-in comes from.
#[async_trait]
pub trait JwksSource: Send + Sync + Debug {
    /// Fetches the set, as JSON (RFC 7517), at most 256 KiB.
    ///
    /// # Errors
    /// Fails where the place does not answer.
    async fn fetch(&self) -> Result<Vec<u8>, JwksUnavailable>;
}

/// Says that the key set could not be fetched.
#[derive(Debug, thiserror::Error)]
#[error("the sign-in's keys could not be fetched")]
pub struct JwksUnavailable(#[source] pub Box<dyn Error + Send + Sync>);

/// Says why there is no key for a token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoKey {
    /// The set does not have it.
    #[error("the token names a key that the sign-in does not have")]
    Unknown,
    /// Nobody could say.
    #[error(transparent)]
    Unavailable(#[from] JwksUnavailable),
    /// What was fetched is no key set.
    #[error("what was fetched is no key set")]
    Form,
}

/// The key set, as it was fetched last.
pub(super) struct Jwks {
    source: Arc<dyn JwksSource>,
    known: RwLock<Known>,
    /// Held by the one who fetches. It holds when the last fetch was tried.
    tried_at: Mutex<Option<Timestamp>>,
}

#[derive(Default)]
struct Known {
    keys: BTreeMap<String, DecodingKey>,
    fetched_at: Option<Timestamp>,
}

impl Known {
    /// Returns a key, if the set is younger than this.
    fn key(&self, kid: &str, now: Timestamp, age_seconds_max: u64) -> Option<DecodingKey> {
        let young = self.fetched_at.is_some_and(|at| seconds_between(at, now) < age_seconds_max);
        self.keys.get(kid).filter(|_| young).cloned()
    }
}

impl Jwks {
    pub(super) fn new(source: Arc<dyn JwksSource>) -> Self {
        Self { source, known: RwLock::default(), tried_at: Mutex::default() }
    }

    /// Finds a key by its id; fetches the set where the id is not known or the set is old, but not too often.
    pub(super) async fn key(&self, kid: &str, now: Timestamp) -> Result<DecodingKey, NoKey> {
        if let Some(key) = self.known().key(kid, now, REFRESH_SECONDS) {
            return Ok(key);
        }
        // Whoever comes meanwhile waits for the one answer, and finds the key in it.
        let mut tried_at = self.tried_at.lock().await;
        if let Some(key) = self.known().key(kid, now, REFRESH_SECONDS) {
            return Ok(key);
        }
        let failure = if tried_at.is_none_or(|at| seconds_between(at, now) >= REFETCH_SECONDS_MIN) {
            *tried_at = Some(now);
            self.fetch(now).await.err()
        } else {
            None
        };
        let known = self.known();
        if let Some(key) = known.key(kid, now, AGE_SECONDS_MAX) {
            return Ok(key);
        }
        let told = known.fetched_at.is_some_and(|at| seconds_between(at, now) < AGE_SECONDS_MAX);
        match failure {
            Some(failure) => Err(failure),
            None if told => Err(NoKey::Unknown),
            None => Err(JwksUnavailable("they could not be fetched a moment ago".into()).into()),
        }
    }

    async fn fetch(&self, now: Timestamp) -> Result<(), NoKey> {
        let keys = read(&self.source.fetch().await?)?;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Known { keys, fetched_at: Some(now) };
        Ok(())
    }

    /// Nothing panics while it holds the set, so a poisoned lock holds a whole one.
    fn known(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn seconds_between(earlier: Timestamp, later: Timestamp) -> u64 {
    later.seconds().saturating_sub(earlier.seconds())
}

impl Debug for Jwks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jwks({:?})", self.source)
    }
}

fn read(json: &[u8]) -> Result<BTreeMap<String, DecodingKey>, NoKey> {
    if json.len() > JWKS_BYTES_MAX {
        return Err(NoKey::Form);
    }
    // Keys of kinds that the library does not know, and members that nobody here needs, are passed over.
    let set: JwkSet = serde_json::from_slice(json).map_err(|_| NoKey::Form)?;
    Ok(set.keys.iter().take(KEYS_MAX).filter_map(rs256_key).collect())
}

/// Takes an RSA key that signs, and nothing else: a symmetric key in the set must not become one that verifies.
fn rs256_key(jwk: &Jwk) -> Option<(String, DecodingKey)> {
    let signs = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let rs256 = matches!(jwk.common.key_algorithm, None | Some(KeyAlgorithm::RS256));
    let AlgorithmParameters::RSA(rsa) = &jwk.algorithm else { return None };
    let kid = jwk.common.key_id.clone().filter(|_| signs && rs256)?;
    DecodingKey::from_rsa_components(&rsa.n, &rsa.e).ok().map(|key| (kid, key))
}
