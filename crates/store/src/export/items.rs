//! What the contents of an export consist of: items, each with its kind and length.

use std::io::{self, Write};

use satchel_seal::ExportWriter;
use satchel_terms::{JsonError, Timestamp, V1, VaultId, parse, required, write};
use serde::{Deserialize, Serialize};

use crate::journal::Table;
use crate::record::RecordId;

/// Bytes of an item before its body: kind and length.
pub(crate) const ITEM_HEAD_BYTES: usize = 1 + 8;
/// Bytes of a record before its JSON: table and id.
pub(crate) const RECORD_HEAD_BYTES: usize = 1 + 16;
/// The most bytes of a description, and of an end.
pub(crate) const ABOUT_BYTES_MAX: usize = 4096;
const SATCHEL_CHARACTERS_MAX: usize = 64;

/// Kinds of items. Numbers are never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ItemKind {
    About = 1,
    Record = 2,
    File = 3,
    Missing = 4,
    End = 5,
}

impl ItemKind {
    pub(crate) const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::About),
            2 => Some(Self::Record),
            3 => Some(Self::File),
            4 => Some(Self::Missing),
            5 => Some(Self::End),
            _ => None,
        }
    }
}

/// What an export holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExportKind {
    /// One draft with its files.
    Draft,
    /// A whole vault.
    Vault,
}

/// How much an export holds, as far as whoever wrote it knew when it was begun.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExportCounts {
    /// All records.
    pub records: u64,
    /// Orders that are being filled in, or were.
    pub drafts: u64,
    /// Orders on their way.
    pub under_way: u64,
    /// Orders that were received.
    pub orders: u64,
    /// Attached files.
    pub attachments: u64,
    /// Bytes of all sealed files.
    pub sealed_bytes: u64,
}

/// What an export says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExportAbout {
    version: V1,
    /// What it holds.
    pub kind: ExportKind,
    /// The vault that it is a copy of; nothing for one draft.
    #[serde(deserialize_with = "required")]
    pub vault: Option<VaultId>,
    /// When it was made.
    pub made_at: Timestamp,
    /// The version of the Satchel that made it.
    pub satchel: String,
    /// How much it holds.
    pub counts: ExportCounts,
}

impl ExportAbout {
    /// Describes the export of a vault, or of a draft where `vault` is nothing.
    pub(crate) fn new(vault: Option<VaultId>, made_at: Timestamp, satchel: &str, counts: ExportCounts) -> Self {
        let satchel = if satchel.is_empty() { "unknown" } else { satchel };
        let satchel = satchel.chars().take(SATCHEL_CHARACTERS_MAX).collect();
        let kind = if vault.is_some() { ExportKind::Vault } else { ExportKind::Draft };
        Self { version: V1, kind, vault, made_at, satchel, counts }
    }

    /// Reads a description; nothing where it is none.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let about: Self = parse(bytes, ABOUT_BYTES_MAX).ok()?;
        let named = (1..=SATCHEL_CHARACTERS_MAX).contains(&about.satchel.chars().count());
        let fits = (about.kind == ExportKind::Vault) == about.vault.is_some();
        (named && fits).then_some(about)
    }
}

/// How many items an export had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct End {
    pub(crate) records: u64,
    pub(crate) files: u64,
    pub(crate) missing: u64,
}

/// Writes items into the contents of an export.
#[derive(Debug)]
pub(crate) struct ItemWriter<W> {
    contents: ExportWriter<W>,
    pub(crate) written: End,
}

impl<W: Write> ItemWriter<W> {
    pub(crate) fn new(contents: ExportWriter<W>) -> Self {
        Self { contents, written: End::default() }
    }

    pub(crate) fn about(&mut self, about: &ExportAbout) -> io::Result<()> {
        let body = write(about).map_err(not_json)?;
        self.begin(ItemKind::About, body.len() as u64)?;
        self.contents.write_all(&body)
    }

    pub(crate) fn record(&mut self, table: Table, id: RecordId, json: &[u8]) -> io::Result<()> {
        self.begin(ItemKind::Record, (RECORD_HEAD_BYTES + json.len()) as u64)?;
        self.contents.write_all(&[table.number()])?;
        self.contents.write_all(id.as_bytes())?;
        self.contents.write_all(json)?;
        self.written.records += 1;
        Ok(())
    }

    /// Begins a file, of which `sealed_length` bytes are to follow through [`Self::of_file`].
    pub(crate) fn file(&mut self, id: RecordId, sealed_length: u64) -> io::Result<()> {
        self.begin(ItemKind::File, 16 + sealed_length)?;
        self.written.files += 1;
        self.contents.write_all(id.as_bytes())
    }

    pub(crate) fn of_file(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.contents.write_all(bytes)
    }

    pub(crate) fn missing(&mut self, id: RecordId) -> io::Result<()> {
        self.begin(ItemKind::Missing, 16)?;
        self.written.missing += 1;
        self.contents.write_all(id.as_bytes())
    }

    /// Writes the end and returns what was written to.
    pub(crate) fn end(mut self) -> io::Result<W> {
        let body = write(&self.written).map_err(not_json)?;
        self.begin(ItemKind::End, body.len() as u64)?;
        self.contents.write_all(&body)?;
        self.contents.finish()
    }

    fn begin(&mut self, kind: ItemKind, length: u64) -> io::Result<()> {
        self.contents.write_all(&[kind as u8])?;
        self.contents.write_all(&length.to_be_bytes())
    }
}

fn not_json(error: JsonError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
