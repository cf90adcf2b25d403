//! The address of a payment page.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::limits::CHECKOUT_URL_BYTES_MAX;

/// The address of a payment page: `https`, or `http` to a loopback address. Whoever has it can pay, and see what is paid for, so
/// it is never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CheckoutUrl(String);

/// Says that a text is no [`CheckoutUrl`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address is not one that a payment page may have")]
pub struct CheckoutUrlError;

impl CheckoutUrl {
    /// Returns the text, for the browser that opens it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Tells whether the page is on this origin (scheme, host and port): the one that the firm's bundle pins. No other is
    /// opened.
    #[must_use]
    pub fn is_on(&self, origin: &str) -> bool {
        let of = |text: &str| Url::parse(text).ok().map(|url| url.origin()).filter(url::Origin::is_tuple);
        of(origin).is_some_and(|pinned| of(&self.0) == Some(pinned))
    }
}

impl TryFrom<String> for CheckoutUrl {
    type Error = CheckoutUrlError;

    fn try_from(text: String) -> Result<Self, CheckoutUrlError> {
        if text.len() > CHECKOUT_URL_BYTES_MAX {
            return Err(CheckoutUrlError);
        }
        let url = Url::parse(&text).map_err(|_| CheckoutUrlError)?;
        let loopback = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(_)) => false,
            None => return Err(CheckoutUrlError),
        };
        let allowed = url.scheme() == "https" || (url.scheme() == "http" && loopback);
        let plain = url.username().is_empty() && url.password().is_none();
        // What the parser had to repair differs from what it writes.
        if allowed && plain && url.as_str() == text { Ok(Self(text)) } else { Err(CheckoutUrlError) }
    }
}

impl From<CheckoutUrl> for String {
    fn from(url: CheckoutUrl) -> String {
        url.0
    }
}

impl fmt::Debug for CheckoutUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckoutUrl(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<CheckoutUrl, CheckoutUrlError> {
        CheckoutUrl::try_from(text.to_owned())
    }

    #[test]
    fn a_page_has_an_address_of_the_web_or_of_this_computer() {
        let of_length = |length: usize| {
            let start = "https://checkout.example/c/";
            format!("{start}{}", "a".repeat(length - start.len()))
        };
        for text in [
            "https://checkout.example/c/pay/cs_test_a#fidkdWx",
            "http://127.0.0.1:4870/checkout/pay/cs_test_a",
            "http://[::1]:4870/checkout/pay/cs_test_a",
            &of_length(CHECKOUT_URL_BYTES_MAX),
        ] {
            assert_eq!(read(text).expect(text).expose(), text);
        }
        for text in [
            "",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "http://checkout.example/c",
            "http://localhost:4870/c",
            "https://user@checkout.example/c",
            "https://checkout.example/c d",
            "https://checkout.example",
            &of_length(CHECKOUT_URL_BYTES_MAX + 1),
        ] {
            assert_eq!(read(text), Err(CheckoutUrlError), "{text}");
        }
    }

    #[test]
    fn a_page_is_on_one_origin() {
        let page = read("https://checkout.example/c/pay").expect("an address");
        assert!(page.is_on("https://checkout.example") && page.is_on("https://checkout.example:443/"));
        for other in [
            "http://checkout.example",
            "https://checkout.example:8443",
            "https://checkout.example.evil.example",
            "https://evil.example",
            "https://checkout.example@evil.example",
            "data:text/html,checkout.example",
            "",
        ] {
            assert!(!page.is_on(other), "{other}");
        }
        assert_eq!(format!("{page:?}"), "CheckoutUrl(..)");
    }
}
