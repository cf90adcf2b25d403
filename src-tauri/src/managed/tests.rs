//! What the organization changes while the vault is open is done at the next look.

use std::fs;

use satchel_store::Table;
use satchel_terms::OrderId;
use serde_json::{Value, json};
use tauri::Manager as _;

use super::*;
use crate::desk::Desk;
use crate::draft::{OpenDraft, change};
use crate::rng;

fn set(desk: &Desk, policy: &Value) {
    fs::create_dir_all(desk.policies()).expect("a folder");
    fs::write(desk.policies().join("satchel.json"), policy.to_string()).expect("a policy");
}

/// Makes a draft that was put into the trash long ago.
fn long_discarded(shell: &Shell) -> OrderId {
    let order = OrderId::make(&mut rng());
    let mut place = shell.vault().expect("the place");
    let vault = place.open().expect("it is open");
    let definition = shell.catalogue().services().next().expect("a service");
    OpenDraft::start(vault, definition, order, Now::read()).expect("a draft");
    vault.change(Table::Drafts, order, &change::discarded(Some(1))).expect("changed");
    order
}

fn is_there(shell: &Shell, order: OrderId) -> bool {
    shell.vault().expect("the place").open().expect("it is open").revision(Table::Drafts, order).is_some()
}

#[test]
fn a_hold_that_comes_or_goes_counts_at_the_next_look() {
    let desk = Desk::new();
    let app = desk.start();
    let shell = app.state::<Shell>();
    let order = long_discarded(&shell);
    set(&desk, &json!({"LegalHold": true}));
    shell.look_at_policy(app.handle()).expect("it looks");
    assert!(is_there(&shell, order), "what is held stays, however long it has been in the trash");
    set(&desk, &json!({}));
    desk.forget_told();
    shell.look_at_policy(app.handle()).expect("it looks");
    assert!(!is_there(&shell, order), "lifted, what is overdue goes");
    assert!(desk.hears(r#""is":"lists""#));
    desk.forget_told();
    shell.look_at_policy(app.handle()).expect("it looks");
    assert_eq!(shell.lock_settings().minutes_max, 60);
    set(&desk, &json!({"IdleLockMinutes": 3}));
    shell.look_at_policy(app.handle()).expect("it looks");
    assert_eq!((shell.lock_settings().minutes_max, shell.lock_settings().managed), (3, true));
}

#[cfg(feature = "practice")]
mod commanded {
    use satchel_sign::{DeviceAction, DeviceCommand};
    use satchel_terms::{Timestamp, V1};

    use super::*;

    /// Commands what the firm's admin signed, of a desk that belongs to a firm.
    fn command(desk: &Desk, shell: &Shell, action: DeviceAction) {
        let (admin, firm, device) = {
            let mut place = shell.vault().expect("the place");
            crate::sending::tests::bind(place.open().expect("it is open"), desk.folder.path())
        };
        let now = Timestamp::from_millis(Now::read().ms);
        let command = DeviceCommand {
            version: V1,
            firm,
            device,
            action,
            recovery_confirmed_at: (action == DeviceAction::Erase).then_some(now),
            issued_at: now,
            not_after: Timestamp::try_from(now.seconds() + 600).expect("a time"),
        };
        let command = admin.sign(command).expect("it signs");
        set(desk, &json!({"DeviceCommands": [command.compact()]}));
    }

    #[test]
    fn a_lock_locks_what_is_open_and_keeps_it_shut() {
        let desk = Desk::new();
        let app = desk.start();
        let shell = app.state::<Shell>();
        command(&desk, &shell, DeviceAction::Lock);
        shell.look_at_policy(app.handle()).ok();
        assert!(desk.hears(r#""is":"locked""#));
        assert!(shell.vault().expect("the place").open().is_err());
        assert!(shell.unlock_by_keyring(app.handle()).is_err(), "it is found again at each opening");
        set(&desk, &json!({}));
        shell.unlock_by_keyring(app.handle()).expect("lifted, it opens");
    }

    #[test]
    fn an_erasure_takes_what_is_open() {
        let desk = Desk::new();
        let app = desk.start();
        let shell = app.state::<Shell>();
        command(&desk, &shell, DeviceAction::Erase);
        shell.look_at_policy(app.handle()).ok();
        assert!(!desk.vault().exists());
        assert!(desk.folder.path().join("erased.json").exists());
        let state = shell.vault_state(app.handle()).expect("a state");
        assert_eq!(state.state, crate::view::vault::LockStateView::Closed, "there is nothing to be unlocked");
        assert!(shell.open_vault(app.handle()).is_err() && !desk.vault().exists(), "and nothing is made in its place");
    }
}
