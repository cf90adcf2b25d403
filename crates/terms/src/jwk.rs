//! Public keys as JWK (RFC 7517), with exactly the members that the formats name.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use p256::elliptic_curve::sec1::{FromSec1Point as _, ToSec1Point as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::bytes::{self, BytesError, Hash};

/// Says why a JWK is not a public key of the formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A coordinate or number is not base64url of the right length.
    #[error("a member of the key is not base64url of the right length")]
    Bytes(#[from] BytesError),
    /// The coordinates are not those of a point on P-256.
    #[error("the key is no point on the curve P-256")]
    Point,
    /// The modulus has fewer than 2,048 or more than 4,096 bits, is even, or the exponent is not 65,537.
    #[error("the RSA key does not have 2,048 to 4,096 bits with exponent 65,537")]
    Rsa,
}

/// The RFC 7638 thumbprint (SHA-256) of a public key; in text 43 characters. It is the key's `kid`.
pub type Thumbprint = Hash;

/// A public key on P-256: for ES256 or for HPKE, as the place where it stands says.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "EcJwk", into = "EcJwk")]
pub struct EcPublicKey {
    x: [u8; 32],
    y: [u8; 32],
}

impl EcPublicKey {
    /// Takes an uncompressed point (SEC 1): `04 ‖ x ‖ y`.
    ///
    /// # Errors
    /// Fails where the bytes are no point on the curve.
    pub fn from_sec1(point: &[u8]) -> Result<Self, KeyError> {
        let (Some(4), 65) = (point.first(), point.len()) else {
            return Err(KeyError::Point);
        };
        let key = p256::PublicKey::from_sec1_bytes(point).map_err(|_| KeyError::Point)?;
        Self::of(&key)
    }

    /// Takes a key that another part of the program checked already.
    ///
    /// # Errors
    /// Fails for the identity, which is no public key.
    pub fn of(key: &p256::PublicKey) -> Result<Self, KeyError> {
        let point = key.to_sec1_point(false);
        let (Some(x), Some(y)) = (point.x(), point.y()) else {
            return Err(KeyError::Point);
        };
        Ok(Self { x: (*x).into(), y: (*y).into() })
    }

    /// Returns the uncompressed point (SEC 1): `04 ‖ x ‖ y`.
    #[must_use]
    pub fn to_sec1(&self) -> [u8; 65] {
        let mut point = [4; 65];
        let coordinates = self.x.iter().chain(&self.y);
        point.iter_mut().skip(1).zip(coordinates).for_each(|(byte, coordinate)| *byte = *coordinate);
        point
    }

    /// Returns the key's thumbprint.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        let (x, y) = (bytes::encode(&self.x), bytes::encode(&self.y));
        Hash::of(format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#).as_bytes())
    }
}

