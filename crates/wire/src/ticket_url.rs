//! The URL of a ticket, which opens something by itself.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::limits::TICKET_URL_BYTES_MAX;

/// The URL of one blob with the signature that opens it: `https`, or `http` to a loopback address. Whoever has it needs no
/// token, so it is never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TicketUrl(String);

/// Says that a text is no [`TicketUrl`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address is not one that a ticket may name")]
pub struct TicketUrlError;

impl TicketUrl {
    /// Returns the text, for the request that uses the ticket.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Tells whether it is `https`; a production build uses no other.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Returns the part before the query, which opens nothing.
    #[must_use]
    pub fn without_query(&self) -> &str {
        self.0.split_once('?').map_or(self.0.as_str(), |(address, _)| address)
    }
}

impl TryFrom<String> for TicketUrl {
    type Error = TicketUrlError;

    fn try_from(text: String) -> Result<Self, TicketUrlError> {
        if text.len() > TICKET_URL_BYTES_MAX {
            return Err(TicketUrlError);
        }
        let url = Url::parse(&text).map_err(|_| TicketUrlError)?;
        let loopback = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(_)) => false,
            None => return Err(TicketUrlError),
        };
        let allowed = url.scheme() == "https" || (url.scheme() == "http" && loopback);
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        // What the parser had to repair differs from what it writes.
        if allowed && plain && url.as_str() == text { Ok(Self(text)) } else { Err(TicketUrlError) }
    }
}

impl From<TicketUrl> for String {
    fn from(url: TicketUrl) -> String {
        url.0
    }
}

impl fmt::Debug for TicketUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketUrl(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_or_loopback() {
        for (text, https) in [
            ("https://provider.blob.core.example/sealed/orders/x?sp=c&sig=a%2Bb%3D", true),
            ("http://127.0.0.1:10000/sealed/orders/x?sig=a", false),
            ("http://[::1]:10000/sealed/orders/x?sig=a", false),
        ] {
            let url = TicketUrl::try_from(text.to_owned());
            assert_eq!(url.as_ref().map(TicketUrl::is_https), Ok(https), "{text}");
            assert_eq!(url.map(String::from), Ok(text.to_owned()));
        }
        for text in [
            "",
            "http://provider.example/x?sig=a",
            "http://localhost/x?sig=a",
            "ftp://127.0.0.1/x",
            "https://user:word@provider.example/x",
            "https://provider.example/x#fragment",
            "HTTPS://provider.example/x",
            "https://provider.example/a/../x",
            "file:///etc/x",
        ] {
            assert_eq!(TicketUrl::try_from(text.to_owned()), Err(TicketUrlError), "{text}");
        }
    }

    #[test]
    fn the_length_stops_at_the_limit() {
        let of_length = |length: usize| {
            let start = "https://provider.example/";
            TicketUrl::try_from(format!("{start}{}", "x".repeat(length - start.len())))
        };
        assert!(of_length(TICKET_URL_BYTES_MAX).is_ok());
        assert_eq!(of_length(TICKET_URL_BYTES_MAX + 1), Err(TicketUrlError));
    }

    #[test]
    fn what_opens_is_not_printed() {
        let url = TicketUrl::try_from("https://provider.example/x?sig=marker".to_owned()).expect("a ticket");
        assert_eq!(format!("{url:?}"), "TicketUrl(..)");
        assert_eq!(url.without_query(), "https://provider.example/x");
    }
}
