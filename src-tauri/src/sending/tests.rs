//! Orders that are taken back while they are on their way, and kills in between.

use satchel_order::document::Fields;
use satchel_order::quote;
#[cfg(feature = "practice")]
use satchel_sign::Admin;
use satchel_sign::{Bundle, Containers, Identity, Receipts, ServiceUrl, SigningKey, WrappingKeyEntry};
use satchel_store::{InMemoryKeyring, Table, Vault};
use satchel_sync::{Rejection, Settled};
#[cfg(feature = "practice")]
use satchel_terms::DeviceId;
use satchel_terms::{FirmId, INTEGER_MAX, OrderId, RsaPublicKey, TenantId, Timestamp, V1};
use serde_json::json;

use super::firm::Firm;
use super::items::NotReady;
use super::keys::DeviceKeys;
use super::outbox::{finish, take_back};
use super::records::{self, OutboxRecord};
use crate::catalogue::Catalogue;
use crate::draft::DraftRecord;
use crate::rng;

struct Desk {
    folder: tempfile::TempDir,
    keyring: InMemoryKeyring,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), keyring: InMemoryKeyring::new() }
    }

    fn open(&self) -> Vault {
        let folder = self.folder.path().join("vault");
        if Vault::is_in(&folder).expect("a folder") {
            Vault::open(&folder, &self.keyring, rng()).expect("a vault").0
        } else {
            Vault::create(&folder, &self.keyring, rng()).expect("a vault")
        }
    }
}

fn id() -> OrderId {
    OrderId::make(&mut rng())
}

/// Puts an order into the outbox, with its draft, and returns its id.
fn submitted_order(vault: &mut Vault) -> OrderId {
    let catalogue = Catalogue::built_in().expect("a catalogue");
    let definition = catalogue.services().next().expect("a service");
    let order = id();
    vault.put(Table::Drafts, order, &DraftRecord::new(definition.catalogue.clone(), 1)).expect("put");
    let frozen = json!({
        "catalogue": definition.catalogue, "fields": {}, "files": [], "frozenAt": Timestamp::from_millis(1_000),
        "quote": quote(definition, &Fields::default()).expect("a quote"),
    });
    let frozen = serde_json::from_value(frozen).expect("a frozen order");
    vault.put(Table::Outbox, order, &OutboxRecord::new(frozen, 1)).expect("put");
    order
}

/// Puts an order into the outbox as it is once it is signed and sealed.
fn sealed_order(vault: &mut Vault) -> OrderId {
    let order = submitted_order(vault);
    let sealed = json!({
        "provider": "Example Legal Support", "manifest": "e30.e30.e30", "blobs": [],
        "replyPrivateKey": satchel_terms::KeyBytes::new(zeroize::Zeroizing::new([7; 32])),
    });
    vault.change(Table::Outbox, order, &json!({ "sealed": sealed })).expect("changed");
    order
}

fn drafts(vault: &Vault) -> Vec<OrderId> {
    vault.ids(Table::Drafts).into_iter().filter_map(crate::lists::order).collect()
}

/// A block may be on its way when the order is taken back, and what was sent under an id is never sent again: so the draft has
/// another id, and nothing more is noted of the order.
#[test]
fn an_order_that_was_sealed_is_taken_back_under_another_id_and_its_driver_gets_nowhere() {
    let desk = Desk::new();
    let mut vault = desk.open();
    let order = sealed_order(&mut vault);
    let fresh = id();
    assert_eq!(take_back(&mut vault, order, fresh).ok(), Some(fresh));
    assert_eq!(drafts(&vault), [fresh]);
    let document = "r1/document".parse().expect("a name");
    assert!(records::confirm(&mut vault, order, document, 0).is_err());
    assert!(records::commit(&mut vault, order, document).is_err());
    let received = Settled::Received("e30.e30.e30".to_owned());
    for settled in [received, Settled::Rejected(Rejection::SourceMissing)] {
        assert!(records::settle(&mut vault, order, &settled).is_err());
    }
    for table in [Table::Outbox, Table::Ledger, Table::Orders] {
        assert!(vault.ids(table).is_empty(), "{table:?}");
    }
}

