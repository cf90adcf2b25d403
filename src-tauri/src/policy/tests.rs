use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use satchel_order::deadlines::Rulebook;
use serde_json::{Value, json};

use super::*;

/// A folder of policies with these files, as an administrator would leave them.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it can be set");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("it is written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("it can be set");
    }
    folder
}

fn read(folder: &Path) -> Policy {
    folder::read(folder, Owner::OrUser)
}

fn one(value: &Value) -> Policy {
    read(folder(&[("satchel.json", &value.to_string())]).path())
}

fn margins(of: &[(&str, u16)]) -> Buffers {
    let of = of.iter().map(|(rule, days)| ((*rule).to_owned(), *days));
    Rulebook::built_in().expect("the rules are right").buffers(of).expect("the days are right")
}

const KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}"#;
const FIRM: &str = "0d9f0a4e-2b7c-4f5d-8a31-6c1f2e3d4b5a";

#[test]
fn every_key_is_taken_with_a_right_value() {
    let policy = one(&json!({
        "IdleLockMinutes": 5,
        "RequirePassphrase": true,
        "Firm": FIRM,
        "FirmRecoveryKey": serde_json::from_str::<Value>(KEY).expect("a key"),
        "LocalRetentionDays": 90,
        "LegalHold": false,
        "LegalHoldMatters": [" 10452-003 ", "Q-7"],
        "VaultMaxMegabytes": 2_000,
        "DeadlineBufferDays": { "ca-production": 90, "ca-notice-by": 0 },
        "DeviceCommands": ["a.b.c"],
    }));
    assert_eq!(policy.faults, Vec::<String>::new());
    assert_eq!((policy.idle_lock_minutes, policy.require_passphrase, policy.retention_days), (Some(5), true, Some(90)));
    assert_eq!(policy.firm_recovery.as_ref().map(|recovery| recovery.firm.to_string()).as_deref(), Some(FIRM));
    assert_eq!((policy.vault_bytes_max, policy.commands.len()), (Some(2_000_000_000), 1));
    assert!(policy.hold.holds(Some("10452-003")) && policy.hold.holds(Some("q-7 ")), "as people write them");
    assert!(!policy.hold.holds(Some("10452-004")) && !policy.hold.holds(None));
    assert_eq!(policy.deadline_buffers, margins(&[("ca-production", 90), ("ca-notice-by", 0)]));
    let shown: Vec<_> = policy.shown().settings.into_iter().map(|setting| setting.name).collect();
    assert_eq!(shown, keys::KEYS.map(|key| key.name), "all are shown, in one order");
    let as_text = one(&json!({ "Firm": FIRM, "FirmRecoveryKey": KEY }));
    assert_eq!(as_text.firm_recovery, policy.firm_recovery, "a platform may keep texts only");
}

#[test]
fn a_wrong_value_loses_nothing_loosens_nothing_and_is_told() {
    for (key, values) in [
        ("IdleLockMinutes", vec![json!(0), json!(61), json!("5"), json!(5.5), json!(null)]),
        ("RequirePassphrase", vec![json!("true"), json!(1)]),
        ("Firm", vec![json!("Example LLP"), json!(7)]),
        ("FirmRecoveryKey", vec![json!("{}"), json!({ "kty": "EC" }), json!(true)]),
        ("LocalRetentionDays", vec![json!(0), json!(3_651), json!(-1), json!("90")]),
        ("LegalHold", vec![json!("yes"), json!([])]),
        ("LegalHoldMatters", vec![json!("10452-003"), json!([7]), json!([" "])]),
        ("VaultMaxMegabytes", vec![json!(99), json!(1e9)]),
        (
            "DeadlineBufferDays",
            vec![
                json!(3),
                json!(["ca-production"]),
                json!({ "ca-production": 91 }),
                json!({ "ca-production": -1 }),
                json!({ "ca-production": "3" }),
                json!({ "ca-production": 2.5 }),
                json!({ "ca-productoin": 3 }),
                json!({ "ca-custodian-packet": 3 }),
            ],
        ),
        ("DeviceCommands", vec![json!("a.b.c"), json!([{}])]),
    ] {
        for value in values {
            let policy = one(&json!({ key: value }));
            let told = policy.faults.iter().any(|fault| fault.contains(key));
            assert!(told, "{key} {value}: {:?}", policy.faults);
            assert_eq!(policy.retention_days, None, "{key} {value} removes nothing");
            assert_eq!(policy.commands, Vec::<String>::new());
            let expected = match key {
                "IdleLockMinutes" => policy.idle_lock_minutes == Some(15),
                "RequirePassphrase" => policy.require_passphrase,
                "LegalHold" | "LegalHoldMatters" => policy.hold == Hold::Everything,
                "DeadlineBufferDays" => policy.deadline_buffers == Buffers::default(),
                _ => true,
            };
            assert!(expected, "{key} {value} counts as {policy:?}");
        }
    }
}

