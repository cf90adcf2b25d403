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

#[cfg(test)]
mod tests {
    use satchel_order::catalogue::{File, Source, built_in, shared_files};

    use super::*;

    const PAGE: &str = include_str!("../../../docs/CATALOGUE.md");

    /// The service that docs/CATALOGUE.md adds, which nothing here knows of.
    fn ninth() -> FormView {
        let (_, rest) = PAGE.split_once("```toml\n").expect("the page has an example");
        let (text, _) = rest.split_once("```\n").expect("the example ends");
        let source = Source::assemble(File { name: "mobile-notary.toml", text }, shared_files());
        form(&source.and_then(|source| source.read()).expect("the example is right"))
    }

    fn find<'a>(form: &'a FormView, section: &str, field: &str) -> &'a FieldView {
        let section = form.sections.iter().find(|found| found.id == section).expect("the section is drawn");
        section.fields.iter().find(|found| found.id == field).expect("the field is drawn")
    }

    #[test]
    fn a_service_that_nothing_here_knows_of_is_drawn() {
        let form = ninth();
        assert_eq!(form.name, "Mobile notary");
        let titles: Vec<_> = form.sections.iter().map(|section| section.title.as_str()).collect();
        assert_eq!(titles, ["Ordering", "Case", "References", "Appointment", "Signers", "Instructions"]);
        assert_eq!(find(&form, "appointment", "time").kind, KindView::Time);
        let KindView::Attestation { statement } = &find(&form, "appointment", "willing").kind else {
            panic!("it is an attestation")
        };
        assert!(statement.starts_with("Everyone who signs"));
        let KindView::Choice { options, style } = &find(&form, "appointment", "zone").kind else {
            panic!("it is a choice")
        };
        assert_eq!((options.len(), *style), (10, ChoiceStyleView::Select));
        let signers = form.sections.iter().find(|section| section.id == "signers").expect("it is drawn");
        assert_eq!(signers.repeats, Some(RepeatsView { item: "signer".to_owned(), rows_max: 20 }));
    }

    #[test]
    fn every_service_is_drawn_with_all_of_its_fields() {
        for definition in built_in().expect("the definitions are right") {
            let drawn: usize = form(&definition).sections.iter().map(|section| section.fields.len()).sum();
            let asked: usize = definition.sections.iter().map(|section| section.fields.len()).sum();
            assert_eq!(drawn, asked, "{}", definition.name);
        }
    }

    #[test]
    fn a_list_that_is_too_long_to_read_is_searched() {
        let definitions = built_in().expect("the definitions are right");
        let filing = definitions.iter().find(|definition| definition.catalogue.service.as_str() == "court-filing");
        let form = form(filing.expect("it is offered"));
        let KindView::Choice { options, style } = &find(&form, "case", "court").kind else { panic!("it is a choice") };
        assert_eq!(*style, ChoiceStyleView::Search);
        let superior = options.iter().filter(|option| option.label.starts_with("Superior Court, County of "));
        assert_eq!(superior.count(), 58, "California has 58 counties");
    }
}
