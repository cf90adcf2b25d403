//! An order as a desktop freezes, seals and uploads it, honestly or not.

use std::collections::BTreeMap;

use reqwest::Method;
use satchel_order::catalogue::built_in;
use satchel_order::document::{FieldValue, Fields, OrderDocument};
use satchel_order::quote;
use satchel_seal::{ContentKey, Context, Metadata, NoProgress, WrappingKey, seal_blob};
use satchel_sign::{Bundle, Device, Manifest, ManifestBlob, Signed, SigningKey, Signs, Statement, StatementError};
use satchel_terms::{BlobName, FileEntry, Hash, OrderId, Revision, V1};
use satchel_wire::OrderStatement;
use satchel_wire::paths;
use serde_json::{Value, json};

use super::{Desk, rng};

/// Bytes of a full block.
pub(crate) const BLOCK_BYTES: usize = 4 * 1024 * 1024 + 28;

#[derive(Debug, Clone)]
pub(crate) struct TestBlob {
    pub(crate) name: BlobName,
    pub(crate) bytes: Vec<u8>,
    pub(crate) tags_sha256: Hash,
    pub(crate) encryption_data: String,
}

/// A sealed order with its manifest.
pub(crate) struct TestOrder {
    pub(crate) order: OrderId,
    pub(crate) revision: Revision,
    pub(crate) blobs: Vec<TestBlob>,
    pub(crate) manifest: Signed<Manifest>,
}

/// What is attached: a name, and what the file holds.
pub(crate) fn attached() -> Vec<(&'static str, Vec<u8>)> {
    vec![("authorization.pdf", (0..251).cycle().take(4 * 1024 * 1024 + 100).collect()), ("notes.txt", vec![])]
}

/// A payload that no type of ours would hold.
pub(crate) struct Raw(pub(crate) Value);

impl Statement for Raw {
    const TYP: &'static str = "satchel-order+jws";

    fn to_payload(&self) -> Result<Vec<u8>, StatementError> {
        Ok(self.0.to_string().into_bytes())
    }

    fn from_payload(_: &[u8]) -> Result<Self, StatementError> {
        Err(StatementError::Rule("only written"))
    }
}

impl Signs<Raw> for Device {}

/// Changes something on its way.
pub(crate) type Change<'a, T> = Box<dyn Fn(&mut T) + 'a>;

/// An order in the making, with what a dishonest desktop would do to it.
pub(crate) struct Draft<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) bundle: &'a Bundle,
    pub(crate) order: OrderId,
    pub(crate) previous: Option<&'a TestOrder>,
    /// Changes the document before it is signed.
    pub(crate) document: Change<'a, OrderDocument>,
    /// Changes the text of the document's payload before it is signed.
    pub(crate) payload: Option<(&'static str, &'static str)>,
    /// Signs the document; else the desk's own device.
    pub(crate) signer: Option<&'a SigningKey<Device>>,
    /// Changes the blobs before the manifest lists them.
    pub(crate) blobs: Change<'a, Vec<TestBlob>>,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(desk: &'a Desk, bundle: &'a Bundle) -> Self {
        let order = OrderId::make(&mut rng());
        let (document, blobs) = (Box::new(|_: &mut _| {}), Box::new(|_: &mut _| {}));
        Self { desk, bundle, order, previous: None, document, payload: None, signer: None, blobs }
    }

    /// Freezes, signs and seals.
    pub(crate) fn seal(self) -> TestOrder {
        let (desk, bundle, order) = (self.desk, self.bundle, self.order);
        let revision = Revision::new(self.previous.map_or(1, |previous| previous.revision.get() + 1)).expect("from 1");
        let mut files = Vec::new();
        let mut entries = Vec::new();
        for (number, (name, bytes)) in (1..).zip(attached()) {
            let blob: BlobName = format!("r{revision}/files/{number}").parse().expect("a name");
            let (sealed, key) = seal(desk, bundle, order, blob, &bytes);
            files.push(sealed);
            entries.push(FileEntry {
                blob,
                name: name.to_owned().try_into().expect("a name"),
                media_type: "application/pdf".to_owned().try_into().expect("a type"),
                length: bytes.len() as u64,
                sha256: Hash::of(&bytes),
                content_key: key.to_document(),
            });
        }
        let definition = built_in().expect("definitions").remove(0);
        let fields = fields(3);
        let mut document = OrderDocument {
            version: V1,
            firm: bundle.firm,
            order,
            revision,
            device: desk.device,
            created_at: bundle.issued_at,
            catalogue: definition.catalogue.clone(),
            quote: quote(&definition, &fields).expect("a quote"),
            fields,
            files: entries,
            reply_key: desk.replies.public().clone(),
        };
        let signed_quote = document.quote.clone();
        (self.document)(&mut document);
        let signer = self.signer.unwrap_or(&desk.signing);
        let compact = match self.payload {
            None => signer.sign(OrderStatement(document)).expect("signed").compact().to_owned(),
            Some((from, to)) => {
                let payload = String::from_utf8(document.to_payload().expect("a payload")).expect("a text");
                assert!(payload.contains(from));
                let raw = Raw(serde_json::from_str(&payload.replace(from, to)).expect("JSON"));
                signer.sign(raw).expect("signed").compact().to_owned()
            }
        };
        let name = |kind: &str| format!("r{revision}/{kind}").parse().expect("a name");
        let (sealed_document, _) = seal(desk, bundle, order, name("document"), compact.as_bytes());
        let (sealed_copy, _) = seal(desk, bundle, order, name("copy"), b"the copy");
        let mut blobs = vec![sealed_document, sealed_copy];
        blobs.extend(files);
        (self.blobs)(&mut blobs);
        let listed = blobs.iter().map(|blob| ManifestBlob {
            name: blob.name,
            sealed_length: blob.bytes.len() as u64,
            tags_sha256: blob.tags_sha256,
        });
        let manifest = Manifest {
            version: V1,
            firm: bundle.firm,
            order,
            revision,
            previous: self.previous.map(|previous| previous.manifest.hash()),
            device: desk.device,
            created_at: bundle.issued_at,
            catalogue: definition.catalogue,
            client_matter: Some("10452-003".to_owned().try_into().expect("a number")),
            quote: signed_quote,
            blobs: listed.collect(),
        };
        let manifest = desk.signing.sign(manifest).expect("a manifest");
        TestOrder { order, revision, blobs, manifest }
    }
}

