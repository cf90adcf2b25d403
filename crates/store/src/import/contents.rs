//! Reading the items of an export, in the order that the format asks for.

use std::io::Read;

use satchel_seal::{ExportKey, ExportReader};
use satchel_terms::{OrderId, parse};
use zeroize::Zeroizing;

use super::ImportError;
use crate::export::items::{
    ABOUT_BYTES_MAX, End, ExportAbout, ExportKind, ITEM_HEAD_BYTES, ItemKind, RECORD_HEAD_BYTES,
};
use crate::journal::Table;
use crate::record::{Object, PLAINTEXT_BYTES_MAX, RecordId};

/// What comes next in an export.
#[derive(Debug)]
pub(crate) enum Item {
    /// A record, which is one that a vault may hold.
    Record(Table, RecordId, Object),
    /// The sealed file of the attachment before it. Its bytes are then read by [`Contents::read_file`], all of them.
    File(RecordId),
    /// The sealed file of the attachment before it was missing when the export was made.
    Missing(RecordId),
}

/// Where in an export a record may stand. None comes before one of an earlier place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    Others,
    WithoutDraft,
    Drafts,
}

/// An attachment whose file comes next.
#[derive(Debug, Clone, Copy)]
struct Expected {
    id: RecordId,
    sealed_length: Option<u64>,
}

/// Reads what an export holds.
#[derive(Debug)]
pub(crate) struct Contents<R> {
    reader: ExportReader<R>,
    about: ExportAbout,
    seen: End,
    section: Section,
    draft: Option<RecordId>,
    expected: Option<Expected>,
    /// Bytes of the file that were not read yet.
    of_file: u64,
}

impl<R: Read> Contents<R> {
    /// Begins behind the head, at which `source` stands, and reads what the export says of itself.
    pub(crate) fn begin(key: &ExportKey, head: &[u8], source: R) -> Result<Self, ImportError> {
        let mut reader = ExportReader::begin(key, head, source)?;
        let (kind, length) = item_head(&mut reader)?;
        if kind != ItemKind::About {
            return Err(ImportError::Rule("it does not begin with a description"));
        }
        let about = ExportAbout::from_bytes(&short_body(&mut reader, length)?);
        let about = about.ok_or(ImportError::Rule("a description that this version does not read"))?;
        let (seen, section) = (End::default(), Section::Others);
        Ok(Self { reader, about, seen, section, draft: None, expected: None, of_file: 0 })
    }

    pub(crate) const fn about(&self) -> &ExportAbout {
        &self.about
    }

    /// Returns how many bytes of the file were found authentic.
    pub(crate) const fn sealed_bytes(&self) -> u64 {
        self.reader.sealed_bytes()
    }

    /// Tells which draft the last record belongs to.
    pub(crate) const fn draft(&self) -> Option<RecordId> {
        self.draft
    }

    /// Reads the next item; nothing once the export was read to its very end.
    pub(crate) fn next(&mut self) -> Result<Option<Item>, ImportError> {
        if self.of_file > 0 {
            return Err(ImportError::Rule("a file that was not read"));
        }
        let (kind, length) = item_head(&mut self.reader)?;
        if self.expected.is_some() != matches!(kind, ItemKind::File | ItemKind::Missing) {
            return Err(ImportError::Rule("an attachment and its file are not together"));
        }
        match kind {
            ItemKind::About => Err(ImportError::Rule("a second description")),
            ItemKind::Record => self.record(length).map(Some),
            ItemKind::File => self.file(length).map(Some),
            ItemKind::Missing => self.missing(length).map(Some),
            ItemKind::End => self.end(length).map(|()| None),
        }
    }

    /// Reads of the file that [`Item::File`] began; 0 at its end.
    pub(crate) fn read_file(&mut self, piece: &mut [u8]) -> Result<usize, ImportError> {
        let room = usize::try_from(self.of_file).map_or(piece.len(), |left| left.min(piece.len()));
        let count = self.reader.read(piece.get_mut(..room).unwrap_or_default())?;
        if count == 0 && self.of_file > 0 {
            return Err(ImportError::Rule("a file that is cut"));
        }
        self.of_file -= count as u64;
        Ok(count)
    }

    fn record(&mut self, length: u64) -> Result<Item, ImportError> {
        let length = usize::try_from(length).ok().and_then(|length| length.checked_sub(RECORD_HEAD_BYTES));
        let length = length.filter(|length| *length <= PLAINTEXT_BYTES_MAX);
        let length = length.ok_or(ImportError::Rule("a record of a length that none has"))?;
        let [table] = array(&mut self.reader)?;
        let id = RecordId::from_bytes(array(&mut self.reader)?);
        let table = Table::from_number(table).ok_or(ImportError::Newer)?;
        let mut json = Zeroizing::new(vec![0; length]);
        fill(&mut self.reader, &mut json)?;
        let object = Object::from_outside(&json).map_err(|_| ImportError::Rule("a record that none may be"))?;
        self.place(table, id)?;
        if table == Table::Attachments {
            self.expect_file(id, &object)?;
        }
        self.seen.records += 1;
        Ok(Item::Record(table, id, object))
    }

