//! What the organization sets is done: at the first run, when the vault opens, and for what is deleted.

use std::os::unix::fs::PermissionsExt as _;

use satchel_store::{Secret, Vault, Way};
use serde_json::{Value, json};

use crate::files::settled;
use crate::window::{Desk, Running};

const PASSPHRASE: &str = "seven quiet herons at dusk";
const FIRM: &str = "0d9f0a4e-2b7c-4f5d-8a31-6c1f2e3d4b5a";

fn code(answer: Result<Value, Value>) -> Value {
    answer.map_or_else(|error| error["code"].clone(), |value| panic!("answered {value}"))
}

fn rng() -> rand_core::UnwrapErr<getrandom::SysRng> {
    rand_core::UnwrapErr(getrandom::SysRng)
}

/// Makes a draft with a client-matter number, in the trash.
fn discarded(satchel: &Running, matter: &str) -> String {
    let order = satchel.draft().unwrap();
    let entry = json!({"is": "text", "text": matter});
    satchel.ask("save_answer", json!({"order": order, "path": "references.client_matter", "entry": entry})).unwrap();
    satchel.ask("discard_draft", json!({"order": order})).unwrap();
    order
}

fn trash(satchel: &Running) -> usize {
    satchel.orders("trash").unwrap().len()
}

#[test]
fn where_a_passphrase_is_asked_for_no_vault_is_made_without_one() {
    let desk = Desk::new().unwrap();
    desk.set_policy(&json!({"RequirePassphrase": true})).unwrap();
    let satchel = desk.start().unwrap();
    assert_eq!(code(satchel.ask("open_vault", json!({}))), "passphrase_asked");
    assert!(!Vault::is_in(&desk.vault()).unwrap(), "nothing was made");
    satchel.ask("create_vault", json!({"passphrase": PASSPHRASE})).unwrap();
    let remove = satchel.ask("remove_passphrase", json!({"current": PASSPHRASE}));
    assert_eq!(code(remove), "passphrase_asked");
    satchel.ask("lock_vault", json!({})).unwrap();
    satchel.ask("unlock_vault", json!({"passphrase": PASSPHRASE})).unwrap();
}

#[test]
fn a_vault_without_the_passphrase_that_is_asked_for_opens_and_says_so() {
    let desk = Desk::new().unwrap();
    drop(desk.start().unwrap().draft().unwrap());
    desk.set_policy(&json!({"RequirePassphrase": true})).unwrap();
    let satchel = desk.start().unwrap();
    let opened = satchel.ask("open_vault", json!({})).unwrap();
    let says =
        opened["findings"].as_array().unwrap().iter().any(|finding| finding.as_str().unwrap().contains("passphrase"));
    assert!(says, "{opened}");
    assert_eq!(satchel.orders("drafts").unwrap().len(), 1);
}

#[test]
fn the_vault_locks_no_later_than_the_organization_says() {
    let desk = Desk::new().unwrap();
    desk.set_policy(&json!({"IdleLockMinutes": 5})).unwrap();
    let satchel = desk.start().unwrap();
    satchel.ask("open_vault", json!({})).unwrap();
    let settings = || satchel.ask("lock_settings", json!({})).unwrap();
    let limited = settings();
    assert_eq!(
        (&limited["minutes"], &limited["minutesMax"], &limited["managed"]),
        (&json!(5), &json!(5), &json!(true))
    );
    satchel.ask("set_lock_minutes", json!({"minutes": 30})).unwrap();
    assert_eq!(settings()["minutes"], json!(5));
    satchel.ask("set_lock_minutes", json!({"minutes": 2})).unwrap();
    assert_eq!(settings()["minutes"], json!(2), "sooner is allowed");
    // Loosened again, the user's own choice holds.
    desk.set_policy(&json!({})).unwrap();
    satchel.ask("lock_vault", json!({})).unwrap();
    satchel.ask("unlock_vault", json!({"passphrase": null})).unwrap();
    assert_eq!((&settings()["minutes"], &settings()["managed"]), (&json!(2), &json!(false)));
}

