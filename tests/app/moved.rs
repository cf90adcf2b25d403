//! Exported and imported again: everything onto another computer, drafts into a vault that has its own, and what is refused.

use std::path::{Path, PathBuf};

use satchel_seal::ChosenPassphrase;
use satchel_store::{ExportKeys, ExportScope, ExportStamp, Table, Vault};
use satchel_terms::Timestamp;
use serde_json::{Value, json};

use crate::files::settled;
use crate::provider::{Provider, until};
use crate::received::count;
use crate::sending::complete;
use crate::window::{Desk, Running};

const PASSPHRASE: &str = "seven quiet herons at dusk";
const OWN: &str = "a lantern on the far landing";

fn code(answer: Result<Value, Value>) -> Value {
    answer.map_or_else(|error| error["code"].clone(), |value| panic!("answered {value}"))
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

fn attach(desk: &Desk, satchel: &Running, order: &str, bytes: usize) {
    let paper = desk.path().join("paper.pdf");
    std::fs::write(&paper, vec![7; bytes]).unwrap();
    desk.pick(satchel, order, &[&paper]).unwrap();
    settled(satchel, order).unwrap();
}

fn export_as(
    desk: &Desk,
    satchel: &Running,
    order: Option<&str>,
    target: &Path,
    secret: Value,
) -> Result<Value, Value> {
    desk.answer(target).unwrap();
    let mut arguments = json!({"order": order, "passphrase": null, "words": null});
    arguments.as_object_mut().unwrap().extend(secret.as_object().unwrap().clone());
    satchel.ask("export", arguments)
}

fn export(desk: &Desk, satchel: &Running, order: Option<&str>) -> PathBuf {
    let target = desk.path().join("copy.satchel");
    let written = export_as(desk, satchel, order, &target, json!({"passphrase": PASSPHRASE})).unwrap();
    assert_eq!(written["path"], json!(target.display().to_string()));
    target
}

/// Picks a file to import and opens it by the passphrase.
fn open(desk: &Desk, satchel: &Running, file: &Path) -> Value {
    desk.answer(file).unwrap();
    satchel.ask("pick_import", json!({})).unwrap();
    satchel.ask("open_import", json!({"passphrase": PASSPHRASE, "words": null})).unwrap()
}

#[test]
fn everything_is_restored_on_another_computer() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = named(&satchel, "Maria Delgado");
    attach(&desk, &satchel, &order, 5_000_000);
    named(&satchel, "Jonas Okafor");
    satchel.ask("discard_draft", json!({"order": named(&satchel, "Discarded")})).unwrap();
    let file = export(&desk, &satchel, None);

    let other = Desk::new().unwrap();
    let there = other.start().unwrap();
    there.ask("open_vault", json!({})).unwrap();
    let about = open(&other, &there, &file);
    assert_eq!(
        (&about["isVault"], &about["canRestore"], &about["asksPassphrase"]),
        (&json!(true), &json!(true), &json!(false))
    );
    assert_eq!((&about["drafts"], &about["files"]), (&json!(3), &json!(1)), "{about}");
    let restored = there.ask("restore_vault", json!({"passphrase": null})).unwrap();
    assert_eq!(restored["findings"], json!([]));
    assert_eq!((count(&there, "drafts"), there.orders("trash").unwrap().len()), (json!(2), 1));
    assert_eq!(name_of(&there, &order), "Maria Delgado");
    let files = there.ask("open_draft", json!({"order": order})).unwrap()["files"].clone();
    assert_eq!((&files[0]["state"]["is"], &files[0]["length"]), (&json!("sealed"), &json!(5_000_000)), "{files}");
    // The past came with it.
    there.ask("undo_change", json!({"order": order})).unwrap();
    assert!(!other.path().join("vault.replaced").exists());
    drop(there);
    let there = other.start().unwrap();
    there.ask("open_vault", json!({})).unwrap();
    assert!(there.ask("vault_state", json!({})).unwrap()["restoredFromMs"].is_u64());
    there.ask("confirm_restored", json!({})).unwrap();
    assert!(there.ask("vault_state", json!({})).unwrap()["restoredFromMs"].is_null());
}

