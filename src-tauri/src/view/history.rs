//! The past of a draft.

use serde::Serialize;

use super::draft::DraftView;

/// What became of an undo or a redo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HistoryAnswer {
    /// The draft as it is on disk now; none where there was nothing to take back.
    pub saved: Option<DraftView>,
    /// What was taken back or done again, in words.
    pub what: Option<String>,
}

/// A version of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct VersionView {
    /// Its number among the versions of the draft.
    pub number: u32,
    /// When it was on disk, in milliseconds since 1970-01-01T00:00:00Z.
    pub at_ms: u64,
    /// What was done, in words.
    pub what: String,
    /// What is different from the version before.
    pub changes: Vec<VersionChangeView>,
}

/// What a version changed of one answer. Sensitive answers are masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct VersionChangeView {
    /// The field's label.
    pub label: String,
    /// The answer before; none where there was none.
    pub before: Option<String>,
    /// The answer after; none where it was cleared.
    pub after: Option<String>,
}
