//! What a deployment says about payments.

use std::fmt;
use std::time::Duration;

use axum::http::Uri;
use zeroize::Zeroizing;

/// How long a server waits before it asks Stripe again.
pub const RETRY_WAIT: Duration = Duration::from_millis(400);
/// The address of Stripe's API.
const STRIPE_API: &str = "https://api.stripe.com/";
/// The most secrets of the webhook: the one, and while it is rotated the one before.
const WEBHOOK_SECRETS_MAX: usize = 2;

/// How to be paid.
pub struct PaymentsSettings {
    /// A restricted key (`rk_`) that may write Checkout Sessions and read Payment Intents, or a secret one (`sk_`).
    pub secret_key: Zeroizing<String>,
    /// Where Stripe's API is, with a slash at its end. `http` to a loopback address is allowed with a test key.
    pub api_base: String,
    /// What events are signed with: one, or two while it is rotated.
    pub webhook_secrets: Vec<Zeroizing<String>>,
    /// Where the browser goes after the payment. Nothing is concluded from its arrival.
    pub success_url: String,
    /// Where the browser goes without one.
    pub cancel_url: String,
    /// Whether Stripe makes invoices.
    pub invoices: Invoices,
    /// How long it waits before it asks for the same session again, doubled the next time; [`RETRY_WAIT`] outside tests.
    pub retry_wait: Duration,
}

/// Whether Stripe makes an invoice for each payment, which it charges for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invoices {
    /// Receipts only.
    No,
    /// A PDF for each, with the firm's number of client and matter.
    Yes,
}

/// Says what is wrong with settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PaymentsSettingsError {
    /// The key is none that Stripe gives out.
    #[error("the key is none of `sk_test_`, `rk_test_`, `sk_live_`, `rk_live_`")]
    Key,
    /// A live key would go elsewhere than to Stripe.
    #[error("a live key is used with https://api.stripe.com/ only")]
    LiveKey,
    /// The address of the API is no `https`, no loopback, or has no slash at its end.
    #[error("the address of the API is `https`, or `http` to a loopback address, with a slash at its end")]
    Base,
    /// No secret, too many, or an empty one.
    #[error("there are one or two webhook secrets, `whsec_…`")]
    WebhookSecrets,
    /// An address for the browser cannot be one.
    #[error("the addresses to return to are `https`, or `http` to a loopback address")]
    Return,
}

/// Whose money a key moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Nobody's.
    Test,
    /// Somebody's.
    Live,
}

impl PaymentsSettings {
    /// Checks everything that can be, and tells whether money moves.
    pub(super) fn mode(&self) -> Result<Mode, PaymentsSettingsError> {
        let begins = |prefixes: [&str; 2]| {
            prefixes.iter().any(|prefix| self.secret_key.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()))
        };
        let mode = match (begins(["sk_test_", "rk_test_"]), begins(["sk_live_", "rk_live_"])) {
            (true, _) => Mode::Test,
            (false, true) => Mode::Live,
            (false, false) => return Err(PaymentsSettingsError::Key),
        };
        if !self.secret_key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(PaymentsSettingsError::Key);
        }
        if mode == Mode::Live && self.api_base != STRIPE_API {
            return Err(PaymentsSettingsError::LiveKey);
        }
        if !self.api_base.ends_with('/') || !is_safe(&self.api_base) {
            return Err(PaymentsSettingsError::Base);
        }
        if !is_safe(&self.success_url) || !is_safe(&self.cancel_url) {
            return Err(PaymentsSettingsError::Return);
        }
        Ok(mode)
    }
}

/// `https`, or `http` to a loopback address.
fn is_safe(address: &str) -> bool {
    let Ok(uri) = address.parse::<Uri>() else { return false };
    let loopback = matches!(uri.host(), Some("127.0.0.1" | "[::1]"));
    match uri.scheme_str() {
        Some("https") => uri.host().is_some_and(|host| !host.is_empty()),
        Some("http") => loopback,
        _ => false,
    }
}

impl fmt::Debug for PaymentsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaymentsSettings").field("api_base", &self.api_base).finish_non_exhaustive()
    }
}

/// The webhook's secrets.
pub(super) struct Secrets(Vec<Zeroizing<String>>);

