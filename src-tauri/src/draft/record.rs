//! A draft as the vault keeps it, and the changes that are written of it.

use std::collections::BTreeMap;

use satchel_order::Part;
use satchel_order::catalogue::{Definition, ROWS};
use satchel_order::document::{FieldValue, Fields};
use satchel_terms::{CatalogueVersion, V1};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::past::Past;
use super::path::AnswerPath;

/// A draft. Rows have ids that stay, so that a change names its row whatever was removed meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DraftRecord {
    version: V1,
    /// The definition that the draft is pinned to.
    pub(crate) catalogue: CatalogueVersion,
    /// When it was started, in milliseconds since 1970.
    pub(crate) created_at_ms: u64,
    /// When it last changed.
    pub(crate) changed_at_ms: u64,
    /// When it was put into the trash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) discarded_at_ms: Option<u64>,
    fields: BTreeMap<String, FieldValue>,
    rows: BTreeMap<String, BTreeMap<u32, RowRecord>>,
    /// Files that are not sealed yet, by the ids under which the window knows them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) attaching: BTreeMap<String, Attaching>,
    /// What was changed, so that it can be taken back.
    #[serde(default, skip_serializing_if = "Past::is_empty")]
    pub(crate) past: Past,
}

/// A file that is to be attached. It is kept until the file is sealed, so that a Satchel that was killed meanwhile goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attaching {
    /// Where it lies.
    pub(crate) path: String,
    /// When it was noted, in milliseconds since 1970, and its number among those noted with it: files are sealed in the order
    /// in which they came.
    #[serde(default)]
    pub(crate) noted: (u64, usize),
    /// Its id among the attachments, once it is sealed and about to be put there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sealed: Option<String>,
}

/// A row of a repeating section.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowRecord {
    /// Whether it was taken away; it is kept, so that this can be undone.
    #[serde(default, skip_serializing_if = "is_false")]
    removed: bool,
    /// Its answers by field.
    pub(crate) fields: BTreeMap<String, FieldValue>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// The answers of a draft as an order has them, and which row stands where.
pub(crate) struct Laid {
    pub(crate) fields: Fields,
    rows: BTreeMap<String, Vec<u32>>,
}

impl Laid {
    /// Returns the ids of a section's rows, in their order.
    pub(crate) fn rows(&self, section: &str) -> &[u32] {
        self.rows.get(section).map_or(&[], Vec::as_slice)
    }
}

impl DraftRecord {
    pub(crate) fn new(catalogue: CatalogueVersion, now_ms: u64) -> Self {
        Self {
            version: V1,
            catalogue,
            created_at_ms: now_ms,
            changed_at_ms: now_ms,
            discarded_at_ms: None,
            fields: BTreeMap::new(),
            rows: BTreeMap::new(),
            attaching: BTreeMap::new(),
            past: Past::default(),
        }
    }

    /// Returns an answer.
    pub(crate) fn answer(&self, path: &AnswerPath) -> Option<&FieldValue> {
        match path.row {
            None => self.fields.get(&path.field.to_string()),
            Some(row) => self.rows.get(path.field.section())?.get(&row)?.fields.get(path.field.field()),
        }
    }

    /// Tells whether a row is there and was not taken away.
    pub(crate) fn has_row(&self, section: &str, row: u32) -> bool {
        self.rows.get(section).and_then(|rows| rows.get(&row)).is_some_and(|row| !row.removed)
    }

    /// Tells whether a row was ever there.
    pub(crate) fn knows_row(&self, section: &str, row: u32) -> bool {
        self.rows.get(section).is_some_and(|rows| rows.contains_key(&row))
    }

    /// Returns the rows of a section that are there, by their ids.
    pub(crate) fn rows(&self, section: &str) -> impl Iterator<Item = (u32, &RowRecord)> {
        let rows = self.rows.get(section).into_iter().flatten();
        rows.filter(|(_, row)| !row.removed).map(|(id, row)| (*id, row))
    }

