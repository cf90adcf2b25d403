//! Rules between statements: rosters, logs, receipts, bundles.

use satchel_sign::{
    Bundle, Edges, FirmRoster, LogChain, LogRefused, Manifest, OperatorKey, ReceiptRefused, Roster, RosterRefused,
    Signed, Statement, verify_receipt,
};
use satchel_terms::{EcPublicKey, FirmId, Thumbprint, Timestamp};
use serde::Deserialize;

use crate::vectors::{Faults, Key, keys, list};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RosterVector {
    name: String,
    admin_fingerprint: Thumbprint,
    rosters: Vec<String>,
    refused: Option<String>,
}

/// The firm of the vectors, read from the first roster that verifies.
fn firm() -> FirmId {
    let chains = list::<RosterVector>("statements.json", "rosterChains");
    let first = chains.iter().find(|chain| chain.refused.is_none()).expect("one chain is good");
    let payload = first.rosters[0].split('.').nth(1).expect("a payload");
    let payload = base64_url(payload);
    Roster::from_payload(&payload).expect("a roster").firm
}

fn base64_url(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

fn walk(chain: &RosterVector, firm: FirmId) -> Result<(), RosterRefused> {
    let mut rosters = chain.rosters.iter();
    let first = rosters.next().expect("a chain has a first roster");
    let mut known = FirmRoster::first(first, firm, chain.admin_fingerprint)?;
    for roster in rosters {
        known = known.next(roster)?;
    }
    Ok(())
}

#[test]
fn rosters_follow_each_other_or_are_refused() {
    let mut faults = Faults::default();
    let firm = firm();
    for chain in list::<RosterVector>("statements.json", "rosterChains") {
        faults.note(&chain.name, chain.refused.as_deref(), &walk(&chain, firm));
    }
    faults.none();
}

#[test]
fn a_roster_of_another_firm_is_refused() {
    let chains = list::<RosterVector>("statements.json", "rosterChains");
    let good = chains.iter().find(|chain| chain.refused.is_none()).expect("one chain is good");
    let other = "0d9f0a4e-2b7c-4f5d-8a31-6c1f2e3d4b5a".parse().expect("an id");
    assert_eq!(walk(good, other), Err(RosterRefused::NotNext));
}

#[derive(Deserialize)]
struct LogVector {
    name: String,
    manifest: String,
    operators: Vec<OperatorKey>,
    entries: Vec<String>,
    refused: Option<String>,
}

/// Verifies a manifest of the vectors under whichever of their keys signed it.
fn manifest(compact: &str) -> Signed<Manifest> {
    let keys = keys("statements.json");
    Signed::verify(compact, keys.values().map(|key: &Key| &key.jwk)).expect("the manifest is good")
}

fn replay(log: &LogVector, operators: &[OperatorKey]) -> Result<(), LogRefused> {
    let mut chain = LogChain::start(&manifest(&log.manifest))?;
    for entry in &log.entries {
        chain.append(entry, operators)?;
    }
    Ok(())
}

#[test]
fn log_entries_follow_each_other_or_are_refused() {
    let mut faults = Faults::default();
    for log in list::<LogVector>("statements.json", "logChains") {
        faults.note(&log.name, log.refused.as_deref(), &replay(&log, &log.operators));
    }
    faults.none();
}

#[test]
fn an_operator_whose_time_is_over_signs_nothing_more() {
    let logs = list::<LogVector>("statements.json", "logChains");
    let good = logs.iter().find(|log| log.refused.is_none() && !log.entries.is_empty()).expect("one log is good");
    let end = Timestamp::try_from(1).expect("a time");
    let over = |operator: &OperatorKey| OperatorKey { not_before: end, not_after: Some(end), ..operator.clone() };
    let operators: Vec<_> = good.operators.iter().map(over).collect();
    assert_eq!(replay(good, &operators), Err(LogRefused::OperatorTime));
}

#[test]
fn a_refused_entry_leaves_the_chain_where_it_was() {
    let logs = list::<LogVector>("statements.json", "logChains");
    let good = logs.iter().find(|log| log.refused.is_none() && log.entries.len() > 2).expect("one log is long");
    let mut chain = LogChain::start(&manifest(&good.manifest)).expect("it starts");
    assert_eq!(chain.append(&good.entries[1], &good.operators).err(), Some(LogRefused::NotNext));
    assert!(chain.append(&good.entries[0], &good.operators).is_ok());
    assert_eq!(chain.append(&good.entries[0], &good.operators).err(), Some(LogRefused::NotNext));
    assert!(chain.append(&good.entries[1], &good.operators).is_ok());
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReceiptVector {
    name: String,
    manifest: String,
    receipt: String,
    receipt_keys: Vec<EcPublicKey>,
    refused: Option<String>,
}

#[test]
fn a_receipt_counts_for_its_manifest_only() {
    let mut faults = Faults::default();
    let vectors = list::<ReceiptVector>("statements.json", "receipts");
    for vector in &vectors {
        let outcome = verify_receipt(&vector.receipt, &vector.receipt_keys, &manifest(&vector.manifest));
        faults.note(&vector.name, vector.refused.as_deref(), &outcome);
    }
    faults.none();
    let mut good = vectors.iter().filter(|vector| vector.refused.is_none());
    let (first, second) = (good.next().expect("a good one"), good.next().expect("another"));
    let crossed = verify_receipt(&first.receipt, &first.receipt_keys, &manifest(&second.manifest));
    assert_eq!(crossed.err(), Some(ReceiptRefused::OtherOrder));
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BundleVector {
    name: String,
    last_compact: Option<String>,
    compact: String,
    now: Timestamp,
    refused: Option<String>,
}

#[test]
fn bundles_replace_each_other_forwards_only() {
    let mut faults = Faults::default();
    let keys = keys("statements.json");
    let identity: Vec<_> = keys.iter().filter(|(name, _)| name.contains("identity")).map(|(_, key)| &key.jwk).collect();
    assert_eq!(identity.len(), 2, "the vectors have an active and a spare identity key");
    for vector in list::<BundleVector>("statements.json", "bundles") {
        let last = vector.last_compact.as_ref().map(|compact| {
            Signed::<Bundle>::verify(compact, identity.iter().copied()).expect("the last bundle is good")
        });
        let outcome =
            Signed::accept(&vector.compact, identity.iter().copied(), last.as_ref(), vector.now, Edges::Production);
        faults.note(&vector.name, vector.refused.as_deref(), &outcome);
    }
    faults.none();
}
