//! Orders: sealed blobs, manifests, and sending them through tickets as a desktop does.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use satchel_cloud::local::{LocalTickets, TicketRequest};
use satchel_seal::{Context, Metadata, NoProgress, WrappedKey, seal_blob};
use satchel_sign::{Manifest, ManifestBlob, Signed};
use satchel_terms::{BlobName, CatalogueVersion, Cents, Code, Hash, OrderId, Quote, QuoteLine, Revision, V1};
use satchel_wire::paths;
use serde_json::{Value, json};

use super::firm::DEVICE;
use super::{Bench, Reply, TestFirm, rng, time};

/// Bytes of a block.
const BLOCK_BYTES: usize = 4 * 1024 * 1024 + 28;

/// A sealed blob on its way.
#[derive(Debug, Clone)]
pub(crate) struct TestBlob {
    pub(crate) name: BlobName,
    pub(crate) bytes: Vec<u8>,
    pub(crate) metadata: String,
    pub(crate) tags_sha256: Hash,
}

/// A revision of an order, as the desktop holds it.
pub(crate) struct TestOrder {
    pub(crate) order: OrderId,
    pub(crate) revision: Revision,
    pub(crate) blobs: Vec<TestBlob>,
    pub(crate) manifest: Signed<Manifest>,
}

/// So many bytes of anything.
pub(crate) fn bytes_of(length: usize) -> Vec<u8> {
    (0..length).map(|i| u8::try_from(i % 251).unwrap_or_default()).collect()
}

/// A quote of these lines.
pub(crate) fn quote(lines: &[(&str, u32, u64)]) -> Quote {
    let line = |(code, quantity, unit): &(&str, u32, u64)| {
        let code = Code::try_from((*code).to_owned()).expect("a code");
        QuoteLine::new(code, *quantity, Cents::try_from(*unit).expect("cents")).expect("a line")
    };
    Quote::new(lines.iter().map(line).collect()).expect("a quote")
}

impl TestOrder {
    /// Seals an order of one document, its copy, a file of two blocks and an empty file.
    pub(crate) fn seal(firm: &TestFirm) -> Self {
        Self::seal_revision(firm, OrderId::make(&mut rng()), None)
    }

    /// Seals a small order: document and copy.
    pub(crate) fn small(firm: &TestFirm) -> Self {
        Self::small_with_id(firm, OrderId::make(&mut rng()))
    }

    /// Seals a small order under this id.
    pub(crate) fn small_with_id(firm: &TestFirm, order: OrderId) -> Self {
        let blobs = vec![seal(firm, order, "r1/document", b"the document"), seal(firm, order, "r1/copy", b"the copy")];
        Self::of(firm, order, None, blobs)
    }

    /// Seals the revision after `previous`, or the first one.
    pub(crate) fn seal_revision(firm: &TestFirm, order: OrderId, previous: Option<&Self>) -> Self {
        let number = previous.map_or(1, |previous| previous.revision.get() + 1);
        let blobs = vec![
            seal(firm, order, &format!("r{number}/document"), b"the document"),
            seal(firm, order, &format!("r{number}/copy"), b"the copy"),
            seal(firm, order, &format!("r{number}/files/1"), &bytes_of(4 * 1024 * 1024 + 100)),
            seal(firm, order, &format!("r{number}/files/2"), b""),
        ];
        Self::of(firm, order, previous, blobs)
    }

    /// Seals a small order with this quote.
    pub(crate) fn small_of(firm: &TestFirm, quote: Quote) -> Self {
        let small = Self::small(firm);
        let manifest = small.changed(firm, DEVICE, |manifest| manifest.quote = quote);
        Self { manifest, ..small }
    }

    /// Seals the small revision after `previous`, with this quote.
    pub(crate) fn small_revision(firm: &TestFirm, previous: &Self, quote: Quote) -> Self {
        let number = previous.revision.get() + 1;
        let blob = |kind: &str| seal(firm, previous.order, &format!("r{number}/{kind}"), b"the next one");
        let next = Self::of(firm, previous.order, Some(previous), vec![blob("document"), blob("copy")]);
        let manifest = next.changed(firm, DEVICE, |manifest| manifest.quote = quote);
        Self { manifest, ..next }
    }

    fn of(firm: &TestFirm, order: OrderId, previous: Option<&Self>, blobs: Vec<TestBlob>) -> Self {
        let revision = Revision::MIN.checked_add(previous.map_or(0, |previous| previous.revision.get()));
        let revision = revision.expect("a revision");
        let listed = blobs.iter().map(|blob| ManifestBlob {
            name: blob.name,
            sealed_length: blob.bytes.len() as u64,
            tags_sha256: blob.tags_sha256,
        });
        let manifest = Manifest {
            version: V1,
            firm: firm.id,
            order,
            revision,
            previous: previous.map(|previous| previous.manifest.hash()),
            device: firm.devices[DEVICE].0,
            created_at: time(1),
            catalogue: CatalogueVersion {
                service: Code::try_from("records-retrieval".to_owned()).expect("a code"),
                version: 1.try_into().expect("from 1"),
            },
            client_matter: Some("10452-003".to_owned().try_into().expect("a number")),
            quote: quote(&[("location", 3, 4_500), ("rush", 1, 2_500)]),
            blobs: listed.collect(),
        };
        let manifest = firm.devices[DEVICE].1.sign(manifest).expect("a manifest");
        Self { order, revision, blobs, manifest }
    }

