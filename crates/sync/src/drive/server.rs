//! Calls of the provider's server.

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use satchel_terms::{parse, write};
use satchel_wire::limits::{ANSWER_BYTES_MAX, ERROR_BYTES_MAX};
use satchel_wire::{CommitAnswer, CommitRequest, Compact, ErrorBody, ErrorCode, TicketsAnswer, TicketsRequest, paths};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::account::{AccessToken, Account, NoToken};
use super::remote::{Answer, Remote, send};
use crate::item::OutboxItem;
use crate::plan::{Failure, Why};
use crate::rejection::Rejection;

/// Asks for tickets.
pub(super) async fn ask_tickets(
    remote: &Remote,
    account: &dyn Account,
    item: &OutboxItem,
) -> Result<TicketsAnswer, Failure> {
    let id = item.id();
    let request = TicketsRequest { manifest: manifest(item)? };
    let answer: TicketsAnswer = call(remote, account, &paths::tickets(id.order, id.revision), &request).await?;
    if answer.tickets.iter().all(|ticket| remote.is_ours(&ticket.url)) {
        Ok(answer)
    } else {
        Err(Failure::Later(Why::ServerFault))
    }
}

/// Asks for the receipt and returns its compact text, not yet verified.
pub(super) async fn commit(remote: &Remote, account: &dyn Account, item: &OutboxItem) -> Result<String, Failure> {
    let id = item.id();
    let request = CommitRequest { manifest: manifest(item)? };
    let answer: CommitAnswer = call(remote, account, &paths::commit(id.order, id.revision), &request).await?;
    Ok(answer.receipt.into())
}

fn manifest(item: &OutboxItem) -> Result<Compact, Failure> {
    let compact = item.manifest().compact().to_owned();
    compact.try_into().map_err(|_| Failure::Never(Rejection::Refused(ErrorCode::ManifestRefused)))
}

async fn call<T: DeserializeOwned + Serialize>(
    remote: &Remote,
    account: &dyn Account,
    path: &str,
    request: &impl Serialize,
) -> Result<T, Failure> {
    let token = account.token().await.map_err(|missing| match missing {
        NoToken::SignIn => Failure::SignIn,
        NoToken::Offline => Failure::Later(Why::Offline),
    })?;
    let bearer = bearer(&token)?;
    let body = write(request).map_err(|_| Failure::Later(Why::ServerFault))?;
    let post = remote.post(path).header(AUTHORIZATION, bearer).header(CONTENT_TYPE, "application/json");
    let answer = send(post, Bytes::from(body)).await?;
    if answer.status() == StatusCode::OK {
        let body = answer.body(ANSWER_BYTES_MAX).await?;
        return parse(&body, ANSWER_BYTES_MAX).map_err(|_| Failure::Later(Why::ServerFault));
    }
    let failure = refusal(answer).await;
    if failure == Failure::SignIn {
        account.token_refused(&token);
    }
    Err(failure)
}

/// Writes a token as the server reads it. The server is who it is for; the storage never sees it.
pub(super) fn bearer(token: &AccessToken) -> Result<HeaderValue, Failure> {
    let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.expose())).map_err(|_| Failure::SignIn)?;
    bearer.set_sensitive(true);
    Ok(bearer)
}

/// Reads a refusal. Only the server's own words end anything: what a proxy says is a fault that may pass.
async fn refusal(answer: Answer) -> Failure {
    let (status, asked) = (answer.status(), answer.retry_after());
    // Where the body cannot be read, the status alone counts.
    let body = answer.body(ERROR_BYTES_MAX).await.unwrap_or_default();
    let code = ErrorBody::read(&body).ok().map(|body| body.code()).filter(|code| code.status() == status.as_u16());
    match code {
        Some(code) => what_follows(code, asked),
        None if status == StatusCode::UNAUTHORIZED => Failure::SignIn,
        None if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE => {
            Failure::Busy(asked)
        }
        None => Failure::Later(Why::ServerFault),
    }
}

/// Says what follows from a code of the server.
fn what_follows(code: ErrorCode, asked: std::time::Duration) -> Failure {
    match code {
        ErrorCode::Unauthenticated => Failure::SignIn,
        // Someone at the firm or the provider can change this, and then the same order goes through.
        ErrorCode::TenantUnknown | ErrorCode::Forbidden | ErrorCode::DeviceNotAdmitted => {
            Failure::Later(Why::NotAllowed(code))
        }
        ErrorCode::BlobsMissing => Failure::Incomplete,
        ErrorCode::RateLimited | ErrorCode::Unavailable => Failure::Busy(asked),
        // All but the first belong to other routes: whoever answers with them here is at fault.
        ErrorCode::Internal
        | ErrorCode::NotFound
        | ErrorCode::MethodNotAllowed
        | ErrorCode::RosterRefused
        | ErrorCode::AlreadyExists
        | ErrorCode::OrderNotReceived
        | ErrorCode::AlreadyPaid
        | ErrorCode::PaymentProcessing
        | ErrorCode::PaymentHeld
        | ErrorCode::PaymentNotPossible
        | ErrorCode::PaymentsUnavailable => Failure::Later(Why::ServerFault),
        ErrorCode::PriceChanged
        | ErrorCode::RevisionNotNext
        | ErrorCode::RevisionTaken
        | ErrorCode::BlobsWrong
        | ErrorCode::BodyTooLarge
        | ErrorCode::MediaType
        | ErrorCode::Malformed
        | ErrorCode::ManifestRefused
        | ErrorCode::QuoteRefused => Failure::Never(Rejection::Refused(code)),
    }
}
