//! The operator's desk over a practice folder: software keys in Key Vault's place.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::header::{IF_MATCH, IF_NONE_MATCH, RANGE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use satchel_cloud::local::{LocalStore, SoftwareKey, TicketRequest};
use satchel_cloud::{BlobAddress, BlobStore as _, Clock, CloudError, CreateError, ETag, Metadata, SecretUrl, block_id};
use satchel_intake::{Desk, Download, Operator, Places, Unwrap, Upload};
use satchel_order::catalogue::built_in;
use satchel_seal::{ContentKey, PrivateWrappingKey, UnwrapError, WrappedKey};
use satchel_server::{Firm, FirmList, SweepError, sweep};
use satchel_sign::{Bundle, Signed};
use url::{Url, form_urlencoded};

use crate::chance;
use crate::firm::{FirmError, OPERATOR, SampleFirm, provider_container};
use crate::folder::Folder;
use crate::keys::{Keys, KeysError};
use crate::routes::BLOBS;
use crate::serve::{ServeError, deps, open_store};

/// How long a ticket to read or to send is valid.
const TICKET_TIME: Duration = Duration::from_secs(60);

/// Says why there is no desk.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The folder is not one of a provider that ran.
    #[error("no desktop has set up the sample firm in this folder yet")]
    NoFirm,
    /// The provider's folder, keys or firm cannot be read.
    #[error(transparent)]
    Provider(#[from] ServeError),
    /// The feed cannot be written now.
    #[error("the firm's feed cannot be written now")]
    Feed(#[from] SweepError),
}

/// A provider's folder in which a desktop has set up the sample firm.
struct SetUp {
    folder: Folder,
    keys: Arc<Keys>,
    sample: SampleFirm,
    bundle: Signed<Bundle>,
    store: LocalStore,
}

impl SetUp {
    fn open(folder: PathBuf, clock: &Arc<dyn Clock>) -> Result<Self, IntakeError> {
        if !folder.is_dir() {
            return Err(IntakeError::NoFirm);
        }
        let folder = Folder::open(folder).map_err(ServeError::from)?;
        if !Keys::exist(&folder) {
            return Err(IntakeError::NoFirm);
        }
        let keys = Arc::new(Keys::load(&folder).map_err(ServeError::from)?);
        let sample = SampleFirm::load(&folder).map_err(ServeError::from)?.ok_or(IntakeError::NoFirm)?;
        let bundle = sample.bundle(&folder, &keys).map_err(ServeError::from)?.ok_or(IntakeError::NoFirm)?;
        let store = open_store(&folder, &keys, bundle.statement().checkout_origin.as_str(), clock)?;
        Ok(Self { folder, keys, sample, bundle, store })
    }
}

/// Sets up the sample operator's desk over a provider's folder. The provider may run meanwhile.
///
/// # Errors
/// [`IntakeError`].
pub fn intake_desk(folder: PathBuf, clock: Arc<dyn Clock>) -> Result<Desk, IntakeError> {
    let SetUp { folder, keys, sample, bundle, store } = SetUp::open(folder, &clock)?;
    let wrapping_key = sample.wrapping_key(&folder).map_err(ServeError::from)?.ok_or(IntakeError::NoFirm)?;
    let key = SoftwareKey::new(&keys.operator.expose()).map_err(|_| ServeError::from(KeysError::Make))?;
    let unwrap = Arc::new(SoftwareUnwrap(wrapping_key));
    let operator = Operator { who: OPERATOR.to_owned(), key: Arc::new(key), unwrap };
    let names = |error| ServeError::from(FirmError::Names(error));
    let parts = Arc::new(LocalParts(store.clone()));
    let places = Places {
        blobs: Arc::new(store),
        download: Arc::<LocalParts>::clone(&parts),
        upload: parts,
        provider: provider_container().map_err(names)?,
    };
    let catalogue = built_in().map_err(ServeError::from)?.into();
    Ok(Desk::new(bundle, places, operator, catalogue, clock).map_err(names)?)
}

/// Writes what the firm's feed does not name yet, as the provider does every minute. The provider may run meanwhile.
///
/// # Errors
/// [`IntakeError`]; the provider's own sweep makes it good.
pub async fn write_feed(folder: PathBuf, clock: Arc<dyn Clock>) -> Result<(), IntakeError> {
    let SetUp { keys, bundle, store, .. } = SetUp::open(folder, &clock)?;
    let firms = Arc::new(FirmList::default());
    let base = bundle.statement().checkout_origin.as_str().to_owned();
    let firm = Firm::new(bundle).map_err(|error| ServeError::from(FirmError::Names(error)))?;
    firms.put(firm).map_err(|error| ServeError::from(FirmError::Listed(error)))?;
    sweep(&deps(&keys, &base, &store, &firms, &clock)?).await?;
    Ok(())
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

/// Reads and sends parts of a local store's blobs, by the requests that a ticket takes.
#[derive(Debug)]
struct LocalParts(LocalStore);

const NO_PART: CloudError = CloudError::Answer { what: "a part of a blob" };

#[async_trait]
impl Download for LocalParts {
    async fn part(&self, at: &BlobAddress, state: &ETag, from: u64, length: u64) -> Result<Vec<u8>, CloudError> {
        let ticket = self.0.download_ticket(at, TICKET_TIME).await?;
        let (path, query) = parts_of(&ticket.url)?;
        let last = from.checked_add(length).and_then(|end| end.checked_sub(1)).ok_or(NO_PART)?;
        let value = |text: &str| HeaderValue::from_str(text).map_err(|_| NO_PART);
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, value(&format!("bytes={from}-{last}"))?);
        headers.insert(IF_MATCH, value(state.as_str())?);
        let request = TicketRequest { path: &path, query: &query, headers: &headers, body: Vec::new() };
        let (parts, body) = self.0.tickets().get(request).await.into_parts();
        let bytes = body.collect(usize::try_from(length).map_err(|_| NO_PART)?).await?;
        let whole = parts.status == StatusCode::PARTIAL_CONTENT && bytes.len() as u64 == length;
        if whole { Ok(bytes) } else { Err(NO_PART) }
    }
}

#[async_trait]
impl Upload for LocalParts {
    async fn block(&self, at: &BlobAddress, number: u32, bytes: Vec<u8>) -> Result<(), CloudError> {
        let id = block_id(number).ok_or(NO_PART)?;
        let status = self.put(at, &[("comp", "block"), ("blockid", &id)], &HeaderMap::new(), bytes).await?;
        if status == StatusCode::CREATED { Ok(()) } else { Err(NO_PART) }
    }

    async fn commit(&self, at: &BlobAddress, count: u32, metadata: Metadata) -> Result<(), CreateError> {
        let mut headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static("*"))]);
        for (name, value) in &metadata {
            let name = HeaderName::try_from(format!("x-ms-meta-{name}")).map_err(|_| NO_PART)?;
            headers.insert(name, HeaderValue::from_str(value).map_err(|_| NO_PART)?);
        }
        let latest = (0..count).map(|number| Some(format!("<Latest>{}</Latest>", block_id(number)?)));
        let latest = latest.collect::<Option<String>>().ok_or(NO_PART)?;
        let list = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>{latest}</BlockList>").into_bytes();
        match self.put(at, &[("comp", "blocklist")], &headers, list).await? {
            StatusCode::CREATED => Ok(()),
            StatusCode::CONFLICT => Err(CreateError::Exists),
            _ => Err(NO_PART.into()),
        }
    }
}

impl LocalParts {
    async fn put(
        &self,
        at: &BlobAddress,
        parameters: &[(&str, &str)],
        headers: &HeaderMap,
        body: Vec<u8>,
    ) -> Result<StatusCode, CloudError> {
        let ticket = self.0.upload_ticket(at, TICKET_TIME).await?;
        let (path, granted) = parts_of(&ticket.url)?;
        let query = form_urlencoded::Serializer::new(granted).extend_pairs(parameters).finish();
        let request = TicketRequest { path: &path, query: &query, headers, body };
        Ok(self.0.tickets().answer(&Method::PUT, request).await.status())
    }
}

/// Takes a ticket's address apart. It goes back to the store that made it, and nowhere else.
fn parts_of(url: &SecretUrl) -> Result<(String, String), CloudError> {
    let url = Url::parse(url.expose_secret()).map_err(|_| NO_PART)?;
    let path = url.path().strip_prefix(BLOBS).ok_or(NO_PART)?.to_owned();
    Ok((path, url.query().unwrap_or_default().to_owned()))
}
