//! Fills a form in as somebody would who answers every question that is asked.

use std::collections::BTreeMap;

use satchel_order::asked;
use satchel_order::catalogue::{Definition, FieldId, Kind, ROWS};
use satchel_order::document::{FieldValue, Fields};

/// How many turns there are: in each half, every option is chosen of the lists that most depends on.
pub(crate) const TURNS: usize = 24;

/// Answers every question that is asked; of options, it chooses another one in each turn, and it says yes to everything in the
/// first half of the turns, no in the second. Each section that repeats has a row.
pub(crate) fn fill(definition: &Definition, turn: usize) -> Fields {
    fill_so(definition, turn, &BTreeMap::new())
}

/// Fills a form in so that a question is asked, whatever it depends on.
pub(crate) fn fill_until_asked(definition: &Definition, question: &FieldId) -> Fields {
    let mut chosen = BTreeMap::new();
    let mut field = definition.field(question);
    while let Some(condition) = field.and_then(|field| field.shown_if.as_ref()) {
        chosen.insert(condition.field.clone(), condition.is[0].clone());
        field = definition.field(&condition.field);
    }
    fill_so(definition, 0, &chosen)
}

fn fill_so(definition: &Definition, turn: usize, chosen: &BTreeMap<FieldId, String>) -> Fields {
    let answer = |id: &FieldId, kind: &Kind| match (kind, chosen.get(id)) {
        (Kind::YesNo, Some(chosen)) => FieldValue::Flag(chosen == "yes"),
        (Kind::Choices(_), Some(chosen)) => FieldValue::Choices(vec![chosen.clone()]),
        (_, Some(chosen)) => FieldValue::Text(chosen.clone()),
        (kind, None) => answer(kind, turn),
    };
    let mut fields = Fields::default();
    // An answer can bring new questions, so it goes on until there are none.
    loop {
        let before = fields.clone();
        for section in definition.sections.iter().filter(|section| section.repeats.is_some()) {
            let first = &section.fields[0];
            let row = BTreeMap::from([(first.id.clone(), answer(&FieldId::new(&section.id, &first.id), &first.kind))]);
            let rows = FieldId::new(&section.id, ROWS).to_string();
            fields.0.entry(rows).or_insert_with(|| FieldValue::Rows(vec![row]));
        }
        for question in asked(definition, &fields) {
            let field = definition.field(&question.path.field).expect("it is a field");
            let value = answer(&question.path.field, &field.kind);
            if question.path.row.is_none() {
                fields.0.entry(question.path.field.to_string()).or_insert(value);
                continue;
            }
            let rows = FieldId::new(question.path.section(), ROWS).to_string();
            let Some(FieldValue::Rows(rows)) = fields.0.get_mut(&rows) else { panic!("{rows} has rows") };
            rows[0].entry(field.id.clone()).or_insert(value);
        }
        if fields == before {
            return fields;
        }
    }
}

fn answer(kind: &Kind, turn: usize) -> FieldValue {
    let text = |text: &str| FieldValue::Text(text.to_owned());
    match kind {
        Kind::Text { chars_max } => FieldValue::Text("Hartwell Ames".chars().take(*chars_max).collect()),
        Kind::Paragraph { .. } => text("First line\nsecond line"),
        Kind::Date { .. } => text("2026-12-21"),
        Kind::Time => text("14:30"),
        Kind::Email => text("dana@hartwell-ames.example"),
        Kind::Phone => text("(213) 555-0142"),
        Kind::Ssn => text("219-09-9999"),
        Kind::Money => FieldValue::Number(2_500),
        Kind::Count => FieldValue::Number(2),
        Kind::YesNo => FieldValue::Flag(turn < TURNS / 2),
        Kind::Attestation { .. } => FieldValue::Flag(true),
        Kind::Choice(options) => FieldValue::Text(options[turn % options.len()].id.clone()),
        Kind::Choices(options) => FieldValue::Choices(vec![options[turn % options.len()].id.clone()]),
        Kind::Address => {
            let parts = [("line1", "12 Alder St"), ("city", "Los Angeles"), ("state", "CA"), ("zip", "90012")];
            let parts = parts.map(|(name, part)| (name.to_owned(), part.to_owned()));
            FieldValue::Composed(BTreeMap::from(parts))
        }
    }
}
