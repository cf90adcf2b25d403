//! The firm locks and erases a computer, and removes what is over: by commands that its admin key signed, and by retention.

use std::ops::ControlFlow;
use std::sync::Arc;

use base64::Engine as _;
use satchel_practice::Clock;
use satchel_seal::ChosenPassphrase;
use satchel_sign::{Admin, DeviceAction, DeviceCommand, SigningKey, WorkStatus};
use satchel_store::{ExportKeys, ExportScope, ExportStamp, Keyring as _, KeyringError, Table, Vault};
use satchel_terms::{DeviceId, FirmId, KeyBytes, Timestamp, V1, VaultId};
use serde_json::{Value, json};
use tauri::async_runtime::block_on;

use crate::files::settled;
use crate::provider::{Provider, until};
use crate::received::count;
use crate::sending::complete;
use crate::window::{Desk, Running};

const PASSPHRASE: &str = "seven quiet herons at dusk";

fn rng() -> rand_core::UnwrapErr<getrandom::SysRng> {
    rand_core::UnwrapErr(getrandom::SysRng)
}

fn code(answer: Result<Value, Value>) -> Value {
    answer.map_or_else(|error| error["code"].clone(), |value| panic!("answered {value}"))
}

fn now() -> u64 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()
}

fn time(seconds: u64) -> Timestamp {
    Timestamp::try_from(seconds).unwrap()
}

/// The firm of a desk, as its admin holds it.
struct Admins {
    key: SigningKey<Admin>,
    firm: FirmId,
    device: DeviceId,
}

