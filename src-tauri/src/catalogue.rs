//! The definitions that this Satchel has.

use satchel_order::catalogue::{Definition, DefinitionError, built_in};
use satchel_terms::CatalogueVersion;

/// All definitions, each service in the versions that drafts may be pinned to.
#[derive(Debug)]
pub(crate) struct Catalogue(Vec<Definition>);

impl Catalogue {
    /// Reads the built-in definitions.
    pub(crate) fn built_in() -> Result<Self, DefinitionError> {
        built_in().map(Self)
    }

    /// Returns the services in the newest version of each, in the order in which they are offered.
    pub(crate) fn services(&self) -> impl Iterator<Item = &Definition> {
        self.0.iter()
    }

    /// Finds the newest version of a service.
    pub(crate) fn service(&self, service: &str) -> Option<&Definition> {
        self.0.iter().find(|definition| definition.catalogue.service.as_str() == service)
    }

    /// Finds the definition that a draft is pinned to.
    pub(crate) fn pinned(&self, version: &CatalogueVersion) -> Option<&Definition> {
        self.0.iter().find(|definition| definition.catalogue == *version)
    }
}
