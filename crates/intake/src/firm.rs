//! The firm as its bundle names it, and its roster as the chain of stored ones leads to it.

use satchel_cloud::{BlobAddress, BlobStore, CloudError, ContainerName, NameError};
use satchel_sign::{Bundle, FirmRoster, ReceiptRefused, RosterRefused, Signed, VerifyError};
use satchel_terms::{FirmId, parse};
use satchel_wire::limits::ROSTER_COMPACT_BYTES_MAX;
use satchel_wire::stored::{ROSTER_INDEX_BYTES_MAX, ROSTER_INDEX_PATH, RosterIndex, roster_path};

/// Says why something about an order cannot be relied on. Nothing was unwrapped or written.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The store failed.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// It is not there.
    #[error("there is no {0} for this order")]
    Missing(&'static str),
    /// It is there, and not in the expected form, or of another firm, order or revision.
    #[error("the {0} is damaged or belongs to another order")]
    Damaged(&'static str),
    /// The roster's chain does not hold.
    #[error("the firm's list of devices does not hold")]
    Roster(#[from] RosterRefused),
    /// The manifest is not signed by a device of the firm that is admitted now.
    #[error("the manifest is not signed by a device that the firm admits")]
    Manifest(#[source] VerifyError),
    /// The receipt is not the provider's for this manifest.
    #[error("the receipt does not fit the order")]
    Receipt(#[from] ReceiptRefused),
}

impl From<NameError> for ReadError {
    fn from(_: NameError) -> Self {
        Self::Damaged("name")
    }
}

/// A client firm.
#[derive(Debug)]
pub(crate) struct Firm {
    bundle: Signed<Bundle>,
    sealed: ContainerName,
    live: ContainerName,
}

impl Firm {
    pub(crate) fn new(bundle: Signed<Bundle>) -> Result<Self, NameError> {
        let containers = &bundle.statement().containers;
        let (sealed, live) = (containers.sealed.parse()?, containers.live.parse()?);
        Ok(Self { bundle, sealed, live })
    }

    pub(crate) fn id(&self) -> FirmId {
        self.bundle.statement().firm
    }

    pub(crate) fn bundle(&self) -> &Bundle {
        self.bundle.statement()
    }

    pub(crate) fn live(&self) -> &ContainerName {
        &self.live
    }

    pub(crate) fn in_sealed(&self, path: &str) -> Result<BlobAddress, NameError> {
        Ok(BlobAddress::new(self.sealed.clone(), path.parse()?))
    }

    pub(crate) fn in_live(&self, path: &str) -> Result<BlobAddress, NameError> {
        Ok(BlobAddress::new(self.live.clone(), path.parse()?))
    }

    /// Walks the chain of rosters from the one whose admin the bundle names.
    pub(crate) async fn roster(&self, blobs: &dyn BlobStore) -> Result<FirmRoster, ReadError> {
        let at = self.in_live(ROSTER_INDEX_PATH)?;
        let index =
            blobs.read(&at, ROSTER_INDEX_BYTES_MAX as u64).await?.ok_or(ReadError::Missing("list of devices"))?;
        let index = parse(&index.bytes, ROSTER_INDEX_BYTES_MAX).ok().filter(RosterIndex::holds);
        let mut roster: Option<FirmRoster> = None;
        for name in index.ok_or(ReadError::Damaged("list of devices"))?.rosters {
            let compact = read_text(blobs, &self.in_live(&roster_path(name))?, ROSTER_COMPACT_BYTES_MAX).await?;
            let compact = compact.ok_or(ReadError::Missing("list of devices"))?;
            roster = Some(match roster {
                Some(before) => before.next(&compact)?,
                None => FirmRoster::first(&compact, self.id(), self.bundle().admin_fingerprint)?,
            });
        }
        roster.ok_or(ReadError::Missing("list of devices"))
    }
}

/// Reads a text. Nothing: there is none.
pub(crate) async fn read_text(
    blobs: &dyn BlobStore,
    at: &BlobAddress,
    bytes_max: usize,
) -> Result<Option<String>, ReadError> {
    let Some(blob) = blobs.read(at, bytes_max as u64).await? else { return Ok(None) };
    String::from_utf8(blob.bytes).map(Some).map_err(|_| ReadError::Damaged("text"))
}
