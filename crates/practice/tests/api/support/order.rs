//! An order as a desktop seals and uploads it.

use reqwest::Method;
use satchel_seal::{Context, Metadata, NoProgress, Sealed, WrappingKey, seal_blob};
use satchel_sign::{Bundle, Manifest, ManifestBlob, Signed};
use satchel_terms::{BlobName, CatalogueVersion, Code, Hash, OrderId, Quote, QuoteLine, Revision, V1};
use satchel_wire::paths;
use serde_json::{Value, json};

use super::{Desk, rng};

/// Bytes of a full block.
pub(crate) const BLOCK_BYTES: usize = 4 * 1024 * 1024 + 28;

pub(crate) struct TestBlob {
    pub(crate) name: BlobName,
    pub(crate) bytes: Vec<u8>,
    pub(crate) tags_sha256: Hash,
    pub(crate) encryption_data: String,
}

/// A sealed order with its manifest.
pub(crate) struct TestOrder {
    pub(crate) order: OrderId,
    pub(crate) blobs: Vec<TestBlob>,
    pub(crate) manifest: Signed<Manifest>,
}

fn quote() -> Quote {
    let line = |code: &str, quantity, unit: u64| {
        let code = Code::try_from(code.to_owned()).expect("a code");
        QuoteLine::new(code, quantity, unit.try_into().expect("cents")).expect("a line")
    };
    Quote::new(vec![line("location", 3, 4_500), line("rush", 1, 2_500)]).expect("a quote")
}

impl TestOrder {
    /// Seals an order of a document, a copy and a file of two blocks.
    pub(crate) fn seal(desk: &Desk, bundle: &Bundle) -> Self {
        let order = OrderId::make(&mut rng());
        let blobs = vec![
            seal(desk, bundle, order, "r1/document", b"the document"),
            seal(desk, bundle, order, "r1/copy", b"the copy"),
            seal(desk, bundle, order, "r1/files/1", &vec![7; 4 * 1024 * 1024 + 100]),
        ];
        let listed = blobs.iter().map(|blob| ManifestBlob {
            name: blob.name,
            sealed_length: blob.bytes.len() as u64,
            tags_sha256: blob.tags_sha256,
        });
        let manifest = Manifest {
            version: V1,
            firm: bundle.firm,
            order,
            revision: Revision::MIN,
            previous: None,
            device: desk.device,
            created_at: bundle.issued_at,
            catalogue: CatalogueVersion {
                service: Code::try_from("records-retrieval".to_owned()).expect("a code"),
                version: 1.try_into().expect("from 1"),
            },
            client_matter: Some("10452-003".to_owned().try_into().expect("a number")),
            quote: quote(),
            blobs: listed.collect(),
        };
        let manifest = desk.signing.sign(manifest).expect("a manifest");
        Self { order, blobs, manifest }
    }

    pub(crate) async fn tickets(&self, desk: &Desk) -> Value {
        let path = paths::tickets(self.order, Revision::MIN);
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
        let path = paths::commit(self.order, Revision::MIN);
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

fn seal(desk: &Desk, bundle: &Bundle, order: OrderId, name: &str, plaintext: &[u8]) -> TestBlob {
    let name: BlobName = name.parse().expect("a name");
    let mut bytes = Vec::new();
    let sealed: Sealed = seal_blob(&mut &plaintext[..], &mut bytes, &mut rng(), &mut NoProgress).expect("sealed");
    let wrapped_key = if matches!(name, BlobName::Copy(_)) {
        let context = Context::Blob(bundle.firm, order, name);
        desk.workspace.wrap(&sealed.content_key, &context, &mut rng()).expect("wrapped")
    } else {
        let key = &bundle.wrapping_keys[0];
        let key = WrappingKey::new(key.key_id.as_str().to_owned(), &key.key).expect("a key");
        key.wrap(&sealed.content_key, &mut rng()).expect("wrapped")
    };
    let encryption_data = Metadata { wrapped_key }.to_json().expect("metadata");
    TestBlob { name, bytes, tags_sha256: sealed.tags_sha256, encryption_data }
}
