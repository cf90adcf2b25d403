//! What was changed of a draft: kept in the draft itself and written with each change, so that it can be taken back after a restart
//! as well, and no change is on disk without its past.

use std::collections::BTreeMap;

use satchel_order::document::FieldValue;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::path::AnswerPath;
use super::record::{DraftRecord, change};

/// How many changes are kept, and how many bytes of answers in them. Older ones are forgotten.
const CHANGES_MAX: usize = 200;
const BYTES_MAX: usize = 256 * 1024;
/// For how long changes of one answer are one: it is saved while it is typed.
const TOGETHER_MS: u64 = 30_000;

/// The changes of a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Past {
    /// The number of the last change that counts; those behind it were taken back. 0: none counts.
    #[serde(default)]
    at: u32,
    #[serde(default)]
    changes: BTreeMap<u32, Change>,
}

/// What was done at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Change {
    /// When, in milliseconds since 1970.
    pub(crate) at_ms: u64,
    /// The version that the draft was made again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) restored: Option<u32>,
    /// The answers, by their paths.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) answers: BTreeMap<String, Step>,
    /// Rows as `section.row`, and whether they were there afterwards.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) rows: BTreeMap<String, bool>,
}

/// An answer before and after, as JSON in a text, so that a merge patch replaces the whole of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<String>,
}

impl Step {
    fn of(before: Option<&FieldValue>, after: Option<&FieldValue>) -> serde_json::Result<Self> {
        let text = |value: Option<&FieldValue>| value.map(serde_json::to_string).transpose();
        Ok(Self { before: text(before)?, after: text(after)? })
    }

    pub(crate) fn before(&self) -> Option<FieldValue> {
        serde_json::from_str(self.before.as_deref()?).ok()
    }

    pub(crate) fn after(&self) -> Option<FieldValue> {
        serde_json::from_str(self.after.as_deref()?).ok()
    }

    fn bytes(&self) -> usize {
        [&self.before, &self.after].into_iter().flatten().map(String::len).sum()
    }
}

/// Which way through the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Undo,
    Redo,
}

impl Past {
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Lists the changes that count, the newest first.
    pub(crate) fn versions(&self) -> impl Iterator<Item = (u32, &Change)> {
        self.changes.range(..=self.at).rev().map(|(number, change)| (*number, change))
    }

    /// Returns the change that an undo takes back, or a redo does again, and the number that counts afterwards.
    pub(crate) fn next(&self, direction: Direction) -> Option<(&Change, u32)> {
        match direction {
            Direction::Undo => {
                let change = self.changes.get(&self.at)?;
                Some((change, self.changes.range(..self.at).next_back().map_or(0, |(number, _)| *number)))
            }
            Direction::Redo => {
                let (number, change) = self.changes.range(self.at.checked_add(1)?..).next()?;
                Some((change, *number))
            }
        }
    }

    /// Returns the patch that notes a change, forgets what was taken back before it, and what is too old.
    fn noted(&self, change: &Change) -> serde_json::Result<Value> {
        let last = self.changes.keys().next_back().copied().unwrap_or(0);
        let number = last.saturating_add(1);
        let mut changes = Map::new();
        for taken_back in self.changes.keys().filter(|known| **known > self.at) {
            changes.insert(taken_back.to_string(), Value::Null);
        }
        for old in self.too_old(change) {
            changes.insert(old.to_string(), Value::Null);
        }
        changes.insert(number.to_string(), serde_json::to_value(change)?);
        Ok(json!({ "past": { "at": number, "changes": changes } }))
    }

    fn too_old(&self, change: &Change) -> Vec<u32> {
        let bytes = |change: &Change| change.answers.values().map(Step::bytes).sum::<usize>();
        let (mut count, mut total) = (1, bytes(change));
        let fits = |(_, change): &(u32, &Change)| {
            (count, total) = (count + 1, total + bytes(change));
            count <= CHANGES_MAX && total <= BYTES_MAX
        };
        let kept = self.versions().take_while(fits).last().map_or(u32::MAX, |(number, _)| number);
        self.changes.range(..kept).map(|(number, _)| *number).filter(|number| *number <= self.at).collect()
    }

    /// Returns the patch that adds to the last change, where an answer goes on being typed.
    fn continued(&self, path: &str, step: &Step, now_ms: u64) -> Option<Value> {
        let last = self.changes.get(&self.at)?;
        let is_newest = self.changes.keys().next_back() == Some(&self.at);
        let is_of_path = last.answers.len() == 1 && last.answers.contains_key(path) && last.rows.is_empty();
        let together = last.restored.is_none() && now_ms.saturating_sub(last.at_ms) < TOGETHER_MS;
        (is_newest && is_of_path && together).then(|| {
            let change = json!({ "answers": { path: { "after": step.after } } });
            json!({ "past": { "changes": { self.at.to_string(): change } } })
        })
    }
}

