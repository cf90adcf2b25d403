//! The vault beside SQLCipher: durable saves, cold lists, space and memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use serde_json::Value;

use crate::bench::table::{Bar, Row, header};
use crate::bench::{has_room, median};
use crate::command::{must, output};

/// Bytes that both need for all their orders, about, while they are overwritten.
const ROOM_BYTES: u64 = 8_000_000_000;
/// Orders of the vault that is written to, and of those that are listed.
const DRAFTS: &str = "1000";
const SOME: &str = "10000";
const MANY: &str = "100000";
/// How long is saved at a time: long enough for what a cache writes behind to fall into it.
const SECONDS: &str = "5";
/// How often the drafts are overwritten for the space that they take, in all.
const OVERWRITES: &str = "100000";
/// The folder of those drafts.
const OVERWRITTEN: &str = "overwritten";
/// The snapshot's name in the vault's folder.
const SNAPSHOT: &str = "vault/snapshot.satchel";

/// Measures both in turn, so often, in a folder, and prints the medians.
pub(crate) fn measure(folder: &Path, ours: &Path, peer: &Path, rounds: u32) -> anyhow::Result<()> {
    has_room(folder, ROOM_BYTES)?;
    let ours = Program { program: ours.join("bench_vault"), folder: folder.join("satchel") };
    let peer = Program { program: peer.to_owned(), folder: folder.join("sqlcipher") };
    println!("\nThe vault: orders of 8 KB, beside SQLCipher (WAL, synchronous=FULL)");
    for orders in [DRAFTS, SOME, MANY] {
        println!("filling both with {orders} orders");
        for program in [&ours, &peer] {
            program.run("fill", orders, &[orders])?;
        }
    }
    let mut told = Told::default();
    for round in 1..=rounds {
        println!("round {round} of {rounds}");
        told.changes.push(ours.run("save", DRAFTS, &["change", SECONDS])?);
        told.peer_saves.push(peer.run("save", DRAFTS, &[SECONDS])?);
        told.puts.push(ours.run("save", DRAFTS, &["put", SECONDS])?);
        for (orders, ours_told, peer_told, whole) in [
            (SOME, &mut told.some, &mut told.peer_some, &mut told.some_whole),
            (MANY, &mut told.many, &mut told.peer_many, &mut told.many_whole),
        ] {
            ours_told.push(ours.list_cold(orders)?);
            peer_told.push(peer.list_cold(orders)?);
            whole.push(ours.list_cold_without_snapshot(orders)?);
        }
    }
    println!("overwriting {DRAFTS} orders {OVERWRITES} times");
    for program in [&ours, &peer] {
        program.run("fill", OVERWRITTEN, &[DRAFTS])?;
    }
    told.space.push(ours.run("overwrite", OVERWRITTEN, &[OVERWRITES])?);
    told.peer_space.push(peer.run("overwrite", OVERWRITTEN, &[OVERWRITES])?);
    // These were changed before, so their cache is full.
    told.space_changed.push(ours.run("overwrite", DRAFTS, &[OVERWRITES])?);
    println!("\n{}{}", header(rounds, "SQLCipher"), told.table());
    Ok(())
}

/// A program that does what is measured, and where its orders are.
struct Program {
    program: PathBuf,
    folder: PathBuf,
}

impl Program {
    fn run(&self, what: &str, orders: &str, arguments: &[&str]) -> anyhow::Result<Value> {
        // Nothing of what others wrote is left to be written.
        must(&mut Command::new("sync"))?;
        let mut command = Command::new(&self.program);
        let told = output(command.arg(what).arg(self.folder.join(orders)).args(arguments))?;
        serde_json::from_str(&told).with_context(|| format!("{} told something else", self.program.display()))
    }

    fn list_cold(&self, orders: &str) -> anyhow::Result<Value> {
        must(&mut Command::new("sync"))?;
        drop_from_memory(&self.folder.join(orders))?;
        self.run("list", orders, &[])
    }

