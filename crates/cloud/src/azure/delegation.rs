//! Tickets on Azure: shared access signatures by a key that the account delegates to this process's identity.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use azure_core::http::RequestContent;
use azure_core::time::OffsetDateTime;
use azure_storage_blob::BlobServiceClient;
use azure_storage_blob::models::KeyInfo;
use azure_storage_common::models::UserDelegationKey;
use azure_storage_sas::{SasBuilder, SasProtocol};
use satchel_terms::Timestamp;
use tokio::sync::Mutex;
use url::Url;

use super::failure::cloud_error;
use super::settings::UploadPermission;
use crate::ticket::seconds_of;
use crate::{BlobAddress, Clock, CloudError, SecretUrl, TICKET_SECONDS_MAX, Ticket};

/// How long a delegated key is asked for. Azure allows seven days; a stolen key is good for no longer than this.
const KEY_SECONDS: u64 = 6 * 3_600;
/// How far clocks may be apart, in seconds.
const SKEW_SECONDS: u64 = 300;

const NO_KEY: CloudError = CloudError::Answer { what: "the delegated key" };

/// What a ticket grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grant {
    Upload,
    Download,
}

/// Makes tickets.
pub(crate) struct Delegation {
    endpoint: Url,
    account: String,
    upload: UploadPermission,
    clock: Arc<dyn Clock>,
    /// The newest delegated key, and when it ends.
    key: Mutex<Option<(Arc<UserDelegationKey>, Timestamp)>>,
}

impl Delegation {
    pub(crate) fn new(endpoint: Url, account: String, upload: UploadPermission, clock: Arc<dyn Clock>) -> Self {
        Self { endpoint, account, upload, clock, key: Mutex::new(None) }
    }

    pub(crate) async fn ticket(
        &self,
        service: &BlobServiceClient,
        at: &BlobAddress,
        grant: Grant,
        lifetime: Duration,
    ) -> Result<Ticket, CloudError> {
        let seconds = seconds_of(lifetime)?;
        let now = self.clock.now();
        let expires_at = later(now, seconds)?;
        let key = self.key(service, now).await?;
        let builder = SasBuilder::new(&self.account, &key, date(expires_at)?).map_err(|_| NO_KEY)?;
        // Whoever's clock is behind ours may use the ticket at once.
        let started = builder.start(date(earlier(now, SKEW_SECONDS)?)?).protocol(SasProtocol::Https);
        let blob = started.blob(at.container.as_str(), at.path.as_str());
        let query = match (grant, self.upload) {
            (Grant::Download, _) => blob.read().build(),
            (Grant::Upload, UploadPermission::Create) => blob.create().build(),
            (Grant::Upload, UploadPermission::CreateAndWrite) => blob.create().write().build(),
        };
        let mut url = self.endpoint.clone();
        let parts = std::iter::once(at.container.as_str()).chain(at.path.as_str().split('/'));
        url.path_segments_mut().map_err(|()| CloudError::Answer { what: "the endpoint" })?.extend(parts);
        url.set_query(Some(&query));
        Ok(Ticket { url: SecretUrl::new(url), expires_at })
    }

    /// Returns a delegated key that outlives the longest ticket. Only one is asked for at a time.
    async fn key(&self, service: &BlobServiceClient, now: Timestamp) -> Result<Arc<UserDelegationKey>, CloudError> {
        let mut newest = self.key.lock().await;
        let needed = later(now, TICKET_SECONDS_MAX + SKEW_SECONDS)?;
        if let Some((key, end)) = newest.as_ref()
            && *end >= needed
        {
            return Ok(Arc::clone(key));
        }
        let end = later(now, KEY_SECONDS)?;
        let info =
            KeyInfo { start: Some(date(earlier(now, SKEW_SECONDS)?)?), expiry: Some(date(end)?), ..KeyInfo::default() };
        let info: RequestContent<KeyInfo, _> = info.try_into().map_err(cloud_error)?;
        let answer = service.get_user_delegation_key(info, None).await.map_err(cloud_error)?;
        let key = Arc::new(answer.into_model().map_err(cloud_error)?);
        *newest = Some((Arc::clone(&key), end));
        Ok(key)
    }
}

impl fmt::Debug for Delegation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Delegation({}, {:?})", self.account, self.upload)
    }
}

fn later(time: Timestamp, seconds: u64) -> Result<Timestamp, CloudError> {
    let end = time.seconds().checked_add(seconds).ok_or(CloudError::Lifetime)?;
    Timestamp::try_from(end).map_err(|_| CloudError::Lifetime)
}

fn earlier(time: Timestamp, seconds: u64) -> Result<Timestamp, CloudError> {
    Timestamp::try_from(time.seconds().saturating_sub(seconds)).map_err(|_| CloudError::Lifetime)
}

fn date(time: Timestamp) -> Result<OffsetDateTime, CloudError> {
    let seconds = i64::try_from(time.seconds()).map_err(|_| CloudError::Lifetime)?;
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| CloudError::Lifetime)
}
