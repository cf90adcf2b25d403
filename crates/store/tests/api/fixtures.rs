//! Vaults and exports that earlier builds wrote open in this one. `tests/fixtures` at the root holds them, as `examples/sample_vault.rs`
//! and `examples/sample_export.rs` made them; none is edited once its Satchel was released.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use satchel_seal::{NoProgress, Passphrase, RecoveryWords};
use satchel_store::key_file::KeyFile;
use satchel_store::{
    AttachmentRecord, ExportSecret, Finding, FirstWay, Import, InMemoryKeyring, KEY_FILE, Keyring as _, NewIds,
    RecordId, Table, Vault,
};
use satchel_terms::VaultId;
use serde::Deserialize;
use serde_json::Value;

use crate::support::{Desk, Outcome, copy_folder, hex, random};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    records: Vec<Record>,
    /// The plaintext of each attached file, by its id.
    attachments: BTreeMap<String, String>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    table: String,
    id: String,
    revision: u64,
    record: Value,
}

/// The vault as it lies there, with its snapshot, and as who has nothing but what the format names.
#[test]
fn vaults_of_earlier_builds_open() -> Outcome {
    let fixtures = fixtures("vault-")?;
    anyhow::ensure!(!fixtures.is_empty(), "there is a vault in tests/fixtures");
    for fixture in fixtures {
        for forgotten in [None, Some("snapshot.satchel")] {
            let place = tempfile::tempdir()?;
            let folder = place.path().join("vault");
            copy_folder(&fixture.join("vault"), &folder)?;
            if let Some(name) = forgotten {
                fs::remove_file(folder.join(name))?;
            }
            check(&fixture, &folder).map_err(|error| error.context(format!("{}: {forgotten:?}", fixture.display())))?;
        }
    }
    Ok(())
}

fn fixtures(start: &str) -> anyhow::Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start)) {
            found.push(path);
        }
    }
    Ok(found)
}

fn check(fixture: &Path, folder: &Path) -> Outcome {
    let keyring = InMemoryKeyring::new();
    keyring.write(vault_in(folder)?, &hex(fs::read_to_string(fixture.join("keyring.txt"))?.trim())?)?;
    let expected: Expected = serde_json::from_slice(&fs::read(fixture.join("expected.json"))?)?;
    // Twice, since the first opening may write it in this build's way.
    for opening in 1..=2 {
        let (mut vault, findings) = Vault::open(folder, &keyring, random())?;
        anyhow::ensure!(findings.is_empty(), "opening {opening}: {findings:?}");
        let found = records(&mut vault)?;
        anyhow::ensure!(found == expected.records, "opening {opening}: {found:?}");
        for (id, text) in &expected.attachments {
            let id = RecordId::from_bytes(hex(id)?.as_slice().try_into()?);
            anyhow::ensure!(plaintext(&mut vault, id)? == text.as_bytes(), "{id}");
        }
        vault.close();
    }
    Ok(())
}

fn vault_in(folder: &Path) -> anyhow::Result<VaultId> {
    let text = fs::read_to_string(folder.join(KEY_FILE))?;
    Ok(KeyFile::from_text_of_any(&text)?.vault())
}

fn records(vault: &mut Vault) -> anyhow::Result<Vec<Record>> {
    let mut records = Vec::new();
    for table in Table::ALL {
        for (id, value) in vault.read_all::<Value>(table) {
            let revision = vault.revision(table, id).unwrap_or_default();
            let (table, id) = (format!("{table:?}").to_lowercase(), id.to_string());
            records.push(Record { table, id, revision, record: value? });
        }
    }
    Ok(records)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Secrets {
    passphrase: String,
    recovery_words: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedExport {
    /// The draft that `draft.satchel` holds.
    draft: String,
    records: Vec<ExportedRecord>,
    attachments: BTreeMap<String, String>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct ExportedRecord {
    table: String,
    id: String,
    record: Value,
}

/// As a vault of its own, and draft by draft; by either secret.
#[test]
fn exports_of_earlier_builds_open() -> Outcome {
    let fixtures = fixtures("export-")?;
    anyhow::ensure!(!fixtures.is_empty(), "there is an export in tests/fixtures");
    for fixture in fixtures {
        let secrets: Secrets = serde_json::from_slice(&fs::read(fixture.join("secrets.json"))?)?;
        let expected: ExpectedExport = serde_json::from_slice(&fs::read(fixture.join("expected.json"))?)?;
        let passphrase = Passphrase::typed(&secrets.passphrase)?;
        let words = RecoveryWords::typed(&secrets.recovery_words)?;
        for secret in [ExportSecret::Passphrase(&passphrase), ExportSecret::RecoveryWords(&words)] {
            check_vault(&fixture, &secret, &expected).map_err(|error| error.context(fixture.display().to_string()))?;
            check_draft(&fixture, &secret, &expected).map_err(|error| error.context(fixture.display().to_string()))?;
        }
    }
    Ok(())
}

fn check_vault(fixture: &Path, secret: &ExportSecret<'_>, expected: &ExpectedExport) -> Outcome {
    let desk = Desk::new()?;
    let import = Import::open(&fixture.join("vault.satchel"), secret)?;
    let way = FirstWay::Keyring(&desk.keyring);
    let (mut vault, findings) = import.restore(&desk.folder(), &way, random(), &mut |_| ControlFlow::Continue(()))?;
    anyhow::ensure!(matches!(findings.as_slice(), [Finding::Restored(_)]), "{findings:?}");
    let found = records(&mut vault)?.into_iter();
    let found: Vec<_> = found.map(|Record { table, id, record, .. }| ExportedRecord { table, id, record }).collect();
    anyhow::ensure!(found == expected.records, "{found:?}");
    for (id, text) in &expected.attachments {
        let id = RecordId::from_bytes(hex(id)?.as_slice().try_into()?);
        anyhow::ensure!(plaintext(&mut vault, id)? == text.as_bytes(), "{id}");
    }
    Ok(())
}

fn check_draft(fixture: &Path, secret: &ExportSecret<'_>, expected: &ExpectedExport) -> Outcome {
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    let import = Import::open(&fixture.join("draft.satchel"), secret)?;
    let mut files = BTreeMap::new();
    let mut adapt = |_: &mut Value, ids: &NewIds| {
        files.clone_from(&ids.attachments);
        Ok(())
    };
    let report = import.drafts(&mut vault, &mut adapt, &mut random(), &mut |_| ControlFlow::Continue(()))?;
    let [(old, new)] = report.came_in.as_slice() else { anyhow::bail!("{report:?}") };
    anyhow::ensure!(old.to_string() == expected.draft, "{old}");
    let draft = expected.records.iter().find(|record| record.id == expected.draft).map(|record| &record.record);
    anyhow::ensure!(vault.read::<Value>(Table::Drafts, *new)?.as_ref() == draft, "{new}");
    anyhow::ensure!(files.len() == 2, "{files:?}");
    for (old, new) in files {
        let text = expected.attachments.get(&old.to_string());
        anyhow::ensure!(Some(plaintext(&mut vault, new)?.as_slice()) == text.map(String::as_bytes), "{old}");
    }
    Ok(())
}

fn plaintext(vault: &mut Vault, id: RecordId) -> anyhow::Result<Vec<u8>> {
    let record: Option<AttachmentRecord> = vault.read(Table::Attachments, id)?;
    let record = record.ok_or_else(|| anyhow::anyhow!("the attachment is there"))?;
    let mut plaintext = Vec::new();
    vault.attachments().open(id, &record, &mut plaintext, &mut NoProgress)?;
    Ok(plaintext)
}
