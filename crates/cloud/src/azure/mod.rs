//! A store in Azure Storage, and a signing key in Key Vault: the official SDK, token credentials, HTTPS only.

mod delegation;
mod failure;
mod key_vault;
mod settings;
mod transport;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::num::NonZero;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::http::{Etag, RequestContent};
use azure_storage_blob::models::{
    AppendBlobClientAppendBlockOptions, AppendBlobClientCreateOptions, BlobClientDownloadOptions,
    BlobClientGetPropertiesResultHeaders as _, BlobContainerClientListBlobsOptions, BlockBlobClientUploadOptions,
    BlockBlobClientUploadResult, BlockListType, HttpRange,
};
use azure_storage_blob::{BlobClient, BlobServiceClient, BlobServiceClientOptions};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::TryStreamExt as _;

pub use azure_core::credentials::TokenCredential;
pub use key_vault::{KeyVaultKey, KeyVaultSettings};
pub use settings::{AzureSettings, AzureSettingsError, UploadPermission, http_client, managed_identity};

use crate::blob::check_metadata;
use crate::name::is_prefix;
use crate::{
    APPEND_BYTES_MAX, AppendError, BLOCKS_MAX, BlobAddress, BlobPath, BlobStore, Block, Blocks, CloudError,
    ContainerName, CreateError, ETag, Metadata, PAGE_COUNT_MAX, Page, Properties, ReadBlob, Stored, SwapError, Ticket,
    VersionId, WRITE_BYTES_MAX,
};
use delegation::{Delegation, Grant};
use failure::{Failure, cloud_error};

/// The longest continuation of a listing that is sent.
const CONTINUATION_BYTES_MAX: usize = 4_096;

/// A store in one storage account.
pub struct AzureStore {
    service: BlobServiceClient,
    delegation: Delegation,
}

impl AzureStore {
    /// Takes an account. Nothing is sent yet.
    ///
    /// # Errors
    /// Refuses an endpoint that is not HTTPS, or has a query.
    pub fn new(settings: AzureSettings) -> Result<Self, AzureSettingsError> {
        let endpoint = settings::endpoint(settings.endpoint)?;
        let client_options = transport::client_options(settings.http);
        let options = BlobServiceClientOptions { client_options, ..BlobServiceClientOptions::default() };
        let service = BlobServiceClient::new(endpoint.clone(), Some(settings.credential), Some(options))
            .map_err(|_| AzureSettingsError)?;
        let delegation = Delegation::new(endpoint, settings.account, settings.upload, settings.clock);
        Ok(Self { service, delegation })
    }

    fn blob(&self, at: &BlobAddress) -> BlobClient {
        self.service.blob_client(at.container.as_str(), at.path.as_str())
    }

    /// Writes a blob in one request.
    async fn write(
        &self,
        at: &BlobAddress,
        bytes: Vec<u8>,
        options: BlockBlobClientUploadOptions<'_>,
    ) -> Result<Stored, azure_core::Error> {
        let options = BlockBlobClientUploadOptions { partition_size: NonZero::new(u64::MAX), ..options };
        let written = self.blob(at).upload(RequestContent::from(bytes), Some(options)).await?;
        stored(written).map_err(|_| azure_core::Error::from(azure_core::error::ErrorKind::DataConversion))
    }

    /// Makes the blob that is appended to, where there is none.
    async fn make_appended(&self, at: &BlobAddress) -> Result<(), AppendError> {
        let options = AppendBlobClientCreateOptions { if_none_match: Some("*".into()), ..Default::default() };
        match self.blob(at).append_blob_client().create(Some(options)).await {
            Ok(_) => Ok(()),
            Err(error) => match Failure::of(&error) {
                Some(Failure { status: 409, code: "BlobAlreadyExists" } | Failure { status: 412, .. }) => Ok(()),
                _ => Err(cloud_error(error).into()),
            },
        }
    }
}

impl fmt::Debug for AzureStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AzureStore({})", self.service.url().host_str().unwrap_or_default())
    }
}

#[async_trait]
impl BlobStore for AzureStore {
    async fn make_container(&self, container: &ContainerName) -> Result<(), CloudError> {
        match self.service.blob_container_client(container.as_str()).create(None).await {
            Ok(_) => Ok(()),
            Err(error) => match Failure::of(&error) {
                Some(Failure { code: "ContainerAlreadyExists", .. }) => Ok(()),
                _ => Err(cloud_error(error)),
            },
        }
    }

