//! Wraps: how a key reaches whoever may open with it.

use serde::{Deserialize, Serialize};

mod context;
mod hpke;
mod rsa;
mod workspace;

pub use self::context::Context;
pub use self::hpke::{RecipientKey, RecipientSecret};
pub use self::rsa::{PrivateWrappingKey, WrappingKey};
pub use self::workspace::WorkspaceKey;

/// How a content key is wrapped; the names stand in the metadata of the blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// To a firm's Key Vault key of the provider.
    #[serde(rename = "RSA-OAEP-256")]
    RsaOaep256,
    /// To a reply key, by HPKE.
    #[serde(rename = "HPKE-P256-HKDF-SHA256-A256GCM")]
    Hpke,
    /// To a firm's workspace key.
    #[serde(rename = "A256GCMKW")]
    A256GcmKw,
}

/// A wrapped content key as the metadata of its blob carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// How it is wrapped.
    pub algorithm: Algorithm,
    /// Whose key unwraps it.
    pub key_id: String,
    /// The wrapped key.
    pub encrypted_key: Vec<u8>,
}

/// Says why a key was not wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrapError {
    /// The bytes are not a key that can wrap.
    #[error("the key to wrap with is not usable")]
    Key,
}

/// Says why a key was not unwrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnwrapError {
    /// The bytes are not a key that can unwrap.
    #[error("the key to unwrap with is not usable")]
    Key,
    /// It was wrapped to another key, or for another purpose, or is damaged.
    #[error("the wrapped key is damaged or was wrapped for something else")]
    NotAuthentic,
}
