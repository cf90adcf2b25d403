//! The bundle: what the provider says about a firm.

use std::collections::BTreeSet;

use satchel_terms::{EcPublicKey, FirmId, INTEGER_MAX, RsaPublicKey, TenantId, Thumbprint, Timestamp, V1, required};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::is_label;
use crate::jws::VerifyError;
use crate::statement::{Signed, StatementError, json_statement};

const PAYLOAD_BYTES_MAX: usize = 256 * 1024;
const NAME_CHARS_MAX: usize = 200;
const URL_BYTES_MAX: usize = 1_024;
const OPERATORS_MAX: usize = 200;
/// Wrapping and receipt keys, the older ones included.
const KEYS_MAX: usize = 50;

/// Which addresses a build may talk to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edges {
    /// `https` only.
    Production,
    /// `http` to a loopback address as well.
    Practice,
}

/// An address that a bundle names: `https`, or `http` to a loopback address; no user, query or fragment, no slash at its
/// end. Written exactly as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServiceUrl(String);

/// Says that a text is no [`ServiceUrl`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address is not one that a bundle may name")]
pub struct ServiceUrlError;

impl ServiceUrl {
    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Tells whether it is scheme, host and port only.
    fn is_origin(&self) -> bool {
        Url::parse(&self.0).is_ok_and(|url| url.path() == "/")
    }
}

impl TryFrom<String> for ServiceUrl {
    type Error = ServiceUrlError;

    fn try_from(text: String) -> Result<Self, ServiceUrlError> {
        if text.len() > URL_BYTES_MAX {
            return Err(ServiceUrlError);
        }
        let url = Url::parse(&text).map_err(|_| ServiceUrlError)?;
        let loopback = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            // A name is not loopback, whatever it resolves to today.
            Some(Host::Domain(_)) => false,
            None => return Err(ServiceUrlError),
        };
        let allowed = url.scheme() == "https" || (url.scheme() == "http" && loopback);
        // Whatever the parser had to repair (case, default port, user, escapes, dots) differs from what it writes.
        let written = url.as_str().strip_suffix('/').unwrap_or(url.as_str());
        let bare = url.query().is_none() && url.fragment().is_none() && !url.path().contains("//");
        let anonymous = url.username().is_empty() && url.password().is_none();
        if allowed && bare && anonymous && written == text { Ok(Self(text)) } else { Err(ServiceUrlError) }
    }
}

impl From<ServiceUrl> for String {
    fn from(url: ServiceUrl) -> String {
        url.0
    }
}

/// The names of a firm's two containers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Containers {
    /// Sealed blobs, create-only.
    pub sealed: String,
    /// State, feed and audit.
    pub live: String,
}

impl Containers {
    fn are_valid(&self) -> bool {
        let valid = |name: &str| {
            let end = |byte: Option<&u8>| byte.is_some_and(|byte| *byte != b'-');
            let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            (3..=63).contains(&name.len())
                && name.bytes().all(allowed)
                && !name.contains("--")
                && end(name.as_bytes().first())
                && end(name.as_bytes().last())
        };
        valid(&self.sealed) && valid(&self.live) && self.sealed != self.live
    }
}

/// A public key that content keys are wrapped to, with its versioned name in Key Vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WrappingKeyEntry {
    /// Its name: the `KeyId` of what is wrapped to it.
    pub key_id: ServiceUrl,
    /// The key.
    pub key: RsaPublicKey,
}

/// An operator who may sign log entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperatorKey {
    /// What the firm sees.
    pub name: String,
    /// The operator's key.
    pub key: EcPublicKey,
    /// Entries before it do not count.
    pub not_before: Timestamp,
    /// Entries after it do not count.
    #[serde(deserialize_with = "required")]
    pub not_after: Option<Timestamp>,
}

impl OperatorKey {
    /// Tells whether an entry of the log that this operator dates so counts.
    #[must_use]
    pub fn covers(&self, at: Timestamp) -> bool {
        self.not_before <= at && self.not_after.is_none_or(|end| at <= end)
    }
}

