//! A draft as a sheet of paper, before it is submitted.

use serde::Serialize;

use super::draft::{CaptionView, ProblemView, QuoteView};
use super::files::FileView;
use super::received::ReceivedView;

/// What a submitted order would say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ReviewView {
    /// The order's id.
    pub order: String,
    /// The service's name.
    pub service: String,
    /// The case.
    pub caption: CaptionView,
    /// Whom or what it is about.
    pub subject: Option<String>,
    /// The firm's own number.
    pub client_matter: Option<String>,
    /// The sections in which something was answered.
    pub sections: Vec<ReviewSection>,
    /// The files.
    pub files: Vec<FileView>,
    /// What it costs.
    pub quote: Option<QuoteView>,
    /// What keeps it from being submitted, and warnings.
    pub problems: Vec<ProblemView>,
    /// Whether it was submitted: then it is frozen, and this is what was sent.
    pub submitted: bool,
    /// The provider's receipt, once it was verified.
    pub received: Option<ReceivedView>,
}

/// A section of the sheet: facts, or a table of rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ReviewSection {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What was answered; sensitive answers are masked.
    pub facts: Vec<Fact>,
    /// The rows of a repeating section, each with its facts.
    pub rows: Vec<Vec<Fact>>,
}

/// A question and its answer as they are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Fact {
    /// The field's label.
    pub label: String,
    /// The answer; masked where it is sensitive.
    pub value: String,
    /// Whether it is masked.
    pub masked: bool,
}
