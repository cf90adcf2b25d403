//! A document against the manifest that names its blob, and its quote against its fields.

use std::collections::BTreeMap;

use satchel_order::catalogue::Definition;
use satchel_order::document::OrderDocument;
use satchel_order::quote;
use satchel_sign::Manifest;
use satchel_terms::sealed_length::of_plaintext;
use satchel_terms::{BlobName, Quote};

/// Says what differs between a document and its manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// It is of another firm, order or revision, or another device's.
    #[error("the document is of another firm, order, revision or device")]
    Order,
    /// It is of another service or version.
    #[error("the document orders another service than its manifest")]
    Catalogue,
    /// It has another price.
    #[error("the document has another price than its manifest")]
    Quote,
    /// It lists other files, or of other lengths.
    #[error("the document lists other files than its manifest")]
    Files,
    /// Answers would go to another key than that of the first revision.
    #[error("the document wants answers to another key than the order's first revision")]
    ReplyKey,
}

/// What the price of an order is when it is reckoned again from its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuoteCheck {
    /// The one that was signed.
    Same,
    /// Another one: an operator has to speak with the firm.
    Differs(Quote),
    /// Nobody here knows this version of the catalogue, or the fields have no price.
    Unknown,
}

/// Compares what both say.
pub(crate) fn compare(manifest: &Manifest, document: &OrderDocument) -> Result<(), Mismatch> {
    let ids = (document.firm, document.order, document.revision, document.device);
    if ids != (manifest.firm, manifest.order, manifest.revision, manifest.device) {
        return Err(Mismatch::Order);
    }
    if document.catalogue != manifest.catalogue {
        return Err(Mismatch::Catalogue);
    }
    if document.quote != manifest.quote {
        return Err(Mismatch::Quote);
    }
    let is_own = |name: &BlobName| matches!(name, BlobName::File(revision, _) if *revision == manifest.revision);
    let sent = manifest.blobs.iter().filter(|blob| is_own(&blob.name));
    let sent: BTreeMap<_, _> = sent.map(|blob| (blob.name, Some(blob.sealed_length))).collect();
    let listed = document.files.iter().filter(|file| is_own(&file.blob));
    let listed: BTreeMap<_, _> = listed.map(|file| (file.blob, of_plaintext(file.length))).collect();
    if sent == listed { Ok(()) } else { Err(Mismatch::Files) }
}

/// Reckons the price again.
pub(crate) fn check_quote(catalogue: &[Definition], document: &OrderDocument) -> QuoteCheck {
    let definition = catalogue.iter().find(|definition| definition.catalogue == document.catalogue);
    match definition.map(|definition| quote(definition, &document.fields)) {
        Some(Ok(quote)) if quote == document.quote => QuoteCheck::Same,
        Some(Ok(quote)) => QuoteCheck::Differs(quote),
        Some(Err(_)) | None => QuoteCheck::Unknown,
    }
}
