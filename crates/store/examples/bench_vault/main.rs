//! Does with a vault what `cargo xtask bench` measures: `bench_vault fill|list|save|overwrite|attach FOLDER …`.
//!
//! FOLDER holds `vault` and `keyring.txt`, which is what the keyring holds for it, in hexadecimal digits: unlocking by a keyring costs
//! next to nothing, and so it does here. What was measured is printed as a line of JSON.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, bail};
use rand_core::UnwrapErr;
use satchel_seal::{NoProgress, verify_blob};
use satchel_store::key_file::KeyFile;
use satchel_store::{InMemoryKeyring, KEY_FILE, Keyring as _, RecordId, Summarize, Table, Vault};
use serde_json::json;

mod measure;
mod orders;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let told = match words.as_slice() {
        ["fill", folder, count] => fill(&PathBuf::from(folder), count.parse()?)?,
        ["list", folder] => list(&PathBuf::from(folder))?,
        ["save", folder, how, seconds] => save(&PathBuf::from(folder), how, seconds.parse()?)?,
        ["attach", folder, file] => attach(&PathBuf::from(folder), &PathBuf::from(file))?,
        ["overwrite", folder, count] => overwrite(&PathBuf::from(folder), count.parse()?)?,
        _ => bail!(
            "usage: bench_vault fill FOLDER COUNT | list FOLDER | save FOLDER change|put SECONDS | overwrite FOLDER COUNT | attach FOLDER FILE"
        ),
    };
    println!("{told}");
    Ok(())
}

/// Makes summaries as the window does, of the like size.
struct Summarizer;

impl Summarize for Summarizer {
    fn version(&self) -> u64 {
        1
    }

    fn shows(&self, table: Table) -> bool {
        matches!(table, Table::Drafts | Table::Outbox | Table::Orders | Table::Attachments)
    }

    fn summary(&self, _: Table, _: RecordId, json: &[u8]) -> Option<Vec<u8>> {
        orders::summary(json)
    }
}

fn id(number: u64) -> RecordId {
    RecordId::from_bytes(orders::id(number))
}

/// Makes a vault with so many orders, and closes it with a snapshot.
fn fill(folder: &Path, count: u64) -> anyhow::Result<serde_json::Value> {
    fs::create_dir_all(folder)?;
    let keyring = InMemoryKeyring::new();
    let mut vault = Vault::create(&folder.join("vault"), &keyring, UnwrapErr(getrandom::SysRng))?;
    let digits: String = keyring.read(vault.id())?.iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(folder.join("keyring.txt"), digits)?;
    vault.summarize(Summarizer);
    let mut live = 0;
    for number in 0..count {
        let order = orders::order(number, 0);
        live += serde_json::to_vec(&order)?.len();
        vault.put(Table::Drafts, id(number), &order)?;
    }
    vault.close();
    Ok(json!({ "orders": count, "bytesEach": live as u64 / count.max(1) }))
}

fn open(folder: &Path) -> anyhow::Result<Vault> {
    let path = folder.join("vault");
    let key_file = fs::read_to_string(path.join(KEY_FILE)).context("cannot read the key file")?;
    let digits = fs::read_to_string(folder.join("keyring.txt"))?;
    let pairs = digits.trim().as_bytes().chunks(2);
    let secret: anyhow::Result<Vec<u8>> =
        pairs.map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?)).collect();
    let keyring = InMemoryKeyring::new();
    keyring.write(KeyFile::from_text_of_any(&key_file)?.vault(), &secret?)?;
    let (mut vault, findings) = Vault::open(&path, &keyring, UnwrapErr(getrandom::SysRng))?;
    if !findings.is_empty() {
        bail!("the vault did not open well: {findings:?}");
    }
    vault.summarize(Summarizer);
    Ok(vault)
}

/// Opens a vault and reads the list of all orders.
fn list(folder: &Path) -> anyhow::Result<serde_json::Value> {
    let started = Instant::now();
    let vault = open(folder)?;
    let opened = started.elapsed();
    let rows: Option<Vec<_>> = vault.summaries(Table::Drafts).map(|(_, summary)| orders::row(summary)).collect();
    let rows = rows.context("a summary does not read")?;
    let listed = started.elapsed();
    let bytes: usize = vault.summaries(Table::Drafts).map(|(_, summary)| summary.len()).sum();
    let (resident, most) = measure::memory()?;
    Ok(json!({
        "orders": rows.len(),
        "summaryBytes": bytes / rows.len().max(1),
        "openMs": opened.as_secs_f64() * 1e3,
        "listMs": listed.as_secs_f64() * 1e3,
        "residentKib": resident,
        "mostKib": most,
    }))
}

/// Returns a change of about a hundred bytes, as the window writes one after a pause in typing.
fn change(count: u64) -> serde_json::Value {
    let mut numbers = orders::Numbers(count);
    json!({ "remarks": numbers.text(56), "changedAtMs": 1_790_000_000_000_u64 + count })
}

/// Saves changes to orders, or whole orders, each on disk before the next begins.
fn save(folder: &Path, how: &str, seconds: u64) -> anyhow::Result<serde_json::Value> {
    let mut vault = open(folder)?;
    let drafts = vault.ids(Table::Drafts).len() as u64;
    let mut numbers = orders::Numbers(7);
    let prepare = |count| {
        let number = numbers.below(drafts);
        Ok((number, if how == "put" { orders::order(number, count + 1) } else { change(count) }))
    };
    let times = measure::for_seconds(seconds, prepare, |(number, value)| {
        if how == "put" {
            vault.put(Table::Drafts, id(number), &value)?;
        } else {
            vault.change(Table::Drafts, id(number), &value)?;
        }
        anyhow::Ok(())
    })?;
    vault.close();
    Ok(measure::told(times))
}

/// Overwrites orders whole, and tells what the folder takes on disk at the most and at the end.
fn overwrite(folder: &Path, count: u64) -> anyhow::Result<serde_json::Value> {
    let mut vault = open(folder)?;
    let drafts = vault.ids(Table::Drafts).len() as u64;
    let path = folder.join("vault");
    let mut most = 0;
    for count in 0..count {
        let number = count % drafts;
        vault.put(Table::Drafts, id(number), &orders::order(number, count + 1))?;
        if count % 200 == 0 {
            most = most.max(measure::on_disk(&path)?);
        }
    }
    let mut live = 0;
    for number in 0..drafts {
        let order: Option<serde_json::Value> = vault.read(Table::Drafts, id(number))?;
        live += serde_json::to_vec(&order)?.len();
    }
    vault.close();
    Ok(json!({ "liveBytes": live, "mostBytes": most, "endBytes": measure::on_disk(&path)? }))
}

/// Seals a file into the vault, as the window does, until it is on disk; then verifies it, which is not timed.
fn attach(folder: &Path, file: &Path) -> anyhow::Result<serde_json::Value> {
    let vault = open(folder)?;
    let attachments = vault.attachments();
    let started = Instant::now();
    let sealed = attachments.seal(file, &mut UnwrapErr(getrandom::SysRng), &mut NoProgress)?;
    let seconds = started.elapsed().as_secs_f64();
    let (_, most) = measure::memory()?;
    let sealed_file = &mut attachments.sealed_file(sealed.id)?;
    verify_blob(sealed_file, &sealed.sealed.content_key, &sealed.sealed.contents, &mut NoProgress)?;
    attachments.remove(sealed.id)?;
    Ok(json!({ "seconds": seconds, "mostKib": most }))
}
