//! The words that all formats share (docs/FORMATS.md, "Conventions"): each type exists only if what it was read from was
//! valid, so nothing behind it checks again.

mod blob_name;
mod bytes;
mod catalogue;
mod file;
mod id;
mod json;
mod jwk;
mod key_bytes;
mod quote;
mod suggested;
mod text;
mod time;
mod version;

pub use blob_name::{BlobName, BlobNameError, FILES_MAX, Revision};
pub use bytes::{BoundedBytes, BytesError, FixedBytes, Hash};
pub use catalogue::{CatalogueVersion, Code, CodeError};
pub use file::{FileEntry, FileName, FileNameError, MediaType};
pub use id::{DeviceId, FirmId, IdError, OrderId, PersonId, TenantId, VaultId};
pub use json::{INTEGER_MAX, JsonError, parse, required, write};
pub use jwk::{EcPublicKey, KeyError, RsaPublicKey, Thumbprint};
pub use key_bytes::KeyBytes;
pub use quote::{Cents, LINES_MAX, Quote, QuoteError, QuoteLine};
pub use text::{is_inert, is_printable};
pub use time::Timestamp;
pub use version::{UnknownVersion, V1};

pub mod sealed_length;
