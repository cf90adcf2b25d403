//! What belongs to no firm: order numbers, the work index, how far the sweep is. Ids and numbers only.

use std::sync::Arc;

use satchel_cloud::{BlobAddress, BlobStore, ContainerName, CreateError, ETag, Metadata, PAGE_COUNT_MAX};
use satchel_terms::{FirmId, OrderId, Revision};
use satchel_wire::stored::{work_path, work_prefix};

use super::{ATTEMPTS_MAX, StorageError, Written, write_over};
use crate::time::{HOUR_SECONDS, Hour};

/// The most bytes of a number in decimal.
const NUMBER_BYTES_MAX: u64 = 20;
const WORK: &str = "work/";
const SWEEP_MARK: &str = "jobs/sweep";

/// The provider's own container.
#[derive(Debug, Clone)]
pub(crate) struct ProviderScope {
    pub(super) store: Arc<dyn BlobStore>,
    pub(super) container: ContainerName,
}

/// Says that an order may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WorkEntry {
    pub(crate) firm: FirmId,
    pub(crate) order: OrderId,
    pub(crate) revision: Revision,
}

impl ProviderScope {
    pub(super) fn new(store: Arc<dyn BlobStore>, container: ContainerName) -> Self {
        Self { store, container }
    }

    pub(super) fn at(&self, path: &str) -> Result<BlobAddress, StorageError> {
        Ok(BlobAddress::new(self.container.clone(), path.parse()?))
    }

    /// Takes the next number of a year, from 1. One that was taken and not used stays a gap.
    pub(crate) async fn take_number(&self, year: u8) -> Result<u64, StorageError> {
        let path = format!("numbers/{year:02}");
        for _ in 0..ATTEMPTS_MAX {
            let (last, etag) = self.number(&path).await?.unzip();
            let next = last.unwrap_or(0).saturating_add(1);
            if let Written::Yes(_) = self.write_number(&path, next, etag.as_ref()).await? {
                return Ok(next);
            }
        }
        Err(StorageError::Busy("numbers"))
    }

    /// Says that an order may change in this hour, before it does.
    pub(crate) async fn note_work(&self, hour: Hour, entry: WorkEntry) -> Result<(), StorageError> {
        let WorkEntry { firm, order, revision } = entry;
        let seconds = hour.number().saturating_mul(HOUR_SECONDS);
        let at = self.at(&work_path(seconds, firm, order, revision))?;
        match self.store.create(&at, Vec::new(), Metadata::new()).await {
            Ok(_) | Err(CreateError::Exists) => Ok(()),
            Err(CreateError::Cloud(error)) => Err(error.into()),
        }
    }

    /// Returns the first hour that has an entry.
    pub(crate) async fn first_work(&self) -> Result<Option<Hour>, StorageError> {
        self.first_hour(WORK).await
    }

    /// Returns the hour of the first path that begins so.
    pub(super) async fn first_hour(&self, prefix: &'static str) -> Result<Option<Hour>, StorageError> {
        let mut next: Option<String> = None;
        loop {
            let page = self.store.list(&self.container, prefix, next.as_deref(), 1).await?;
            if let Some(path) = page.paths.first() {
                let hour = path.as_str().strip_prefix(prefix).and_then(|rest| rest.split('/').next()?.parse().ok());
                return hour.map(|hour| Some(Hour::from_number(hour))).ok_or(StorageError::Damaged(prefix));
            }
            next = page.next;
            if next.is_none() {
                return Ok(None);
            }
        }
    }

    /// Returns a part of an hour's entries, and what to ask the next part with.
    pub(crate) async fn work(
        &self,
        hour: Hour,
        next: Option<&str>,
    ) -> Result<(Vec<WorkEntry>, Option<String>), StorageError> {
        let prefix = work_prefix(hour.number());
        let page = self.store.list(&self.container, &prefix, next, PAGE_COUNT_MAX).await?;
        let entries = page.paths.iter().map(|path| read_entry(path.as_str().strip_prefix(&prefix)?));
        let entries: Option<Vec<WorkEntry>> = entries.collect();
        Ok((entries.ok_or(StorageError::Damaged("work"))?, page.next))
    }

    /// Returns the first hour that is not swept yet.
    pub(crate) async fn sweep_mark(&self) -> Result<Option<(Hour, ETag)>, StorageError> {
        self.mark(SWEEP_MARK).await
    }

    /// Returns how far a job is.
    pub(super) async fn mark(&self, path: &str) -> Result<Option<(Hour, ETag)>, StorageError> {
        let mark = self.number(path).await?;
        Ok(mark.map(|(hour, etag)| (Hour::from_number(hour), etag)))
    }

    /// Moves the mark. Another sweep may have moved it first, and further; that is as good.
    pub(crate) async fn move_sweep_mark(&self, to: Hour, expected: Option<&ETag>) -> Result<(), StorageError> {
        self.move_mark(SWEEP_MARK, to, expected).await
    }

    /// Moves how far a job is.
    pub(super) async fn move_mark(&self, path: &str, to: Hour, expected: Option<&ETag>) -> Result<(), StorageError> {
        self.write_number(path, to.number(), expected).await.map(|_| ())
    }

    async fn number(&self, path: &str) -> Result<Option<(u64, ETag)>, StorageError> {
        let Some(blob) = self.store.read(&self.at(path)?, NUMBER_BYTES_MAX).await? else { return Ok(None) };
        let number = str::from_utf8(&blob.bytes).ok().and_then(|text| text.parse().ok());
        Ok(Some((number.ok_or(StorageError::Damaged("number"))?, blob.etag)))
    }

    /// Writes a number, if nobody else did since it was read.
    async fn write_number(&self, path: &str, number: u64, expected: Option<&ETag>) -> Result<Written, StorageError> {
        write_over(&*self.store, &self.at(path)?, number.to_string().into_bytes(), expected).await
    }
}

fn read_entry(path: &str) -> Option<WorkEntry> {
    let mut parts = path.split('/');
    let (firm, order, revision) = (parts.next()?, parts.next()?, parts.next()?.strip_prefix('r')?);
    if parts.next().is_some() {
        return None;
    }
    Some(WorkEntry { firm: firm.parse().ok()?, order: order.parse().ok()?, revision: revision.parse().ok()? })
}