impl fmt::Debug for EcPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EcPublicKey({})", self.thumbprint())
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum EcType {
    #[serde(rename = "EC")]
    Ec,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Curve {
    #[serde(rename = "P-256")]
    P256,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EcJwk {
    kty: EcType,
    crv: Curve,
    x: String,
    y: String,
}

impl TryFrom<EcJwk> for EcPublicKey {
    type Error = KeyError;

    fn try_from(jwk: EcJwk) -> Result<Self, KeyError> {
        let key = Self { x: bytes::decode(&jwk.x)?, y: bytes::decode(&jwk.y)? };
        let point = p256::Sec1Point::from_affine_coordinates(&key.x.into(), &key.y.into(), false);
        if p256::PublicKey::from_sec1_point(&point).is_some().into() { Ok(key) } else { Err(KeyError::Point) }
    }
}

impl From<EcPublicKey> for EcJwk {
    fn from(key: EcPublicKey) -> Self {
        Self { kty: EcType::Ec, crv: Curve::P256, x: bytes::encode(&key.x), y: bytes::encode(&key.y) }
    }
}

/// The public half of a firm's Key Vault wrapping key: 2,048 to 4,096 bits, exponent 65,537.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RsaJwk", into = "RsaJwk")]
pub struct RsaPublicKey {
    modulus: Vec<u8>,
}

/// The one exponent that is accepted: 65,537.
const RSA_EXPONENT: [u8; 3] = [1, 0, 1];

impl RsaPublicKey {
    /// Takes modulus and exponent, most significant byte first, without leading zeros.
    ///
    /// # Errors
    /// Fails for a key outside the sizes above.
    pub fn new(modulus: Vec<u8>, exponent: &[u8]) -> Result<Self, KeyError> {
        let top_bits = modulus.first().map_or(8, |byte| byte.leading_zeros() as usize);
        let bits = (modulus.len() * 8).saturating_sub(top_bits);
        let odd = modulus.last().is_some_and(|byte| byte % 2 == 1);
        let sized = top_bits < 8 && (2_048..=4_096).contains(&bits);
        if odd && sized && exponent == RSA_EXPONENT { Ok(Self { modulus }) } else { Err(KeyError::Rsa) }
    }

    /// Returns the modulus, most significant byte first.
    #[must_use]
    pub fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// Returns the exponent.
    #[must_use]
    pub const fn exponent(&self) -> u32 {
        65_537
    }

    /// Returns the key's thumbprint.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        let (e, n) = (bytes::encode(&RSA_EXPONENT), bytes::encode(&self.modulus));
        Hash::of(format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#).as_bytes())
    }
}

impl fmt::Debug for RsaPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digest = BASE64_STANDARD.encode(Sha256::digest(&self.modulus));
        write!(f, "RsaPublicKey({} bytes, SHA-256 of the modulus {digest})", self.modulus.len())
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum RsaType {
    #[serde(rename = "RSA")]
    Rsa,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RsaJwk {
    kty: RsaType,
    n: String,
    e: String,
}

impl TryFrom<RsaJwk> for RsaPublicKey {
    type Error = KeyError;

    fn try_from(jwk: RsaJwk) -> Result<Self, KeyError> {
        Self::new(bytes::decode_any(&jwk.n)?, &bytes::decode_any(&jwk.e)?)
    }
}

impl From<RsaPublicKey> for RsaJwk {
    fn from(key: RsaPublicKey) -> Self {
        Self { kty: RsaType::Rsa, n: bytes::encode(&key.modulus), e: bytes::encode(&RSA_EXPONENT) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The public key of RFC 7515, appendix A.3.
    const EC: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

    #[test]
    fn a_point_on_the_curve_reads_as_it_is_written() {
        let key: EcPublicKey = serde_json::from_str(EC).expect("a key");
        assert_eq!(serde_json::to_string(&key).expect("writes"), EC);
        assert_eq!(EcPublicKey::from_sec1(&key.to_sec1()), Ok(key));
    }

    #[test]
    fn nothing_but_the_four_members_and_a_point() {
        for wrong in [
            EC.replace("P-256", "P-384"),
            EC.replace("\"EC\"", "\"OKP\""),
            EC.replace("x_FE", "y_FE"),
            EC.replace("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", "AAAA"),
            EC.replace('}', ",\"d\":\"AA\"}"),
            EC.replace('}', ",\"use\":\"sig\"}"),
        ] {
            assert!(serde_json::from_str::<EcPublicKey>(&wrong).is_err(), "{wrong}");
        }
        assert_eq!(EcPublicKey::from_sec1(&[0]), Err(KeyError::Point));
        assert_eq!(EcPublicKey::from_sec1(&[4; 65]), Err(KeyError::Point));
    }

    #[test]
    fn rsa_keys_are_2048_to_4096_bits() {
        let modulus = |bits: usize| {
            let mut bytes = vec![0xff; bits.div_ceil(8)];
            bytes[0] >>= bytes.len() * 8 - bits;
            bytes
        };
        for (bits, accepted) in [(1_024, false), (2_047, false), (2_048, true), (4_096, true), (4_097, false)] {
            assert_eq!(RsaPublicKey::new(modulus(bits), &[1, 0, 1]).is_ok(), accepted, "{bits}");
        }
        let padded = [&[0][..], &modulus(2_048)].concat();
        assert_eq!(RsaPublicKey::new(padded, &[1, 0, 1]), Err(KeyError::Rsa));
        assert_eq!(RsaPublicKey::new(modulus(2_048), &[3]), Err(KeyError::Rsa));
        assert_eq!(RsaPublicKey::new(vec![], &[1, 0, 1]), Err(KeyError::Rsa));
    }
}
