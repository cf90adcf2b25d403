//! Opening an order: verify, write down, unwrap, compare, and only then write.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use satchel_cloud::CloudError;
use satchel_order::document::OrderDocument;
use satchel_seal::{
    ContentKey, Contents, Metadata, MetadataError, NoProgress, UnwrapError, open_blob, open_unlisted_blob,
};
use satchel_sign::{COMPACT_BYTES_MAX, FirmRoster, Signed, VerifyError};
use satchel_terms::sealed_length::plaintext_of;
use satchel_terms::{BlobName, FileEntry, FileName, OrderId, Revision};
use satchel_wire::stored::OrderState;
use serde_json::json;
use tempfile::NamedTempFile;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use crate::audit::{self, AuditError, Reason};
use crate::compare::{Mismatch, QuoteCheck, check_quote, compare};
use crate::deliver::{self, DeliverError, ORDER, Parts};
use crate::desk::Desk;
use crate::firm::ReadError;
use crate::received::{Committed, Received};
use satchel_wire::OrderStatement;

/// Says why an order was not opened. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// What was received cannot be relied on. Nothing was unwrapped.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The opening could not be written down. Nothing was unwrapped.
    #[error("the opening could not be written down")]
    Audit(#[from] AuditError),
    /// A blob does not say how its key is wrapped, or names a key that is not the firm's.
    #[error("the sealed blob {0} does not say how it is opened")]
    Metadata(BlobName, #[source] Option<MetadataError>),
    /// A key was not unwrapped.
    #[error("the key of {0} cannot be unwrapped")]
    Unwrap(BlobName, #[source] UnwrapError),
    /// A file's key is not the one that the document lists.
    #[error("{0} was sealed with another key than the document lists")]
    OtherKey(BlobName),
    /// A blob does not open, or is not the one that was signed.
    #[error("{0} is not what was sealed")]
    Blob(BlobName, #[source] Option<satchel_seal::OpenError>),
    /// The document is not signed by the device that signed the manifest.
    #[error("the document is not signed by the device that sent the order")]
    Document(#[source] VerifyError),
    /// Document and manifest say different things.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    /// The files cannot be delivered.
    #[error(transparent)]
    Deliver(#[from] DeliverError),
    /// The work was cut off.
    #[error("the opening was cut off")]
    CutOff,
}

/// An order that was opened, with its files in place.
#[derive(Debug)]
pub struct OpenedOrder {
    /// The number under which people speak of it.
    pub order_number: String,
    /// The revision.
    pub revision: Revision,
    /// Its price, reckoned again.
    pub quote: QuoteCheck,
    /// What was written: the order first, then its files.
    pub files: Vec<PathBuf>,
}

/// A file with what opens it.
struct Unwrapped {
    blob: BlobName,
    committed: Committed,
    key: ContentKey,
    contents: Contents,
}

impl Desk {
    /// Opens the newest revision of an order into a folder in which none of its files is there yet; the folder is made, where
    /// there is none.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(&self, order: OrderId, to: &Path, reason: &Reason) -> Result<OpenedOrder, OpenError> {
        let (state, _) = self.state(order).await?;
        let roster = self.firm.roster(&*self.blobs).await?;
        let newest = state.revisions.last().ok_or(ReadError::Damaged("state"))?.revision;
        let mut revisions = BTreeMap::new();
        revisions.insert(newest, self.received(&roster, &state, newest).await?);
        revisions.insert(Revision::MIN, self.received(&roster, &state, Revision::MIN).await?);
        let received = revisions.get(&newest).ok_or(ReadError::Missing("manifest"))?;
        for blob in &received.manifest.statement().blobs {
            self.committed(received, blob.name).await?;
        }
        self.check_copy(received).await?;
        audit::note(self, order, reason).await?;
        let document = self.open_document(received).await?;
        if newest != Revision::MIN {
            let first = revisions.get(&Revision::MIN).ok_or(ReadError::Missing("manifest"))?;
            if self.open_document(first).await?.statement().0.reply_key != document.statement().0.reply_key {
                return Err(Mismatch::ReplyKey.into());
            }
        }
        let document = &document.statement().0;
        let files = self.unwrap_files(&roster, &state, &mut revisions, document).await?;
        let names = deliver::names(document.files.iter().map(|file| &file.name)).map_err(DeliverError::from)?;
        deliver::check_free(to, &names)?;
        deliver::make_folder(to)?;
        let mut delivered = vec![(deliver::write_unfinished(to, &summary(&state, document)?)?, ORDER.to_owned())];
        for (file, name) in files.into_iter().zip(&names) {
            delivered.push((self.open_file(file, to).await?, name.as_str().to_owned()));
        }
        deliver::keep(to, delivered)?;
        let names = [ORDER].into_iter().chain(names.iter().map(FileName::as_str));
        Ok(OpenedOrder {
            order_number: state.order_number,
            revision: newest,
            quote: check_quote(&self.catalogue, document),
            files: names.map(|name| to.join(name)).collect(),
        })
    }

    /// Opens a revision's document in memory, and compares it with the manifest.
    pub(crate) async fn open_document(&self, received: &Received) -> Result<Signed<OrderStatement>, OpenError> {
        let name = BlobName::Document(received.manifest.statement().revision);
        let committed = self.committed(received, name).await?;
        let length = plaintext_of(committed.length).filter(|length| *length <= COMPACT_BYTES_MAX as u64);
        let length = length.ok_or(OpenError::Blob(name, None))?;
        let blob = self.blobs.read(&committed.at, committed.length).await.map_err(ReadError::from)?;
        let blob = blob.filter(|blob| blob.etag == committed.state).ok_or(ReadError::Damaged("document"))?;
        let key = self.unwrap(name, &committed).await?;
        let mut text = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or_default()));
        let opened = open_unlisted_blob(&mut blob.bytes.as_slice(), &key, length, &mut *text, &mut NoProgress);
        let opened = opened.map_err(|error| OpenError::Blob(name, Some(error)))?;
        if opened.tags_sha256 != committed.tags_sha256 {
            return Err(OpenError::Blob(name, None));
        }
        let text = str::from_utf8(&text).map_err(|_| OpenError::Document(VerifyError::Form))?;
        let document = Signed::<OrderStatement>::verify(text, [&received.device_key]).map_err(OpenError::Document)?;
        compare(received.manifest.statement(), &document.statement().0)?;
        Ok(document)
    }

    /// Compares the tags of the copy with the manifest. Nobody here can open it.
    async fn check_copy(&self, received: &Received) -> Result<(), OpenError> {
        let stated = received.manifest.statement();
        let name = BlobName::Copy(stated.revision);
        if !stated.blobs.iter().any(|blob| blob.name == name) {
            return Ok(());
        }
        let committed = self.committed(received, name).await?;
        let tags_sha256 = self.tags_sha256(&committed.at, &committed.state, committed.length).await?;
        if tags_sha256 == committed.tags_sha256 { Ok(()) } else { Err(OpenError::Blob(name, None)) }
    }

    /// Unwraps the key of every file, and refuses one that is not the document's.
    async fn unwrap_files(
        &self,
        roster: &FirmRoster,
        state: &OrderState,
        revisions: &mut BTreeMap<Revision, Received>,
        document: &OrderDocument,
    ) -> Result<Vec<Unwrapped>, OpenError> {
        let mut files = Vec::new();
        for file in &document.files {
            let FileEntry { blob, length, sha256, content_key, .. } = file;
            let BlobName::File(revision, _) = blob else { return Err(Mismatch::Files.into()) };
            if !revisions.contains_key(revision) {
                revisions.insert(*revision, self.received(roster, state, *revision).await?);
            }
            let received = revisions.get(revision).ok_or(ReadError::Missing("manifest"))?;
            let committed = self.committed(received, *blob).await?;
            if plaintext_of(committed.length) != Some(*length) {
                return Err(Mismatch::Files.into());
            }
            let key = self.unwrap(*blob, &committed).await?;
            if !key.is(&ContentKey::from_document(content_key)) {
                return Err(OpenError::OtherKey(*blob));
            }
            let contents = Contents { length: *length, sha256: *sha256 };
            files.push(Unwrapped { blob: *blob, committed, key, contents });
        }
        Ok(files)
    }

    async fn unwrap(&self, name: BlobName, committed: &Committed) -> Result<ContentKey, OpenError> {
        let text = committed.metadata.get("encryptiondata").ok_or(OpenError::Metadata(name, None))?;
        self.unwrap_for_provider(name, text).await
    }

    /// Unwraps a key that was wrapped to one of the firm's keys at the provider.
    pub(crate) async fn unwrap_for_provider(&self, name: BlobName, text: &str) -> Result<ContentKey, OpenError> {
        let metadata = Metadata::from_json(text).map_err(|error| OpenError::Metadata(name, Some(error)))?;
        let wrapped = metadata.wrapped_key;
        let keys = &self.firm.bundle().wrapping_keys;
        if !keys.iter().any(|key| key.key_id.as_str() == wrapped.key_id) {
            return Err(OpenError::Metadata(name, None));
        }
        self.unwrap.unwrap_content_key(&wrapped).await.map_err(|error| OpenError::Unwrap(name, error))
    }

    /// Opens a file under a name that nobody looks at.
    async fn open_file(&self, file: Unwrapped, to: &Path) -> Result<NamedTempFile, OpenError> {
        let Unwrapped { blob, committed, key, contents } = file;
        let source = (committed.at, committed.state);
        let mut parts = Parts::new(Handle::current(), Arc::clone(&self.download), source, committed.length);
        let mut target = deliver::unfinished(to)?;
        let opened = spawn_blocking(move || {
            let opened = open_blob(&mut parts, &key, &contents, target.as_file_mut(), &mut NoProgress);
            opened.map(|opened| (opened, target))
        });
        let (opened, target) =
            opened.await.map_err(|_| OpenError::CutOff)?.map_err(|e| OpenError::Blob(blob, Some(e)))?;
        if opened.tags_sha256 == committed.tags_sha256 { Ok(target) } else { Err(OpenError::Blob(blob, None)) }
    }
}

impl From<CloudError> for OpenError {
    fn from(error: CloudError) -> Self {
        Self::Read(error.into())
    }
}

/// Writes what was filled in. Keys stay out of it.
fn summary(state: &OrderState, document: &OrderDocument) -> Result<Vec<u8>, OpenError> {
    let files = document.files.iter().map(
        |file| json!({"name": file.name, "mediaType": file.media_type, "length": file.length, "sha256": file.sha256}),
    );
    let summary = json!({
        "orderNumber": state.order_number, "order": document.order, "revision": document.revision,
        "catalogue": document.catalogue, "createdAt": document.created_at, "fields": document.fields,
        "quote": document.quote, "files": files.collect::<Vec<_>>(),
    });
    serde_json::to_vec_pretty(&summary).map_err(|_| OpenError::CutOff)
}
