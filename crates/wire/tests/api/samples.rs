//! One filled sample, or several, of everything that the server reads or writes.

use std::path::PathBuf;

use satchel_sign::{Bundle, Manifest, Receipt, Roster, Statement};
use satchel_terms::parse;
use satchel_wire::{
    BundleAnswer, CheckoutAnswer, CommitAnswer, CommitRequest, ErrorBody, FeedAnswer, LogAnswer, OrderAnswer,
    ReturnedAnswer, RosterAnswer, RosterRequest, TicketsAnswer, TicketsRequest, WorkspaceKeyAnswer,
    WorkspaceKeyRequest,
};
use serde_json::{Value, json};

/// A body or a signed payload.
pub(crate) struct Sample {
    /// Its type, as docs/WHAT-THE-SERVER-SEES.md names it.
    pub(crate) name: &'static str,
    /// Values that are read.
    pub(crate) values: Vec<Value>,
    /// Tells whether a value is read.
    pub(crate) reads: fn(&[u8]) -> bool,
}

fn body<T: serde::de::DeserializeOwned + serde::Serialize>(text: &[u8]) -> bool {
    parse::<T>(text, 1 << 20).is_ok()
}

fn payload<T: Statement>(text: &[u8]) -> bool {
    T::from_payload(text).is_ok()
}

/// The payloads of one kind in the vectors, those that are read.
fn payloads(kind: &str) -> Vec<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/statements.json");
    let vectors: Value = serde_json::from_slice(&std::fs::read(path).expect("the vectors")).expect("JSON");
    let documents = vectors["documents"].as_array().expect("a list");
    let good = documents.iter().filter(|document| document["kind"] == kind && document["refused"].is_null());
    let values = good.map(|document| serde_json::from_str(document["payload"].as_str().expect("a text")));
    values.collect::<Result<_, _>>().expect("JSON")
}

/// What stands beside a sealed log entry.
fn encryption_data() -> String {
    json!({
        "WrappedContentKey": {"KeyId": "A".repeat(43), "EncryptedKey": format!("{}==", "A".repeat(162)),
            "Algorithm": "HPKE-P256-HKDF-SHA256-A256GCM"},
        "EncryptionAgent": {"Protocol": "2.0", "EncryptionAlgorithm": "AES_GCM_256"},
        "EncryptedRegionInfo": {"DataLength": 4_194_304, "NonceLength": 12},
        "KeyWrappingMetadata": {"EncryptionLibrary": "Satchel 1"},
        "EncryptionMode": "FullBlob",
    })
    .to_string()
}

/// Everything.
pub(crate) fn all() -> Vec<Sample> {
    let compact = "eyJh.eyJi.c2ln";
    let order = "485c33f4-460d-4308-b45d-77d4ec24fe98";
    let wrapped = "A".repeat(113_usize.div_ceil(3) * 4 - 1);
    let ticket = json!({"name": "r1/document", "url": "https://provider.example/a?sig=b", "expiresAt": 1, "uncommitted": [[0, 1]]});
    let status = json!({"order": order, "revision": 1, "transfer": "received", "payment": "paid", "paymentAt": 1, "work": "new",
        "sequence": 1, "receipt": compact});
    let mut untold = status.clone();
    untold["work"] = Value::Null;
    untold["paymentAt"] = Value::Null;
    let entry = json!({"number": 1, "encryptionData": encryption_data(), "sealed": "c2VhbGVk"});
    vec![
        Sample { name: "RosterRequest", values: vec![json!({"roster": compact})], reads: body::<RosterRequest> },
        Sample {
            name: "WorkspaceKeyRequest",
            values: vec![json!({"wrapped": wrapped})],
            reads: body::<WorkspaceKeyRequest>,
        },
        Sample { name: "TicketsRequest", values: vec![json!({"manifest": compact})], reads: body::<TicketsRequest> },
        Sample { name: "CommitRequest", values: vec![json!({"manifest": compact})], reads: body::<CommitRequest> },
        Sample { name: "BundleAnswer", values: vec![json!({"bundle": compact})], reads: body::<BundleAnswer> },
        Sample { name: "RosterAnswer", values: vec![json!({"roster": compact})], reads: body::<RosterAnswer> },
        Sample {
            name: "WorkspaceKeyAnswer",
            values: vec![json!({"wrapped": wrapped})],
            reads: body::<WorkspaceKeyAnswer>,
        },
        Sample {
            name: "TicketsAnswer",
            values: vec![json!({"tickets": [ticket], "committed": ["r1/copy"]})],
            reads: body::<TicketsAnswer>,
        },
        Sample { name: "CommitAnswer", values: vec![json!({"receipt": compact})], reads: body::<CommitAnswer> },
        Sample { name: "OrderAnswer", values: vec![status, untold], reads: body::<OrderAnswer> },
        Sample { name: "LogAnswer", values: vec![json!({"entries": [entry]})], reads: body::<LogAnswer> },
        Sample {
            name: "ReturnedAnswer",
            values: vec![json!({"url": "https://provider.example/a?sig=b", "expiresAt": 1})],
            reads: body::<ReturnedAnswer>,
        },
        Sample {
            name: "CheckoutAnswer",
            values: vec![json!({"url": "https://checkout.example/c/pay/cs_test_a", "expiresAt": 1})],
            reads: body::<CheckoutAnswer>,
        },
        Sample {
            name: "FeedAnswer",
            values: vec![json!({"entries": [{"n": 1, "order": order, "sequence": 1}], "next": 1})],
            reads: body::<FeedAnswer>,
        },
        Sample {
            name: "ErrorBody",
            values: vec![json!({"code": "blobs_missing", "message": "x", "blobs": ["r1/document"]})],
            // The sentence is read and thrown away, so the marker may stand there: no reader sees it.
            reads: |text| ErrorBody::read(text).is_ok(),
        },
        Sample { name: "Manifest", values: payloads("manifest"), reads: payload::<Manifest> },
        Sample { name: "Roster", values: payloads("roster"), reads: payload::<Roster> },
        Sample { name: "Bundle", values: payloads("bundle"), reads: payload::<Bundle> },
        Sample { name: "Receipt", values: payloads("receipt"), reads: payload::<Receipt> },
    ]
}
