//! Whose a Checkout Session is. In the provider's own container, by the hour in which the session ends, create-only.

use std::num::NonZeroU32;

use satchel_cloud::{CreateError, ETag, Metadata, PAGE_COUNT_MAX};
use satchel_terms::{FirmId, Hash, OrderId, Timestamp, V1, parse, write};
use satchel_wire::stored::{SessionBinding, SessionId};

use super::{ProviderScope, StorageError};
use crate::payments::StripeSession;
use crate::time::Hour;

const BINDINGS: &str = "checkouts/";
const MARK: &str = "jobs/reconcile";
const BINDING_BYTES_MAX: usize = 1024;

/// A session that Stripe answered to our key, with its stored binding. It leads to one firm's blobs.
#[derive(Debug)]
pub(crate) struct BoundSession(SessionBinding);

impl BoundSession {
    pub(crate) const fn firm(&self) -> FirmId {
        self.0.firm
    }

    pub(crate) const fn order(&self) -> OrderId {
        self.0.order
    }

    pub(crate) const fn attempt(&self) -> NonZeroU32 {
        self.0.attempt
    }
}

impl ProviderScope {
    /// Writes whose a session is. The first one who says so is right, for ever.
    pub(crate) async fn bind(
        &self,
        session: &StripeSession,
        (firm, order, attempt): (FirmId, OrderId, NonZeroU32),
    ) -> Result<(), StorageError> {
        let binding = SessionBinding { version: V1, session: session.id().clone(), firm, order, attempt };
        let at = self.at(&path(session.id(), session.expires_at()))?;
        match self.store.create(&at, write(&binding)?, Metadata::new()).await {
            Ok(_) => Ok(()),
            Err(CreateError::Exists) => {
                let known = self.read_binding(&path(session.id(), session.expires_at())).await?;
                if known == Some(binding) { Ok(()) } else { Err(StorageError::Damaged("checkouts")) }
            }
            Err(CreateError::Cloud(error)) => Err(error.into()),
        }
    }

    /// Finds whose a session is. Nothing: nobody's here.
    pub(crate) async fn binding_of(&self, session: &StripeSession) -> Result<Option<BoundSession>, StorageError> {
        let Some(binding) = self.read_binding(&path(session.id(), session.expires_at())).await? else {
            return Ok(None);
        };
        if binding.session == *session.id() {
            Ok(Some(BoundSession(binding)))
        } else {
            Err(StorageError::Damaged("checkouts"))
        }
    }

    async fn read_binding(&self, path: &str) -> Result<Option<SessionBinding>, StorageError> {
        let Some(blob) = self.store.read(&self.at(path)?, BINDING_BYTES_MAX as u64).await? else { return Ok(None) };
        parse(&blob.bytes, BINDING_BYTES_MAX).map(Some).map_err(|_| StorageError::Damaged("checkouts"))
    }

    /// Returns the first hour in which a session ends.
    pub(crate) async fn first_binding(&self) -> Result<Option<Hour>, StorageError> {
        self.first_hour(BINDINGS).await
    }

    /// Returns a part of the sessions that end in an hour, and what to ask the next part with.
    pub(crate) async fn bindings(
        &self,
        hour: Hour,
        next: Option<&str>,
    ) -> Result<(Vec<SessionBinding>, Option<String>), StorageError> {
        let page = self.store.list(&self.container, &prefix(hour), next, PAGE_COUNT_MAX).await?;
        let mut bindings = Vec::new();
        for path in &page.paths {
            let binding = self.read_binding(path.as_str()).await?;
            bindings.push(binding.ok_or(StorageError::Damaged("checkouts"))?);
        }
        Ok((bindings, page.next))
    }

    /// Returns the first hour in which a session ends that may still be under way.
    pub(crate) async fn reconcile_mark(&self) -> Result<Option<(Hour, ETag)>, StorageError> {
        self.mark(MARK).await
    }

    /// Moves the mark. Another run may have moved it first, and further; that is as good.
    pub(crate) async fn move_reconcile_mark(&self, to: Hour, expected: Option<&ETag>) -> Result<(), StorageError> {
        self.move_mark(MARK, to, expected).await
    }
}

fn prefix(hour: Hour) -> String {
    format!("{BINDINGS}{:010}/", hour.number())
}

/// Stripe's ids have upper-case letters, which no path has.
fn path(session: &SessionId, expires_at: Timestamp) -> String {
    format!("{}{}", prefix(Hour::of(expires_at)), Hash::of(session.as_str().as_bytes()).to_hex())
}