#[test]
fn behind_a_passphrase_another_is_chosen_for_what_is_restored() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    named(&satchel, "Maria Delgado");
    let file = export(&desk, &satchel, None);
    let other = Desk::new().unwrap();
    let there = other.start().unwrap();
    there.ask("create_vault", json!({"passphrase": OWN})).unwrap();
    assert_eq!(open(&other, &there, &file)["asksPassphrase"], json!(true));
    assert_eq!(code(there.ask("restore_vault", json!({"passphrase": null}))), "passphrase_asked");
    there.ask("restore_vault", json!({"passphrase": "chosen while it was restored"})).unwrap();
    there.ask("lock_vault", json!({})).unwrap();
    assert_eq!(code(there.ask("unlock_vault", json!({"passphrase": OWN}))), "wrong_passphrase");
    there.ask("unlock_vault", json!({"passphrase": "chosen while it was restored"})).unwrap();
    assert_eq!(count(&there, "drafts"), json!(1));
}

#[test]
fn nothing_is_restored_over_what_is_there() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    named(&satchel, "Maria Delgado");
    let file = export(&desk, &satchel, None);
    let other = Desk::new().unwrap();
    let there = other.start().unwrap();
    let own = named(&there, "Jonas Okafor");
    assert_eq!(open(&other, &there, &file)["canRestore"], json!(false));
    assert_eq!(code(there.ask("restore_vault", json!({"passphrase": null}))), "refused");
    assert_eq!(name_of(&there, &own), "Jonas Okafor");
    // What was opened is still there to bring drafts in.
    let report = there.ask("import_drafts", json!({})).unwrap();
    assert_eq!(report["cameIn"].as_array().unwrap().len(), 1);
    assert_eq!(count(&there, "drafts"), json!(2));
}

#[test]
fn a_damaged_file_restores_nothing_and_the_empty_vault_stays() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = named(&satchel, "Maria Delgado");
    attach(&desk, &satchel, &order, 300_000);
    let file = export(&desk, &satchel, None);
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes.len() - 1_000;
    bytes[at] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    for passphrase in [None, Some("chosen while it was restored")] {
        let other = Desk::new().unwrap();
        let there = other.start().unwrap();
        match passphrase {
            None => there.ask("open_vault", json!({})).unwrap(),
            Some(_) => there.ask("create_vault", json!({"passphrase": OWN})).unwrap(),
        };
        open(&other, &there, &file);
        assert_eq!(code(there.ask("restore_vault", json!({"passphrase": passphrase}))), "file_refused");
        let state = there.ask("vault_state", json!({})).unwrap()["state"].clone();
        assert_eq!(state, json!("open"), "it was open all the time");
        assert_eq!(count(&there, "drafts"), json!(0));
        named(&there, "typed afterwards");
        assert!(!other.path().join("vault.replaced").exists() && !other.path().join("vault.restored").exists());
    }
}

/// The first computer of a firm holds keys that are nowhere else, before it holds an order.
#[test]
fn nothing_is_restored_over_the_keys_of_a_firm() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    named(&satchel, "Maria Delgado");
    let file = export(&desk, &satchel, None);
    let other = Desk::new().unwrap();
    let _provider = Provider::start(&other).unwrap();
    let there = other.start().unwrap();
    there.ask("open_vault", json!({})).unwrap();
    until("the firm to be known", || there.ask("connection", json!({})).unwrap()["is"] == json!("bound"));
    assert_eq!(open(&other, &there, &file)["canRestore"], json!(false));
    let refused = there.ask("restore_vault", json!({"passphrase": null})).unwrap_err();
    assert!(refused["message"].as_str().unwrap().contains("belongs to a firm"), "{refused}");
    assert_eq!(there.ask("import_drafts", json!({})).unwrap()["cameIn"].as_array().unwrap().len(), 1);
}

#[test]
fn what_a_backup_brings_back_in_the_trash_is_kept_from_now_on() {
    let desk = Desk::new().unwrap();
    let order = named(&desk.start().unwrap(), "Maria Delgado");
    let file = desk.path().join("copy.satchel");
    {
        let (mut vault, _) = Vault::open(&desk.vault(), &*desk.keyring, rng()).unwrap();
        let id: satchel_terms::OrderId = order.parse().unwrap();
        vault.change(Table::Drafts, id, &json!({"discardedAtMs": 1})).unwrap();
        let keys = ExportKeys { passphrase: Some(&ChosenPassphrase::new(PASSPHRASE).unwrap()), recovery_words: None };
        let stamp = ExportStamp { made_at: Timestamp::try_from(1_000_000).unwrap(), satchel: "0.1.0" };
        let export = vault.begin_export(ExportScope::Vault).unwrap();
        export.write(&file, &keys, &stamp, &mut rng(), &mut |_| std::ops::ControlFlow::Continue(())).unwrap();
    }
    for own in [false, true] {
        let other = Desk::new().unwrap();
        let there = other.start().unwrap();
        there.ask("open_vault", json!({})).unwrap();
        if own {
            named(&there, "Jonas Okafor");
        }
        open(&other, &there, &file);
        let (command, arguments) =
            if own { ("import_drafts", json!({})) } else { ("restore_vault", json!({"passphrase": null})) };
        there.ask(command, arguments).unwrap();
        there.ask("lock_vault", json!({})).unwrap();
        there.ask("unlock_vault", json!({"passphrase": null})).unwrap();
        assert_eq!(there.orders("trash").unwrap().len(), 1, "{command}");
    }
}

