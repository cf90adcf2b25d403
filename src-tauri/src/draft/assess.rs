//! What the answers of a draft amount to.

use std::collections::BTreeSet;

use jiff::civil::Date;
use satchel_order::catalogue::{Definition, FieldId, Section};
use satchel_order::deadlines::Buffers;
use satchel_order::shown::shown_date;
use satchel_order::{
    Asked, Caption, FieldPath, Problem, Severity, asked, folded, quote, row_title, summary, to_finish, validate,
    warnings,
};
use satchel_terms::{Code, Quote};

use super::docket;
use super::path::AnswerPath;
use super::record::{DraftRecord, Laid};
use crate::ui_error::sentence;
use crate::view::draft::{Assessment, CaptionView, FoldedView, ProblemView, QuoteLineView, QuoteView, SeverityView};

/// Assesses a draft as it is today, with the days that the firm keeps clear of dates.
pub(crate) fn assessment(definition: &Definition, record: &DraftRecord, today: Date, buffers: &Buffers) -> Assessment {
    let laid = record.lay_out(definition);
    let asked = asked(definition, &laid.fields);
    let problems = validate(definition, &laid.fields).into_iter().chain(warnings(definition, &laid.fields));
    let problems = problems.map(|problem| problem_view(definition, &laid, &problem));
    // A rulebook that cannot be read gives no dates; a test reads it.
    let entries = definition.docket(&laid.fields, today, buffers).unwrap_or_default();
    Assessment {
        hidden: hidden(definition, &laid, &asked),
        required: asked.iter().filter(|asked| asked.required).map(|asked| path(&laid, &asked.path)).collect(),
        problems: problems.chain(docket::conflicts(definition, &entries)).collect(),
        deadlines: docket::deadlines(entries, &asked, today),
        folded: lines(definition, record, &laid),
        caption: caption(&summary(definition, &laid.fields).caption),
        quote: quote(definition, &laid.fields).ok().map(|quote| quote_view(definition, &quote)),
    }
}

/// Writes a path as the window knows it: with the id of the row, not its place.
fn path(laid: &Laid, path: &FieldPath) -> String {
    let section = path.field.section();
    if path.is_rows() {
        return section.to_owned();
    }
    let row = path.row.and_then(|row| laid.rows(section).get(row).copied());
    let answer = AnswerPath { field: path.field.clone(), row };
    match path.part {
        None => answer.to_string(),
        Some(part) => format!("{answer}.{part}"),
    }
}

/// Lists the fields that are not asked: all there are, less those that are.
fn hidden(definition: &Definition, laid: &Laid, asked: &[Asked]) -> Vec<String> {
    let asked: BTreeSet<String> = asked.iter().map(|asked| path(laid, &asked.path)).collect();
    let all = definition.sections.iter().flat_map(|section| {
        let rows = if section.repeats.is_some() {
            laid.rows(&section.id).iter().copied().map(Some).collect()
        } else {
            vec![None]
        };
        rows.into_iter().flat_map(move |row| section.fields.iter().map(move |field| named(section, &field.id, row)))
    });
    all.filter(|path| !asked.contains(path)).collect()
}

fn named(section: &Section, field: &str, row: Option<u32>) -> String {
    AnswerPath { field: FieldId::new(&section.id, field), row }.to_string()
}

fn problem_view(definition: &Definition, laid: &Laid, problem: &Problem) -> ProblemView {
    ProblemView {
        path: path(laid, &problem.path),
        severity: match problem.fault.severity() {
            Severity::Wrong => SeverityView::Wrong,
            Severity::Empty => SeverityView::Empty,
            Severity::Caution => SeverityView::Caution,
        },
        code: problem.fault.code().to_owned(),
        message: sentence(&problem.fault),
        to_finish: to_finish(definition, problem, &laid.fields),
    }
}

/// Writes the one line of each section and row that is folded.
fn lines(definition: &Definition, record: &DraftRecord, laid: &Laid) -> Vec<FoldedView> {
    let mut lines = Vec::new();
    for section in &definition.sections {
        let line = |row, title, place| FoldedView {
            section: section.id.clone(),
            row,
            title,
            says: folded(definition, section, place, &laid.fields),
        };
        lines.push(line(None, None, None));
        for (place, (row, answers)) in record.rows(&section.id).enumerate() {
            let title = row_title(section, &answers.fields).map(ToOwned::to_owned);
            lines.push(line(Some(row), title, Some(place)));
        }
    }
    lines
}

pub(super) fn caption(caption: &Caption) -> CaptionView {
    let bench = [caption.department.clone(), caption.judge.clone()];
    let bench = bench.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let trial = caption.trial_date.map(|date| format!("Trial: {}", shown_date(date)));
    CaptionView {
        line: caption.line(),
        plaintiff: caption.plaintiff.clone(),
        defendant: caption.defendant.clone(),
        court: caption.court.clone(),
        county: caption.county.clone(),
        branch: caption.branch.clone(),
        number: caption.number.clone(),
        notes: Some(bench).filter(|bench| !bench.is_empty()).into_iter().chain(trial).collect(),
    }
}

pub(super) fn quote_view(definition: &Definition, quote: &Quote) -> QuoteView {
    let label =
        |code: &Code| definition.prices.iter().find(|price| price.code == *code).map(|price| price.label.clone());
    let lines = quote.lines().iter().map(|line| QuoteLineView {
        label: label(line.code()).unwrap_or_else(|| line.code().to_string()),
        quantity: line.quantity(),
        unit_cents: line.unit().cents(),
        amount_cents: line.amount().cents(),
    });
    QuoteView { lines: lines.collect(), total_cents: quote.total().cents() }
}