    fn place(&mut self, table: Table, id: RecordId) -> Result<(), ImportError> {
        let section = match table {
            Table::Drafts => Section::Drafts,
            Table::Attachments if self.draft.is_some() => Section::Drafts,
            Table::Attachments => Section::WithoutDraft,
            Table::Outbox | Table::Ledger | Table::Keys | Table::Settings | Table::Orders => Section::Others,
        };
        if section < self.section {
            return Err(ImportError::Rule("a record in the wrong place"));
        }
        if table == Table::Settings && id == RecordId::VAULT {
            return Err(ImportError::Rule("a record that is the vault's own"));
        }
        if self.about.kind == ExportKind::Draft {
            let fits = section == Section::Drafts && (table == Table::Attachments || self.draft.is_none());
            if !fits {
                return Err(ImportError::Rule("more than one draft"));
            }
        }
        self.section = section;
        if table == Table::Drafts {
            self.draft = Some(id);
        }
        Ok(())
    }

    fn expect_file(&mut self, id: RecordId, record: &Object) -> Result<(), ImportError> {
        let order = record.text("order").and_then(|order| order.parse::<OrderId>().ok()).map(RecordId::from);
        if self.draft.is_some() && order != self.draft {
            return Err(ImportError::Rule("an attachment of another draft"));
        }
        self.expected = Some(Expected { id, sealed_length: record.number("sealedLength") });
        Ok(())
    }

    fn file(&mut self, length: u64) -> Result<Item, ImportError> {
        let Expected { id, sealed_length } = self.of_expected()?;
        let length = length.checked_sub(16).filter(|length| Some(*length) == sealed_length);
        self.of_file = length.ok_or(ImportError::Rule("a file of another length than its record says"))?;
        self.seen.files += 1;
        Ok(Item::File(id))
    }

    fn missing(&mut self, length: u64) -> Result<Item, ImportError> {
        let Expected { id, .. } = self.of_expected()?;
        if length != 16 {
            return Err(ImportError::Rule("a missing file with contents"));
        }
        self.seen.missing += 1;
        Ok(Item::Missing(id))
    }

    /// Reads the id of a file, which is that of the record before it.
    fn of_expected(&mut self) -> Result<Expected, ImportError> {
        let id = RecordId::from_bytes(array(&mut self.reader)?);
        let expected = self.expected.take().filter(|expected| expected.id == id);
        expected.ok_or(ImportError::Rule("a file of another record"))
    }

    fn end(&mut self, length: u64) -> Result<(), ImportError> {
        let body = short_body(&mut self.reader, length)?;
        let end: End =
            parse(&body, ABOUT_BYTES_MAX).map_err(|_| ImportError::Rule("an end that this version does not read"))?;
        if end != self.seen {
            return Err(ImportError::Rule("other counts than its end says"));
        }
        if self.about.kind == ExportKind::Draft && self.draft.is_none() {
            return Err(ImportError::Rule("no draft"));
        }
        match self.reader.read(&mut [0])? {
            0 => Ok(()),
            _ => Err(ImportError::Rule("something behind its end")),
        }
    }
}

fn item_head(reader: &mut ExportReader<impl Read>) -> Result<(ItemKind, u64), ImportError> {
    let head: [u8; ITEM_HEAD_BYTES] = array(reader)?;
    let [kind, length @ ..] = head;
    Ok((ItemKind::from_number(kind).ok_or(ImportError::Newer)?, u64::from_be_bytes(length)))
}

fn short_body(reader: &mut ExportReader<impl Read>, length: u64) -> Result<Vec<u8>, ImportError> {
    let length = usize::try_from(length).ok().filter(|length| *length <= ABOUT_BYTES_MAX);
    let mut body = vec![0; length.ok_or(ImportError::Rule("a description of a length that none has"))?];
    fill(reader, &mut body)?;
    Ok(body)
}

fn array<const N: usize>(reader: &mut ExportReader<impl Read>) -> Result<[u8; N], ImportError> {
    let mut bytes = [0; N];
    fill(reader, &mut bytes)?;
    Ok(bytes)
}

fn fill(reader: &mut ExportReader<impl Read>, mut bytes: &mut [u8]) -> Result<(), ImportError> {
    while !bytes.is_empty() {
        let count = reader.read(bytes)?;
        if count == 0 {
            return Err(ImportError::Rule("it has no end"));
        }
        bytes = bytes.get_mut(count..).unwrap_or_default();
    }
    Ok(())
}
