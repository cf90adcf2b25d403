//! Exports, and what comes back of them.

mod damage;
mod drafts;
mod full_disk;
mod interrupted;
mod power_cuts;
mod restoring;
mod writing;

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use satchel_seal::{NoProgress, RecoveryWords};
use satchel_store::{
    AttachmentRecord, ExportError, ExportKeys, ExportScope, ExportSecret, ExportStamp, Exported, FirstWay, Import,
    ImportError, NewIds, NotUsable, RecordId, Table, TransferProgress, Vault,
};
use satchel_terms::{FileName, MediaType, OrderId, Timestamp};
use serde_json::{Value, json};

use crate::support::{Desk, random};

/// Stands in every draft, and nowhere else.
const MARKER: &str = "Maria-Delgado-10452";
/// Bytes of one region of a sealed file.
const REGION: usize = 4 * 1024 * 1024;

fn stamp() -> ExportStamp<'static> {
    ExportStamp { made_at: Timestamp::from_millis(1_790_000_000_000), satchel: "0.1.0" }
}

fn go_on(_: TransferProgress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Adapts nothing.
#[expect(clippy::unnecessary_wraps, reason = "it is one of the functions that an import is given")]
fn as_it_is(_: &mut Value, _: &NewIds) -> Result<(), NotUsable> {
    Ok(())
}

/// A vault with something in every table, and the words that its exports open by.
struct Full {
    desk: Desk,
    words: RecoveryWords,
    vault: Vault,
    /// Three drafts; the first has files, the last was submitted.
    drafts: [OrderId; 3],
    files: Vec<RecordId>,
}

impl Full {
    fn new(lengths: &[usize]) -> anyhow::Result<Self> {
        let desk = Desk::new()?;
        let mut vault = desk.create()?;
        let drafts = [(); 3].map(|()| OrderId::make(&mut random()));
        for (number, draft) in drafts.iter().enumerate() {
            vault.put(
                Table::Drafts,
                *draft,
                &json!({ "title": format!("{MARKER} {number}"), "list": [1, { "a": "b" }] }),
            )?;
            // Of a delta and of a whole that was put together.
            vault.change(Table::Drafts, *draft, &json!({ "note": "changed since", "count": number }))?;
        }
        let files =
            lengths.iter().map(|length| attach(&desk, &mut vault, drafts[0], *length)).collect::<Result<_, _>>()?;
        vault.put(Table::Outbox, drafts[2], &json!({ "submittedAtMs": 1 }))?;
        vault.put(Table::Ledger, drafts[2], &json!({ "blobs": {} }))?;
        for table in [Table::Keys, Table::Settings, Table::Orders] {
            vault.put(table, RecordId::make(&mut random()), &json!({ "table": table.number() }))?;
        }
        attach(&desk, &mut vault, OrderId::make(&mut random()), 10)?;
        Ok(Self { words: RecoveryWords::make(&mut random()), desk, vault, drafts, files })
    }

    fn target(&self) -> PathBuf {
        self.desk.place.path().join("out").join("copy.satchel")
    }

    fn keys(&self) -> ExportKeys<'_> {
        ExportKeys { passphrase: None, recovery_words: Some(&self.words) }
    }

    fn export(&self, scope: ExportScope) -> Result<(PathBuf, Exported), ExportError> {
        let target = self.target();
        fs::create_dir_all(self.desk.place.path().join("out")).map_err(ExportError::NotWritten)?;
        let export = self.vault.begin_export(scope)?;
        let exported = export.write(&target, &self.keys(), &stamp(), &mut random(), &mut go_on)?;
        Ok((target, exported))
    }

    fn open(&self, path: &Path) -> Result<Import, ImportError> {
        Import::open(path, &ExportSecret::RecoveryWords(&self.words))
    }

    fn restore(&self, desk: &Desk) -> anyhow::Result<Vault> {
        let import = self.open(&self.target())?;
        Ok(import.restore(&desk.folder(), &FirstWay::Keyring(&desk.keyring), random(), &mut go_on)?.0)
    }
}

fn attach(desk: &Desk, vault: &mut Vault, order: OrderId, length: usize) -> anyhow::Result<RecordId> {
    let source = desk.place.path().join("source");
    fs::write(&source, (0..length).map(|at| u8::try_from(at % 251).unwrap_or_default()).collect::<Vec<_>>())?;
    let sealed = vault.attachments().seal(&source, &mut random(), &mut NoProgress)?;
    let (name, kind) =
        (FileName::try_from(format!("{length}.pdf"))?, MediaType::try_from("application/pdf".to_owned())?);
    let (id, record) = sealed.into_record(order, name, kind, 1);
    vault.put(Table::Attachments, id, &record)?;
    Ok(id)
}

/// Everything that is in a vault.
fn records(vault: &mut Vault) -> anyhow::Result<BTreeMap<(Table, RecordId), Value>> {
    let mut records = BTreeMap::new();
    for table in Table::ALL {
        for (id, value) in vault.read_all::<Value>(table) {
            records.insert((table, id), value?);
        }
    }
    Ok(records)
}

/// Opens every attached file, and returns their lengths by id.
fn opened_files(vault: &mut Vault) -> anyhow::Result<BTreeMap<RecordId, u64>> {
    let mut lengths = BTreeMap::new();
    for (id, record) in vault.read_all::<AttachmentRecord>(Table::Attachments) {
        let (record, mut plaintext) = (record?, Vec::new());
        vault.attachments().open(id, &record, &mut plaintext, &mut NoProgress)?;
        let right = plaintext.iter().enumerate().all(|(at, byte)| usize::from(*byte) == at % 251);
        anyhow::ensure!(right, "{id} holds something else");
        lengths.insert(id, plaintext.len() as u64);
    }
    Ok(lengths)
}

/// All names below a folder.
fn names(folder: &Path) -> anyhow::Result<Vec<String>> {
    let files = crate::support::files_below(folder)?;
    let mut names: Vec<_> =
        files.iter().map(|path| path.strip_prefix(folder).unwrap_or(path).display().to_string()).collect();
    names.sort();
    Ok(names)
}
