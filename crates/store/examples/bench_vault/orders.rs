//! Invented orders for the measurements: the same bytes for Satchel and for its peer, from nothing but their numbers.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const WORDS: &[&str] = &[
    "records",
    "custodian",
    "subpoena",
    "deposition",
    "radiology",
    "billing",
    "employment",
    "authorization",
    "incident",
    "premises",
    "witness",
    "counsel",
    "exhibit",
    "certified",
    "copies",
    "court",
    "filing",
    "service",
    "party",
    "claim",
    "carrier",
    "schedule",
];
const SERVICES: &[&str] =
    &["Records retrieval", "Subpoena", "Service of process", "Court filing", "Deposition", "Messenger"];

/// Numbers that look random and are the same at each run (`SplitMix64`).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        let position = usize::try_from(self.below(words.len() as u64)).unwrap_or_default();
        words.get(position).copied().unwrap_or_default()
    }

    pub(crate) fn text(&mut self, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 16);
        while text.len() < bytes {
            text.push_str(self.one_of(WORDS));
            text.push(if self.below(12) == 0 { '\n' } else { ' ' });
        }
        text
    }
}

/// Returns the id of an order.
pub(crate) fn id(number: u64) -> [u8; 16] {
    let mut numbers = Numbers(number);
    let mut id = [0; 16];
    let bytes = numbers.next().to_be_bytes().into_iter().chain(numbers.next().to_be_bytes());
    id.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
    id
}

/// Returns an order as a form fills it in.
pub(crate) fn order(number: u64, revision: u64) -> Value {
    let mut numbers = Numbers(number.wrapping_mul(31).wrapping_add(revision));
    let (claimant, carrier) = (numbers.below(90_000), numbers.below(900));
    let sections: Vec<Value> = (0..6)
        .map(|section| json!({ "section": section, "answer": numbers.text(180), "instructions": numbers.text(1_050) }))
        .collect();
    json!({
        "state": "draft",
        "number": format!("SAT-{number:08}"),
        "service": numbers.one_of(SERVICES),
        "caption": format!("Example claimant {claimant} v. Example carrier {carrier}, Superior Court, department {}", carrier % 40),
        "subject": format!("Sample subject {claimant}, {}", numbers.text(20)),
        "clientMatter": format!("{:05}-{:04}", claimant, carrier),
        "due": format!("2026-{:02}-{:02}", 1 + carrier % 12, 1 + claimant % 28),
        "toFinish": numbers.below(9),
        "files": numbers.below(4),
        "amountCents": 4_500 + numbers.below(100_000),
        "changedAtMs": 1_790_000_000_000_u64 + number,
        "fields": sections,
        "remarks": numbers.text(400),
    })
}

/// An order as a list holds it: what a summary says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    state: String,
    number: Option<String>,
    service: String,
    caption: String,
    subject: Option<String>,
    client_matter: Option<String>,
    due: Option<String>,
    to_finish: usize,
    files: usize,
    amount_cents: Option<u64>,
    changed_at_ms: u64,
    discarded_at_ms: Option<u64>,
    #[serde(default)]
    attaching: bool,
    #[serde(default)]
    heard: bool,
}

/// Makes the summary of an order from its JSON.
pub(crate) fn summary(json: &[u8]) -> Option<Vec<u8>> {
    let row: Row = serde_json::from_slice(json).ok()?;
    serde_json::to_vec(&row).ok()
}

/// Reads a summary, as a list does before it shows it.
pub(crate) fn row(summary: &[u8]) -> Option<Row> {
    serde_json::from_slice(summary).ok()
}
