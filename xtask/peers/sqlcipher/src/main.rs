//! Does with SQLCipher what `bench_vault` does with a vault: `sqlcipher-peer fill|list|save|overwrite FOLDER …`.
//!
//! WAL and synchronous=FULL, so that what is acknowledged is on disk; the key is given raw, so that unlocking costs nothing here
//! either; summaries stand in a table of their own, so that a list decrypts no whole orders.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, bail};
use rusqlite::{Connection, params};
use serde_json::json;

#[path = "../../../../crates/store/examples/bench_vault/measure.rs"]
mod measure;
#[path = "../../../../crates/store/examples/bench_vault/orders.rs"]
mod orders;

/// Orders that are filled in at once.
const FILL_AT_ONCE: u64 = 2_000;
const PUT: &str = "INSERT INTO orders (id, json) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET json = excluded.json";
const PUT_SUMMARY: &str =
    "INSERT INTO summaries (id, summary) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET summary = excluded.summary";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let told = match words.as_slice() {
        ["fill", folder, count] => fill(&PathBuf::from(folder), count.parse()?)?,
        ["list", folder] => list(&PathBuf::from(folder))?,
        ["save", folder, seconds] => save(&PathBuf::from(folder), seconds.parse()?)?,
        ["overwrite", folder, count] => overwrite(&PathBuf::from(folder), count.parse()?)?,
        _ => {
            bail!(
                "usage: sqlcipher-peer fill FOLDER COUNT | list FOLDER | save FOLDER SECONDS | overwrite FOLDER COUNT"
            )
        }
    };
    println!("{told}");
    Ok(())
}

fn open(folder: &Path) -> anyhow::Result<Connection> {
    let connection = Connection::open(folder.join("orders.db"))?;
    let key = "07".repeat(32);
    connection.execute_batch(&format!("PRAGMA key = \"x'{key}'\";"))?;
    let cipher: String = connection.query_row("PRAGMA cipher_version", [], |row| row.get(0))?;
    if cipher.is_empty() {
        bail!("this SQLite does not encrypt");
    }
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        bail!("the journal is in mode {mode}");
    }
    // As much memory as the vault's cache has.
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA cache_size = -32768;")?;
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS orders (id BLOB PRIMARY KEY, json BLOB NOT NULL);
         CREATE TABLE IF NOT EXISTS summaries (id BLOB PRIMARY KEY, summary BLOB NOT NULL);",
    )?;
    Ok(connection)
}

/// Makes a database with so many orders.
fn fill(folder: &Path, count: u64) -> anyhow::Result<serde_json::Value> {
    fs::create_dir_all(folder)?;
    let mut connection = open(folder)?;
    let mut number = 0;
    while number < count {
        let transaction = connection.transaction()?;
        for number in number..count.min(number + FILL_AT_ONCE) {
            let json = serde_json::to_vec(&orders::order(number, 0))?;
            let summary = orders::summary(&json).context("an order has a summary")?;
            transaction.prepare_cached(PUT)?.execute(params![orders::id(number), json])?;
            transaction.prepare_cached(PUT_SUMMARY)?.execute(params![orders::id(number), summary])?;
        }
        transaction.commit()?;
        number += FILL_AT_ONCE;
    }
    close(connection)?;
    Ok(json!({ "orders": count }))
}

/// Opens the database and reads the list of all orders.
fn list(folder: &Path) -> anyhow::Result<serde_json::Value> {
    let started = Instant::now();
    let connection = open(folder)?;
    let opened = started.elapsed();
    let mut statement = connection.prepare("SELECT summary FROM summaries")?;
    let mut found = statement.query([])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.push(orders::row(row.get_ref(0)?.as_blob()?).context("a summary does not read")?);
    }
    let listed = started.elapsed();
    let (resident, most) = measure::memory()?;
    Ok(json!({
        "orders": rows.len(),
        "openMs": opened.as_secs_f64() * 1e3,
        "listMs": listed.as_secs_f64() * 1e3,
        "residentKib": resident,
        "mostKib": most,
    }))
}

/// Saves whole orders, each on disk before the next begins. Their summaries are left as they are, which is less work than the
/// vault does.
fn save(folder: &Path, seconds: u64) -> anyhow::Result<serde_json::Value> {
    let mut connection = open(folder)?;
    let drafts = number(&connection, "count(*)")?;
    let mut numbers = orders::Numbers(7);
    let prepare = |count| {
        let number = numbers.below(drafts);
        Ok((number, serde_json::to_vec(&orders::order(number, count + 1))?))
    };
    let times = measure::for_seconds(seconds, prepare, |(number, json)| put(&mut connection, number, &json))?;
    close(connection)?;
    Ok(measure::told(times))
}

fn put(connection: &mut Connection, number: u64, json: &[u8]) -> anyhow::Result<()> {
    let transaction = connection.transaction()?;
    transaction.prepare_cached(PUT)?.execute(params![orders::id(number), json])?;
    Ok(transaction.commit()?)
}

fn number(connection: &Connection, of: &str) -> anyhow::Result<u64> {
    let number: i64 = connection.query_row(&format!("SELECT {of} FROM orders"), [], |row| row.get(0))?;
    Ok(number.try_into()?)
}

/// Overwrites orders whole, and tells what the folder takes on disk at the most and at the end.
fn overwrite(folder: &Path, count: u64) -> anyhow::Result<serde_json::Value> {
    let mut connection = open(folder)?;
    let drafts = number(&connection, "count(*)")?;
    let mut most = 0;
    for count in 0..count {
        let number = count % drafts;
        put(&mut connection, number, &serde_json::to_vec(&orders::order(number, count + 1))?)?;
        if count % 200 == 0 {
            most = most.max(measure::on_disk(folder)?);
        }
    }
    let live = number(&connection, "sum(length(json))")?;
    close(connection)?;
    Ok(json!({ "liveBytes": live, "mostBytes": most, "endBytes": measure::on_disk(folder)? }))
}

fn close(connection: Connection) -> anyhow::Result<()> {
    connection.close().map_err(|(_, error)| error.into())
}
