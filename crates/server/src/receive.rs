//! Receiving a revision: from a manifest to a receipt, so that a crash at any point loses and doubles nothing.
//!
//! The order of the writes is what makes it safe. Before the state: the manifest (which of two wins), the entry in the work
//! index (so that the sweep finds what a crash left), the number (a gap, if unused) and the receipt (unknown, if unused). Then
//! the state, by compare-and-swap: it decides. After it: the effects.

use satchel_cloud::ETag;
use satchel_sign::{FirmRoster, Manifest, Receipt, Receipts, Signed, Unsigned, VerifyError};
use satchel_terms::{OrderId, Revision, V1};
use satchel_wire::{Compact, ErrorCode};

use crate::effects;
use crate::error::HttpError;
use crate::pricing;
use crate::server::Server;
use crate::storage::{FirmScope, Kept, StorageError, WorkEntry, Written};
use crate::time::Hour;
use crate::uploads;
use satchel_wire::stored::{OrderState, ReceivedRevision};

/// How often a state is read again because somebody else wrote it.
const ATTEMPTS_MAX: u32 = 4;

/// A manifest that a device of the firm signed for this order and revision, with the roster that says so.
pub(crate) struct Accepted {
    pub(crate) manifest: Signed<Manifest>,
    pub(crate) roster: std::sync::Arc<FirmRoster>,
}

/// What the server knows of a manifest's order.
pub(crate) enum Standing {
    /// This very manifest was received.
    Received(ReceivedRevision, Box<OrderState>, ETag),
    /// It is the next one.
    Next(Option<(Box<OrderState>, ETag)>),
}

/// Verifies a manifest against the firm's newest roster, the path it came under, and the catalogue.
pub(crate) async fn accept(
    server: &Server,
    scope: &FirmScope,
    (order, revision): (OrderId, Revision),
    compact: &Compact,
) -> Result<Accepted, HttpError> {
    let chain = server.rosters().newest(scope).await?.ok_or(ErrorCode::DeviceNotAdmitted)?;
    let manifest = chain.roster.verify_manifest(compact.as_str()).map_err(|error| {
        let code = if error == VerifyError::Signer { ErrorCode::DeviceNotAdmitted } else { ErrorCode::ManifestRefused };
        HttpError::new(code, error)
    })?;
    let stated = manifest.statement();
    if (stated.order, stated.revision) != (order, revision) {
        return Err(ErrorCode::ManifestRefused.into());
    }
    Ok(Accepted { manifest, roster: chain.roster })
}

/// Finds out whether a manifest is the next one of its order, or was received before. One that is next has to keep to the
/// catalogue; one that was received did, when it was.
pub(crate) async fn standing(
    server: &Server,
    scope: &FirmScope,
    manifest: &Signed<Manifest>,
) -> Result<Standing, HttpError> {
    let stated = manifest.statement();
    let known = scope.order_state(stated.order).await?;
    let received = known.as_ref().and_then(|(state, _)| state.revision(stated.revision).copied());
    if let (Some(received), Some((state, etag))) = (received, &known) {
        if received.manifest_sha256 != manifest.hash() {
            return Err(ErrorCode::RevisionTaken.into());
        }
        return Ok(Standing::Received(received, Box::new(state.clone()), etag.clone()));
    }
    let last = known.as_ref().and_then(|(state, _)| state.revisions.last());
    let follows = last.map_or(1, |last| u64::from(last.revision.get()) + 1) == u64::from(stated.revision.get())
        && stated.previous == last.map(|last| last.manifest_sha256);
    if !follows || known.as_ref().is_some_and(|(state, _)| !state.has_room()) {
        return Err(ErrorCode::RevisionNotNext.into());
    }
    pricing::check(server.catalogue(), stated)?;
    Ok(Standing::Next(known.map(|(state, etag)| (Box::new(state), etag))))
}

/// Receives a revision, or answers the receipt of one that was received.
pub(crate) async fn receive(server: &Server, scope: &FirmScope, accepted: &Accepted) -> Result<Compact, HttpError> {
    let manifest = &accepted.manifest;
    for _ in 0..ATTEMPTS_MAX {
        let before = match standing(server, scope, manifest).await? {
            Standing::Received(received, state, etag) => {
                effects::settle_or_leave(scope, *state, etag).await;
                let order = manifest.statement().order;
                return Ok(scope.receipt(order, received.revision, received.receipt_sha256).await?);
            }
            Standing::Next(before) => before,
        };
        let (state, receipt) = prepare(server, scope, accepted, before.as_ref().map(|(state, _)| &**state)).await?;
        match scope.write_order_state(&state, before.as_ref().map(|(_, etag)| etag)).await? {
            Written::Yes(etag) => {
                effects::settle_or_leave(scope, state, etag).await;
                return Ok(receipt);
            }
            // Somebody else wrote first, most likely this very revision: look again.
            Written::Changed => {}
        }
    }
    Err(StorageError::Busy("state").into())
}

/// Checks the blobs, and writes everything that has to be there before the state.
async fn prepare(
    server: &Server,
    scope: &FirmScope,
    accepted: &Accepted,
    before: Option<&OrderState>,
) -> Result<(OrderState, Compact), HttpError> {
    let (manifest, now) = (&accepted.manifest, server.now());
    let Manifest { firm, order, revision, device, .. } = *manifest.statement();
    let blobs = uploads::check(scope, accepted.roster.newest().statement(), manifest.statement()).await?;
    if scope.keep_manifest(manifest).await? == Kept::OtherIsThere {
        return Err(ErrorCode::RevisionTaken.into());
    }
    server.storage().provider().note_work(Hour::of(now), WorkEntry { firm, order, revision }).await?;
    let order_number = match before {
        Some(before) => before.order_number.clone(),
        None => server.numbers().take(now).await?,
    };
    let receipt = Receipt {
        version: V1,
        firm,
        order,
        revision,
        order_number: order_number.clone(),
        manifest_sha256: manifest.hash(),
        received_at: now,
        blobs,
    };
    let receipt = sign(server, receipt).await?;
    scope.keep_receipt(&receipt).await?;
    let received = ReceivedRevision {
        revision,
        manifest_sha256: manifest.hash(),
        device,
        total_cents: manifest.statement().quote.total(),
        received_at: now,
        receipt_sha256: receipt.hash(),
    };
    let state = OrderState::received(before, manifest, order_number, received, scope.feed_end().await?);
    let compact = Compact::try_from(receipt.compact().to_owned()).map_err(HttpError::internal)?;
    Ok((state, compact))
}

async fn sign(server: &Server, receipt: Receipt) -> Result<Signed<Receipt>, HttpError> {
    let key = server.receipts();
    let unsigned = Unsigned::<Receipts, _>::prepare(receipt, key.public()).map_err(HttpError::internal)?;
    let signature = key.sign_es256(*unsigned.digest().as_bytes()).await?;
    unsigned.complete(&signature).map_err(HttpError::internal)
}