    /// Returns the id that a new row of a section gets. Ids are never given twice, so an old change cannot meet a new row.
    pub(crate) fn next_row(&self, section: &str) -> Option<u32> {
        let last = self.rows.get(section).and_then(|rows| rows.keys().next_back());
        last.map_or(Some(0), |last| last.checked_add(1))
    }

    /// Returns the answers outside of rows, by their fields.
    pub(crate) fn answers(&self) -> impl Iterator<Item = (&str, &FieldValue)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Lays the answers out as an order has them.
    pub(crate) fn lay_out(&self, definition: &Definition) -> Laid {
        let mut laid = Laid { fields: Fields(self.fields.clone()), rows: BTreeMap::new() };
        for section in definition.sections.iter().filter(|section| section.repeats.is_some()) {
            let (ids, rows): (Vec<_>, Vec<_>) =
                self.rows(&section.id).map(|(id, row)| (id, row.fields.clone())).unzip();
            if !rows.is_empty() {
                laid.fields.0.insert(format!("{}.{ROWS}", section.id), FieldValue::Rows(rows));
            }
            laid.rows.insert(section.id.clone(), ids);
        }
        laid
    }
}

/// A change of a draft as a JSON merge patch (RFC 7396), which is what the vault writes.
pub(crate) mod change {
    use satchel_store::RecordId;

    use super::{AnswerPath, FieldValue, Map, Part, Value, json};

    /// Sets an answer, or clears it.
    pub(crate) fn answer(path: &AnswerPath, value: Option<&FieldValue>, now_ms: u64) -> serde_json::Result<Value> {
        let value = value.map_or(Ok(Value::Null), written)?;
        let (section, field) = (path.field.section(), path.field.field());
        Ok(match path.row {
            None => json!({ "changedAtMs": now_ms, "fields": { path.field.to_string(): value } }),
            Some(row) => json!({
                "changedAtMs": now_ms,
                "rows": { section: { row.to_string(): { "fields": { field: value } } } },
            }),
        })
    }

    /// A patch merges objects, so the parts of an address that are gone have to be named.
    fn written(value: &FieldValue) -> serde_json::Result<Value> {
        let mut written = serde_json::to_value(value)?;
        if let (FieldValue::Composed(_), Value::Object(parts)) = (value, &mut written) {
            for part in Part::ALL {
                parts.entry(part.as_str()).or_insert(Value::Null);
            }
        }
        Ok(written)
    }

    /// Adds a row without answers.
    pub(crate) fn new_row(section: &str, row: u32, now_ms: u64) -> Value {
        of_row(section, row, json!({ "fields": {} }), now_ms)
    }

    /// Takes a row away, or brings it back.
    pub(crate) fn row_removed(section: &str, row: u32, removed: bool, now_ms: u64) -> Value {
        let removed = if removed { Value::Bool(true) } else { Value::Null };
        of_row(section, row, json!({ "removed": removed }), now_ms)
    }

    fn of_row(section: &str, row: u32, change: Value, now_ms: u64) -> Value {
        let row: Map<_, _> = [(row.to_string(), change)].into_iter().collect();
        json!({ "changedAtMs": now_ms, "rows": { section: row } })
    }

    /// Notes files that are to be attached.
    pub(crate) fn attaching<'a>(files: impl Iterator<Item = (&'a str, &'a str)>, now_ms: u64) -> Value {
        let noted = |number, path| json!({ "path": path, "noted": (now_ms, number) });
        let noted: Map<_, _> =
            files.enumerate().map(|(number, (file, path))| (file.to_owned(), noted(number, path))).collect();
        json!({ "attaching": noted })
    }

    /// Notes under which id a file that was to be attached will be found.
    pub(crate) fn sealed_as(file: &str, id: RecordId) -> Value {
        json!({ "attaching": { file: { "sealed": id.to_string() } } })
    }

    /// Forgets a file that was to be attached: it is sealed, or will not be.
    pub(crate) fn not_attaching(file: &str) -> Value {
        json!({ "attaching": { file: null } })
    }

    /// Puts a draft into the trash, or takes it out.
    pub(crate) fn discarded(at_ms: Option<u64>) -> Value {
        json!({ "discardedAtMs": at_ms })
    }
}
