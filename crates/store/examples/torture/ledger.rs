//! What was acknowledged, as the writer's lines say it.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};

/// The digest of what is deleted.
pub(crate) const GONE: &str = "gone";

/// Number of a table, and id of a record.
pub(crate) type Key = (u8, String);

/// Revision and digest of each record that is there.
pub(crate) type Records = BTreeMap<Key, (u64, String)>;

/// What is known of one vault.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) made: bool,
    pub(crate) records: Records,
    /// The writes that were begun and not acknowledged, in their order.
    pub(crate) begun: Vec<(Key, String)>,
    pub(crate) acknowledged: u64,
}

/// Reads a ledger: what is known of each vault, by its name.
pub(crate) fn read(text: &str) -> anyhow::Result<BTreeMap<String, Known>> {
    let mut vaults = BTreeMap::<String, Known>::new();
    let mut name = String::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        if let ["vault", next] = words.as_slice() {
            name = (*next).to_owned();
        }
        let known = vaults.entry(name.clone()).or_default();
        match words.as_slice() {
            ["vault" | "in" | "out", ..] => {}
            ["made"] => known.made = true,
            ["will", table, id, digest] => known.begun.push((key(table, id)?, (*digest).to_owned())),
            ["did", table, id, revision, digest] => {
                known.acknowledged += 1;
                known.take(key(table, id)?, revision, digest)?;
            }
            // What a check found of a write that was not acknowledged: from then on it is as good as one that was.
            ["is", table, id, revision, digest] => known.take(key(table, id)?, revision, digest)?,
            _ => bail!("not a line of a ledger: {line}"),
        }
    }
    Ok(vaults)
}

fn key(table: &str, id: &str) -> anyhow::Result<Key> {
    Ok((table.parse().with_context(|| format!("not a table: {table}"))?, id.to_owned()))
}

impl Known {
    /// Lists what the vault may hold: what was acknowledged, and that after each of the writes that were begun.
    pub(crate) fn may_hold(&self) -> Vec<Records> {
        let mut records = self.records.clone();
        let mut may_hold = vec![records.clone()];
        for (key, digest) in &self.begun {
            let revision = records.get(key).map_or(1, |(revision, _)| revision + 1);
            if digest == GONE {
                records.remove(key);
            } else {
                records.insert(key.clone(), (revision, digest.clone()));
            }
            may_hold.push(records.clone());
        }
        may_hold
    }

    fn take(&mut self, key: Key, revision: &str, digest: &str) -> anyhow::Result<()> {
        self.begun.clear();
        if digest == GONE {
            self.records.remove(&key);
        } else {
            self.records.insert(key, (revision.parse()?, digest.to_owned()));
        }
        Ok(())
    }
}
