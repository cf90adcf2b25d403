//! A draft as the form shows it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::deadlines::DeadlineView;
use super::files::FileView;
use super::form::FormView;

/// A draft with its form and everything the window shows beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DraftView {
    /// The order's id.
    pub order: String,
    /// The form.
    pub form: FormView,
    /// The answers by path. What was not answered has no entry.
    pub answers: BTreeMap<String, AnswerView>,
    /// The rows of each repeating section by their ids, in their order.
    pub rows: BTreeMap<String, Vec<u32>>,
    /// What the answers amount to.
    pub assessment: Assessment,
    /// The attached files in the order in which they were attached.
    pub files: Vec<FileView>,
    /// When the last change was on disk, in milliseconds since 1970-01-01T00:00:00Z.
    pub saved_at_ms: u64,
}

/// An answer as a field shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum AnswerView {
    /// A text, date, number or the id of a choice, as the field shows it; entered again, it is the same answer.
    Text {
        /// The text.
        text: String,
    },
    /// Yes or no.
    Flag {
        /// Whether it is yes.
        flag: bool,
    },
    /// The ids of the chosen options.
    Choices {
        /// The ids.
        options: Vec<String>,
    },
    /// An address by its parts.
    Parts {
        /// The parts that are there.
        parts: BTreeMap<String, String>,
    },
    /// A sensitive answer. `reveal_answer` tells it.
    Masked {
        /// What is shown of it.
        masked: String,
    },
}

/// What a user entered into a field. Empty entries clear the answer.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum EntryView {
    /// A text, or the id of a choice; for every kind but the others here.
    Text {
        /// As it was typed.
        text: String,
    },
    /// Yes, no or neither.
    Flag {
        /// What was chosen.
        flag: Option<bool>,
    },
    /// The ids of the chosen options.
    Choices {
        /// The ids.
        options: Vec<String>,
    },
    /// An address by its parts.
    Parts {
        /// The parts as they were typed.
        parts: BTreeMap<String, String>,
    },
}

/// An entry is what somebody typed, so it is not printed.
impl std::fmt::Debug for EntryView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EntryView(..)")
    }
}

/// What became of an entry, told once it is on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SavedAnswer {
    /// When it was on disk, in milliseconds since 1970-01-01T00:00:00Z.
    pub saved_at_ms: u64,
    /// The answer as it is kept; none where it was cleared.
    pub answer: Option<AnswerView>,
    /// What was changed of the text that was typed.
    pub notices: Vec<NoticeView>,
    /// What the answers amount to now.
    pub assessment: Assessment,
}

/// A change of typed text: markup is not stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NoticeView {
    /// What was done.
    pub change: ChangeView,
    /// The part of an address that it was done in.
    pub part: Option<String>,
    /// The piece as it was typed. It may be markup: shown as plain text only.
    pub text: String,
}

/// What was done to a piece of typed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ChangeView {
    /// It was markup and is gone.
    Removed,
    /// Its angle brackets became ‹ and ›.
    Rebracketed,
}

/// Rows of a repeating section after one came or went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SavedRows {
    /// When the change was on disk, in milliseconds since 1970-01-01T00:00:00Z.
    pub saved_at_ms: u64,
    /// The rows by their ids, in their order. A new one is the last.
    pub rows: Vec<u32>,
    /// The answers of all rows by path.
    pub answers: BTreeMap<String, AnswerView>,
    /// What the answers amount to now.
    pub assessment: Assessment,
}

/// What the answers amount to: which fields are asked, what is missing, what it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Assessment {
    /// Paths of the fields that are not asked now; their answers stay in the draft and do not count.
    pub hidden: Vec<String>,
    /// Paths of the fields that the order needs an answer to.
    pub required: Vec<String>,
    /// What keeps the order from being submitted, and warnings, in the order of the form.
    pub problems: Vec<ProblemView>,
    /// The dates that rules of procedure set, in the order of the definition.
    pub deadlines: Vec<DeadlineView>,
    /// What a folded section, or a folded row, says in one line.
    pub folded: Vec<FoldedView>,
    /// The case as a caption shows it.
    pub caption: CaptionView,
    /// What the order costs as it is now; nothing where an amount is larger than a quote can hold.
    pub quote: Option<QuoteView>,
}

/// A problem of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ProblemView {
    /// Path of the answer; of a repeating section as a whole, the section's id.
    pub path: String,
    /// How it weighs.
    pub severity: SeverityView,
    /// What it is, as tests and the window may branch on it.
    pub code: String,
    /// What stands under the field.
    pub message: String,
    /// What stands in the docket: "Phone of Lakeshore Imaging".
    pub to_finish: String,
}

/// How a problem weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum SeverityView {
    /// The answer is wrong; the order cannot be submitted.
    Wrong,
    /// The answer is missing; the order cannot be submitted.
    Empty,
    /// The answer may be wrong; the order can be submitted.
    Caution,
}

/// One line for a section or row that is folded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FoldedView {
    /// The section.
    pub section: String,
    /// The row's id; none for a section.
    pub row: Option<u32>,
    /// What a row is called: its first answer.
    pub title: Option<String>,
    /// The line.
    pub says: String,
}

/// A case caption. Every part may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CaptionView {
    /// The case in one line: "Delgado v. Northline Freight, Inc."; empty where neither side is named.
    pub line: String,
    /// The plaintiff as named.
    pub plaintiff: Option<String>,
    /// The defendant as named.
    pub defendant: Option<String>,
    /// The court.
    pub court: Option<String>,
    /// The county.
    pub county: Option<String>,
    /// The branch of the court.
    pub branch: Option<String>,
    /// The case number.
    pub number: Option<String>,
    /// What else stands at the right: department, judge, trial date.
    pub notes: Vec<String>,
}

/// What an order costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct QuoteView {
    /// The lines.
    pub lines: Vec<QuoteLineView>,
    /// Their sum, in cents of US dollars.
    pub total_cents: u64,
}

/// A line of a quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct QuoteLineView {
    /// What is priced.
    pub label: String,
    /// How many.
    pub quantity: u32,
    /// The price of one, in cents.
    pub unit_cents: u64,
    /// The amount, in cents.
    pub amount_cents: u64,
}
