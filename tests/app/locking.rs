//! Locked and opened again: by the keyring, a passphrase, the recovery words. Nothing answers while the vault is locked.

use serde_json::{Value, json};

use crate::window::{Desk, Running};

const PASSPHRASE: &str = "seven quiet herons at dusk";
const OTHER: &str = "a lantern on the far landing";

fn code(answer: Result<Value, Value>) -> Value {
    answer.map_or_else(|error| error["code"].clone(), |value| panic!("answered {value}"))
}

fn state(satchel: &Running) -> Value {
    satchel.ask("vault_state", json!({})).unwrap()
}

fn named(satchel: &Running, name: &str) -> String {
    let order = satchel.draft().unwrap();
    let entry = json!({"is": "text", "text": name});
    satchel.ask("save_answer", json!({"order": order, "path": "subject.name", "entry": entry})).unwrap();
    order
}

fn name_of(satchel: &Running, order: &str) -> Value {
    satchel.ask("open_draft", json!({"order": order})).unwrap()["answers"]["subject.name"]["text"].clone()
}

/// Makes a kit and types back what it asks for; returns its words.
fn keep_kit(satchel: &Running) -> String {
    let kit = satchel.ask("make_kit", json!({})).unwrap();
    let words: Vec<_> = kit["words"].as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect();
    let asked: Vec<_> = kit["ask"].as_array().unwrap().iter().map(|number| number.as_u64().unwrap()).collect();
    let typed = |wrong: Option<u64>| -> Value {
        let word = |number: &u64| {
            let right = &words[usize::try_from(*number).unwrap() - 1];
            (number.to_string(), json!(if wrong == Some(*number) { "zebra" } else { right }))
        };
        Value::Object(asked.iter().map(word).collect())
    };
    let refused = satchel.ask("confirm_kit", json!({"typed": typed(Some(asked[1]))}));
    assert_eq!(code(refused), "wrong_words");
    assert_eq!(state(satchel)["hasKit"], json!(false), "it does not count yet");
    satchel.ask("confirm_kit", json!({"typed": typed(None)})).unwrap();
    assert_eq!(state(satchel)["hasKit"], json!(true));
    assert_eq!(code(satchel.ask("confirm_kit", json!({"typed": typed(None)}))), "gone");
    words.join(" ")
}

#[test]
fn a_locked_vault_answers_nothing_and_opens_by_the_keyring() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    assert_eq!(state(&satchel)["state"], "closed");
    assert_eq!(state(&satchel)["hasVault"], json!(false));
    let order = named(&satchel, "Maria Delgado");
    assert_eq!((&state(&satchel)["state"], &state(&satchel)["way"]), (&json!("open"), &json!("keyring")));
    satchel.ask("lock_vault", json!({})).unwrap();
    assert_eq!(state(&satchel)["state"], "locked");
    assert!(state(&satchel)["lockedAtMs"].is_u64());
    let asked = [
        ("counts", json!({})),
        ("open_draft", json!({"order": order})),
        ("history", json!({"order": order})),
        ("start_draft", json!({"service": "records-retrieval"})),
        ("make_kit", json!({})),
        ("set_passphrase", json!({"current": null, "passphrase": PASSPHRASE})),
        ("open_vault", json!({})),
    ];
    assert_eq!(satchel.page("drafts", &json!({})).unwrap_err()["code"], json!("passphrase_needed"));
    for (command, arguments) in asked {
        assert_eq!(code(satchel.ask(command, arguments)), "passphrase_needed", "{command}");
    }
    // Another Satchel may have the vault meanwhile.
    drop(desk.start().unwrap().ask("open_vault", json!({})).unwrap());
    satchel.ask("unlock_vault", json!({"passphrase": null})).unwrap();
    assert_eq!(name_of(&satchel, &order), "Maria Delgado");
    assert_eq!(state(&satchel)["state"], "open");
}