impl Admins {
    /// Reads them from the vault of a desk whose Satchel is closed: the firm's first computer is its admin's.
    fn of(desk: &Desk) -> Self {
        let (mut vault, _) = Vault::open(&desk.vault(), &*desk.keyring, rng()).unwrap();
        let mut record = |table: Table, member: &str| -> Value {
            let ids = vault.ids(table);
            let mut records = ids.into_iter().map(|id| vault.read::<Value>(table, id).unwrap().unwrap());
            records.find(|record| record.get(member).is_some()).unwrap()
        };
        let keys = record(Table::Keys, "adminKey");
        let firm = record(Table::Settings, "rosters");
        let key: KeyBytes = serde_json::from_value(keys["adminKey"].clone()).unwrap();
        let payload = firm["rosters"][0].as_str().unwrap().split('.').nth(1).unwrap().to_owned();
        let roster: Value =
            serde_json::from_slice(&base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        vault.close();
        Self {
            key: SigningKey::from_bytes(key.expose()).unwrap(),
            firm: roster["firm"].as_str().unwrap().parse().unwrap(),
            device: keys["device"].as_str().unwrap().parse().unwrap(),
        }
    }

    fn command(&self, action: DeviceAction) -> DeviceCommand {
        DeviceCommand {
            version: V1,
            firm: self.firm,
            device: self.device,
            action,
            recovery_confirmed_at: (action == DeviceAction::Erase).then(|| time(now() - 60)),
            issued_at: time(now() - 30),
            not_after: time(now() + 3_600),
        }
    }

    fn signed(&self, command: DeviceCommand) -> String {
        self.key.sign(command).unwrap().compact().to_owned()
    }
}

fn vault_id(desk: &Desk) -> VaultId {
    Vault::open(&desk.vault(), &*desk.keyring, rng()).unwrap().0.id()
}

fn command(desk: &Desk, compacts: &[String]) {
    desk.set_policy(&json!({ "DeviceCommands": compacts })).unwrap();
}

/// A desk whose vault belongs to a firm and holds a draft, with the provider that it was bound at.
fn bound() -> (Desk, Provider, Admins) {
    let desk = Desk::new().unwrap();
    let provider = Provider::start(&desk).unwrap();
    let satchel = desk.start().unwrap();
    satchel.draft().unwrap();
    until("the firm to be known", || satchel.ask("connection", json!({})).unwrap()["is"] == json!("bound"));
    drop(satchel);
    let admins = Admins::of(&desk);
    (desk, provider, admins)
}

fn open(desk: &Desk) -> (Running, Result<Value, Value>) {
    let satchel = desk.start().unwrap();
    let opened = satchel.ask("open_vault", json!({}));
    (satchel, opened)
}

#[test]
fn a_locked_computer_opens_again_once_the_lock_is_lifted() {
    let (desk, _provider, admins) = bound();
    command(&desk, &[admins.signed(admins.command(DeviceAction::Lock))]);
    for _ in 0..2 {
        let (satchel, opened) = open(&desk);
        assert_eq!(code(opened), "revoked");
        assert_eq!(code(satchel.ask("counts", json!({}))), "passphrase_needed", "nothing is answered");
        assert!(desk.vault().join("journal.satchel").exists(), "nothing is erased");
    }
    desk.set_policy(&json!({})).unwrap();
    let (satchel, opened) = open(&desk);
    opened.unwrap();
    assert_eq!(satchel.orders("drafts").unwrap().len(), 1);
}

#[test]
fn an_erased_computer_holds_nothing_and_reports_it() {
    let (desk, _provider, admins) = bound();
    let id = vault_id(&desk);
    command(
        &desk,
        &[admins.signed(admins.command(DeviceAction::Lock)), admins.signed(admins.command(DeviceAction::Erase))],
    );
    let (satchel, opened) = open(&desk);
    assert_eq!(code(opened), "revoked");
    assert!(!desk.vault().exists(), "the vault is gone");
    assert!(matches!(desk.keyring.delete(id), Err(KeyringError::NoEntry)), "and so is its key");
    let report: Value = serde_json::from_slice(&std::fs::read(desk.path().join("erased.json")).unwrap()).unwrap();
    assert_eq!((&report["isComplete"], &report["keyringEntry"]), (&json!(true), &json!("gone")), "{report}");
    assert_eq!(code(satchel.ask("open_vault", json!({}))), "revoked", "no new vault is made behind the user's back");
    assert_eq!(code(satchel.ask("unlock_vault", json!({"passphrase": null}))), "revoked");
    assert!(!desk.vault().exists());
    drop(satchel);
    // Started again, the computer is like a new one; the command was for the device that it is no more.
    let (satchel, opened) = open(&desk);
    opened.unwrap();
    assert_eq!(satchel.orders("drafts").unwrap().len(), 0);
}

#[test]
fn what_the_firm_did_not_sign_for_this_device_and_time_is_not_obeyed() {
    let (desk, _provider, admins) = bound();
    let erase = || admins.command(DeviceAction::Erase);
    let stranger = SigningKey::<Admin>::make(&mut rng()).unwrap();
    let right = admins.signed(erase());
    let (head, signature) = right.rsplit_once('.').unwrap();
    let mut flipped = signature.to_owned().into_bytes();
    flipped[10] ^= 1;
    let commands = [
        stranger.sign(erase()).unwrap().compact().to_owned(),
        admins.signed(DeviceCommand { device: DeviceId::make(&mut rng()), ..erase() }),
        admins.signed(DeviceCommand { firm: FirmId::make(&mut rng()), ..erase() }),
        admins.signed(DeviceCommand { issued_at: time(now() + 600), ..erase() }),
        admins.signed(DeviceCommand {
            issued_at: time(now() - 600),
            recovery_confirmed_at: Some(time(now() - 900)),
            not_after: time(now() - 1),
            ..erase()
        }),
        format!("{head}.{}", String::from_utf8_lossy(&flipped)),
        head.to_owned(),
        "not a command".to_owned(),
    ];
    command(&desk, &commands);
    let (satchel, opened) = open(&desk);
    opened.unwrap();
    assert_eq!(satchel.orders("drafts").unwrap().len(), 1);
}

#[test]
fn a_computer_that_belongs_to_no_firm_obeys_nobody() {
    let (other, _provider, admins) = bound();
    drop(other);
    let desk = Desk::new().unwrap();
    drop(desk.start().unwrap().draft().unwrap());
    command(&desk, &[admins.signed(admins.command(DeviceAction::Erase))]);
    open(&desk).1.unwrap();
}

/// A kill in the middle of erasing leaves the mark; whoever starts Satchel then has it gone on with.
#[test]
fn an_erasure_that_was_cut_off_is_gone_on_with() {
    let (desk, _provider, _) = bound();
    let keys = desk.vault().join("vault.keys");
    let id = vault_id(&desk);
    std::fs::write(desk.vault().join("vault.erasing"), format!("{id}\n")).unwrap();
    std::fs::remove_file(keys).unwrap();
    assert_eq!(code(open(&desk).1), "revoked");
    assert!(!desk.vault().exists());
    assert!(matches!(desk.keyring.delete(id), Err(KeyringError::NoEntry)));
}

/// A clock that is two days behind.
#[derive(Debug)]
struct TwoDaysAgo;

impl Clock for TwoDaysAgo {
    fn now(&self) -> Timestamp {
        time(now() - 2 * 24 * 60 * 60)
    }
}

#[test]
fn orders_that_are_over_are_removed_after_the_days_unless_they_are_held() {
    let desk = Desk::new().unwrap();
    let provider = Provider::start_with(&desk, Arc::new(TwoDaysAgo)).unwrap();
    let satchel = desk.start().unwrap();
    let order = complete(&satchel).unwrap();
    let paper = desk.path().join("paper.pdf");
    std::fs::write(&paper, [7; 1_000]).unwrap();
    desk.pick(&satchel, &order, &[&paper]).unwrap();
    settled(&satchel, &order).unwrap();
    satchel.ask("submit_draft", json!({"order": order})).unwrap();
    until("the order to be received", || count(&satchel, "active") == json!(1));
    let again = |policy: Value| {
        desk.set_policy(&policy).unwrap();
        satchel.ask("lock_vault", json!({})).unwrap();
        satchel.ask("unlock_vault", json!({"passphrase": null})).unwrap();
    };
    let files = || std::fs::read_dir(desk.vault().join("attachments")).map_or(0, Iterator::count);
    again(json!({"LocalRetentionDays": 1}));
    assert_eq!(count(&satchel, "active"), json!(1), "an order that goes on is never removed");
    let status = |status| {
        block_on(provider.operator().unwrap().status(order.parse().unwrap(), status, &mut rng())).unwrap();
        satchel.ask("check_order", json!({"order": order})).unwrap();
    };
    status(WorkStatus::Completed);
    again(json!({"LocalRetentionDays": 1}));
    assert_eq!(count(&satchel, "completed"), json!(1), "it is to be paid for yet");
    status(WorkStatus::Cancelled);
    for kept in [
        json!({}),
        json!({"LocalRetentionDays": 3}),
        json!({"LocalRetentionDays": 0}),
        json!({"LocalRetentionDays": 1, "LegalHold": true}),
        json!({"LocalRetentionDays": 1, "LegalHoldMatters": ["10452-003"]}),
    ] {
        again(kept.clone());
        assert_eq!((count(&satchel, "completed"), files()), (json!(1), 1), "{kept}");
    }
    again(json!({"LocalRetentionDays": 1}));
    assert_eq!((count(&satchel, "completed"), files()), (json!(0), 0));
    let left = ["drafts", "outbox", "active"].map(|list| count(&satchel, list));
    assert_eq!(left, [json!(0), json!(0), json!(0)], "nor is it a draft again, which could be ordered a second time");
    let policy = satchel.ask("policy", json!({})).unwrap();
    assert_eq!(policy["removed"], json!(1), "{policy}");
    assert!(policy["removedAtMs"].is_u64());
    drop(satchel);
    let satchel = desk.start().unwrap();
    satchel.ask("open_vault", json!({})).unwrap();
    assert_eq!(count(&satchel, "completed"), json!(0), "it does not come back");
}

/// The keys of its device are those of the computer that is to be erased; what the firm recovered is not.
#[test]
fn a_vault_that_was_restored_is_locked_where_its_computer_is_to_be_erased() {
    let (desk, _provider, admins) = bound();
    let file = desk.path().join("copy.satchel");
    {
        let (vault, _) = Vault::open(&desk.vault(), &*desk.keyring, rng()).unwrap();
        let passphrase = ChosenPassphrase::new(PASSPHRASE).unwrap();
        let keys = ExportKeys { passphrase: Some(&passphrase), recovery_words: None };
        let stamp = ExportStamp { made_at: time(now()), satchel: "0.1.0" };
        let export = vault.begin_export(ExportScope::Vault).unwrap();
        export.write(&file, &keys, &stamp, &mut rng(), &mut |_| ControlFlow::Continue(())).unwrap();
    }
    let other = Desk::new().unwrap();
    let satchel = other.start().unwrap();
    satchel.ask("open_vault", json!({})).unwrap();
    other.answer(&file).unwrap();
    satchel.ask("pick_import", json!({})).unwrap();
    satchel.ask("open_import", json!({"passphrase": PASSPHRASE, "words": null})).unwrap();
    // The provider's pins, by which the command is verified.
    std::fs::create_dir(other.path().join("provider")).unwrap();
    let pins = "provider/practice.json";
    std::fs::copy(desk.path().join(pins), other.path().join(pins)).unwrap();
    command(&other, &[admins.signed(admins.command(DeviceAction::Erase))]);
    assert_eq!(code(satchel.ask("restore_vault", json!({"passphrase": null}))), "revoked");
    assert_eq!(
        satchel.ask("vault_state", json!({})).unwrap()["state"],
        json!("locked"),
        "the page shows that it is shut"
    );
    assert_eq!(code(satchel.ask("unlock_vault", json!({"passphrase": null}))), "revoked");
    drop(satchel);
    for _ in 0..2 {
        assert_eq!(code(open(&other).1), "revoked");
        assert!(other.vault().join("journal.satchel").exists(), "it is not erased");
    }
    other.set_policy(&json!({})).unwrap();
    let (satchel, opened) = open(&other);
    opened.unwrap();
    satchel.ask("confirm_restored", json!({})).unwrap();
    drop(satchel);
    // Whoever looked at it did not make it the computer that is meant.
    command(&other, &[admins.signed(admins.command(DeviceAction::Erase))]);
    assert_eq!(code(open(&other).1), "revoked");
    assert!(other.vault().join("journal.satchel").exists());
}