impl Secrets {
    pub(super) fn new(secrets: &[Zeroizing<String>]) -> Result<Self, PaymentsSettingsError> {
        let counted = (1..=WEBHOOK_SECRETS_MAX).contains(&secrets.len());
        let written = secrets.iter().all(|secret| secret.strip_prefix("whsec_").is_some_and(|rest| !rest.is_empty()));
        if counted && written { Ok(Self(secrets.to_vec())) } else { Err(PaymentsSettingsError::WebhookSecrets) }
    }

    /// Returns each secret, to verify a signature with.
    pub(super) fn expose(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|secret| secret.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> PaymentsSettings {
        PaymentsSettings {
            secret_key: Zeroizing::new("rk_test_1".to_owned()),
            api_base: STRIPE_API.to_owned(),
            webhook_secrets: vec![Zeroizing::new("whsec_1".to_owned())],
            success_url: "https://provider.example/paid".to_owned(),
            cancel_url: "https://provider.example/not-paid".to_owned(),
            invoices: Invoices::No,
            retry_wait: RETRY_WAIT,
        }
    }

    #[test]
    fn a_key_says_whether_money_moves() {
        for (key, mode) in [
            ("sk_test_1", Ok(Mode::Test)),
            ("rk_test_1", Ok(Mode::Test)),
            ("sk_live_1", Ok(Mode::Live)),
            ("rk_live_1", Ok(Mode::Live)),
            ("pk_test_1", Err(PaymentsSettingsError::Key)),
            ("sk_test_", Err(PaymentsSettingsError::Key)),
            ("sk_test_1\r\nx: y", Err(PaymentsSettingsError::Key)),
            ("", Err(PaymentsSettingsError::Key)),
        ] {
            let secret_key = Zeroizing::new(key.to_owned());
            assert_eq!(PaymentsSettings { secret_key, ..settings() }.mode(), mode, "{key}");
        }
    }

    #[test]
    fn a_live_key_goes_to_stripe_only_and_a_test_key_to_loopback_too() {
        for (base, test, live) in [
            (STRIPE_API, Ok(Mode::Test), Ok(Mode::Live)),
            ("http://127.0.0.1:4870/", Ok(Mode::Test), Err(PaymentsSettingsError::LiveKey)),
            ("https://api.stripe.com.evil.example/", Ok(Mode::Test), Err(PaymentsSettingsError::LiveKey)),
            ("http://api.stripe.com/", Err(PaymentsSettingsError::Base), Err(PaymentsSettingsError::LiveKey)),
            ("https://api.stripe.com", Err(PaymentsSettingsError::Base), Err(PaymentsSettingsError::LiveKey)),
            ("ftp://127.0.0.1/", Err(PaymentsSettingsError::Base), Err(PaymentsSettingsError::LiveKey)),
        ] {
            for (key, mode) in [("sk_test_1", test), ("sk_live_1", live)] {
                let secret_key = Zeroizing::new(key.to_owned());
                let settings = PaymentsSettings { secret_key, api_base: base.to_owned(), ..settings() };
                assert_eq!(settings.mode(), mode, "{key} to {base}");
            }
        }
    }

    #[test]
    fn a_browser_returns_over_https() {
        for address in ["http://provider.example/paid", "javascript:alert(1)", "", "/paid"] {
            let back = || address.to_owned();
            for settings in [
                PaymentsSettings { success_url: back(), ..settings() },
                PaymentsSettings { cancel_url: back(), ..settings() },
            ] {
                assert_eq!(settings.mode(), Err(PaymentsSettingsError::Return), "{address}");
            }
        }
    }

    #[test]
    fn there_are_one_or_two_secrets() {
        let secrets =
            |texts: &[&str]| -> Vec<_> { texts.iter().map(|text| Zeroizing::new((*text).to_owned())).collect() };
        for (texts, right) in [
            (&["whsec_a"][..], true),
            (&["whsec_a", "whsec_b"], true),
            (&["whsec_a", "whsec_b", "whsec_c"], false),
            (&["whsec_a", ""], false),
            (&["whsec_"], false),
            (&["a"], false),
            (&[], false),
        ] {
            assert_eq!(Secrets::new(&secrets(texts)).is_ok(), right, "{texts:?}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let printed = format!("{:?}", settings());
        assert!(!printed.contains("rk_test_1") && !printed.contains("whsec_1"), "{printed}");
    }
}
