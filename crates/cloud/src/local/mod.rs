//! A store on a local disk, for practice and tests: the same promises as on Azure, kept by locks, `fsync` and `rename`.
//!
//! Several processes may have one store open. All of what lies in its folder was written here; the layout is in `layout`.

mod blob_body;
mod block_list;
mod disk;
mod grant;
mod head;
mod layout;
mod listing;
mod refusal;
mod request;
mod software_key;
mod staging;
mod tickets;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use url::Url;

pub use blob_body::{Body, CHUNK_BYTES_MAX};
pub use grant::TicketKey;
pub use software_key::{SoftwareKey, SoftwareKeyError};
pub use tickets::{BLOCK_BYTES_MAX, BLOCK_LIST_BYTES_MAX, LocalTickets, TicketRequest};

use crate::{
    AppendError, BlobAddress, BlobStore, Blocks, Clock, CloudError, ContainerName, CreateError, ETag, Metadata, Page,
    Properties, ReadBlob, Stored, SwapError, Ticket,
};
use disk::Disk;
use grant::{Grants, Permission};

/// What a local store is made of.
#[derive(Debug)]
pub struct LocalSettings {
    /// The folder. It is made where there is none, and nothing else may be in it.
    pub folder: PathBuf,
    /// Where tickets lead: `http` or `https` to loopback, where [`LocalTickets`] answers.
    pub base: Url,
    /// What tickets are signed with.
    pub ticket_key: TicketKey,
    /// When tickets expire.
    pub clock: Arc<dyn Clock>,
}

/// Says why a local store was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenLocalError {
    /// Tickets would lead away from this machine, or have a query already.
    #[error("the tickets' address has to be http or https to loopback, without user, query and fragment")]
    Base,
    /// The folder cannot be made or locked.
    #[error("the store's folder cannot be opened")]
    Disk(#[from] std::io::Error),
}

/// A store in a folder.
#[derive(Debug, Clone)]
pub struct LocalStore {
    disk: Arc<Disk>,
    grants: Arc<Grants>,
}

impl LocalStore {
    /// Opens the store in a folder, or makes one. It blocks on the disk.
    ///
    /// # Errors
    /// Refuses an address of tickets that is not on loopback, and fails where the disk does.
    pub fn open(settings: LocalSettings) -> Result<Self, OpenLocalError> {
        let grants = Grants::new(settings.base, settings.ticket_key, settings.clock).ok_or(OpenLocalError::Base)?;
        let disk = Disk::open(settings.folder)?;
        Ok(Self { disk: Arc::new(disk), grants: Arc::new(grants) })
    }

    /// Returns the HTTP face of this store's tickets.
    #[must_use]
    pub fn tickets(&self) -> LocalTickets {
        LocalTickets::new(Arc::clone(&self.disk), Arc::clone(&self.grants))
    }
}

/// Runs work that waits for the disk where it holds up nobody.
async fn on_disk<T: Send + 'static, E: From<CloudError> + Send + 'static>(
    disk: &Arc<Disk>,
    work: impl FnOnce(&Disk) -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    let disk = Arc::clone(disk);
    // It ends without a result only where the runtime shuts down, or where the work panics, which ends one request.
    let ended = |error| CloudError::Unavailable { retry_after: None, source: Some(Box::new(error)) };
    tokio::task::spawn_blocking(move || work(&disk)).await.map_err(ended)?
}

#[async_trait]
impl BlobStore for LocalStore {
    async fn make_container(&self, container: &ContainerName) -> Result<(), CloudError> {
        let container = container.clone();
        on_disk(&self.disk, move |disk| disk.make_container(&container)).await
    }

    async fn read(&self, at: &BlobAddress, bytes_max: u64) -> Result<Option<ReadBlob>, CloudError> {
        let at = at.clone();
        on_disk(&self.disk, move |disk| disk.read(&at, bytes_max)).await
    }

    async fn properties(&self, at: &BlobAddress) -> Result<Option<Properties>, CloudError> {
        let at = at.clone();
        on_disk(&self.disk, move |disk| disk.properties(&at)).await
    }

    async fn blocks(&self, at: &BlobAddress) -> Result<Option<Blocks>, CloudError> {
        let at = at.clone();
        on_disk(&self.disk, move |disk| disk.blocks(&at)).await
    }

    async fn create(&self, at: &BlobAddress, bytes: Vec<u8>, metadata: Metadata) -> Result<Stored, CreateError> {
        let at = at.clone();
        on_disk(&self.disk, move |disk| disk.create(&at, &bytes, metadata)).await
    }

    async fn swap(&self, at: &BlobAddress, bytes: Vec<u8>, expected: &ETag) -> Result<Stored, SwapError> {
        let (at, expected) = (at.clone(), expected.clone());
        on_disk(&self.disk, move |disk| disk.swap(&at, &bytes, &expected)).await
    }

    async fn append(&self, at: &BlobAddress, bytes: Vec<u8>, position: u64) -> Result<u64, AppendError> {
        let at = at.clone();
        on_disk(&self.disk, move |disk| disk.append(&at, &bytes, position)).await
    }

    async fn list(
        &self,
        container: &ContainerName,
        prefix: &str,
        next: Option<&str>,
        count_max: u32,
    ) -> Result<Page, CloudError> {
        let (container, prefix, next) = (container.clone(), prefix.to_owned(), next.map(str::to_owned));
        on_disk(&self.disk, move |disk| disk.list(&container, &prefix, next.as_deref(), count_max)).await
    }

    async fn upload_ticket(&self, at: &BlobAddress, lifetime: Duration) -> Result<Ticket, CloudError> {
        self.grants.ticket(at, Permission::Upload, lifetime)
    }

    async fn download_ticket(&self, at: &BlobAddress, lifetime: Duration) -> Result<Ticket, CloudError> {
        self.grants.ticket(at, Permission::Download, lifetime)
    }
}
