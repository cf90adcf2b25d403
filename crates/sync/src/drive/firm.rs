//! What a desktop asks the server about its firm, and tells it. Nothing here is verified yet but its form.

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Method, RequestBuilder};
use satchel_terms::{parse, write};
use satchel_wire::limits::{ANSWER_BYTES_MAX, ERROR_BYTES_MAX};
use satchel_wire::{
    BundleAnswer, Compact, ErrorBody, ErrorCode, Number, Recipient, RosterAnswer, RosterRequest, WorkspaceKeyRequest,
    WrappedWorkspaceKey, paths,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::account::{Account, NoToken};
use super::remote::{Answer, Remote, send};
use super::server::bearer;
use crate::plan::{Failure, Why};

/// Says why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// Not now: there is no connection, or the other side failed.
    #[error("the provider's server does not answer now")]
    Later(Why),
    /// Somebody has to sign in.
    #[error("somebody has to sign in")]
    SignIn,
    /// The server refuses.
    #[error("the provider's server refuses: {}", .0.as_str())]
    Refused(ErrorCode),
}

impl Remote {
    /// Asks for the firm's bundle.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn bundle(&self, account: &dyn Account) -> Result<String, Unanswered> {
        let answer: BundleAnswer = self.read(account, paths::BUNDLE).await?;
        Ok(answer.bundle.into())
    }

    /// Asks for the firm's newest roster; nothing where there is none yet.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn newest_roster(&self, account: &dyn Account) -> Result<Option<String>, Unanswered> {
        match self.read::<RosterAnswer>(account, paths::NEWEST_ROSTER).await {
            Ok(answer) => Ok(Some(answer.roster.into())),
            Err(Unanswered::Refused(ErrorCode::NotFound)) => Ok(None),
            Err(unanswered) => Err(unanswered),
        }
    }

    /// Gives the server a roster. The very one that it has already is no error.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn put_roster(&self, account: &dyn Account, number: Number, roster: &str) -> Result<(), Unanswered> {
        let roster = Compact::try_from(roster.to_owned()).map_err(|_| Unanswered::Refused(ErrorCode::RosterRefused))?;
        self.give(account, &paths::roster(number), &RosterRequest { roster }).await
    }

    /// Gives the server a workspace key that is wrapped to a recipient. The very one that it has already is no error.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn put_workspace_key(
        &self,
        account: &dyn Account,
        number: Number,
        recipient: Recipient,
        wrapped: WrappedWorkspaceKey,
    ) -> Result<(), Unanswered> {
        self.give(account, &paths::workspace_key(number, recipient), &WorkspaceKeyRequest { wrapped }).await
    }

    pub(super) async fn read<T: DeserializeOwned + Serialize>(
        &self,
        account: &dyn Account,
        path: &str,
    ) -> Result<T, Unanswered> {
        self.ask(account, Method::GET, path).await
    }

    /// Asks without a body, and reads the answer.
    pub(super) async fn ask<T: DeserializeOwned + Serialize>(
        &self,
        account: &dyn Account,
        method: Method,
        path: &str,
    ) -> Result<T, Unanswered> {
        let answer = authorized(account, self.ask_server(method, path), Bytes::new()).await?;
        let body = answer.body(ANSWER_BYTES_MAX).await?;
        parse(&body, ANSWER_BYTES_MAX).map_err(|_| Unanswered::Later(Why::ServerFault))
    }

    async fn give(&self, account: &dyn Account, path: &str, body: &impl Serialize) -> Result<(), Unanswered> {
        let body = write(body).map_err(|_| Unanswered::Later(Why::ServerFault))?;
        let request = self.ask_server(Method::PUT, path).header(CONTENT_TYPE, "application/json");
        authorized(account, request, Bytes::from(body)).await.map(|_| ())
    }
}

/// Sends a request in the name of whoever is signed in, and takes a success.
async fn authorized(account: &dyn Account, request: RequestBuilder, body: Bytes) -> Result<Answer, Unanswered> {
    let token = account.token().await.map_err(|missing| match missing {
        NoToken::SignIn => Unanswered::SignIn,
        NoToken::Offline => Unanswered::Later(Why::Offline),
    })?;
    let request = request.header(AUTHORIZATION, bearer(&token)?);
    let answer = send(request, body).await?;
    if answer.status().is_success() {
        return Ok(answer);
    }
    let status = answer.status();
    let body = answer.body(ERROR_BYTES_MAX).await.unwrap_or_default();
    let code = ErrorBody::read(&body).ok().map(|body| body.code()).filter(|code| code.status() == status.as_u16());
    match code {
        Some(ErrorCode::Unauthenticated) => {
            account.token_refused(&token);
            Err(Unanswered::SignIn)
        }
        Some(ErrorCode::Internal | ErrorCode::Unavailable) | None => Err(Unanswered::Later(Why::ServerFault)),
        Some(ErrorCode::RateLimited) => Err(Unanswered::Later(Why::Busy)),
        Some(code) => Err(Unanswered::Refused(code)),
    }
}

impl From<Failure> for Unanswered {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Later(why) => Self::Later(why),
            Failure::SignIn => Self::SignIn,
            Failure::Busy(_) => Self::Later(Why::Busy),
            Failure::TicketRefused | Failure::Confused | Failure::Incomplete | Failure::Never(_) => {
                Self::Later(Why::ServerFault)
            }
        }
    }
}