/// What was filled in, for so many locations.
pub(crate) fn fields(locations: usize) -> Fields {
    let text = |text: &str| FieldValue::Text(text.to_owned());
    let row = |number| BTreeMap::from([("custodian".to_owned(), text(&format!("Northline Clinic {number}")))]);
    let rows = (0..locations).map(row).collect();
    Fields(BTreeMap::from([
        ("locations.rows".to_owned(), FieldValue::Rows(rows)),
        ("delivery.level".to_owned(), text("rush")),
    ]))
}

impl TestOrder {
    /// An honest order.
    pub(crate) fn seal(desk: &Desk, bundle: &Bundle) -> Self {
        Draft::new(desk, bundle).seal()
    }

    /// Uploads and commits.
    pub(crate) async fn send(self, desk: &Desk) -> Self {
        self.upload(desk).await;
        self.commit(desk).await;
        self
    }

    pub(crate) async fn tickets(&self, desk: &Desk) -> Value {
        let path = paths::tickets(self.order, self.revision);
        let reply = desk.ask(Method::POST, &path, Some(&json!({"manifest": self.manifest.compact()}))).await;
        let (status, body) = (reply.status(), reply.text().await.expect("a body"));
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).expect("JSON")
    }

    /// Uploads every block once, and makes the blobs.
    pub(crate) async fn upload(&self, desk: &Desk) {
        let tickets = self.tickets(desk).await;
        for blob in &self.blobs {
            let url = url_of(&tickets, blob.name);
            for (number, block) in blob.bytes.chunks(BLOCK_BYTES).enumerate() {
                assert_eq!(put_block(desk, &url, number, block).await, 201);
            }
            assert_eq!(blob.put_list(desk, &url).await, 201);
        }
    }

    pub(crate) async fn commit(&self, desk: &Desk) -> String {
        let path = paths::commit(self.order, self.revision);
        let reply = desk.ask(Method::POST, &path, Some(&json!({"manifest": self.manifest.compact()}))).await;
        let (status, body) = (reply.status(), reply.text().await.expect("a body"));
        assert_eq!(status, 200, "{body}");
        let body: Value = serde_json::from_str(&body).expect("JSON");
        body["receipt"].as_str().expect("a text").to_owned()
    }
}

impl TestBlob {
    pub(crate) async fn put_list(&self, desk: &Desk, url: &str) -> u16 {
        let latest = (0..self.bytes.chunks(BLOCK_BYTES).len()).map(|number| format!("<Latest>{}</Latest>", id(number)));
        let body =
            format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>{}</BlockList>", latest.collect::<String>());
        let request = desk.http.put(format!("{url}&comp=blocklist")).body(body);
        let request = request.header("x-ms-meta-encryptiondata", &self.encryption_data).header("if-none-match", "*");
        request.send().await.expect("an answer").status().as_u16()
    }
}

/// Returns the address of a blob's ticket.
pub(crate) fn url_of(tickets: &Value, name: BlobName) -> String {
    let list = tickets["tickets"].as_array().expect("a list");
    let ticket = list.iter().find(|ticket| ticket["name"] == json!(name)).expect("a ticket");
    ticket["url"].as_str().expect("a text").to_owned()
}

pub(crate) async fn put_block(desk: &Desk, url: &str, number: usize, block: &[u8]) -> u16 {
    let id = id(number).replace('=', "%3D");
    let request = desk.http.put(format!("{url}&comp=block&blockid={id}")).body(block.to_vec());
    request.send().await.expect("an answer").status().as_u16()
}

fn id(number: usize) -> String {
    satchel_cloud::block_id(u32::try_from(number).expect("a number")).expect("an id")
}

fn seal(desk: &Desk, bundle: &Bundle, order: OrderId, name: BlobName, plaintext: &[u8]) -> (TestBlob, ContentKey) {
    let mut bytes = Vec::new();
    let sealed = seal_blob(&mut &plaintext[..], &mut bytes, &mut rng(), &mut NoProgress).expect("sealed");
    let wrapped_key = if matches!(name, BlobName::Copy(_)) {
        let context = Context::Blob(bundle.firm, order, name);
        desk.workspace.wrap(&sealed.content_key, &context, &mut rng()).expect("wrapped")
    } else {
        let key = &bundle.wrapping_keys[0];
        let key = WrappingKey::new(key.key_id.as_str().to_owned(), &key.key).expect("a key");
        key.wrap(&sealed.content_key, &mut rng()).expect("wrapped")
    };
    let encryption_data = Metadata { wrapped_key }.to_json().expect("metadata");
    (TestBlob { name, bytes, tags_sha256: sealed.tags_sha256, encryption_data }, sealed.content_key)
}