#[test]
fn a_passphrase_that_is_asked_for_is_chosen_for_what_is_restored() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    named(&satchel, "Maria Delgado");
    let file = export(&desk, &satchel, None);
    let other = Desk::new().unwrap();
    let there = other.start().unwrap();
    there.ask("open_vault", json!({})).unwrap();
    // The policy came after the first start.
    other.set_policy(&json!({"RequirePassphrase": true})).unwrap();
    there.ask("lock_vault", json!({})).unwrap();
    there.ask("unlock_vault", json!({"passphrase": null})).unwrap();
    assert_eq!(open(&other, &there, &file)["asksPassphrase"], json!(true));
    assert_eq!(code(there.ask("restore_vault", json!({"passphrase": null}))), "passphrase_asked");
    there.ask("restore_vault", json!({"passphrase": OWN})).unwrap();
    assert_eq!(there.ask("vault_state", json!({})).unwrap()["way"], json!("passphrase"));
}

#[test]
fn a_file_that_nobody_chose_is_not_written_over() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = named(&satchel, "Maria Delgado");
    let whole = export(&desk, &satchel, None);
    let before = std::fs::read(&whole).unwrap();
    // The dialog knows nothing of the extension, so it asked nothing.
    let typed = desk.path().join("copy");
    let refused = export_as(&desk, &satchel, Some(&order), &typed, json!({"passphrase": PASSPHRASE}));
    assert_eq!(code(refused), "refused");
    assert_eq!(std::fs::read(&whole).unwrap(), before);
    export_as(&desk, &satchel, Some(&order), &whole, json!({"passphrase": PASSPHRASE})).unwrap();
    assert_ne!(std::fs::read(&whole).unwrap(), before, "chosen by its name, it is replaced");
}

#[test]
fn a_draft_comes_in_as_another_one_with_its_files() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = named(&satchel, "Maria Delgado");
    attach(&desk, &satchel, &order, 1_000);
    named(&satchel, "not exported");
    let file = export(&desk, &satchel, Some(&order));

    let other = Desk::new().unwrap();
    let there = other.start().unwrap();
    named(&there, "Jonas Okafor");
    let about = open(&other, &there, &file);
    assert_eq!((&about["isVault"], &about["canRestore"], &about["drafts"]), (&json!(false), &json!(false), &json!(1)));
    let report = there.ask("import_drafts", json!({})).unwrap();
    let new = report["cameIn"][0].as_str().unwrap().to_owned();
    assert_ne!(new, order, "it is another draft from now on");
    assert_eq!(name_of(&there, &new), "Maria Delgado");
    let files = there.ask("open_draft", json!({"order": new})).unwrap()["files"].clone();
    assert_eq!((files.as_array().unwrap().len(), &files[0]["length"]), (1, &json!(1_000)));
    assert_eq!(count(&there, "drafts"), json!(2));
    assert_eq!(code(there.ask("import_drafts", json!({}))), "gone", "what was opened is used once");
    // Also beside the one that it is a copy of.
    open(&desk, &satchel, &file);
    satchel.ask("import_drafts", json!({})).unwrap();
    assert_eq!(count(&satchel, "drafts"), json!(3));
    // The file that came in is a whole one: it goes out again.
    drop(there);
    let there = other.start().unwrap();
    there.ask("open_vault", json!({})).unwrap();
    let out = other.path().join("out.satchel");
    export_as(&other, &there, Some(&new), &out, json!({"passphrase": PASSPHRASE})).unwrap();
}

