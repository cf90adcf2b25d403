//! The `encryptiondata` metadata of a sealed blob, as Azure's SDKs write and read it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use satchel_terms::sealed_length::REGION_BYTES;
use satchel_terms::{JsonError, parse, write};
use serde::{Deserialize, Serialize};

use crate::wrap::{Algorithm, WrappedKey};

/// The most bytes of the metadata.
pub const METADATA_BYTES_MAX: usize = 8 * 1024;
/// The most bytes of a wrapped key: an RSA key of 4,096 bits.
const ENCRYPTED_KEY_BYTES_MAX: usize = 512;

/// Says why a text is not the metadata of a blob that Satchel reads.
#[derive(Debug, thiserror::Error)]
pub enum MetadataError {
    /// Not this JSON.
    #[error("the metadata of the sealed file is not in the expected form")]
    Form(#[from] JsonError),
    /// Another protocol, cipher, region or nonce length.
    #[error("the sealed file was written in another protocol")]
    Protocol,
    /// The wrapped key is not base64, or too long.
    #[error("the wrapped key in the metadata is damaged")]
    WrappedKey,
}

/// The metadata of a sealed blob. Format and cipher are fixed, so all it says is how the content key is wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// The wrapped content key.
    pub wrapped_key: WrappedKey,
}

impl Metadata {
    /// Writes the JSON, members in the order that Java's SDK wants.
    ///
    /// # Errors
    /// Fails where the key's name is so long that the text exceeds [`METADATA_BYTES_MAX`].
    pub fn to_json(&self) -> Result<String, MetadataError> {
        let written = Written {
            wrapped_content_key: WrittenKey {
                key_id: self.wrapped_key.key_id.clone(),
                encrypted_key: BASE64_STANDARD.encode(&self.wrapped_key.encrypted_key),
                algorithm: self.wrapped_key.algorithm,
            },
            encryption_agent: Agent { protocol: PROTOCOL.to_owned(), encryption_algorithm: CIPHER.to_owned() },
            encrypted_region_info: RegionInfo { data_length: REGION_BYTES, nonce_length: NONCE_LENGTH },
            key_wrapping_metadata: Some(Library { encryption_library: LIBRARY.to_owned() }),
            encryption_mode: Some(MODE.to_owned()),
        };
        let text = String::from_utf8(write(&written)?).map_err(|_| MetadataError::WrappedKey)?;
        if text.len() <= METADATA_BYTES_MAX { Ok(text) } else { Err(MetadataError::WrappedKey) }
    }

    /// Reads the JSON. `EncryptionLibrary` may be any; the rest must be exactly as the format says.
    ///
    /// # Errors
    /// [`MetadataError`].
    pub fn from_json(text: &str) -> Result<Self, MetadataError> {
        let written: Written = parse(text.as_bytes(), METADATA_BYTES_MAX)?;
        let agent = &written.encryption_agent;
        let regions = &written.encrypted_region_info;
        let of_this_protocol = agent.protocol == PROTOCOL
            && agent.encryption_algorithm == CIPHER
            && (regions.data_length, regions.nonce_length) == (REGION_BYTES, NONCE_LENGTH)
            && written.encryption_mode.is_none_or(|mode| mode == MODE);
        if !of_this_protocol {
            return Err(MetadataError::Protocol);
        }
        let key = written.wrapped_content_key;
        let encrypted_key = BASE64_STANDARD.decode(&key.encrypted_key).map_err(|_| MetadataError::WrappedKey)?;
        if encrypted_key.is_empty() || encrypted_key.len() > ENCRYPTED_KEY_BYTES_MAX {
            return Err(MetadataError::WrappedKey);
        }
        Ok(Self { wrapped_key: WrappedKey { algorithm: key.algorithm, key_id: key.key_id, encrypted_key } })
    }
}

const PROTOCOL: &str = "2.0";
const CIPHER: &str = "AES_GCM_256";
const NONCE_LENGTH: u64 = 12;
const LIBRARY: &str = "Satchel 1";
const MODE: &str = "FullBlob";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Written {
    wrapped_content_key: WrittenKey,
    encryption_agent: Agent,
    encrypted_region_info: RegionInfo,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    key_wrapping_metadata: Option<Library>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    encryption_mode: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct WrittenKey {
    key_id: String,
    encrypted_key: String,
    algorithm: Algorithm,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Agent {
    protocol: String,
    encryption_algorithm: String,
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

/// A member that may be absent, but not null.
fn present<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