impl DraftRecord {
    /// Returns the patch that sets an answer, with its past.
    pub(crate) fn answering(
        &self,
        path: &AnswerPath,
        value: Option<&FieldValue>,
        now_ms: u64,
    ) -> serde_json::Result<Value> {
        let step = Step::of(self.answer(path), value)?;
        let mut patch = change::answer(path, value, now_ms)?;
        let past = match self.past.continued(&path.to_string(), &step, now_ms) {
            Some(continued) => continued,
            None => {
                let answers = BTreeMap::from([(path.to_string(), step)]);
                self.past.noted(&Change { at_ms: now_ms, answers, ..Change::default() })?
            }
        };
        join(&mut patch, past);
        Ok(patch)
    }

    /// Returns a patch of a row, with its past.
    pub(crate) fn with_row(
        &self,
        (section, row): (&str, u32),
        is_there: bool,
        mut patch: Value,
        now_ms: u64,
    ) -> serde_json::Result<Value> {
        let rows = BTreeMap::from([(format!("{section}.{row}"), is_there)]);
        join(&mut patch, self.past.noted(&Change { at_ms: now_ms, rows, ..Change::default() })?);
        Ok(patch)
    }

    /// Returns the patch that takes the last change back, or does it again; nothing where there is none.
    pub(crate) fn stepping(&self, direction: Direction, now_ms: u64) -> serde_json::Result<Option<Value>> {
        let Some((change, at)) = self.past.next(direction) else { return Ok(None) };
        let mut patch = json!({ "changedAtMs": now_ms, "past": { "at": at } });
        for (path, step) in &change.answers {
            let value = if direction == Direction::Undo { step.before() } else { step.after() };
            set_answer(&mut patch, path, value.as_ref(), now_ms)?;
        }
        for (row, was_there) in &change.rows {
            set_row(&mut patch, row, *was_there == (direction == Direction::Redo), now_ms);
        }
        Ok(Some(patch))
    }

    /// Returns the patch that makes the draft again what it was after a change; nothing where it is that already.
    pub(crate) fn restoring(&self, number: u32, now_ms: u64) -> serde_json::Result<Option<Value>> {
        let (mut answers, mut rows) = (BTreeMap::new(), BTreeMap::new());
        // From the newest to the oldest: what the oldest found counts.
        for (_, change) in self.past.versions().take_while(|(version, _)| *version > number) {
            answers.extend(change.answers.iter().map(|(path, step)| (path.clone(), step.before())));
            rows.extend(change.rows.iter().map(|(row, was_there)| (row.clone(), !was_there)));
        }
        let mut patch = json!({ "changedAtMs": now_ms });
        let mut restored = Change { at_ms: now_ms, restored: Some(number), ..Change::default() };
        for (path, value) in &answers {
            let Ok(parsed) = path.parse::<AnswerPath>() else { continue };
            if self.answer(&parsed) != value.as_ref() {
                restored.answers.insert(path.clone(), Step::of(self.answer(&parsed), value.as_ref())?);
                set_answer(&mut patch, path, value.as_ref(), now_ms)?;
            }
        }
        for (row, there) in rows {
            let is_there = split_row(&row).is_some_and(|(section, row)| self.has_row(section, row));
            if is_there != there {
                set_row(&mut patch, &row, there, now_ms);
                restored.rows.insert(row, there);
            }
        }
        if restored.answers.is_empty() && restored.rows.is_empty() {
            return Ok(None);
        }
        join(&mut patch, self.past.noted(&restored)?);
        Ok(Some(patch))
    }
}

/// Takes `section.row` apart.
pub(crate) fn split_row(row: &str) -> Option<(&str, u32)> {
    let (section, row) = row.rsplit_once('.')?;
    Some((section, row.parse().ok()?))
}

fn set_answer(patch: &mut Value, path: &str, value: Option<&FieldValue>, now_ms: u64) -> serde_json::Result<()> {
    if let Ok(path) = path.parse() {
        join(patch, change::answer(&path, value, now_ms)?);
    }
    Ok(())
}

fn set_row(patch: &mut Value, row: &str, is_there: bool, now_ms: u64) {
    if let Some((section, row)) = split_row(row) {
        join(patch, change::row_removed(section, row, !is_there, now_ms));
    }
}

/// Joins two patches; nulls stay, as they take members away.
fn join(patch: &mut Value, other: Value) {
    match (patch, other) {
        (Value::Object(members), Value::Object(others)) => {
            for (name, value) in others {
                join(members.entry(name).or_insert(Value::Null), value);
            }
        }
        (patch, other) => *patch = other,
    }
}
