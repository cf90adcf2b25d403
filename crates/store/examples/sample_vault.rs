//! Makes a vault of which everything is known: `sample_vault FOLDER`.
//!
//! FOLDER is new and then holds `vault`, which is the vault without its cache; `keyring.txt` with what the keyring holds for it; and
//! `expected.json` with what is to be found in it. Its key protects nothing, and all that is in it is invented.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use rand_core::UnwrapErr;
use satchel_seal::NoProgress;
use satchel_store::{InMemoryKeyring, Keyring as _, RecordId, Table, Vault};
use satchel_terms::{FileName, MediaType, OrderId, VaultId};
use serde_json::{Value, json};

const ATTACHED: &str = "Schedule A: two pages of invented text.\n";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [folder] = arguments.as_slice() else {
        bail!("usage: sample_vault FOLDER");
    };
    fs::create_dir(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let (keyring, path) = (InMemoryKeyring::new(), folder.join("vault"));
    let mut vault = Vault::create(&path, &keyring, UnwrapErr(getrandom::SysRng))?;
    let id = vault.id();
    fill(&mut vault)?;
    let attached = attach(&mut vault, folder)?;
    vault.compact()?;
    vault.keep_snapshot()?;
    vault.close();
    // Opened once more, so that the generation is not that of a new vault, and written to behind the snapshot.
    let (mut vault, _) = Vault::open(&path, &keyring, UnwrapErr(getrandom::SysRng))?;
    change(&mut vault)?;
    let records = records(&mut vault)?;
    vault.close();
    fs::remove_dir_all(path.join("cache"))?;
    fs::remove_file(path.join("vault.lock"))?;
    write_key(folder, &keyring, id)?;
    let expected = json!({ "records": records, "attachments": { attached.to_string(): ATTACHED } });
    write(&folder.join("expected.json"), &serde_json::to_string_pretty(&expected)?)
}

const fn record(number: u8) -> RecordId {
    RecordId::from_bytes([number; 16])
}

/// Writes to every table, changes and deletes.
fn fill(vault: &mut Vault) -> anyhow::Result<()> {
    for (number, table) in (1..).zip(Table::ALL) {
        if table != Table::Attachments {
            vault.put(table, record(number), &json!({ "table": table.number(), "note": "as it was put" }))?;
        }
    }
    let long = "a long text, so that a change is not longer than the whole. ".repeat(4);
    for number in 11..=15 {
        let name = format!("María Sample {number} \u{1f4ce} «quoted»");
        vault.put(
            Table::Drafts,
            record(number),
            &json!({ "name": name, "long": long, "list": [1, [2, { "a": "b" }]] }),
        )?;
    }
    vault.change(Table::Drafts, record(12), &json!({ "list": null, "more": { "a": 1, "b": "two" } }))?;
    vault.change(Table::Drafts, record(12), &json!({ "more": { "a": null, "c": false } }))?;
    // Past the number of changes after which the whole is written.
    for count in 0..40 {
        vault.change(Table::Drafts, record(13), &json!({ "count": count }))?;
    }
    vault.delete(Table::Drafts, record(14))?;
    Ok(())
}

fn attach(vault: &mut Vault, folder: &Path) -> anyhow::Result<RecordId> {
    let (source, mut random) = (folder.join("source.txt"), UnwrapErr(getrandom::SysRng));
    write(&source, ATTACHED)?;
    let sealed = vault.attachments().seal(&source, &mut random, &mut NoProgress)?;
    fs::remove_file(source)?;
    let (name, media_type) =
        (FileName::try_from("Schedule A.txt".to_owned())?, MediaType::try_from("text/plain".to_owned())?);
    let (id, attached) = sealed.into_record(OrderId::make(&mut random), name, media_type, 1_790_000_000_000);
    vault.put(Table::Attachments, id, &attached)?;
    Ok(id)
}

/// Changes what a compaction wrote, and writes anew what was deleted before and after it.
fn change(vault: &mut Vault) -> anyhow::Result<()> {
    vault.change(Table::Drafts, record(11), &json!({ "after": "the compaction" }))?;
    vault.change(Table::Drafts, record(11), &json!({ "list": [] }))?;
    vault.put(Table::Drafts, record(14), &json!({ "name": "put again" }))?;
    vault.delete(Table::Drafts, record(15))?;
    vault.delete(Table::Outbox, record(3))?;
    vault.put(Table::Outbox, record(3), &json!({ "table": 3, "note": "put again" }))?;
    vault.put(Table::Orders, record(21), &json!({ "number": 9_007_199_254_740_991_u64, "empty": {}, "text": "" }))?;
    Ok(())
}

/// Lists what is in the vault now, as the reader prints it.
fn records(vault: &mut Vault) -> anyhow::Result<Vec<Value>> {
    let mut records = Vec::new();
    for table in Table::ALL {
        for (id, value) in vault.read_all::<Value>(table) {
            let (name, revision) = (format!("{table:?}").to_lowercase(), vault.revision(table, id));
            records.push(json!({ "table": name, "id": id.to_string(), "revision": revision, "record": value? }));
        }
    }
    Ok(records)
}

fn write_key(folder: &Path, keyring: &InMemoryKeyring, vault: VaultId) -> anyhow::Result<()> {
    let digits: String = keyring.read(vault)?.iter().map(|byte| format!("{byte:02x}")).collect();
    write(&folder.join("keyring.txt"), &format!("{digits}\n"))
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
