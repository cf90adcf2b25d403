//! Tickets: an address that grants one thing, on one blob, for a while.

use std::fmt;
use std::time::Duration;

use satchel_terms::Timestamp;
use url::Url;
use zeroize::Zeroizing;

use crate::CloudError;

/// The longest life of a ticket, in seconds.
pub const TICKET_SECONDS_MAX: u64 = 3_600;

/// An address whose query is a credential. It prints without it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(Zeroizing<String>);

/// Grants whoever holds it one thing on one blob, until it expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Where to send requests.
    pub url: SecretUrl,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Returns the whole seconds that a ticket lives.
pub(crate) fn seconds_of(lifetime: Duration) -> Result<u64, CloudError> {
    let seconds = lifetime.as_secs();
    if (1..=TICKET_SECONDS_MAX).contains(&seconds) { Ok(seconds) } else { Err(CloudError::Lifetime) }
}

impl SecretUrl {
    /// Takes an address.
    #[must_use]
    pub fn new(url: Url) -> Self {
        Self(Zeroizing::new(url.into()))
    }

    /// Returns the whole address, which is meant for the one who may use it: no log, no error.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = self.0.split('?').next().unwrap_or_default();
        write!(f, "SecretUrl({open}?…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_lives_an_hour_at_most() {
        for seconds in [1, 60, TICKET_SECONDS_MAX] {
            assert!(seconds_of(Duration::from_secs(seconds)).is_ok_and(|lives| lives == seconds));
        }
        for lifetime in [Duration::ZERO, Duration::from_millis(999), Duration::from_secs(TICKET_SECONDS_MAX + 1)] {
            assert!(matches!(seconds_of(lifetime), Err(CloudError::Lifetime)));
        }
    }

    #[test]
    fn the_query_is_not_printed() {
        let url = Url::parse("https://example.com/a/b?sp=cw&sig=secret#f").expect("an address");
        let ticket = Ticket { url: SecretUrl::new(url), expires_at: Timestamp::try_from(1).expect("a time") };
        let printed = format!("{ticket:?}");
        assert!(
            printed.contains("https://example.com/a/b?") && !printed.contains("sig") && !printed.contains("secret")
        );
        assert!(ticket.url.expose_secret().contains("sig=secret"));
    }
}
