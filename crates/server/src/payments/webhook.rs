//! Events that Stripe sends. An event says that a session changed and which; what it says besides is not believed.

use axum::http::HeaderMap;
use satchel_terms::Timestamp;
use satchel_wire::ErrorCode;
use satchel_wire::stored::{EventId, SessionId};
use serde::Deserialize;
use stripe_webhook::{Webhook, WebhookError};

use super::stripe::StripeFailure;
use super::take_in::{TakenIn, take_in};
use super::{PaymentError, Payments};
use crate::error::HttpError;
use crate::server::Server;

const SIGNATURE: &str = "stripe-signature";
/// The most bytes of a signature's header: two secrets take about 150.
const SIGNATURE_BYTES_MAX: usize = 1024;
/// What the events begin with that are about sessions.
const ABOUT_SESSIONS: &str = "checkout.session.";

/// The parts of an event that are looked at.
#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    id: Option<String>,
}

/// Hears an event: verifies its signature, retrieves the session that it names, and notes what that session is.
pub(crate) async fn hear(
    server: &Server,
    payments: &Payments,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), HttpError> {
    let Some((event, session)) = verify(payments, headers, body, server.now())? else { return Ok(()) };
    let session = match payments.stripe.retrieve(&session).await {
        Ok(session) => session,
        Err(StripeFailure::NoSession) => {
            tracing::warn!(%event, %session, "an event names a session that Stripe does not have");
            return Ok(());
        }
        Err(failure) => return Err(PaymentError::from(failure).into()),
    };
    if take_in(server, &session, Some(&event)).await? == TakenIn::NotOurs {
        tracing::warn!(%event, session = %session.id(), "an event names a session of nobody here");
    }
    Ok(())
}

/// Verifies an event. Nothing: it is genuine, and about something else.
fn verify(
    payments: &Payments,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<Option<(EventId, SessionId)>, HttpError> {
    let mut values = headers.get_all(SIGNATURE).iter();
    let (Some(signature), None) = (values.next(), values.next()) else { return Err(ErrorCode::Forbidden.into()) };
    let signature = signature.to_str().ok().filter(|text| text.len() <= SIGNATURE_BYTES_MAX);
    let (signature, body) = signature.zip(str::from_utf8(body).ok()).ok_or(ErrorCode::Forbidden)?;
    let now = i64::try_from(now.seconds()).map_err(HttpError::internal)?;
    if !payments.webhook_secrets.expose().any(|secret| is_signed(body, signature, secret, now)) {
        return Err(ErrorCode::Forbidden.into());
    }
    let event: Event = serde_json::from_str(body).map_err(|_| ErrorCode::Malformed)?;
    if !event.kind.starts_with(ABOUT_SESSIONS) {
        return Ok(None);
    }
    let id = event.id.try_into().map_err(|_| ErrorCode::Malformed)?;
    let session = event.data.object.id.ok_or(ErrorCode::Malformed)?;
    Ok(Some((id, session.try_into().map_err(|_| ErrorCode::Malformed)?)))
}

/// Tells whether a body was signed with this secret within 300 seconds.
fn is_signed(body: &str, signature: &str, secret: &str, now: i64) -> bool {
    match Webhook::construct_event_with_timestamp(body, signature, secret, now) {
        // The library reads the event only after signature and time were found right. What it cannot read, a newer version of
        // the API sent; the few members that are needed are read below.
        Ok(_) | Err(WebhookError::BadParse(_)) => true,
        Err(
            WebhookError::BadKey
            | WebhookError::BadHeader(_)
            | WebhookError::BadSignature
            | WebhookError::BadTimestamp(_),
        ) => false,
    }
}
