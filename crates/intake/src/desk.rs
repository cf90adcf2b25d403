//! An operator's desk for one firm.

use std::collections::BTreeSet;
use std::sync::Arc;

use satchel_cloud::{BlobStore, Clock, ContainerName, NameError, PAGE_COUNT_MAX, SigningKey};
use satchel_order::catalogue::Definition;
use satchel_sign::{Bundle, Signed, WorkStatus};
use satchel_terms::{OrderId, Revision, Timestamp};

use crate::edges::{Download, Unwrap, Upload};
use crate::firm::{Firm, ReadError};

/// What an operator works a firm's orders with.
#[derive(Debug)]
pub struct Desk {
    pub(crate) firm: Firm,
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) download: Arc<dyn Download>,
    pub(crate) upload: Arc<dyn Upload>,
    pub(crate) unwrap: Arc<dyn Unwrap>,
    pub(crate) operator: Arc<dyn SigningKey>,
    pub(crate) who: String,
    pub(crate) catalogue: Arc<[Definition]>,
    pub(crate) provider: ContainerName,
    pub(crate) clock: Arc<dyn Clock>,
}

/// An order as the server's state names it. Nothing of it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The order.
    pub order: OrderId,
    /// The number under which people speak of it.
    pub order_number: String,
    /// Its newest revision.
    pub revision: Revision,
    /// When that was received.
    pub received_at: Timestamp,
    /// How far the work is.
    pub work: Option<WorkStatus>,
}

/// Who is at the desk.
#[derive(Debug)]
pub struct Operator {
    /// The operator's name, for the audit.
    pub who: String,
    /// What the operator's log entries are signed with; the bundle names its public half.
    pub key: Arc<dyn SigningKey>,
    /// What unwraps for this operator.
    pub unwrap: Arc<dyn Unwrap>,
}

/// Where a firm's orders lie.
#[derive(Debug)]
pub struct Places {
    /// All blobs.
    pub blobs: Arc<dyn BlobStore>,
    /// A way to large ones.
    pub download: Arc<dyn Download>,
    /// A way for large ones.
    pub upload: Arc<dyn Upload>,
    /// The provider's own container, for the work index.
    pub provider: ContainerName,
}

impl Desk {
    /// Sets up a desk for the firm of a verified bundle.
    ///
    /// # Errors
    /// None that a bundle which obeys its format can cause.
    pub fn new(
        bundle: Signed<Bundle>,
        places: Places,
        operator: Operator,
        catalogue: Arc<[Definition]>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, NameError> {
        let Places { blobs, download, upload, provider } = places;
        let Operator { who, key, unwrap } = operator;
        let firm = Firm::new(bundle)?;
        Ok(Self { firm, blobs, download, upload, unwrap, operator: key, who, catalogue, provider, clock })
    }

    /// Lists the firm's orders that were received, by their ids.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn list(&self) -> Result<Vec<Listed>, ReadError> {
        let mut orders = BTreeSet::new();
        let mut next: Option<String> = None;
        loop {
            let page = self.blobs.list(self.firm.live(), "orders/", next.as_deref(), PAGE_COUNT_MAX).await?;
            let state = |path: &str| path.strip_prefix("orders/")?.strip_suffix("/state")?.parse::<OrderId>().ok();
            orders.extend(page.paths.iter().filter_map(|path| state(path.as_str())));
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        let mut listed = Vec::new();
        for order in orders {
            let (state, _) = self.state(order).await?;
            let newest = state.revisions.last().ok_or(ReadError::Damaged("state"))?;
            let (revision, received_at) = (newest.revision, newest.received_at);
            listed.push(Listed { order, order_number: state.order_number, revision, received_at, work: state.work });
        }
        Ok(listed)
    }
}
