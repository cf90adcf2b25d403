//! A new vault key by the user's wish: everything is there afterwards, and what opened the vault does so as before.

use satchel_store::{Secret, Vault};
use serde_json::{Value, json};

use crate::window::{Desk, Running};

const PASSPHRASE: &str = "seven quiet herons at dusk";

fn code(answer: Result<Value, Value>) -> Value {
    answer.map_or_else(|error| error["code"].clone(), |value| panic!("answered {value}"))
}

fn rotate(satchel: &Running, passphrase: Option<&str>, words: Option<&str>) -> Result<Value, Value> {
    satchel.ask("rotate_key", json!({"passphrase": passphrase, "words": words}))
}

/// Makes a recovery kit and returns its words.
fn kit(satchel: &Running) -> String {
    let kit = satchel.ask("make_kit", json!({})).unwrap();
    let words: Vec<_> = kit["words"].as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect();
    let typed = kit["ask"].as_array().unwrap().iter().map(|number| {
        let number = number.as_u64().unwrap();
        (number.to_string(), json!(words[usize::try_from(number).unwrap() - 1]))
    });
    satchel.ask("confirm_kit", json!({"typed": Value::Object(typed.collect())})).unwrap();
    words.join(" ")
}

fn drafts(satchel: &Running) -> usize {
    satchel.orders("drafts").unwrap().len()
}

fn rng() -> rand_core::UnwrapErr<getrandom::SysRng> {
    rand_core::UnwrapErr(getrandom::SysRng)
}

#[test]
fn behind_the_keyring_the_window_goes_on_under_a_new_key() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let first = satchel.draft().unwrap();
    let before = std::fs::read(desk.vault().join("vault.keys")).unwrap();
    let answer = rotate(&satchel, None, None).unwrap();
    assert_eq!(answer, json!({"kitFellAway": false, "unreadable": 0}));
    assert_ne!(std::fs::read(desk.vault().join("vault.keys")).unwrap(), before);
    let second = satchel.draft().unwrap();
    assert_eq!(drafts(&satchel), 2);
    drop(satchel);
    let satchel = desk.start().unwrap();
    satchel.ask("open_vault", json!({})).unwrap();
    for order in [first, second] {
        satchel.ask("open_draft", json!({"order": order})).unwrap();
    }
}

#[test]
fn a_kit_whose_words_are_given_stays_and_another_falls_away() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    satchel.draft().unwrap();
    let words = kit(&satchel);
    let wrong = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
    assert_eq!(code(rotate(&satchel, None, Some(wrong))), "wrong_words");
    assert_eq!(code(rotate(&satchel, None, Some("seven words"))), "wrong_words");
    assert_eq!(rotate(&satchel, None, Some(&words)).unwrap()["kitFellAway"], json!(false));
    assert_eq!(rotate(&satchel, None, None).unwrap()["kitFellAway"], json!(true));
    assert_eq!(satchel.ask("vault_state", json!({})).unwrap()["hasKit"], json!(false));
    drop(satchel);
    let words = satchel_seal::RecoveryWords::typed(&words).unwrap();
    assert!(Vault::open_by(&desk.vault(), &Secret::RecoveryWords(&words), None, rng()).is_err());
}

#[test]
fn behind_a_passphrase_it_is_asked_for() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    satchel.draft().unwrap();
    satchel.ask("set_passphrase", json!({"current": null, "passphrase": PASSPHRASE})).unwrap();
    assert_eq!(code(rotate(&satchel, None, None)), "refused", "nothing would open it");
    assert_eq!(code(rotate(&satchel, Some("another one altogether"), None)), "wrong_passphrase");
    rotate(&satchel, Some(PASSPHRASE), None).unwrap();
    satchel.ask("lock_vault", json!({})).unwrap();
    assert_eq!(code(rotate(&satchel, Some(PASSPHRASE), None)), "passphrase_needed", "a locked vault answers nothing");
    satchel.ask("unlock_vault", json!({"passphrase": PASSPHRASE})).unwrap();
    assert_eq!(drafts(&satchel), 1);
}

/// Who replaced a passphrase that became known has to make a new key: until then an older copy of the key file opens by the old one.
#[test]
fn an_older_key_file_opens_nothing_afterwards() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    satchel.draft().unwrap();
    satchel.ask("set_passphrase", json!({"current": null, "passphrase": "the one that became known"})).unwrap();
    let older = std::fs::read(desk.vault().join("vault.keys")).unwrap();
    satchel.ask("set_passphrase", json!({"current": "the one that became known", "passphrase": PASSPHRASE})).unwrap();
    rotate(&satchel, Some(PASSPHRASE), None).unwrap();
    drop(satchel);
    let newer = std::fs::read(desk.vault().join("vault.keys")).unwrap();
    std::fs::write(desk.vault().join("vault.keys"), older).unwrap();
    let satchel = desk.start().unwrap();
    assert!(satchel.ask("unlock_vault", json!({"passphrase": "the one that became known"})).is_err());
    drop(satchel);
    std::fs::write(desk.vault().join("vault.keys"), newer).unwrap();
    desk.start().unwrap().ask("unlock_vault", json!({"passphrase": PASSPHRASE})).unwrap();
}
