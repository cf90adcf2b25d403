//! The keys of a policy: the one definition of what can be set, what its values are, and what a wrong value counts as.

use std::collections::BTreeMap;

use satchel_order::deadlines::{BUFFER_DAYS_MAX, Buffers, Rulebook};
use satchel_terms::{EcPublicKey, FirmId};
use serde_json::Value;

use super::{FirmRecovery, Hold, Policy, compared};

/// What the vault locks after where nobody says otherwise, and what a policy that cannot be read limits it to.
const LOCK_MINUTES: u32 = 15;
const LOCK_MINUTES_MAX: u64 = 60;
const RETENTION_DAYS_MAX: u64 = 3_650;
const VAULT_MEGABYTES_MIN: u64 = 100;
const VAULT_MEGABYTES_MAX: u64 = 10_000_000;
/// The most texts of a list, and the most characters of each.
const TEXTS_MAX: usize = 1_000;
const TEXT_CHARS_MAX: usize = 4_000;

/// A key: its name, what its value may be, and what it does.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) values: &'static str,
    pub(super) says: &'static str,
    take: fn(&Value, &mut Policy) -> Option<String>,
    /// What a value counts as that is none.
    refuse: fn(&mut Policy),
    pub(super) wrong: &'static str,
}

/// All keys, in the order in which they are shown.
pub(super) const KEYS: [Key; 10] = [
    Key {
        name: "IdleLockMinutes",
        values: "1 to 60",
        says: "The most minutes without a key or a click until Satchel locks; the user may choose fewer.",
        take: |value, policy| {
            let minutes = number(value, 1, LOCK_MINUTES_MAX)?;
            policy.idle_lock_minutes = u32::try_from(minutes).ok();
            Some(minutes.to_string())
        },
        refuse: limit_lock,
        wrong: "15",
    },
    Key {
        name: "RequirePassphrase",
        values: "true or false",
        says: "Satchel opens by a passphrase, not by the computer’s keyring alone.",
        take: |value, policy| {
            policy.require_passphrase = value.as_bool()?;
            Some(yes_no(policy.require_passphrase))
        },
        refuse: |policy| policy.require_passphrase = true,
        wrong: "true",
    },
    Key {
        name: "Firm",
        values: "the firm’s id, as the provider gives it",
        says: "The firm whose recovery key is meant.",
        take: |value, _| Some(value.as_str()?.parse::<FirmId>().ok()?.to_string()),
        refuse: |_| {},
        wrong: "not set",
    },
    Key {
        name: "FirmRecoveryKey",
        values: "a public key on P-256 as JWK (RFC 7517)",
        says: "Whoever holds the private half opens the vaults of this computer. Needs Firm.",
        take: |value, _| Some(recovery_key(value)?.thumbprint().to_string()),
        refuse: |_| {},
        wrong: "not set",
    },
    Key {
        name: "LocalRetentionDays",
        values: "1 to 3650",
        says: "How many days after they are completed or cancelled, orders are removed from this computer.",
        take: |value, policy| {
            let days = number(value, 1, RETENTION_DAYS_MAX)?;
            policy.retention_days = u32::try_from(days).ok();
            Some(days.to_string())
        },
        refuse: |policy| policy.retention_days = None,
        wrong: "not set: nothing is removed",
    },
    Key {
        name: "LegalHold",
        values: "true or false",
        says: "Nothing is deleted from this computer, neither by retention nor for good by its user.",
        take: |value, policy| {
            let holds = value.as_bool()?;
            if holds {
                policy.hold = Hold::Everything;
            }
            Some(yes_no(holds))
        },
        refuse: hold_everything,
        wrong: "true",
    },
    Key {
        name: "LegalHoldMatters",
        values: "a list of client-matter numbers",
        says: "Orders of these client-matter numbers are not deleted from this computer.",
        take: |value, policy| {
            let matters = texts(value)?;
            let shown = matters.join(", ");
            if policy.hold != Hold::Everything {
                policy.hold = Hold::Matters(matters.iter().map(|matter| compared(matter)).collect());
            }
            Some(shown)
        },
        refuse: hold_everything,
        wrong: "LegalHold",
    },
    Key {
        name: "VaultMaxMegabytes",
        values: "100 to 10000000",
        says: "How many megabytes the vault may take before no more files are attached. What is typed is always kept.",
        take: |value, policy| {
            let megabytes = number(value, VAULT_MEGABYTES_MIN, VAULT_MEGABYTES_MAX)?;
            policy.vault_bytes_max = Some(megabytes.saturating_mul(1_000_000));
            Some(megabytes.to_string())
        },
        refuse: |policy| policy.vault_bytes_max = None,
        wrong: "not set",
    },
    Key {
        name: "DeadlineBufferDays",
        values: "an object of rules that set a date (docs/DEADLINES.md) and days, 0 to 90",
        says: "How many calendar days the firm keeps clear of the dates that rules set. They stand beside the dates and change none.",
        take: deadline_buffers,
        refuse: |_| {},
        wrong: "what in it is right",
    },
    Key {
        name: "DeviceCommands",
        values: "a list of commands that the firm’s admin key signed",
        says: "Locks or erases the vaults that they name.",
        take: |value, policy| {
            policy.commands = texts(value)?.into_iter().map(str::to_owned).collect();
            Some(policy.commands.len().to_string())
        },
        refuse: |policy| policy.commands.clear(),
        wrong: "not set",
    },
];

