//! The dates of a draft's docket, and the entered dates that conflict with them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use satchel_order::Asked;
use satchel_order::catalogue::{Definition, DocketEntry, Field, FieldId};
use satchel_order::deadlines::{Bound, Deadline, Entered, Found, Missing, Outcome, Standing};
use satchel_order::shown::shown_date;

use super::path::AnswerPath;
use crate::ui_error::sentence;
use crate::view::deadlines::{
    BoundView, DatedView, DayView, DeadlineView, EnteredView, MarginView, MissingView, OutcomeView, StandingView,
};
use crate::view::draft::{ProblemView, SeverityView};

/// Writes the lines of the docket.
pub(super) fn deadlines(entries: Vec<DocketEntry>, asked: &[Asked], today: Date) -> Vec<DeadlineView> {
    entries.into_iter().map(|entry| deadline(entry, asked, today)).collect()
}

/// Finds the entered dates that break a rule, in the order of the form: cautions, since an attorney may know better. Where several
/// rules say that a date is too early, the one is told that asks for most, and so for those that say that it is too late.
pub(super) fn conflicts(definition: &Definition, entries: &[DocketEntry]) -> Vec<ProblemView> {
    let mut worst: BTreeMap<(FieldId, Bound), (u32, ProblemView)> = BTreeMap::new();
    for DocketEntry { deadline, checked, .. } in entries {
        let Outcome::Date(found) = &deadline.outcome else { continue };
        let (Some(entered), Some(id)) = (&found.entered, checked) else { continue };
        let (Standing::Conflict { days }, Some(field)) = (entered.standing, definition.field(id)) else { continue };
        let one = (id.clone(), deadline.bound);
        if worst.get(&one).is_none_or(|(known, _)| *known < days) {
            worst.insert(one, (days, conflict(deadline, entered, id, field)));
        }
    }
    let sections = definition.sections.iter();
    let ids = sections.flat_map(|section| section.fields.iter().map(|field| FieldId::new(&section.id, &field.id)));
    let told = ids.flat_map(|id| [Bound::Earliest, Bound::Latest].map(|bound| worst.remove(&(id.clone(), bound))));
    told.flatten().map(|(_, problem)| problem).collect()
}

fn conflict(deadline: &Deadline, entered: &Entered, id: &FieldId, field: &Field) -> ProblemView {
    let (code, wrong) = match deadline.bound {
        Bound::Earliest => ("date-too-early", "early"),
        Bound::Latest | Bound::Reminder => ("date-too-late", "late"),
    };
    ProblemView {
        path: path(id),
        severity: SeverityView::Caution,
        code: code.to_owned(),
        message: format!("{} ({}).", entered.explained.trim_end_matches('.'), deadline.citation),
        to_finish: format!("{} is too {wrong}", field.label),
    }
}

fn deadline(entry: DocketEntry, asked: &[Asked], today: Date) -> DeadlineView {
    let DocketEntry { deadline, checked, fields } = entry;
    let outcome = match deadline.outcome {
        Outcome::Date(found) => OutcomeView::Date(Box::new(dated(*found, checked.as_ref(), today))),
        Outcome::Missing(inputs) => {
            OutcomeView::Missing { inputs: inputs.into_iter().map(|input| missing(input, &fields, asked)).collect() }
        }
        Outcome::Uncounted(error) => OutcomeView::Uncounted { says: sentence(&error) },
        Outcome::Reminder => OutcomeView::Reminder,
    };
    DeadlineView {
        rule: deadline.rule,
        jurisdiction: deadline.jurisdiction,
        label: deadline.label,
        bound: match deadline.bound {
            Bound::Earliest => BoundView::Earliest,
            Bound::Latest => BoundView::Latest,
            Bound::Reminder => BoundView::Reminder,
        },
        citation: deadline.citation,
        source: deadline.source,
        reviewed: day(deadline.reviewed),
        notes: deadline.notes,
        outcome,
    }
}

fn dated(found: Found, checked: Option<&FieldId>, today: Date) -> DatedView {
    let kept = found.buffer.as_ref().and_then(|buffer| buffer.date.clone().ok());
    let asks_for = kept.unwrap_or(found.date);
    let entered = found.entered.zip(checked).map(|(entered, field)| entered_view(entered, field, asks_for, today));
    DatedView {
        date: day(found.date),
        bare: Some(found.bare).filter(|bare| *bare != found.date).map(day),
        brief: found.brief,
        why: found.why,
        also: found.also,
        margin: found.buffer.map(|buffer| MarginView { days: buffer.days, date: kept.map(day) }),
        entered,
        passed_days: found.passed_days,
    }
}

fn entered_view(entered: Entered, field: &FieldId, asks_for: Date, today: Date) -> EnteredView {
    let (standing, days) = match entered.standing {
        Standing::Kept => (StandingView::Kept, 0),
        Standing::Tight { days } => (StandingView::Tight, days),
        Standing::WithinBuffer { days } => (StandingView::WithinMargin, days),
        Standing::Conflict { days } => (StandingView::Conflict, days),
    };
    // What lies back may have happened, and nothing changes its date.
    let lie_ahead = entered.date > today && asks_for >= today;
    EnteredView {
        date: day(entered.date),
        path: path(field),
        standing,
        days,
        says: entered.explained,
        closed_for: entered.closed_for,
        instead: Some(asks_for).filter(|_| lie_ahead && standing != StandingView::Kept).map(day),
    }
}

fn missing(input: Missing, fields: &BTreeMap<String, FieldId>, asked: &[Asked]) -> MissingView {
    let is_asked = |field: &&FieldId| asked.iter().any(|asked| asked.path.field == **field);
    MissingView { label: input.label, path: fields.get(&input.input).filter(is_asked).map(path) }
}

/// Writes the path of a field that is in no row; rules take no others.
fn path(field: &FieldId) -> String {
    AnswerPath { field: field.clone(), row: None }.to_string()
}

fn day(date: Date) -> DayView {
    DayView { iso: date.to_string(), shown: shown_date(date) }
}

#[cfg(test)]
mod tests;
