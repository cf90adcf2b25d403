//! An order as it is frozen at Submit, and how it is signed and sealed once the provider's keys are verified.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use satchel_order::catalogue::Definition;
use satchel_order::document::{CompactText, Fields, OrderCopy, OrderDocument};
use satchel_order::{counted, quote, summary, validate};
use satchel_seal::{Context, Metadata, NoProgress, RecipientSecret, Sealed, WrappingKey, seal_blob};
use satchel_sign::{ClientMatter, Manifest, ManifestBlob};
use satchel_store::{AttachmentRecord, RecordId};
use satchel_terms::{
    BlobName, CatalogueVersion, FileEntry, FileName, KeyBytes, OrderId, Quote, Revision, Timestamp, V1,
};
use satchel_wire::OrderStatement;
use serde::{Deserialize, Serialize};

use super::firm::Firm;
use super::keys::DeviceKeys;
use crate::draft::DraftRecord;
use crate::rng;

/// The most bytes of a file's name.
const NAME_BYTES_MAX: usize = 255;
/// The most bytes of what tells two files of the same name apart: ` (500)`.
const NUMBER_BYTES: usize = 6;
/// The revision of an order that is submitted for the first time.
pub(crate) const FIRST_REVISION: Revision = NonZeroU32::MIN;

/// The most bytes of an order's JSON. Document and copy stand beside it in one record of the vault, in base64 of base64: about
/// five times as much.
const FROZEN_BYTES_MAX: usize = 2 * 1024 * 1024;

/// What an order says, before it is signed. Nothing of it changes any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Frozen {
    pub(crate) catalogue: CatalogueVersion,
    pub(crate) fields: Fields,
    pub(crate) quote: Quote,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_matter: Option<ClientMatter>,
    /// Ids of the attached files, in their order.
    pub(crate) files: Vec<String>,
    frozen_at: Timestamp,
}

/// Says why an order was not frozen. The draft is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotFrozen {
    /// Something is missing or wrong.
    #[error("something is missing in the order")]
    Incomplete,
    /// An amount is larger than a quote can hold.
    #[error("an amount of the order is too large")]
    Quote,
    /// What was typed is more than one sealed document, with its copy in the outbox, can hold.
    #[error("the order is too long")]
    TooLong,
}

impl Frozen {
    /// Freezes a draft that has nothing missing.
    pub(crate) fn of(
        definition: &Definition,
        record: &DraftRecord,
        files: &[RecordId],
        now: Timestamp,
    ) -> Result<Self, NotFrozen> {
        let fields = record.lay_out(definition).fields;
        if !validate(definition, &fields).is_empty() {
            return Err(NotFrozen::Incomplete);
        }
        let client_matter = summary(definition, &fields).client_matter;
        let frozen = Self {
            catalogue: definition.catalogue.clone(),
            fields: counted(definition, &fields),
            quote: quote(definition, &fields).map_err(|_| NotFrozen::Quote)?,
            // One that a manifest cannot hold is in the sealed document all the same.
            client_matter: client_matter.and_then(|number| ClientMatter::try_from(number).ok()),
            files: files.iter().map(ToString::to_string).collect(),
            frozen_at: now,
        };
        frozen.fits().then_some(frozen).ok_or(NotFrozen::TooLong)
    }

    /// Tells whether the document that is made of this can be sealed and kept: what was frozen must not wait for ever.
    fn fits(&self) -> bool {
        serde_json::to_vec(self).is_ok_and(|json| json.len() <= FROZEN_BYTES_MAX)
    }
}

/// A blob of a sealed order on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SealedBlob {
    pub(crate) name: BlobName,
    pub(crate) encryption_data: String,
    pub(crate) source: Source,
}

/// Where the sealed bytes are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Source {
    /// The id of an attached file.
    Attachment(String),
    /// The bytes themselves, in base64.
    Bytes(String),
}

/// An order that is signed and sealed: what is sent of it, and the key for what comes back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SealedOrder {
    /// The provider's name.
    pub(crate) provider: String,
    /// The manifest, as compact text.
    pub(crate) manifest: String,
    /// The blobs, in the manifest's order.
    pub(crate) blobs: Vec<SealedBlob>,
    /// The private half of the document's reply key.
    pub(crate) reply_private_key: KeyBytes,
}

