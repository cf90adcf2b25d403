//! What each statement may say.

use satchel_sign::{
    Admin, Bundle, Device, Edges, Identity, LogEntry, Manifest, Operator, Receipt, Receipts, Roster, Signed,
    SigningKey, Signs, Statement,
};
use satchel_terms::Timestamp;
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

/// A bundle that only a practice build takes.
fn not_in_production(document: &Document, signer: Option<&Key>, faults: &mut Faults) {
    let (Some(compact), Some(signer)) = (&document.compact, signer) else { panic!("{}: not signed", document.name) };
    let accept = |edges| Signed::accept(compact, [&signer.jwk], None, Timestamp::try_from(0).expect("a time"), edges);
    faults.note(&document.name, document.refused.as_deref(), &accept(Edges::Production));
    if document.payload.contains("http://127.0.0.1:") {
        faults.note(&document.name, None, &accept(Edges::Practice));
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
            "bundle" if document.practice == Some(false) && document.compact.is_some() => {
                not_in_production(&document, signer, &mut faults)
            }
            "bundle" => check::<Bundle, Identity>(&document, signer, &mut faults),
            "roster" => check::<Roster, Admin>(&document, signer, &mut faults),
            "receipt" => check::<Receipt, Receipts>(&document, signer, &mut faults),
            "log-entry" => check::<LogEntry, Operator>(&document, signer, &mut faults),
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
            "order" => continue,
            other => panic!("the vectors name the kind {other}, which no format has"),
        };
        faults.note(&limit.name, limit.refused.as_deref(), &outcome);
    }
    faults.none();
}
