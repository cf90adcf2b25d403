//! Opens what is left, reads everything twice, and compares it with what was acknowledged.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context as _;
use rand_core::UnwrapErr;
use satchel_seal::NoProgress;
use satchel_store::{AttachmentRecord, Finding, RecordId, Table, Vault};
use serde_json::Value;

use crate::contents::digest;
use crate::keyring::KeyringDouble;
use crate::ledger::{self, GONE, Key, Known, Records};

/// Where the vault keeps its own record.
const OWN: (Table, RecordId) = (Table::Settings, RecordId::from_bytes([0; 16]));

/// What is wrong with a vault.
#[derive(Debug, Default)]
struct Report {
    lost: BTreeSet<String>,
    unopenable: Vec<String>,
    /// What opening told that a crash explains.
    told: Vec<&'static str>,
}

/// Checks every vault of a ledger, says what is wrong in lines that begin with `lost` or `unopenable`, what was told in lines that begin
/// with `told`, and what became of writes that were not acknowledged as further lines of the ledger.
pub(crate) fn check(folder: &Path, outside: &Path, ledger: &str) -> anyhow::Result<()> {
    let keyring = KeyringDouble(outside.join("keyring"));
    let mut acknowledged = 0;
    for (name, known) in ledger::read(ledger)?.iter().filter(|(name, _)| !name.is_empty()) {
        let mut report = Report::default();
        println!("vault {name}");
        check_vault(&folder.join(name), &keyring, known, &mut report).unwrap_or_else(|error| {
            report.unopenable.push(format!("{error:#}"));
        });
        report.lost.iter().for_each(|what| println!("lost {name}: {what}"));
        report.unopenable.iter().for_each(|what| println!("unopenable {name}: {what}"));
        report.told.iter().for_each(|what| println!("told {what}"));
        acknowledged += known.acknowledged + u64::from(known.made);
    }
    println!("checked {acknowledged}");
    Ok(())
}

fn check_vault(path: &Path, keyring: &KeyringDouble, known: &Known, report: &mut Report) -> anyhow::Result<()> {
    let random = || UnwrapErr(getrandom::SysRng);
    if !Vault::is_in(path)? {
        if known.made {
            report.lost.insert("the whole vault".to_owned());
        }
        // What was left of it must not be in the way.
        drop(Vault::create(path, keyring, random()).context("cannot be made again")?);
        println!("made");
        return Ok(());
    }
    let (mut vault, findings) = Vault::open(path, keyring, random())?;
    findings.iter().for_each(|finding| report.hear(finding));
    let first = read(&mut vault, report);
    compare(&first, known, report);
    // Now from the cache, and once the whole journal was read.
    if let Some(verification) = vault.take_verification() {
        let gaps = verification.run(|| true)?;
        report.lost.extend(gaps.iter().map(|gap| format!("what is behind damage: {gap:?}")));
    }
    let again = read(&mut vault, report);
    report.compare_readings(&first, &again);
    vault.close();
    let (mut vault, findings) = Vault::open(path, keyring, random()).context("not a second time")?;
    report.lost.extend(findings.iter().map(|finding| format!("the second opening found {finding:?}")));
    let again = read(&mut vault, report);
    report.compare_readings(&first, &again);
    println!("made");
    Ok(())
}

impl Report {
    /// Takes a finding: a kill or a power cut explains a write that was cut, and a cache that is built anew, and nothing else.
    fn hear(&mut self, finding: &Finding) {
        match finding {
            Finding::LastWriteCut(_) => self.told.push("cut"),
            Finding::CacheRebuilt => self.told.push("cache"),
            Finding::JournalDamaged(_)
            | Finding::OlderCopy
            | Finding::NotNotedInKeyring
            | Finding::NoKeyring
            | Finding::Restored(_)
            | Finding::KeyringDoesNotOpen
            | Finding::AttachmentsMissing(_) => drop(self.lost.insert(format!("opening found {finding:?}"))),
        }
    }

    fn compare_readings(&mut self, first: &Records, again: &Records) {
        if first != again {
            self.lost.insert("it reads otherwise at another time".to_owned());
        }
    }
}

/// Reads every record, and opens every attached file.
fn read(vault: &mut Vault, report: &mut Report) -> Records {
    let mut records = Records::new();
    for table in Table::ALL {
        for (id, value) in vault.read_all::<Value>(table) {
            let revision = vault.revision(table, id).unwrap_or(0);
            match value {
                Ok(_) if (table, id) == OWN => {}
                Ok(value) => drop(records.insert((table.number(), id.to_string()), (revision, digest(&value)))),
                Err(error) => drop(report.lost.insert(format!("{table:?} {id}: {error}"))),
            }
        }
    }
    let files = vault.attachments();
    for (id, record) in vault.read_all::<AttachmentRecord>(Table::Attachments) {
        let verified = record.map(|record| files.verify(id, &record, &mut NoProgress));
        if !matches!(verified, Ok(Ok(()))) {
            report.lost.insert(format!("the file {id}: {verified:?}"));
        }
    }
    records
}

/// Compares what is there with what may be there, and says of each write that was not acknowledged what became of it.
fn compare(found: &Records, known: &Known, report: &mut Report) {
    let differing = |records: &Records| -> Vec<Key> {
        let keys: BTreeSet<&Key> = found.keys().chain(records.keys()).collect();
        keys.into_iter().filter(|key| found.get(*key) != records.get(*key)).cloned().collect()
    };
    let may_hold = known.may_hold();
    if !may_hold.contains(found) {
        let nearest = may_hold.iter().min_by_key(|records| differing(records).len()).unwrap_or(&known.records);
        for key in differing(nearest) {
            let (table, id) = &key;
            report.lost.insert(format!("{table} {id} is {:?}, was {:?}", found.get(&key), nearest.get(&key)));
        }
    }
    for (key, _) in &known.begun {
        let (revision, digest) = found.get(key).map_or((0, GONE), |(revision, digest)| (*revision, digest.as_str()));
        println!("is {} {} {revision} {digest}", key.0, key.1);
    }
}
