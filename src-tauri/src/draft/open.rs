//! A draft that is open for changes. Each change is on disk when its function returns.

use jiff::civil::Date;
use satchel_order::catalogue::{Definition, Field, Section};
use satchel_order::deadlines::Buffers;
use satchel_order::entry::{self, Entry, Taken};
use satchel_store::{Table, Vault};
use satchel_terms::OrderId;
use serde_json::Value;

use super::past::Direction;
use super::path::AnswerPath;
use super::record::{DraftRecord, change};
use super::shown::{self, Sensitive};
use super::{answers, assessment, form, versions};
use crate::catalogue::Catalogue;
use crate::clock::Now;
use crate::sending::is_submitted;
use crate::ui_error::UiError;
use crate::view::draft::{
    AnswerView, Assessment, ChangeView, DraftView, EntryView, NoticeView, SavedAnswer, SavedRows,
};
use crate::view::files::FileView;
use crate::view::history::VersionView;

/// A draft in the vault with the definition that it is pinned to.
pub(crate) struct OpenDraft<'a> {
    vault: &'a mut Vault,
    order: OrderId,
    pub(crate) definition: &'a Definition,
    pub(crate) record: DraftRecord,
    /// The days that the firm keeps clear of the dates of the docket.
    pub(crate) buffers: Buffers,
}

impl<'a> OpenDraft<'a> {
    /// Starts a draft of a service.
    pub(crate) fn start(vault: &mut Vault, definition: &Definition, order: OrderId, now: Now) -> Result<(), UiError> {
        let record = DraftRecord::new(definition.catalogue.clone(), now.ms);
        vault.put(Table::Drafts, order, &record)?;
        Ok(())
    }

    /// Finds a draft.
    pub(crate) fn find(vault: &'a mut Vault, catalogue: &'a Catalogue, order: OrderId) -> Result<Self, UiError> {
        let record: DraftRecord = vault.read(Table::Drafts, order)?.ok_or_else(UiError::gone)?;
        let definition = catalogue.pinned(&record.catalogue).ok_or_else(UiError::gone)?;
        Ok(Self { vault, order, definition, record, buffers: Buffers::default() })
    }

    /// Saves what was entered into a field.
    pub(crate) fn save(&mut self, path: &AnswerPath, entry: EntryView, now: Now) -> Result<SavedAnswer, UiError> {
        let field = self.field(path)?;
        let taken = entry::take(&field.kind, entry.into(), now.today)?;
        let Taken { value, notices } = taken;
        // Nothing is written of an answer that is there already, such as one that was looked at and left.
        if self.record.answer(path) != value.as_ref() {
            let patch = self.record.answering(path, value.as_ref(), now.ms).map_err(|_| UiError::internal())?;
            self.write(&patch)?;
        }
        Ok(SavedAnswer {
            saved_at_ms: self.record.changed_at_ms,
            answer: value.map(|value| shown::answer(field, &value, Sensitive::Masked)),
            notices: notices.into_iter().map(NoticeView::from).collect(),
            assessment: self.assessment(now.today),
        })
    }

    /// Returns a sensitive answer as it is.
    pub(crate) fn reveal(&self, path: &AnswerPath) -> Result<Option<AnswerView>, UiError> {
        let field = self.field(path)?;
        Ok(self.record.answer(path).map(|value| shown::answer(field, value, Sensitive::Revealed)))
    }

    /// Adds a row to a repeating section.
    pub(crate) fn add_row(&mut self, section: &str, now: Now) -> Result<SavedRows, UiError> {
        let repeats = self.section(section)?.repeats.as_ref().ok_or_else(UiError::gone)?;
        if self.record.rows(section).count() >= repeats.rows_max {
            return Err(UiError::too_many_rows(&repeats.item, repeats.rows_max));
        }
        let row = self.record.next_row(section).ok_or_else(UiError::internal)?;
        self.write_row((section, row), true, change::new_row(section, row, now.ms), now)?;
        Ok(self.rows(section, now.today))
    }

    /// Takes a row away, or brings it back.
    pub(crate) fn set_removed(
        &mut self,
        section: &str,
        row: u32,
        removed: bool,
        now: Now,
    ) -> Result<SavedRows, UiError> {
        if !self.record.knows_row(section, row) {
            return Err(UiError::gone());
        }
        if self.record.has_row(section, row) == removed {
            self.write_row((section, row), !removed, change::row_removed(section, row, removed, now.ms), now)?;
        }
        Ok(self.rows(section, now.today))
    }

