//! Reads the rules and the calendars from TOML and refuses what contradicts itself.

mod calendars;
mod inputs;
mod rules;
mod written;

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use satchel_terms::{Code, is_inert, is_printable};
use serde::de::DeserializeOwned;
use toml::Spanned;

use super::rule::{Rule, Rulebook};
use crate::value;

/// The most bytes of a file of rules or of a calendar.
const FILE_BYTES_MAX: usize = 512 * 1024;
/// The most characters of a label, a citation or a name.
const SHOWN_CHARS_MAX: usize = 300;
/// The most characters of a note.
const NOTE_CHARS_MAX: usize = 600;
/// The most notes of a rule or a calendar.
const NOTES_MAX: usize = 12;

/// Says where a file of rules or a calendar is wrong and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {reason}")]
pub struct RulebookError {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

/// A file by its name and its text.
type Named<'a> = (&'a str, &'a str);

const CALENDARS: [Named<'static>; 2] = [
    ("calendars/california.toml", include_str!("../../calendars/california.toml")),
    ("calendars/federal.toml", include_str!("../../calendars/federal.toml")),
];
const RULES: [Named<'static>; 3] = [
    ("deadlines/california.toml", include_str!("../../deadlines/california.toml")),
    ("deadlines/federal.toml", include_str!("../../deadlines/federal.toml")),
    ("deadlines/new-york.toml", include_str!("../../deadlines/new-york.toml")),
];

static BUILT_IN: LazyLock<Result<Rulebook, RulebookError>> = LazyLock::new(|| Rulebook::read(&CALENDARS, &RULES));

impl Rulebook {
    /// The rules and calendars that are built in, read once.
    ///
    /// # Errors
    /// None: a test reads them.
    pub fn built_in() -> Result<&'static Self, &'static RulebookError> {
        BUILT_IN.as_ref()
    }

    /// Reads calendars and rules, each from its files by name and text.
    ///
    /// # Errors
    /// [`RulebookError`] names the file, the line and the reason.
    pub fn read(calendars: &[Named<'_>], rules: &[Named<'_>]) -> Result<Self, RulebookError> {
        let mut book = Self { calendars: Vec::new(), rules: Vec::new(), extensions: Vec::new() };
        for (name, text) in calendars {
            let file = File { name, text };
            let calendar = file.calendar(file.parsed()?, &book)?;
            book.calendars.push(calendar);
        }
        for (name, text) in rules {
            let file = File { name, text };
            file.rules(file.parsed()?, &mut book)?;
        }
        Ok(book)
    }

    /// Finds a rule that this program names.
    pub(crate) fn required(&self, id: &str) -> Result<&Rule, RulebookError> {
        let absent =
            || RulebookError { file: "deadlines".to_owned(), line: 1, reason: format!("there is no rule `{id}`") };
        self.rule(id).ok_or_else(absent)
    }
}

/// A file that is being read.
struct File<'a> {
    name: &'a str,
    text: &'a str,
}

impl File<'_> {
    fn refuse(&self, span: &Range<usize>, reason: impl Into<String>) -> RulebookError {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        RulebookError { file: self.name.to_owned(), line, reason: reason.into() }
    }

    fn parsed<T: DeserializeOwned>(&self) -> Result<T, RulebookError> {
        if self.text.len() > FILE_BYTES_MAX {
            return Err(self.refuse(&(0..0), format!("more than {FILE_BYTES_MAX} bytes")));
        }
        toml::from_str(self.text).map_err(|error| self.refuse(&error.span().unwrap_or_default(), error.message()))
    }

    /// Reads an id that nothing else of its kind has.
    fn id(&self, written: &Spanned<String>, taken: bool) -> Result<String, RulebookError> {
        let (span, id) = (written.span(), written.get_ref());
        if taken {
            return Err(self.refuse(&span, format!("the id `{id}` is there already")));
        }
        Code::try_from(id.clone()).map_err(|error| self.refuse(&span, error.to_string()))?;
        Ok(id.clone())
    }

    fn date(&self, written: &Spanned<String>) -> Result<Date, RulebookError> {
        let (span, text) = (written.span(), written.get_ref());
        value::date(text).ok_or_else(|| self.refuse(&span, format!("`{text}` is no date, such as 2026-12-21")))
    }

    /// Checks texts that people read: one line each, without markup, and not empty.
    fn shown(&self, span: &Range<usize>, texts: &[&str]) -> Result<(), RulebookError> {
        self.lines(span, texts, SHOWN_CHARS_MAX)
    }

    fn notes(&self, span: &Range<usize>, notes: Vec<String>) -> Result<Vec<String>, RulebookError> {
        if notes.len() > NOTES_MAX {
            return Err(self.refuse(span, format!("at most {NOTES_MAX} notes")));
        }
        let texts: Vec<&str> = notes.iter().map(String::as_str).collect();
        self.lines(span, &texts, NOTE_CHARS_MAX)?;
        Ok(notes)
    }

    fn lines(&self, span: &Range<usize>, texts: &[&str], chars_max: usize) -> Result<(), RulebookError> {
        let valid = |text: &&str| {
            !text.trim().is_empty() && is_printable(text) && is_inert(text) && text.chars().count() <= chars_max
        };
        match texts.iter().find(|text| !valid(text)) {
            None => Ok(()),
            Some(_) => Err(self.refuse(
                span,
                format!("a text that is shown is one line of at most {chars_max} characters without markup"),
            )),
        }
    }
}