/// What the provider says about a firm. Signed by the provider's identity key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bundle {
    /// Version of the format.
    pub version: V1,
    /// The provider's name.
    pub provider: String,
    /// The firm.
    pub firm: FirmId,
    /// The firm's name.
    pub firm_name: String,
    /// The firm's Entra ID tenant.
    pub tenant: TenantId,
    /// Where the firm's blobs are.
    pub containers: Containers,
    /// The storage account.
    pub blob_endpoint: ServiceUrl,
    /// The only origin that "Pay now" may open.
    pub checkout_origin: ServiceUrl,
    /// The provider's keys for the firm; the first one is used.
    pub wrapping_keys: Vec<WrappingKeyEntry>,
    /// Thumbprint of the key that signs the firm's first roster.
    pub admin_fingerprint: Thumbprint,
    /// The keys that sign receipts.
    pub receipt_keys: Vec<EcPublicKey>,
    /// The operators.
    pub operators: Vec<OperatorKey>,
    /// Counts up with every bundle of the firm.
    pub sequence: u64,
    /// When it was signed.
    pub issued_at: Timestamp,
    /// When it ends.
    pub not_after: Timestamp,
}

impl Bundle {
    fn check(&self) -> Result<(), StatementError> {
        let broken = |rule| Err(StatementError::Rule(rule));
        let names = self.operators.iter().map(|operator| &operator.name);
        if !names.chain([&self.provider, &self.firm_name]).all(|name| is_label(name, NAME_CHARS_MAX)) {
            return broken("names");
        }
        if !self.containers.are_valid() {
            return broken("containers");
        }
        if !self.checkout_origin.is_origin() {
            return broken("checkoutOrigin");
        }
        if !(1..=KEYS_MAX).contains(&self.wrapping_keys.len()) || !(1..=KEYS_MAX).contains(&self.receipt_keys.len()) {
            return broken("number of keys");
        }
        if !self.wrapping_keys.iter().all(|entry| entry.key_id.is_https()) {
            return broken("keyId");
        }
        if self.operators.len() > OPERATORS_MAX {
            return broken("number of operators");
        }
        if self.sequence > INTEGER_MAX || self.issued_at > self.not_after {
            return broken("sequence and times");
        }
        if self.keys_are_distinct() { Ok(()) } else { broken("keys are used once") }
    }

    fn keys_are_distinct(&self) -> bool {
        let operators = self.operators.iter().map(|operator| operator.key.thumbprint());
        let receipts = self.receipt_keys.iter().map(EcPublicKey::thumbprint);
        let mut signers = BTreeSet::from([self.admin_fingerprint]);
        let mut key_ids = BTreeSet::new();
        operators.chain(receipts).all(|kid| signers.insert(kid))
            && self.wrapping_keys.iter().all(|entry| key_ids.insert(entry.key_id.as_str()))
    }

    fn uses_http(&self) -> bool {
        [&self.blob_endpoint, &self.checkout_origin].into_iter().any(|url| !url.is_https())
    }
}

/// Says why a bundle is not taken. The one before stays in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleRefused {
    /// The signature or the form is wrong.
    #[error("the provider's keys are not signed by the provider that this program trusts")]
    Signature(#[from] VerifyError),
    /// It names an address that is not `https`.
    #[error("the provider's keys name an address without encryption")]
    PlainHttp,
    /// Its time is over.
    #[error("the provider's keys are too old")]
    Expired,
    /// A newer one was taken before, or another one of the same number, or one of another firm.
    #[error("the provider's keys are older than those already known, or contradict them")]
    Superseded,
}

impl Signed<Bundle> {
    /// Takes a bundle in place of the last one.
    ///
    /// # Errors
    /// [`BundleRefused`].
    pub fn accept<'key>(
        compact: &str,
        identity_keys: impl IntoIterator<Item = &'key EcPublicKey>,
        last: Option<&Signed<Bundle>>,
        now: Timestamp,
        edges: Edges,
    ) -> Result<Self, BundleRefused> {
        let bundle = Self::verify(compact, identity_keys)?;
        let offered = bundle.statement();
        if edges == Edges::Production && offered.uses_http() {
            return Err(BundleRefused::PlainHttp);
        }
        if offered.not_after < now {
            return Err(BundleRefused::Expired);
        }
        if last.is_some_and(|last| !bundle.succeeds(last)) {
            return Err(BundleRefused::Superseded);
        }
        Ok(bundle)
    }

    fn succeeds(&self, last: &Self) -> bool {
        let (offered, known) = (self.statement(), last.statement());
        (offered.firm, offered.tenant, offered.admin_fingerprint) == (known.firm, known.tenant, known.admin_fingerprint)
            && (offered.sequence > known.sequence || self.hash() == last.hash())
    }
}

json_statement!(Bundle, "satchel-bundle+jws", PAYLOAD_BYTES_MAX);