#[test]
fn no_more_is_attached_than_the_vault_may_hold_and_what_is_typed_is_kept() {
    let desk = Desk::new().unwrap();
    desk.set_policy(&json!({"VaultMaxMegabytes": 100})).unwrap();
    let satchel = desk.start().unwrap();
    let order = satchel.draft().unwrap();
    let (large, small) = (desk.path().join("large.pdf"), desk.path().join("small.pdf"));
    std::fs::File::create(&large).unwrap().set_len(100_000_000).unwrap();
    std::fs::write(&small, [7; 1_000]).unwrap();
    let refused = desk.pick(&satchel, &order, &[&small, &large]).unwrap_err();
    assert_eq!(refused["code"], json!("file_refused"));
    assert!(refused["message"].as_str().unwrap().contains("100 MB"), "{refused}");
    let files = || satchel.ask("open_draft", json!({"order": order})).unwrap()["files"].as_array().unwrap().len();
    assert_eq!(files(), 0, "none of them, so that nobody takes a part for the whole");
    desk.pick(&satchel, &order, &[&small]).unwrap();
    assert_eq!(files(), 1);
    let entry = json!({"is": "text", "text": "Maria Delgado"});
    satchel.ask("save_answer", json!({"order": order, "path": "subject.name", "entry": entry})).unwrap();
}

#[test]
fn what_is_held_is_not_deleted_from_the_trash() {
    let desk = Desk::new().unwrap();
    desk.set_policy(&json!({"LegalHoldMatters": ["10452-003"]})).unwrap();
    let satchel = desk.start().unwrap();
    let (held, free) = (discarded(&satchel, "10452-003"), discarded(&satchel, "10452-004"));
    let empty = |orders: Value, all: bool| satchel.ask("empty_trash", json!({"orders": orders, "all": all}));
    let refused = empty(json!([held]), false).unwrap_err();
    assert_eq!((&refused["code"], trash(&satchel)), (&json!("refused"), 2), "{refused}");
    assert_eq!(empty(json!([]), true).unwrap(), json!([free]), "only what may be is deleted");
    assert_eq!(trash(&satchel), 1);
    desk.set_policy(&json!({"LegalHold": true})).unwrap();
    satchel.ask("lock_vault", json!({})).unwrap();
    satchel.ask("unlock_vault", json!({"passphrase": null})).unwrap();
    let other = discarded(&satchel, "10452-005");
    assert_eq!(code(empty(json!([other]), false)), "refused", "everything is held");
    desk.set_policy(&json!({})).unwrap();
    satchel.ask("lock_vault", json!({})).unwrap();
    satchel.ask("unlock_vault", json!({"passphrase": null})).unwrap();
    empty(json!([]), true).unwrap();
    assert_eq!(trash(&satchel), 0);
}

#[test]
fn nothing_is_taken_off_an_order_that_is_held() {
    let desk = Desk::new().unwrap();
    desk.set_policy(&json!({"LegalHoldMatters": ["10452-003"]})).unwrap();
    let satchel = desk.start().unwrap();
    let order = satchel.draft().unwrap();
    let paper = desk.path().join("paper.pdf");
    std::fs::write(&paper, [7; 1_000]).unwrap();
    desk.pick(&satchel, &order, &[&paper]).unwrap();
    let files = settled(&satchel, &order).unwrap();
    let remove = || satchel.ask("remove_file", json!({"order": order, "file": files[0]["file"]}));
    let matter = |text: &str| {
        let entry = json!({"is": "text", "text": text});
        let path = "references.client_matter";
        satchel.ask("save_answer", json!({"order": order, "path": path, "entry": entry})).unwrap();
    };
    matter("10452-003");
    assert_eq!(code(remove()), "refused");
    assert_eq!(settled(&satchel, &order).unwrap().len(), 1);
    matter("10452-004");
    remove().unwrap();
}

/// The firm's key, as IT keeps it: another program writes it like that.
fn recovery_key() -> (satchel_seal::RecipientSecret, Value) {
    let secret = satchel_seal::RecipientSecret::make(&mut rng()).unwrap();
    let public = serde_json::to_value(secret.public()).unwrap();
    (secret, public)
}

fn private(secret: &satchel_seal::RecipientSecret, public: &Value) -> String {
    let mut jwk = public.clone();
    jwk["d"] = serde_json::to_value(satchel_terms::KeyBytes::new(secret.expose())).unwrap();
    jwk.to_string()
}

