//! The key that signs access tokens in Entra ID's place: RSA, RS256.

use std::fmt;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use satchel_terms::Hash;
use serde::Serialize;
use zeroize::Zeroizing;

/// The most bytes of the key's file; one of 2,048 bits has about 1,220.
pub(crate) const TOKEN_KEY_BYTES_MAX: u64 = 8 * 1024;

/// Signs access tokens.
pub(crate) struct TokenKey {
    pair: RsaKeyPair,
    kid: String,
}

#[derive(Serialize)]
struct Header<'a> {
    typ: &'static str,
    alg: &'static str,
    kid: &'a str,
}

/// A key set as Entra ID writes it: no `alg`.
#[derive(Serialize)]
struct KeySet<'a> {
    keys: [Key<'a>; 1],
}

#[derive(Serialize)]
struct Key<'a> {
    kty: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    kid: &'a str,
    n: String,
    e: String,
}

impl TokenKey {
    /// Makes a key of 2,048 bits, as PKCS #8.
    pub(crate) fn make() -> Option<Zeroizing<Vec<u8>>> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).ok()?;
        let der: Pkcs8V1Der<'_> = pair.as_der().ok()?;
        Some(Zeroizing::new(der.as_ref().to_vec()))
    }

    /// Takes a key that was made here.
    pub(crate) fn from_der(der: &[u8]) -> Option<Self> {
        let pair = RsaKeyPair::from_pkcs8(der).ok()?;
        let kid = Hash::of(pair.public_key().as_ref()).to_string();
        Some(Self { pair, kid })
    }

    /// Signs claims as a compact JWT.
    pub(crate) fn sign(&self, claims: &impl Serialize) -> Option<String> {
        let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let header = serde_json::to_vec(&Header { typ: "JWT", alg: "RS256", kid: &self.kid }).ok()?;
        let input = format!("{}.{}", part(&header), part(&serde_json::to_vec(claims).ok()?));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input.as_bytes(), &mut signature).ok()?;
        Some(format!("{input}.{}", part(&signature)))
    }

    /// Writes the key set (RFC 7517) with the public half.
    pub(crate) fn key_set(&self) -> Option<Vec<u8>> {
        let public = self.pair.public_key();
        let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let n = part(public.modulus().big_endian_without_leading_zero());
        let e = part(public.exponent().big_endian_without_leading_zero());
        serde_json::to_vec(&KeySet { keys: [Key { kty: "RSA", usage: "sig", kid: &self.kid, n, e }] }).ok()
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenKey({})", self.kid)
    }
}
