//! A client firm: its admin, devices, roster, bundle and people.

use std::path::PathBuf;

use satchel_seal::{WorkspaceKey, WrappingKey};
use satchel_server::Firm;
use satchel_sign::{
    Admin, Bundle, Containers, Device, Identity, Role, Roster, RosterDevice, ServiceUrl, Signed, SigningKey,
    WorkspaceKeyCheck, WrappingKeyEntry,
};
use satchel_terms::{DeviceId, EcPublicKey, FirmId, PersonId, RsaPublicKey, TenantId, V1};
use serde_json::{Value, json};

use super::{Claims, NOW, rng, time};

pub(crate) const WRAPPING_KEY_ID: &str = "https://vault.example/keys/firm/1";

pub(crate) fn key<R: Role>() -> SigningKey<R> {
    SigningKey::make(&mut rng()).expect("a key")
}

/// A public RSA key of the vectors.
fn rsa() -> RsaPublicKey {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/statements.json");
    let vectors: Value = serde_json::from_slice(&std::fs::read(path).expect("the vectors")).expect("JSON");
    let documents = vectors["documents"].as_array().expect("a list");
    let bundle = documents.iter().find(|document| document["name"] == "bundle: one of each").expect("it is there");
    let payload: Value = serde_json::from_str(bundle["payload"].as_str().expect("a text")).expect("JSON");
    serde_json::from_value(payload["wrappingKeys"][0]["key"].clone()).expect("a key")
}

/// A firm with a device that sends orders, an approver, and a device that was revoked.
pub(crate) struct TestFirm {
    pub(crate) id: FirmId,
    pub(crate) tenant: TenantId,
    pub(crate) person: PersonId,
    pub(crate) admin: SigningKey<Admin>,
    pub(crate) devices: Vec<(DeviceId, SigningKey<Device>)>,
    pub(crate) workspace_key: WorkspaceKey,
    pub(crate) wrapping_key: WrappingKey,
    pub(crate) roster: Roster,
    pub(crate) bundle: Signed<Bundle>,
    /// When the tokens of its people end.
    pub(crate) tokens_end: u64,
}

pub(crate) const DEVICE: usize = 0;
pub(crate) const APPROVER: usize = 1;
pub(crate) const REVOKED: usize = 2;

impl TestFirm {
    pub(crate) fn make(number: u32, identity: &SigningKey<Identity>, receipt_key: &EcPublicKey) -> Self {
        let id = FirmId::make(&mut rng());
        let (admin, recovery) = (key::<Admin>(), key::<Device>());
        let tenant: TenantId = DeviceId::make(&mut rng()).to_string().parse().expect("an id");
        let person: PersonId = DeviceId::make(&mut rng()).to_string().parse().expect("an id");
        let devices: Vec<_> = (0..3).map(|_| (DeviceId::make(&mut rng()), key::<Device>())).collect();
        let workspace_key = WorkspaceKey::make(1, &mut rng());
        let mut listed: Vec<_> = devices.iter().map(|(id, key)| listed(*id, key)).collect();
        listed[REVOKED].revoked_at = Some(time(2));
        let roster = Roster {
            version: V1,
            firm: id,
            number: 1.try_into().expect("from 1"),
            previous: None,
            issued_at: time(1),
            admin_key: admin.public().clone(),
            approvers: vec![devices[APPROVER].0],
            recovery_key: recovery.public().clone(),
            workspace_keys: vec![WorkspaceKeyCheck {
                number: 1.try_into().expect("from 1"),
                check: workspace_key.check(id).expect("a check"),
            }],
            devices: listed,
        };
        let bundle = identity.sign(bundle(number, id, tenant, &admin, receipt_key)).expect("a bundle");
        let wrapping_key = WrappingKey::new(WRAPPING_KEY_ID.to_owned(), &rsa()).expect("a key");
        Self {
            id,
            tenant,
            person,
            admin,
            devices,
            workspace_key,
            wrapping_key,
            roster,
            bundle,
            tokens_end: NOW + 3_600,
        }
    }

    pub(crate) fn firm(&self) -> Firm {
        Firm::new(self.bundle.clone()).expect("a firm")
    }

    /// The firm's first roster, signed by its admin.
    pub(crate) fn first_roster(&self) -> Signed<Roster> {
        self.admin.sign(self.roster.clone()).expect("a roster")
    }

    /// The roster after `before`, changed and not signed yet.
    pub(crate) fn next_roster(&self, before: &Signed<Roster>, change: impl FnOnce(&mut Roster)) -> Roster {
        let mut next = before.statement().clone();
        next.number = next.number.checked_add(1).expect("a number");
        next.previous = Some(before.hash());
        change(&mut next);
        next
    }

    /// A token with these roles.
    pub(crate) fn token(&self, roles: &[&str]) -> String {
        Claims::of(self, roles).with("exp", json!(self.tokens_end)).signed()
    }

    /// A token of somebody who may do everything.
    pub(crate) fn staff(&self) -> String {
        self.token(&["orderer", "approver", "firm-admin"])
    }
}

/// A device as a roster lists it.
pub(crate) fn listed(device: DeviceId, signing_key: &SigningKey<Device>) -> RosterDevice {
    RosterDevice {
        device,
        member: None,
        signing_key: signing_key.public().clone(),
        hpke_key: key::<Device>().public().clone(),
        admitted_at: time(1),
        revoked_at: None,
    }
}

fn bundle(number: u32, firm: FirmId, tenant: TenantId, admin: &SigningKey<Admin>, receipt_key: &EcPublicKey) -> Bundle {
    let url = |text: &str| ServiceUrl::try_from(text.to_owned()).expect("an address");
    Bundle {
        version: V1,
        provider: "Example Legal Support".to_owned(),
        firm,
        firm_name: "Hartwell & Ames LLP".to_owned(),
        tenant,
        containers: Containers { sealed: format!("firm-{number}-sealed"), live: format!("firm-{number}-live") },
        blob_endpoint: url("http://127.0.0.1:4870"),
        checkout_origin: url("https://pay.example"),
        wrapping_keys: vec![WrappingKeyEntry { key_id: url(WRAPPING_KEY_ID), key: rsa() }],
        admin_fingerprint: admin.public().thumbprint(),
        receipt_keys: vec![receipt_key.clone()],
        operators: Vec::new(),
        sequence: 1,
        issued_at: time(1),
        not_after: time(2_000_000_000),
    }
}