    fn list_cold_without_snapshot(&self, orders: &str) -> anyhow::Result<Value> {
        let snapshot = self.folder.join(orders).join(SNAPSHOT);
        let aside = snapshot.with_extension("aside");
        fs::rename(&snapshot, &aside)?;
        let told = self.list_cold(orders);
        fs::rename(aside, snapshot)?;
        told
    }
}

/// Asks the system to keep nothing of a folder's files in memory. It does so for files that nobody has open and that are on disk;
/// no root is needed, and no other program is disturbed.
fn drop_from_memory(folder: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            drop_from_memory(&path)?;
        } else {
            let mut from = std::ffi::OsString::from("if=");
            from.push(&path);
            must(Command::new("dd").arg(from).args(["iflag=nocache", "count=0", "status=none"]))?;
        }
    }
    Ok(())
}

/// What the runs of both told.
#[derive(Default)]
struct Told {
    changes: Vec<Value>,
    puts: Vec<Value>,
    peer_saves: Vec<Value>,
    some: Vec<Value>,
    some_whole: Vec<Value>,
    peer_some: Vec<Value>,
    many: Vec<Value>,
    many_whole: Vec<Value>,
    peer_many: Vec<Value>,
    space: Vec<Value>,
    space_changed: Vec<Value>,
    peer_space: Vec<Value>,
}

impl Told {
    fn table(&self) -> String {
        let kib = 1.0 / 1024.0;
        let save = |what, ours, name, bar| Row::new(what, of(ours, name, 1.0), of(&self.peer_saves, name, 1.0), bar);
        let list =
            |what, ours, peer: &Vec<Value>, bar| Row::new(what, of(ours, "listMs", 1.0), of(peer, "listMs", 1.0), bar);
        [
            save("saving a change of 100 bytes to 8 KB, p50, µs", &self.changes, "p50", Bar::TimesMax(1.0)),
            save("the same, p99, µs", &self.changes, "p99", Bar::TimesMax(1.2)),
            save("the same, longest, µs", &self.changes, "longest", Bar::None),
            save("the same, saves a second", &self.changes, "rate", Bar::None),
            save("saving 8 KB whole, p50, µs", &self.puts, "p50", Bar::TimesMax(1.0)),
            save("the same, p99, µs", &self.puts, "p99", Bar::TimesMax(1.2)),
            save("the same, longest, µs", &self.puts, "longest", Bar::None),
            save("the same, saves a second", &self.puts, "rate", Bar::None),
            list("cold list of 10,000 orders, ms", &self.some, &self.peer_some, Bar::Max(300.0)),
            list("the same without a snapshot, ms", &self.some_whole, &self.peer_some, Bar::None),
            list("cold list of 100,000 orders, ms", &self.many, &self.peer_many, Bar::Max(500.0)),
            list("the same without a snapshot, ms", &self.many_whole, &self.peer_many, Bar::None),
            Row::new(
                "memory with the list of 100,000, MiB",
                of(&self.many, "residentKib", kib),
                of(&self.peer_many, "residentKib", kib),
                Bar::Max(150.0),
            ),
            Row::new(
                "the same, at the most, MiB",
                of(&self.many, "mostKib", kib),
                of(&self.peer_many, "mostKib", kib),
                Bar::Max(150.0),
            ),
            Row::new(
                "space after 100,000 overwrites, times live",
                times_live(&self.space, "endBytes"),
                times_live(&self.peer_space, "endBytes"),
                Bar::Max(4.0),
            ),
            Row::new(
                "the same, at the most meanwhile",
                times_live(&self.space, "mostBytes"),
                times_live(&self.peer_space, "mostBytes"),
                Bar::None,
            ),
            Row::new(
                "the same where all were changed often before",
                times_live(&self.space_changed, "endBytes"),
                times_live(&self.peer_space, "endBytes"),
                Bar::Max(4.0),
            ),
        ]
        .iter()
        .map(Row::to_string)
        .collect()
    }
}

/// Returns the median of what runs told under a name, in another unit.
fn of(told: &[Value], name: &str, unit: f64) -> f64 {
    median(told.iter().map(|told| told.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN) * unit))
}

fn times_live(told: &[Value], name: &str) -> f64 {
    of(told, name, 1.0) / of(told, "liveBytes", 1.0)
}