/// Says why a frozen order was not sealed. It stays as it is, and is tried again.
#[derive(Debug, thiserror::Error)]
#[error("the order could not be signed and sealed: {0}")]
pub(crate) struct NotSealed(&'static str);

/// Signs an order and seals it to the provider, and a copy for the firm.
pub(crate) fn seal(
    order: OrderId,
    frozen: &Frozen,
    files: &[(RecordId, AttachmentRecord)],
    keys: &DeviceKeys,
    firm: &Firm,
) -> Result<SealedOrder, NotSealed> {
    let reply = RecipientSecret::make(&mut rng()).map_err(|_| NotSealed("reply key"))?;
    let bundle = firm.bundle.statement();
    let wrapping = bundle.wrapping_keys.first().ok_or(NotSealed("wrapping key"))?;
    let wrapping = WrappingKey::new(wrapping.key_id.as_str().to_owned(), &wrapping.key);
    let wrapping = wrapping.map_err(|_| NotSealed("wrapping key"))?;
    let document = OrderDocument {
        version: V1,
        firm: bundle.firm,
        order,
        revision: FIRST_REVISION,
        device: keys.device,
        created_at: frozen.frozen_at,
        catalogue: frozen.catalogue.clone(),
        fields: frozen.fields.clone(),
        quote: frozen.quote.clone(),
        files: listed(files),
        reply_key: reply.public().clone(),
    };
    let document = keys.signing.sign(OrderStatement(document)).map_err(|_| NotSealed("document"))?;
    let copy = OrderCopy {
        version: V1,
        document: CompactText::try_from(document.compact().to_owned()).map_err(|_| NotSealed("copy"))?,
        reply_private_key: KeyBytes::new(reply.expose()),
    };
    let copy = zeroize::Zeroizing::new(copy.to_json().map_err(|_| NotSealed("copy"))?);
    let mut parts = Parts { keys: &wrapping, blobs: Vec::new(), listed: Vec::new() };
    parts.seal_small(BlobName::Document(FIRST_REVISION), document.compact().as_bytes(), |sealed| {
        wrapping.wrap(&sealed.content_key, &mut rng()).map_err(|_| NotSealed("document"))
    })?;
    let name = BlobName::Copy(FIRST_REVISION);
    let context = Context::Blob(bundle.firm, order, name);
    parts.seal_small(name, &copy, |sealed| {
        firm.workspace.wrap(&sealed.content_key, &context, &mut rng()).map_err(|_| NotSealed("copy"))
    })?;
    for ((id, record), number) in files.iter().zip(1..) {
        parts.attach(number, *id, record)?;
    }
    let Parts { blobs, listed, .. } = parts;
    let manifest = Manifest {
        version: V1,
        firm: bundle.firm,
        order,
        revision: FIRST_REVISION,
        previous: None,
        device: keys.device,
        created_at: frozen.frozen_at,
        catalogue: frozen.catalogue.clone(),
        client_matter: frozen.client_matter.clone(),
        quote: frozen.quote.clone(),
        blobs: listed,
    };
    let manifest = keys.signing.sign(manifest).map_err(|_| NotSealed("manifest"))?;
    let reply_private_key = KeyBytes::new(reply.expose());
    Ok(SealedOrder {
        provider: bundle.provider.clone(),
        manifest: manifest.compact().to_owned(),
        blobs,
        reply_private_key,
    })
}

/// The blobs of an order as they come together.
struct Parts<'a> {
    keys: &'a WrappingKey,
    blobs: Vec<SealedBlob>,
    listed: Vec<ManifestBlob>,
}

impl Parts<'_> {
    fn seal_small(
        &mut self,
        name: BlobName,
        plaintext: &[u8],
        wrap: impl FnOnce(&Sealed) -> Result<satchel_seal::WrappedKey, NotSealed>,
    ) -> Result<(), NotSealed> {
        let mut bytes = Vec::new();
        let sealed = seal_blob(&mut &plaintext[..], &mut bytes, &mut rng(), &mut NoProgress);
        let sealed = sealed.map_err(|_| NotSealed("blob"))?;
        let wrapped_key = wrap(&sealed)?;
        self.push(name, wrapped_key, Source::Bytes(base64_of(&bytes)))?;
        let (sealed_length, tags_sha256) = (sealed.sealed_length, sealed.tags_sha256);
        self.listed.push(ManifestBlob { name, sealed_length, tags_sha256 });
        Ok(())
    }

    fn attach(&mut self, number: u32, id: RecordId, record: &AttachmentRecord) -> Result<(), NotSealed> {
        let name = file_name(number).ok_or(NotSealed("file"))?;
        let content_key = satchel_seal::ContentKey::from_document(&record.content_key);
        let wrapped_key = self.keys.wrap(&content_key, &mut rng()).map_err(|_| NotSealed("file"))?;
        self.push(name, wrapped_key, Source::Attachment(id.to_string()))?;
        let (sealed_length, tags_sha256) = (record.sealed_length, record.tags_sha256);
        self.listed.push(ManifestBlob { name, sealed_length, tags_sha256 });
        Ok(())
    }

    fn push(&mut self, name: BlobName, wrapped_key: satchel_seal::WrappedKey, source: Source) -> Result<(), NotSealed> {
        let encryption_data = Metadata { wrapped_key }.to_json().map_err(|_| NotSealed("metadata"))?;
        self.blobs.push(SealedBlob { name, encryption_data, source });
        Ok(())
    }
}