/// Had a kill left the order in the outbox, it would be sent although a draft of it is there to be sent once more.
#[test]
fn an_order_that_was_being_taken_back_when_satchel_was_killed_is_a_draft_once() {
    for written in 0..3 {
        let desk = Desk::new();
        let mut vault = desk.open();
        let (order, fresh) = (sealed_order(&mut vault), id());
        // As take_back writes it, one after the other.
        vault.change(Table::Outbox, order, &OutboxRecord::taken_back(fresh)).expect("changed");
        if written > 0 {
            let draft: DraftRecord = vault.read(Table::Drafts, order).expect("read").expect("a draft");
            vault.put(Table::Drafts, fresh, &draft).expect("put");
        }
        if written > 1 {
            vault.delete(Table::Drafts, order).expect("deleted");
        }
        drop(vault);
        let mut vault = desk.open();
        finish(&mut vault);
        assert_eq!(drafts(&vault), [fresh], "after {written} writes");
        assert!(vault.ids(Table::Outbox).is_empty());
    }
}

#[test]
fn taking_back_that_failed_goes_on_under_the_same_id() {
    let desk = Desk::new();
    let mut vault = desk.open();
    let (order, begun) = (sealed_order(&mut vault), id());
    vault.change(Table::Outbox, order, &OutboxRecord::taken_back(begun)).expect("changed");
    assert_eq!(take_back(&mut vault, order, id()).ok(), Some(begun));
    assert_eq!(drafts(&vault), [begun]);
}

/// The disk may be full between the writes; the driver then asks again.
#[test]
fn keeping_a_received_order_can_be_repeated() {
    let desk = Desk::new();
    let mut vault = desk.open();
    let order = sealed_order(&mut vault);
    records::confirm(&mut vault, order, "r1/document".parse().expect("a name"), 0).expect("confirmed");
    let received = Settled::Received("e30.e30.e30".to_owned());
    records::settle(&mut vault, order, &received).expect("settled");
    records::settle(&mut vault, order, &received).expect("settled again");
    for (table, count) in [(Table::Outbox, 0), (Table::Ledger, 0), (Table::Orders, 1)] {
        assert_eq!(vault.ids(table).len(), count, "{table:?}");
    }
}

/// Has a vault belong to a firm that pins in the app's own folder vouch for, and returns what commands of its admin are made of.
#[cfg(feature = "practice")]
pub(crate) fn bind(vault: &mut Vault, own: &std::path::Path) -> (SigningKey<Admin>, FirmId, DeviceId) {
    let keys = DeviceKeys::of(vault).expect("keys");
    let identity = SigningKey::<Identity>::make(&mut rng()).expect("a key");
    let firm = firm_by(&keys, INTEGER_MAX, &identity);
    firm.keep(vault).expect("it is kept");
    let address = "http://127.0.0.1:9";
    let identity_keys = [identity.public(), keys.signing.public()];
    let pins = json!({"version": 1, "server": address, "identityKeys": identity_keys, "token": address, "onboarding": address});
    std::fs::create_dir_all(own.join("provider")).expect("a folder");
    std::fs::write(own.join("provider/practice.json"), pins.to_string()).expect("pins");
    let admin = SigningKey::from_bytes(&keys.admin.expose()).expect("a key");
    (admin, firm.bundle.statement().firm, keys.device)
}

fn firm(keys: &DeviceKeys, not_after: u64) -> Firm {
    firm_by(keys, not_after, &SigningKey::<Identity>::make(&mut rng()).expect("a key"))
}