#[test]
fn a_wrong_margin_leaves_the_others() {
    let policy = one(&json!({ "DeadlineBufferDays": { "ca-production": 3, "ca-productoin": 3, "ca-notice-by": 91 } }));
    assert_eq!(policy.deadline_buffers, margins(&[("ca-production", 3)]));
    assert_eq!((policy.faults.len(), policy.shown().settings.len()), (1, 0), "{:?}", policy.faults);
}

#[test]
fn a_hold_of_everything_is_not_narrowed_by_matters() {
    assert_eq!(one(&json!({ "LegalHold": true, "LegalHoldMatters": ["a"] })).hold, Hold::Everything);
    assert_eq!(one(&json!({ "LegalHold": "yes", "LegalHoldMatters": ["a"] })).hold, Hold::Everything);
    assert!(one(&json!({ "LegalHold": true })).hold.holds(None));
}

#[test]
fn what_cannot_be_read_holds_everything_until_it_can() {
    for text in ["", "[]", "{", "7", "{\"LocalRetentionDays\": 1"] {
        let folder = folder(&[("a.json", r#"{"LocalRetentionDays": 90, "IdleLockMinutes": 60}"#), ("b.json", text)]);
        let policy = read(folder.path());
        assert_eq!(policy.hold, Hold::Everything, "{text}");
        assert_eq!(policy.idle_lock_minutes, Some(15), "{text}");
        assert!(policy.faults.iter().any(|fault| fault.contains("b.json")), "{text}: {:?}", policy.faults);
    }
    let large = format!("{{\"LegalHold\": false, \"x\": \"{}\"}}", "x".repeat(256 * 1024));
    assert_eq!(read(folder(&[("a.json", &large)]).path()).hold, Hold::Everything);
}

#[test]
fn later_files_count_and_other_names_are_left_alone() {
    let folder = folder(&[
        ("50-firm.json", r#"{"LocalRetentionDays": 30, "IdleLockMinutes": 10}"#),
        ("90-office.json", r#"{"LocalRetentionDays": 60}"#),
        ("99-notes.txt", "not read"),
    ]);
    let policy = read(folder.path());
    assert_eq!((policy.retention_days, policy.idle_lock_minutes, policy.faults.len()), (Some(60), Some(10), 0));
    let nowhere = read(&folder.path().join("none"));
    assert!(nowhere.shown().settings.is_empty() && nowhere.faults.is_empty());
}

#[test]
fn an_unknown_key_is_told_and_changes_nothing() {
    let policy = one(&json!({ "LocalRetentionDay": 1, "IdleLockMinutes": 5 }));
    assert_eq!((policy.retention_days, policy.idle_lock_minutes), (None, Some(5)));
    assert!(policy.faults.iter().any(|fault| fault.contains("LocalRetentionDay")), "{:?}", policy.faults);
    assert_eq!(policy.hold, Hold::Nothing, "a newer Satchel may know it");
}

#[test]
fn what_others_can_write_is_not_believed() {
    let text = r#"{"LocalRetentionDays": 1, "LegalHold": false}"#;
    for mode in [0o666, 0o664, 0o646] {
        let folder = folder(&[("a.json", text)]);
        let file = folder.path().join("a.json");
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("it can be set");
        let policy = read(folder.path());
        assert_eq!((policy.retention_days, policy.faults.len()), (None, 1), "{mode:o}");
    }
    let open = folder(&[("a.json", text)]);
    fs::set_permissions(open.path(), fs::Permissions::from_mode(0o777)).expect("it can be set");
    assert_eq!(read(open.path()).retention_days, None, "others can put files there");
    let linked = folder(&[]);
    let elsewhere = folder(&[("a.json", text)]);
    std::os::unix::fs::symlink(elsewhere.path().join("a.json"), linked.path().join("a.json")).expect("a link");
    assert_eq!(read(linked.path()).retention_days, None, "a link leads anywhere");
    fs::create_dir(linked.path().join("b.json")).expect("a folder");
    assert_eq!(read(linked.path()).faults.len(), 2);
}

#[test]
fn a_user_is_no_administrator() {
    let folder = folder(&[("a.json", r#"{"IdleLockMinutes": 5}"#)]);
    let is_root = rustix::process::getuid().is_root();
    let policy = folder::read(folder.path(), Owner::Administrator);
    assert_eq!(policy.idle_lock_minutes, is_root.then_some(5));
}

#[test]
fn the_guide_lists_what_is_here() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/POLICY.md");
    let guide = fs::read_to_string(guide).expect("the guide can be read");
    for key in &keys::KEYS {
        let row = format!("| `{}` | {} | {} | {} |", key.name, key.values, key.says, key.wrong);
        assert!(guide.contains(&row), "docs/POLICY.md lacks:\n{row}");
    }
    let rows = guide.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, keys::KEYS.len(), "and nothing else");
}
