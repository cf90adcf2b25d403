//! Where sealed blobs and state lie, and the key that signs receipts: each as a trait, on Azure and on a local disk.
//!
//! Nothing here opens anything: a blob is bytes, and no key in this package unwraps.

#[cfg(feature = "azure")]
pub mod azure;
#[cfg(feature = "local")]
pub mod local;

mod blob;
mod block;
mod clock;
mod error;
mod name;
mod signing_key;
mod store;
mod ticket;

pub use blob::{
    APPEND_BYTES_MAX, APPENDS_MAX, ETag, ETagError, METADATA_BYTES_MAX, Metadata, MetadataError, Page, Properties,
    ReadBlob, Stored, VersionId, WRITE_BYTES_MAX,
};
pub use block::{BLOCK_NUMBER_MAX, BLOCKS_MAX, Block, Blocks, block_id};
pub use clock::Clock;
pub use error::{AppendError, CloudError, CreateError, SwapError};
pub use name::{BlobAddress, BlobPath, ContainerName, NameError, PATH_BYTES_MAX};
pub use signing_key::SigningKey;
pub use store::{BlobStore, PAGE_COUNT_MAX};
pub use ticket::{SecretUrl, TICKET_SECONDS_MAX, Ticket};
