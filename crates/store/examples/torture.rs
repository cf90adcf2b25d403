//! A vault that is killed: `torture write PHASE FOLDER OUTSIDE SEED` writes to vaults until somebody kills it or cuts the power, and
//! `torture check FOLDER OUTSIDE LEDGER` says whether they kept what was acknowledged. `cargo xtask torture` drives both.
//!
//! FOLDER holds the vaults and is what the power is cut of; OUTSIDE holds the keyring's double and the files to attach, on
//! another disk. The writer says each step in a line on its standard output, once it is done: `vault NAME` which vault follows, `made`
//! that it is there, `will TABLE ID DIGEST` and `did TABLE ID REVISION DIGEST` of each write, `in` and `out` of each piece of what its
//! phase is about. A digest of `gone` is a deletion. LEDGER holds these lines, and what the checker said of earlier rounds.

#[path = "torture/checking.rs"]
mod checking;
#[path = "torture/contents.rs"]
mod contents;
#[path = "torture/keyring.rs"]
mod keyring;
#[path = "torture/ledger.rs"]
mod ledger;
#[path = "torture/writing.rs"]
mod writing;

use std::path::Path;

use anyhow::bail;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["write", phase, folder, outside, seed] => {
            writing::write(phase.parse()?, Path::new(folder), Path::new(outside), seed.parse()?)
        }
        ["check", folder, outside, ledger] => {
            checking::check(Path::new(folder), Path::new(outside), &std::fs::read_to_string(ledger)?)
        }
        _ => bail!("usage: torture write PHASE FOLDER OUTSIDE SEED | torture check FOLDER OUTSIDE LEDGER"),
    }
}