    async fn read(&self, at: &BlobAddress, bytes_max: u64) -> Result<Option<ReadBlob>, CloudError> {
        // One byte more than the caller takes says that there are too many; no more is asked for.
        let length = bytes_max.saturating_add(1).min(u64::try_from(isize::MAX).unwrap_or(u64::MAX));
        let options = BlobClientDownloadOptions { range: Some(HttpRange::new(0, length)), ..Default::default() };
        let Some(answer) = found(self.blob(at).download(Some(options)).await)? else { return Ok(None) };
        let properties = answer.properties;
        let mut body = answer.body;
        let mut bytes = Vec::new();
        while let Some(chunk) = body.try_next().await.map_err(cloud_error)? {
            let total = u64::try_from(bytes.len().saturating_add(chunk.len())).unwrap_or(u64::MAX);
            if total > bytes_max {
                return Err(CloudError::TooLarge { bytes_max });
            }
            bytes.extend_from_slice(&chunk);
        }
        let (etag, version) = (etag(properties.etag)?, properties.version_id.map(VersionId::new));
        Ok(Some(ReadBlob { bytes, etag, version, metadata: sorted(properties.metadata) }))
    }

    async fn properties(&self, at: &BlobAddress) -> Result<Option<Properties>, CloudError> {
        let Some(answer) = found(self.blob(at).get_properties(None).await)? else { return Ok(None) };
        let length = answer.content_length().map_err(cloud_error)?;
        Ok(Some(Properties {
            length: length.ok_or(CloudError::Answer { what: "the length of a blob" })?,
            etag: etag(answer.etag().map_err(cloud_error)?)?,
            version: answer.version_id().map_err(cloud_error)?.map(VersionId::new),
            metadata: sorted(answer.metadata().map_err(cloud_error)?),
        }))
    }

    async fn blocks(&self, at: &BlobAddress) -> Result<Option<Blocks>, CloudError> {
        let answer = self.blob(at).block_blob_client().get_block_list(BlockListType::All, None).await;
        let Some(answer) = found(answer)? else { return Ok(None) };
        let list = answer.into_model().map_err(cloud_error)?;
        let blocks = Blocks {
            committed: blocks(list.committed_blocks.unwrap_or_default())?,
            uncommitted: blocks(list.uncommitted_blocks.unwrap_or_default())?,
        };
        Ok(Some(blocks))
    }

    async fn create(&self, at: &BlobAddress, bytes: Vec<u8>, metadata: Metadata) -> Result<Stored, CreateError> {
        check_metadata(&metadata).map_err(CloudError::from)?;
        check_length(&bytes, WRITE_BYTES_MAX)?;
        let options = BlockBlobClientUploadOptions {
            if_none_match: Some("*".into()),
            metadata: Some(metadata.into_iter().collect()),
            ..Default::default()
        };
        self.write(at, bytes, options).await.map_err(|error| match Failure::of(&error) {
            Some(Failure { code: "BlobAlreadyExists", .. } | Failure { status: 412, .. }) => CreateError::Exists,
            _ => cloud_error(error).into(),
        })
    }

    async fn swap(&self, at: &BlobAddress, bytes: Vec<u8>, expected: &ETag) -> Result<Stored, SwapError> {
        check_length(&bytes, WRITE_BYTES_MAX)?;
        let if_match = Some(Etag::from(expected.as_str()));
        let options = BlockBlobClientUploadOptions { if_match, ..Default::default() };
        self.write(at, bytes, options).await.map_err(|error| match Failure::of(&error) {
            Some(Failure { status: 412, .. } | Failure { code: "BlobNotFound", .. }) => SwapError::Changed,
            _ => cloud_error(error).into(),
        })
    }