/// Says what a key does.
pub(super) fn says(name: &str) -> &'static str {
    KEYS.iter().find(|key| key.name == name).map_or("", |key| key.says)
}

/// Reads the values of all files together.
pub(super) fn policy(values: &BTreeMap<String, Value>) -> Policy {
    let mut policy = Policy::default();
    for key in &KEYS {
        let Some(value) = values.get(key.name) else { continue };
        match (key.take)(value, &mut policy) {
            Some(shown) => policy.shown.push((key.name, shown)),
            None => {
                (key.refuse)(&mut policy);
                policy.faults.push(format!(
                    "{} is not {}. It counts as {}. Your IT has to mend it.",
                    key.name, key.values, key.wrong
                ));
            }
        }
    }
    for name in values.keys().filter(|name| KEYS.iter().all(|key| key.name != name.as_str())) {
        let name: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
        policy.faults.push(format!("{name} is no setting that this version of Satchel knows. It changes nothing."));
    }
    recovery(values, &mut policy);
    policy
}

/// Takes the two keys that count only together.
fn recovery(values: &BTreeMap<String, Value>, policy: &mut Policy) {
    let firm = values.get("Firm").and_then(Value::as_str).and_then(|firm| firm.parse::<FirmId>().ok());
    let Some(key) = values.get("FirmRecoveryKey").and_then(recovery_key) else { return };
    match firm {
        Some(firm) => policy.firm_recovery = Some(FirmRecovery { firm, key }),
        None => {
            policy.faults.push("FirmRecoveryKey needs Firm. It counts as not set. Your IT has to mend it.".to_owned())
        }
    }
}

/// Reads a key that stands as an object, or as a text where a platform keeps nothing else.
fn recovery_key(value: &Value) -> Option<EcPublicKey> {
    match value {
        Value::String(text) => serde_json::from_str(text).ok(),
        Value::Object(_) => serde_json::from_value(value.clone()).ok(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

/// Takes the days that are right, so that a rule that is misspelt does not take the others' margins away.
fn deadline_buffers(value: &Value, policy: &mut Policy) -> Option<String> {
    let written = value.as_object()?;
    let book = Rulebook::built_in().ok()?;
    let days = |days: &Value| u16::try_from(number(days, 0, BUFFER_DAYS_MAX.into())?).ok();
    let one = |(rule, value): (&String, &Value)| {
        let one = (rule.clone(), days(value)?);
        book.buffers([one.clone()]).ok().map(|_: Buffers| one)
    };
    let right: Vec<_> = written.iter().filter_map(one).collect();
    let shown = right.iter().map(|(rule, days)| format!("{rule}: {days}")).collect::<Vec<_>>().join(", ");
    let are_all = right.len() == written.len();
    policy.deadline_buffers = book.buffers(right).ok()?;
    are_all.then_some(shown)
}

/// Lets the vault lock no later than where nobody says otherwise.
pub(super) fn limit_lock(policy: &mut Policy) {
    policy.idle_lock_minutes = Some(policy.idle_lock_minutes.map_or(LOCK_MINUTES, |minutes| minutes.min(LOCK_MINUTES)));
}

fn hold_everything(policy: &mut Policy) {
    policy.hold = Hold::Everything;
}

fn number(value: &Value, min: u64, max: u64) -> Option<u64> {
    value.as_u64().filter(|number| (min..=max).contains(number))
}

fn texts(value: &Value) -> Option<Vec<&str>> {
    let is_text = |text: &&str| !text.trim().is_empty() && text.len() <= TEXT_CHARS_MAX;
    let texts: Option<Vec<_>> = value.as_array()?.iter().map(|text| text.as_str().filter(is_text)).collect();
    texts.filter(|texts| texts.len() <= TEXTS_MAX)
}

fn yes_no(value: bool) -> String {
    if value { "Yes" } else { "No" }.to_owned()
}
