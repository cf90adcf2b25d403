//! The caller of a request: made from a verified token of a registered firm, and from nothing else.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;
use satchel_terms::{FirmId, PersonId};
use satchel_wire::limits::AUTHORIZATION_BYTES_MAX;
use satchel_wire::{ErrorCode, Route};

use super::jwks::NoKey;
use super::token::{Identity, TokenError};
use crate::error::HttpError;
use crate::firm::Firm;
use crate::routes::roles;
use crate::server::Server;

/// Who is asking, and for which firm.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    firm: Arc<Firm>,
    identity: Arc<Identity>,
}

impl Caller {
    /// Returns the firm whose tenant issued the token.
    pub(crate) fn firm(&self) -> &Arc<Firm> {
        &self.firm
    }

    /// Returns the ids that a log may hold.
    pub(crate) fn ids(&self) -> (FirmId, PersonId) {
        (self.firm.id(), self.identity.person)
    }
}

/// Stands before every route: verifies the token, counts the request, finds the firm, and asks for the route's role. What
/// comes behind it finds a [`Caller`] in the request; nothing of path and body was looked at before.
pub(crate) async fn admit(
    State((server, route)): State<(Server, Route)>,
    mut request: Request,
    next: Next,
) -> Result<Response, HttpError> {
    let now = server.now();
    let token = bearer(request.headers()).ok_or(ErrorCode::Unauthenticated)?;
    let identity = server.tokens().verify(token, now).await.map_err(refusal)?;
    server.rate().count((identity.tenant, identity.person), now).map_err(HttpError::rate_limited)?;
    let firm = server.firms().by_tenant(identity.tenant).await?.ok_or(ErrorCode::TenantUnknown)?;
    if !roles(route).iter().any(|role| identity.roles.contains(role)) {
        return Err(ErrorCode::Forbidden.into());
    }
    let _place = server.firm_room().enter(identity.tenant).ok_or(ErrorCode::Unavailable)?;
    let caller = Caller { firm, identity: Arc::new(identity) };
    request.extensions_mut().insert(caller.clone());
    let mut response = next.run(request).await;
    // For the log.
    response.extensions_mut().insert(caller);
    Ok(response)
}

/// Returns the token of the only `Authorization` header, if that has the right form.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let sized = value.len() <= AUTHORIZATION_BYTES_MAX;
    (scheme.eq_ignore_ascii_case("bearer") && sized).then_some(token)
}

/// A token that does not count says so and no more; only where nobody could say is it worth to try again.
fn refusal(error: TokenError) -> HttpError {
    match error {
        TokenError::Key(NoKey::Unavailable(_) | NoKey::Form) => HttpError::new(ErrorCode::Unavailable, error),
        TokenError::Key(NoKey::Unknown)
        | TokenError::Form
        | TokenError::Signature
        | TokenError::Time
        | TokenError::Parties => HttpError::new(ErrorCode::Unauthenticated, error),
    }
}
