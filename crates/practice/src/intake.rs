//! The operator's desk over a practice folder: software keys in Key Vault's place.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::header::{IF_MATCH, RANGE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use satchel_cloud::local::{LocalStore, SoftwareKey, TicketRequest};
use satchel_cloud::{BlobAddress, BlobStore as _, Clock, CloudError, ETag};
use satchel_intake::{Desk, Download, Operator, Places, Unwrap};
use satchel_order::catalogue::built_in;
use satchel_seal::{ContentKey, PrivateWrappingKey, UnwrapError, WrappedKey};
use url::Url;

use crate::chance;
use crate::firm::{FirmError, OPERATOR, SampleFirm, provider_container};
use crate::folder::Folder;
use crate::keys::{Keys, KeysError};
use crate::routes::BLOBS;
use crate::serve::{ServeError, open_store};

/// How long a ticket to read is valid.
const READ_TIME: Duration = Duration::from_secs(60);

/// Says why there is no desk.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The folder is not one of a provider that ran.
    #[error("no desktop has set up the sample firm in this folder yet")]
    NoFirm,
    /// The provider's folder, keys or firm cannot be read.
    #[error(transparent)]
    Provider(#[from] ServeError),
}

/// Sets up the sample operator's desk over a provider's folder. The provider may run meanwhile.
///
/// # Errors
/// [`IntakeError`].
pub fn intake_desk(folder: PathBuf, clock: Arc<dyn Clock>) -> Result<Desk, IntakeError> {
    if !folder.is_dir() {
        return Err(IntakeError::NoFirm);
    }
    let folder = Folder::open(folder).map_err(ServeError::from)?;
    if !Keys::exist(&folder) {
        return Err(IntakeError::NoFirm);
    }
    let keys = Keys::load(&folder).map_err(ServeError::from)?;
    let sample = SampleFirm::load(&folder).map_err(ServeError::from)?.ok_or(IntakeError::NoFirm)?;
    let bundle = sample.bundle(&folder, &keys).map_err(ServeError::from)?.ok_or(IntakeError::NoFirm)?;
    let wrapping_key = sample.wrapping_key(&folder).map_err(ServeError::from)?.ok_or(IntakeError::NoFirm)?;
    let base = bundle.statement().checkout_origin.as_str().to_owned();
    let store = open_store(&folder, &keys, &base, &clock)?;
    let key = SoftwareKey::new(&keys.operator.expose()).map_err(|_| ServeError::from(KeysError::Make))?;
    let unwrap = Arc::new(SoftwareUnwrap(wrapping_key));
    let operator = Operator { who: OPERATOR.to_owned(), key: Arc::new(key), unwrap };
    let names = |error| ServeError::from(FirmError::Names(error));
    let places = Places {
        blobs: Arc::new(store.clone()),
        download: Arc::new(LocalParts(store)),
        provider: provider_container().map_err(names)?,
    };
    let catalogue = built_in().map_err(ServeError::from)?.into();
    Ok(Desk::new(bundle, places, operator, catalogue, clock).map_err(names)?)
}

/// Unwraps by a key in this process's memory.
#[derive(Debug)]
struct SoftwareUnwrap(PrivateWrappingKey);

#[async_trait]
impl Unwrap for SoftwareUnwrap {
    async fn unwrap_content_key(&self, wrapped: &WrappedKey) -> Result<ContentKey, UnwrapError> {
        self.0.unwrap_content_key(wrapped, &mut chance::rng())
    }
}

/// Reads parts of a local store's blobs, by the requests that a ticket takes.
#[derive(Debug)]
struct LocalParts(LocalStore);

const NO_PART: CloudError = CloudError::Answer { what: "a part of a blob" };

#[async_trait]
impl Download for LocalParts {
    async fn part(&self, at: &BlobAddress, state: &ETag, from: u64, length: u64) -> Result<Vec<u8>, CloudError> {
        let ticket = self.0.download_ticket(at, READ_TIME).await?;
        // The ticket goes back to the store that made it, and nowhere else.
        let url = Url::parse(ticket.url.expose_secret()).map_err(|_| NO_PART)?;
        let last = from.checked_add(length).and_then(|end| end.checked_sub(1)).ok_or(NO_PART)?;
        let value = |text: &str| HeaderValue::from_str(text).map_err(|_| NO_PART);
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, value(&format!("bytes={from}-{last}"))?);
        headers.insert(IF_MATCH, value(state.as_str())?);
        let path = url.path().strip_prefix(BLOBS).ok_or(NO_PART)?;
        let request =
            TicketRequest { path, query: url.query().unwrap_or_default(), headers: &headers, body: Vec::new() };
        let (parts, body) = self.0.tickets().get(request).await.into_parts();
        let bytes = body.collect(usize::try_from(length).map_err(|_| NO_PART)?).await?;
        let whole = parts.status == StatusCode::PARTIAL_CONTENT && bytes.len() as u64 == length;
        if whole { Ok(bytes) } else { Err(NO_PART) }
    }
}
