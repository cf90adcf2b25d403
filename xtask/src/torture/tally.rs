//! What is counted, and the table that shows it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::torture::desk::Said;

/// What became of the vaults of one phase.
#[derive(Debug)]
pub(crate) struct Tally {
    phase: &'static str,
    strikes: u32,
    pub(crate) hits: u32,
    acknowledged: usize,
    lost: usize,
    unopenable: usize,
    told: BTreeMap<String, u32>,
}

impl Tally {
    pub(crate) fn of(phase: &'static str) -> Self {
        Self { phase, strikes: 0, hits: 0, acknowledged: 0, lost: 0, unopenable: 0, told: BTreeMap::new() }
    }

    /// Counts what a writer said.
    pub(crate) fn writer(&mut self, said: &Said) {
        self.strikes += 1;
        self.hits += u32::from(said.is_hit);
        let acknowledges = |line: &&String| line.starts_with("did ") || line.as_str() == "made";
        self.acknowledged += said.lines.iter().filter(acknowledges).count();
    }

    /// Counts what a checker said, and tells whether all is well.
    pub(crate) fn checked(&mut self, found: Vec<String>) -> bool {
        let failed = (self.lost, self.unopenable);
        for line in found {
            match line.split(' ').next() {
                Some("lost") => self.lost += 1,
                Some("unopenable") => self.unopenable += 1,
                Some("told") => *self.told.entry(line.clone()).or_default() += 1,
                _ => continue,
            }
            if !line.starts_with("told") {
                println!("{}: {line}", self.phase);
            }
        }
        failed == (self.lost, self.unopenable)
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.lost + self.unopenable > 0
    }
}

/// Writes all phases as a table.
pub(crate) fn table(runs: &[(&str, Vec<Tally>)]) -> String {
    let mut table = String::from(
        "| struck by | phase | times | in its middle | acknowledged | lost | unopenable | told |\n|---|---|---|---|---|---|---|---|\n",
    );
    for (struck, tallies) in runs {
        for tally in tallies {
            let told: Vec<_> = tally.told.iter().map(|(what, times)| format!("{times} {what}")).collect();
            let Tally { phase, strikes, hits, acknowledged, lost, unopenable, .. } = tally;
            let told = told.join(", ").replace("told ", "");
            // Writing into a String does not fail.
            writeln!(
                table,
                "| {struck} | {phase} | {strikes} | {hits} | {acknowledged} | {lost} | {unopenable} | {told} |"
            )
            .ok();
        }
        let all = |part: fn(&Tally) -> usize| tallies.iter().map(part).sum::<usize>();
        let (strikes, hits) = (all(|tally| tally.strikes as usize), all(|tally| tally.hits as usize));
        let (acknowledged, lost) = (all(|tally| tally.acknowledged), all(|tally| tally.lost));
        let unopenable = all(|tally| tally.unopenable);
        writeln!(table, "| {struck} | **all** | {strikes} | {hits} | {acknowledged} | {lost} | {unopenable} | |").ok();
    }
    table
}
