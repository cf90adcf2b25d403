//! The `encryptiondata` of a sealed log entry on its way: a text that holds nothing of anybody's choice.

use satchel_terms::sealed_length::REGION_BYTES;
use satchel_terms::{Thumbprint, parse};
use serde::{Deserialize, Deserializer, Serialize};

use crate::limits::ENCRYPTION_DATA_BYTES_MAX;

/// Characters of a wrap by HPKE in base64: an encapsulated key on P-256, the 40 wrapped bytes and a tag.
const WRAP_CHARS: usize = (65_usize + 40 + 16).div_ceil(3) * 4;
/// Bytes of a region's nonce.
const NONCE_BYTES: u64 = 12;

/// Reads the text and keeps it as it is. Whoever unwraps reads it once more, with what is in it.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if is_entrys(&text) { Ok(text) } else { Err(serde::de::Error::custom("no encryptiondata of a log entry")) }
}

/// Tells whether a text is what stands beside a log entry: its content key, wrapped to a reply key.
fn is_entrys(text: &str) -> bool {
    parse::<EncryptionData>(text.as_bytes(), ENCRYPTION_DATA_BYTES_MAX).is_ok_and(|data| {
        let regions = &data.encrypted_region_info;
        let base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        let wrap = &data.wrapped_content_key.encrypted_key;
        let library = data.key_wrapping_metadata.as_ref().map_or("", |library| &library.encryption_library);
        (regions.data_length, regions.nonce_length) == (REGION_BYTES, NONCE_BYTES)
            && wrap.len() == WRAP_CHARS
            && wrap.bytes().all(base64)
            && library.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
    })
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct EncryptionData {
    wrapped_content_key: WrappedContentKey,
    encryption_agent: Agent,
    encrypted_region_info: RegionInfo,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_wrapping_metadata: Option<Library>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    encryption_mode: Option<Mode>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct WrappedContentKey {
    key_id: Thumbprint,
    encrypted_key: String,
    algorithm: Algorithm,
}

#[derive(Serialize, Deserialize)]
enum Algorithm {
    #[serde(rename = "HPKE-P256-HKDF-SHA256-A256GCM")]
    Hpke,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Agent {
    protocol: Protocol,
    encryption_algorithm: Cipher,
}

#[derive(Serialize, Deserialize)]
enum Protocol {
    #[serde(rename = "2.0")]
    Two,
}

#[derive(Serialize, Deserialize)]
enum Cipher {
    #[serde(rename = "AES_GCM_256")]
    AesGcm256,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RegionInfo {
    data_length: u64,
    nonce_length: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Library {
    encryption_library: String,
}

#[derive(Serialize, Deserialize)]
enum Mode {
    FullBlob,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> String {
        format!(
            r#"{{"WrappedContentKey":{{"KeyId":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","EncryptedKey":"{}==","Algorithm":"HPKE-P256-HKDF-SHA256-A256GCM"}},"EncryptionAgent":{{"Protocol":"2.0","EncryptionAlgorithm":"AES_GCM_256"}},"EncryptedRegionInfo":{{"DataLength":4194304,"NonceLength":12}},"KeyWrappingMetadata":{{"EncryptionLibrary":"Satchel 1"}},"EncryptionMode":"FullBlob"}}"#,
            "A".repeat(162)
        )
    }

    #[test]
    fn what_other_writers_leave_out_may_be_left_out() {
        assert!(is_entrys(&good()));
        assert!(is_entrys(&good().replace(r#","EncryptionMode":"FullBlob""#, "")));
        assert!(is_entrys(&good().replace(r#","KeyWrappingMetadata":{"EncryptionLibrary":"Satchel 1"}"#, "")));
    }

    #[test]
    fn anything_else_is_refused() {
        for (from, to) in [
            ("HPKE-P256-HKDF-SHA256-A256GCM", "RSA-OAEP-256"),
            ("47DEQpj8", "workspace/1"),
            ("AAAA", "AAA"),
            ("AAAA", "A AA"),
            ("\"2.0\"", "\"1.0\""),
            ("4194304", "4194305"),
            (":12}", ":16}"),
            ("FullBlob", "Half"),
            ("Satchel 1", "Satchel\\n1"),
            ("{\"Wrapped", "{\"more\":1,\"Wrapped"),
        ] {
            let wrong = good().replacen(from, to, 1);
            assert_ne!(wrong, good());
            assert!(!is_entrys(&wrong), "{from} as {to}");
        }
        let padded = |length: usize| format!("{}{}", good(), " ".repeat(length - good().len()));
        assert!(is_entrys(&padded(ENCRYPTION_DATA_BYTES_MAX)));
        assert!(!is_entrys(&padded(ENCRYPTION_DATA_BYTES_MAX + 1)));
    }
}
