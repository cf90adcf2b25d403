//! A double of the store that dies: a real store behind it, and a call at which it stops answering.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use satchel_cloud::{
    AppendError, BlobAddress, BlobStore, Blocks, CloudError, ContainerName, CreateError, ETag, Metadata, Page,
    Properties, ReadBlob, Stored, SwapError, Ticket,
};

/// What happens at the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing: calls are counted.
    None,
    /// The call has no effect, and nothing answers from then on.
    DiesBefore,
    /// The call has its effect, but nothing answers from then on.
    DiesAfter,
    /// The call has its effect and fails; the next one works again.
    FailsOnce,
    /// The call panics.
    Panics,
    /// The call and all after it never end.
    Hangs,
}

/// A store with a fault at the n-th call, counted from 1.
#[derive(Debug)]
pub(crate) struct FaultyStore {
    inner: Arc<dyn BlobStore>,
    fault: Fault,
    at: u64,
    calls: AtomicU64,
}

impl FaultyStore {
    pub(crate) fn new(inner: &Arc<dyn BlobStore>, fault: Fault, at: u64) -> Arc<Self> {
        Arc::new(Self { inner: Arc::clone(inner), fault, at, calls: AtomicU64::new(0) })
    }

    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    async fn call<T, E: From<CloudError>>(&self, call: impl Future<Output = Result<T, E>> + Send) -> Result<T, E> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        match self.fault {
            Fault::DiesBefore if number >= self.at => Err(dead().into()),
            Fault::DiesAfter if number > self.at => Err(dead().into()),
            Fault::DiesAfter | Fault::FailsOnce if number == self.at => {
                // Whether the call worked is not told, as after a lost answer.
                call.await.map(|_| ())?;
                Err(dead().into())
            }
            Fault::Panics if number == self.at => panic!("a marker that no answer may hold"),
            Fault::Hangs if number >= self.at => std::future::pending().await,
            Fault::None | Fault::DiesBefore | Fault::DiesAfter | Fault::FailsOnce | Fault::Panics | Fault::Hangs => {
                call.await
            }
        }
    }
}

fn dead() -> CloudError {
    CloudError::Unavailable { retry_after: Some(Duration::from_secs(7)), source: None }
}

#[async_trait]
impl BlobStore for FaultyStore {
    async fn make_container(&self, container: &ContainerName) -> Result<(), CloudError> {
        self.call(self.inner.make_container(container)).await
    }

    async fn read(&self, at: &BlobAddress, bytes_max: u64) -> Result<Option<ReadBlob>, CloudError> {
        self.call(self.inner.read(at, bytes_max)).await
    }

    async fn properties(&self, at: &BlobAddress) -> Result<Option<Properties>, CloudError> {
        self.call(self.inner.properties(at)).await
    }

    async fn blocks(&self, at: &BlobAddress) -> Result<Option<Blocks>, CloudError> {
        self.call(self.inner.blocks(at)).await
    }

    async fn create(&self, at: &BlobAddress, bytes: Vec<u8>, metadata: Metadata) -> Result<Stored, CreateError> {
        self.call(self.inner.create(at, bytes, metadata)).await
    }

    async fn swap(&self, at: &BlobAddress, bytes: Vec<u8>, expected: &ETag) -> Result<Stored, SwapError> {
        self.call(self.inner.swap(at, bytes, expected)).await
    }

    async fn append(&self, at: &BlobAddress, bytes: Vec<u8>, position: u64) -> Result<u64, AppendError> {
        self.call(self.inner.append(at, bytes, position)).await
    }

    async fn list(
        &self,
        container: &ContainerName,
        prefix: &str,
        next: Option<&str>,
        count_max: u32,
    ) -> Result<Page, CloudError> {
        self.call(self.inner.list(container, prefix, next, count_max)).await
    }

    async fn upload_ticket(&self, at: &BlobAddress, lifetime: Duration) -> Result<Ticket, CloudError> {
        self.call(self.inner.upload_ticket(at, lifetime)).await
    }

    async fn download_ticket(&self, at: &BlobAddress, lifetime: Duration) -> Result<Ticket, CloudError> {
        self.call(self.inner.download_ticket(at, lifetime)).await
    }
}