fn firm_by(keys: &DeviceKeys, not_after: u64, identity: &SigningKey<Identity>) -> Firm {
    let address = |text: &str| ServiceUrl::try_from(text.to_owned()).expect("an address");
    let tenant: TenantId = "5d0f7c1e-93a4-4b60-8e2b-1c7f3a905d68".parse().expect("a tenant");
    // Whoever wraps asks no more of a key than its size.
    let wrapping = WrappingKeyEntry {
        key_id: address("https://keys.example.com/keys/firm/1"),
        key: RsaPublicKey::new(vec![0xFF; 256], &[1, 0, 1]).expect("a key"),
    };
    let bundle = Bundle {
        version: V1,
        provider: "Example Legal Support".to_owned(),
        firm: FirmId::make(&mut rng()),
        firm_name: "Hartwell & Ames LLP".to_owned(),
        tenant,
        containers: Containers { sealed: "sealed-1".to_owned(), live: "live-1".to_owned() },
        blob_endpoint: address("https://blobs.example.com"),
        checkout_origin: address("https://pay.example.com"),
        wrapping_keys: vec![wrapping],
        admin_fingerprint: keys.admin.public().thumbprint(),
        receipt_keys: vec![SigningKey::<Receipts>::make(&mut rng()).expect("a key").public().clone()],
        operators: Vec::new(),
        sequence: 1,
        issued_at: Timestamp::from_millis(0),
        not_after: Timestamp::try_from(not_after).expect("a time"),
    };
    let bundle = identity.sign(bundle).expect("signed");
    Firm::begin(bundle, keys, None, Timestamp::from_millis(0)).expect("a firm")
}

/// A server that withholds newer keys must not have orders sealed to ones that may have been given up long ago.
#[test]
fn keys_whose_time_is_over_seal_nothing_new() {
    let desk = Desk::new();
    let mut vault = desk.open();
    let keys = DeviceKeys::of(&mut vault).expect("keys");
    let order = submitted_order(&mut vault);
    for (not_after, sealed) in [(1, false), (INTEGER_MAX, true)] {
        let waiting = super::items::sealed(&mut vault, &keys, &firm(&keys, not_after));
        assert_eq!(waiting.ready.len(), usize::from(sealed));
        assert_eq!(waiting.not_ready.get(&order).copied(), (!sealed).then_some(NotReady::KeysEnded));
        let record: OutboxRecord = vault.read(Table::Outbox, order).expect("read").expect("an order");
        assert_eq!(record.sealed.is_some(), sealed);
    }
    // What was sealed in time is still sent.
    assert_eq!(super::items::sealed(&mut vault, &keys, &firm(&keys, 1)).ready.len(), 1);
}

/// An order that waits without a word would wait for ever. One that cannot be sealed holds up no other.
#[test]
fn an_order_that_cannot_be_sealed_says_why_and_holds_up_no_other() {
    let desk = Desk::new();
    let mut vault = desk.open();
    let keys = DeviceKeys::of(&mut vault).expect("keys");
    let (lacking, whole) = (submitted_order(&mut vault), submitted_order(&mut vault));
    vault.change(Table::Outbox, lacking, &json!({ "frozen": { "files": ["0".repeat(32)] } })).expect("changed");
    let waiting = super::items::sealed(&mut vault, &keys, &firm(&keys, INTEGER_MAX));
    assert_eq!(waiting.ready.iter().map(|item| item.id().order).collect::<Vec<_>>(), [whole]);
    assert_eq!(waiting.not_ready.into_iter().collect::<Vec<_>>(), [(lacking, NotReady::FileMissing)]);
}

#[test]
fn an_order_that_is_being_taken_back_is_not_sent() {
    let desk = Desk::new();
    let mut vault = desk.open();
    let keys = DeviceKeys::of(&mut vault).expect("keys");
    let order = submitted_order(&mut vault);
    vault.change(Table::Outbox, order, &OutboxRecord::taken_back(id())).expect("changed");
    assert!(super::items::sealed(&mut vault, &keys, &firm(&keys, INTEGER_MAX)).ready.is_empty());
}
