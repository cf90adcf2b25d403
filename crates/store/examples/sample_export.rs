//! Makes exports of which everything is known: `sample_export FOLDER`.
//!
//! FOLDER is new and then holds `vault.satchel`, a whole vault; `draft.satchel`, one draft of it; `secrets.json` with the passphrase and the
//! recovery words that open either; and `expected.json` with what is to be found in them. All of it is invented.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use rand_core::UnwrapErr;
use satchel_seal::{ChosenPassphrase, NoProgress, RecoveryWords};
use satchel_store::{ExportKeys, ExportScope, ExportStamp, InMemoryKeyring, RecordId, Table, Vault};
use satchel_terms::{FileName, MediaType, OrderId, Timestamp};
use serde_json::{Value, json};

const PASSPHRASE: &str = "a passphrase for a sample";
const DRAFT: &str = "6f1c0b52-3f7e-4d0a-9a61-5d0f8c2b7e11";
const OTHER_DRAFT: &str = "f1a5a3b0-64b2-4f0e-8a4a-7a0c1be2d9c4";
const ORDER: &str = "0d9b6c1e-8a44-4b7f-8f0e-2c5d7a913b66";
const MADE_AT_MS: u64 = 1_790_000_000_000;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [folder] = arguments.as_slice() else {
        bail!("usage: sample_export FOLDER");
    };
    fs::create_dir(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let (path, keyring) = (folder.join("vault"), InMemoryKeyring::new());
    let mut vault = Vault::create(&path, &keyring, UnwrapErr(getrandom::SysRng))?;
    let draft: OrderId = DRAFT.parse()?;
    fill(&mut vault, draft)?;
    let order = ORDER.parse()?;
    let texts = [
        ("Schedule A.txt", "Two pages of invented text.\n", draft),
        ("empty.txt", "", draft),
        ("sent.txt", "Sent.\n", order),
    ];
    let mut files = serde_json::Map::new();
    for (name, text, order) in texts {
        files.insert(attach(&mut vault, folder, (name, text), order)?.to_string(), text.into());
    }
    let words = RecoveryWords::make(&mut UnwrapErr(getrandom::SysRng));
    for (name, scope) in [("vault.satchel", ExportScope::Vault), ("draft.satchel", ExportScope::Draft(draft))] {
        write_export(&vault, &folder.join(name), scope, &words)?;
    }
    let secrets = json!({ "passphrase": PASSPHRASE, "recoveryWords": words.words().join(" ") });
    write(&folder.join("secrets.json"), &serde_json::to_string_pretty(&secrets)?)?;
    let expected =
        json!({ "draft": RecordId::from(draft).to_string(), "records": records(&mut vault)?, "attachments": files });
    write(&folder.join("expected.json"), &serde_json::to_string_pretty(&expected)?)?;
    vault.close();
    Ok(fs::remove_dir_all(path)?)
}

/// Writes to every table but the attachments, and changes what was written.
fn fill(vault: &mut Vault, draft: OrderId) -> anyhow::Result<()> {
    for (number, table) in (1..).zip(Table::ALL) {
        if !matches!(table, Table::Attachments | Table::Drafts) {
            vault.put(
                table,
                RecordId::from_bytes([number; 16]),
                &json!({ "table": table.number(), "note": "as it was put" }),
            )?;
        }
    }
    let name = "María Sample \u{1f4ce} «quoted»";
    vault.put(Table::Drafts, draft, &json!({ "name": name, "list": [1, [2, { "a": "b" }]], "empty": {} }))?;
    vault.change(Table::Drafts, draft, &json!({ "number": 9_007_199_254_740_991_u64, "list": [] }))?;
    // Longer than a chunk.
    let long = "a long text that goes from one chunk into the next. ".repeat(1_300);
    vault.put(Table::Drafts, OTHER_DRAFT.parse::<OrderId>()?, &json!({ "long": long }))?;
    Ok(())
}

fn attach(vault: &mut Vault, folder: &Path, (name, text): (&str, &str), order: OrderId) -> anyhow::Result<RecordId> {
    let source = folder.join("source.txt");
    write(&source, text)?;
    let sealed = vault.attachments().seal(&source, &mut UnwrapErr(getrandom::SysRng), &mut NoProgress)?;
    fs::remove_file(source)?;
    let (name, kind) = (FileName::try_from(name.to_owned())?, MediaType::try_from("text/plain".to_owned())?);
    let (id, record) = sealed.into_record(order, name, kind, MADE_AT_MS);
    vault.put(Table::Attachments, id, &record)?;
    Ok(id)
}

fn write_export(vault: &Vault, target: &Path, scope: ExportScope, words: &RecoveryWords) -> anyhow::Result<()> {
    let passphrase = ChosenPassphrase::new(PASSPHRASE)?;
    let keys = ExportKeys { passphrase: Some(&passphrase), recovery_words: Some(words) };
    let stamp = ExportStamp { made_at: Timestamp::from_millis(MADE_AT_MS), satchel: env!("CARGO_PKG_VERSION") };
    let export = vault.begin_export(scope)?;
    export.write(target, &keys, &stamp, &mut UnwrapErr(getrandom::SysRng), &mut |_| ControlFlow::Continue(()))?;
    Ok(())
}

/// Lists what is in the vault, as the reader prints it.
fn records(vault: &mut Vault) -> anyhow::Result<Vec<Value>> {
    let mut records = Vec::new();
    for table in Table::ALL {
        for (id, value) in vault.read_all::<Value>(table) {
            let name = format!("{table:?}").to_lowercase();
            records.push(json!({ "table": name, "id": id.to_string(), "record": value? }));
        }
    }
    Ok(records)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
