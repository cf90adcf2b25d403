//! The parts of an address.

use std::fmt;

/// A part of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Street and number.
    Line1,
    /// Unit, suite or floor.
    Line2,
    /// The city.
    City,
    /// The state or territory, two letters.
    State,
    /// The ZIP code.
    Zip,
}

impl Part {
    /// The parts in the order in which they are written.
    pub const ALL: [Self; 5] = [Self::Line1, Self::Line2, Self::City, Self::State, Self::Zip];

    /// Returns what the user reads.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Line1 => "Street address",
            Self::Line2 => "Suite or unit",
            Self::City => "City",
            Self::State => "State",
            Self::Zip => "ZIP",
        }
    }

    /// Finds a part by the name under which an order holds it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.as_str() == name)
    }

    /// Returns the name under which an order holds the part.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Line1 => "line1",
            Self::Line2 => "line2",
            Self::City => "city",
            Self::State => "state",
            Self::Zip => "zip",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
