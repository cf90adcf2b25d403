//! An order's log as it is read on this computer: entries opened with the reply key, verified, and chained to the order's first
//! manifest.

use satchel_seal::{Context, Metadata, NoProgress, RecipientSecret, open_unlisted_blob};
use satchel_sign::{COMPACT_BYTES_MAX, LogChain, LogRefused, Manifest, OperatorKey, Signed};
use satchel_terms::sealed_length::plaintext_of;
use satchel_terms::{BlobName, EcPublicKey, FirmId, OrderId};
use satchel_wire::SealedEntry;
use zeroize::Zeroizing;

use super::record::{Disbelieved, Followed, KeptEntry};
use crate::sending::OrderRecord;

/// The most bytes of a log that are kept. A record of the vault holds 16 MiB, and the order itself is in it.
const KEPT_BYTES_MAX: usize = 6 * 1024 * 1024;

/// Says that what this computer keeps of an order cannot be read. It was verified when it was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what is kept of the order is damaged")]
pub(super) struct Damaged;

/// A log up to its last verified entry.
pub(super) struct Log {
    firm: FirmId,
    order: OrderId,
    reply: RecipientSecret,
    chain: LogChain,
    count: u32,
    bytes: usize,
}

impl Log {
    /// Goes through what is kept of an order's log once more. `device` signed the order.
    pub(super) fn of(record: &OrderRecord, device: &EcPublicKey) -> Result<Self, Damaged> {
        let manifest = Signed::<Manifest>::verify(&record.manifest, [device]).map_err(|_| Damaged)?;
        let (firm, order) = (manifest.statement().firm, manifest.statement().order);
        let reply = RecipientSecret::from_bytes(record.reply_private_key.expose()).map_err(|_| Damaged)?;
        let mut chain = LogChain::start(&manifest).map_err(|_| Damaged)?;
        let Followed { log, .. } = &record.followed;
        for entry in log.values() {
            chain.append(&entry.compact, std::slice::from_ref(&entry.operator)).map_err(|_| Damaged)?;
        }
        let count = u32::try_from(log.len()).map_err(|_| Damaged)?;
        let bytes = log.values().map(|entry| entry.compact.len()).sum();
        Ok(Self { firm, order, reply, chain, count, bytes })
    }

    /// Returns the number of its last entry, 0 where it has none.
    pub(super) const fn count(&self) -> u32 {
        self.count
    }

    /// Opens and verifies the next entry. After an error the log is where it was.
    pub(super) fn take(&mut self, sealed: &SealedEntry, operators: &[OperatorKey]) -> Result<KeptEntry, Disbelieved> {
        let text = self.open(sealed).ok_or(Disbelieved::NotForThisOrder)?;
        let compact = std::str::from_utf8(&text).map_err(|_| Disbelieved::NotForThisOrder)?;
        if self.bytes + compact.len() > KEPT_BYTES_MAX {
            return Err(Disbelieved::TooMuch);
        }
        let signed = self.chain.append(compact, operators).map_err(|refused| match refused {
            LogRefused::Signature(_) | LogRefused::OperatorTime => Disbelieved::NotSigned,
            LogRefused::NotNext | LogRefused::ReturnedAgain => Disbelieved::NotNext,
        })?;
        let operator = operators.iter().find(|operator| operator.key.thumbprint() == signed.signer());
        let operator = operator.cloned().ok_or(Disbelieved::NotSigned)?;
        self.count = signed.statement().number.get();
        self.bytes += compact.len();
        Ok(KeptEntry { compact: compact.to_owned(), operator })
    }

    fn open(&self, sealed: &SealedEntry) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = sealed.sealed.as_bytes();
        let length = plaintext_of(bytes.len() as u64).filter(|length| *length <= COMPACT_BYTES_MAX as u64)?;
        let metadata = Metadata::from_json(&sealed.encryption_data).ok()?;
        let context = Context::Blob(self.firm, self.order, BlobName::LogEntry(sealed.number));
        let key = self.reply.unwrap_content_key(&metadata.wrapped_key, &context).ok()?;
        let mut text = Zeroizing::new(Vec::with_capacity(usize::try_from(length).ok()?));
        open_unlisted_blob(&mut &*bytes, &key, length, &mut *text, &mut NoProgress).ok()?;
        Some(text)
    }
}
