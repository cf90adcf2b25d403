//! The routes, in one list, and their paths.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use satchel_terms::DeviceId;

/// An HTTP method that a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Stores under a name that the client chose.
    Put,
    /// Does something.
    Post,
}

/// The number of a roster or of a workspace key, from 1.
pub type Number = NonZeroU32;

macro_rules! routes {
    ($($(#[$doc:meta])* $name:ident = $method:ident, $template:literal;)*) => {
        /// What the server answers to a firm. The server mounts this list, and one route for Stripe's events.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Route {
            $($(#[$doc])* $name,)*
        }

        impl Route {
            /// All routes.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the method.
            #[must_use]
            pub const fn method(self) -> Method {
                match self { $(Self::$name => Method::$method,)* }
            }

            /// Returns the path with its parameters in braces.
            #[must_use]
            pub const fn template(self) -> &'static str {
                match self { $(Self::$name => $template,)* }
            }
        }
    };
}

routes! {
    /// What the provider says about the firm: [`BundleAnswer`](crate::BundleAnswer).
    Bundle = Get, "/v1/firm/bundle";
    /// The newest roster: [`RosterAnswer`](crate::RosterAnswer).
    NewestRoster = Get, "/v1/firm/rosters/latest";
    /// A roster by its number: [`RosterAnswer`](crate::RosterAnswer).
    Roster = Get, "/v1/firm/rosters/{number}";
    /// Brings the next roster: [`RosterRequest`](crate::RosterRequest), answered with 204.
    PutRoster = Put, "/v1/firm/rosters/{number}";
    /// A wrapped workspace key: [`WorkspaceKeyAnswer`](crate::WorkspaceKeyAnswer).
    WorkspaceKey = Get, "/v1/firm/workspace-keys/{number}/{recipient}";
    /// Brings a wrapped workspace key: [`WorkspaceKeyRequest`](crate::WorkspaceKeyRequest), answered with 204.
    PutWorkspaceKey = Put, "/v1/firm/workspace-keys/{number}/{recipient}";
    /// Asks for tickets: [`TicketsRequest`](crate::TicketsRequest), [`TicketsAnswer`](crate::TicketsAnswer).
    Tickets = Post, "/v1/orders/{order}/revisions/{revision}/tickets";
    /// Commits a revision: [`CommitRequest`](crate::CommitRequest), [`CommitAnswer`](crate::CommitAnswer).
    Commit = Post, "/v1/orders/{order}/revisions/{revision}/commit";
    /// What the server knows of an order: [`OrderAnswer`](crate::OrderAnswer).
    Order = Get, "/v1/orders/{order}";
    /// The entries of an order's log behind the entry `after`, 0 for its beginning: [`LogAnswer`](crate::LogAnswer).
    Log = Get, "/v1/orders/{order}/log";
    /// A ticket to read a returned document: [`ReturnedAnswer`](crate::ReturnedAnswer).
    Returned = Get, "/v1/orders/{order}/returns/{number}";
    /// Opens the payment page of an order, without a body, or answers the one that is open:
    /// [`CheckoutAnswer`](crate::CheckoutAnswer).
    Checkout = Post, "/v1/orders/{order}/checkout";
    /// The firm's feed behind the entry `after`, 0 for its beginning: [`FeedAnswer`](crate::FeedAnswer).
    Feed = Get, "/v1/feed";
}

/// Whom a workspace key is wrapped for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// A device of the roster.
    Device(DeviceId),
    /// The firm's recovery key.
    Recovery,
}

/// Says that a text names no recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a workspace key is wrapped for a device or for `recovery`")]
pub struct RecipientError;

const RECOVERY: &str = "recovery";

impl FromStr for Recipient {
    type Err = RecipientError;

    fn from_str(text: &str) -> Result<Self, RecipientError> {
        if text == RECOVERY {
            return Ok(Self::Recovery);
        }
        text.parse().map(Self::Device).map_err(|_| RecipientError)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(device) => device.fmt(f),
            Self::Recovery => f.write_str(RECOVERY),
        }
    }
}

/// Paths with their parameters filled in, for clients.
pub mod paths {
    use std::num::NonZeroU32;

    use satchel_terms::{OrderId, Revision};

    use super::{Number, Recipient};

    /// Path of [`Route::Bundle`](super::Route::Bundle).
    pub const BUNDLE: &str = "/v1/firm/bundle";
    /// Path of [`Route::NewestRoster`](super::Route::NewestRoster).
    pub const NEWEST_ROSTER: &str = "/v1/firm/rosters/latest";

