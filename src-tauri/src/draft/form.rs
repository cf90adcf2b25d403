//! A service's definition as the window draws it.

use satchel_order::catalogue::{ChoiceStyle, Definition, Field, Kind, Section, ServiceOption, Width};
use satchel_order::is_masked;

use crate::view::form::{
    ChoiceStyleView, FieldView, FormView, KindView, OptionView, RepeatsView, SectionView, WidthView,
};

/// Draws the form of a definition.
pub(crate) fn form(definition: &Definition) -> FormView {
    FormView { name: definition.name.clone(), sections: definition.sections.iter().map(section).collect() }
}

fn section(section: &Section) -> SectionView {
    let repeats = section.repeats.as_ref();
    SectionView {
        id: section.id.clone(),
        title: section.title.clone(),
        hint: section.hint.clone(),
        repeats: repeats.map(|repeats| RepeatsView { item: repeats.item.clone(), rows_max: repeats.rows_max }),
        fields: section.fields.iter().map(field).collect(),
    }
}

fn field(field: &Field) -> FieldView {
    FieldView {
        id: field.id.clone(),
        label: field.label.clone(),
        kind: kind(&field.kind, field.style),
        width: match field.width {
            Width::Full => WidthView::Full,
            Width::TwoThirds => WidthView::TwoThirds,
            Width::Half => WidthView::Half,
            Width::Third => WidthView::Third,
        },
        masked: is_masked(field),
        help: field.help.clone(),
    }
}

fn kind(kind: &Kind, style: Option<ChoiceStyle>) -> KindView {
    match kind {
        Kind::Text { chars_max } => KindView::Text { chars_max: *chars_max },
        Kind::Paragraph { chars_max } => KindView::Paragraph { chars_max: *chars_max },
        Kind::Date { .. } => KindView::Date,
        Kind::Time => KindView::Time,
        Kind::Email => KindView::Email,
        Kind::Phone => KindView::Phone,
        Kind::Ssn => KindView::Ssn,
        Kind::Money => KindView::Money,
        Kind::Count => KindView::Count,
        Kind::YesNo => KindView::YesNo,
        Kind::Attestation { statement } => KindView::Attestation { statement: statement.clone() },
        Kind::Choice(choices) => KindView::Choice {
            options: options(choices),
            style: match style {
                Some(ChoiceStyle::Select) => ChoiceStyleView::Select,
                Some(ChoiceStyle::Search) => ChoiceStyleView::Search,
                Some(ChoiceStyle::Radio) | None => ChoiceStyleView::Radio,
            },
        },
        Kind::Choices(choices) => KindView::Choices { options: options(choices) },
        Kind::Address => KindView::Address,
    }
}

fn options(options: &[ServiceOption]) -> Vec<OptionView> {
    let view = |option: &ServiceOption| OptionView { id: option.id.clone(), label: option.label.clone() };
    options.iter().map(view).collect()
}
