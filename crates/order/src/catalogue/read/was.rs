//! Reads what sections and fields were called in earlier versions.

use std::collections::BTreeSet;

use toml::Spanned;

use super::written::WrittenSection;
use super::{DefinitionError, Reader};
use crate::catalogue::FieldId;
use crate::document::is_part;

/// The most earlier names of a section or field.
const NAMES_MAX: usize = 16;

/// Names a field of an earlier version; without its section, one of the section that it stands in now.
pub(super) fn field(section: &str, name: &str) -> FieldId {
    let (section, field) = name.split_once('.').unwrap_or((section, name));
    FieldId::new(section, field)
}

impl Reader<'_> {
    /// Checks that an earlier name is a name, is none that is in use, and leads to one place only.
    pub(super) fn check_was(&self, sections: &[WrittenSection]) -> Result<(), DefinitionError> {
        let ids: BTreeSet<_> = sections.iter().map(|section| section.id.get_ref().as_str()).collect();
        let of_section = |section: &WrittenSection| {
            let name = |field: &Spanned<String>| FieldId::new(section.id.get_ref(), field.get_ref());
            section.field.iter().map(|field| name(&field.id)).collect::<Vec<_>>()
        };
        let fields: BTreeSet<_> = sections.iter().flat_map(of_section).collect();
        let (mut sections_taken, mut fields_taken) = (BTreeSet::new(), BTreeSet::new());
        for section in sections {
            self.check_count(&section.was)?;
            for name in &section.was {
                let free = !ids.contains(name.get_ref().as_str()) && sections_taken.insert(name.get_ref().clone());
                self.check_name(name, is_part(name.get_ref()), free)?;
            }
            for (name, written) in section.field.iter().flat_map(|field| &field.was).map(|name| (name.get_ref(), name))
            {
                let id = self::field(section.id.get_ref(), name);
                let free = !fields.contains(&id) && fields_taken.insert(id.clone());
                self.check_name(written, is_part(id.section()) && is_part(id.field()), free)?;
            }
            section.field.iter().try_for_each(|field| self.check_count(&field.was))?;
        }
        Ok(())
    }

    fn check_count(&self, names: &[Spanned<String>]) -> Result<(), DefinitionError> {
        match names.get(NAMES_MAX) {
            None => Ok(()),
            Some(name) => Err(self.refuse(&name.span(), format!("at most {NAMES_MAX} earlier names are told"))),
        }
    }

    fn check_name(&self, name: &Spanned<String>, is_name: bool, is_free: bool) -> Result<(), DefinitionError> {
        let (span, text) = (name.span(), name.get_ref());
        match (is_name, is_free) {
            (true, true) => Ok(()),
            (false, _) => Err(self.refuse(&span, format!("`{text}` is no id: a-z, 0-9 and _, starting with a letter"))),
            (true, false) => Err(self.refuse(&span, format!("`{text}` is in use, or was something else already"))),
        }
    }
}
