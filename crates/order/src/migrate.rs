//! Brings a draft's answers to another version of its service, and tells what became of each that did not stay as it was.
//!
//! No text that was typed is lost: what the new version takes no more is told with its value. An answer moves where the new
//! version says that its question was called otherwise (`was`). An agreement counts for the words that were agreed to, and what
//! was masked goes nowhere where it would not be.

mod convert;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{Definition, Field, FieldId, ROWS, Section};
use crate::document::{FieldValue, Fields};
use crate::validate::{FieldPath, is_masked};
use crate::value;
use convert::{Converted, convert};

/// The answers in the new version, and what became of those that did not stay as they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The answers.
    pub fields: Fields,
    /// What is to be shown to the user, in the order of the earlier answers' names.
    pub changes: Vec<MigratedAnswer>,
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigratedAnswer {
    /// Where it was, in the earlier version.
    pub from: FieldPath,
    /// What became of it.
    pub became: Became,
}

/// What became of an answer that did not stay as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// It answers the same question, which has another name or place.
    Moved(FieldPath),
    /// It answers a question of another kind, and was written anew for it.
    Rewritten(FieldPath),
    /// Of several choices, those that the question has no more were left out.
    Lessened {
        /// Where it is now.
        to: FieldPath,
        /// The options that were left out, as people read them.
        left_out: Vec<String>,
    },
    /// It has no place any more.
    Dropped {
        /// What it was. `Debug` does not print it.
        value: FieldValue,
        /// Why.
        why: Dropped,
    },
}

/// Why an answer has no place any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// The question is not asked.
    NotAsked,
    /// The question has no such option.
    NotAnOption,
    /// The question takes another kind of answer.
    AnotherKind,
    /// The statement that was agreed to has other words.
    AnotherStatement,
    /// It was masked, and would not be.
    Unmasked,
    /// There is one answer where there were rows, or the other way round.
    Rows,
    /// Another answer has the place already.
    Taken,
}

/// The definitions are of two services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a draft stays with its service")]
pub struct AnotherService;

/// Brings answers from one version of a service to another, older or newer.
///
/// # Errors
/// [`AnotherService`].
pub fn migrate(fields: &Fields, from: &Definition, to: &Definition) -> Result<Migrated, AnotherService> {
    if from.catalogue.service != to.catalogue.service {
        return Err(AnotherService);
    }
    let mut migration = Migration { from, to, fields: Fields::default(), changes: Vec::new() };
    // What kept its name goes first, so that nothing that moves takes its place.
    let (stays, moves): (Vec<_>, Vec<_>) = fields.0.iter().partition(|(name, _)| migration.stays(name));
    for (name, value) in stays.into_iter().chain(moves) {
        migration.answer(name, value);
    }
    migration.changes.sort_by(|first, second| first.from.cmp(&second.from));
    Ok(Migrated { fields: migration.fields, changes: migration.changes })
}

struct Migration<'a> {
    from: &'a Definition,
    to: &'a Definition,
    fields: Fields,
    changes: Vec<MigratedAnswer>,
}

impl<'a> Migration<'a> {
    fn stays(&self, name: &str) -> bool {
        let id = id_of(name);
        self.to.field(&id).is_some() || (id.field() == ROWS && self.to.section(id.section()).is_some())
    }

    fn answer(&mut self, name: &str, value: &FieldValue) {
        let id = id_of(name);
        if value::is_empty(value) {
            return;
        }
        if let FieldValue::Rows(rows) = value {
            self.rows(id.section(), rows);
            return;
        }
        let from = FieldPath { field: id.clone(), row: None, part: None };
        let why = match self.field(&id, value, None) {
            Ok((to, value, became)) => match self.fields.0.entry(to.field.to_string()) {
                Entry::Vacant(place) => {
                    place.insert(value);
                    self.changes.extend(became.map(|became| MigratedAnswer { from, became }));
                    return;
                }
                Entry::Occupied(_) => Dropped::Taken,
            },
            Err(why) => why,
        };
        self.tell(from, Became::Dropped { value: value.clone(), why });
    }