/// Names the blob of a file by its number from 1.
pub(super) fn file_name(number: u32) -> Option<BlobName> {
    Some(BlobName::File(FIRST_REVISION, NonZeroU32::new(number)?))
}

/// Lists the files as the document does. Two of the same name are told apart, since whoever opens them puts them side by side.
fn listed(files: &[(RecordId, AttachmentRecord)]) -> Vec<FileEntry> {
    let mut taken = BTreeSet::new();
    let entry = |((_, record), number): (&(RecordId, AttachmentRecord), u32)| {
        Some(FileEntry {
            blob: file_name(number)?,
            name: told_apart(&record.name, &mut taken),
            media_type: record.media_type.clone(),
            length: record.length,
            sha256: record.sha256,
            content_key: KeyBytes::new(zeroize::Zeroizing::new(*record.content_key.expose())),
        })
    };
    files.iter().zip(1..).filter_map(entry).collect()
}

/// Returns the name, with a number before its extension where another file has it already. File systems that do not tell
/// letters of two sizes apart count.
fn told_apart(name: &FileName, taken: &mut BTreeSet<String>) -> FileName {
    let (stem, extension) = match name.as_str().rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
        _ => (name.as_str(), String::new()),
    };
    // Room for the number, or a name that is as long as names may be would lose it again.
    let room = NAME_BYTES_MAX.saturating_sub(extension.len() + NUMBER_BYTES);
    let stem = stem.get(..stem.floor_char_boundary(room)).unwrap_or(stem);
    let numbered = (2..).map(|number| std::ffi::OsString::from(format!("{stem} ({number}){extension}")));
    let names = std::iter::once(name.clone()).chain(numbered.map(|name| FileName::suggest(&name)));
    let mut names = names.take(satchel_terms::FILES_MAX as usize + 1);
    names.find(|name| taken.insert(name.as_str().to_lowercase())).unwrap_or_else(|| name.clone())
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two files of one name in a document cannot be put side by side, so the provider could not open the order.
    #[test]
    fn files_of_one_name_are_told_apart_however_long_it_is() {
        let long = "a".repeat(NAME_BYTES_MAX);
        let wide = format!("{}.pdf", "é".repeat((NAME_BYTES_MAX - 4) / 2));
        for given in ["Scan.pdf", "Scan", ".profile", &long, &wide, &format!("a.{}", "b".repeat(NAME_BYTES_MAX - 2))] {
            let name = FileName::try_from(given.to_owned()).expect("a name");
            let mut taken = BTreeSet::new();
            let told = (0..satchel_terms::FILES_MAX).map(|_| String::from(told_apart(&name, &mut taken)));
            assert_eq!(told.collect::<BTreeSet<_>>().len(), satchel_terms::FILES_MAX as usize, "{given}");
        }
        let mut taken = BTreeSet::new();
        let name = FileName::try_from("Scan.pdf".to_owned()).expect("a name");
        assert_eq!(told_apart(&name, &mut taken).as_str(), "Scan.pdf");
        assert_eq!(told_apart(&name, &mut taken).as_str(), "Scan (2).pdf");
    }

    /// What was frozen and does not fit would wait in the outbox for ever, so it is told at Submit.
    #[test]
    fn what_is_frozen_fits_into_one_record() {
        let of_length = |length: usize| {
            let fields = serde_json::json!({ "subject.injury": "x".repeat(length) });
            let catalogue = CatalogueVersion {
                service: "test".to_owned().try_into().expect("a code"),
                version: 1.try_into().expect("1"),
            };
            Frozen {
                catalogue,
                fields: serde_json::from_value(fields).expect("fields"),
                quote: Quote::new(Vec::new()).expect("a quote"),
                client_matter: None,
                files: Vec::new(),
                frozen_at: Timestamp::EPOCH,
            }
        };
        let around = serde_json::to_vec(&of_length(0)).expect("writes").len();
        assert!(of_length(FROZEN_BYTES_MAX - around).fits());
        assert!(!of_length(FROZEN_BYTES_MAX - around + 1).fits());
    }
}
