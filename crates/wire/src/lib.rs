//! What crosses HTTP between desktop and server: routes, bodies, error codes, bounds. Sealed orders are opaque bytes here.
//!
//! Every body is JSON (`application/json`), read by [`satchel_terms::parse`]: unknown, repeated and missing members are
//! refused. The version of all of it is the `/v1` of its paths ([`Route`]). Every request carries
//! `Authorization: Bearer`, and every refusal is an [`ErrorBody`].
//!
//! **Invariant.** No member of a request can hold a text of the user's choice but the client-matter number of a manifest
//! (docs/WHAT-THE-SERVER-SEES.md, held by `tests/api/what_the_server_sees.rs`).

mod block_numbers;
mod bodies;
mod checkout_url;
mod compact;
mod encryption_data;
mod error;
pub mod limits;
mod order_statement;
mod route;
pub mod stored;
mod ticket_url;

pub use block_numbers::{BlockNumbers, BlockNumbersError};
pub use bodies::{
    BundleAnswer, CheckoutAnswer, CommitAnswer, CommitRequest, FeedAnswer, FeedEntry, LogAnswer, OrderAnswer, Payment,
    ReturnedAnswer, RosterAnswer, RosterRequest, SealedEntry, SealedEntryBytes, TicketsAnswer, TicketsRequest,
    Transfer, UploadTicket, WorkspaceKeyAnswer, WorkspaceKeyRequest, WrappedWorkspaceKey,
};
pub use checkout_url::{CheckoutUrl, CheckoutUrlError};
pub use compact::{Compact, CompactError};
pub use error::{ErrorBody, ErrorCode, Remedy};
pub use order_statement::OrderStatement;
pub use route::{Method, Number, Recipient, RecipientError, Route, paths};
pub use ticket_url::{TicketUrl, TicketUrlError};