    fn rows(&mut self, section: &str, rows: &[BTreeMap<String, FieldValue>]) {
        let target = self.section_of(section).filter(|section| section.repeats.is_some());
        let taken = |target: &&Section| self.fields.0.contains_key(&FieldId::new(&target.id, ROWS).to_string());
        let Some(target) = target.filter(|target| !taken(target)) else {
            let path = FieldPath { field: FieldId::new(section, ROWS), row: None, part: None };
            let why = if self.section_of(section).is_some() { Dropped::Rows } else { Dropped::NotAsked };
            self.tell(path, Became::Dropped { value: FieldValue::Rows(rows.to_vec()), why });
            return;
        };
        let mut kept = Vec::new();
        // A question has another name in every row, which is told once.
        let mut moved = BTreeSet::new();
        for (number, row) in rows.iter().enumerate() {
            kept.push(self.row(section, number, row, target, &mut moved));
        }
        if kept.iter().any(|row| !row.is_empty()) {
            kept.retain(|row| !row.is_empty());
            self.fields.0.insert(FieldId::new(&target.id, ROWS).to_string(), FieldValue::Rows(kept));
        }
    }

    fn row(
        &mut self,
        section: &str,
        number: usize,
        row: &BTreeMap<String, FieldValue>,
        target: &Section,
        moved: &mut BTreeSet<FieldId>,
    ) -> BTreeMap<String, FieldValue> {
        let mut kept = BTreeMap::new();
        for (name, value) in row.iter().filter(|(_, value)| !value::is_empty(value)) {
            let id = FieldId::new(section, name);
            let from = FieldPath { field: id.clone(), row: Some(number), part: None };
            match self.field(&id, value, Some(number)) {
                Ok((to, value, became)) if to.section() == target.id && !kept.contains_key(to.field.field()) => {
                    kept.insert(to.field.field().to_owned(), value);
                    let is_told = |became: &Became| !matches!(became, Became::Moved(_)) || moved.insert(id.clone());
                    self.changes.extend(became.filter(is_told).map(|became| MigratedAnswer { from, became }));
                }
                Ok(_) => self.tell(from, Became::Dropped { value: value.clone(), why: Dropped::Rows }),
                Err(why) => self.tell(from, Became::Dropped { value: value.clone(), why }),
            }
        }
        kept
    }

    /// Finds where an answer goes, and makes of it what the question there takes.
    fn field(
        &self,
        id: &FieldId,
        value: &FieldValue,
        row: Option<usize>,
    ) -> Result<(FieldPath, FieldValue, Option<Became>), Dropped> {
        let (section, field) = self.target(id).ok_or(Dropped::NotAsked)?;
        if section.repeats.is_some() != row.is_some() {
            return Err(Dropped::Rows);
        }
        let to = FieldPath { field: FieldId::new(&section.id, &field.id), row, part: None };
        let before = self.from.field(id);
        if before.is_some_and(is_masked) && !is_masked(field) {
            return Err(Dropped::Unmasked);
        }
        let (value, became) = match convert(before.map(|before| &before.kind), &field.kind, value)? {
            Converted::Same => (value.clone(), (to.field != *id).then(|| Became::Moved(to.clone()))),
            Converted::Rewritten(value) => (value, Some(Became::Rewritten(to.clone()))),
            Converted::Lessened(value, left_out) => (value, Some(Became::Lessened { to: to.clone(), left_out })),
        };
        Ok((to, value, became))
    }

    /// Finds the question that an answer is to now: the one of its name, or the one that had its name.
    fn target(&self, id: &FieldId) -> Option<(&'a Section, &'a Field)> {
        let all =
            || self.to.sections.iter().flat_map(|section| section.fields.iter().map(move |field| (section, field)));
        let named = all().find(|(section, field)| section.id == id.section() && field.id == id.field());
        let was = || all().find(|(_, field)| field.was.contains(id));
        let in_renamed = || {
            let section = self.section_of(id.section())?;
            section.fields.iter().find(|field| field.id == id.field()).map(|field| (section, field))
        };
        named.or_else(was).or_else(in_renamed)
    }

    /// Finds the section of that name, or the one that had it.
    fn section_of(&self, id: &str) -> Option<&'a Section> {
        let had = || self.to.sections.iter().find(|section| section.was.iter().any(|was| was == id));
        self.to.section(id).or_else(had)
    }

    fn tell(&mut self, from: FieldPath, became: Became) {
        self.changes.push(MigratedAnswer { from, became });
    }
}

fn id_of(name: &str) -> FieldId {
    let (section, field) = name.split_once('.').unwrap_or((name, ""));
    FieldId::new(section, field)
}
