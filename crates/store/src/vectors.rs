//! The vectors of docs/FORMATS.md, made by a second implementation.

use std::path::PathBuf;

use satchel_seal::{ChainKey, Passphrase, RecipientSecret, RecoveryWords, VaultKey};
use satchel_terms::VaultId;
use serde::Deserialize;

use crate::journal::{Chain, Entry, Header, JournalReader, Point};
use crate::key_file::{KeyFile, KeyringEntry};

mod exports;

type Outcome = anyhow::Result<()>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vault {
    vault_id: VaultId,
    journals: Vec<Journal>,
    key_slots: Vec<KeySlots>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Journal {
    name: String,
    file: String,
    entries: Vec<ExpectedEntry>,
    stops_at: Option<u64>,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExpectedEntry {
    sequence: u64,
    table: u8,
    kind: u8,
    record_id: String,
    revision: u64,
    plaintext: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeySlots {
    name: String,
    file: String,
    vault_id: VaultId,
    secrets: Secrets,
    parses: bool,
    opens: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Secrets {
    keyring_entry: Option<String>,
    passphrase: Option<String>,
    recovery_words: Option<String>,
    recovery_private_scalar: Option<String>,
}

fn vault() -> anyhow::Result<Vault> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/vault.json");
    Ok(serde_json::from_slice(&std::fs::read(path)?)?)
}

fn hex(text: &str) -> anyhow::Result<Vec<u8>> {
    anyhow::ensure!(text.len().is_multiple_of(2), "an odd number of digits");
    let digits = text.as_bytes().chunks(2).map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?));
    digits.collect()
}

/// The vault key of the vectors, through the slot that the first of their key files has for the keyring.
fn vault_key(vault: &Vault) -> anyhow::Result<VaultKey> {
    let slots = vault.key_slots.iter().find(|slots| slots.name == "only keyring");
    let slots = slots.ok_or_else(|| anyhow::anyhow!("the vectors have a file with a keyring slot"))?;
    by_keyring(slots, &KeyFile::from_text(&slots.file, slots.vault_id)?)
        .ok_or_else(|| anyhow::anyhow!("the keyring slot opens"))
}

fn chain_key(vault: &Vault, key: &VaultKey) -> anyhow::Result<ChainKey> {
    Ok(key.derive_chain_key(vault.vault_id)?)
}

/// An entry with its plaintext.
type Opened = (Entry, Vec<u8>);

/// Reads a journal and returns the entries that count, and where reading stopped.
fn read(vault: &Vault, key: &VaultKey, file: &[u8]) -> anyhow::Result<(Vec<Opened>, Option<u64>)> {
    let Ok(header) = Header::from_bytes(file, vault.vault_id) else { return Ok((Vec::new(), Some(0))) };
    let chain = chain_key(vault, key)?;
    let mut reader = JournalReader::new(file.get(40..).unwrap_or_default(), &chain, Point::start(&chain, &header));
    let mut entries = Vec::new();
    loop {
        let before = reader.point().offset;
        match reader.read_next() {
            Ok(None) => return Ok((entries, None)),
            Err(_) => return Ok((entries, Some(reader.point().offset))),
            Ok(Some(entry)) => {
                let table = key.derive_table_key(vault.vault_id, entry.table.number())?;
                let Ok(plaintext) = table.open(&entry.address, &entry.record) else {
                    return Ok((entries, Some(before)));
                };
                entries.push((entry, plaintext.to_vec()));
            }
        }
    }
}

#[test]
fn journals_count_up_to_the_first_entry_that_does_not() -> Outcome {
    let vault = vault()?;
    let key = vault_key(&vault)?;
    for vector in &vault.journals {
        let (name, file) = (&vector.name, hex(&vector.file)?);
        let (entries, stopped) = read(&vault, &key, &file)?;
        assert_eq!(stopped, vector.stops_at, "{name}: {:?}", vector.reason);
        assert_eq!(entries.len(), vector.entries.len(), "{name}");
        for ((entry, plaintext), expected) in entries.iter().zip(&vector.entries) {
            let found = (entry.sequence, entry.table.number(), entry.address.kind as u8, entry.address.revision);
            assert_eq!(found, (expected.sequence, expected.table, expected.kind, expected.revision), "{name}");
            assert_eq!(entry.address.id.as_slice(), hex(&expected.record_id)?, "{name}");
            assert_eq!(*plaintext, hex(&expected.plaintext)?, "{name}");
        }
    }
    Ok(())
}

#[test]
fn a_whole_journal_is_written_byte_for_byte() -> Outcome {
    let vault = vault()?;
    let key = vault_key(&vault)?;
    for vector in vault.journals.iter().filter(|vector| vector.stops_at.is_none()) {
        let file = hex(&vector.file)?;
        let (entries, _) = read(&vault, &key, &file)?;
        let header = Header::from_bytes(&file, vault.vault_id)?;
        let key = chain_key(&vault, &key)?;
        let mut chain = Chain::start(&key, &header);
        let mut written = header.to_bytes().to_vec();
        for (entry, _) in &entries {
            written.extend(entry.to_bytes(&key, &mut chain)?);
        }
        assert!(written == file, "{}", vector.name);
    }
    Ok(())
}

fn by_keyring(vector: &KeySlots, file: &KeyFile) -> Option<VaultKey> {
    let entry = KeyringEntry::from_bytes(&hex(vector.secrets.keyring_entry.as_deref()?).ok()?)?;
    file.open_by_keyring(&entry.slot_key).ok()
}

fn by_recovery(vector: &KeySlots, file: &KeyFile) -> Option<VaultKey> {
    let scalar = hex(vector.secrets.recovery_private_scalar.as_deref()?).ok()?;
    let secret = RecipientSecret::from_bytes(scalar.as_slice().try_into().ok()?).ok()?;
    file.open_by_firm(&secret).ok()
}

#[test]
fn key_files_are_read_strictly_and_open_by_their_secrets() -> Outcome {
    let vault = vault()?;
    for vector in &vault.key_slots {
        let name = &vector.name;
        let file = KeyFile::from_text(&vector.file, vector.vault_id);
        assert_eq!(file.is_ok(), vector.parses, "{name}: {:?}", file.err());
        let Ok(file) = file else { continue };
        let opens = |kind: &str| vector.opens.iter().any(|opened| opened == kind);
        assert_eq!(by_keyring(vector, &file).is_some(), opens("keyring"), "{name}: keyring");
        assert_eq!(by_recovery(vector, &file).is_some(), opens("firm-recovery"), "{name}: firm-recovery");
        let passphrase = vector.secrets.passphrase.as_deref().and_then(|text| Passphrase::typed(text).ok());
        let by_passphrase = passphrase.and_then(|passphrase| file.open_by_passphrase(&passphrase).ok());
        assert_eq!(by_passphrase.is_some(), opens("passphrase"), "{name}: passphrase");
        let words = vector.secrets.recovery_words.as_deref().and_then(|text| {
            // What is typed is brought into the form of the format; a vector in another form is not one of it.
            RecoveryWords::typed(text).ok().filter(|words| words.words().join(" ") == text)
        });
        let by_words = words.and_then(|words| file.open_by_words(&words).ok());
        assert_eq!(by_words.is_some(), opens("recovery-words"), "{name}: recovery-words");
        // Each slot that opens gives the one key.
        let keys: Vec<_> = [by_keyring(vector, &file), by_recovery(vector, &file), by_passphrase, by_words]
            .into_iter()
            .flatten()
            .collect();
        assert!(keys.iter().all(|key| key.is(&keys[0])), "{name}");
        assert_eq!(KeyFile::from_text(&file.to_text()?, vector.vault_id)?, file, "{name}");
    }
    Ok(())
}
