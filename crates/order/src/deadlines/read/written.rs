//! Rules and calendars as they are written, before anything in them was judged.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct WrittenCalendar {
    pub(super) id: Spanned<String>,
    pub(super) name: String,
    pub(super) from: Spanned<String>,
    pub(super) through: Spanned<String>,
    pub(super) reviewed: Spanned<String>,
    pub(super) citation: String,
    pub(super) source: String,
    #[serde(default)]
    pub(super) notes: Vec<String>,
    pub(super) holiday: Vec<WrittenHoliday>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct WrittenHoliday {
    pub(super) on: Spanned<String>,
    pub(super) name: String,
    pub(super) instead_of: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct WrittenRules {
    pub(super) jurisdiction: Spanned<String>,
    pub(super) calendar: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) extension: Vec<WrittenExtension>,
    pub(super) rule: Vec<WrittenRule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct WrittenExtension {
    pub(super) id: Spanned<String>,
    #[serde(default)]
    pub(super) after_roll: bool,
    pub(super) added: BTreeMap<Spanned<String>, WrittenDays>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct WrittenDays {
    pub(super) days: Option<u16>,
    pub(super) court_days: Option<u16>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct WrittenRule {
    pub(super) id: Spanned<String>,
    pub(super) label: String,
    pub(super) bound: Spanned<String>,
    pub(super) citation: String,
    pub(super) source: String,
    pub(super) reviewed: Spanned<String>,
    #[serde(default)]
    pub(super) notes: Vec<String>,
    #[serde(default)]
    pub(super) inputs: Vec<WrittenInput>,
    pub(super) checked: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) step: Vec<WrittenStep>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct WrittenInput {
    pub(super) id: Spanned<String>,
    pub(super) label: String,
    pub(super) kind: Spanned<String>,
    pub(super) otherwise: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct WrittenStep {
    pub(super) from: Spanned<String>,
    pub(super) words: String,
    pub(super) after: Option<WrittenDays>,
    pub(super) before: Option<WrittenDays>,
    pub(super) extend: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) undo: bool,
    pub(super) roll: Spanned<String>,
    #[serde(default)]
    pub(super) cautious: bool,
}
