//! A draft as a sheet.

use jiff::civil::Date;
use satchel_order::catalogue::{Definition, Field, FieldId, ROWS, Section};
use satchel_order::document::{FieldValue, Fields};
use satchel_order::shown::{masked as mask, shown};
use satchel_order::{counted, is_masked, quote, summary};

use super::OpenDraft;
use super::assess::{caption, quote_view};
use crate::sending::Frozen;
use crate::view::files::FileView;
use crate::view::review::{Fact, ReviewSection, ReviewView};

/// Lays a draft out as it would be sent: answers to questions that are not asked are left out.
pub(crate) fn review(draft: &OpenDraft<'_>, order: String, files: Vec<FileView>, today: Date) -> ReviewView {
    let definition = draft.definition;
    let laid = draft.record.lay_out(definition);
    let sheet = sheet(order, definition, &counted(definition, &laid.fields), files);
    let quote = quote(definition, &laid.fields).ok().map(|quote| quote_view(definition, &quote));
    ReviewView { quote, problems: draft.assessment(today).problems, ..sheet }
}

/// Lays out what was sent, or waits to be.
pub(crate) fn submitted(order: String, definition: &Definition, frozen: &Frozen, files: Vec<FileView>) -> ReviewView {
    let quote = Some(quote_view(definition, &frozen.quote));
    ReviewView { quote, submitted: true, ..sheet(order, definition, &frozen.fields, files) }
}

fn sheet(order: String, definition: &Definition, fields: &Fields, files: Vec<FileView>) -> ReviewView {
    let sections = definition.sections.iter().map(|section| review_section(section, fields));
    let about = summary(definition, fields);
    ReviewView {
        order,
        service: definition.name.clone(),
        caption: caption(&about.caption),
        subject: about.subject,
        client_matter: about.client_matter,
        sections: sections.filter(|section| !section.facts.is_empty() || !section.rows.is_empty()).collect(),
        files,
        quote: None,
        problems: Vec::new(),
        submitted: false,
        received: None,
    }
}

fn review_section(section: &Section, counted: &Fields) -> ReviewSection {
    let (mut facts, mut rows) = (Vec::new(), Vec::new());
    let named = |field: &str| counted.0.get(&FieldId::new(&section.id, field).to_string());
    if section.repeats.is_some() {
        if let Some(FieldValue::Rows(answered)) = named(ROWS) {
            rows = answered.iter().map(|row| section_facts(section, |field| row.get(field))).collect();
        }
    } else {
        facts = section_facts(section, named);
    }
    ReviewSection { id: section.id.clone(), title: section.title.clone(), facts, rows }
}

fn section_facts<'a>(section: &Section, answer: impl Fn(&str) -> Option<&'a FieldValue>) -> Vec<Fact> {
    section.fields.iter().filter_map(|field| Some(fact(field, answer(&field.id)?))).collect()
}

fn fact(field: &Field, value: &FieldValue) -> Fact {
    let masked = is_masked(field);
    let value = if masked { mask(&field.kind, value) } else { shown(&field.kind, value) };
    Fact { label: field.label.clone(), value, masked }
}
