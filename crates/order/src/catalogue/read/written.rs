//! A definition as it is written, before anything in it was judged.

use std::num::NonZeroU32;

use serde::Deserialize;
use toml::Spanned;

use super::deadlines::WrittenDeadline;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct WrittenDefinition {
    pub(super) service: Spanned<String>,
    pub(super) version: NonZeroU32,
    pub(super) name: String,
    pub(super) summary: String,
    pub(super) section: Vec<WrittenSection>,
    #[serde(default)]
    pub(super) caption: WrittenCaption,
    #[serde(default)]
    pub(super) list: WrittenList,
    #[serde(default)]
    pub(super) price: Vec<WrittenPrice>,
    #[serde(default)]
    pub(super) deadline: Vec<WrittenDeadline>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct WrittenSection {
    pub(super) id: Spanned<String>,
    pub(super) title: String,
    pub(super) hint: Option<String>,
    #[serde(default)]
    pub(super) summary: Vec<Spanned<String>>,
    pub(super) repeats: Option<WrittenRepeats>,
    #[serde(default)]
    pub(super) was: Vec<Spanned<String>>,
    pub(super) field: Vec<WrittenField>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct WrittenRepeats {
    pub(super) item: String,
    pub(super) min: usize,
    pub(super) max: Spanned<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct WrittenField {
    pub(super) id: Spanned<String>,
    pub(super) label: String,
    pub(super) kind: Spanned<String>,
    #[serde(default)]
    pub(super) required: bool,
    pub(super) required_if: Option<WrittenCondition>,
    pub(super) shown_if: Option<WrittenCondition>,
    #[serde(default)]
    pub(super) sensitive: bool,
    pub(super) help: Option<String>,
    pub(super) max_chars: Option<usize>,
    pub(super) options: Option<Vec<WrittenOption>>,
    pub(super) width: Option<Spanned<String>>,
    pub(super) style: Option<Spanned<String>>,
    pub(super) looks: Option<Spanned<String>>,
    pub(super) statement: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) was: Vec<Spanned<String>>,
    pub(super) served_if: Option<WrittenCondition>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenOption {
    pub(super) id: Spanned<String>,
    pub(super) label: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenCondition {
    pub(super) field: Spanned<String>,
    pub(super) is: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct WrittenPrice {
    pub(super) code: Spanned<String>,
    pub(super) label: String,
    pub(super) unit_cents: u64,
    pub(super) rows_of: Option<Spanned<String>>,
    pub(super) count_of: Option<Spanned<String>>,
    pub(super) when: Option<WrittenCondition>,
}

/// The name of a field, `section.field`, if the definition gives one.
type WrittenRole = Option<Spanned<String>>;

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct WrittenCaption {
    pub(super) plaintiff: WrittenRole,
    pub(super) defendant: WrittenRole,
    pub(super) court: WrittenRole,
    pub(super) county: WrittenRole,
    pub(super) branch: WrittenRole,
    pub(super) number: WrittenRole,
    pub(super) department: WrittenRole,
    pub(super) judge: WrittenRole,
    pub(super) trial_date: WrittenRole,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct WrittenList {
    pub(super) subject: WrittenRole,
    pub(super) client_matter: WrittenRole,
    pub(super) due: WrittenRole,
}
