//! The `encryptiondata` of a blob: how its content key is wrapped. The server opens none; it looks whether somebody can.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use satchel_sign::{Bundle, Roster};
use satchel_terms::BlobName;
use serde::Deserialize;

/// The most bytes of the metadata.
const BYTES_MAX: usize = 8 * 1024;
/// Bytes of a wrap by the workspace key: nonce, the 40 wrapped bytes, tag.
const A256GCMKW_BYTES: usize = 12 + 40 + 16;
/// Bytes of a wrap by an RSA key of 2,048 to 4,096 bits.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=512;

/// What the metadata says.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct EncryptionData {
    wrapped_content_key: WrappedContentKey,
    encryption_agent: Agent,
    encrypted_region_info: RegionInfo,
    #[serde(default)]
    key_wrapping_metadata: Option<Library>,
    #[serde(default)]
    encryption_mode: Option<Mode>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct WrappedContentKey {
    key_id: String,
    encrypted_key: String,
    algorithm: Algorithm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Algorithm {
    #[serde(rename = "RSA-OAEP-256")]
    RsaOaep256,
    #[serde(rename = "A256GCMKW")]
    A256GcmKw,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Agent {
    protocol: Protocol,
    encryption_algorithm: Cipher,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
enum Protocol {
    #[serde(rename = "2.0")]
    Two,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
enum Cipher {
    #[serde(rename = "AES_GCM_256")]
    AesGcm256,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
enum Mode {
    FullBlob,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RegionInfo {
    data_length: u64,
    nonce_length: u64,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Library {
    #[serde(rename = "EncryptionLibrary")]
    _encryption_library: String,
}

/// Reads the metadata; nothing, where it is not that of a blob that Satchel reads.
pub(super) fn read(text: &str) -> Option<EncryptionData> {
    if text.len() > BYTES_MAX {
        return None;
    }
    let data: EncryptionData = serde_json::from_str(text).ok()?;
    let regions = &data.encrypted_region_info;
    let own = (regions.data_length, regions.nonce_length) == (satchel_terms::sealed_length::REGION_BYTES, 12);
    own.then_some(data)
}

impl EncryptionData {
    /// Tells whether the content key is wrapped as this blob's has to be: for the provider by a key of the bundle, the copy by
    /// a workspace key of the roster.
    pub(super) fn fits(&self, name: BlobName, bundle: &Bundle, roster: &Roster) -> bool {
        let key = &self.wrapped_content_key;
        let Ok(wrapped) = BASE64_STANDARD.decode(&key.encrypted_key) else { return false };
        match (name, key.algorithm) {
            (BlobName::Document(_) | BlobName::File(..), Algorithm::RsaOaep256) => {
                RSA_BYTES.contains(&wrapped.len())
                    && bundle.wrapping_keys.iter().any(|entry| entry.key_id.as_str() == key.key_id)
            }
            (BlobName::Copy(_), Algorithm::A256GcmKw) => {
                let number = key.key_id.strip_prefix("workspace/");
                wrapped.len() == A256GCMKW_BYTES
                    && roster.workspace_keys.iter().any(|known| number == Some(known.number.to_string().as_str()))
            }
            (
                BlobName::Document(_)
                | BlobName::File(..)
                | BlobName::Copy(_)
                | BlobName::Manifest(_)
                | BlobName::LogEntry(_)
                | BlobName::Return(_),
                _,
            ) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"WrappedContentKey":{"KeyId":"https://vault.example/keys/a/1","EncryptedKey":"AAAA","Algorithm":"RSA-OAEP-256"},"EncryptionAgent":{"Protocol":"2.0","EncryptionAlgorithm":"AES_GCM_256"},"EncryptedRegionInfo":{"DataLength":4194304,"NonceLength":12},"KeyWrappingMetadata":{"EncryptionLibrary":"Satchel 1"},"EncryptionMode":"FullBlob"}"#;

    #[test]
    fn what_other_writers_leave_out_may_be_left_out() {
        assert!(read(GOOD).is_some());
        assert!(read(&GOOD.replace(r#","KeyWrappingMetadata":{"EncryptionLibrary":"Satchel 1"}"#, "")).is_some());
        assert!(read(&GOOD.replace(r#","EncryptionMode":"FullBlob""#, "")).is_some());
    }

    #[test]
    fn other_protocols_are_not_read() {
        for (from, to) in [
            ("\"2.0\"", "\"1.0\""),
            ("AES_GCM_256", "AES_CBC_256"),
            ("4194304", "4194305"),
            (":12}", ":16}"),
            ("RSA-OAEP-256", "RSA-OAEP"),
            ("FullBlob", "Half"),
            ("\"KeyId\"", "\"Keyid\""),
            ("{\"Wrapped", "{\"more\":1,\"Wrapped"),
        ] {
            let wrong = GOOD.replace(from, to);
            assert_ne!(wrong, GOOD);
            assert_eq!(read(&wrong), None, "{from} as {to}");
        }
        assert_eq!(read("no JSON"), None);
    }

    #[test]
    fn the_length_stops_at_the_limit() {
        let padded = |length: usize| format!("{GOOD}{}", " ".repeat(length - GOOD.len()));
        assert!(read(&padded(BYTES_MAX)).is_some());
        assert_eq!(read(&padded(BYTES_MAX + 1)), None);
    }
}
