//! The lists of the app over many orders: from the asked opening of the vault to the first rows, and a search letter by letter. What is
//! measured is the app behind its window, asked by the commands that the window asks; there is no peer for it.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use serde_json::Value;

use crate::bench::table::{Bar, Row, header};
use crate::bench::{has_room, median};
use crate::command::{cargo, must, output};
use crate::ui;

/// Bytes that the vaults take, about.
const ROOM_BYTES: u64 = 2_000_000_000;
const SOME: &str = "10000";
const MANY: &str = "100000";

/// Measures so often, in a folder, and prints the medians. `ours` holds the examples.
pub(crate) fn measure(folder: &Path, ours: &Path, rounds: u32) -> anyhow::Result<()> {
    has_room(folder, ROOM_BYTES)?;
    ui::ensure_built()?;
    must(cargo().args(["build", "--release", "--locked", "--package", "satchel", "--example", "lists"]))?;
    let program = ours.join("lists");
    println!("\nLists and search of the app");
    let mut told = [Vec::new(), Vec::new()];
    for (orders, told) in [SOME, MANY].into_iter().zip(&mut told) {
        let vault = folder.join(orders);
        println!("filling a vault with {orders} orders");
        run(&program, &["fill".as_ref(), &vault, orders.as_ref()])?;
        // The first opening makes the summaries, as after an update.
        run(&program, &["open".as_ref(), &vault])?;
        for _ in 0..rounds {
            told.push(run(&program, &["open".as_ref(), &vault])?);
        }
    }
    let [some, many] = &told;
    let rows = [
        Row::alone("unlocked to listed, 10,000 orders, ms", of(some, "listed_ms"), Bar::Max(300.0)),
        Row::alone("unlocked to listed, 100,000 orders, ms", of(many, "listed_ms"), Bar::Max(500.0)),
        Row::alone("memory of the app with 100,000, MiB", of(many, "resident_kib") / 1024.0, Bar::Max(150.0)),
        Row::alone("search over 100,000, a letter, p50, ms", of(many, "search_p50_ms"), Bar::None),
        Row::alone("the same, p99, ms", of(many, "search_p99_ms"), Bar::Max(50.0)),
        Row::alone("sorting 100,000 by another column, longest, ms", of(many, "sort_max_ms"), Bar::None),
    ];
    println!("\n{}{}", header(rounds, "no peer"), rows.iter().map(Row::to_string).collect::<String>());
    Ok(())
}

fn run(program: &Path, arguments: &[&Path]) -> anyhow::Result<Value> {
    must(&mut Command::new("sync"))?;
    let told = output(Command::new(program).args(arguments))?;
    serde_json::from_str(&told).with_context(|| format!("{} told something else", program.display()))
}

fn of(told: &[Value], name: &str) -> f64 {
    median(told.iter().map(|told| told.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN)))
}
