//! A log entry as it lies in the storage: sealed to the firm, and beside it what whoever writes the next one has to know.
//!
//! That is the entry's hash, which the next one names. It is sealed to the provider: a message may be so short that its hash
//! gives it away to whoever guesses.

use std::num::NonZeroU32;

use rand_core::CryptoRng;
use satchel_cloud::{CreateError, Metadata as BlobMetadata, PAGE_COUNT_MAX};
use satchel_seal::{
    Context, Metadata, NoProgress, RecipientKey, Sealed, WrappedKey, WrappingKey, open_unlisted_blob, seal_blob,
};
use satchel_sign::{LogEntry, LogEvent, Signed, WorkStatus};
use satchel_terms::{BlobName, EcPublicKey, FixedBytes, Hash, OrderId, Timestamp, parse, write};
use satchel_wire::stored::EntryKind;
use serde::{Deserialize, Serialize};

use super::{ENTRIES_MAX, LogError};
use crate::desk::Desk;
use crate::firm::ReadError;
use crate::received::blob_path;

/// The name under which a blob's metadata says what its entry is.
const ENTRY: &str = "logentry";
/// The name under which it says how the key of the sealed hash is wrapped.
const HASH_KEY: &str = "logentrykey";
const ENTRY_BYTES_MAX: usize = 512;
/// Bytes of a hash, and in its sealed form.
const HASH_BYTES: usize = 32;
const SEALED_HASH_BYTES: usize = 12 + HASH_BYTES + 16;

/// What stands beside an entry.
#[derive(Debug)]
pub(super) struct Noted {
    stated: Stated,
    number: NonZeroU32,
    hash_key: String,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Stated {
    at: Timestamp,
    event: NotedEvent,
    sealed_hash: FixedBytes<SEALED_HASH_BYTES>,
}

/// What an entry is, without what it says.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum NotedEvent {
    Status {
        status: WorkStatus,
    },
    Message {},
    /// The highest number that it gives to a returned file: none is given twice, whatever is still there.
    Returns {
        last: NonZeroU32,
    },
}

impl Noted {
    pub(super) const fn at(&self) -> Timestamp {
        self.stated.at
    }

    pub(super) const fn kind(&self) -> EntryKind {
        match self.stated.event {
            NotedEvent::Status { status } => EntryKind::Status(status),
            NotedEvent::Message {} => EntryKind::Message,
            NotedEvent::Returns { .. } => EntryKind::Returns,
        }
    }

    /// Returns the highest number that the entry gives to a returned file.
    pub(super) const fn last_return(&self) -> Option<NonZeroU32> {
        match self.stated.event {
            NotedEvent::Returns { last } => Some(last),
            NotedEvent::Status { .. } | NotedEvent::Message {} => None,
        }
    }

    const fn status(&self) -> Option<WorkStatus> {
        match self.stated.event {
            NotedEvent::Status { status } => Some(status),
            NotedEvent::Message {} | NotedEvent::Returns { .. } => None,
        }
    }
}

impl NotedEvent {
    /// Nothing: it returns what is no returned file, which no entry does.
    fn of(event: &LogEvent) -> Option<Self> {
        match event {
            LogEvent::Status { status } => Some(Self::Status { status: *status }),
            LogEvent::Message { .. } => Some(Self::Message {}),
            LogEvent::Returns { files } => {
                let number = |name: BlobName| if let BlobName::Return(number) = name { Some(number) } else { None };
                files.iter().filter_map(|file| number(file.blob)).max().map(|last| Self::Returns { last })
            }
        }
    }
}

/// Tells whether the work is as far already as an entry would say.
pub(super) fn says_already(entries: &[Noted], event: &LogEvent) -> bool {
    let last = entries.iter().rev().find_map(Noted::status);
    matches!(event, LogEvent::Status { status } if last == Some(*status))
}

