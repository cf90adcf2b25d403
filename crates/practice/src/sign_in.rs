//! The sign-in, reduced to what is left without a network: access tokens for the sample person, as Entra ID issues them.

use std::sync::Arc;

use async_trait::async_trait;
use satchel_server::{JwksSource, JwksUnavailable};
use satchel_terms::Timestamp;
use serde::Serialize;

use crate::firm::{PERSON, SampleFirm};
use crate::keys::Keys;

/// Whom tokens are for.
pub(crate) const AUDIENCE: &str = "api://satchel-practice";
/// How long a token is valid.
pub(crate) const TOKEN_SECONDS: u64 = 10 * 60;
/// What the sample person may do: everything.
const ROLES: [&str; 4] = ["orderer", "approver", "payer", "firm-admin"];

/// Returns the part of a token's issuer before the tenant.
pub(crate) fn authority(base: &str) -> String {
    format!("{base}/practice")
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: String,
    aud: &'static str,
    iat: u64,
    nbf: u64,
    exp: u64,
    tid: String,
    oid: String,
    sub: String,
    name: &'static str,
    preferred_username: &'static str,
    roles: &'a [&'static str],
    ver: &'static str,
}

/// Makes an access token. Nothing: the key does not sign.
pub(crate) fn access_token(keys: &Keys, sample: &SampleFirm, base: &str, now: Timestamp) -> Option<String> {
    let SampleFirm { tenant, person, .. } = *sample;
    keys.tokens.sign(&Claims {
        iss: format!("{}/{tenant}/v2.0", authority(base)),
        aud: AUDIENCE,
        iat: now.seconds(),
        nbf: now.seconds(),
        exp: now.seconds().saturating_add(TOKEN_SECONDS),
        tid: tenant.to_string(),
        oid: person.to_string(),
        sub: person.to_string(),
        name: PERSON,
        preferred_username: "dana.whitfield@hartwell-ames.example",
        roles: &ROLES,
        ver: "2.0",
    })
}

/// Answers the key set from memory.
#[derive(Debug)]
pub(crate) struct OwnKeySet(pub(crate) Arc<Keys>);

#[async_trait]
impl JwksSource for OwnKeySet {
    async fn fetch(&self) -> Result<Vec<u8>, JwksUnavailable> {
        self.0.tokens.key_set().ok_or_else(|| JwksUnavailable("the key set cannot be written".into()))
    }
}