#[test]
fn drafts_of_a_whole_vault_come_in_once_and_never_over_those_that_are_here() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let (kept, changed) = (named(&satchel, "Maria Delgado"), named(&satchel, "Jonas Okafor"));
    let file = export(&desk, &satchel, None);
    let entry = json!({"is": "text", "text": "changed since"});
    satchel.ask("save_answer", json!({"order": changed, "path": "subject.name", "entry": entry})).unwrap();
    open(&desk, &satchel, &file);
    let report = satchel.ask("import_drafts", json!({})).unwrap();
    assert_eq!(report["cameIn"], json!([]), "{report}");
    assert_eq!((&report["alreadyHere"], &report["otherVersion"]), (&json!(1), &json!(1)));
    assert_eq!(name_of(&satchel, &changed), "changed since");
    satchel.ask("discard_draft", json!({"order": kept})).unwrap();
    satchel.ask("empty_trash", json!({"orders": [kept], "all": false})).unwrap();
    open(&desk, &satchel, &file);
    let report = satchel.ask("import_drafts", json!({})).unwrap();
    assert_eq!(report["cameIn"], json!([kept]), "deleted for good, it comes back under its own id");
}

#[test]
fn recovery_words_open_an_export_that_was_made_with_them() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    named(&satchel, "Maria Delgado");
    let kit = satchel.ask("make_kit", json!({})).unwrap();
    let words: Vec<_> = kit["words"].as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect();
    let target = desk.path().join("words.satchel");
    let by = |words: &str| export_as(&desk, &satchel, None, &target, json!({"words": words}));
    assert_eq!(code(by(&words.join(" "))), "wrong_words", "the kit does not count yet");
    let typed = kit["ask"].as_array().unwrap().iter().map(|number| {
        let number = number.as_u64().unwrap();
        (number.to_string(), json!(words[usize::try_from(number).unwrap() - 1]))
    });
    satchel.ask("confirm_kit", json!({"typed": Value::Object(typed.collect())})).unwrap();
    by(&words.join(" ")).unwrap();
    desk.answer(&target).unwrap();
    let picked = satchel.ask("pick_import", json!({})).unwrap();
    assert_eq!((&picked["byPassphrase"], &picked["byWords"]), (&json!(false), &json!(true)));
    let open = |arguments: Value| satchel.ask("open_import", arguments);
    assert_eq!(code(open(json!({"passphrase": PASSPHRASE, "words": null}))), "file_refused");
    let other = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
    assert_eq!(code(open(json!({"passphrase": null, "words": other}))), "wrong_words");
    open(json!({"passphrase": null, "words": words.join(" ")})).unwrap();
}

#[test]
fn what_is_no_export_is_refused_and_what_was_picked_is_forgotten_by_a_lock() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = named(&satchel, "Maria Delgado");
    let not_one = desk.path().join("not one.satchel");
    std::fs::write(&not_one, "Satchel").unwrap();
    desk.answer(&not_one).unwrap();
    assert_eq!(code(satchel.ask("pick_import", json!({}))), "file_refused");
    assert_eq!(code(satchel.ask("open_import", json!({"passphrase": PASSPHRASE, "words": null}))), "gone");
    let file = export(&desk, &satchel, Some(&order));
    desk.answer(&file).unwrap();
    satchel.ask("pick_import", json!({})).unwrap();
    let wrong = satchel.ask("open_import", json!({"passphrase": "another one altogether", "words": null}));
    assert_eq!(code(wrong), "wrong_passphrase");
    open(&desk, &satchel, &file);
    satchel.ask("lock_vault", json!({})).unwrap();
    for (command, arguments) in [
        ("import_drafts", json!({})),
        ("restore_vault", json!({"passphrase": null})),
        ("pick_import", json!({})),
        ("export", json!({"order": null, "passphrase": PASSPHRASE, "words": null})),
    ] {
        desk.answer(&file).unwrap();
        assert!(satchel.ask(command, arguments).is_err(), "{command} while it is locked");
    }
    satchel.ask("unlock_vault", json!({"passphrase": null})).unwrap();
    assert_eq!(code(satchel.ask("import_drafts", json!({}))), "gone");
}

