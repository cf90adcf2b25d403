//! Access tokens, signed by a key that the sign-in's key set has.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use satchel_server::{JwksSource, JwksUnavailable};
use serde_json::{Value, json};

use super::{NOW, TestFirm};

pub(crate) const AUDIENCE: &str = "api://satchel-provider";

pub(crate) fn authority() -> &'static str {
    "https://sign-in.example"
}

pub(crate) fn encoding_key() -> EncodingKey {
    EncodingKey::from_rsa_pem(include_bytes!("../keys/test-only-token.pem")).expect("a key")
}

pub(crate) fn other_encoding_key() -> EncodingKey {
    EncodingKey::from_rsa_pem(include_bytes!("../keys/test-only-other.pem")).expect("a key")
}

/// A key set that can be changed, and counts how often it was asked for.
#[derive(Debug)]
pub(crate) struct TestJwks {
    set: Mutex<Option<Value>>,
    pub(crate) fetched: AtomicU64,
}

impl TestJwks {
    pub(crate) fn new() -> Arc<Self> {
        let set = Self::set_of(&[("one", &encoding_key())]);
        Arc::new(Self { set: Mutex::new(Some(set)), fetched: AtomicU64::new(0) })
    }

    /// Writes a set with these keys, as Entra ID does.
    pub(crate) fn set_of(keys: &[(&str, &EncodingKey)]) -> Value {
        let keys = keys.iter().map(|(kid, key)| {
            let mut jwk =
                serde_json::to_value(Jwk::from_encoding_key(key, Algorithm::RS256).expect("a key")).expect("JSON");
            jwk["kid"] = json!(kid);
            jwk["use"] = json!("sig");
            jwk.as_object_mut().expect("an object").remove("alg");
            jwk
        });
        json!({"keys": keys.collect::<Vec<_>>()})
    }

    pub(crate) fn change(&self, set: Option<Value>) {
        *self.set.lock().expect("not poisoned") = set;
    }

    pub(crate) fn times_fetched(&self) -> u64 {
        self.fetched.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl JwksSource for TestJwks {
    async fn fetch(&self) -> Result<Vec<u8>, JwksUnavailable> {
        self.fetched.fetch_add(1, Ordering::SeqCst);
        let set = self.set.lock().expect("not poisoned").clone();
        set.map(|set| set.to_string().into_bytes()).ok_or_else(|| JwksUnavailable("switched off".into()))
    }
}

/// A token in the making.
#[derive(Debug, Clone)]
pub(crate) struct Claims {
    pub(crate) header: Header,
    pub(crate) claims: Value,
}

impl Claims {
    /// What Entra ID says of a person of the firm.
    pub(crate) fn of(firm: &TestFirm, roles: &[&str]) -> Self {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some("one".to_owned());
        let claims = json!({
            "iss": format!("{}/{}/v2.0", authority(), firm.tenant),
            "aud": AUDIENCE, "exp": NOW + 3_600, "nbf": NOW - 5, "iat": NOW - 5,
            "tid": firm.tenant, "oid": firm.person, "roles": roles, "name": "Dana Whitfield", "ver": "2.0",
        });
        Self { header, claims }
    }

    pub(crate) fn with(mut self, claim: &str, value: Value) -> Self {
        self.claims[claim] = value;
        self
    }

    pub(crate) fn without(mut self, claim: &str) -> Self {
        self.claims.as_object_mut().expect("an object").remove(claim);
        self
    }

    pub(crate) fn signed_by(&self, key: &EncodingKey) -> String {
        encode(&self.header, &self.claims, key).expect("a token")
    }

    pub(crate) fn signed(&self) -> String {
        self.signed_by(&encoding_key())
    }
}
