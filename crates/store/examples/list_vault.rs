//! Opens a vault and lists what is in it, as `tests/interop/vault_reader.py` does: `list_vault FOLDER KEYRING`.
//!
//! KEYRING is a file with what the keyring holds for it, in hexadecimal digits. Records are printed as lines of JSON, and on standard error
//! what damage took. Opening writes to the folder, so a copy is to be given.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use rand_core::UnwrapErr;
use satchel_store::key_file::KeyFile;
use satchel_store::{Finding, InMemoryKeyring, KEY_FILE, Keyring as _, Loss, Table, Vault};
use serde_json::{Value, json};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [folder, keyring] = arguments.as_slice() else {
        bail!("usage: list_vault FOLDER KEYRING");
    };
    let keyring = keyring_of(folder, keyring)?;
    let (mut vault, findings) = Vault::open(folder, &keyring, UnwrapErr(getrandom::SysRng))?;
    for table in Table::ALL {
        for (id, value) in vault.read_all::<Value>(table) {
            let revision = vault.revision(table, id);
            let value = value?;
            println!(
                "{}",
                json!({ "table": name(table), "id": id.to_string(), "revision": revision, "record": value })
            );
        }
    }
    findings.iter().flat_map(told).for_each(|line| eprintln!("{line}"));
    Ok(())
}

fn name(table: Table) -> String {
    format!("{table:?}").to_lowercase()
}

fn keyring_of(folder: &Path, digits: &Path) -> anyhow::Result<InMemoryKeyring> {
    let key_file = fs::read_to_string(folder.join(KEY_FILE)).context("cannot read the key file")?;
    let digits = fs::read_to_string(digits).with_context(|| format!("cannot read {}", digits.display()))?;
    let pairs = digits.trim().as_bytes().chunks(2);
    let secret: anyhow::Result<Vec<u8>> =
        pairs.map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?)).collect();
    let keyring = InMemoryKeyring::new();
    keyring.write(KeyFile::from_text_of_any(&key_file)?.vault(), &secret?)?;
    Ok(keyring)
}

/// Returns what the reader in Python tells of the same.
fn told(finding: &Finding) -> Vec<Value> {
    match finding {
        Finding::JournalDamaged(damage) => {
            let gaps = damage.gaps.iter().map(|gap| json!({ "damagedAt": gap.offset, "entries": gap.entries }));
            let lost = damage.lost.iter().map(|(table, id, loss)| {
                let loss = match loss {
                    Loss::Changes => "changes",
                    Loss::Whole => "whole",
                };
                json!({ "lost": loss, "table": name(*table), "id": id.to_string() })
            });
            gaps.chain(lost).collect()
        }
        Finding::LastWriteCut(_) => vec![json!({ "cut": true })],
        Finding::OlderCopy => vec![json!({ "olderCopy": true })],
        Finding::NotNotedInKeyring
        | Finding::NoKeyring
        | Finding::Restored(_)
        | Finding::KeyringDoesNotOpen
        | Finding::CacheRebuilt
        | Finding::AttachmentsMissing(_) => Vec::new(),
    }
}
