//! The order document: the vectors of docs/FORMATS.md, made by a second implementation.

use std::path::PathBuf;

use satchel_order::document::{OrderCopy, OrderDocument};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Statements {
    documents: Vec<Vector>,
    limits: Vec<Limit>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    kind: String,
    payload: String,
    refused: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Limit {
    #[serde(flatten)]
    vector: Vector,
    with: Option<String>,
    times: Option<usize>,
    pad_to: Option<usize>,
}

fn vectors() -> Statements {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/statements.json");
    let text = std::fs::read(path).expect("the vectors can be read");
    serde_json::from_slice(&text).expect("the vectors are of their form")
}

/// Reads an order or a copy and writes it again.
fn outcome(kind: &str, payload: &str) -> Option<Result<Vec<u8>, String>> {
    let bytes = payload.as_bytes();
    let read_and_written = match kind {
        "order" => OrderDocument::from_payload(bytes).and_then(|document| document.to_payload()),
        "copy" => OrderCopy::from_json(bytes).and_then(|copy| copy.to_json()),
        _ => return None,
    };
    Some(read_and_written.map_err(|error| error.to_string()))
}

/// Whether a copy's private key fits its document is told by whoever opens the copy: it takes a cipher's package.
fn needs_a_key(vector: &Vector) -> bool {
    vector.kind == "copy" && vector.refused.as_ref().is_some_and(|reason| reason.contains("private key"))
}

fn fault(vector: &Vector, payload: &str) -> Option<String> {
    if needs_a_key(vector) {
        return None;
    }
    match (outcome(&vector.kind, payload)?, &vector.refused) {
        (Ok(written), None) if same(payload.as_bytes(), &written) => None,
        (Ok(_), None) => Some(format!("{}: written otherwise than it was read", vector.name)),
        (Err(_), Some(_)) => None,
        (Ok(_), Some(reason)) => Some(format!("{}: taken, but it is to be refused: {reason}", vector.name)),
        (Err(error), None) => Some(format!("{}: refused with {error}, but it is good", vector.name)),
    }
}

/// Tells whether two texts are the same JSON.
fn same(first: &[u8], second: &[u8]) -> bool {
    let parsed = |text| serde_json::from_slice::<Value>(text).expect("JSON");
    parsed(first) == parsed(second)
}

#[test]
fn every_vector_has_its_outcome() {
    let vectors = vectors();
    let mut faults: Vec<_> = vectors.documents.iter().filter_map(|vector| fault(vector, &vector.payload)).collect();
    for limit in &vectors.limits {
        let payload = match (&limit.with, limit.times) {
            (Some(with), Some(times)) => {
                let repeated: String = (2..times + 2).map(|n| with.replace('#', &n.to_string())).collect();
                limit.vector.payload.replace('@', &repeated)
            }
            _ => limit.vector.payload.clone(),
        };
        let missing = limit.pad_to.unwrap_or_default().saturating_sub(payload.len());
        faults.extend(fault(&limit.vector, &(payload + &" ".repeat(missing))));
    }
    let tried = vectors.documents.iter().filter(|vector| outcome(&vector.kind, &vector.payload).is_some()).count();
    assert!(tried > 100, "only {tried} vectors are of orders");
    assert!(faults.is_empty(), "{} vectors have another outcome:\n{}", faults.len(), faults.join("\n"));
}
