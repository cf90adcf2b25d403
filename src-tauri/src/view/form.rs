//! A service's form.

use serde::Serialize;

/// A service that can be ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ServiceView {
    /// Its id, as `start_draft` takes it.
    pub service: String,
    /// What the user reads.
    pub name: String,
    /// One line on what it is for.
    pub summary: String,
}

/// The form of a service, in the version that a draft is pinned to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FormView {
    /// The service's name.
    pub name: String,
    /// The sections in their order.
    pub sections: Vec<SectionView>,
}

/// A section of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SectionView {
    /// Its id.
    pub id: String,
    /// What the user reads.
    pub title: String,
    /// What helps to fill it in.
    pub hint: Option<String>,
    /// How often its fields repeat; not at all where there is none.
    pub repeats: Option<RepeatsView>,
    /// Its fields in their order.
    pub fields: Vec<FieldView>,
}

/// How often the fields of a section repeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RepeatsView {
    /// What a row is called: "location".
    pub item: String,
    /// The most rows.
    pub rows_max: usize,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FieldView {
    /// Its id within the section.
    pub id: String,
    /// What the user reads.
    pub label: String,
    /// What it takes.
    pub kind: KindView,
    /// How much of the column it takes.
    pub width: WidthView,
    /// Whether the answer is masked on the screen, and the engine's own memory of it is switched off.
    pub masked: bool,
    /// What helps to answer.
    pub help: Option<String>,
}

/// How much of the form's column a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum WidthView {
    /// All of it.
    Full,
    /// Two thirds.
    TwoThirds,
    /// One half.
    Half,
    /// One third.
    Third,
}

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum KindView {
    /// One line.
    Text {
        /// The most characters.
        chars_max: usize,
    },
    /// Several lines.
    Paragraph {
        /// The most characters.
        chars_max: usize,
    },
    /// A date, typed in any of the ways that docs say.
    Date,
    /// A time of the day, typed in any of the ways that docs say.
    Time,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A social security number.
    Ssn,
    /// An amount in US dollars.
    Money,
    /// A number of things.
    Count,
    /// Yes or no.
    YesNo,
    /// The agreement to a statement; answered as yes, or not at all.
    Attestation {
        /// What is agreed to.
        statement: String,
    },
    /// One of several options.
    Choice {
        /// The options.
        options: Vec<OptionView>,
        /// How they are drawn.
        style: ChoiceStyleView,
    },
    /// Any of several options.
    Choices {
        /// The options.
        options: Vec<OptionView>,
    },
    /// An address: parts line1, line2, city, state, zip.
    Address,
}

/// How the options of a choice are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ChoiceStyleView {
    /// All at once.
    Radio,
    /// A list that opens.
    Select,
    /// A list that opens and is searched by words.
    Search,
}

/// An option of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OptionView {
    /// What an answer holds.
    pub id: String,
    /// What the user reads.
    pub label: String,
}
