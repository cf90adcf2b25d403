//! Where everything lies. Nothing outside of this folder touches the store.
//!
//! A firm has two containers. *sealed* holds what desktops send, under the names of docs/FORMATS.md, create-only. *live* holds
//! what the server knows:
//!
//! | path | what |
//! |---|---|
//! | `orders/{order}/state` | the only truth about an order; compare-and-swap |
//! | `orders/{order}/receipts/{revision}/{hash}` | receipts; the state says which one counts |
//! | `devices/roster` | which rosters are the firm's, by number and hash; compare-and-swap |
//! | `devices/rosters/{number}/{hash}` | rosters as they were signed; create-only |
//! | `feed/{file}` | the firm's feed, 54 bytes a line, 4,096 lines a file; append with position |
//!
//! The provider's own container holds, with ids only:
//!
//! | path | what |
//! |---|---|
//! | `numbers/{year}` | the last order number of the year; compare-and-swap |
//! | `work/{hour}/{firm}/{order}/r{revision}` | which orders may have changed in an hour; create-only, empty |
//! | `checkouts/{hour}/{hash of session}` | whose a Checkout Session is, by the hour in which it ends; create-only |
//! | `jobs/reconcile` | the first hour with a session that may be under way; compare-and-swap |
//! | `jobs/sweep` | the first hour that is not swept yet; compare-and-swap |

mod bindings;
mod feed;
mod orders;
mod provider;
mod rosters;
mod scope;
mod workspace_keys;

use satchel_cloud::{BlobAddress, BlobStore, CloudError, CreateError, ETag, Metadata, NameError, SwapError};
use satchel_terms::JsonError;

pub(crate) use orders::Kept;
pub(crate) use provider::{ProviderScope, WorkEntry};
pub(crate) use rosters::ROSTERS_MAX;
pub use scope::make_containers;
pub(crate) use scope::{FirmScope, Job, Storage};

use crate::error::HttpError;

/// Says why something could not be read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageError {
    /// The store failed.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// A path cannot be written; none of ours is like that.
    #[error("a path cannot be written")]
    Name(#[from] NameError),
    /// What is stored is not what the server wrote.
    #[error("what is stored under `{0}` is not what the server wrote")]
    Damaged(&'static str),
    /// What is to be stored cannot be written.
    #[error("what is to be stored cannot be written")]
    Form(#[from] JsonError),
    /// Others wrote all the time.
    #[error("others write under `{0}` all the time")]
    Busy(&'static str),
}

impl From<StorageError> for HttpError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Cloud(error) => error.into(),
            StorageError::Busy(_) => Self::new(satchel_wire::ErrorCode::Unavailable, error),
            StorageError::Name(_) | StorageError::Damaged(_) | StorageError::Form(_) => Self::internal(error),
        }
    }
}

/// Whether a blob was written over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Written {
    /// It holds what was given.
    Yes(ETag),
    /// Somebody else wrote first.
    Changed,
}

/// Writes a blob over the state `expected`, or the first one where nothing is expected.
async fn write_over(
    store: &dyn BlobStore,
    at: &BlobAddress,
    bytes: Vec<u8>,
    expected: Option<&ETag>,
) -> Result<Written, StorageError> {
    let Some(expected) = expected else {
        return match store.create(at, bytes, Metadata::new()).await {
            Ok(stored) => Ok(Written::Yes(stored.etag)),
            Err(CreateError::Exists) => Ok(Written::Changed),
            Err(CreateError::Cloud(error)) => Err(error.into()),
        };
    };
    match store.swap(at, bytes, expected).await {
        Ok(stored) => Ok(Written::Yes(stored.etag)),
        Err(SwapError::Changed) => Ok(Written::Changed),
        Err(SwapError::Cloud(error)) => Err(error.into()),
    }
}

/// How often something is tried that others can write to between reading and writing.
const ATTEMPTS_MAX: u32 = 16;
