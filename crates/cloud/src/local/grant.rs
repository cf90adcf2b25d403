//! What a ticket of a local store says, and that nobody else wrote it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use satchel_terms::Timestamp;
use sha2::Sha256;
use url::{Host, Url, form_urlencoded};
use zeroize::Zeroizing;

use crate::ticket::seconds_of;
use crate::{BlobAddress, Clock, CloudError, SecretUrl, Ticket};

/// What the signature of a ticket begins with: no other use of the key can be taken for one.
const DOMAIN: &str = "satchel-local-ticket-1";
/// The most bytes of a ticket's query, with what requests add to it.
const QUERY_BYTES_MAX: usize = 2_048;

/// What tickets are signed with: HMAC-SHA-256.
pub struct TicketKey(Zeroizing<[u8; 32]>);

/// What a ticket grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Permission {
    /// To stage blocks and to make them the blob, where there is none.
    Upload,
    /// To read the blob and the list of its blocks.
    Download,
}

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Denied {
    /// The path or the query is none of ours.
    #[error("the address is not one of this store")]
    Address,
    /// The ticket is not of this store, is for another blob, was changed or has expired.
    #[error("the ticket does not hold")]
    Ticket,
    /// The ticket grants something else.
    #[error("the ticket does not grant that")]
    Permission,
}

/// A request that its ticket lets in.
#[derive(Debug)]
pub(crate) struct Granted {
    pub(crate) at: BlobAddress,
    /// What the query says besides the ticket.
    pub(crate) rest: Vec<(String, String)>,
}

/// Makes tickets and checks them.
#[derive(Debug)]
pub(crate) struct Grants {
    base: Url,
    key: TicketKey,
    clock: Arc<dyn Clock>,
}

impl TicketKey {
    /// Takes 32 bytes that nobody else knows.
    #[must_use]
    pub fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for TicketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketKey")
    }
}

impl Permission {
    /// The letters that Azure has for it.
    const fn letters(self) -> &'static str {
        match self {
            Self::Upload => "c",
            Self::Download => "r",
        }
    }

    fn of(letters: &str) -> Option<Self> {
        [Self::Upload, Self::Download].into_iter().find(|permission| permission.letters() == letters)
    }
}

impl Grants {
    /// Takes the address that tickets lead to, if it is on loopback.
    pub(crate) fn new(base: Url, key: TicketKey, clock: Arc<dyn Clock>) -> Option<Self> {
        let loopback = match base.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        let plain = base.query().is_none() && base.fragment().is_none() && base.username().is_empty();
        let http = matches!(base.scheme(), "http" | "https");
        (loopback && plain && http && base.password().is_none()).then_some(Self { base, key, clock })
    }

    pub(crate) fn ticket(
        &self,
        at: &BlobAddress,
        permission: Permission,
        lifetime: Duration,
    ) -> Result<Ticket, CloudError> {
        let expires_at = expiry(self.clock.now(), lifetime)?;
        let signature = self.mac(at, permission, expires_at)?.finalize().into_bytes();
        let mut url = self.base.clone();
        let base_path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base_path}/{at}"));
        url.query_pairs_mut()
            .append_pair("sp", permission.letters())
            .append_pair("se", &expires_at.seconds().to_string())
            .append_pair("sig", &BASE64_URL_SAFE_NO_PAD.encode(signature));
        Ok(Ticket { url: SecretUrl::new(url), expires_at })
    }

    /// Lets a request in if its ticket is for this blob, holds now, and grants what is wanted.
    pub(crate) fn check(&self, path: &str, query: &str, wanted: Permission) -> Result<Granted, Denied> {
        let (container, blob) = path.strip_prefix('/').and_then(|path| path.split_once('/')).ok_or(Denied::Address)?;
        let (container, blob) = container.parse().ok().zip(blob.parse().ok()).ok_or(Denied::Address)?;
        let at = BlobAddress::new(container, blob);
        let mut query = Query::parse(query)?;
        let permission = query.take("sp")?.as_deref().and_then(Permission::of).ok_or(Denied::Ticket)?;
        let expires_at = query.take("se")?.and_then(|text| text.parse::<u64>().ok());
        let expires_at = expires_at.and_then(|seconds| Timestamp::try_from(seconds).ok()).ok_or(Denied::Ticket)?;
        let signature = query.take("sig")?.and_then(|text| BASE64_URL_SAFE_NO_PAD.decode(text).ok());
        let mac = self.mac(&at, permission, expires_at).map_err(|_| Denied::Ticket)?;
        // Compared in constant time.
        mac.verify_slice(&signature.ok_or(Denied::Ticket)?).map_err(|_| Denied::Ticket)?;
        if self.clock.now() >= expires_at {
            return Err(Denied::Ticket);
        }
        if permission == wanted { Ok(Granted { at, rest: query.0 }) } else { Err(Denied::Permission) }
    }

    fn mac(&self, at: &BlobAddress, permission: Permission, expires_at: Timestamp) -> Result<Hmac<Sha256>, CloudError> {
        let keyed = Hmac::<Sha256>::new_from_slice(self.key.0.as_slice());
        let mut mac = keyed.map_err(|_| CloudError::Answer { what: "the key of tickets" })?;
        // No part holds a line break, so no two tickets have one text.
        let (letters, seconds) = (permission.letters(), expires_at.seconds());
        mac.update(format!("{DOMAIN}\n{letters}\n{seconds}\n{}\n{}", at.container, at.path).as_bytes());
        Ok(mac)
    }
}

/// Names and values of a query, each name once.
struct Query(Vec<(String, String)>);

impl Query {
    fn parse(query: &str) -> Result<Self, Denied> {
        if query.len() > QUERY_BYTES_MAX {
            return Err(Denied::Address);
        }
        let pairs = form_urlencoded::parse(query.as_bytes());
        Ok(Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect()))
    }

    /// Takes a value out. A name that comes twice means two things.
    fn take(&mut self, name: &str) -> Result<Option<String>, Denied> {
        let mut found = self.0.extract_if(.., |pair| pair.0 == name).map(|pair| pair.1);
        match (found.next(), found.next()) {
            (first, None) => Ok(first),
            (_, Some(_)) => Err(Denied::Ticket),
        }
    }
}

/// Returns when a ticket that is made now expires.
fn expiry(now: Timestamp, lifetime: Duration) -> Result<Timestamp, CloudError> {
    let end = now.seconds().checked_add(seconds_of(lifetime)?).ok_or(CloudError::Lifetime)?;
    Timestamp::try_from(end).map_err(|_| CloudError::Lifetime)
}