    /// Takes the last change back, or does it again, and says what that was; nothing where there is none.
    pub(crate) fn step(&mut self, direction: Direction, now: Now) -> Result<Option<String>, UiError> {
        let said = self.record.past.next(direction).map(|(change, _)| versions::said(self.definition, change));
        if let Some(patch) = self.record.stepping(direction, now.ms).map_err(|_| UiError::internal())? {
            self.write(&patch)?;
        }
        Ok(said)
    }

    /// Lists the versions, the newest first.
    pub(crate) fn versions(&self) -> Vec<VersionView> {
        versions::versions(self.definition, &self.record.past)
    }

    /// Makes the draft again what it was in a version.
    pub(crate) fn restore_version(&mut self, number: u32, now: Now) -> Result<(), UiError> {
        if !self.record.past.versions().any(|(version, _)| version == number) {
            return Err(UiError::gone());
        }
        match self.record.restoring(number, now.ms).map_err(|_| UiError::internal())? {
            Some(patch) => self.write(&patch),
            None => Ok(()),
        }
    }

    /// Puts the draft into the trash, or takes it out.
    pub(crate) fn set_discarded(&mut self, at_ms: Option<u64>) -> Result<(), UiError> {
        self.write(&change::discarded(at_ms))
    }

    /// Draws the draft with these files, as it is today.
    pub(crate) fn view(&self, files: Vec<FileView>, today: Date) -> DraftView {
        let repeating = self.definition.sections.iter().filter(|section| section.repeats.is_some());
        let ids = |section: &Section| self.record.rows(&section.id).map(|(id, _)| id).collect();
        DraftView {
            order: self.order.to_string(),
            form: form(self.definition),
            answers: answers(self.definition, &self.record),
            rows: repeating.map(|section| (section.id.clone(), ids(section))).collect(),
            assessment: self.assessment(today),
            files,
            saved_at_ms: self.record.changed_at_ms,
        }
    }

    /// Assesses the draft as it is today.
    pub(crate) fn assessment(&self, today: Date) -> Assessment {
        assessment(self.definition, &self.record, today, &self.buffers)
    }

    fn write_row(&mut self, row: (&str, u32), is_there: bool, patch: Value, now: Now) -> Result<(), UiError> {
        let patch = self.record.with_row(row, is_there, patch, now.ms).map_err(|_| UiError::internal())?;
        self.write(&patch)
    }

    fn write(&mut self, patch: &Value) -> Result<(), UiError> {
        if is_submitted(self.vault, self.order) {
            return Err(UiError::frozen());
        }
        self.vault.change(Table::Drafts, self.order, patch)?;
        // What is shown from here on is what is on disk.
        self.record = self.vault.read(Table::Drafts, self.order)?.ok_or_else(UiError::gone)?;
        Ok(())
    }

    fn section(&self, id: &str) -> Result<&'a Section, UiError> {
        self.definition.section(id).ok_or_else(UiError::gone)
    }

    /// Finds the field of a path whose row is there.
    fn field(&self, path: &AnswerPath) -> Result<&'a Field, UiError> {
        let section = self.section(path.field.section())?;
        let placed = match path.row {
            None => section.repeats.is_none(),
            Some(row) => section.repeats.is_some() && self.record.has_row(&section.id, row),
        };
        self.definition.field(&path.field).filter(|_| placed).ok_or_else(UiError::gone)
    }

    fn rows(&self, section: &str, today: Date) -> SavedRows {
        let prefix = format!("{section}.");
        let mut answers = answers(self.definition, &self.record);
        answers.retain(|path, _| path.starts_with(&prefix));
        SavedRows {
            saved_at_ms: self.record.changed_at_ms,
            rows: self.record.rows(section).map(|(id, _)| id).collect(),
            answers,
            assessment: self.assessment(today),
        }
    }
}

impl From<EntryView> for Entry {
    fn from(entry: EntryView) -> Self {
        match entry {
            EntryView::Text { text } => Self::Text(text),
            EntryView::Flag { flag } => Self::Flag(flag),
            EntryView::Choices { options } => Self::Choices(options),
            EntryView::Parts { parts } => Self::Parts(parts),
        }
    }
}

impl From<entry::OwnedNotice> for NoticeView {
    fn from(notice: entry::OwnedNotice) -> Self {
        let change = match notice.change {
            satchel_order::inert::Change::Removed => ChangeView::Removed,
            satchel_order::inert::Change::Rebracketed => ChangeView::Rebracketed,
        };
        Self { change, part: notice.part.map(|part| part.as_str().to_owned()), text: notice.text }
    }
}
