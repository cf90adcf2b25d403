//! Ids that Stripe gives out.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The most bytes of an id. Stripe promises that none is longer than 255 characters.
pub const STRIPE_ID_BYTES_MAX: usize = 255;

/// Says that a text is no id of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is no id of Stripe's")]
pub struct StripeIdError;

macro_rules! stripe_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = StripeIdError;

            fn try_from(text: String) -> Result<Self, StripeIdError> {
                let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                let behind = text.strip_prefix($prefix).unwrap_or_default();
                let sized = text.len() <= STRIPE_ID_BYTES_MAX && !behind.is_empty();
                if sized && behind.bytes().all(word) { Ok(Self(text)) } else { Err(StripeIdError) }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

stripe_id! {
    /// The id of a Checkout Session.
    SessionId, "cs_"
}
stripe_id! {
    /// The id of an event.
    EventId, "evt_"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_its_prefix_and_stops_at_the_limit() {
        let of_length = |length: usize| format!("cs_{}", "a".repeat(length - 3));
        for text in ["cs_test_a1B2".to_owned(), of_length(STRIPE_ID_BYTES_MAX)] {
            assert_eq!(SessionId::try_from(text.clone()).map(|id| id.to_string()), Ok(text));
        }
        for text in ["", "cs_", "evt_1", "cs_test_/..", "cs_test_é", "CS_test_a", " cs_test_a"] {
            assert_eq!(SessionId::try_from(text.to_owned()), Err(StripeIdError), "{text}");
        }
        assert_eq!(SessionId::try_from(of_length(STRIPE_ID_BYTES_MAX + 1)), Err(StripeIdError));
        assert!(EventId::try_from("evt_1".to_owned()).is_ok() && EventId::try_from("cs_1".to_owned()).is_err());
    }
}