#[test]
fn the_firms_key_opens_a_vault_whose_keyring_lost_its_key() {
    let desk = Desk::new().unwrap();
    let (secret, public) = recovery_key();
    let order = {
        let satchel = desk.start().unwrap();
        satchel.draft().unwrap()
    };
    // The vault was there before the policy came.
    desk.set_policy(&json!({"Firm": FIRM, "FirmRecoveryKey": public})).unwrap();
    {
        let satchel = desk.start().unwrap();
        assert_eq!(satchel.ask("open_vault", json!({})).unwrap()["findings"], json!([]));
        assert_eq!(satchel.ask("vault_state", json!({})).unwrap()["hasFirmRecovery"], json!(true));
    }
    let vault = Vault::open(&desk.vault(), &*desk.keyring, rng()).unwrap().0.id();
    desk.keyring.forget(vault);
    let satchel = desk.start().unwrap();
    assert_eq!(code(satchel.ask("open_vault", json!({}))), "keyring_empty");
    assert_eq!(satchel.ask("vault_state", json!({})).unwrap()["hasFirmRecovery"], json!(true));
    let open = |file: &std::path::Path| {
        desk.answer(file).unwrap();
        satchel.ask("unlock_with_firm_key", json!({"passphrase": null}))
    };
    let (other, other_public) = recovery_key();
    for wrong in [private(&other, &other_public), public.to_string(), "not a key".to_owned(), "x".repeat(100_000)] {
        let file = desk.path().join("wrong.jwk");
        std::fs::write(&file, &wrong).unwrap();
        assert_eq!(code(open(&file)), "refused", "{wrong:.9}");
    }
    assert_eq!(code(open(&desk.path().join("nowhere"))), "refused");
    let file = desk.path().join("firm.jwk");
    std::fs::write(&file, private(&secret, &public)).unwrap();
    open(&file).unwrap();
    assert_eq!(satchel.orders("drafts").unwrap()[0]["order"], json!(order));
    drop(satchel);
    // The keyring opens it again from then on.
    let satchel = desk.start().unwrap();
    satchel.ask("open_vault", json!({})).unwrap();
}

#[test]
fn another_recovery_key_takes_the_place_of_the_first() {
    let desk = Desk::new().unwrap();
    let ((first, first_public), (second, second_public)) = (recovery_key(), recovery_key());
    for public in [&first_public, &second_public] {
        desk.set_policy(&json!({"Firm": FIRM, "FirmRecoveryKey": public})).unwrap();
        desk.start().unwrap().ask("open_vault", json!({})).unwrap();
    }
    assert!(Vault::open_by(&desk.vault(), &Secret::FirmRecovery(&first), None, rng()).is_err());
    let (vault, _) = Vault::open_by(&desk.vault(), &Secret::FirmRecovery(&second), None, rng()).unwrap();
    assert!(vault.own_ways().contains(&Way::Keyring));
}

#[test]
fn what_is_set_and_what_is_wrong_with_it_is_shown() {
    let desk = Desk::new().unwrap();
    desk.set_policy(&json!({"IdleLockMinutes": 5, "LocalRetentionDays": "90"})).unwrap();
    let satchel = desk.start().unwrap();
    satchel.ask("open_vault", json!({})).unwrap();
    let policy = satchel.ask("policy", json!({})).unwrap();
    assert_eq!(
        (&policy["settings"][0]["name"], &policy["settings"][0]["value"]),
        (&json!("IdleLockMinutes"), &json!("5"))
    );
    assert_eq!(policy["faults"].as_array().unwrap().len(), 1, "{policy}");
    assert_eq!((&policy["removed"], &policy["removedAtMs"]), (&json!(0), &Value::Null));
    // A folder that others can write is not believed, and that is said.
    std::fs::set_permissions(desk.path().join("policies"), std::fs::Permissions::from_mode(0o777)).unwrap();
    satchel.ask("lock_vault", json!({})).unwrap();
    satchel.ask("unlock_vault", json!({"passphrase": null})).unwrap();
    let policy = satchel.ask("policy", json!({})).unwrap();
    assert_eq!((policy["settings"].as_array().unwrap().len(), policy["faults"].as_array().unwrap().len()), (0, 1));
}