    async fn append(&self, at: &BlobAddress, bytes: Vec<u8>, position: u64) -> Result<u64, AppendError> {
        check_length(&bytes, APPEND_BYTES_MAX)?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if length == 0 {
            return Err(CloudError::WriteEmpty.into());
        }
        if position == 0 {
            self.make_appended(at).await?;
        }
        let Ok(append_position) = i64::try_from(position) else { return Err(AppendError::Moved) };
        let options =
            AppendBlobClientAppendBlockOptions { append_position: Some(append_position), ..Default::default() };
        let client = self.blob(at).append_blob_client();
        match client.append_block(RequestContent::from(bytes), length, Some(options)).await {
            Ok(_) => Ok(position.saturating_add(length)),
            Err(error) => Err(match Failure::of(&error) {
                Some(Failure { status: 412, .. } | Failure { code: "BlobNotFound", .. }) => AppendError::Moved,
                Some(Failure { code: "BlockCountExceedsLimit", .. }) => AppendError::Full,
                _ => cloud_error(error).into(),
            }),
        }
    }

    async fn list(
        &self,
        container: &ContainerName,
        prefix: &str,
        next: Option<&str>,
        count_max: u32,
    ) -> Result<Page, CloudError> {
        let short = next.is_none_or(|next| next.len() <= CONTINUATION_BYTES_MAX);
        if !(1..=PAGE_COUNT_MAX).contains(&count_max) || !is_prefix(prefix) || !short {
            return Err(CloudError::Listing);
        }
        let options = BlobContainerClientListBlobsOptions {
            marker: next.map(str::to_owned),
            maxresults: i32::try_from(count_max).ok(),
            prefix: (!prefix.is_empty()).then(|| prefix.to_owned()),
            ..Default::default()
        };
        let client = self.service.blob_container_client(container.as_str());
        let mut pages = client.list_blobs(Some(options)).map_err(cloud_error)?.into_pages();
        let page = pages.try_next().await.map_err(cloud_error)?;
        let page = page.ok_or(CloudError::Answer { what: "a page of blobs" })?.into_model().map_err(cloud_error)?;
        // What nothing of ours wrote has another kind of name, and is nobody's blob.
        let paths = page.blob_items.into_iter().filter_map(|item| item.name?.parse::<BlobPath>().ok());
        Ok(Page { paths: paths.collect(), next: page.next_marker.filter(|marker| !marker.is_empty()) })
    }

    async fn upload_ticket(&self, at: &BlobAddress, lifetime: Duration) -> Result<Ticket, CloudError> {
        self.delegation.ticket(&self.service, at, Grant::Upload, lifetime).await
    }

    async fn download_ticket(&self, at: &BlobAddress, lifetime: Duration) -> Result<Ticket, CloudError> {
        self.delegation.ticket(&self.service, at, Grant::Download, lifetime).await
    }
}

/// Nothing, where there is no such blob.
fn found<T>(answer: Result<T, azure_core::Error>) -> Result<Option<T>, CloudError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) => match Failure::of(&error) {
            Some(Failure { code: "BlobNotFound", .. }) => Ok(None),
            _ => Err(cloud_error(error)),
        },
    }
}

fn stored(written: BlockBlobClientUploadResult) -> Result<Stored, CloudError> {
    Ok(Stored { etag: etag(written.etag)?, version: written.version_id.map(VersionId::new) })
}

fn etag(etag: Option<Etag>) -> Result<ETag, CloudError> {
    let text = etag.map(|etag| etag.to_string()).unwrap_or_default();
    ETag::new(text).map_err(|_| CloudError::Answer { what: "the ETag of a blob" })
}

fn sorted(metadata: HashMap<String, String>) -> Metadata {
    metadata.into_iter().collect::<BTreeMap<_, _>>()
}

fn blocks(blocks: Vec<azure_storage_blob::models::Block>) -> Result<Vec<Block>, CloudError> {
    const UNREADABLE: CloudError = CloudError::Answer { what: "the blocks of a blob" };
    // A ticket allows twice as many staged blocks as a blob may have.
    if blocks.len() > BLOCKS_MAX.saturating_mul(2) {
        return Err(UNREADABLE);
    }
    let block = |block: azure_storage_blob::models::Block| {
        let length = block.size.and_then(|size| u64::try_from(size).ok())?;
        Some(Block { id: BASE64_STANDARD.encode(block.name?), length })
    };
    blocks.into_iter().map(block).collect::<Option<_>>().ok_or(UNREADABLE)
}

fn check_length(bytes: &[u8], bytes_max: usize) -> Result<(), CloudError> {
    if bytes.len() > bytes_max { Err(CloudError::WriteTooLarge { bytes_max }) } else { Ok(()) }
}