#[test]
fn an_export_has_to_open_by_something_and_lies_elsewhere_than_the_vault() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = named(&satchel, "Maria Delgado");
    let target = desk.path().join("copy");
    let none = export_as(&desk, &satchel, None, &target, json!({}));
    assert_eq!(code(none), "refused");
    let short = export_as(&desk, &satchel, None, &target, json!({"passphrase": "short"}));
    assert_eq!(code(short), "wrong_passphrase");
    let within = desk.vault().join("copy.satchel");
    assert_eq!(code(export_as(&desk, &satchel, None, &within, json!({"passphrase": PASSPHRASE}))), "refused");
    assert!(!within.exists());
    let nowhere = desk.path().join("no such folder").join("copy.satchel");
    assert_eq!(code(export_as(&desk, &satchel, None, &nowhere, json!({"passphrase": PASSPHRASE}))), "not_saved");
    let other = "0d9f0a4e-2b7c-4f5d-8a31-6c1f2e3d4b5a";
    assert_eq!(code(export_as(&desk, &satchel, Some(other), &target, json!({"passphrase": PASSPHRASE}))), "gone");
    let written = export_as(&desk, &satchel, Some(&order), &target, json!({"passphrase": PASSPHRASE})).unwrap();
    assert!(written["path"].as_str().unwrap().ends_with("copy.satchel"), "{written}");
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(desk.path().join("copy.satchel")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// Whether it was sent from the other computer since the file was made, only a person can know.
#[test]
fn what_was_on_its_way_is_sent_from_a_restored_vault_once_somebody_said_so() {
    let desk = Desk::new().unwrap();
    let provider = Provider::start(&desk).unwrap();
    let satchel = desk.start().unwrap();
    let order = complete(&satchel).unwrap();
    until("the firm to be known", || satchel.ask("connection", json!({})).unwrap()["is"] == json!("bound"));
    drop(provider);
    satchel.ask("submit_draft", json!({"order": order})).unwrap();
    let file = export(&desk, &satchel, None);
    drop(satchel);

    // The same provider, met from another computer.
    let other = Desk::new().unwrap();
    let there = other.start().unwrap();
    there.ask("open_vault", json!({})).unwrap();
    open(&other, &there, &file);
    std::fs::rename(desk.path().join("provider"), other.path().join("provider")).unwrap();
    let _provider = Provider::start(&other).unwrap();
    there.ask("restore_vault", json!({"passphrase": null})).unwrap();
    let state = || there.ask("outbox", json!({})).unwrap()[0]["state"].clone();
    until("the order to wait for somebody", || state() == json!({"is": "waiting", "why": "restored", "untilMs": null}));
    assert_eq!(there.ask("connection", json!({})).unwrap()["is"], json!("bound"), "nothing else holds it");
    there.ask("send_now", json!({})).unwrap();
    assert_eq!(count(&there, "active"), json!(0), "a wish to try is not a look");
    there.ask("confirm_restored", json!({})).unwrap();
    until("the order to be received", || count(&there, "active") == json!(1));
}

/// The same path on another computer is another file.
#[test]
fn files_that_were_to_be_sealed_on_the_other_computer_are_not_looked_for_here() {
    let desk = Desk::new().unwrap();
    let paper = desk.path().join("paper.pdf");
    std::fs::write(&paper, "not the file that was meant").unwrap();
    let order = {
        let satchel = desk.start().unwrap();
        named(&satchel, "Maria Delgado")
    };
    {
        // As a Satchel leaves it that was killed before the first byte was sealed.
        let (mut vault, _) = Vault::open(&desk.vault(), &*desk.keyring, rng()).unwrap();
        let id: satchel_terms::OrderId = order.parse().unwrap();
        let attaching = json!({"attaching": {"0": {"path": paper, "noted": [1, 0]}}});
        vault.change(Table::Drafts, id, &attaching).unwrap();
        let keys = ExportKeys { passphrase: Some(&ChosenPassphrase::new(PASSPHRASE).unwrap()), recovery_words: None };
        let stamp = ExportStamp { made_at: Timestamp::try_from(1_000_000).unwrap(), satchel: "0.1.0" };
        let export = vault.begin_export(ExportScope::Vault).unwrap();
        let target = desk.path().join("copy.satchel");
        export.write(&target, &keys, &stamp, &mut rng(), &mut |_| std::ops::ControlFlow::Continue(())).unwrap();
        vault.close();
    }
    let other = Desk::new().unwrap();
    let there = other.start().unwrap();
    there.ask("open_vault", json!({})).unwrap();
    open(&other, &there, &desk.path().join("copy.satchel"));
    there.ask("restore_vault", json!({"passphrase": null})).unwrap();
    assert_eq!(settled(&there, &order).unwrap(), Vec::<Value>::new());
    // As one draft, or among the drafts of a vault, it comes without them too.
    let third = Desk::new().unwrap();
    let elsewhere = third.start().unwrap();
    named(&elsewhere, "Jonas Okafor");
    open(&third, &elsewhere, &desk.path().join("copy.satchel"));
    elsewhere.ask("import_drafts", json!({})).unwrap();
    assert_eq!(settled(&elsewhere, &order).unwrap(), Vec::<Value>::new());
}

fn rng() -> rand_core::UnwrapErr<getrandom::SysRng> {
    rand_core::UnwrapErr(getrandom::SysRng)
}
