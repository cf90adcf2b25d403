//! The file of a firm's recovery key: a private key on P-256 as JWK (RFC 7517, RFC 7518), as IT keeps it offline.

use satchel_seal::RecipientSecret;
use satchel_terms::{EcPublicKey, KeyBytes};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::ui_error::UiError;

/// The most bytes of the file.
pub(crate) const BYTES_MAX: u64 = 16 * 1024;

/// The private half; the public half is read apart, with the rules that are its own.
#[derive(Deserialize)]
struct Private {
    d: KeyBytes,
}

/// Reads the file. A private half that does not belong to the public one is refused.
pub(crate) fn read(jwk: &[u8]) -> Result<RecipientSecret, UiError> {
    secret(jwk).ok_or_else(UiError::no_firm_key)
}

fn secret(jwk: &[u8]) -> Option<RecipientSecret> {
    let Private { d } = serde_json::from_slice(jwk).ok()?;
    let mut members: Map<String, Value> = serde_json::from_slice(jwk).ok()?;
    members.retain(|name, _| matches!(name.as_str(), "kty" | "crv" | "x" | "y"));
    let public: EcPublicKey = serde_json::from_value(Value::Object(members)).ok()?;
    let secret = RecipientSecret::from_bytes(d.expose()).ok()?;
    (*secret.public() == public).then_some(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwk(secret: &RecipientSecret, other: Option<&RecipientSecret>) -> String {
        let mut jwk = serde_json::to_value(other.unwrap_or(secret).public()).expect("a key");
        jwk["d"] = serde_json::to_value(KeyBytes::new(secret.expose())).expect("bytes");
        jwk.to_string()
    }

    #[test]
    fn a_whole_key_is_read_and_nothing_else() {
        let make = || RecipientSecret::make(&mut crate::rng()).expect("a key");
        let (secret, other) = (make(), make());
        let text = jwk(&secret, None);
        assert_eq!(read(text.as_bytes()).expect("it is whole").public(), secret.public());
        let with_more = text.replacen('{', r#"{"kid":"recovery","use":"enc","#, 1);
        assert!(read(with_more.as_bytes()).is_ok(), "other tools write more members");
        for wrong in [
            jwk(&secret, Some(&other)),
            serde_json::to_string(secret.public()).expect("a key"),
            text.replace("P-256", "P-384"),
            text.replace(r#""d":""#, r#""d":"A"#),
            "{}".to_owned(),
            "-----BEGIN PRIVATE KEY-----".to_owned(),
            String::new(),
        ] {
            assert!(read(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
