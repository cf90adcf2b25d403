//! How a paper is served.

/// How a paper is served, as far as a rule tells ways apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Manner {
    /// Handed over.
    Personal,
    /// Mailed within the state to an address in it.
    MailState,
    /// Mailed from or to another state.
    MailUs,
    /// Mailed to the Secretary of State's address confidentiality program.
    MailConfidential,
    /// Mailed from or to another country.
    MailAbroad,
    /// By a carrier that delivers overnight.
    Overnight,
    /// By facsimile.
    Fax,
    /// By electronic means.
    Electronic,
}

impl Manner {
    /// Every manner.
    pub const ALL: [Self; 8] = [
        Self::Personal,
        Self::MailState,
        Self::MailUs,
        Self::MailConfidential,
        Self::MailAbroad,
        Self::Overnight,
        Self::Fax,
        Self::Electronic,
    ];

    /// Returns the name under which an order and the rules know it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::MailState => "mail_state",
            Self::MailUs => "mail_us",
            Self::MailConfidential => "mail_confidential",
            Self::MailAbroad => "mail_abroad",
            Self::Overnight => "overnight",
            Self::Fax => "fax",
            Self::Electronic => "electronic",
        }
    }

    /// Finds a manner by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|manner| manner.as_str() == name)
    }

    /// Says for what days are added: `for mail within the state`.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Personal => "for personal delivery",
            Self::MailState => "for mail within the state",
            Self::MailUs => "for mail from or to another state",
            Self::MailConfidential => "for mail to a confidential address",
            Self::MailAbroad => "for mail from or to abroad",
            Self::Overnight => "for overnight delivery",
            Self::Fax => "for fax",
            Self::Electronic => "for electronic service",
        }
    }
}
