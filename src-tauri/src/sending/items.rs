//! From the vault to the driver: orders that wait, signed and sealed.

use std::collections::BTreeMap;
use std::sync::Arc;

use satchel_seal::{ContentKey, is_authentic_region};
use satchel_sign::{Bundle, Manifest, Signed};
use satchel_store::{AttachmentRecord, RecordId, Table, Vault};
use satchel_sync::drive::{Account, Remote, Unanswered};
use satchel_sync::{BlobSource, BlockCheck, OutboxBlob, OutboxItem};
use satchel_terms::OrderId;
use satchel_wire::{Number, Recipient};

use super::firm::Firm;
use super::frozen::{self, SealedBlob, SealedOrder, Source};
use super::keys::DeviceKeys;
use super::now;
use super::pins::Pins;
use super::provider::{NotBound, newer_bundle};
use super::records::{self, OutboxRecord};
use crate::lists;

/// Says why an order of the outbox cannot be handed to the driver yet. It stays as it is, and is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotReady {
    /// The vault was restored from a file, and it may have been sent, taken back or changed elsewhere since.
    Restored,
    /// The provider's keys ended, and newer ones are not here yet.
    KeysEnded,
    /// An attached file is not in the vault any more.
    FileMissing,
    /// The vault did not give or take what belongs to it: a full disk, for instance.
    Vault,
    /// It could not be signed and sealed, or what was sealed before does not hold together.
    NotSealed,
}

/// The orders of the outbox: those that can be sent, and why the others cannot.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    pub(super) ready: Vec<OutboxItem>,
    pub(super) not_ready: BTreeMap<OrderId, NotReady>,
}

/// Returns the orders of the outbox, and seals those that are not sealed yet. One that cannot be sealed does not hold up the
/// others.
pub(super) fn sealed(vault: &mut Vault, keys: &DeviceKeys, firm: &Firm) -> Waiting {
    let records = vault.read_all::<OutboxRecord>(Table::Outbox);
    let records = records.into_iter().filter_map(|(id, record)| Some((lists::order(id)?, record.ok()?)));
    let mut waiting = Waiting::default();
    // Where that cannot be told, nothing is sent either.
    let is_restored = vault.restored_from().map_or(true, |from| from.is_some());
    for (order, record) in records {
        if vault.revision(Table::Orders, order).is_some() {
            // It was received, and Satchel ended before it could leave the outbox.
            records::tidy_received(vault, order).ok();
        } else if record.rejection().is_none() && record.taken_back_as.is_none() {
            if is_restored {
                waiting.not_ready.insert(order, NotReady::Restored);
                continue;
            }
            match item(vault, order, record, keys, firm) {
                Ok(item) => waiting.ready.push(item),
                Err(why) => drop(waiting.not_ready.insert(order, why)),
            }
        }
    }
    waiting
}

fn item(
    vault: &mut Vault,
    order: OrderId,
    record: OutboxRecord,
    keys: &DeviceKeys,
    firm: &Firm,
) -> Result<OutboxItem, NotReady> {
    let files = attachments(vault, &record.frozen.files)?;
    let sealed = match record.sealed {
        Some(sealed) => sealed,
        None if firm.bundle.statement().not_after < now() => return Err(NotReady::KeysEnded),
        None => {
            let sealed = frozen::seal(order, &record.frozen, &files, keys, firm).map_err(|_| NotReady::NotSealed)?;
            let noted = OutboxRecord::sealed(&sealed).map_err(|_| NotReady::NotSealed)?;
            vault.change(Table::Outbox, order, &noted).map_err(|_| NotReady::Vault)?;
            sealed
        }
    };
    ready(vault, &sealed, &files, keys).ok_or(NotReady::NotSealed)
}

fn attachments(vault: &mut Vault, ids: &[String]) -> Result<Vec<(RecordId, AttachmentRecord)>, NotReady> {
    let mut attachments = Vec::new();
    for id in ids {
        let id = record_id(id).ok_or(NotReady::FileMissing)?;
        let record = vault.read::<AttachmentRecord>(Table::Attachments, id).map_err(|_| NotReady::Vault)?;
        attachments.push((id, record.ok_or(NotReady::FileMissing)?));
    }
    Ok(attachments)
}

/// Reads an id as it is written into records.
pub(super) fn record_id(text: &str) -> Option<RecordId> {
    let digits = text.as_bytes();
    let mut bytes = [0; 16];
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(RecordId::from_bytes(bytes))
}

fn ready(
    vault: &Vault,
    sealed: &SealedOrder,
    files: &[(RecordId, AttachmentRecord)],
    keys: &DeviceKeys,
) -> Option<OutboxItem> {
    let manifest = Signed::<Manifest>::verify(&sealed.manifest, [keys.signing.public()]).ok()?;
    let blobs = sealed.blobs.iter().map(|blob| outbox_blob(vault, blob, files)).collect::<Option<Vec<_>>>()?;
    OutboxItem::new(manifest, blobs).ok()
}

fn outbox_blob(vault: &Vault, blob: &SealedBlob, files: &[(RecordId, AttachmentRecord)]) -> Option<OutboxBlob> {
    let source = match &blob.source {
        Source::Attachment(id) => {
            let id = record_id(id)?;
            let (_, record) = files.iter().find(|(other, _)| *other == id)?;
            let key = ContentKey::from_document(&record.content_key);
            // What lies on this disk may have been changed since it was sealed; the provider could not open it then.
            let check = BlockCheck::new(move |block, bytes| is_authentic_region(bytes, block, &key));
            BlobSource::File(vault.attachments().sealed_path(id), check)
        }
        Source::Bytes(text) => {
            use base64::Engine as _;
            BlobSource::Bytes(Arc::from(base64::prelude::BASE64_STANDARD.decode(text).ok()?))
        }
    };
    Some(OutboxBlob { name: blob.name, encryption_data: blob.encryption_data.clone(), source })
}

/// Gives the server the firm's first roster and its workspace key, and returns the newest bundle. All of it may be repeated. What
/// the server refuses keeps nobody from asking for the rest; the first refusal is told.
pub(super) async fn checked(
    remote: &Remote,
    account: &dyn Account,
    pins: &Pins,
    firm: &Firm,
) -> (Option<Signed<Bundle>>, Result<(), NotBound>) {
    let first = Number::MIN;
    let mut told = Ok(());
    let mut note = |given: Result<(), Unanswered>| {
        if let (Err(why), Ok(())) = (given, &told) {
            told = Err(why.into());
        }
    };
    note(remote.put_roster(account, first, firm.first_roster()).await);
    let device = firm.roster.newest().statement().devices.first().map(|device| device.device);
    if let Some(device) = device {
        let to_device = Recipient::Device(device);
        note(remote.put_workspace_key(account, first, to_device, firm.own_workspace_key()).await);
    }
    note(remote.put_workspace_key(account, first, Recipient::Recovery, firm.recovery_workspace_key()).await);
    match newer_bundle(remote, account, pins, &firm.bundle, now()).await {
        Ok(bundle) => (Some(bundle), told),
        Err(why) => (None, told.and(Err(why))),
    }
}
