//! From the vault to the driver: orders that wait, signed and sealed.

use std::sync::Arc;

use satchel_sign::{Bundle, Manifest, Signed};
use satchel_store::{AttachmentRecord, RecordId, Table, Vault};
use satchel_sync::drive::{Account, Remote};
use satchel_sync::{BlobSource, OutboxBlob, OutboxItem};
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

/// Returns the orders of the outbox that can be sent, and seals those that are not sealed yet. One that cannot be sealed does
/// not hold up the others; it stays and is tried again.
pub(super) fn sealed(vault: &mut Vault, keys: &DeviceKeys, firm: &Firm) -> Vec<OutboxItem> {
    let waiting = vault.read_all::<OutboxRecord>(Table::Outbox);
    let waiting = waiting.into_iter().filter_map(|(id, record)| Some((lists::order(id)?, record.ok()?)));
    let mut items = Vec::new();
    for (order, record) in waiting {
        if vault.revision(Table::Orders, order).is_some() {
            // It was received, and Satchel ended before it could leave the outbox.
            records::leave_outbox(vault, order).ok();
        } else if record.rejection().is_none() && record.taken_back_as.is_none() {
            items.extend(item(vault, order, record, keys, firm));
        }
    }
    items
}

fn item(vault: &mut Vault, order: OrderId, record: OutboxRecord, keys: &DeviceKeys, firm: &Firm) -> Option<OutboxItem> {
    let sealed = match record.sealed {
        Some(sealed) => sealed,
        // Keys whose time is over seal nothing new; the newest ones are asked for all the while.
        None if firm.bundle.statement().not_after < now() => return None,
        None => {
            let files = attachments(vault, &record.frozen.files)?;
            let sealed = frozen::seal(order, &record.frozen, &files, keys, firm).ok()?;
            vault.change(Table::Outbox, order, &OutboxRecord::sealed(&sealed).ok()?).ok()?;
            sealed
        }
    };
    ready(vault, &sealed, keys)
}

fn attachments(vault: &mut Vault, ids: &[String]) -> Option<Vec<(RecordId, AttachmentRecord)>> {
    let mut attachments = Vec::new();
    for id in ids {
        let id = record_id(id)?;
        attachments.push((id, vault.read::<AttachmentRecord>(Table::Attachments, id).ok()??));
    }
    Some(attachments)
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

fn ready(vault: &Vault, sealed: &SealedOrder, keys: &DeviceKeys) -> Option<OutboxItem> {
    let manifest = Signed::<Manifest>::verify(&sealed.manifest, [keys.signing.public()]).ok()?;
    let blobs = sealed.blobs.iter().map(|blob| outbox_blob(vault, blob)).collect::<Option<Vec<_>>>()?;
    OutboxItem::new(manifest, blobs).ok()
}

fn outbox_blob(vault: &Vault, blob: &SealedBlob) -> Option<OutboxBlob> {
    let source = match &blob.source {
        Source::Attachment(id) => BlobSource::File(vault.attachments().sealed_path(record_id(id)?)),
        Source::Bytes(text) => {
            use base64::Engine as _;
            BlobSource::Bytes(Arc::from(base64::prelude::BASE64_STANDARD.decode(text).ok()?))
        }
    };
    Some(OutboxBlob { name: blob.name, encryption_data: blob.encryption_data.clone(), source })
}

/// Gives the server the firm's first roster and its workspace key, and returns the newest bundle. All of it may be repeated.
pub(super) async fn checked(
    remote: &Remote,
    account: &dyn Account,
    pins: &Pins,
    firm: &Firm,
) -> Result<Signed<Bundle>, NotBound> {
    let first = Number::MIN;
    remote.put_roster(account, first, firm.first_roster()).await?;
    let device = firm.roster.newest().statement().devices.first().map(|device| device.device);
    if let Some(device) = device {
        let to_device = Recipient::Device(device);
        remote.put_workspace_key(account, first, to_device, firm.own_workspace_key()).await?;
    }
    remote.put_workspace_key(account, first, Recipient::Recovery, firm.recovery_workspace_key()).await?;
    newer_bundle(remote, account, pins, &firm.bundle, now()).await
}
