//! What each statement may say.

use std::collections::BTreeMap;

use satchel_sign::{
    Admin, Bundle, Device, DeviceCommand, Edges, Identity, LogEntry, Manifest, Operator, Receipt, Receipts, Roster,
    Signed, SigningKey, Signs, Statement,
};
use serde::Deserialize;

use crate::vectors::{Faults, Key, keys, list};

#[derive(Deserialize)]
struct Document {
    name: String,
    kind: String,
    payload: String,
    compact: Option<String>,
    signer: Option<String>,
    #[serde(default)]
    practice: Option<bool>,
    refused: Option<String>,
}

fn payload_outcome<T: Statement>(payload: &str) -> Result<Vec<u8>, String> {
    let statement = T::from_payload(payload.as_bytes()).map_err(|error| error.to_string())?;
    statement.to_payload().map_err(|error| error.to_string())
}

/// Reads the payload, and where a compact text is there, verifies it and signs the same again.
fn check<T: Statement, R: Signs<T>>(document: &Document, signer: Option<&Key>, faults: &mut Faults) {
    let name = &document.name;
    let written = payload_outcome::<T>(&document.payload);
    faults.note(name, document.refused.as_deref(), &written);
    let (Some(compact), Some(signer)) = (&document.compact, signer) else {
        return;
    };
    let verified = Signed::<T>::verify(compact, [&signer.jwk]);
    faults.note(name, document.refused.as_deref(), &verified);
    // ECDSA here is deterministic (RFC 6979) on both sides, so that even the signature is the same. Some good vectors are
    // written with white space or members in another order; what we write differs from them, and must read the same.
    if written.is_ok_and(|written| written == document.payload.as_bytes()) {
        let key = SigningKey::<R>::from_bytes(&signer.private_bytes()).expect("a private key");
        let statement = T::from_payload(document.payload.as_bytes()).expect("it was read above");
        assert_eq!(key.sign(statement).expect("it signs").compact(), compact, "{name}");
    }
}

/// Takes a bundle as a build of these edges does.
fn accept(document: &Document, key: &Key, edges: Edges) -> Result<(), String> {
    let bundle = Bundle::from_payload(document.payload.as_bytes()).map_err(|error| error.to_string())?;
    let now = bundle.issued_at;
    let identity = SigningKey::<Identity>::from_bytes(&key.private_bytes()).map_err(|error| error.to_string())?;
    let signed = identity.sign(bundle).map_err(|error| error.to_string())?;
    let accepted = Signed::accept(signed.compact(), [&key.jwk], None, now, edges);
    accepted.map(|_| ()).map_err(|error| error.to_string())
}

/// Checks a bundle by the edges of the vector. What practice takes and production does not is `http` on loopback, only.
fn check_bundle(document: &Document, keys: &BTreeMap<String, Key>, faults: &mut Faults) {
    let key = &keys[document.signer.as_deref().unwrap_or("identity")];
    if document.practice == Some(true) {
        faults.note(&document.name, document.refused.as_deref(), &accept(document, key, Edges::Practice));
        let in_production = accept(document, key, Edges::Production);
        faults.note(&document.name, document.payload.contains("http://").then_some("http"), &in_production);
    } else {
        faults.note(&document.name, document.refused.as_deref(), &accept(document, key, Edges::Production));
    }
    if document.refused.is_none() {
        check::<Bundle, Identity>(document, Some(key), faults);
    }
}

#[test]
fn every_document_has_its_outcome() {
    let keys = keys("statements.json");
    let (mut written_alike, mut faults) = (0, Faults::default());
    for document in list::<Document>("statements.json", "documents") {
        let signer = document.signer.as_ref().map(|name| &keys[name]);
        match document.kind.as_str() {
            "manifest" => check::<Manifest, Device>(&document, signer, &mut faults),
            "bundle" => check_bundle(&document, &keys, &mut faults),
            "roster" => check::<Roster, Admin>(&document, signer, &mut faults),
            "receipt" => check::<Receipt, Receipts>(&document, signer, &mut faults),
            "log-entry" => check::<LogEntry, Operator>(&document, signer, &mut faults),
            "device-command" => check::<DeviceCommand, Admin>(&document, signer, &mut faults),
            // The order's own package tests these two.
            "order" | "copy" => continue,
            other => panic!("the vectors name the kind {other}, which no format has"),
        }
        let same = |payload: Result<Vec<u8>, String>| payload.is_ok_and(|p| p == document.payload.as_bytes());
        written_alike +=
            usize::from(document.kind == "manifest" && same(payload_outcome::<Manifest>(&document.payload)));
    }
    faults.none();
    assert!(written_alike > 3, "the second implementation writes the same bytes for ordinary manifests");
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Limit {
    name: String,
    kind: String,
    payload: String,
    with: Option<String>,
    times: Option<usize>,
    pad_to: Option<usize>,
    refused: Option<String>,
}

impl Limit {
    /// Writes the payload out: `@` stands for `times` times `with`, in which `#` counts from 2; spaces follow.
    fn written_out(&self) -> String {
        let repeated =
            |with: &String, times: usize| (2..times + 2).map(|n| with.replace('#', &n.to_string())).collect();
        let mut payload = match (&self.with, self.times) {
            (Some(with), Some(times)) => self.payload.replace('@', &repeated(with, times) as &String),
            _ => self.payload.clone(),
        };
        let missing = self.pad_to.unwrap_or_default().saturating_sub(payload.len());
        payload.extend(std::iter::repeat_n(' ', missing));
        payload
    }
}

#[test]
fn payloads_and_lists_stop_at_their_limits() {
    let mut faults = Faults::default();
    for limit in list::<Limit>("statements.json", "limits") {
        let payload = limit.written_out();
        assert!(limit.pad_to.is_none_or(|bytes| bytes == payload.len()), "{}", limit.name);
        let outcome = match limit.kind.as_str() {
            "manifest" => payload_outcome::<Manifest>(&payload),
            "bundle" => payload_outcome::<Bundle>(&payload),
            "roster" => payload_outcome::<Roster>(&payload),
            "receipt" => payload_outcome::<Receipt>(&payload),
            "log-entry" => payload_outcome::<LogEntry>(&payload),
            "device-command" => payload_outcome::<DeviceCommand>(&payload),
            "order" | "copy" => continue,
            other => panic!("the vectors name the kind {other}, which no format has"),
        };
        faults.note(&limit.name, limit.refused.as_deref(), &outcome);
    }
    faults.none();
}