    /// Path of [`Route::Roster`](super::Route::Roster) and [`Route::PutRoster`](super::Route::PutRoster).
    #[must_use]
    pub fn roster(number: Number) -> String {
        format!("/v1/firm/rosters/{number}")
    }

    /// Path of [`Route::WorkspaceKey`](super::Route::WorkspaceKey) and
    /// [`Route::PutWorkspaceKey`](super::Route::PutWorkspaceKey).
    #[must_use]
    pub fn workspace_key(number: Number, recipient: Recipient) -> String {
        format!("/v1/firm/workspace-keys/{number}/{recipient}")
    }

    /// Path of [`Route::Tickets`](super::Route::Tickets).
    #[must_use]
    pub fn tickets(order: OrderId, revision: Revision) -> String {
        format!("/v1/orders/{order}/revisions/{revision}/tickets")
    }

    /// Path of [`Route::Commit`](super::Route::Commit).
    #[must_use]
    pub fn commit(order: OrderId, revision: Revision) -> String {
        format!("/v1/orders/{order}/revisions/{revision}/commit")
    }

    /// Path of [`Route::Order`](super::Route::Order).
    #[must_use]
    pub fn order(order: OrderId) -> String {
        format!("/v1/orders/{order}")
    }

    /// Path and query of [`Route::Log`](super::Route::Log); `after` is 0 for the beginning.
    #[must_use]
    pub fn log(order: OrderId, after: u32) -> String {
        format!("/v1/orders/{order}/log?after={after}")
    }

    /// Path of [`Route::Returned`](super::Route::Returned).
    #[must_use]
    pub fn returned(order: OrderId, number: NonZeroU32) -> String {
        format!("/v1/orders/{order}/returns/{number}")
    }

    /// Path of [`Route::Checkout`](super::Route::Checkout).
    #[must_use]
    pub fn checkout(order: OrderId) -> String {
        format!("/v1/orders/{order}/checkout")
    }

    /// Path and query of [`Route::Feed`](super::Route::Feed); `after` is 0 for the beginning.
    #[must_use]
    pub fn feed(after: u64) -> String {
        format!("/v1/feed?after={after}")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Tells whether a path is an instance of a template.
    fn fits(template: &str, path: &str) -> bool {
        let path = path.split('?').next().unwrap_or_default();
        let is_part = |(wanted, given): (&str, &str)| wanted == given || (wanted.starts_with('{') && !given.is_empty());
        template.split('/').count() == path.split('/').count() && template.split('/').zip(path.split('/')).all(is_part)
    }

    #[test]
    fn every_route_has_a_path_that_fits_its_template() {
        let one = NonZeroU32::MIN;
        let id = "8f14e45f-ceea-467f-9575-2a3c1d9b7e60";
        let (order, device) = (id.parse().expect("an id"), id.parse().expect("an id"));
        for route in Route::ALL {
            let path = match route {
                Route::Bundle => paths::BUNDLE.to_owned(),
                Route::NewestRoster => paths::NEWEST_ROSTER.to_owned(),
                Route::Roster | Route::PutRoster => paths::roster(one),
                Route::WorkspaceKey => paths::workspace_key(one, Recipient::Recovery),
                Route::PutWorkspaceKey => paths::workspace_key(one, Recipient::Device(device)),
                Route::Tickets => paths::tickets(order, one),
                Route::Commit => paths::commit(order, one),
                Route::Order => paths::order(order),
                Route::Log => paths::log(order, 7),
                Route::Returned => paths::returned(order, one),
                Route::Checkout => paths::checkout(order),
                Route::Feed => paths::feed(7),
            };
            assert!(fits(route.template(), &path), "{route:?}: {path}");
        }
    }

    #[test]
    fn routes_differ() {
        let routes: BTreeSet<_> = Route::ALL.iter().map(|r| (format!("{:?}", r.method()), r.template())).collect();
        assert_eq!(routes.len(), Route::ALL.len());
        assert!(Route::ALL.iter().all(|route| route.template().starts_with("/v1/")));
    }

    #[test]
    fn a_recipient_is_a_device_or_recovery() {
        for text in ["recovery", "8f14e45f-ceea-467f-9575-2a3c1d9b7e60"] {
            assert_eq!(text.parse::<Recipient>().map(|recipient| recipient.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "Recovery", "admin", "8F14E45F-CEEA-467F-9575-2A3C1D9B7E60"] {
            assert_eq!(text.parse::<Recipient>(), Err(RecipientError), "{text}");
        }
    }
}