#[test]
fn a_passphrase_opens_what_the_keyring_then_does_not() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = named(&satchel, "Maria Delgado");
    let set = |current: Value, passphrase: &str| {
        satchel.ask("set_passphrase", json!({"current": current, "passphrase": passphrase}))
    };
    assert_eq!(code(set(Value::Null, "too short")), "wrong_passphrase");
    set(Value::Null, PASSPHRASE).unwrap();
    assert_eq!(code(set(Value::Null, OTHER)), "refused", "it has one already");
    assert_eq!(code(set(json!(OTHER), PASSPHRASE)), "wrong_passphrase");
    satchel.ask("lock_vault", json!({})).unwrap();
    assert_eq!(state(&satchel)["way"], "passphrase");
    let unlock = |passphrase: Value| satchel.ask("unlock_vault", json!({"passphrase": passphrase}));
    assert_eq!(code(unlock(Value::Null)), "passphrase_needed");
    assert_eq!(code(unlock(json!(OTHER))), "wrong_passphrase");
    assert_eq!(code(unlock(json!(""))), "wrong_passphrase");
    assert_eq!(code(unlock(json!("x".repeat(5_000)))), "wrong_passphrase");
    unlock(json!(PASSPHRASE)).unwrap();
    assert_eq!(name_of(&satchel, &order), "Maria Delgado");
    drop(satchel);

    let satchel = desk.start().unwrap();
    assert_eq!(code(satchel.ask("open_vault", json!({}))), "passphrase_needed");
    satchel.ask("unlock_vault", json!({"passphrase": PASSPHRASE})).unwrap();
    let remove = |current: &str| satchel.ask("remove_passphrase", json!({ "current": current }));
    assert_eq!(code(remove(OTHER)), "wrong_passphrase");
    remove(PASSPHRASE).unwrap();
    satchel.ask("lock_vault", json!({})).unwrap();
    satchel.ask("unlock_vault", json!({"passphrase": null})).unwrap();
    assert_eq!(name_of(&satchel, &order), "Maria Delgado");
}

#[test]
fn the_recovery_words_open_a_vault_whose_keyring_lost_its_key() {
    let desk = Desk::new().unwrap();
    let (order, words) = {
        let satchel = desk.start().unwrap();
        let order = named(&satchel, "Maria Delgado");
        (order, keep_kit(&satchel))
    };
    let key_file = std::fs::read_to_string(desk.vault().join("vault.keys")).unwrap();
    let key_file: Value = serde_json::from_str(key_file.lines().next().unwrap()).unwrap();
    desk.keyring.forget(key_file["vault"].as_str().unwrap().parse().unwrap());
    let satchel = desk.start().unwrap();
    assert_eq!(code(satchel.ask("open_vault", json!({}))), "keyring_empty");
    assert_eq!(state(&satchel)["hasKit"], json!(true));
    let by = |words: &str, passphrase: Value| {
        satchel.ask("unlock_with_words", json!({"words": words, "passphrase": passphrase}))
    };
    assert_eq!(code(by("twelve of them", Value::Null)), "wrong_words");
    assert_eq!(code(by(&words.replacen(words.split(' ').next().unwrap(), "xyzzy", 1), Value::Null)), "wrong_words");
    by(&words.to_uppercase(), Value::Null).unwrap();
    assert_eq!(name_of(&satchel, &order), "Maria Delgado");
    drop(satchel);
    // The keyring has a key again.
    let satchel = desk.start().unwrap();
    satchel.ask("open_vault", json!({})).unwrap();
    // A forgotten passphrase is replaced by the words.
    satchel.ask("set_passphrase", json!({"current": null, "passphrase": PASSPHRASE})).unwrap();
    satchel.ask("lock_vault", json!({})).unwrap();
    satchel.ask("unlock_with_words", json!({"words": words, "passphrase": OTHER})).unwrap();
    satchel.ask("lock_vault", json!({})).unwrap();
    assert_eq!(code(satchel.ask("unlock_vault", json!({"passphrase": PASSPHRASE}))), "wrong_passphrase");
    satchel.ask("unlock_vault", json!({"passphrase": OTHER})).unwrap();
    assert_eq!(name_of(&satchel, &order), "Maria Delgado");
}

#[test]
fn the_minutes_until_it_locks_are_kept_and_bounded() {
    let desk = Desk::new().unwrap();
    {
        let satchel = desk.start().unwrap();
        satchel.ask("open_vault", json!({})).unwrap();
        let settings = satchel.ask("lock_settings", json!({})).unwrap();
        let bounds = json!({"minutes": 15, "minutesMin": 1, "minutesMax": 60, "managed": false});
        assert_eq!(settings["hearsDesktop"], false, "nobody asked for a bus");
        for (name, value) in bounds.as_object().unwrap() {
            assert_eq!(&settings[name], value, "{name}");
        }
        satchel.ask("set_lock_minutes", json!({"minutes": 5_000})).unwrap();
        satchel.ask("touched", json!({"unsaved": false})).unwrap();
    }
    let satchel = desk.start().unwrap();
    satchel.ask("open_vault", json!({})).unwrap();
    assert_eq!(satchel.ask("lock_settings", json!({})).unwrap()["minutes"], 60);
}