    /// The same order with its manifest changed, signed by one of the firm's devices.
    pub(crate) fn changed(
        &self,
        firm: &TestFirm,
        device: usize,
        change: impl FnOnce(&mut Manifest),
    ) -> Signed<Manifest> {
        let mut manifest = self.manifest.statement().clone();
        change(&mut manifest);
        firm.devices[device].1.sign(manifest).expect("a manifest")
    }

    pub(crate) fn body(&self) -> Value {
        json!({"manifest": self.manifest.compact()})
    }

    pub(crate) async fn ask_tickets(&self, bench: &Bench, firm: &TestFirm) -> Reply {
        bench.post(&paths::tickets(self.order, self.revision), &firm.staff(), &self.body()).await
    }

    pub(crate) async fn commit(&self, bench: &Bench, firm: &TestFirm) -> Reply {
        bench.post(&paths::commit(self.order, self.revision), &firm.staff(), &self.body()).await
    }

    /// Uploads all blobs through tickets.
    pub(crate) async fn upload(&self, bench: &Bench, firm: &TestFirm) {
        let tickets = self.ask_tickets(bench, firm).await.ok();
        for blob in &self.blobs {
            let name = json!(blob.name);
            let mut tickets = tickets["tickets"].as_array().expect("a list").iter();
            let ticket = tickets.find(|ticket| ticket["name"] == name).expect("a ticket");
            blob.upload(&bench.tickets, ticket["url"].as_str().expect("a text")).await;
        }
    }
}

impl TestBlob {
    /// Puts the blocks, then the list.
    pub(crate) async fn upload(&self, tickets: &LocalTickets, url: &str) {
        for number in 0..self.blocks().len() {
            self.put_block(tickets, url, number).await;
        }
        self.put_list(tickets, url).await;
    }

    pub(crate) fn blocks(&self) -> Vec<&[u8]> {
        self.bytes.chunks(BLOCK_BYTES).collect()
    }

    pub(crate) async fn put_block(&self, tickets: &LocalTickets, url: &str, number: usize) {
        let id = block_id(number);
        let query = format!("comp=block&blockid={}", id.replace('=', "%3D"));
        assert_eq!(put(tickets, url, &query, &[], self.blocks()[number].to_vec()).await, 201);
    }

    pub(crate) async fn put_list(&self, tickets: &LocalTickets, url: &str) {
        let body = self.block_list();
        let headers = [("x-ms-meta-encryptiondata", self.metadata.as_str()), ("if-none-match", "*")];
        assert_eq!(put(tickets, url, "comp=blocklist", &headers, body.into_bytes()).await, 201);
    }

    pub(crate) fn block_list(&self) -> String {
        let ids = (0..self.blocks().len()).map(|number| format!("<Latest>{}</Latest>", block_id(number)));
        format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>{}</BlockList>", ids.collect::<String>())
    }
}

pub(crate) fn block_id(number: usize) -> String {
    BASE64_STANDARD.encode(format!("{number:08}"))
}

/// Calls what HTTP would call; `socket.rs` goes over a socket.
async fn put(tickets: &LocalTickets, url: &str, query: &str, headers: &[(&str, &str)], body: Vec<u8>) -> u16 {
    let (path, grant) = url.split_once('?').expect("a grant");
    let path = path.split_once("/blobs").map(|(_, path)| path).expect("tickets lead to the base address");
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(
            HeaderName::from_bytes(name.as_bytes()).expect("a name"),
            HeaderValue::from_str(value).expect("a value"),
        );
    }
    let query = format!("{query}&{grant}");
    let request = TicketRequest { path, query: &query, headers: &map, body };
    tickets.answer(&Method::PUT, request).await.status().as_u16()
}

/// Seals one blob, for the provider or, if it is the copy, for the firm.
fn seal(firm: &TestFirm, order: OrderId, name: &str, plaintext: &[u8]) -> TestBlob {
    let name: BlobName = name.parse().expect("a name");
    let mut bytes = Vec::new();
    let sealed = seal_blob(&mut &plaintext[..], &mut bytes, &mut rng(), &mut NoProgress).expect("sealed");
    let wrapped: WrappedKey = match name {
        BlobName::Copy(_) => {
            let context = Context::Blob(firm.id, order, name);
            firm.workspace_key.wrap(&sealed.content_key, &context, &mut rng()).expect("wrapped")
        }
        BlobName::Document(_)
        | BlobName::Manifest(_)
        | BlobName::File(..)
        | BlobName::LogEntry(_)
        | BlobName::Return(_) => firm.wrapping_key.wrap(&sealed.content_key, &mut rng()).expect("wrapped"),
    };
    let metadata = Metadata { wrapped_key: wrapped }.to_json().expect("metadata");
    TestBlob { name, bytes, metadata, tags_sha256: sealed.tags_sha256 }
}
