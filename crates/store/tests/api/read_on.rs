//! What can be read behind damage, as a second implementation says in the vectors.

use std::fs;
use std::sync::Arc;

use satchel_seal::{SlotBinding, SlotKind, VaultKey};
use satchel_store::journal_file::{Condition, JOURNAL, JournalFile, VaultLock};
use satchel_store::key_file::{KeyFile, KeyringEntry, Slot};
use satchel_store::salvage::{Gap, Taken};
use satchel_terms::VaultId;
use serde::Deserialize;

use crate::support::{Outcome, hex};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vectors {
    vault_id: VaultId,
    journals: Vec<Journal>,
    key_slots: Vec<KeySlots>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Journal {
    name: String,
    file: String,
    stops_at: Option<u64>,
    readable: Vec<u64>,
    gaps: Vec<ExpectedGap>,
    cut_at: Option<usize>,
}

#[derive(Deserialize)]
struct ExpectedGap {
    offset: u64,
    entries: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeySlots {
    name: String,
    file: String,
    secrets: Secrets,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Secrets {
    keyring_entry: Option<String>,
}

#[test]
fn journals_are_read_on_behind_damage() -> Outcome {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/vault.json");
    let vectors: Vectors = serde_json::from_slice(&fs::read(path)?)?;
    let key = vault_key(&vectors)?;
    let (mut damaged, mut wrong) = (0, Vec::new());
    for vector in vectors.journals.iter().filter(|vector| vector.stops_at != Some(0)) {
        damaged += usize::from(!vector.gaps.is_empty());
        wrong.extend(check(vectors.vault_id, &key, vector).err().map(|error| format!("{}: {error}", vector.name)));
    }
    assert!(damaged > 0, "there are vectors of damage");
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

/// The vault key of the vectors, through the slot that the first of their key files has for the keyring.
fn vault_key(vectors: &Vectors) -> anyhow::Result<VaultKey> {
    let slots = vectors.key_slots.iter().find(|slots| slots.name == "only keyring");
    let slots = slots.ok_or_else(|| anyhow::anyhow!("the vectors have a file with a keyring slot"))?;
    let entry = KeyringEntry::from_bytes(&hex(slots.secrets.keyring_entry.as_deref().unwrap_or_default())?);
    let slot_key = entry.ok_or_else(|| anyhow::anyhow!("the entry is one"))?.slot_key;
    let file = KeyFile::from_text(&slots.file, vectors.vault_id)?;
    let wrapped =
        file.slots().iter().find_map(|slot| if let Slot::Keyring { wrapped } = slot { Some(wrapped) } else { None });
    let wrapped = wrapped.ok_or_else(|| anyhow::anyhow!("there is a keyring slot"))?;
    let binding = SlotBinding { vault: vectors.vault_id, rotation: file.rotation().get(), kind: SlotKind::Keyring };
    Ok(slot_key.unwrap_vault_key(&wrapped.0, &binding)?)
}

fn check(vault: VaultId, key: &VaultKey, vector: &Journal) -> Outcome {
    let (folder, file) = (tempfile::tempdir()?, hex(&vector.file)?);
    fs::write(folder.path().join(JOURNAL), &file)?;
    let chain = Arc::new(key.derive_chain_key(vault)?);
    let mut readable = Vec::new();
    let found = JournalFile::find(VaultLock::take(folder.path())?, vault, chain)?;
    let (_, condition) = found.open(None, |entry, _, _| {
        let opens = key
            .derive_table_key(vault, entry.table.number())
            .is_ok_and(|table| table.open(&entry.address, &entry.record).is_ok());
        if !opens {
            return Taken::No;
        }
        readable.push(entry.sequence);
        Taken::Yes
    })?;
    anyhow::ensure!(readable == vector.readable, "{readable:?} can be read");
    let expected = || vector.gaps.iter().map(|gap| Gap { offset: gap.offset, entries: gap.entries });
    match condition {
        Condition::Whole => anyhow::ensure!(vector.gaps.is_empty() && vector.cut_at.is_none(), "nothing was told"),
        Condition::Cut(aside) => {
            let cut = vector.cut_at.and_then(|at| file.get(at..)).unwrap_or_default();
            anyhow::ensure!(vector.gaps.is_empty() && fs::read(aside)? == cut, "what was cut is another part");
        }
        Condition::Damaged(aside, gaps) => {
            anyhow::ensure!(gaps.iter().copied().eq(expected()), "{gaps:?}");
            anyhow::ensure!(fs::read(aside)? == file, "the damaged journal is kept whole");
        }
    }
    Ok(())
}