impl Desk {
    /// Reads what stands beside all entries, in their order.
    pub(super) async fn entries(&self, order: OrderId) -> Result<Vec<Noted>, LogError> {
        let damaged = || ReadError::Damaged("log");
        let prefix = format!("orders/{order}/log/");
        let at = self.firm.in_sealed(&format!("{prefix}1")).map_err(ReadError::from)?;
        let mut count = 0_u32;
        let mut next: Option<String> = None;
        loop {
            let page = self.blobs.list(&at.container, &prefix, next.as_deref(), PAGE_COUNT_MAX).await?;
            count = count.saturating_add(u32::try_from(page.paths.len()).unwrap_or(u32::MAX));
            next = page.next;
            if next.is_none() || count > ENTRIES_MAX {
                break;
            }
        }
        let mut entries = Vec::new();
        for number in (1..=count.min(ENTRIES_MAX)).filter_map(NonZeroU32::new) {
            let at = self.firm.in_sealed(&blob_path(order, BlobName::LogEntry(number))).map_err(ReadError::from)?;
            let mut metadata = self.blobs.properties(&at).await?.ok_or_else(damaged)?.metadata;
            let text = metadata.get(ENTRY).ok_or_else(damaged)?;
            let stated = parse(text.as_bytes(), ENTRY_BYTES_MAX).map_err(|_| damaged())?;
            let hash_key = metadata.remove(HASH_KEY).ok_or_else(damaged)?;
            entries.push(Noted { stated, number, hash_key });
        }
        Ok(entries)
    }

    /// Opens the hash of an entry.
    pub(super) async fn hash_of(&self, entry: &Noted) -> Result<Hash, LogError> {
        let name = BlobName::LogEntry(entry.number);
        let key = self.unwrap_for_provider(name, &entry.hash_key).await?;
        let mut digest = [0; HASH_BYTES];
        let sealed = &entry.stated.sealed_hash.0;
        open_unlisted_blob(
            &mut sealed.as_slice(),
            &key,
            HASH_BYTES as u64,
            &mut digest.as_mut_slice(),
            &mut NoProgress,
        )
        .map_err(|_| ReadError::Damaged("log"))?;
        Ok(Hash::from_digest(digest))
    }

    /// Seals an entry to the order's reply key. False: another entry has the number.
    pub(super) async fn keep_entry(
        &self,
        entry: &Signed<LogEntry>,
        reply_key: &EcPublicKey,
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<bool, LogError> {
        let LogEntry { firm, order, number, .. } = *entry.statement();
        let name = BlobName::LogEntry(number);
        let (bytes, sealed) = seal(entry.compact().as_bytes(), rng)?;
        let recipient = RecipientKey::new(reply_key).map_err(|_| LogError::Seal)?;
        let wrapped_key = recipient.wrap(&sealed.content_key, &Context::Blob(firm, order, name), rng);
        let mut metadata = self.note(entry, rng)?;
        metadata.insert("encryptiondata".to_owned(), encryption_data(wrapped_key.map_err(|_| LogError::Seal)?)?);
        let at = self.firm.in_sealed(&blob_path(order, name)).map_err(ReadError::from)?;
        match self.blobs.create(&at, bytes, metadata).await {
            Ok(_) => Ok(true),
            Err(CreateError::Exists) => Ok(false),
            Err(CreateError::Cloud(error)) => Err(error.into()),
        }
    }

    /// Writes what stands beside an entry.
    fn note(&self, entry: &Signed<LogEntry>, rng: &mut impl CryptoRng) -> Result<BlobMetadata, LogError> {
        let (bytes, sealed) = seal(entry.hash().as_bytes(), rng)?;
        let key = self.firm.bundle().wrapping_keys.first().ok_or(LogError::Seal)?;
        let key = WrappingKey::new(key.key_id.as_str().to_owned(), &key.key).map_err(|_| LogError::Seal)?;
        let wrapped_key = key.wrap(&sealed.content_key, rng).map_err(|_| LogError::Seal)?;
        let stated = Stated {
            at: entry.statement().at,
            event: NotedEvent::of(&entry.statement().event).ok_or(LogError::Seal)?,
            sealed_hash: FixedBytes(bytes.try_into().map_err(|_| LogError::Seal)?),
        };
        let stated = String::from_utf8(write(&stated).map_err(|_| LogError::Seal)?).map_err(|_| LogError::Seal)?;
        Ok([(ENTRY.to_owned(), stated), (HASH_KEY.to_owned(), encryption_data(wrapped_key)?)].into())
    }
}

/// Seals a text in memory.
fn seal(mut plaintext: &[u8], rng: &mut impl CryptoRng) -> Result<(Vec<u8>, Sealed), LogError> {
    let mut bytes = Vec::new();
    let sealed = seal_blob(&mut plaintext, &mut bytes, rng, &mut NoProgress).map_err(|_| LogError::Seal)?;
    Ok((bytes, sealed))
}

pub(super) fn encryption_data(wrapped_key: WrappedKey) -> Result<String, LogError> {
    Metadata { wrapped_key }.to_json().map_err(|_| LogError::Seal)
}
